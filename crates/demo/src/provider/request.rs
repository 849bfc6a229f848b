//! The authorization request (Core 3.1.2.1, RFC 6749 4.1.1, RFC 7636 4.3): validation, and how invalid ones are
//! refused.

use axum::response::Response;
use url::{Url, form_urlencoded};

use super::{
    clients::Client, language::Text, pages, params::Params, resource::Named, scopes, shared::Shared,
    strength::Strength, texts,
};

/// A valid request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// As received; forms carry it.
    pub(super) params: Params,
    pub(super) client: Client,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) prompt: Vec<String>,
    pub(super) max_age: Option<i64>,
    /// The required strength of the sign-in.
    pub(super) strength: Strength,
    /// The APIs that it names.
    pub(super) named: Named,
}

/// Why a request is refused, and who receives the error.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The user: the redirect URI may not be the client's (RFC 6749 4.1.2.1).
    Person(Text),
    /// The client.
    Client(Box<Answer>),
}

/// A response to the client, at a URL that is known to be its own.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    redirect_uri: String,
    state: Option<String>,
    pairs: Vec<(&'static str, String)>,
}

impl Answer {
    pub(super) fn code(request: &Request, code: String) -> Self {
        Self::to(&request.redirect_uri, &request.params, vec![("code", code)])
    }

    pub(super) fn error(request: &Request, error: &str, description: &str) -> Self {
        Self::to(&request.redirect_uri, &request.params, error_pairs(error, description))
    }

    fn to(redirect_uri: &str, params: &Params, pairs: Vec<(&'static str, String)>) -> Self {
        let state = params.get("state").map(str::to_owned);
        Self { redirect_uri: redirect_uri.to_owned(), state, pairs }
    }

    /// The redirect, with `state` and `iss` (RFC 9207 2) in any case.
    pub(super) fn redirect(self, shared: &Shared) -> Response {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.pairs);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &shared.options.issuer);
        let seam = if self.redirect_uri.contains('?') { '&' } else { '?' };
        pages::see_other(&format!("{}{seam}{}", self.redirect_uri, query.finish()))
    }
}

fn error_pairs(error: &str, description: &str) -> Vec<(&'static str, String)> {
    vec![("error", error.to_owned()), ("error_description", description.to_owned())]
}

/// A known client and one of its registered URLs; all other errors can be sent to the client itself.
fn addressed<'a>(shared: &'a Shared, params: &Params) -> Result<(&'a Client, String), Text> {
    if params.twice("client_id") || params.twice("redirect_uri") {
        return Err(texts::REPEATED);
    }
    let client = params.get("client_id").and_then(|id| shared.client(id)).ok_or(texts::UNKNOWN_CLIENT)?;
    let uri = params.get("redirect_uri").ok_or(texts::NO_RETURN_ADDRESS)?;
    if !client.redirect_uris.iter().any(|registered| registered == uri) {
        return Err(texts::UNKNOWN_RETURN_ADDRESS);
    }
    Ok((client, uri.to_owned()))
}

/// Validates a request.
pub(super) fn check(shared: &Shared, params: Params) -> Result<Request, Refusal> {
    let (client, redirect_uri) = addressed(shared, &params).map_err(Refusal::Person)?;
    let refuse = |error: &str, description: &str| {
        Err(Refusal::Client(Box::new(Answer::to(&redirect_uri, &params, error_pairs(error, description)))))
    };
    if params.repeated() {
        return refuse("invalid_request", "a parameter is repeated");
    }
    for (name, error) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if params.get(name).is_some() {
            return refuse(error, "this parameter is not supported");
        }
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return refuse("unsupported_response_type", "response_type must be code"),
        None => return refuse("invalid_request", "response_type is missing"),
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return refuse("invalid_request", "response_mode must be query");
    }
    let scope = params.get("scope").unwrap_or_default();
    if !scopes::known(scope).iter().any(|scope| scope.name == "openid") {
        return refuse("invalid_scope", "scope must contain openid");
    }
    let Some(challenge) = params.get("code_challenge") else {
        return refuse("invalid_request", "code_challenge is missing");
    };
    if params.get("code_challenge_method") != Some("S256") || challenge.len() != 43 {
        return refuse("invalid_request", "code_challenge_method must be S256");
    }
    let named = match Named::read(&shared.options.resources, &params) {
        Ok(named) => named,
        Err((error, description)) => return refuse(error, description),
    };
    let prompt: Vec<String> = params
        .get("prompt")
        .unwrap_or_default()
        .split(' ')
        .filter(|p| !p.is_empty())
        .map(str::to_owned)
        .collect();
    if prompt.iter().any(|p| p == "none") && prompt.len() > 1 {
        return refuse("invalid_request", "prompt none must not be combined with other values");
    }
    if prompt.iter().any(|p| !matches!(p.as_str(), "none" | "login" | "consent" | "select_account")) {
        return refuse("invalid_request", "unknown prompt value");
    }
    let max_age = match params.get("max_age").map(str::parse::<u32>) {
        None => None,
        Some(Ok(secs)) => Some(i64::from(secs)),
        Some(Err(_)) => return refuse("invalid_request", "max_age must be a number of seconds"),
    };
    Ok(Request {
        client: client.clone(),
        scope: scope.to_owned(),
        challenge: challenge.to_owned(),
        nonce: params.get("nonce").map(str::to_owned),
        redirect_uri,
        prompt,
        max_age,
        strength: params.get("acr_values").and_then(Strength::wished).unwrap_or_default(),
        named,
        params,
    })
}

impl Request {
    pub(super) fn prompts(&self, value: &str) -> bool {
        self.prompt.iter().any(|prompt| prompt == value)
    }

    /// The same request after the user has signed in for it, without its conditions for the sign-in.
    pub(super) fn signed_in(&self) -> String {
        let rest: Vec<_> = self
            .prompt
            .iter()
            .map(String::as_str)
            .filter(|p| !matches!(*p, "login" | "select_account"))
            .collect();
        let params = self.params.clone().without("max_age").without("login_hint").without("prompt");
        if rest.is_empty() { params.encode() } else { params.with("prompt", &rest.join(" ")).encode() }
    }

    /// The origin that responses to this request are sent to; forms must be allowed to redirect there (CSP
    /// `form-action`).
    pub(super) fn return_origin(&self) -> String {
        origin(&self.redirect_uri)
    }
}

/// The origin of a URL, as a CSP source.
pub(super) fn origin(uri: &str) -> String {
    Url::parse(uri).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
