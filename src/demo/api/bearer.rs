//! Who may call: the bearer token of a request, and the answers when it is missing, bad or not enough (RFC 6750).

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use url::form_urlencoded;

use super::{
    Shared,
    problem::{self, challenge},
    token::{self, Access, Rejected},
};

/// The scope a resource needs.
#[derive(Clone, Copy)]
pub enum Needs {
    Orders,
    Reports,
}

impl Needs {
    fn scope(self) -> &'static str {
        match self {
            Self::Orders => "orders:read",
            Self::Reports => "reports:read",
        }
    }

    fn lacking(self) -> &'static str {
        match self {
            Self::Orders => {
                "error=\"insufficient_scope\", error_description=\"A scope is missing\", scope=\"orders:read\""
            }
            Self::Reports => {
                "error=\"insufficient_scope\", error_description=\"A scope is missing\", scope=\"reports:read\""
            }
        }
    }
}

enum Presented<'a> {
    Nothing,
    Malformed,
    Token(&'a str),
}

/// Lets a request through, or says what is wrong with it.
pub async fn access(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
    needs: Needs,
) -> Result<Access, Box<Response>> {
    let token = match presented(headers, query) {
        Presented::Token(token) => token,
        Presented::Nothing => {
            return Err(Box::new(challenge(StatusCode::UNAUTHORIZED, "", "An access token is needed.")));
        }
        Presented::Malformed => {
            let more = "error=\"invalid_request\", error_description=\"One bearer token in the Authorization header\"";
            let detail = "There must be one bearer token, in the Authorization header.";
            return Err(Box::new(challenge(StatusCode::BAD_REQUEST, more, detail)));
        }
    };
    let access = token::validate(shared, token).await.map_err(|rejected| match rejected {
        Rejected::Invalid(why) => {
            tracing::info!(why, "the demo API refused an access token");
            let more = "error=\"invalid_token\", error_description=\"The access token is not valid\"";
            Box::new(challenge(StatusCode::UNAUTHORIZED, more, "The access token is not valid."))
        }
        Rejected::Keys(cause) => {
            tracing::warn!(error = %cause, "the demo API has no keys to check an access token with");
            let detail = "The issuer of the access token cannot be reached.";
            Box::new(problem::problem(StatusCode::SERVICE_UNAVAILABLE, detail))
        }
    })?;
    if !access.has_scope(needs.scope()) {
        let detail = "The access token lacks a scope.";
        return Err(Box::new(challenge(StatusCode::FORBIDDEN, needs.lacking(), detail)));
    }
    Ok(access)
}

/// One `Authorization: Bearer` line (RFC 6750 2.1); the scheme in any case (RFC 9110 11.1).
fn presented<'a>(headers: &'a HeaderMap, query: Option<&str>) -> Presented<'a> {
    let in_query = query.is_some_and(|query| {
        form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token")
    });
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let line = match (lines.next(), lines.next()) {
        _ if in_query => return Presented::Malformed,
        (None, _) => return Presented::Nothing,
        (Some(_), Some(_)) => return Presented::Malformed,
        (Some(line), None) => line.to_str().unwrap_or("bearer"),
    };
    let (scheme, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Presented::Nothing;
    }
    let token = rest.trim_start();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
    if token.is_empty() || !token.chars().all(allowed) {
        Presented::Malformed
    } else {
        Presented::Token(token)
    }
}
