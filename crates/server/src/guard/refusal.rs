//! How the guard says no: plain and honest, as a small page or as the typed error that our own scripts read.
//! The designed page is made elsewhere, from the `Refusal` in the answer's extensions.

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header, request},
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, paths};

/// A request the guard does not let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub error: AppError,
    /// Whether a script asked (the body is the error's JSON) and not a person (the body is a page).
    pub json: bool,
}

impl Refusal {
    /// Refuses a request, in the form its sender can read.
    pub fn of(request: &ResponseFormat, status: StatusCode, error: AppError) -> Self {
        Self { status, error, json: request.json }
    }

    /// What happened, and what the person can do, where that is more than the error itself says.
    pub fn explanation(&self) -> Option<(&'static str, &'static str)> {
        explain(self.status)
    }
}

/// What must be remembered of a request to refuse it after it is gone.
#[derive(Clone, Debug)]
pub struct ResponseFormat {
    json: bool,
}

impl ResponseFormat {
    pub fn new(uri: &Uri, headers: &HeaderMap) -> Self {
        Self { json: wants_json(uri, headers) }
    }
}

impl From<&request::Parts> for ResponseFormat {
    fn from(parts: &request::Parts) -> Self {
        Self::new(&parts.uri, &parts.headers)
    }
}

impl From<&axum::extract::Request<Body>> for ResponseFormat {
    fn from(request: &axum::extract::Request<Body>) -> Self {
        Self::new(request.uri(), request.headers())
    }
}

/// A form that a browser submits without scripts accepts HTML, also at a server function; a fetch says that
/// its destination is empty (Fetch Metadata 2.1).
fn wants_json(uri: &Uri, headers: &HeaderMap) -> bool {
    let has = |name, value: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|found| found.to_str().ok())
            .any(|found| found.contains(value))
    };
    if has("sec-fetch-dest", "empty") {
        return true;
    }
    !has("accept", "text/html") && (is_server_fn(uri.path()) || has("accept", "application/json"))
}

/// Whether a path is below [`paths::SERVER_FNS`].
pub fn is_server_fn(path: &str) -> bool {
    path.strip_prefix(paths::SERVER_FNS).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Refuses a request and leaves one line in the log; the request's span says which one it was.
pub(super) fn refuse(
    asked: &ResponseFormat,
    status: StatusCode,
    error: AppError,
    reason: &'static str,
) -> Response {
    tracing::warn!(status = status.as_u16(), reason, "request refused");
    Refusal::of(asked, status, error).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = if self.json {
            // What a server function answers on failure: its client reads the same type from it.
            let body = serde_json::to_vec(&self.error).unwrap_or_default();
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        } else {
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page(&self)).into_response()
        };
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

/// What a person reads where nobody replaces it. All of it is our own text.
fn page(refusal: &Refusal) -> String {
    let title = &refusal.error;
    let (what, advice) =
        refusal.explanation().unwrap_or(("Nothing was done.", "Wait a moment, then try again."));
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><p>{what} {advice}</p><p><a href=\"{}\">Home</a></p></main></body></html>",
        paths::HOME
    )
}

/// What happened, and what to do about it, where the status says more than the error does.
fn explain(status: StatusCode) -> Option<(&'static str, &'static str)> {
    const START_AGAIN: &str = "Start again from the home page.";
    Some(match status {
        StatusCode::METHOD_NOT_ALLOWED => ("This address does not take what was sent to it.", START_AGAIN),
        StatusCode::REQUEST_TIMEOUT => {
            ("It took too long to arrive. Nothing was changed.", "Check your connection, then try again.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("More was sent than this site takes at once. Nothing was changed.", "Go back and send less.")
        }
        StatusCode::URI_TOO_LONG => ("The address is longer than this site takes.", START_AGAIN),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "It was not sent the way this site's own forms send it. Nothing was changed.",
            "Open the page here and do it again.",
        ),
        StatusCode::MISDIRECTED_REQUEST => (
            "This service answers under another name than the one in the address.",
            "Open it under its own name. If that is the name you used, tell the people who run this service, with the reference below.",
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (
            "Your browser sent more than this site takes: too many cookies, most likely.",
            "Delete the cookies of this site in your browser, then try again.",
        ),
        _ => return None,
    })
}
