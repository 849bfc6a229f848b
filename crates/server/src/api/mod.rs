//! The client of the user's APIs. Requests come from the settings of the boards; nothing else can be requested.

/// Places and memory for requests.
mod bounds;
/// The `WWW-Authenticate` header.
mod challenge;
/// One call, with the bearer token and the configured headers.
mod client;
/// Counting requests.
mod counted;
/// One exchange, as people who may inspect panels see it.
mod exchange;
/// The latest exchanges.
mod exchanges;
/// Running fetches, shared by all callers of the same request.
mod fetches;
/// Errors about single fields.
mod field_problems;
/// Files, passed on while they arrive.
mod files;
/// Images, read as a whole.
mod images;
/// The JSON of an API, with the text of its numbers.
pub(crate) mod json;
/// Answers that may be kept, and waits.
mod kept;
/// How often an API wants to be asked.
mod limits;
/// `Location` headers.
mod location;
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
/// First outcomes of requests that start something.
mod started;
/// Spans of calls.
mod traced;

pub(crate) use client::is_json;
pub use client::{Answer, Call, Credentials, NoAnswer};
pub use exchange::{ApiExchange, TokenUse};
pub use fetches::{Freshness, Sending};
pub use field_problems::FieldProblem;
pub use files::{BrokenFile, FileError, OpenFile};
pub use images::Image;
pub use limits::Wait;
pub(crate) use location::{below, path_below};
pub use mask::{Masker, start};
pub(crate) use problem::letters;
pub use reads::{Accepted, Fetched, ReadError, ReadProblem, ReadRequest};

use std::sync::Arc;

use claimcheck_base::{clock::Clock, http_out::HttpOut};
use claimcheck_session::SignedIn;
use tokio_util::task::TaskTracker;

use crate::{
    api::{
        bounds::{AnswerMemory, Bounds},
        exchanges::Exchanges,
        fetches::{Fetches, most_under_way},
        kept::Kept,
        started::Started,
    },
    budget::Budget,
    config::{Api, ClaimSlots, Settings},
    metrics::Metrics,
    single_flight::SingleFlight,
    tokens::Tokens,
};

/// Kept answers take at most this part of the memory for answers.
const KEPT_SHARE: usize = 4;

/// The client of all configured APIs. Cheap to clone.
#[derive(Clone)]
pub struct ApiClient {
    http: HttpOut,
    /// For images of hosts in `image_hosts`, if there are any.
    image_http: Option<HttpOut>,
    tokens: Tokens,
    settings: Arc<Settings>,
    clock: Clock,
    claim_slots: Arc<ClaimSlots>,
    bounds: Bounds,
    kept: Kept,
    exchanges: Exchanges,
    fetches: Fetches,
    started: Started,
    /// The number of concurrent fetches of one session at one API.
    most_under_way: usize,
    metrics: Metrics,
}

impl ApiClient {
    /// A client that calls these APIs with the tokens of each session. Its fetches run as tasks of `tasks`.
    pub fn new(
        http: HttpOut,
        tokens: Tokens,
        clock: Clock,
        tasks: &TaskTracker,
        settings: &Arc<Settings>,
        budget: &Budget,
    ) -> Self {
        let most_under_way = most_under_way(settings);
        let exchanges = Exchanges::new(settings.clone(), clock.clone());
        let bounds = Bounds::new(budget, settings);
        Self {
            http,
            image_http: None,
            tokens,
            settings: settings.clone(),
            clock,
            claim_slots: Arc::new(settings.claim_slots.clone()),
            kept: Kept::new(bounds.answer_bytes() / KEPT_SHARE),
            bounds,
            exchanges,
            fetches: SingleFlight::new(tasks),
            started: Started::default(),
            most_under_way,
            metrics: Metrics::default(),
        }
    }

    /// The same client, whose requests are counted there.
    #[must_use]
    pub fn with_metrics(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// Where its requests are counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The same client, with one for images of hosts in `image_hosts`.
    #[must_use]
    pub fn with_image_http(self, image_http: Option<HttpOut>) -> Self {
        Self { image_http, ..self }
    }

    /// The same client with everything that it keeps, for other boards.
    #[must_use]
    pub fn with_settings(&self, settings: &Arc<Settings>) -> Self {
        Self {
            tokens: self.tokens.with_settings(settings),
            exchanges: self.exchanges.with_settings(settings),
            most_under_way: most_under_way(settings),
            settings: settings.clone(),
            ..self.clone()
        }
    }

    /// The memory for one answer to this session.
    fn memory(&self, signed_in: &SignedIn, api: &Api) -> AnswerMemory {
        let (who, timeout) = (Bounds::claimant(signed_in, api), api.timeout.unwrap_or(self.http.timeout()));
        AnswerMemory::new(&self.bounds, who, &self.kept, &self.exchanges, timeout)
    }
}
