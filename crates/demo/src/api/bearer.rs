//! Access control: an extractor that checks the bearer token of a request and the scope that a handler needs, and the
//! responses if the token is missing, invalid or insufficient (RFC 6750).

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use url::form_urlencoded;

use super::{
    problem::Refusal,
    scopes::{Audience, Scope},
    shared::Shared,
    token::{self, Access, Rejected},
};

/// The caller of a request, whose access token has the scope `S`. Extracting it fails with the challenge to send.
pub(super) struct Bearer<S> {
    /// The content of the token.
    pub(super) access: Access,
    scope: PhantomData<fn() -> S>,
}

impl<S: Scope> FromRequestParts<Arc<Shared>> for Bearer<S> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Refusal> {
        let access = authenticated(shared, &parts.headers, parts.uri.query(), S::AUDIENCE).await?;
        let missing_scope = (!access.has_scope(S::NAME)).then_some(S::NAME);
        let realm = S::AUDIENCE.realm();
        // A challenge names everything that is missing at once (RFC 9470 3).
        if let Some(step_up) = S::STEP_UP.filter(|step_up| !step_up.is_met(&access, shared.clock.now())) {
            let detail = "This requires a stronger, more recent sign-in.";
            let parameters = step_up.parameters(missing_scope);
            return Err(Refusal::challenge(StatusCode::UNAUTHORIZED, realm, &parameters, detail));
        }
        if let Some(scope) = missing_scope {
            let parameters = format!(
                "error=\"insufficient_scope\", error_description=\"A scope is missing\", scope=\"{scope}\""
            );
            let detail = "The access token is missing a scope.";
            return Err(Refusal::challenge(StatusCode::FORBIDDEN, realm, &parameters, detail));
        }
        Ok(Self { access, scope: PhantomData })
    }
}

enum Presented<'a> {
    Nothing,
    Malformed,
    Token(&'a str),
}

/// The access token of a request, if it is valid for this API.
async fn authenticated(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
    audience: Audience,
) -> Result<Access, Refusal> {
    let realm = audience.realm();
    let token = match presented(headers, query) {
        Presented::Token(token) => token,
        Presented::Nothing => {
            let detail = "An access token is required.";
            return Err(Refusal::challenge(StatusCode::UNAUTHORIZED, realm, "", detail));
        }
        Presented::Malformed => {
            let parameters = "error=\"invalid_request\", error_description=\"Exactly one bearer token must be in the Authorization header\"";
            let detail = "Exactly one bearer token must be in the Authorization header.";
            return Err(Refusal::challenge(StatusCode::BAD_REQUEST, realm, parameters, detail));
        }
    };
    let identifier = audience.identifier(&shared.options);
    let access = token::validate(&shared.keys, &shared.clock, token, identifier).await;
    access.map_err(|rejected| match rejected {
        Rejected::Invalid(why) => {
            tracing::info!(why, "the demo API rejected an access token");
            let parameters = "error=\"invalid_token\", error_description=\"The access token is not valid\"";
            let detail = "The access token is not valid.";
            Refusal::challenge(StatusCode::UNAUTHORIZED, realm, parameters, detail)
        }
        Rejected::Keys(cause) => {
            tracing::warn!(error = %cause, "the demo API has no keys to verify an access token with");
            let detail = "The issuer of the access token isn’t responding.";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    })
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
