//! The token endpoint: code exchange (RFC 6749 4.1.3) and refresh (6749 6), and what an answer must be
//! before any token in it is used. Tokens leave this room as `Secret`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use futures::{FutureExt, future::BoxFuture};
use openidconnect::{
    AccessToken, AsyncHttpClient, HttpResponse, OAuth2TokenResponse, PkceCodeVerifier, RefreshToken,
    RequestTokenError,
    core::{CoreErrorResponseType, CoreJsonWebKeySet, CoreTokenResponse, CoreTokenType},
};
use serde_json::Value;

use super::{
    authorization_request::authorization_code,
    jws::UniqueClaims,
    provider::{Provider, ProviderError},
};
use crate::server::{Context, config::Api, session::AccessToken as Kept};
use claimcheck_base::{
    clock::UnixSecs,
    http_out::{HttpOutError, PROVIDER_TIMEOUT},
    secret::Secret,
};

/// Longest token taken; what is longer cannot be sent in a header anyway.
const TOKEN_MAX_LEN: usize = 16 * 1024;
/// A refresh is given this long: the provider may spend the old token the moment it reads the request, and an answer
/// that nobody waits for any more is a session lost. Nobody looks at a blank page meanwhile.
pub const REFRESH_TIMEOUT: Duration = Duration::from_secs(30);
/// A lifetime beyond this is not believed.
const EXPIRES_IN_MAX_SECS: u64 = 30 * 86_400;

/// Why there are no tokens. The texts are for the log and hold nothing of the answer's body.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The provider says no, for good: the grant is spent, revoked or was never valid (RFC 6749 5.2).
    #[error("the provider refuses the grant: {0}")]
    Refused(String),
    /// The provider does not accept this client or what it asks: an operator has to act; nobody is signed out.
    #[error("the provider does not accept this client: {0}")]
    ClientRefused(String),
    /// The provider gives no token for the API that was named (RFC 8707 2): the grant stands, for others.
    #[error("the provider gives no token for this API: {0}")]
    ApiRefused(String),
    /// No usable answer; the grant may still be good.
    #[error("the token endpoint does not answer: {0}")]
    Unavailable(String),
    /// An answer that breaks the rules.
    #[error("the token response is not acceptable: {0}")]
    Unacceptable(String),
}

