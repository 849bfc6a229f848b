//! The URL of the authorization request (OpenID Connect Core 3.1.2.1): code flow, PKCE with S256, state, nonce, and the
//! configured scopes, audience, resources and further parameters.

use std::{borrow::Cow, collections::HashSet, time::Duration};

use claimcheck_base::secret::Secret;
use openidconnect::{
    AuthenticationContextClass, CsrfToken, Nonce, PkceCodeChallenge, Scope, core::CoreAuthenticationFlow,
};
use url::{Url, form_urlencoded};

use crate::{
    metadata::Metadata,
    openidconnect_adapter::make_client,
    quirks::{Quirks, other_account_prompt},
    relying_party::{ProviderError, RelyingParty},
    settings::ClientSettings,
};

/// A PKCE pair (RFC 7636 4.1, 4.2, method S256).
#[derive(Clone)]
pub struct Pkce {
    challenge: PkceCodeChallenge,
    /// Sent with the code exchange; secret until then.
    pub verifier: Secret,
}

impl Pkce {
    /// A new random pair.
    pub fn generate() -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Self { challenge, verifier: Secret::new(verifier.secret()) }
    }
}

/// The parameters of one authorization request that vary from request to request.
pub struct AuthorizationRequest {
    pub state: String,
    pub nonce: String,
    pub pkce: Pkce,
    /// All requested scopes, including those of the settings. `openid` may be omitted.
    pub scopes: Vec<String>,
    /// The `acr` values to request instead of those in the settings; if empty, the settings apply.
    pub acr_values: Vec<String>,
    /// The maximum age of the authentication in seconds, instead of the one in the settings; `None`: the settings
    /// apply.
    pub max_age_secs: Option<u32>,
    /// The language requested for the provider's pages (`ui_locales`), that of our own; the settings can override it.
    pub ui_locales: Option<String>,
    /// Whether the user must be able to choose another account than the provider's session has.
    pub is_other_account: bool,
    /// Further parameters, which never replace one of the settings or the protocol.
    pub passed: Vec<(String, String)>,
}

impl RelyingParty {
    /// The URL that the browser is redirected to for the sign-in.
    ///
    /// # Errors
    /// The provider's metadata is unavailable, or its authorization endpoint cannot take this request.
    pub async fn authorization_url(&self, request: AuthorizationRequest) -> Result<Url, ProviderError> {
        let metadata = self.metadata().await?;
        authorization_url(self.settings(), &metadata, request)
    }
}

/// The URL at a provider with this metadata.
pub(crate) fn authorization_url(
    settings: &ClientSettings,
    metadata: &Metadata,
    request: AuthorizationRequest,
) -> Result<Url, ProviderError> {
    let client = make_client(settings, metadata)?;
    let quirks = Quirks::of(settings, Some(metadata));
    let AuthorizationRequest {
        state,
        nonce,
        pkce,
        scopes,
        acr_values,
        max_age_secs,
        ui_locales,
        is_other_account,
        passed,
    } = request;
    let of_settings = settings.authorize_params.iter().find(|(name, _)| name == "prompt");
    let prompt = quirks.prompt.or(of_settings.map(|(_, value)| value.as_str()));
    let other_account =
        is_other_account.then(|| other_account_prompt(&settings.issuer, prompt.unwrap_or_default()));
    let mut url = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new(state),
            || Nonce::new(nonce),
        )
        .add_scopes(scopes.into_iter().filter(|scope| scope != "openid").map(Scope::new))
        .set_pkce_challenge(pkce.challenge);
    for (name, value) in
        [("prompt", other_account.as_deref().or(quirks.prompt)), ("audience", quirks.audience)]
    {
        if let Some(value) = value {
            url = url.add_extra_param(name, value);
        }
    }
    // Every API that tokens will be requested for, now or by a refresh (RFC 8707 2.1).
    for resource in &settings.all_resources {
        url = url.add_extra_param("resource", resource);
    }
    for value in &acr_values {
        url = url.add_auth_context_value(AuthenticationContextClass::new(value.clone()));
    }
    if let Some(secs) = max_age_secs {
        url = url.set_max_age(Duration::from_secs(secs.into()));
    }
    let endpoint = &metadata.authorization_endpoint;
    let is_set = |name: &str| {
        let of_settings = settings.authorize_params.iter().any(|(set, _)| set == name);
        of_settings || names(endpoint).any(|set| set == name)
    };
    if let Some(locales) = ui_locales.filter(|_| !is_set("ui_locales")) {
        url = url.add_extra_param("ui_locales", locales);
    }
    let is_replaced = |name: &str| match name {
        "acr_values" => !acr_values.is_empty(),
        "max_age" => max_age_secs.is_some(),
        "prompt" => is_other_account,
        _ => false,
    };
    for (name, value) in settings.authorize_params.iter().filter(|(name, _)| !is_replaced(name)) {
        url = url.add_extra_param(name, value);
    }
    let (mut url, ..) = url.url();
    for (name, value) in passed {
        if !names(&url).any(|set| set == *name) {
            url.query_pairs_mut().append_pair(&name, &value);
        }
    }
    check_parameters(&url)?;
    Ok(url)
}

/// The names of the parameters in a query. Their values are not decoded: that of `state` is long.
fn names(url: &Url) -> impl Iterator<Item = Cow<'_, str>> {
    let pairs = url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        form_urlencoded::parse(name.as_bytes()).next().map_or(Cow::Borrowed(""), |(name, _)| name)
    })
}

/// RFC 6749 3.1: the endpoint's own query is kept, but no parameter may be repeated, and there must be no fragment.
/// Only `resource` may be repeated (RFC 8707 2).
fn check_parameters(url: &Url) -> Result<(), ProviderError> {
    let mut seen = HashSet::new();
    let mut names = names(url).filter(|name| name != "resource");
    let cause = match names.find(|name| !seen.insert(name.clone())) {
        Some(name) => format!("its query contains {name:?}, which is a parameter of the request"),
        None if url.fragment().is_some() => "it has a fragment".to_owned(),
        None => return Ok(()),
    };
    Err(ProviderError::Unusable { document: "authorization_endpoint", cause })
}
