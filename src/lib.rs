//! The front door: one sentence a module, and every `cfg(feature)` of the program.
//! What is gated here with `ssr` never reaches the browser; the browser reaches it through `server_fns` only.
#![recursion_limit = "256"]

/// What went wrong, in the terms of what the reader can do about it.
pub mod error;
/// What crosses the wire: fixed view models, never a session or domain type.
pub mod model;
/// Every URL this program answers or links to.
pub mod paths;

/// Server-rendered pieces without state.
pub mod components;
/// What is alive in the browser.
pub mod islands;
/// The browser's whole vocabulary: each function two or three lines that delegate.
pub mod server_fns;
/// How the browser's calls read on the wire.
pub mod wire;

/// Shell, route table and page frame.
#[cfg(feature = "ssr")]
pub mod app;
/// One file a page, rendered on the server.
#[cfg(feature = "ssr")]
pub mod pages;
/// What the server knows and the browser must not.
#[cfg(feature = "ssr")]
pub mod server;

/// Stand-ins that speak only HTTP: an OpenID provider and a protected API.
#[cfg(feature = "demo")]
pub mod demo;

/// The real router, driven over HTTP; shaped like the URL space.
#[cfg(all(test, feature = "demo"))]
mod tests;

/// Called by the loader in the browser: wakes the islands of the page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
