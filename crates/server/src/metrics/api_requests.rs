//! Requests to APIs, by the board and panel that they come from. Both are of the settings: a reload takes up new ones, and
//! the series of removed ones are no longer reported.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::http::StatusCode;
use claimcheck_base::http_out::HttpOutError;
use prometheus_client::{
    collector::Collector,
    encoding::DescriptorEncoder,
    metrics::{MetricType, counter::Counter, histogram::Histogram},
};

use super::{histogram, series};
use crate::config::Settings;

/// The classes of statuses, in the order of the counters. The last one is that of requests without an answer.
const CLASSES: [&str; 5] = ["2xx", "3xx", "4xx", "5xx", "none"];

/// Why a request to an API got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiFailure {
    /// Too many requests are under way, so it was not sent.
    Busy,
    /// The answer did not come in time.
    Timeout,
    /// There was no connection.
    Unreachable,
    /// The certificate of the API is not trusted here.
    Untrusted,
    /// The answer is too large.
    TooLarge,
    /// There was no memory for the answer.
    NoMemory,
    /// The connection broke off.
    BrokenOff,
}

impl ApiFailure {
    /// All of them, in the order of the counters.
    const ALL: [Self; 7] = [
        Self::Busy,
        Self::Timeout,
        Self::Unreachable,
        Self::Untrusted,
        Self::TooLarge,
        Self::NoMemory,
        Self::BrokenOff,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "certificate_not_trusted",
            Self::TooLarge => "too_large",
            Self::NoMemory => "no_memory",
            Self::BrokenOff => "broken_off",
        }
    }
}

impl From<&HttpOutError> for ApiFailure {
    fn from(error: &HttpOutError) -> Self {
        match error {
            error if error.is_untrusted() => Self::Untrusted,
            HttpOutError::Timeout => Self::Timeout,
            HttpOutError::Connect(_) => Self::Unreachable,
            HttpOutError::TooLarge(_) => Self::TooLarge,
            HttpOutError::NoMemory(_) => Self::NoMemory,
            HttpOutError::Other(_) => Self::BrokenOff,
        }
    }
}

/// What a request to an API comes from: a panel, a board (its subject, filters, choices and actions), or neither.
#[derive(Clone, Default)]
pub struct RequestSource(Option<Arc<OfSource>>);

impl RequestSource {
    /// The id of the board.
    pub fn board(&self) -> Option<&str> {
        self.0.as_ref().map(|source| source.board.as_str())
    }

    /// The id of the panel, if it is one.
    pub fn panel(&self) -> Option<&str> {
        self.0.as_ref().map(|source| source.panel.as_str()).filter(|panel| !panel.is_empty())
    }
}

impl fmt::Debug for RequestSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.as_ref().map(|source| (&source.board, &source.panel));
        f.debug_tuple("RequestSource").field(&name).finish()
    }
}

/// It says nothing about what a request asks for.
impl PartialEq for RequestSource {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Debug, Default)]
struct OfSource {
    board: String,
    /// Empty for the board itself.
    panel: String,
    /// By the ids of APIs; most have one.
    by_api: RwLock<Vec<(String, Arc<Requests>)>>,
}

/// The requests of one source to one API.
#[derive(Debug)]
struct Requests {
    by_class: [Counter; 5],
    took: Histogram,
}

impl OfSource {
    fn requests(&self, api: &str) -> Arc<Requests> {
        let known = |all: &[(String, Arc<Requests>)]| {
            all.iter().find(|(id, _)| id == api).map(|(_, requests)| requests.clone())
        };
        if let Some(known) = known(&self.by_api.read().unwrap_or_else(PoisonError::into_inner)) {
            return known;
        }
        let mut all = self.by_api.write().unwrap_or_else(PoisonError::into_inner);
        known(&all).unwrap_or_else(|| {
            let new = Arc::new(Requests { by_class: Default::default(), took: histogram() });
            all.push((api.to_owned(), new.clone()));
            new
        })
    }
}

/// The sources that some settings have.
#[derive(Debug, Default)]
pub struct RequestSources(HashMap<String, OfBoard>);

#[derive(Debug, Default)]
struct OfBoard {
    own: RequestSource,
    panels: HashMap<String, RequestSource>,
}

impl RequestSources {
    /// The source of a board's own requests.
    pub fn of_board(&self, board: &str) -> RequestSource {
        self.0.get(board).map(|board| board.own.clone()).unwrap_or_default()
    }

    /// The source of a panel's requests.
    pub fn of_panel(&self, board: &str, panel: &str) -> RequestSource {
        let source = || self.0.get(board)?.panels.get(panel).cloned();
        source().unwrap_or_default()
    }

    fn all(&self) -> impl Iterator<Item = &RequestSource> {
        self.0.values().flat_map(|board| [&board.own].into_iter().chain(board.panels.values()))
    }

