//! The client of the user's APIs. Requests come from the settings of the boards; nothing else can be requested.

/// The `WWW-Authenticate` header.
mod challenge;
/// One call, with the bearer token and the configured headers.
mod client;
/// One exchange, as people who may inspect panels see it.
mod exchange;
/// The latest exchanges.
mod exchanges;
/// Running fetches, shared by all callers of the same request.
mod fetches;
/// Files, passed on while they arrive.
mod files;
/// The JSON of an API, with the text of its numbers.
pub(crate) mod json;
/// Answers that may be kept, and waits.
mod kept;
/// How often an API wants to be asked.
mod limits;
/// Masks secrets in text.
mod mask;
/// The API's own error messages.
mod problem;
/// The meaning of a response to a read.
mod reads;
/// The meaning of a refusal.
mod refusal;
/// Secrets in a stream.
mod secret_scan;
/// What must not be shown.
mod secrets;

pub(crate) use client::is_json;
pub use client::{Answer, Call, Credentials, NoAnswer};
pub use exchange::{ApiExchange, TokenUse};
pub use fetches::{Freshness, Sending};
pub use files::{BrokenFile, FileError, OpenFile};
pub use mask::{Masker, start};
pub use reads::{Fetched, ReadError, ReadProblem, ReadRequest};

use std::sync::Arc;

use claimcheck_base::{clock::Clock, http_out::HttpOut};
use tokio_util::task::TaskTracker;

use crate::{
    api::{
        exchanges::Exchanges,
        fetches::{Fetches, most_under_way},
        kept::Kept,
    },
    config::{ClaimSlots, Settings},
    single_flight::SingleFlight,
    tokens::Tokens,
};

/// The client of all configured APIs. Cheap to clone.
#[derive(Clone)]
pub struct ApiClient {
    http: HttpOut,
    tokens: Tokens,
    clock: Clock,
    claim_slots: Arc<ClaimSlots>,
    kept: Kept,
    exchanges: Exchanges,
    fetches: Fetches,
    /// The number of concurrent fetches of one session at one API.
    most_under_way: usize,
}

impl ApiClient {
    /// A client that calls these APIs with the tokens of each session. Its fetches run as tasks of `tasks`.
    pub fn new(
        http: HttpOut,
        tokens: Tokens,
        clock: Clock,
        tasks: &TaskTracker,
        settings: &Arc<Settings>,
    ) -> Self {
        let most_under_way = most_under_way(settings);
        let exchanges = Exchanges::new(settings.clone(), clock.clone());
        Self {
            http,
            tokens,
            clock,
            claim_slots: Arc::new(settings.claim_slots.clone()),
            kept: Kept::default(),
            exchanges,
            fetches: SingleFlight::new(tasks),
            most_under_way,
        }
    }
}
