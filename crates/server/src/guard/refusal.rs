//! Responses for refused requests: a small page, or the typed error for our own scripts. The designed page is rendered
//! elsewhere, from the `Refusal` in the response's extensions.

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header, request},
    response::{Html, IntoResponse, Response},
};
use claimcheck_model::{AppError, paths};
use claimcheck_text::{Language, t};

use serde_json::Map;

use super::headers;
use crate::{locale, preferences::Preferences};

/// A request that the guard refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub error: AppError,
    /// Whether a script sent the request (the body is the error as JSON) or a user (the body is a page).
    pub json: bool,
}

impl Refusal {
    /// Refuses a request, in the format that its sender can read.
    pub fn of(request: &ResponseFormat, status: StatusCode, error: AppError) -> Self {
        Self { status, error, json: request.json }
    }

    /// What happened and what the user can do, if that is more than the error itself says.
    pub fn explanation(&self, language: Language) -> Option<(&'static str, &'static str)> {
        explain(language, self.status)
    }
}

/// The properties of a request that are needed to refuse it after it is consumed.
#[derive(Clone, Debug)]
pub struct ResponseFormat {
    json: bool,
}

impl ResponseFormat {
    pub fn new(uri: &Uri, headers: &HeaderMap) -> Self {
        Self { json: wants_json(uri, headers) }
    }

    /// Whether a script sent the request, which reads JSON and no page.
    pub fn is_json(&self) -> bool {
        self.json
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

/// A form submitted without scripts accepts HTML, also at a server function. A fetch has an empty destination (Fetch
/// Metadata 2.1).
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
    paths::SERVER_FNS.rest(path).is_some()
}

/// Refuses a request, and logs one line. The request's span identifies it.
pub(super) fn refuse(
    asked: &ResponseFormat,
    status: StatusCode,
    error: AppError,
    reason: &'static str,
) -> Response {
    tracing::warn!(status = status.as_u16(), reason, "request refused");
    Refusal::of(asked, status, error).into_response()
}

/// The response to a request for whose connection there is no place. It takes little work, and is not logged, because
/// there may be many.
pub fn overloaded(request: &axum::extract::Request) -> Response {
    let (format, status) = (ResponseFormat::from(request), StatusCode::SERVICE_UNAVAILABLE);
    let mut response = match format.is_json() {
        true => Refusal::of(&format, status, AppError::Busy).into_response(),
        false => {
            let chosen = Preferences::of(request.headers(), false).language;
            let language = locale::language(&Map::new(), request.headers(), Language::default(), chosen);
            (status, Html(overloaded_page(language))).into_response()
        }
    };
    headers::add_fixed(response.headers_mut());
    headers::add_retry(response.headers_mut());
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = if self.json {
            // The error format of server functions, which their clients read.
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

fn overloaded_page(language: Language) -> String {
    let (title, text) = (t!(language, "failure-busy-title"), t!(language, "failure-busy"));
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><p>{text}</p></main></body></html>",
        language.tag()
    )
}

/// The page if it is not replaced. All of it is our own text.
fn page(refusal: &Refusal) -> String {
    let title = &refusal.error;
    let explanation = refusal.explanation(Language::default());
    let (what, advice) = explanation.unwrap_or(("Nothing was changed.", "Wait a moment, then try again."));
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><main><h1>{title}</h1><p>{what} {advice}</p><p><a href=\"{}\">Home</a></p></main></body></html>",
        paths::HOME.href()
    )
}

/// What happened and what to do, if the status says more than the error.
fn explain(language: Language, status: StatusCode) -> Option<(&'static str, &'static str)> {
    Some(match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            (t!(language, "refusal-method"), t!(language, "refusal-start-over"))
        }
        StatusCode::REQUEST_TIMEOUT => (t!(language, "refusal-slow"), t!(language, "refusal-slow-advice")),
        StatusCode::PAYLOAD_TOO_LARGE => {
            (t!(language, "refusal-too-large"), t!(language, "refusal-too-large-advice"))
        }
        StatusCode::URI_TOO_LONG => {
            (t!(language, "refusal-long-address"), t!(language, "refusal-start-over"))
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            (t!(language, "refusal-format"), t!(language, "refusal-format-advice"))
        }
        StatusCode::MISDIRECTED_REQUEST => {
            (t!(language, "refusal-host"), t!(language, "refusal-host-advice"))
        }
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            (t!(language, "refusal-large-head"), t!(language, "refusal-large-head-advice"))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use claimcheck_model::AppError;

    use super::{Language, Refusal, ResponseFormat, StatusCode};

    #[test]
    fn op_09_each_refusal_of_a_head_or_body_says_what_happened_and_what_to_do() {
        let format = ResponseFormat { json: false };
        let explanation =
            |status| Refusal::of(&format, status, AppError::Invalid).explanation(Language::default());
        let explained = [405, 408, 413, 414, 415, 421, 431].map(|status| {
            let (what, advice) = explanation(StatusCode::from_u16(status).unwrap()).unwrap();
            assert!(what.len() > 10 && advice.len() > 10, "{status}: {what} {advice}");
            what
        });
        for (index, what) in explained.iter().enumerate() {
            assert!(!explained[index + 1..].contains(what), "{what}");
        }
        for status in [400, 403, 404, 500, 503] {
            assert_eq!(explanation(StatusCode::from_u16(status).unwrap()), None, "{status}");
        }
        assert!(!format.is_json() && ResponseFormat { json: true }.is_json());
    }
}
