//! The front door: one sentence a module, and every `cfg(feature)` of the program.
//! What is gated here with `ssr` never reaches the browser; the browser reaches it through `server_fns` only.
#![recursion_limit = "256"]

/// Server-rendered pieces without state.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
pub mod components;
/// What is alive in the browser.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
pub mod islands;
/// The browser's whole vocabulary: each function two or three lines that delegate.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
pub mod server_fns;

/// The embedded site.
#[cfg(feature = "ssr")]
pub mod assets;
/// Whole pages outside the route table.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod documents;
/// Markup that islands fetch.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod fragments;
/// What a URL or a server function does.
#[cfg(feature = "ssr")]
pub mod handlers;
/// Assembly: services, routes, layers.
#[cfg(feature = "ssr")]
pub mod router;

/// Document shell and route table.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod app;
/// One file a page, rendered on the server.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod pages;
/// Called by the loader in the browser: wakes the islands of the page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