impl From<ProviderError> for TokenError {
    fn from(error: ProviderError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// The tokens of an acceptable answer. The ID token is not yet validated.
pub struct Tokens {
    pub id_token: Option<Secret>,
    pub access_token: AccessToken,
    pub refresh_token: Option<Secret>,
    pub expires_at: Option<UnixSecs>,
    /// Granted scopes; `None` means as asked for (RFC 6749 5.1).
    pub scopes: Option<Vec<String>>,
}

impl Tokens {
    /// The access token as the session keeps it.
    pub fn to_kept(&self, now: UnixSecs, asked: &[String]) -> Kept {
        let scopes = self.scopes.clone().unwrap_or_else(|| asked.to_vec());
        Kept::obtained(Secret::new(self.access_token.secret()), now, self.expires_at, scopes)
    }
}

/// Exchanges an authorization code, with the verifier of its PKCE challenge (RFC 7636 4.5).
pub async fn exchange_code(
    context: &Context,
    code: &Secret,
    verifier: &Secret,
) -> Result<Tokens, TokenError> {
    let client = context.provider.client(&CoreJsonWebKeySet::default()).await?;
    let mut request = client
        .exchange_code(authorization_code(code))
        .map_err(|error| TokenError::Unavailable(error.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
    if let Some(resource) = &context.settings.apis.default.resource {
        request = request.add_extra_param("resource", resource);
    }
    let endpoint = TokenEndpoint::of(context, PROVIDER_TIMEOUT);
    let answer = request.request_async(&endpoint).await;
    accept(answer, endpoint.id_token(), context.clock.now())
}

/// Asks for new tokens, with an access token for this API. Sends no scope: that is asking for what was granted (RFC 6749 6).
pub async fn refresh(context: &Context, refresh_token: &Secret, api: &Api) -> Result<Tokens, TokenError> {
    let client = context.provider.client(&CoreJsonWebKeySet::default()).await?;
    let refresh_token = RefreshToken::new(refresh_token.expose().to_owned());
    let mut request = client
        .exchange_refresh_token(&refresh_token)
        .map_err(|error| TokenError::Unavailable(error.to_string()))?;
    if let Some(resource) = &api.resource {
        request = request.add_extra_param("resource", resource);
    }
    // The default's is what the sign-in was for. Another's is named, as Auth0 wants it.
    if let Some(audience) = api.audience.as_ref().filter(|_| !api.is_default()) {
        request = request.add_extra_param("audience", audience);
    }
    let endpoint = TokenEndpoint::of(context, REFRESH_TIMEOUT);
    match request.request_async(&endpoint).await {
        Err(RequestTokenError::ServerResponse(error)) if !api.is_default() && is_of_api(error.error()) => {
            Err(TokenError::ApiRefused(error_code(error.error().as_ref())))
        }
        answer => accept(answer, endpoint.id_token(), context.clock.now()),
    }
}

/// Whether an error says no to what was asked for and not to the grant it was asked with: RFC 8707 2, RFC 6749 5.2,
/// OpenID Connect Core 3.1.2.6 (a consent that this API lacks).
fn is_of_api(error: &CoreErrorResponseType) -> bool {
    match error {
        CoreErrorResponseType::InvalidScope | CoreErrorResponseType::UnauthorizedClient => true,
        CoreErrorResponseType::Extension(code) => {
            ["invalid_target", "access_denied", "consent_required", "interaction_required", "login_required"]
                .contains(&code.as_str())
        }
        _ => false,
    }
}

/// An answer that is neither a token response nor an OAuth error.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error(transparent)]
    Http(#[from] HttpOutError),
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("a successful answer must be 200 and application/json")]
    NotJson,
}

/// The openidconnect crate's way out, with the checks that come before it reads an answer.
struct TokenEndpoint {
    provider: Arc<Provider>,
    patience: Duration,
    /// The answer's ID token. It is kept from the crate, which makes nothing of an answer whose ID token it cannot read,
    /// down to a claim about a person that is not of the type it expects; `id_token.rs` has the rules for it.
    id_token: Mutex<Option<Secret>>,
}

impl TokenEndpoint {
    fn of(context: &Context, patience: Duration) -> Self {
        Self { provider: context.provider.clone(), patience, id_token: Mutex::default() }
    }

    fn id_token(self) -> Option<Secret> {
        self.id_token.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the ID token out of an answer; an answer that cannot be read is left to the crate as it is.
    fn take_id_token(&self, answer: &mut HttpResponse) {
        let Ok(UniqueClaims(mut members)) = serde_json::from_slice(answer.body()) else { return };
        let id_token = match members.remove("id_token") {
            None | Some(Value::Null) => return,
            Some(Value::String(text)) => Secret::new(text),
            // No text is no token: to be refused, not to be overlooked.
            Some(other) => Secret::new(other.to_string()),
        };
        if let Ok(rest) = serde_json::to_vec(&members) {
            *answer.body_mut() = rest;
            *self.id_token.lock().unwrap_or_else(PoisonError::into_inner) = Some(id_token);
        }
    }
}

impl<'c> AsyncHttpClient<'c> for TokenEndpoint {
    type Error = NoAnswer;
    type Future = BoxFuture<'c, Result<HttpResponse, NoAnswer>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        async move {
            let mut answer = send(&self.provider, request, self.patience).await?;
            self.take_id_token(&mut answer);
            Ok(answer)
        }
        .boxed()
    }
}

async fn send(
    provider: &Provider,
    request: Request<Vec<u8>>,
    patience: Duration,
) -> Result<HttpResponse, NoAnswer> {
    let answer = provider.send_within(request, patience).await?;
    let status = answer.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(NoAnswer::Status(status));
    }
    // RFC 6749 5.1 and 5.2: 200 with JSON, or 400/401 with JSON.
    if !matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) {
        return Err(NoAnswer::Status(status));
    }
    if status == StatusCode::OK && !is_json(&answer) {
        return Err(NoAnswer::NotJson);
    }
    Ok(answer)
}

