//! Signing in: from the link to the session. The protocol itself is the crate `claimcheck_oidc`.

pub use claimcheck_oidc::{id_token, logout_token, refresh_token_advice, token_endpoint, userinfo};

/// The authorization request.
pub mod authorization_request;
/// The cookie that binds a sign-in to its browser.
pub mod browser_cookie;
/// The authorization response.
pub mod callback;
/// What is known of a person, and who said it.
pub mod claims;
/// What is asked of the provider beyond an ordinary sign-in.
pub mod demand;
/// The sealed `state` of a sign-out at the provider.
pub mod end_session;
/// From a code to a session.
mod establish;
/// Why a sign-in did not happen.
pub mod problem;
/// Where a person wanted to go.
pub mod return_to;
/// Revoking the tokens of a session.
pub mod revocation;
/// The transaction sealed in `state`.
pub mod transaction;
