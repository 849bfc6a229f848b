//! Token revocation (RFC 7009). Failures are logged; the caller decides whether to try again.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use claimcheck_base::{http_out::HttpOutError, secret::Secret, traces::Purpose};
use http::{HeaderMap, Request, StatusCode, header};
use url::form_urlencoded;

use crate::{
    quirks::Quirks,
    relying_party::RelyingParty,
    settings::{ClientAuth, ClientSettings},
};

/// The kind of a token, sent as a hint to the provider (RFC 7009 2.1, `token_type_hint`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenType {
    Access,
    Refresh,
}

impl TokenType {
    const fn hint(self) -> &'static str {
        match self {
            Self::Access => "access_token",
            Self::Refresh => "refresh_token",
        }
    }
}

/// What became of a request for revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The provider has revoked the token.
    Revoked,
    /// The provider has no such endpoint.
    NotOffered,
    /// The provider refuses this request, and would refuse another.
    Refused,
    /// The provider did not respond or cannot do it now (RFC 7009 2.2.1). Another attempt may succeed, after this time if
    /// the provider named one.
    Failed(Option<Duration>),
}

impl RelyingParty {
    /// Revokes one token if the provider has a revocation endpoint. Completes when the provider has answered or failed.
    pub async fn revoke(&self, token: &Secret, token_type: TokenType) -> Revocation {
        let hint = token_type.hint();
        let metadata = match self.metadata().await {
            Ok(metadata) => metadata,
            Err(error) => {
                tracing::warn!(hint, %error, "a token cannot be revoked now");
                return Revocation::Failed(None);
            }
        };
        let Some(endpoint) = &metadata.revocation_endpoint else { return Revocation::NotOffered };
        let auth = Quirks::of(self.settings(), Some(&metadata)).client_auth;
        let request = revocation_request(self.settings(), auth, endpoint.as_str(), token, hint);
        let Some(mut request) = request else { return Revocation::Refused };
        request.extensions_mut().insert(Purpose("provider revocation"));
        match self.http().send(request).await {
            Ok(answer) if answer.status() == StatusCode::OK => {
                tracing::debug!(hint, "token revoked");
                Revocation::Revoked
            }
            Ok(answer) => {
                tracing::warn!(hint, status = %answer.status(), "the provider did not revoke a token");
                refused(answer.status(), answer.headers())
            }
            Err(error) => {
                tracing::warn!(hint, %error, "the revocation request failed");
                // An answer that is too large is an answer; only its status would count.
                match error {
                    HttpOutError::TooLarge(_) => Revocation::Refused,
                    _ => Revocation::Failed(None),
                }
            }
        }
    }
}

/// What a status other than 200 means. Only the seconds of `Retry-After` are read; a date is ignored.
fn refused(status: StatusCode, headers: &HeaderMap) -> Revocation {
    let is_for_now = status.is_server_error()
        || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS]
            .contains(&status);
    if !is_for_now {
        return Revocation::Refused;
    }
    let secs = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Revocation::Failed(secs.map(Duration::from_secs))
}

fn revocation_request(
    settings: &ClientSettings,
    auth: ClientAuth,
    endpoint: &str,
    token: &Secret,
    hint: &str,
) -> Option<Request<Vec<u8>>> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token.expose()).append_pair("token_type_hint", hint);
    authenticated_form(settings, auth, endpoint, form)
}

/// A form for an endpoint of the provider at which this client authenticates (RFC 6749 2.3.1).
pub(crate) fn authenticated_form(
    settings: &ClientSettings,
    auth: ClientAuth,
    endpoint: &str,
    mut form: form_urlencoded::Serializer<'static, String>,
) -> Option<Request<Vec<u8>>> {
    let mut request = Request::post(endpoint)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    match auth {
        ClientAuth::Basic => request = request.header(header::AUTHORIZATION, basic_auth(settings)),
        ClientAuth::Post => {
            form.append_pair("client_id", &settings.client_id)
                .append_pair("client_secret", settings.client_secret.expose());
        }
    }
    request.body(form.finish().into_bytes()).ok()
}

/// RFC 6749 2.3.1: id and secret are form-encoded before Base64.
fn basic_auth(settings: &ClientSettings) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(&settings.client_id), encode(settings.client_secret.expose()));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::client_settings;

    #[test]
    fn f20_a_refusal_for_now_is_told_from_one_for_good() {
        let of = |status, retry_after: &str| {
            let mut headers = HeaderMap::new();
            if !retry_after.is_empty() {
                headers.insert(header::RETRY_AFTER, retry_after.parse().unwrap());
            }
            refused(StatusCode::from_u16(status).unwrap(), &headers)
        };
        for status in [204, 302, 400, 401, 403, 404, 405] {
            assert_eq!(of(status, "1"), Revocation::Refused, "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(of(status, ""), Revocation::Failed(None), "{status}");
            assert_eq!(of(status, " 7 "), Revocation::Failed(Some(Duration::from_secs(7))), "{status}");
        }
        for retry_after in ["-1", "soon", "1.5", "Mon, 02 Mar 2026 14:06:00 GMT", "99999999999999999999999"] {
            assert_eq!(of(503, retry_after), Revocation::Failed(None), "{retry_after}");
        }
    }

    #[test]
    fn a_client_names_itself_in_the_header_or_in_the_body_and_never_in_both() {
        let settings = client_settings();
        let token = Secret::new("t&1");
        let of = |auth| {
            revocation_request(&settings, auth, "https://id.example/r", &token, "access_token").unwrap()
        };
        let body = "token=t%261&token_type_hint=access_token";
        let basic = of(ClientAuth::Basic);
        assert_eq!(basic.headers()["authorization"], "Basic YXBwOnNlY3JldA==");
        assert_eq!(basic.body(), body.as_bytes());
        let post = of(ClientAuth::Post);
        assert!(!post.headers().contains_key("authorization"));
        assert_eq!(post.body(), format!("{body}&client_id=app&client_secret=secret").as_bytes());
    }
}
