//! An OpenID Connect relying party, with one file for each endpoint or set of rules. It depends on no web framework,
//! session or page. Sources: OpenID Connect Core 1.0, Discovery 1.0, the three Logout 1.0 specifications, RFC 6749,
//! 7009, 7636, 8693, 8707, 9207, 9700.

/// Roles in access tokens.
pub mod access_token;
/// The audience of access tokens.
pub mod access_token_audience;
mod audience;
/// The URL of the authorization request.
pub mod authorization_request;
mod cached;
mod document_fetches;
/// Sign-out at the provider.
pub mod end_session;
/// Internal and allowed addresses of endpoints.
mod endpoints;
/// Validation of ID tokens.
pub mod id_token;
/// The issuers of tokens.
pub mod issuer;
mod jws;
/// The provider's keys.
pub mod key_set;
/// Validation of logout tokens.
pub mod logout_token;
/// The discovery document and its validation.
pub mod metadata;
mod openidconnect_adapter;
/// Differences between providers.
pub mod quirks;
/// Log messages about a missing refresh token.
pub mod refresh_token_advice;
/// Refusals of the token endpoint.
pub mod refusal;
/// Discovery, keys and the HTTP client, shared by all requests to the provider.
pub mod relying_party;
/// Token revocation.
pub mod revocation;
/// Client settings.
pub mod settings;
/// A survey of the provider for its operator.
pub mod survey;
#[cfg(test)]
mod testing;
/// Code exchange and refresh.
pub mod token_endpoint;
/// Token exchange.
pub mod token_exchange;
/// Claims from UserInfo.
pub mod userinfo;
mod verifying_key;

pub use document_fetches::{FetchOutcome, ProviderDocument};
pub use relying_party::{ProviderError, RelyingParty};
pub use settings::{Alg, ClientAuth, ClientSettings, EndSession, LogoutTokenTyp};
