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
        url_length,
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
/// settings. `attempt` is 1 for the one automatic restart of a lost transaction. `session` is the key of the session in
/// which the user starts it.
pub async fn start(
    sign_in: &SignIn,
    by: &Parts,
    target: String,
    asked: AuthorizationOptions,
    attempt: u8,
    session: Option<String>,
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
    let mut transaction = Transaction {
        issuer: settings.issuer.clone(),
        nonce,
        code_verifier: pkce.verifier.clone(),
        target,
        started_at: sign_in.clock.now(),
        attempt,
        asked,
        session,
        browser: browser_hash(&browser),
    };
    let language = by.extensions.get::<Language>().map(|language| language.tag().to_owned());
    let mut location = url(sign_in, &pkce, &transaction, language.as_deref()).await?;
    if location.len() > url_length::MAX_LEN {
        location = short_url(sign_in, &pkce, &mut transaction, language.as_deref()).await?;
    }
    Ok(Start { location, cookie: browser_cookie::set(&browser, settings) })
}

/// The URL of the authorization request of this transaction.
async fn url(
    sign_in: &SignIn,
    pkce: &Pkce,
    transaction: &Transaction,
    ui_locales: Option<&str>,
) -> Result<String, StartError> {
    let state = transaction.seal(sign_in.sessions.keyring()).ok_or(StartError::Seal)?;
    let asked = transaction.asked.clone();
    let request = AuthorizationRequest {
        state,
        nonce: transaction.nonce.clone(),
        pkce: pkce.clone(),
        scopes: asked.all_scopes(&sign_in.settings),
        acr_values: asked.acr_values,
        max_age_secs: asked.max_age_secs,
        ui_locales: ui_locales.map(str::to_owned),
        is_other_account: asked.is_other_account,
        passed: asked.passed,
    };
    Ok(sign_in.relying_party.authorization_url(request).await?.into())
}

/// The URL of a transaction that is too long, with as little taken out as possible. If the settings alone make it too
/// long, there is still room for the page to return to.
async fn short_url(
    sign_in: &SignIn,
    pkce: &Pkce,
    transaction: &mut Transaction,
    ui_locales: Option<&str>,
) -> Result<String, StartError> {
    let mut least = transaction.clone();
    while url_length::shorten(&mut least).is_some() {}
    let least = url(sign_in, pkce, &least, ui_locales).await?.len();
    if least > url_length::MAX_LEN {
        tracing::warn!(
            event = "authorization request too long",
            length = least,
            "the settings alone make its URL longer than some servers accept: check scopes, authorize_params and resource"
        );
    }
    let max_len = url_length::MAX_LEN.max(least + url_length::LEAST_ROOM);
    loop {
        let location = url(sign_in, pkce, transaction, ui_locales).await?;
        if location.len() <= max_len {
            return Ok(location);
        }
        let Some(part) = url_length::shorten(transaction) else { return Ok(location) };
        tracing::info!(event = "authorization request shortened", part, "its URL would be too long");
    }
}
