//! Converts a token response into the stored access token.

use claimcheck_base::clock::UnixSecs;
use claimcheck_oidc::token_endpoint::TokenResponse;
use claimcheck_session::AccessToken;

/// The access token of a response in its stored form. `asked` are its scopes if the response does not name them (RFC
/// 6749 5.1).
pub fn session_access_token(response: &TokenResponse, now: UnixSecs, asked: &[String]) -> AccessToken {
    let scopes = response.scopes.clone().unwrap_or_else(|| asked.to_vec());
    AccessToken::obtained(response.access_token.clone(), now, response.expires_at, scopes)
}
