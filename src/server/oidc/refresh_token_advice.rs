//! Without a refresh token a person works until the access token ends, and nobody would know why: the reason in words,
//! with the setting or the provider's switch that mends it.

use openidconnect::{Scope, core::CoreGrantType};

use super::metadata::Metadata;
use crate::server::config::Settings;

/// Whether these settings ask for a refresh token: by scope (OpenID Connect Core 11), or as Google wants it.
pub fn is_asked_for(settings: &Settings) -> bool {
    settings.scopes.iter().any(|scope| scope == "offline_access")
        || settings.authorize_params.iter().any(|(name, value)| name == "access_type" && value == "offline")
}

/// Why none came with a sign-in, as far as this can be seen from here.
pub fn reason(settings: &Settings, metadata: Option<&Metadata>) -> &'static str {
    let offers = |scope: &str| {
        metadata
            .and_then(Metadata::scopes_supported)
            .is_none_or(|scopes| scopes.contains(&Scope::new(scope.to_owned())))
    };
    let refreshes = metadata
        .and_then(Metadata::grant_types_supported)
        .is_none_or(|grants| grants.contains(&CoreGrantType::RefreshToken));
    if !is_asked_for(settings) {
        "none was asked for: add offline_access to CLAIMCHECK_SCOPES (at Google set \
         CLAIMCHECK_AUTHORIZE_PARAMS=access_type=offline&prompt=consent)"
    } else if !refreshes {
        "the provider's discovery document says that it has no grant refresh_token at all"
    } else if !offers("offline_access") {
        "the provider's discovery document does not list the scope offline_access: look up what it wants instead (at \
         Google CLAIMCHECK_AUTHORIZE_PARAMS=access_type=offline&prompt=consent)"
    } else {
        "it was asked for: allow refresh tokens for this client at the provider (Auth0: Allow Offline Access at the API \
         and the Refresh Token grant at the application; Okta and Entra: the grant type and the scope offline_access; \
         Keycloak: the role offline_access)"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(more: &str) -> Settings {
        let text = format!(
            "public_url = \"http://localhost:3000\"\nissuer = \"https://id.example\"\nclient_id = \"app\"\n\
             client_secret = \"secret\"\napi_url = \"https://api.example\"\n{more}"
        );
        Settings::load(Some(&text), None, []).unwrap().0
    }

    fn metadata(more: serde_json::Value) -> Metadata {
        let mut all = json!({
            "issuer": "https://id.example", "authorization_endpoint": "https://id.example/a", "jwks_uri": "https://id.example/k",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn rf_08_a_missing_refresh_token_has_a_reason_that_somebody_can_act_on() {
        let asked = settings("scopes = \"openid offline_access\"");
        let not_asked = settings("scopes = \"openid\"");
        let at_google = settings("scopes = \"openid\"\nauthorize_params = \"access_type=offline\"");
        assert!(is_asked_for(&asked) && is_asked_for(&at_google) && !is_asked_for(&not_asked));
        let online = settings("scopes = \"openid\"\nauthorize_params = \"access_type=online&x=offline\"");
        assert!(!is_asked_for(&online));
        let silent = metadata(json!({}));
        let full = metadata(json!({
            "scopes_supported": ["openid", "offline_access"], "grant_types_supported": ["authorization_code", "refresh_token"]
        }));
        for (settings, metadata, words) in [
            (&not_asked, Some(&full), "add offline_access to CLAIMCHECK_SCOPES"),
            (&asked, Some(&full), "Allow Offline Access"),
            (&asked, Some(&silent), "Allow Offline Access"),
            (&asked, None, "Allow Offline Access"),
            (
                &asked,
                Some(&metadata(json!({ "grant_types_supported": ["authorization_code"] }))),
                "no grant refresh_token",
            ),
            (&asked, Some(&metadata(json!({ "scopes_supported": ["openid"] }))), "does not list the scope"),
        ] {
            let reason = reason(settings, metadata);
            assert!(reason.contains(words), "{reason} has no {words}");
        }
    }
}
