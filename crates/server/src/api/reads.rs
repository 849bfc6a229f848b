//! What the response to a read means: JSON, nothing, an unchanged answer, a refusal, or a request to wait.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use claimcheck_base::{
    clock::UnixSecs,
    http_out::{HttpOutError, media_type},
};
use claimcheck_model::{AppError, Silence};
use claimcheck_session::SignedIn;
use serde_json::Value;

use crate::{
    api::{
        ApiClient, Call, NoAnswer, Wait,
        bounds::{AnswerMemory, Held},
        client::{Answer, Headers, Outgoing, is_json},
        exchange::Watch,
        json, limits, location, problem,
        secrets::Secrets,
    },
    config::{Api, JobSetting},
    metrics::RequestSource,
    sanitize::sanitize,
};

/// What some frameworks put before JSON, so that it cannot be run as a script.
const GUARD: &[u8] = b")]}'";

/// A request that reads.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadRequest {
    /// Path and query below the API's base URL.
    pub path: String,
    /// The JSON of a `POST`; a `GET` without it.
    pub body: Option<String>,
    /// The path as in the settings, for the log: values of slots and queries are personal data.
    pub label: String,
    /// The answer may report errors of GraphQL.
    pub is_graphql: bool,
    /// The answer must not be compressed: its `ETag` is needed, and servers give a compressed answer another one.
    pub is_exact: bool,
    /// How the API says that it has finished, if it needs time for the answer.
    pub job: Option<Arc<JobSetting>>,
    /// What it comes from, for metrics.
    pub source: RequestSource,
}

impl ReadRequest {
    fn method(&self) -> &'static str {
        if self.body.is_some() { "POST" } else { "GET" }
    }
}

/// A larger body is parsed outside of the threads that serve requests: it takes some milliseconds.
const LARGE_BODY_BYTES: usize = 256 * 1024;

/// An answer that can be shown.
#[derive(Clone)]
pub struct Fetched {
    /// `null` if the API had no content.
    pub value: Arc<Value>,
    pub headers: HeaderMap,
    /// When the API gave it, or confirmed it.
    pub at: UnixSecs,
    /// The API asked for fewer requests: this is what was kept, and the API is asked again at that time.
    pub waits_until: Option<UnixSecs>,
    /// The memory that the value takes, roughly, and where it is counted until the last copy is dropped.
    pub(super) memory: (usize, Arc<Held>),
}

impl Fetched {
    /// The `ETag` of the answer, as the API wrote it.
    pub fn tag(&self) -> Option<String> {
        text(&self.headers, &header::ETAG).map(str::to_owned)
    }

    /// Path and query of its `Location`, if that is below the base of the API; `from` are those of the request.
    pub fn location(&self, api: &Api, from: &str) -> Option<String> {
        location::location(api, from, &self.headers)
    }

    /// The last segment of its `Location`.
    pub fn location_last(&self, api: &Api) -> Option<String> {
        location::last_segment(api, &self.headers)
    }

    /// When the API wants to be asked again, if the answer says so.
    pub fn again_at(&self) -> Option<UnixSecs> {
        limits::again_at(&self.headers, self.at)
    }

    /// What the answer says about a failure, in the API's own words.
    pub fn words(&self) -> Option<String> {
        problem::words(&self.value, &Secrets::default())
    }

    /// The bytes of memory that it takes, roughly.
    pub(super) fn memory(&self) -> usize {
        self.memory.0
    }
}

/// Why a read brought nothing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    pub error: AppError,
    pub problem: Option<ReadProblem>,
}

/// An answer that says that the API needs time (RFC 9110 15.3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Path and query of its `Location`, if that is below the base of the API.
    pub location: Option<String>,
    /// The last segment of its `Location`.
    pub location_last: Option<String>,
    /// When the API wants to be asked again, if it says so.
    pub again_at: Option<UnixSecs>,
    /// Its JSON, if it has any.
    pub body: Value,
    /// Its explanation, in the API's own words.
    pub said: Option<String>,
}

