//! An OpenID Connect relying party: one file an endpoint or a rule set. It knows no web framework, no session and no page.
//! Sources: OpenID Connect Core 1.0, Discovery 1.0, the three Logout 1.0 specifications, RFC 6749, 7009, 7636, 8707, 9207, 9700.

/// The URL of the authorization request.
pub mod authorization_request;
mod cached;
/// The form to the provider's end session endpoint.
pub mod end_session;
/// Validation of ID tokens.
pub mod id_token;
mod jws;
/// Validation of logout tokens.
pub mod logout_token;
/// The discovery document, and what it must say.
pub mod metadata;
mod openidconnect_adapter;
/// Every provider's own ways.
pub mod quirks;
/// Why there is no refresh token.
pub mod refresh_token_advice;
/// Discovery, keys and the HTTP client, shared by all requests to the provider.
pub mod relying_party;
/// Token revocation.
pub mod revocation;
/// What this client is registered with, and what it asks for.
pub mod settings;
#[cfg(test)]
mod testing;
/// Tokens for a code, tokens for a refresh token.
pub mod token_endpoint;
/// Claims from UserInfo.
pub mod userinfo;

pub use relying_party::{ProviderError, RelyingParty};
pub use settings::{Alg, ClientAuth, ClientSettings, LogoutTokenTyp};
