//! The document shell with its loader, and the route table. Rendered on the server; only islands run in the browser.

use std::sync::LazyLock;

use claimcheck_model::base_path::base_path;
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

/// The document for unknown URLs. It has no router, because leptos' router matches paths too leniently.
pub fn not_found() -> impl IntoView {
    document(|| {
        provide_meta_context();
        view! { <pages::NotFound/> }.into_any()
    })
}

fn document(body: impl FnOnce() -> AnyView) -> impl IntoView {
    // Pages without a session contain no islands, so there is nothing to load or hydrate.
    let is_alive = request::signed_in().is_ok();
    let look = request::look();
    view! {
        <!DOCTYPE html>
        <html
            lang=look.language.tag()
            data-scheme=look.scheme
            data-density=look.density
            data-navigation=look.navigation
            data-shortcuts=look.shortcuts
            data-hydrated=(!is_alive).then_some("")
            data-base=Some(base_path()).filter(|path| !path.is_empty())
        >
            <head>
                <Head/>
                {is_alive.then(|| view! { <Loader/> })}
                <MetaTags/>
            </head>
            <body>{body()}</body>
        </html>
    }
}

/// Fetches the browser build while the page is arriving, and hydrates the islands. Nothing is fetched with scripts off.
#[component]
fn Loader() -> impl IntoView {
    let (site, (before, after)) = (pkg_url("claimcheck"), request::zone_cookie().parts());
    let script = format!("const site = \"{site}\", cookie = [\"{before}\", \"{after}\"];\n{}", loader());
    view! {
        <script r#type="module" r#async=true nonce=use_nonce()>
            {script}
        </script>
    }
}

/// The text of the loader without its comments: every page carries it.
fn loader() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let lines =
            include_str!("islands/loader.js").lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    });
    &TEXT
}

/// The route table. Every page that uses the session renders completely before its first byte is sent, so that it can
/// still set status, redirect and cookie (leptos sends the head of a streamed page first).
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| view! { <pages::NotFound/> }>
                <Route path=path!("/") view=pages::Home ssr=SsrMode::Async/>
                <Route path=path!("/boards") view=pages::Boards ssr=SsrMode::Async/>
                <Route path=path!("/boards/:board") view=pages::Board ssr=SsrMode::Async/>
                <Route path=path!("/boards/:board/rows/:panel") view=pages::RowPage ssr=SsrMode::Async/>
                <Route path=path!("/boards/:board/inspect/:panel") view=pages::InspectPage ssr=SsrMode::Async/>
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

#[cfg(test)]
mod tests {
    use super::loader;

    #[test]
    fn the_loader_is_sent_without_its_comments_and_whole() {
        let text = loader();
        assert!(!text.contains("//") && text.contains("islands.hydrate();"), "{text}");
        assert!(text.starts_with("const wasm") && text.ends_with("dataset.hydrated = \"\";"), "{text}");
    }
}
