//! The authorization request (OpenID Connect Core 3.1.2.1): code flow, PKCE with S256, state, nonce, and the
//! configured scopes, audience, resources and further parameters. Nothing a browser sends can change it but the target, and
//! what one of our own links asks for besides.

use std::{collections::HashSet, time::Duration};

use axum::http::request::Parts;
use openidconnect::{
    AuthenticationContextClass, AuthorizationCode, CsrfToken, Nonce, PkceCodeChallenge, Scope,
    core::{CoreAuthenticationFlow, CoreJsonWebKeySet},
};
use url::Url;

use super::{
    browser_cookie,
    demand::Asked,
    provider::ProviderError,
    transaction::{Transaction, browser_hash},
};
use crate::server::{
    Context,
    guard::{ClientAddress, TooMany},
};
use claimcheck_base::{random, secret::Secret};

/// A sign-in that is about to begin.
pub struct Start {
    /// Where the browser goes: the provider.
    pub location: String,
    /// `Set-Cookie` of the browser-binding cookie.
    pub cookie: String,
}

/// Why a sign-in cannot begin.
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

/// Makes the authorization request that ends at `target`, which is a path of this site, for the browser that sent
/// `by`. The only place where a sign-in begins, and therefore where those of one client are counted.
///
/// `asked` is what it asks for beyond the settings; its `acr_values` and `max_age` stand in the place of the settings'.
/// `attempt` is 1 for the one automatic restart of a lost transaction.
pub async fn start(
    context: &Context,
    by: &Parts,
    target: String,
    asked: Asked,
    attempt: u8,
) -> Result<Start, StartError> {
    context.sign_ins.count(ClientAddress::of(&by.extensions))?;
    let settings = &context.settings;
    let client = context.provider.client(&CoreJsonWebKeySet::default()).await?;
    let browser = match browser_cookie::read(&by.headers, settings) {
        Some(value) => value.to_owned(),
        None => random::text::<16>()?,
    };
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let nonce = random::text::<16>()?;
    let transaction = Transaction {
        issuer: settings.issuer.clone(),
        nonce: nonce.clone(),
        code_verifier: Secret::new(verifier.secret()),
        target,
        started_at: context.clock.now(),
        attempt,
        asked,
        browser: browser_hash(&browser),
    };
    let asked = &transaction.asked;
    let scopes = asked.all_scopes(settings);
    let state = transaction.seal(context.sessions.keyring()).ok_or(StartError::Seal)?;

    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new(state),
            || Nonce::new(nonce),
        )
        .add_scopes(scopes.into_iter().filter(|scope| scope != "openid").map(Scope::new))
        .set_pkce_challenge(challenge);
    // OpenID Connect Core 11: offline access is asked for together with consent, unless the settings say otherwise.
    let is_offline = settings.scopes.iter().any(|scope| scope == "offline_access");
    if is_offline && !settings.authorize_params.iter().any(|(name, _)| name == "prompt") {
        request = request.add_extra_param("prompt", "consent");
    }
    if let Some(audience) = &settings.apis.default.audience {
        request = request.add_extra_param("audience", audience);
    }
    // All that tokens will be asked for, now or by a refresh (RFC 8707 2.1).
    for resource in settings.apis.resources() {
        request = request.add_extra_param("resource", resource);
    }
    for value in &asked.acr_values {
        request = request.add_auth_context_value(AuthenticationContextClass::new(value.clone()));
    }
    if let Some(secs) = asked.max_age_secs {
        request = request.set_max_age(Duration::from_secs(secs.into()));
    }
    let is_replaced = |name: &str| match name {
        "acr_values" => !asked.acr_values.is_empty(),
        "max_age" => asked.max_age_secs.is_some(),
        _ => false,
    };
    for (name, value) in settings.authorize_params.iter().filter(|(name, _)| !is_replaced(name)) {
        request = request.add_extra_param(name, value);
    }
    let (location, ..) = request.url();
    check_location(&location)?;
    Ok(Start { location: location.into(), cookie: browser_cookie::set(&browser, settings) })
}

/// RFC 6749 3.1: the endpoint may have a query of its own, which is kept; but no parameter may be there twice, and no fragment
/// at all. Only `resource` may be repeated (RFC 8707 2).
fn check_location(location: &Url) -> Result<(), ProviderError> {
    let mut seen = HashSet::new();
    let mut names = location.query_pairs().map(|(name, _)| name).filter(|name| name != "resource");
    let cause = match names.find(|name| !seen.insert(name.clone())) {
        Some(name) => format!("its own query has {name:?}, which is a parameter of the request"),
        None if location.fragment().is_some() => "it has a fragment".to_owned(),
        None => return Ok(()),
    };
    Err(ProviderError::Unusable { document: "authorization_endpoint", cause })
}

/// The code of an authorization response, as the openidconnect crate wants it.
pub fn authorization_code(code: &Secret) -> AuthorizationCode {
    AuthorizationCode::new(code.expose().to_owned())
}
