//! The client of the person's APIs: paths come from the boards' settings, nothing else can be asked.

/// The `WWW-Authenticate` header.
mod challenge;
/// One call, with the bearer token.
mod client;
/// Fetches under way, joined by all who wait for the same.
mod fetches;
/// The API's own words about what it does not do.
mod problem;
/// What a refusal says.
mod refusal;

pub use client::{Answer, Call, NoAnswer};

use claimcheck_base::{clock::Clock, http_out::HttpOut};
use tokio_util::task::TaskTracker;

use crate::{
    api::fetches::{Fetches, most_under_way},
    config::Settings,
    single_flight::SingleFlight,
    tokens::Tokens,
};

/// The client of all configured APIs. Cheap to clone.
#[derive(Clone)]
pub struct ApiClient {
    http: HttpOut,
    tokens: Tokens,
    clock: Clock,
    fetches: Fetches,
    /// Fetches that one session may have under way at one API.
    most_under_way: usize,
}

impl ApiClient {
    /// A client that calls these APIs with the tokens of each session; its fetches count among `tasks`.
    pub fn new(
        http: HttpOut,
        tokens: Tokens,
        clock: Clock,
        tasks: &TaskTracker,
        settings: &Settings,
    ) -> Self {
        let most_under_way = most_under_way(settings);
        Self { http, tokens, clock, fetches: SingleFlight::new(tasks), most_under_way }
    }
}