    fn known(&self, board: &str, panel: &str) -> Option<RequestSource> {
        let of_board = self.0.get(board)?;
        if panel.is_empty() { Some(of_board.own.clone()) } else { of_board.panels.get(panel).cloned() }
    }
}

/// The requests to all APIs.
#[derive(Debug, Default)]
pub(super) struct ApiRequests {
    sources: RwLock<Arc<RequestSources>>,
    /// Of requests without a source.
    others: OfSource,
    failures: RwLock<Vec<(String, [Counter; 7])>>,
}

impl ApiRequests {
    /// The sources of these settings. Those that were there before go on counting.
    pub(super) fn take_up(&self, settings: &Settings) -> Arc<RequestSources> {
        let before = self.sources.read().unwrap_or_else(PoisonError::into_inner).clone();
        let source = |board: &str, panel: &str, api: Option<&str>| {
            let new = || {
                let (board, panel) = (board.to_owned(), panel.to_owned());
                RequestSource(Some(Arc::new(OfSource { board, panel, by_api: RwLock::default() })))
            };
            let source = before.known(board, panel).unwrap_or_else(new);
            if let (Some(of), Some(api)) = (&source.0, api) {
                // Its series begin at 0.
                of.requests(api);
            }
            source
        };
        let boards = settings.boards.iter().map(|board| {
            let panels = board.panels.iter().map(|panel| {
                let api = panel.read.as_ref().map(|_| panel.api.as_str());
                (panel.id.clone(), source(&board.id, &panel.id, api))
            });
            let of_board = OfBoard { own: source(&board.id, "", None), panels: panels.collect() };
            (board.id.clone(), of_board)
        });
        let sources = Arc::new(RequestSources(boards.collect()));
        *self.sources.write().unwrap_or_else(PoisonError::into_inner) = sources.clone();
        let mut failures = self.failures.write().unwrap_or_else(PoisonError::into_inner);
        failures.retain(|(api, _)| settings.apis.all().any(|known| known.id == *api));
        for api in settings.apis.all() {
            if !failures.iter().any(|(known, _)| *known == api.id) {
                failures.push((api.id.clone(), Default::default()));
            }
        }
        sources
    }

    pub(super) fn asked(
        &self,
        source: &RequestSource,
        api: &str,
        status: Option<StatusCode>,
        took: Duration,
    ) {
        let requests = source.0.as_deref().unwrap_or(&self.others).requests(api);
        let [ok, redirect, refused, failed, none] = &requests.by_class;
        let count = match status.map_or(0, |status| status.as_u16() / 100) {
            2 => ok,
            3 => redirect,
            4 => refused,
            5 => failed,
            _ => none,
        };
        count.inc();
        requests.took.observe(took.as_secs_f64());
    }

    pub(super) fn failed(&self, api: &str, failure: ApiFailure) {
        let failures = self.failures.read().unwrap_or_else(PoisonError::into_inner);
        let of_api = failures.iter().find(|(known, _)| known == api);
        if let Some(count) = of_api.and_then(|(_, counters)| counters.get(failure as usize)) {
            count.inc();
        }
    }
}

impl Collector for ApiRequests {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner).clone();
        let known = sources.all().filter_map(|source| source.0.as_deref());
        let mut all: Vec<(&str, &str, String, Arc<Requests>)> = Vec::new();
        for of in known.chain([&self.others]) {
            let by_api = of.by_api.read().unwrap_or_else(PoisonError::into_inner);
            let of_apis = by_api.iter().cloned();
            all.extend(of_apis.map(|(api, requests)| (of.board.as_str(), of.panel.as_str(), api, requests)));
        }
        all.sort_unstable_by(|one, other| (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2)));
        let name = "claimcheck_api_requests";
        let help = "Requests to APIs, by API, board, panel and class of status; none is no answer. \
                    Without a panel, a request is of the board: its subject, filters or actions.";
        let mut to = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (board, panel, api, requests) in &all {
            for (class, count) in CLASSES.iter().zip(&requests.by_class) {
                let labels = [("api", api.as_str()), ("board", board), ("panel", panel), ("status", class)];
                series(&mut to, &labels, count)?;
            }
        }
        let name = "claimcheck_api_request_duration_seconds";
        let help =
            "How long requests to APIs took, until the end of the answer; files and images, until its head.";
        let mut to = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (board, panel, api, requests) in &all {
            series(&mut to, &[("api", api.as_str()), ("board", board), ("panel", panel)], &requests.took)?;
        }
        let name = "claimcheck_api_failures";
        let help = "Requests to APIs that got no answer, by API and reason.";
        let mut to = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        let failures = self.failures.read().unwrap_or_else(PoisonError::into_inner);
        for (api, counters) in failures.iter() {
            for (reason, count) in ApiFailure::ALL.iter().zip(counters) {
                series(&mut to, &[("api", api.as_str()), ("reason", reason.as_str())], count)?;
            }
        }
        Ok(())
    }
}
