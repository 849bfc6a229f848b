//! Repeated requests: with the same `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header 2), nothing is done
//! twice, and the first response is repeated. Keys are stored while the process runs; the oldest are dropped first.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use serde_json::Value;

use super::{
    body::Fields,
    problem::{self, Refusal},
    token::Who,
};
use crate::reply;

const MAX_KEPT: usize = 10_000;
const MAX_KEY_CHARS: usize = 255;

/// A response that can be repeated.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    /// The location of the created resource (RFC 9110 10.2.2).
    pub(super) location: Option<String>,
}

impl Answer {
    pub(super) fn of(status: StatusCode, body: Value) -> Self {
        Self { status, body, location: None }
    }

    pub(super) fn problem(status: StatusCode, detail: &str) -> Self {
        Self::of(status, problem::body(status, detail))
    }

    fn respond(&self) -> Response {
        if !self.status.is_success() {
            return problem::answer(self.status, &self.body);
        }
        let mut response = reply::json(self.status, &self.body);
        let location = self.location.as_deref().and_then(|location| HeaderValue::from_str(location).ok());
        if let Some(location) = location {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// The user, the path, and the key.
type Name = (Who, String, String);

#[derive(Default)]
struct Kept {
    /// With the digest of the body.
    answers: BTreeMap<Name, (String, Answer)>,
    oldest: VecDeque<Name>,
}

/// The responses to requests with a key.
#[derive(Default)]
pub(super) struct Answers(Mutex<Kept>);

impl Answers {
    /// Does the work, unless this request has been done before; one at a time.
    ///
    /// # Errors
    /// 400 for an invalid key, 422 for a key that was used with another body before.
    pub(super) fn once(
        &self,
        who: &Who,
        request: &Parts,
        fields: &Fields,
        act: impl FnOnce() -> Answer,
    ) -> Result<Response, Refusal> {
        let Some(key) = key(&request.headers)? else {
            return Ok(act().respond());
        };
        let name = (who.clone(), request.uri.path().to_owned(), key);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.answers.get(&name) {
            Some((digest, answer)) if *digest == fields.digest => return Ok(answer.respond()),
            Some(_) => {
                let detail = "This Idempotency-Key was already used with a different request body.";
                return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
            }
            None => {}
        }
        let answer = act();
        let response = answer.respond();
        kept.oldest.push_back(name.clone());
        kept.answers.insert(name, (fields.digest.clone(), answer));
        if kept.oldest.len() > MAX_KEPT
            && let Some(oldest) = kept.oldest.pop_front()
        {
            kept.answers.remove(&oldest);
        }
        Ok(response)
    }
}

/// The key, as a quoted string (RFC 9651 3.3.3) or unquoted.
fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut lines = headers.get_all("idempotency-key").iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let text = line.to_str().unwrap_or_default().trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let is_good = lines.next().is_none() && !text.is_empty() && text.len() <= MAX_KEY_CHARS;
    if !is_good || text.contains(['"', '\\']) {
        let detail = "Idempotency-Key must be one string of at most 255 characters.";
        return Err(Refusal::bad_request(detail));
    }
    Ok(Some(text.to_owned()))
}
