//! The scopes that a request for an API's token names. A refresh usually names none, which requests what was granted
//! (RFC 6749 6). Where the provider knows an API by its scopes only, every refresh must name its own: without them, the
//! token is for the API of the authorization request, or of the refresh before.

use claimcheck_oidc::refusal::TokenRefusal;
use claimcheck_session::SignedIn;

use crate::config::{Api, Settings, TokenSource, is_of_no_api};

/// The scopes of one token request.
pub(super) struct NamedScopes {
    /// All that the session asked for at this API. If empty, the request names none.
    pub all: Vec<String>,
    /// What to name instead if the provider refuses these: a user may not have agreed to all of them.
    fewer: Option<Vec<String>>,
}

/// The scopes to name in a request for a token for this API.
pub(super) fn named(settings: &Settings, current: &SignedIn, api: &Api) -> NamedScopes {
    if api.is_default() {
        return match settings.apis.has_one_by_scopes() {
            true => NamedScopes { all: of_default(settings, current), fewer: Some(Vec::new()) },
            false => NamedScopes { all: Vec::new(), fewer: None },
        };
    }
    if !api.is_by_scopes() && api.token == TokenSource::Refresh {
        return NamedScopes { all: Vec::new(), fewer: None };
    }
    let mut all = api.scopes.clone();
    let asked = current.record.asked_scopes.iter();
    all.extend(
        asked.filter(|scope| !api.scopes.contains(scope) && is_of(settings, current, api, scope)).cloned(),
    );
    let fewer = (all.len() > api.scopes.len()).then(|| api.scopes.clone());
    NamedScopes { all, fewer }
}

/// Those of the sign-in that were granted and belong to no other API. Responses often omit scopes that belong to no API,
/// although they are granted; without `offline_access`, a provider may return no further refresh token.
fn of_default(settings: &Settings, current: &SignedIn) -> Vec<String> {
    let record = &current.record;
    let is_foreign = |scope: &str| {
        let is_of_another = settings.apis.further.iter().any(|api| is_of(settings, current, api, scope));
        is_of_another && !is_of(settings, current, &settings.apis.default, scope)
    };
    let own: Vec<_> = record.asked_scopes.iter().filter(|scope| !is_foreign(scope)).collect();
    let is_granted = |scope: &str| record.granted_scopes.iter().any(|granted| granted == scope);
    // A response that names none of them has its own names for them, as Entra has for `.default`.
    let is_comparable = own.iter().any(|scope| !is_of_no_api(scope) && is_granted(scope));
    let named = own.into_iter().filter(|scope| !is_comparable || is_of_no_api(scope) || is_granted(scope));
    named.cloned().collect()
}

/// Whether a scope belongs to an API: by its settings, by what is shown of it, or because it was asked for on its
/// behalf.
fn is_of(settings: &Settings, current: &SignedIn, api: &Api, scope: &str) -> bool {
    let own = if api.is_default() { &settings.apis.default.scopes } else { &api.scopes };
    let asked_for = current.record.asked_for.get(&api.id);
    own.iter().chain(asked_for.into_iter().flatten()).any(|own| own == scope)
        || settings.needs_of(&api.id).any(|needed| needed == scope)
}

impl NamedScopes {
    /// The scopes for a second request, if the first was refused because of its scopes. For the default API, any other
    /// refusal may be about the session. For a further API, providers have many codes for a missing consent.
    pub(super) fn after(&mut self, refusal: &TokenRefusal, api: &Api) -> Option<Vec<String>> {
        let is_about_scopes = match refusal.code() {
            "invalid_scope" => true,
            "invalid_grant"
            | "invalid_request"
            | "invalid_target"
            | "access_denied"
            | "consent_required"
            | "interaction_required" => !api.is_default(),
            _ => false,
        };
        self.fewer.take_if(|_| is_about_scopes)
    }
}
