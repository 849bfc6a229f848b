//! UserInfo (OpenID Connect Core 5.3): fetched after the ID token is validated, and compared with it by `sub`. Without
//! it, a sign-in has only the claims of the ID token.

use std::borrow::Cow;

use claimcheck_base::{
    http_out::{HttpOutError, media_type},
    secret::Secret,
    traces::Purpose,
};
use http::{
    HeaderValue, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION},
};
use serde_json::{Map, Value};

use crate::{
    audience::check_audience,
    id_token::{LEEWAY_SECS, is_plain_type},
    jws::{Jws, UNKNOWN_KEY, UniqueClaims, Unverified, secs},
    relying_party::{ProviderError, RelyingParty},
};

/// Why there is no UserInfo. The texts quote nothing of the response's body.
#[derive(Debug, thiserror::Error)]
pub enum UserInfoError {
    /// The provider has no UserInfo endpoint.
    #[error("the provider has no UserInfo endpoint")]
    NoEndpoint,
    #[error("UserInfo is not available: {0}")]
    Unavailable(String),
    /// The access token is not valid for it: common if tokens are bound to the API's `resource` (RFC 8707 2).
    #[error("UserInfo rejected the access token")]
    Denied,
    /// OpenID Connect Core 5.3.2: nothing in such a response may be used.
    #[error("the UserInfo response is invalid: {0}")]
    Refused(Cow<'static, str>),
}

impl From<ProviderError> for UserInfoError {
    fn from(error: ProviderError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<HttpOutError> for UserInfoError {
    fn from(error: HttpOutError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

fn refused(rule: impl Into<Cow<'static, str>>) -> UserInfoError {
    UserInfoError::Refused(rule.into())
}

impl RelyingParty {
    /// Fetches the claims of the user whose ID token has this `sub`. The access token is sent only in the header (RFC
    /// 6750 2.1).
    ///
    /// An aggregated or distributed claim (Core 5.6.2) is treated like any other: nothing in it is fetched or trusted.
    ///
    /// # Errors
    /// See the variants of [`UserInfoError`].
    pub async fn fetch_userinfo(
        &self,
        access_token: &Secret,
        sub: &str,
    ) -> Result<Map<String, Value>, UserInfoError> {
        let metadata = self.metadata().await?;
        let endpoint = metadata.userinfo_endpoint.as_ref().ok_or(UserInfoError::NoEndpoint)?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", access_token.expose()))
            .map_err(|_| refused("the access token cannot be sent"))?;
        bearer.set_sensitive(true);
        let request = Request::get(endpoint.as_str())
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, bearer)
            .extension(Purpose("provider UserInfo"))
            .body(Vec::new())
            .map_err(|error| UserInfoError::Unavailable(error.to_string()))?;
        let answer = self.http().send(request).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(UserInfoError::Denied),
            status => return Err(UserInfoError::Unavailable(format!("status {status}"))),
        }
        // Core 5.3.2: plain, or signed if the client is registered so. This client does not ask for signing, but
        // accepts both.
        let claims = match media_type(answer.headers()).as_deref() {
            Some("application/json") => serde_json::from_slice(answer.body()).ok(),
            Some("application/jwt") => self.read_signed_userinfo(answer.body()).await.map(Some)?,
            _ => return Err(refused("it is neither JSON nor a JWT")),
        };
        let Some(UniqueClaims(claims)) = claims else {
            return Err(refused("it cannot be parsed"));
        };
        match claims.get("sub").and_then(Value::as_str) {
            Some(found) if found == sub => Ok(claims),
            _ => Err(refused("sub differs from that of the ID token")),
        }
    }

    /// The claims of a signed response: signed with one of the client's algorithms and the provider's keys, from this
    /// issuer, and for this client.
    async fn read_signed_userinfo(&self, body: &[u8]) -> Result<UniqueClaims, UserInfoError> {
        let (settings, now) = (self.settings(), self.clock().now());
        let text = std::str::from_utf8(body).map_err(|_| refused("it is not text"))?;
        let token = Jws::parse(text.trim(), &self.accepted_algs()).map_err(refused)?;
        if !is_plain_type(&token) {
            return Err(refused("typ belongs to another kind of token"));
        }
        let all: UniqueClaims = token.claims().ok_or(refused("the claims cannot be read"))?;
        let UniqueClaims(claims) = &all;
        if !settings.is_from_issuer(claims.get("iss"), claims.get("tid"), false) {
            return Err(refused("iss is not the issuer"));
        }
        check_audience(claims.get("aud"), settings).map_err(refused)?;
        // RFC 7519 4.1.4: `exp` is optional.
        if claims.contains_key("exp") && secs(claims.get("exp")).is_none_or(|exp| exp <= now - LEEWAY_SECS) {
            return Err(refused("exp has passed"));
        }
        match token.verify(self).await {
            Ok(()) => Ok(all),
            Err(Unverified::Refused(rule)) => Err(refused(rule)),
            Err(Unverified::UnknownKey) => Err(refused(UNKNOWN_KEY)),
            Err(Unverified::Provider(error)) => Err(error.into()),
        }
    }
}
