//! From a token response to what the session keeps of it.

use claimcheck_base::clock::UnixSecs;
use claimcheck_oidc::token_endpoint::TokenResponse;
use claimcheck_session::AccessToken;

/// The access token of a response as the session keeps it. `asked` are the scopes that it has where the response does not
/// name them (RFC 6749 5.1).
pub fn session_access_token(response: &TokenResponse, now: UnixSecs, asked: &[String]) -> AccessToken {
    let scopes = response.scopes.clone().unwrap_or_else(|| asked.to_vec());
    AccessToken::obtained(response.access_token.clone(), now, response.expires_at, scopes)
}