impl Accepted {
    /// What an answer says about the time that the API needs.
    pub(super) fn of(answer: &Answer, api: &Api, path: &str, now: UnixSecs) -> Self {
        Self {
            location: answer.location(api, path),
            location_last: answer.location_last(api),
            again_at: answer.again_at(now),
            body: answer.json().unwrap_or_default(),
            said: answer.words(),
        }
    }
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadProblem {
    /// The media type, if that is the reason; else the byte at which the body stops being JSON.
    NotJson { media_type: Option<String>, at: Option<usize> },
    /// The API reports an error, in its own words if they can be shown.
    Said(Option<String>),
    /// The API answered with a status of failure, and may have explained it.
    Refused { status: u16, said: Option<String> },
    /// The API redirects, which is not followed: the token is for this address only. With the path, if that is below its
    /// base.
    Redirects(Option<String>),
    /// The API has accepted the request, and needs time for its answer (202).
    Accepted(Box<Accepted>),
    /// The API has not finished in the time that the settings allow; it was started at that time.
    Unfinished(UnixSecs),
    /// The API could not prepare the answer, maybe with an explanation; it is asked for another one at that time.
    NotPrepared(Option<String>, UnixSecs),
    /// There was no answer.
    Down(Silence),
    /// The API asked to wait; the next request is sent then.
    Later(Wait),
    /// Too many requests to the API are in progress.
    Busy,
    /// There is no memory for the answer now.
    NoMemory,
}

impl From<AppError> for ReadError {
    fn from(error: AppError) -> Self {
        Self { error, problem: None }
    }
}

impl From<ReadError> for AppError {
    fn from(failed: ReadError) -> Self {
        failed.error
    }
}

impl ReadProblem {
    pub(super) fn into_error(self) -> ReadError {
        ReadError { error: AppError::ApiUnavailable, problem: Some(self) }
    }
}

/// What a response brought.
pub(super) enum Read {
    /// With the size of its body.
    Fetched(Fetched, usize),
    /// The kept answer is still right (RFC 9110 15.4.5).
    Unchanged(HeaderMap),
}

/// Sends a read, and reads the response.
///
/// # Errors
/// `Forbidden` if the API denies this user access, `StepUp` if it requires another sign-in, `NotFound` if there is
/// nothing, `ApiUnavailable` for anything else, if possible with the problem.
pub(super) async fn send(
    client: &ApiClient,
    signed_in: &SignedIn,
    api: &Api,
    request: &ReadRequest,
    call: &Call,
    headers: &Headers,
    watch: &Watch,
) -> Result<Read, ReadError> {
    let token = client.token(signed_in, api).await?;
    let memory = client.memory(signed_in, api);
    let sending = Outgoing { call, headers, watch, memory: Some(&memory) };
    let answer = client.send_with(signed_in, api, &sending, token).await.map_err(|error| match error {
        NoAnswer::NoToken(error) => error.into(),
        NoAnswer::Busy => ReadProblem::Busy.into_error(),
        NoAnswer::Http(error) => {
            let method = request.method();
            tracing::warn!(%error, api = api.id, method, path = request.label, "no response from the API");
            match error {
                HttpOutError::NoMemory(_) => ReadProblem::NoMemory.into_error(),
                HttpOutError::Timeout => ReadProblem::Down(Silence::Timeout).into_error(),
                HttpOutError::Connect(_) => ReadProblem::Down(Silence::Unreachable).into_error(),
                HttpOutError::TooLarge(_) => AppError::ApiUnavailable.into(),
                HttpOutError::Other(_) => ReadProblem::Down(Silence::BrokenOff).into_error(),
            }
        }
    })?;
    let now = client.clock.now();
    if let Some(wait) = answer.wait(now) {
        client.kept.wait(signed_in, api, wait.clone());
        let (secs, method) = (wait.until - now, request.method());
        tracing::warn!(
            event = "API asks for fewer requests",
            api = api.id,
            method,
            path = request.label,
            secs
        );
        return Err(ReadProblem::Later(wait).into_error());
    }
    match client.refusal(signed_in, api, &answer) {
        Some(error) => Err(error.into()),
        None => read(api, request, answer, now, &memory).await,
    }
}

async fn read(
    api: &Api,
    request: &ReadRequest,
    answer: Answer,
    now: UnixSecs,
    memory: &AnswerMemory,
) -> Result<Read, ReadError> {
    let status = answer.response.status();
    let unusable = |cause: &str, problem: Option<ReadProblem>| {
        let (api, method, path) = (&api.id, request.method(), &request.label);
        tracing::warn!(api, method, path, %status, cause, "the API's response cannot be used");
        ReadError { error: AppError::ApiUnavailable, problem }
    };
    match status {
        StatusCode::ACCEPTED => {
            tracing::info!(event = "API needs time", api = api.id, path = request.label, "no answer yet");
            let accepted = Accepted::of(&answer, api, &request.path, now);
            return Err(ReadProblem::Accepted(Box::new(accepted)).into_error());
        }
        StatusCode::NOT_MODIFIED => return Ok(Read::Unchanged(answer.response.into_parts().0.headers)),
        status if status.is_success() => {}
        status if status.is_redirection() => {
            let to = answer.location(api, &request.path);
            return Err(unusable("it redirects, which is not followed", Some(ReadProblem::Redirects(to))));
        }
        status => {
            let cause = match status {
                // Rejected twice, the second time with a fresh token: signing in again would not help.
                StatusCode::UNAUTHORIZED => "a fresh token was rejected",
                StatusCode::NOT_FOUND => "the API has nothing there",
                _ => "unexpected status",
            };
            let problem = Some(ReadProblem::Refused { status: status.as_u16(), said: answer.words() });
            return Err(match status {
                StatusCode::NOT_FOUND => ReadError { error: AppError::NotFound, problem },
                _ => unusable(cause, problem),
            });
        }
    }
    let (parts, body) = answer.response.into_parts();
    let (size, bytes) = (json::memory_of(&body), body.len());
    let Some(held) = memory.parsed(size).await else {
        let cause = format!("there is no memory for its {bytes} bytes, which take about {size} bytes parsed");
        return Err(unusable(&cause, Some(ReadProblem::NoMemory)));
    };
    let parsed = match bytes > LARGE_BODY_BYTES {
        true => {
            let headers = parts.headers.clone();
            memory.parse(move || value(&headers, &body)).await?
        }
        false => value(&parts.headers, &body),
    };
    let value = parsed.map_err(|(cause, problem)| unusable(&cause, Some(problem)))?;
    if answer.secrets.is_in_answer(&value) {
        return Err(unusable("it contains the access token or a configured header", None));
    }
    if let Some(said) = request.is_graphql.then(|| graphql_error(&value)).flatten() {
        let has_data = value.get("data").is_some_and(|data| !data.is_null());
        let words = said.as_str().and_then(|text| problem::harmless(text, &answer.secrets));
        if !has_data {
            return Err(unusable("GraphQL errors, and no data", Some(ReadProblem::Said(words))));
        }
        tracing::warn!(
            api = api.id,
            path = request.label,
            "the API's response has GraphQL errors beside data"
        );
    }
    let (value, memory) = (Arc::new(value), (size, Arc::new(held)));
    Ok(Read::Fetched(Fetched { value, headers: parts.headers, at: now, waits_until: None, memory }, bytes))
}

/// The JSON of a body, `null` if it is empty; else why there is none.
fn value(headers: &HeaderMap, body: &[u8]) -> Result<Value, (String, ReadProblem)> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    let kind = media_type(headers).filter(|kind| !kind.is_empty());
    if !kind.as_deref().is_some_and(is_json) {
        let kind = kind.and_then(|kind| sanitize(&kind));
        let cause = format!("not JSON: its type is {}", kind.as_deref().unwrap_or("not stated"));
        return Err((cause, ReadProblem::NotJson { media_type: kind, at: None }));
    }
    let start = match body.strip_prefix(GUARD) {
        Some(rest) => GUARD.len() + rest.iter().position(|byte| *byte == b'\n').unwrap_or_default(),
        None => 0,
    };
    json::parse(body.get(start..).unwrap_or_default()).map_err(|mut error| {
        error.at += start;
        (error.to_string(), ReadProblem::NotJson { media_type: None, at: Some(error.at) })
    })
}

