//! UserInfo (OpenID Connect Core 5.3): asked for after the ID token has passed, compared with it by `sub`.
//! A failure leaves the sign-in standing on the ID token; `claims.rs` lays its answer over that.

use axum::http::{
    HeaderValue, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::{Map, Value};

use super::{
    id_token::{LEEWAY_SECS, is_plain_type},
    jws::{Jws, UniqueClaims, Unverified, is_for_us, secs},
    provider::ProviderError,
};
use crate::server::Context;
use claimcheck_base::{http_out::HttpOutError, secret::Secret};

/// Why there is no UserInfo. The texts hold nothing of the answer's body.
#[derive(Debug, thiserror::Error)]
pub enum NoUserInfo {
    /// The provider has no UserInfo endpoint.
    #[error("the provider has no UserInfo endpoint")]
    NoEndpoint,
    #[error("UserInfo does not answer: {0}")]
    Unavailable(String),
    /// The access token is not for it: common where tokens are bound to the API's `resource` (RFC 8707 2).
    #[error("UserInfo denies this access token")]
    Denied,
    /// OpenID Connect Core 5.3.2: nothing of such an answer may be used.
    #[error("UserInfo is not acceptable: {0}")]
    Refused(&'static str),
}

impl From<ProviderError> for NoUserInfo {
    fn from(error: ProviderError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<HttpOutError> for NoUserInfo {
    fn from(error: HttpOutError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// The claims of the person whose ID token said `sub`. The access token goes in the header and nowhere else (RFC 6750 2.1).
///
/// What is aggregated or distributed (Core 5.6.2) is a claim like any other: nothing in it is fetched or believed.
pub async fn fetch(
    context: &Context,
    access_token: &Secret,
    sub: &str,
) -> Result<Map<String, Value>, NoUserInfo> {
    let metadata = context.provider.metadata().await?;
    let endpoint = metadata.userinfo_endpoint().ok_or(NoUserInfo::NoEndpoint)?;
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", access_token.expose()))
        .map_err(|_| NoUserInfo::Refused("the access token cannot be sent"))?;
    bearer.set_sensitive(true);
    let request = Request::get(endpoint.url().as_str())
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, bearer)
        .body(Vec::new())
        .map_err(|error| NoUserInfo::Unavailable(error.to_string()))?;
    let answer = context.provider.send(request).await?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(NoUserInfo::Denied),
        status => return Err(NoUserInfo::Unavailable(format!("it answered {status}"))),
    }
    // Core 5.3.2: plain, or signed if the client is registered so. Nothing here asks for the latter, and either will do.
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let claims = match kind {
        Some("application/json") => serde_json::from_slice(answer.body()).ok(),
        Some("application/jwt") => signed(context, answer.body()).await.map(Some)?,
        _ => return Err(NoUserInfo::Refused("it is neither JSON nor a JWT")),
    };
    let Some(UniqueClaims(claims)) = claims else { return Err(NoUserInfo::Refused("it cannot be read")) };
    match claims.get("sub").and_then(Value::as_str) {
        Some(said) if said == sub => Ok(claims),
        _ => Err(NoUserInfo::Refused("sub is not that of the ID token")),
    }
}

/// The claims of a signed answer: by one of our algorithms and the provider's keys, from this issuer, for this client.
async fn signed(context: &Context, body: &[u8]) -> Result<UniqueClaims, NoUserInfo> {
    let (settings, now) = (&context.settings, context.clock.now());
    let text = std::str::from_utf8(body).map_err(|_| NoUserInfo::Refused("it is not text"))?;
    let token = Jws::parse(text.trim(), &settings.id_token_algs).map_err(NoUserInfo::Refused)?;
    if !is_plain_type(&token) {
        return Err(NoUserInfo::Refused("typ is that of another kind of token"));
    }
    let said: UniqueClaims = token.claims().ok_or(NoUserInfo::Refused("the claims cannot be read"))?;
    let UniqueClaims(claims) = &said;
    if claims.get("iss").and_then(Value::as_str) != Some(&settings.issuer) {
        return Err(NoUserInfo::Refused("iss is not the issuer"));
    }
    if !claims.get("aud").is_some_and(|aud| is_for_us(aud, &settings.client_id)) {
        return Err(NoUserInfo::Refused("aud is not this client alone"));
    }
    // RFC 7519 4.1.4: it need not be there.
    if claims.contains_key("exp") && secs(claims.get("exp")).is_none_or(|exp| exp <= now - LEEWAY_SECS) {
        return Err(NoUserInfo::Refused("exp has passed"));
    }
    match token.verify(&context.provider).await {
        Ok(()) => Ok(said),
        Err(Unverified::Refused(rule)) => Err(NoUserInfo::Refused(rule)),
        Err(Unverified::Provider(error)) => Err(error.into()),
    }
}
