//! The request that carries out an action, and the meaning of its response: done, certainly not done, or unclear. It is
//! never repeated, except with another token if the API rejected the first (RFC 6750 3.1).

use std::{collections::BTreeMap, time::Duration};

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use claimcheck_base::{
    clock::UnixSecs,
    http_out::{HttpOutError, media_type},
    internal_span, traces,
};
use claimcheck_model::AppError;
use claimcheck_session::{ActionPlace, Outcome, SignedIn};
use claimcheck_text::{Language, t};
use serde_json::Value;
use tracing::{Span, field};
use url::Url;

use crate::{
    actions::{
        Actions,
        audited::Sent,
        body::SentFields,
        fingerprint,
        once::SubmissionId,
        stored::{missing_access, required_sign_in},
        success::{Succeeded, Success},
    },
    api::{Answer, Call, Credentials, NoAnswer, is_json},
    config::{Action, Api},
    locale::LocaleFormatter,
    metrics::{ActionOutcome, RequestSource},
};

/// The timeout of a write, unless that of the API is longer. Giving up early leaves the outcome unknown, but the user's
/// own request has to be answered in time (`guard::limits`).
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// What some servers put before a text in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";
/// How web pages begin, in any case (WHATWG MIME Sniffing 7.1).
const HTML: [&[u8]; 8] =
    [b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<title", b"<meta", b"<!--"];
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request and its API.
pub(super) struct Request {
    /// The API's id.
    pub api: String,
    pub call: Call,
    pub credentials: Credentials,
    /// The fields in its body.
    pub sent: SentFields,
    /// What follows when it is done.
    pub success: Success,
    /// For the outcome's texts.
    pub reader: LocaleFormatter,
}

/// The request of an action.
pub(super) fn of(
    api: &Api,
    action: &Action,
    path: String,
    (body, version): (Option<&Value>, Option<HeaderValue>),
    (once, source): (&SubmissionId, RequestSource),
) -> Call {
    let body = body.map(Value::to_string).unwrap_or_default().into_bytes();
    let mut headers = Vec::new();
    if !body.is_empty() {
        headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
    }
    headers.extend(version.map(|version| (header::IF_MATCH, version)));
    if let Ok(key) = HeaderValue::from_str(&once.idempotency_key(&fingerprint::target_of(api, action))) {
        headers.push((IDEMPOTENCY_KEY, key));
    }
    let (method, label) = (action.method.clone(), action.path.label());
    Call { method, path, headers, body, patience: PATIENCE, is_read: false, source, label }
}

/// The span of an action in its trace.
pub(super) fn span(place: &ActionPlace) -> Span {
    internal_span!(
        "action",
        claimcheck.board = place.board.as_str(),
        claimcheck.panel = place.panel.as_deref(),
        claimcheck.action = place.action.as_str(),
        claimcheck.outcome = field::Empty
    )
}

/// Notes the outcome in that span.
fn note_in_trace(outcome: &Outcome, how: &str) {
    let span = Span::current();
    span.record("claimcheck.outcome", how);
    if matches!(outcome, Outcome::Unclear { .. }) {
        traces::fail(&span, "the outcome is unknown");
    }
}

/// Sends the request.
pub(super) async fn make(
    actions: &Actions,
    signed_in: &SignedIn,
    place: &ActionPlace,
    request: Request,
) -> Outcome {
    let Request { api, call, credentials, sent, success, reader } = request;
    let language = reader.language();
    let Some(api) = actions.settings.api(&api) else {
        return not_done(t!(language, "act-not-set-up"));
    };
    let mut api_status = None;
    let outcome = match actions.api.send(signed_in, api, &call, credentials).await {
        Ok(answer) => {
            api_status = Some(answer.response.status().as_u16());
            actions.boards.forget_reports(&signed_in.key);
            let has_version = call.headers.iter().any(|(name, _)| name == header::IF_MATCH);
            let (answer, values) = (&answer, &success.values);
            let succeeded = Succeeded { actions, signed_in, place, api, reader: &reader, answer, values };
            read(&succeeded, (success.said, &call.path), (&sent, has_version))
        }
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
    let (board, panel, action) = (&place.board, &place.panel, &place.action);
    let (how, counted) = match &outcome {
        Outcome::Done { job: Some(_), .. } => ("accepted", ActionOutcome::Accepted),
        Outcome::Done { .. } => ("done", ActionOutcome::Done),
        Outcome::NotDone { .. } => ("not done", ActionOutcome::NotDone),
        Outcome::Lacking(_) => ("access missing", ActionOutcome::AccessMissing),
        Outcome::StepUp(_) => ("step-up required", ActionOutcome::StepUpRequired),
        Outcome::Unclear { .. } => ("unclear", ActionOutcome::Unclear),
    };
    actions.api.metrics().acted(counted);
    note_in_trace(&outcome, how);
    tracing::info!(event = "action", board, panel, action, outcome = how);
    let key = call.headers.iter().find(|(name, _)| name == IDEMPOTENCY_KEY);
    let idempotency_key = key.and_then(|(_, key)| key.to_str().ok());
    actions.record(signed_in, place, &outcome, Sent { idempotency_key, api_status });
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

/// That an API asks to wait, with the time that is left.
pub(super) fn wait(reader: &LocaleFormatter, now: UnixSecs, until: UnixSecs) -> String {
    let (wait, time) = time_left(reader, now, until);
    t!(reader.language(), "act-not-sent-later", wait = wait, time = time)
}

fn time_left(reader: &LocaleFormatter, now: UnixSecs, until: UnixSecs) -> (String, String) {
    let wait = t!(reader.language(), "duration-seconds", count = (until - now).max(1));
    (wait, reader.time_of_day(until))
}

/// The outcome of a response (RFC 9110 15) to a request with this message after success and this path and query.
fn read(
    succeeded: &Succeeded<'_>,
    (said, from): (String, &str),
    (sent, has_version): (&SentFields, bool),
) -> Outcome {
    let Succeeded { actions, signed_in, api, reader, answer, .. } = *succeeded;
    let language = reader.language();
    let status = answer.response.status();
    let words = || answer.words();
    let now = actions.clock.now();
    // 403 as well: GitHub's answer when the limit is used up.
    let asks_to_wait = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::FORBIDDEN);
    if let Some(until) = answer.waits_until(now).filter(|_| asks_to_wait) {
        let (wait, time) = time_left(reader, now, until);
        return not_done(&words().unwrap_or_else(|| t!(language, "act-api-later", wait = wait, time = time)));
    }
    match status {
        // A captive portal, a sign-in page or a firewall: this may not be the API's answer at all.
        status if status.is_success() && is_page(answer) => {
            tracing::warn!(%status, "the API's response to an action is a web page");
            unclear(t!(language, "act-web-page"))
        }
        // Some APIs report success with "See other" (15.4.4). A redirect to a sign-in page elsewhere says nothing.
        StatusCode::SEE_OTHER if is_at(api, answer) => succeeded.of_action(said, from),
        status if status.is_success() => succeeded.of_action(said, from),
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
        // Gateways return it, also with `Retry-After` or an explanation, when the API broke off half-way.
        StatusCode::SERVICE_UNAVAILABLE if words().is_none() => unclear(t!(language, "act-api-unavailable")),
        // The API has compared versions, and changed nothing (RFC 9110 15.5.13).
        StatusCode::PRECONDITION_FAILED if has_version => not_done(&conflict(language, words())),
        StatusCode::PRECONDITION_FAILED => {
            not_done(&words().unwrap_or_else(|| t!(language, "act-conflict").to_owned()))
        }
        StatusCode::PRECONDITION_REQUIRED if !has_version => {
            tracing::warn!(
                event = "version required",
                api = api.id,
                "the API requires the header If-Match; set `if_match` of the action"
            );
            not_done(t!(language, "act-version-required"))
        }
        StatusCode::REQUEST_TIMEOUT => unclear(t!(language, "act-api-received-late")),
        status if status.is_client_error() => {
            let why = words().unwrap_or_else(|| t!(language, "act-refused").to_owned());
            Outcome::NotDone { why, fields: sent.problems(&answer.field_problems()) }
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

/// That another version was changed than the API has now. What the API says about it may be more than the name of the
/// status.
fn conflict(language: Language, words: Option<String>) -> String {
    match words.filter(|words| !words.to_ascii_lowercase().contains("precondition failed")) {
        Some(words) => t!(language, "act-conflict-said", message = words),
        None => t!(language, "act-conflict").to_owned(),
    }
}

/// Whether a response has a web page in its body, whatever it is called. Some frameworks call every response HTML, also
/// an empty or a JSON one.
pub(super) fn is_page(answer: &Answer) -> bool {
    let kind = media_type(answer.response.headers()).unwrap_or_default();
    let body = answer.response.body();
    let text = body.strip_prefix(BOM).unwrap_or(body).trim_ascii_start();
    let begins_with = |tag: &[u8]| text.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag));
    match kind.as_str() {
        _ if HTML.iter().any(|tag| begins_with(tag)) => true,
        "text/html" | "application/xhtml+xml" => {
            !text.is_empty() && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err()
        }
        // No JSON begins like this.
        kind => is_json(kind) && text.first() == Some(&b'<'),
    }
}

/// Whether a redirect points to a path of the API itself. A page for signing in may be on the same host.
fn is_at(api: &Api, answer: &Answer) -> bool {
    let location = answer.response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let base = format!("{}/", api.url.path().trim_end_matches('/'));
    let is_of_api = |to: Url| to.origin() == api.url.origin() && format!("{}/", to.path()).starts_with(&base);
    location.and_then(|to| api.url.join(to).ok()).is_some_and(is_of_api)
}
