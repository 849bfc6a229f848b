//! Refusals of the token endpoint (RFC 6749 5.2): what a response says about the grant. The error code in the body
//! decides, and the status only where the body says nothing. Providers use other statuses and codes than the
//! specification for a refresh token that has expired.

use std::fmt;

use http::StatusCode;
use serde_json::Value;

use crate::jws::UniqueClaims;

/// What a refusal says about the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The grant is used up, revoked or was never valid.
    GrantEnded,
    /// The provider does not accept this client, or does not allow it this grant. An operator has to act.
    Client,
    /// Another refusal. The request always has the same form, so if the refusal repeats, the grant has ended.
    Unclear,
    /// Perhaps not the provider's answer but that of a gateway before it. It proves nothing about the grant.
    NotOfProvider,
    /// It may pass without any action.
    Temporary,
}

/// A refusal, with nothing of its body but the error code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRefusal {
    status: u16,
    /// In a form that may be logged.
    code: Option<String>,
    /// Whether the body is JSON that says one thing only: no member of it is repeated.
    is_json: bool,
    meaning: Meaning,
}

impl TokenRefusal {
    /// Reads a response that is not a token response. `None` for a status that is no refusal, and for a successful
    /// response with an access token or without an error code.
    pub(crate) fn read(status: StatusCode, body: &[u8]) -> Option<Self> {
        let (code, has_token) = error_code(body);
        if !(status.is_client_error() || status == StatusCode::OK && code.is_some() && !has_token) {
            return None;
        }
        let is_json = is_unambiguous(body);
        let meaning = meaning(status, code.as_deref(), is_json);
        Some(Self { status: status.as_u16(), code: code.as_deref().map(loggable_code), is_json, meaning })
    }

    /// What it says about the grant.
    pub fn meaning(&self) -> Meaning {
        self.meaning
    }

    /// The HTTP status of the response.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The error code, in a form that may be logged.
    pub fn code(&self) -> &str {
        match &self.code {
            Some(code) => code,
            None if self.is_json => "none",
            None => "none, the response is not JSON, or repeats a member",
        }
    }

    /// Whether an operator has to change the settings of this client before a code exchange can succeed.
    pub fn is_about_settings(&self) -> bool {
        self.meaning == Meaning::Client
            || matches!(
                self.code.as_deref(),
                Some("invalid_scope" | "invalid_target" | "unsupported_grant_type")
            )
    }

    /// What an operator can do about it, for the log.
    pub fn remedy(&self) -> &'static str {
        match (self.meaning, self.code.as_deref()) {
            (Meaning::GrantEnded, _) => {
                "the user signs in again; if that is too early, make refresh tokens last as long as absolute_secs"
            }
            (Meaning::Client, Some("unauthorized_client")) => {
                "allow the grants authorization_code and refresh_token for this client at the provider"
            }
            (Meaning::Client, _) => "check client_id, client_secret and client_auth",
            (_, Some("unsupported_grant_type")) => {
                "allow the grants authorization_code and refresh_token for this client at the provider"
            }
            (_, Some("invalid_scope")) => "check scopes",
            (_, Some("invalid_target")) => "check resource and audience",
            (Meaning::Unclear, _) => "the user signs in again; look up the error code at the provider",
            (Meaning::NotOfProvider, _) => {
                "check what answers at token_endpoint: a gateway, a firewall, or another program"
            }
            (Meaning::Temporary, _) => "wait; check the load of the provider",
        }
    }
}

impl fmt::Display for TokenRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, status) = (self.code(), self.status);
        write!(f, "error code {code}, status {status}: {}", self.remedy())
    }
}

/// The `error` of a body that is a JSON object with distinct members, and whether it has an access token.
fn error_code(body: &[u8]) -> (Option<String>, bool) {
    let Ok(UniqueClaims(members)) = serde_json::from_slice(body) else { return (None, false) };
    let code = members.get("error").and_then(Value::as_str).map(str::to_owned);
    (code, members.contains_key("access_token"))
}

/// Whether a body is JSON and, if it is an object, has distinct members. Readers disagree about the others (RFC 8259 4), so
/// they prove nothing.
fn is_unambiguous(body: &[u8]) -> bool {
    let is_object = |value: Value| value.is_object();
    let parsed = serde_json::from_slice::<Value>(body).map(is_object);
    parsed.is_ok_and(|is_object| !is_object || serde_json::from_slice::<UniqueClaims>(body).is_ok())
}

