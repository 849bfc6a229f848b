//! The baselines of the figures, each a separate process: an API for all contestants, a bare axum handler that makes
//! the same calls as a board, and a bare Leptos page of the same size. No code of the product is used here.
#![recursion_limit = "256"]

use std::{env, error::Error};

use tokio::net::TcpListener;

/// The API with made-up data.
mod api;
/// The handler.
mod handler;
/// The page.
mod page;

type Failure = Box<dyn Error>;

const USAGE: &str =
    "usage: bare api ADDRESS SLOW_MS | handler ADDRESS API_URL TOKEN PATH... | page ADDRESS PANELS BYTES";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (address, router) = match arguments.as_slice() {
        ["api", address, slow_ms] => (*address, api::router(slow_ms.parse()?)),
        ["handler", address, api, token, paths @ ..] => (*address, handler::router(api, token, paths)?),
        ["page", address, panels, bytes] => (*address, page::router(panels.parse()?, bytes.parse()?).await?),
        _ => return Err(USAGE.into()),
    };
    Ok(axum::serve(TcpListener::bind(address).await?, router).await?)
}