/// The message of the first error in a GraphQL response (GraphQL 7.1.2); `null` if it has none.
fn graphql_error(value: &Value) -> Option<&Value> {
    let errors = value.get("errors")?.as_array()?;
    let first = errors.first()?;
    Some(first.get("message").unwrap_or(&Value::Null))
}

/// A header as text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The headers that make a request conditional on a kept answer.
pub(super) fn conditions(kept: &Fetched) -> Headers {
    let condition = |validator: HeaderName, condition: HeaderName| {
        kept.headers.get(validator).map(|value| (condition, value.clone()))
    };
    let tag = condition(header::ETAG, header::IF_NONE_MATCH);
    tag.or_else(|| condition(header::LAST_MODIFIED, header::IF_MODIFIED_SINCE)).into_iter().collect()
}

/// A kept answer in place of one that the API asks to wait for.
pub(super) fn until(kept: &Fetched, waits_until: UnixSecs) -> Arc<Fetched> {
    Arc::new(Fetched { waits_until: Some(waits_until), ..kept.clone() })
}

/// A kept answer that the API has confirmed, with its new headers.
pub(super) fn confirmed(kept: &Fetched, headers: &HeaderMap, now: UnixSecs) -> Arc<Fetched> {
    let mut renewed = kept.clone();
    for name in [header::CACHE_CONTROL, header::EXPIRES, header::ETAG, header::AGE, header::DATE] {
        if let Some(value) = headers.get(&name) {
            renewed.headers.insert(name, value.clone());
        }
    }
    renewed.at = now;
    Arc::new(renewed)
}
