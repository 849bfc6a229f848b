//! The document shell with its loader, and the route table. Rendered on the server; only islands run in the browser.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{assets::pkg_url, documents::Head, handlers::request, pages};

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
    let is_alive = request::signed_in().is_ok();
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
