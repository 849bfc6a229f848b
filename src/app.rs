//! Shell, route table and page frame: what is the same on every page, and which page stands where.
//! Rendered on the server only; what is alive in the browser are the islands within.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    components::{BoardLink, Footer, MAIN, SessionNoticeView, SkipLink, ToastView, TopBar, UserMenuView},
    islands::{Actions, SessionNotice, UserMenu},
    pages,
    server::{
        self,
        assets::pkg_url,
        config::{Board, Settings},
        rights,
        routes::session_state,
        session::SignedIn,
        view,
    },
};

/// The document of every routed page.
pub fn shell() -> impl IntoView {
    document(|| view! { <App/> }.into_any())
}

/// The document of an address that nothing answers to. It has no router, which would read paths in its own lenient way.
pub fn not_found() -> impl IntoView {
    document(|| {
        provide_meta_context();
        view! { <pages::NotFound/> }.into_any()
    })
}

fn document(body: impl FnOnce() -> AnyView) -> impl IntoView {
    // Signed out there is no island on any page: nothing to load, nothing to hydrate.
    let is_alive = server::signed_in().is_ok();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-hydrated=(!is_alive).then_some("")>
            <head>
                <Head/>
                {is_alive.then(|| view! { <Loader/> })}
                <MetaTags/>
            </head>
            <body>{body()}</body>
        </html>
    }
}

/// What every document's head holds.
#[component]
pub fn Head() -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="description" content="A signed-in dashboard on your API."/>
        <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
        <link rel="stylesheet" href=pkg_url("claimcheck.css")/>
    }
}

/// Fetches the browser build while the page arrives, and wakes the islands. Nothing is fetched with scripts off.
#[component]
fn Loader() -> impl IntoView {
    let script =
        format!("const site = \"{}\";\n{}", pkg_url("claimcheck"), include_str!("islands/loader.js"));
    view! {
        <script r#type="module" r#async=true nonce=use_nonce()>
            {script}
        </script>
    }
}

/// The route table. Every page that touches the session renders before its first byte is sent, so that status,
/// redirect and cookie can still be decided (leptos sends the head of a streamed page first).
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| view! { <pages::NotFound/> }>
                <Route path=path!("/") view=pages::Home ssr=SsrMode::Async/>
                <Route path=path!("/boards/:board") view=pages::Board ssr=SsrMode::Async/>
                <Route path=path!("/boards/:board/rows/:panel") view=pages::RowPage ssr=SsrMode::Async/>
                <Route path=path!("/boards/:board/actions/:action") view=pages::ActionPage ssr=SsrMode::Async/>
                <Route
                    path=path!("/boards/:board/rows/:panel/actions/:action")
                    view=pages::ActionPage
                    ssr=SsrMode::Async
                />
                <Route path=path!("/account") view=pages::AccountPage ssr=SsrMode::Async/>
                <Route path=path!("/sessions") view=pages::SessionsPage ssr=SsrMode::Async/>
                <Route path=path!("/auth/callback") view=pages::Callback ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// A page in its frame: title, bar with boards and person, main landmark, footer.
#[component]
pub fn Frame(
    /// The document's title, before the name of the program.
    #[prop(into)]
    title: String,
    children: Children,
) -> impl IntoView {
    let signed_in = server::signed_in().ok();
    let user = signed_in.as_ref().map(view::user);
    let boards = match (&signed_in, server::context()) {
        (Some(signed_in), Ok(context)) => board_links(&context.settings, signed_in),
        _ => Vec::new(),
    };
    let current = server::request().map(|request| request.uri.path().to_owned()).unwrap_or_default();
    let bar = match user {
        Some(user) => view! {
            <TopBar user=Some(user.clone()) boards current>
                <UserMenu><UserMenuView user/></UserMenu>
            </TopBar>
            {session_notice()}
            {actions()}
        }
        .into_any(),
        None => view! { <TopBar user=None boards current/> }.into_any(),
    };
    view! {
        <PageTitle text=title/>
        <Body bar=Some(bar)>{children()}</Body>
    }
}

/// Every board, and whether this person may see it.
fn board_links(settings: &Settings, signed_in: &SignedIn) -> Vec<BoardLink> {
    let link = |board: &Board| BoardLink {
        id: board.id.clone(),
        title: board.title.clone(),
        is_locked: rights::missing_access(settings, signed_in, &board.needs).is_some(),
    };
    settings.boards.iter().map(link).collect()
}

/// What the page of a signed-in person knows of its session.
fn session_notice() -> Option<impl IntoView> {
    let (context, signed_in) = (server::context().ok()?, server::signed_in().ok()?);
    let state = session_state::of(&signed_in, context.clock.now());
    let idle_secs = context.settings.idle_secs;
    let ends_at = server::reader().minute_of_day(state.absolute_until);
    Some(view! {
        <SessionNotice>
            <SessionNoticeView state idle_secs ends_at/>
        </SessionNotice>
    })
}

/// What is alive about actions: forms in a drawer, drafts, words on what was done.
fn actions() -> Option<impl IntoView> {
    let person = server::signed_in().ok()?.owner.person();
    Some(view! {
        <Actions attr:data-person=person>
            <ToastView/>
        </Actions>
    })
}

/// The document's title, before the name of the program; the last one that a page says counts.
#[component]
pub fn PageTitle(text: String) -> impl IntoView {
    // leptos_meta writes it into the document as it stands.
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Title text=format!("{text} · Claimcheck")/> }
}

/// What every document's body holds, around `children` in the main landmark.
#[component]
pub fn Body(
    /// The bar on top; `None` for the plain one.
    bar: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let bar = bar.unwrap_or_else(|| view! { <TopBar user=None boards=Vec::new() current=""/> }.into_any());
    view! {
        <SkipLink/>
        {bar}
        <main id=MAIN tabindex="-1">
            {children()}
        </main>
        <Footer/>
    }
}
