//! The token endpoint: code exchange (RFC 6749 4.1.3) and refresh (RFC 6749 6), and the checks a response must pass
//! before any token in it is used.

use std::time::Duration;

use claimcheck_base::{clock::UnixSecs, secret::Secret, traces::Purpose};

use crate::{
    openidconnect_adapter::{NoResponse, RawTokens, TokenEndpoint, TokenFailure, make_client},
    quirks::Quirks,
    refusal::{Meaning, TokenRefusal},
    relying_party::{ProviderError, RelyingParty},
};

/// The longest accepted token; a longer one would not fit into a header anyway.
const TOKEN_MAX_LEN: usize = 16 * 1024;
/// The timeout of a refresh. The provider may invalidate the old token as soon as it reads the request, so giving up
/// early on a response would lose the session. No page stays blank meanwhile.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(30);
/// A longer lifetime is ignored.
const EXPIRES_IN_MAX_SECS: u64 = 30 * 86_400;

/// Why there are no tokens. The texts are for the log and quote nothing of the response's body.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A refusal that will not pass by waiting. Its [`Meaning`] is never `Temporary`.
    #[error("the token endpoint refused the request: {0}")]
    Refused(TokenRefusal),
    /// No usable response; the grant may still be valid.
    #[error("the token endpoint is not available: {0}")]
    Unavailable(String),
    /// A response that breaks the rules.
    #[error("the token response is invalid: {0}")]
    Unacceptable(String),
}

impl From<ProviderError> for TokenError {
    fn from(error: ProviderError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// The tokens of an acceptable response. The ID token is not yet validated.
pub struct TokenResponse {
    pub id_token: Option<Secret>,
    pub access_token: Secret,
    pub refresh_token: Option<Secret>,
    /// When the access token expires; unknown if the provider did not say (RFC 6749 5.1).
    pub expires_at: Option<UnixSecs>,
    /// Granted scopes; `None` means as requested (RFC 6749 5.1).
    pub scopes: Option<Vec<String>>,
    /// Whether it came over TLS or from this machine, so that nobody else can have sent it.
    pub is_from_provider: bool,
}

/// The API that an access token is requested for.
#[derive(Clone, Copy, Debug)]
pub struct TokenTarget<'a> {
    /// Its RFC 8707 `resource`.
    pub resource: Option<&'a str>,
    /// Its `audience`.
    pub audience: Option<&'a str>,
    /// The scopes to request; if empty, none are named, which requests what was granted (RFC 6749 6).
    pub scopes: &'a [String],
    /// Whether it is the sign-in's own API.
    pub is_of_sign_in: bool,
}

/// The timeout of a refresh, with this timeout of the provider's other responses.
pub fn refresh_timeout(provider_timeout: Duration) -> Duration {
    REFRESH_TIMEOUT.max(provider_timeout)
}

impl RelyingParty {
    /// Exchanges an authorization code, with the verifier of its PKCE challenge (RFC 7636 4.5).
    ///
    /// # Errors
    /// As documented there.
    pub async fn exchange_code(&self, code: &Secret, verifier: &Secret) -> Result<TokenResponse, TokenError> {
        let client = make_client(self.settings(), &*self.metadata().await?)?;
        let params: Vec<_> = self.settings().resource.iter().map(|it| ("resource", it.as_str())).collect();
        let endpoint = TokenEndpoint::new(
            self.http().clone(),
            self.http().timeout(),
            Purpose("provider token: authorization_code"),
        );
        let answer = endpoint.exchange_code(&client, code, verifier, &params).await;
        accept(answer.map_err(TokenError::from)?, self.clock().now())
    }

    /// Requests new tokens, with an access token for this API.
    ///
    /// # Errors
    /// As documented there.
    pub async fn refresh(
        &self,
        refresh_token: &Secret,
        target: TokenTarget<'_>,
    ) -> Result<TokenResponse, TokenError> {
        let metadata = self.metadata().await?;
        let client = make_client(self.settings(), &metadata)?;
        let audience = Quirks::of(self.settings(), Some(&metadata)).audience_at_refresh(&target);
        let scope = (!target.scopes.is_empty()).then(|| target.scopes.join(" "));
        let params: Vec<_> =
            [("resource", target.resource), ("audience", audience), ("scope", scope.as_deref())]
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect();
        let endpoint = TokenEndpoint::new(
            self.http().clone(),
            refresh_timeout(self.http().timeout()),
            Purpose("provider token: refresh_token"),
        );
        let answer = endpoint.exchange_refresh_token(&client, refresh_token, &params).await;
        accept(answer.map_err(TokenError::from)?, self.clock().now())
    }
}

impl From<TokenFailure> for TokenError {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::NoResponse(NoResponse::Refused(refusal)) => match refusal.meaning() {
                Meaning::Temporary => Self::Unavailable(refusal.to_string()),
                _ => Self::Refused(refusal),
            },
            TokenFailure::NoResponse(error @ (NoResponse::NotJson | NoResponse::NotDistinct)) => {
                Self::Unacceptable(error.to_string())
            }
            TokenFailure::NoResponse(error) => Self::Unavailable(error.to_string()),
            TokenFailure::Unreadable(cause) => Self::Unacceptable(loggable(&cause)),
        }
    }
}

/// The checks that every token response must pass.
pub(crate) fn accept(raw: RawTokens, now: UnixSecs) -> Result<TokenResponse, TokenError> {
    // RFC 6749 7.1: a token of an unknown type must not be used.
    if !raw.is_bearer {
        return Err(TokenError::Unacceptable("token_type is not Bearer".into()));
    }
    check_token(&raw.access_token)?;
    raw.refresh_token.as_ref().map_or(Ok(()), check_token)?;
    let now_plus = |secs: u64| now + i64::try_from(secs.min(EXPIRES_IN_MAX_SECS)).unwrap_or(0);
    Ok(TokenResponse {
        id_token: raw.id_token,
        access_token: raw.access_token,
        refresh_token: raw.refresh_token,
        expires_at: raw.expires_in.map(|lifetime| now_plus(lifetime.as_secs())),
        scopes: raw.scopes,
        is_from_provider: raw.is_from_provider,
    })
}

/// RFC 6749 A.12 and A.17: visible ASCII. Nothing else is valid in a header.
fn check_token(token: &Secret) -> Result<(), TokenError> {
    let token = token.expose();
    let is_legal =
        (1..=TOKEN_MAX_LEN).contains(&token.len()) && token.bytes().all(|b| (0x20..=0x7e).contains(&b));
    is_legal
        .then_some(())
        .ok_or_else(|| TokenError::Unacceptable("a token does not have 1 to 16384 visible characters".into()))
}

/// Short, one line, ASCII: safe to log.
fn loggable(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cb_12_a_token_is_visible_ascii_of_bounded_length() {
        let check = |token: &str| check_token(&Secret::new(token));
        assert!(check("abc.DEF~-_ +/=").is_ok());
        for token in ["", "a\nb", "é", &"a".repeat(20_000)] {
            assert!(check(token).is_err());
        }
    }
}