fn is_json(answer: &Response<Vec<u8>>) -> bool {
    answer.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/json")
}

type Answer = Result<
    CoreTokenResponse,
    RequestTokenError<NoAnswer, openidconnect::StandardErrorResponse<CoreErrorResponseType>>,
>;

fn accept(answer: Answer, id_token: Option<Secret>, now: UnixSecs) -> Result<Tokens, TokenError> {
    let answer = answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(error) => match error.error() {
            CoreErrorResponseType::InvalidGrant => TokenError::Refused("invalid_grant".into()),
            // The provider wants to see the person: as final for this grant as a refusal (OpenID Connect Core 3.1.2.6).
            CoreErrorResponseType::Extension(code)
                if ["interaction_required", "login_required", "consent_required"]
                    .contains(&code.as_str()) =>
            {
                TokenError::Refused(error_code(code))
            }
            // Such as temporarily_unavailable: nothing is said about the grant.
            CoreErrorResponseType::Extension(code) => TokenError::Unavailable(error_code(code)),
            kind => TokenError::ClientRefused(error_code(kind.as_ref())),
        },
        RequestTokenError::Request(NoAnswer::NotJson) => {
            TokenError::Unacceptable(NoAnswer::NotJson.to_string())
        }
        RequestTokenError::Request(error) => TokenError::Unavailable(error.to_string()),
        // The crate's error carries the raw body: only where it broke is told.
        RequestTokenError::Parse(error, _) => TokenError::Unacceptable(format!("field {}", error.path())),
        RequestTokenError::Other(error) => TokenError::Unacceptable(loggable(&error)),
    })?;
    // RFC 6749 7.1: a type that is not understood must not be used. The crate has compared it without regard to case.
    if *answer.token_type() != CoreTokenType::Bearer {
        return Err(TokenError::Unacceptable("token_type is not Bearer".into()));
    }
    for token in [Some(answer.access_token().secret()), answer.refresh_token().map(RefreshToken::secret)]
        .into_iter()
        .flatten()
    {
        check_token(token)?;
    }
    let now_plus = |secs: u64| now + i64::try_from(secs.min(EXPIRES_IN_MAX_SECS)).unwrap_or(0);
    Ok(Tokens {
        id_token,
        access_token: answer.access_token().clone(),
        refresh_token: answer.refresh_token().map(|token| Secret::new(token.secret())),
        expires_at: answer.expires_in().map(|lifetime| now_plus(lifetime.as_secs())),
        scopes: answer.scopes().map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
    })
}

/// RFC 6749 A.12 and A.17: visible ASCII. The openidconnect crate panics on what is not a legal header value.
fn check_token(token: &str) -> Result<(), TokenError> {
    let is_legal =
        (1..=TOKEN_MAX_LEN).contains(&token.len()) && token.bytes().all(|b| (0x20..=0x7e).contains(&b));
    is_legal
        .then_some(())
        .ok_or_else(|| TokenError::Unacceptable("a token is not 1 to 16384 visible characters".into()))
}

/// An error code as it may stand in a log. One that is not made of small letters, as those of the specifications are, may
/// hold what the request carried.
fn error_code(code: &str) -> String {
    let is_code = (1..=40).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_code { code.to_owned() } else { "an error code that is none".to_owned() }
}

/// Short, one line, ASCII: fit for a log.
fn loggable(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{check_token, error_code};

    #[test]
    fn op_07_an_error_code_that_may_hold_a_token_is_not_told() {
        assert_eq!(error_code("temporarily_unavailable"), "temporarily_unavailable");
        for code in ["", "Basic YXBwOmNhbmFyeQ==", "canary-1", "canary canary", &"a".repeat(41)] {
            assert_eq!(error_code(code), "an error code that is none");
        }
    }

    #[test]
    fn cb_12_a_token_is_visible_ascii_of_bounded_length() {
        assert!(check_token("abc.DEF~-_ +/=").is_ok());
        for token in ["", "a\nb", "é", &"a".repeat(20_000)] {
            assert!(check_token(token).is_err());
        }
    }
}
