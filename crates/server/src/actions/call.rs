//! The request that carries out an action, and the meaning of its response: done, certainly not done, or unclear. It is
//! never repeated, except with another token if the API rejected the first (RFC 6750 3.1).

use std::{collections::BTreeMap, time::Duration};

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use claimcheck_base::http_out::{HttpOutError, media_type};
use claimcheck_model::AppError;
use claimcheck_session::{ActionPlace, Outcome, SignedIn};
use claimcheck_text::{Language, t};
use serde_json::Value;

use crate::{
    actions::{
        Actions,
        once::SubmissionId,
        stored::{missing_access, required_sign_in},
    },
    api::{Answer, Call, NoAnswer},
    config::{Action, Api},
};

/// The timeout of a write, unless that of the API is longer. Giving up early leaves the outcome unknown, but the user's
/// own request has to be answered in time (`guard::limits`).
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request and its API.
pub(super) struct Request {
    /// The API's id.
    pub api: String,
    pub call: Call,
    /// The message when it is done.
    pub said: String,
    /// The language of the outcome's texts.
    pub language: Language,
}

/// The request of an action.
pub(super) fn of(action: &Action, path: String, body: Option<&Value>, once: &SubmissionId) -> Call {
    let body = body.map(Value::to_string).unwrap_or_default().into_bytes();
    let mut headers = Vec::new();
    if !body.is_empty() {
        headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
    }
    if let Ok(key) = HeaderValue::from_str(&once.idempotency_key()) {
        headers.push((IDEMPOTENCY_KEY, key));
    }
    Call { method: action.method.clone(), path, headers, body, patience: PATIENCE, is_read: false }
}

/// Sends the request.
pub(super) async fn make(
    actions: &Actions,
    signed_in: &SignedIn,
    place: &ActionPlace,
    request: Request,
) -> Outcome {
    let language = request.language;
    let Some(api) = actions.settings.api(&request.api) else {
        return not_done(t!(language, "act-not-set-up"));
    };
    let outcome = match actions.api.send(signed_in, api, &request.call).await {
        Ok(answer) => read(actions, signed_in, api, &answer, request),
        Err(NoAnswer::NoToken(AppError::Forbidden(lack))) => Outcome::Lacking(missing_access(lack)),
        Err(NoAnswer::NoToken(error)) => not_done(not_sent(language, &error)),
        Err(NoAnswer::Busy) => not_done(not_sent(language, &AppError::Busy)),
        Err(NoAnswer::Http(HttpOutError::Connect(_))) => not_done(t!(language, "act-unreachable")),
        Err(NoAnswer::Http(error)) => {
            tracing::warn!(%error, "no response from the API to an action");
            let why = match error {
                HttpOutError::Timeout => t!(language, "act-timeout"),
                _ => t!(language, "act-connection-lost"),
            };
            unclear(why)
        }
    };
    let (board, action) = (&place.board, place.action);
    let how = match &outcome {
        Outcome::Done { .. } => "done",
        Outcome::NotDone { .. } => "not done",
        Outcome::Lacking(_) => "access missing",
        Outcome::StepUp(_) => "step-up required",
        Outcome::Unclear { .. } => "unclear",
    };
    tracing::info!(event = "action", board, panel = ?place.panel, action, outcome = how);
    outcome
}

/// Why nothing was sent, for what failed before the request.
pub(super) fn not_sent(language: Language, error: &AppError) -> &'static str {
    match error {
        AppError::Forbidden(_) => t!(language, "act-not-sent-access"),
        AppError::StepUp(_) => t!(language, "act-not-sent-step-up"),
        AppError::ApiUnavailable => t!(language, "act-not-sent-api"),
        AppError::ProviderUnavailable => t!(language, "act-not-sent-provider"),
        AppError::SignInExpired => t!(language, "act-not-sent-sign-in-expired"),
        AppError::ClientRefused => t!(language, "act-not-sent-client-refused"),
        AppError::Busy => t!(language, "act-not-sent-busy"),
        _ => t!(language, "act-not-sent"),
    }
}

fn not_done(why: &str) -> Outcome {
    Outcome::NotDone { why: why.to_owned(), fields: BTreeMap::new() }
}

fn unclear(why: &str) -> Outcome {
    Outcome::Unclear { why: why.to_owned() }
}

/// The outcome of a response (RFC 9110 15).
fn read(actions: &Actions, signed_in: &SignedIn, api: &Api, answer: &Answer, request: Request) -> Outcome {
    let Request { said, language, .. } = request;
    let status = answer.response.status();
    let words = || answer.words();
    match status {
        // A captive portal, a sign-in page or a firewall: this may not be the API's answer at all.
        status if status.is_success() && is_page(answer) => {
            tracing::warn!(%status, "the API's response to an action is a web page");
            unclear(t!(language, "act-web-page"))
        }
        StatusCode::ACCEPTED => Outcome::Done { said: t!(language, "act-done-later", message = said) },
        // Some APIs report success with "See other" (15.4.4). A redirect to a sign-in page elsewhere says nothing.
        StatusCode::SEE_OTHER if is_at(api, answer) => Outcome::Done { said },
        status if status.is_success() => Outcome::Done { said },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            match actions.api.refusal(signed_in, api, answer) {
                Some(AppError::Forbidden(lack)) => Outcome::Lacking(missing_access(lack)),
                Some(AppError::StepUp(demand)) => Outcome::StepUp(required_sign_in(demand)),
                _ => not_done(t!(language, "act-access-denied")),
            }
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            not_done(&words().unwrap_or_else(|| t!(language, "act-gone").to_owned()))
        }
        // Gateways return it, also with `Retry-After`, when the API broke off half-way.
        StatusCode::SERVICE_UNAVAILABLE if words().is_none() => unclear(t!(language, "act-api-unavailable")),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            not_done(&words().unwrap_or_else(|| t!(language, "act-api-busy").to_owned()))
        }
        StatusCode::REQUEST_TIMEOUT => unclear(t!(language, "act-api-received-late")),
        status if status.is_client_error() => {
            let why = words().unwrap_or_else(|| t!(language, "act-refused").to_owned());
            Outcome::NotDone { why, fields: answer.field_problems() }
        }
        _ => {
            tracing::warn!(%status, "the API's response to an action has an unexpected status");
            match words() {
                Some(words) => unclear(&t!(language, "act-api-failed-said", message = words)),
                None => unclear(t!(language, "act-api-failed")),
            }
        }
    }
}

/// Whether a response has a web page in its body. Some frameworks call every response HTML, also an empty or a JSON one.
fn is_page(answer: &Answer) -> bool {
    let kind = media_type(answer.response.headers());
    let is_html = kind.is_some_and(|kind| matches!(kind.as_str(), "text/html" | "application/xhtml+xml"));
    let body = answer.response.body();
    is_html && !body.trim_ascii().is_empty() && serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err()
}

/// Whether a redirect points to the API itself.
fn is_at(api: &Api, answer: &Answer) -> bool {
    let location = answer.response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    location.and_then(|to| api.url.join(to).ok()).is_some_and(|to| to.origin() == api.url.origin())
}
