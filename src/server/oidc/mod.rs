//! The relying party: a file an endpoint or a rule set. Sources: OpenID Connect Core 1.0, RFC 6749, 7636, 9207, 9700.

/// The authorization request.
pub mod authorization_request;
/// The cookie that binds a sign-in to its browser.
pub mod browser_cookie;
mod cached;
/// The authorization response.
pub mod callback;
/// What is known of a person, and who said it.
pub mod claims;
/// What is asked of the provider beyond an ordinary sign-in.
pub mod demand;
/// Signing out at the provider.
pub mod end_session;
/// From a code to a session.
mod establish;
/// What an ID token must be.
pub mod id_token;
/// Signed tokens of the provider's, whatever they say.
mod jws;
/// What a logout token must be.
pub mod logout_token;
/// What the provider says of itself, and what it must.
pub mod metadata;
/// Why a sign-in did not happen.
pub mod problem;
/// Discovery, keys and the client made of them.
pub mod provider;
/// Why there is no refresh token.
pub mod refresh_token_advice;
/// Where a person wanted to go.
pub mod return_to;
/// Giving tokens back.
pub mod revocation;
/// Tokens for a code, tokens for a refresh token.
pub mod token_endpoint;
/// The transaction sealed in `state`.
pub mod transaction;
/// Claims from UserInfo.
pub mod userinfo;
