//! The one request that does it, and what its answer means: done, not done for sure, or unclear. It is never made a second
//! time by us, but for a token that the API did not take (RFC 6750 3.1).

use std::{collections::BTreeMap, time::Duration};

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use claimcheck_base::http_out::HttpOutError;
use claimcheck_model::AppError;
use claimcheck_session::{ActionPlace, Outcome, SignedIn};
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

/// What changes something may take its time, for giving up leaves nobody knowing; but the person's own request has to be
/// answered in time (`guard::limits`).
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REFUSED: &str = "The API refused it.";

/// What is to be sent, and to whom.
pub(super) struct Request {
    /// The API's id.
    pub api: String,
    pub call: Call,
    /// What is said when it is done.
    pub said: String,
}

/// The request for an action.
pub(super) fn of(action: &Action, path: String, body: Option<&Value>, once: &SubmissionId) -> Call {
    let body = body.map(Value::to_string).unwrap_or_default().into_bytes();
    let mut headers = Vec::new();
    if !body.is_empty() {
        headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
    }
    if let Ok(key) = HeaderValue::from_str(&once.idempotency_key(&path, &body)) {
        headers.push((IDEMPOTENCY_KEY, key));
    }
    Call { method: action.method.clone(), path, headers, body, patience: PATIENCE }
}

/// Makes it.
pub(super) async fn make(
    actions: &Actions,
    signed_in: &SignedIn,
    place: &ActionPlace,
    request: Request,
) -> Outcome {
    let Some(api) = actions.settings.api(&request.api) else { return not_done("There is no such API.") };
    let outcome = match actions.api.send(signed_in, api, &request.call).await {
        Ok(answer) => read(actions, signed_in, api, &answer, request.said),
        Err(NoAnswer::NoToken(AppError::Forbidden(lack))) => Outcome::Lacking(missing_access(lack)),
        Err(NoAnswer::NoToken(error)) => not_done(&format!("{error}. Nothing was sent.")),
        Err(NoAnswer::Http(HttpOutError::Connect(_))) => {
            not_done("The API cannot be reached. Nothing was sent.")
        }
        Err(NoAnswer::Http(error)) => {
            tracing::warn!(%error, "the API gives no answer to an action");
            let why = match error {
                HttpOutError::Timeout => "The API did not answer in time.",
                _ => "The connection to the API broke before it answered.",
            };
            unclear(why)
        }
    };
    let (board, action) = (&place.board, place.action);
    let how = match &outcome {
        Outcome::Done { .. } => "done",
        Outcome::NotDone { .. } => "not done",
        Outcome::Lacking(_) => "lacking",
        Outcome::StepUp(_) => "step-up demanded",
        Outcome::Unclear { .. } => "unclear",
    };
    tracing::info!(event = "action", board, panel = ?place.panel, action, outcome = how);
    outcome
}

fn not_done(why: &str) -> Outcome {
    Outcome::NotDone { why: why.to_owned(), fields: BTreeMap::new() }
}

fn unclear(why: &str) -> Outcome {
    Outcome::Unclear { why: why.to_owned() }
}

/// What an answer means (RFC 9110 15).
fn read(actions: &Actions, signed_in: &SignedIn, api: &Api, answer: &Answer, said: String) -> Outcome {
    let status = answer.response.status();
    let words = || answer.words();
    // Who says when to come back has not begun; a gateway whose API broke off says 503 as well.
    let has_retry_after = answer.response.headers().contains_key(header::RETRY_AFTER);
    match status {
        StatusCode::ACCEPTED => Outcome::Done { said: format!("{said} It may take a moment to show.") },
        // "See other" is how some say that it is done (15.4.4); a page to sign in at, elsewhere, says nothing.
        StatusCode::SEE_OTHER if is_at(api, answer) => Outcome::Done { said },
        status if status.is_success() => Outcome::Done { said },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            match actions.api.refusal(signed_in, api, answer) {
                Some(AppError::Forbidden(lack)) => Outcome::Lacking(missing_access(lack)),
                Some(AppError::StepUp(demand)) => Outcome::StepUp(required_sign_in(demand)),
                _ => not_done("The API does not accept your access. Nothing was changed."),
            }
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            not_done(&words().unwrap_or_else(|| "That is not there any more.".to_owned()))
        }
        StatusCode::SERVICE_UNAVAILABLE if !has_retry_after && words().is_none() => {
            unclear("The API, or what stands before it, is not available.")
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let again = "The API cannot take this just now. Nothing was changed; try again in a moment.";
            not_done(&words().unwrap_or_else(|| again.to_owned()))
        }
        StatusCode::REQUEST_TIMEOUT => unclear("The API did not get all of it in time."),
        status if status.is_client_error() => {
            let why = words().unwrap_or_else(|| REFUSED.to_owned());
            Outcome::NotDone { why, fields: answer.field_problems() }
        }
        _ => {
            tracing::warn!(%status, "the API's answer to an action says neither yes nor no");
            let said = words().map(|words| format!(" It says: {words}")).unwrap_or_default();
            unclear(&format!("The API failed while it was at it.{said}"))
        }
    }
}

/// Whether a redirect leads to the API itself.
fn is_at(api: &Api, answer: &Answer) -> bool {
    let location = answer.response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    location.and_then(|to| api.url.join(to).ok()).is_some_and(|to| to.origin() == api.url.origin())
}