fn meaning(status: StatusCode, code: Option<&str>, is_json: bool) -> Meaning {
    match code {
        Some("temporarily_unavailable" | "server_error" | "slow_down") => return Meaning::Temporary,
        Some("invalid_grant") if status.is_client_error() => return Meaning::GrantEnded,
        Some("invalid_client" | "unauthorized_client") => return Meaning::Client,
        _ => {}
    }
    match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Meaning::Temporary,
        // With any body: no token endpoint is at this address, or another server answers.
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::MISDIRECTED_REQUEST => {
            Meaning::NotOfProvider
        }
        StatusCode::UNAUTHORIZED if !code.is_some_and(is_about_request) => Meaning::Client,
        _ if !is_json || !status.is_client_error() => Meaning::NotOfProvider,
        _ => Meaning::Unclear,
    }
}

/// Whether a code is about the request or its token and not about the client, also with status 401. Other codes, such
/// as Auth0's `access_denied` for a wrong secret, do not change what 401 says.
fn is_about_request(code: &str) -> bool {
    [
        "invalid_request",
        "invalid_token",
        "expired_token",
        "invalid_scope",
        "invalid_target",
        "unsupported_grant_type",
        "interaction_required",
        "login_required",
        "consent_required",
        "account_selection_required",
    ]
    .contains(&code)
}

/// An error code in a form that may be logged. The codes of the specifications consist of lower-case letters; any other
/// text may repeat parts of the request.
fn loggable_code(code: &str) -> String {
    let is_code = (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_code { code.to_owned() } else { "not a valid code".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn op_07_an_error_code_that_may_hold_a_token_is_not_told() {
        assert_eq!(loggable_code("temporarily_unavailable"), "temporarily_unavailable");
        for code in ["", "Basic YXBwOmNhbmFyeQ==", "canary-1", "canary canary", &"a".repeat(41)] {
            assert_eq!(loggable_code(code), "not a valid code");
        }
    }

    #[test]
    fn r01_r02_f32_the_code_decides_and_then_the_status() {
        let of = |status: u16, body: &str| {
            TokenRefusal::read(StatusCode::from_u16(status).unwrap(), body.as_bytes()).map(|it| it.meaning)
        };
        let error = |code: &str| format!("{{\"error\":\"{code}\",\"error_description\":\"x\"}}");
        for status in [400, 401, 403, 404, 405, 408, 409, 410, 418, 421, 422, 429, 451, 499] {
            assert_eq!(of(status, &error("invalid_grant")), Some(Meaning::GrantEnded), "{status}");
            assert_eq!(of(status, &error("invalid_client")), Some(Meaning::Client), "{status}");
            assert_eq!(of(status, &error("slow_down")), Some(Meaning::Temporary), "{status}");
        }
        for (status, body, expected) in [
            (400, error("invalid_request"), Meaning::Unclear),
            (401, error("invalid_token"), Meaning::Unclear),
            (403, error("access_denied"), Meaning::Unclear),
            (422, "{\"message\":\"no\"}".to_owned(), Meaning::Unclear),
            (400, "{\"error\":{\"code\":\"invalid_grant\"}}".to_owned(), Meaning::Unclear),
            (401, error("access_denied"), Meaning::Client),
            (401, "{}".to_owned(), Meaning::Client),
            (401, String::new(), Meaning::Client),
            (404, error("invalid_request"), Meaning::NotOfProvider),
            (421, "{}".to_owned(), Meaning::NotOfProvider),
            (403, "<h1>Forbidden</h1>".to_owned(), Meaning::NotOfProvider),
            (400, String::new(), Meaning::NotOfProvider),
            (200, error("invalid_grant"), Meaning::NotOfProvider),
            (429, error("invalid_request"), Meaning::Temporary),
            (408, "<h1>slow</h1>".to_owned(), Meaning::Temporary),
        ] {
            assert_eq!(of(status, &body), Some(expected), "{status} {body}");
        }
        for body in [
            r#"{"error":"invalid_grant","error":"x"}"#,
            r#"{"a":1,"error":"invalid_grant","a":1}"#,
            r#"{"error":"invalid_client","\u0065rror":"invalid_client"}"#,
        ] {
            assert_eq!(of(400, body), Some(Meaning::NotOfProvider), "{body}");
        }
        let tokens = "{\"access_token\":\"a\",\"error\":\"\"}".to_owned();
        for (status, body) in
            [(500, error("invalid_grant")), (302, String::new()), (200, "{}".to_owned()), (200, tokens)]
        {
            assert_eq!(of(status, &body), None, "{status} {body}");
        }
    }
}
