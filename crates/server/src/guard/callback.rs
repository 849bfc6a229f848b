//! The methods of the callback (CB-07): only GET runs it. Pages usually answer HEAD as well, but a HEAD by a mail
//! scanner or a link preview must not use up the transaction. Nor must a speculative load that the user may never see
//! (LR-10).

use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::IntoResponse,
};
use claimcheck_model::{AppError, paths};

use super::{
    Policy, Verdict,
    navigation::is_speculative,
    refusal::{ResponseFormat, refuse},
};

/// HEAD: an empty 200. Other methods: 405, before their origin is checked.
pub(super) fn methods(_: &Policy, request: &Request) -> Verdict {
    if !paths::CALLBACK.is(request.uri().path()) {
        return None;
    }
    if is_speculative(request.headers()) {
        let asked = ResponseFormat::from(request);
        return Some(refuse(&asked, StatusCode::UNAUTHORIZED, AppError::SignedOut, "speculative callback"));
    }
    if request.method() == Method::GET {
        return None;
    }
    if request.method() == Method::HEAD {
        return Some(StatusCode::OK.into_response());
    }
    let mut response = refuse(
        &ResponseFormat::from(request),
        StatusCode::METHOD_NOT_ALLOWED,
        AppError::Invalid,
        "callback method",
    );
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{LOCAL, app, body, request, send};

    #[tokio::test]
    async fn cb_07_only_get_runs_the_callback() {
        let path = "/auth/callback?code=canary&state=a";
        let response = send(app(LOCAL), request("GET", path, &[], "")).await;
        assert_eq!((response.status().as_u16(), body(response).await.as_str()), (200, "ran"));
        let response = send(app(LOCAL), request("HEAD", path, &[], "")).await;
        assert_eq!(response.status(), 200);
        assert!(response.headers().get("x-ran").is_none());
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            for headers in [&[][..], &[("sec-fetch-site", "same-origin")]] {
                let response = send(app(LOCAL), request(method, path, headers, "")).await;
                assert_eq!(response.status(), 405, "{method}");
                assert_eq!(response.headers()["allow"], "GET, HEAD");
                assert!(response.headers().get("x-ran").is_none());
            }
        }
        // Other pages answer HEAD like GET.
        let response = send(app(LOCAL), request("HEAD", "/", &[], "")).await;
        assert!(response.headers().get("x-ran").is_some());
    }
}
