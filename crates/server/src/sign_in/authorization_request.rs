//! The start of a sign-in: the transaction, sealed into `state`, and the redirect to the provider. A browser can
//! influence only these parts of the authorization request: the target, the options in one of our own links, and the
//! parameters that the settings let through.

use axum::http::request::Parts;
use claimcheck_base::random;
use claimcheck_oidc::{
    ProviderError,
    authorization_request::{AuthorizationRequest, Pkce},
};
use claimcheck_text::Language;

use crate::{
    guard::{ClientAddress, TooMany},
    sign_in::{
        SignIn,
        authorization_options::AuthorizationOptions,
        browser_cookie,
        transaction::{Transaction, browser_hash},
    },
};

/// A sign-in that is about to start.
pub struct Start {
    /// The URL at the provider to redirect to.
    pub location: String,
    /// `Set-Cookie` of the browser-binding cookie.
    pub cookie: String,
}

/// Why a sign-in cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    TooMany(#[from] TooMany),
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error(transparent)]
    NoRandomness(#[from] random::NoRandomness),
    #[error("the transaction could not be sealed")]
    Seal,
}

/// Makes the authorization request for the browser that sent `by`; after the sign-in it goes to `target`, a path of
/// this site. Every sign-in starts here, so this is where those of one client are counted.
///
/// `asked` is what it requests in addition to the settings; its `acr_values` and `max_age` replace those of the
/// settings. `attempt` is 1 for the one automatic restart of a lost transaction.
pub async fn start(
    sign_in: &SignIn,
    by: &Parts,
    target: String,
    asked: AuthorizationOptions,
    attempt: u8,
) -> Result<Start, StartError> {
    sign_in.sign_ins.count(ClientAddress::of(&by.extensions))?;
    let settings = &sign_in.settings;
    // First, so that the provider's response time does not count.
    sign_in.relying_party.metadata().await?;
    let browser = match browser_cookie::read(&by.headers, settings) {
        Some(value) => value.to_owned(),
        None => random::text::<16>()?,
    };
    let pkce = Pkce::generate();
    let nonce = random::text::<16>()?;
    let transaction = Transaction {
        issuer: settings.issuer.clone(),
        nonce: nonce.clone(),
        code_verifier: pkce.verifier.clone(),
        target,
        started_at: sign_in.clock.now(),
        attempt,
        asked,
        browser: browser_hash(&browser),
    };
    let state = transaction.seal(sign_in.sessions.keyring()).ok_or(StartError::Seal)?;
    let AuthorizationOptions { acr_values, max_age_secs, is_other_account, passed, .. } =
        transaction.asked.clone();
    let scopes = transaction.asked.all_scopes(settings);
    let ui_locales = by.extensions.get::<Language>().map(|language| language.tag().to_owned());
    let request = AuthorizationRequest {
        state,
        nonce,
        pkce,
        scopes,
        acr_values,
        max_age_secs,
        ui_locales,
        is_other_account,
        passed,
    };
    let location = sign_in.relying_party.authorization_url(request).await?;
    Ok(Start { location: location.into(), cookie: browser_cookie::set(&browser, settings) })
}
