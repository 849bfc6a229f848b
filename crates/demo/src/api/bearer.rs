//! Who may call: the bearer token of a request, and the answers when it is missing, bad or not enough (RFC 6750).

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use url::form_urlencoded;

use super::{
    Options, Shared,
    problem::{self, challenge},
    step_up::Demand,
    token::{self, Access, Rejected},
};

/// What a resource needs: a scope of one of the APIs.
#[derive(Clone, Copy)]
pub enum Needs {
    Orders,
    Ship,
    Reports,
    Payouts,
    Deliveries,
    Receive,
}

impl Needs {
    fn scope(self) -> &'static str {
        match self {
            Self::Orders => "orders:read",
            Self::Ship => "orders:ship",
            Self::Reports => "reports:read",
            Self::Payouts => "payouts:write",
            Self::Deliveries => "deliveries:read",
            Self::Receive => "deliveries:receive",
        }
    }

    /// The API by its name in challenges and by what tokens must carry in `aud`.
    fn api(self, options: &Options) -> (&'static str, &str) {
        match self {
            Self::Deliveries | Self::Receive => ("warehouse", &options.warehouse_audience),
            _ => ("orders", &options.audience),
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
    let access = bearer(shared, headers, query, needs).await?;
    scoped(shared, access, needs)
}

/// The same where the sign-in must be strong and recent as well; who lacks both is told of both at once (RFC 9470 3).
pub async fn recent_access(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
    needs: Needs,
    demand: Demand,
) -> Result<Access, Box<Response>> {
    let access = bearer(shared, headers, query, needs).await?;
    if !demand.is_met(&access, shared.clock.now()) {
        let (realm, _) = needs.api(&shared.options);
        let lacking = (!access.has_scope(needs.scope())).then(|| needs.scope());
        let detail = "This needs a sign-in that is stronger and more recent.";
        let more = demand.parameters(lacking);
        return Err(Box::new(challenge(StatusCode::UNAUTHORIZED, realm, &more, detail)));
    }
    scoped(shared, access, needs)
}

fn scoped(shared: &Shared, access: Access, needs: Needs) -> Result<Access, Box<Response>> {
    let scope = needs.scope();
    if access.has_scope(scope) {
        return Ok(access);
    }
    let (realm, _) = needs.api(&shared.options);
    let more =
        format!("error=\"insufficient_scope\", error_description=\"A scope is missing\", scope=\"{scope}\"");
    Err(Box::new(challenge(StatusCode::FORBIDDEN, realm, &more, "The access token lacks a scope.")))
}

/// Whoever brings a good access token for this API.
async fn bearer(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
    needs: Needs,
) -> Result<Access, Box<Response>> {
    let (realm, audience) = needs.api(&shared.options);
    let token = match presented(headers, query) {
        Presented::Token(token) => token,
        Presented::Nothing => {
            let detail = "An access token is needed.";
            return Err(Box::new(challenge(StatusCode::UNAUTHORIZED, realm, "", detail)));
        }
        Presented::Malformed => {
            let more = "error=\"invalid_request\", error_description=\"One bearer token in the Authorization header\"";
            let detail = "There must be one bearer token, in the Authorization header.";
            return Err(Box::new(challenge(StatusCode::BAD_REQUEST, realm, more, detail)));
        }
    };
    token::validate(shared, token, audience).await.map_err(|rejected| match rejected {
        Rejected::Invalid(why) => {
            tracing::info!(why, "the demo API refused an access token");
            let more = "error=\"invalid_token\", error_description=\"The access token is not valid\"";
            Box::new(challenge(StatusCode::UNAUTHORIZED, realm, more, "The access token is not valid."))
        }
        Rejected::Keys(cause) => {
            tracing::warn!(error = %cause, "the demo API has no keys to check an access token with");
            let detail = "The issuer of the access token cannot be reached.";
            Box::new(problem::problem(StatusCode::SERVICE_UNAVAILABLE, detail))
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
