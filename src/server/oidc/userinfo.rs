//! UserInfo (OpenID Connect Core 5.3): asked for after the ID token has passed, compared with it by `sub`.
//! A failure leaves the sign-in standing on the ID token; `claims.rs` lays its answer over that.

use axum::http::StatusCode;
use openidconnect::{
    AccessToken, AdditionalClaims, SubjectIdentifier, UserInfoClaims, UserInfoError, core::CoreGenderClaim,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::provider::Provider;
use crate::server::http_out::HttpOutError;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct MoreClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

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
    Refused(String),
}

/// The claims of the person whose ID token said `sub`.
pub async fn fetch(
    provider: &Provider,
    access_token: AccessToken,
    sub: &str,
) -> Result<Map<String, Value>, NoUserInfo> {
    let unavailable = |error: &dyn ToString| NoUserInfo::Unavailable(error.to_string());
    let keys = provider.keys().await.map_err(|error| unavailable(&error))?;
    let client = provider.client(&keys).await.map_err(|error| unavailable(&error))?;
    let request = client
        .user_info(access_token, Some(SubjectIdentifier::new(sub.to_owned())))
        .map_err(|_| NoUserInfo::NoEndpoint)?;
    let claims: UserInfoClaims<MoreClaims, CoreGenderClaim> =
        request.request_async(provider).await.map_err(|error: UserInfoError<HttpOutError>| match error {
            UserInfoError::Request(error) => unavailable(&error),
            UserInfoError::Response(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, ..) => {
                NoUserInfo::Denied
            }
            UserInfoError::Response(status, ..) => NoUserInfo::Unavailable(format!("it answered {status}")),
            UserInfoError::ClaimsVerification(_) => {
                NoUserInfo::Refused("sub or signature does not fit".into())
            }
            UserInfoError::Parse(error) => NoUserInfo::Refused(format!("field {}", error.path())),
            _ => NoUserInfo::Refused("it cannot be read".into()),
        })?;
    match serde_json::to_value(claims) {
        Ok(Value::Object(claims)) => Ok(claims),
        _ => Err(NoUserInfo::Refused("it is not an object".into())),
    }
}
