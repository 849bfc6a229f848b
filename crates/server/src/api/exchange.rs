//! One exchange with an API, as people with `inspect_role` see it: what was sent, what came back, and how long it took.
//! It contains secrets, so it has no `Debug`. All text leaves it through a [`Masker`].

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderName, Method, Response, StatusCode, header};
use claimcheck_base::{
    clock::UnixSecs,
    http_out::{HttpOutError, TimeToHead},
    secret::Secret,
};
use claimcheck_session::SignedIn;

use crate::{
    api::{Call, Fetched, ReadError, client::Headers, mask::MASKED},
    config::{Api, ApiAuth},
};

/// The most bytes of a body that are shown.
const BODY_MAX_BYTES: usize = 64 * 1024;
/// The headers of a response that are shown.
const SHOWN: [HeaderName; 19] = [
    header::AGE,
    header::ALLOW,
    header::CACHE_CONTROL,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::DATE,
    header::ETAG,
    header::EXPIRES,
    header::LAST_MODIFIED,
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    header::TRANSFER_ENCODING,
    header::VARY,
    header::WARNING,
    header::WWW_AUTHENTICATE,
];
/// Further ones, by the start of their names: limits, totals, and ids for the API's own log.
const SHOWN_PREFIXES: [&str; 7] =
    ["ratelimit", "x-ratelimit", "x-rate-limit", "x-total", "x-request-id", "x-correlation-id", "x-page"];

/// The access token of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// The API takes none.
    NotNeeded,
    /// There was none, so nothing was sent.
    Missing,
    Sent {
        /// It was obtained while the request waited.
        is_renewed: bool,
    },
}

/// An exchange.
#[derive(Clone)]
pub struct ApiExchange {
    /// When it began.
    pub at: UnixSecs,
    pub method: Method,
    /// The API's base URL, path and query.
    pub url: String,
    /// The headers that were sent, without the values of secret ones.
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub token: TokenUse,
    /// How often the request was sent.
    pub tries: u32,
    /// Why no response arrived.
    pub fault: Option<String>,
    pub status: Option<StatusCode>,
    /// The headers of the response that may be shown, by name.
    pub response_headers: Vec<(String, String)>,
    /// The begin of the response's body.
    pub response_body: Vec<u8>,
    /// The size of that body, in bytes.
    pub response_bytes: usize,
    /// What the panel got: `None` if the answer is too large to keep.
    pub outcome: Result<Option<Arc<Fetched>>, ReadError>,
    /// The time until the head of the last response, and until its end.
    pub waited: Option<Duration>,
    pub total: Duration,
    /// How many other panels used the same answer, because they asked at the same time, or because it is kept.
    pub shared: u32,
    pub reused: u32,
    pub(super) secrets: Vec<Secret>,
    used: Option<Secret>,
}

impl ApiExchange {
    /// The texts that must not be shown: tokens, headers and cookies.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter()
    }

    /// Whether this is the token that was sent.
    pub fn has_sent(&self, token: &Secret) -> bool {
        self.used.as_ref() == Some(token)
    }

    /// How much memory it takes, roughly.
    pub(super) fn weight(&self) -> usize {
        let answer = self.outcome.as_ref().ok().and_then(Option::as_ref);
        let answer = answer.map_or(0, |answer| answer.memory());
        4096 + self.url.len() + self.body.as_ref().map_or(0, String::len) + self.response_body.len() + answer
    }

    /// Whether it has the answer itself.
    pub(super) fn has_answer(&self) -> bool {
        matches!(self.outcome, Ok(Some(_)))
    }

    /// The same without the answer itself.
    pub(super) fn lightened(&self) -> Self {
        let mut light = self.clone();
        light.lighten();
        light
    }

    /// Without the answer itself, which is too large.
    pub(super) fn lighten(&mut self) {
        if let Ok(answer) = &mut self.outcome {
            *answer = None;
        }
    }
}

#[cfg(test)]
impl ApiExchange {
    /// An exchange with an answer of so many bytes.
    pub(super) fn sample(at: UnixSecs, bytes: usize) -> Self {
        let fetched = Fetched {
            value: Arc::default(),
            headers: HeaderMap::new(),
            at,
            waits_until: None,
            memory: (bytes, Arc::default()),
        };
        Self {
            at,
            method: Method::GET,
            url: "https://api.example/".to_owned(),
            headers: Vec::new(),
            body: None,
            token: TokenUse::NotNeeded,
            tries: 1,
            fault: None,
            status: Some(StatusCode::OK),
            response_headers: Vec::new(),
            response_body: Vec::new(),
            response_bytes: bytes,
            outcome: Ok(Some(Arc::new(fetched))),
            waited: None,
            total: Duration::ZERO,
            shared: 0,
            reused: 0,
            secrets: Vec::new(),
            used: None,
        }
    }
}

