//! The modules of the program, and all of its `cfg(feature)` attributes. Code behind `ssr` is not part of the browser
//! build, which reaches it only through `server_fns`.
#![recursion_limit = "256"]

/// Server-rendered components without state.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod components;
/// Code that runs in the browser.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
pub mod islands;
/// The server functions: the browser's only interface to the server.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
pub mod server_fns;

/// The embedded files of the site.
#[cfg(feature = "ssr")]
pub mod assets;
/// Compression of pages.
#[cfg(feature = "ssr")]
mod compression;
/// Whole pages outside the route table.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod documents;
/// Markup that islands fetch.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod fragments;
/// Handlers of URLs and server functions.
#[cfg(feature = "ssr")]
pub mod handlers;
/// Refusals as problem pages.
#[cfg(feature = "ssr")]
mod refusals;
/// Takes up changed boards.
#[cfg(feature = "ssr")]
pub mod reload;
/// Assembly: services, routes, layers.
#[cfg(feature = "ssr")]
pub mod router;
/// What the program was built with, for metrics.
#[cfg(feature = "ssr")]
const FEATURES: &str = if cfg!(feature = "demo") { "demo" } else { "" };

/// Document shell and route table.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod app;
/// The pages, one file each, rendered on the server.
#[allow(unreachable_pub, reason = "leptos makes a public type of arguments for each function")]
#[cfg(feature = "ssr")]
pub mod pages;
/// Called by the loader in the browser: hydrates the islands of the page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    islands::read_base_path();
    islands::later::load_soon();
    leptos::mount::hydrate_islands();
}