/// Notes an exchange while it happens; nothing if nobody may see it.
pub(super) struct Watch(Option<Mutex<Noted>>);

struct Noted {
    exchange: ApiExchange,
    begun: Instant,
    /// The token before.
    held: Option<Secret>,
}

impl Watch {
    /// Notes nothing.
    pub(super) fn nothing() -> Self {
        Self(None)
    }

    /// Notes this call.
    pub(super) fn of(signed_in: &SignedIn, api: &Api, call: &Call, headers: &Headers, at: UnixSecs) -> Self {
        let base = api.url.as_str().trim_end_matches('/');
        let tokens = &signed_in.tokens;
        let mut secrets: Vec<Secret> = tokens.access.values().map(|access| access.token.clone()).collect();
        secrets.extend(tokens.refresh_token.iter().chain([&tokens.id_token]).cloned());
        secrets.extend(headers.iter().filter_map(|(_, value)| Some(Secret::new(value.to_str().ok()?))));
        let mut shown: Vec<(String, String)> = Vec::new();
        if headers.iter().chain(&call.headers).all(|(name, _)| name != header::ACCEPT) {
            shown.push((header::ACCEPT.to_string(), "application/json".to_owned()));
        }
        if api.auth == ApiAuth::Bearer {
            shown.push((header::AUTHORIZATION.to_string(), format!("Bearer {MASKED}")));
        }
        shown.extend(headers.iter().map(|(name, _)| (name.to_string(), MASKED.to_owned())));
        shown.extend(call.headers.iter().map(|(name, value)| (name.to_string(), lossy(value.as_bytes()))));
        let body = (!call.body.is_empty()).then(|| lossy(&call.body));
        let exchange = ApiExchange {
            at,
            method: call.method.clone(),
            url: format!("{base}{}", call.path),
            headers: shown,
            body,
            token: if api.auth == ApiAuth::None { TokenUse::NotNeeded } else { TokenUse::Missing },
            tries: 0,
            fault: None,
            status: None,
            response_headers: Vec::new(),
            response_body: Vec::new(),
            response_bytes: 0,
            outcome: Ok(None),
            waited: None,
            total: Duration::ZERO,
            shared: 0,
            reused: 0,
            secrets,
            used: None,
        };
        let held = tokens.access.get(&api.id).map(|access| access.token.clone());
        Self(Some(Mutex::new(Noted { exchange, begun: Instant::now(), held })))
    }

    /// The request is sent with this token.
    pub(super) fn sends(&self, token: Option<&Secret>) {
        let Some(mut noted) = self.lock() else { return };
        noted.exchange.tries += 1;
        if let Some(token) = token {
            let is_renewed = noted.held.as_ref() != Some(token);
            noted.exchange.token = TokenUse::Sent { is_renewed };
            noted.exchange.used = Some(token.clone());
            noted.exchange.secrets.push(token.clone());
        }
    }

    /// A response arrived.
    pub(super) fn receives(&self, response: &Response<Vec<u8>>) {
        let Some(mut noted) = self.lock() else { return };
        let exchange = &mut noted.exchange;
        let (headers, body) = (response.headers(), response.body());
        exchange.status = Some(response.status());
        exchange.response_headers = shown(headers);
        exchange.response_body = body.get(..BODY_MAX_BYTES).unwrap_or(body).to_vec();
        exchange.response_bytes = body.len();
        exchange.waited = response.extensions().get().map(|TimeToHead(time)| *time);
        let cookies = headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let values = cookies.filter_map(|cookie| Some(cookie.split(';').next()?.split_once('=')?.1));
        exchange.secrets.extend(values.map(|value| Secret::new(value.trim_matches('"'))));
    }

    /// No response arrived.
    pub(super) fn fails(&self, error: &HttpOutError) {
        if let Some(mut noted) = self.lock() {
            noted.exchange.fault = Some(error.to_string());
        }
    }

    /// The exchange, with what the panel got.
    pub(super) fn end(self, outcome: &Result<Arc<Fetched>, ReadError>) -> Option<ApiExchange> {
        let noted = self.0?.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut exchange = noted.exchange;
        exchange.outcome = outcome.clone().map(Some);
        exchange.total = noted.begun.elapsed();
        Some(exchange)
    }

    fn lock(&self) -> Option<MutexGuard<'_, Noted>> {
        Some(self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let may = |name: &HeaderName| {
        SHOWN.contains(name) || SHOWN_PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix))
    };
    let shown = headers.iter().filter(|(name, _)| may(name));
    let shown = shown.map(|(name, value)| (name.to_string(), lossy(value.as_bytes())));
    shown.collect::<BTreeSet<_>>().into_iter().collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
