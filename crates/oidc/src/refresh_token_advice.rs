//! Without a refresh token, a session ends with its access token. This explains in the log why there is none, and names
//! the setting or the provider's option that changes it.

use crate::{
    metadata::Metadata,
    quirks::{ALLOW_REFRESH_TOKENS, ASK_FOR_REFRESH_TOKENS, FIND_OFFLINE_ACCESS, Quirks},
    settings::ClientSettings,
};

/// Whether these settings request a refresh token: by scope (OpenID Connect Core 11) or with Google's parameter.
pub fn asks_for_refresh_token(settings: &ClientSettings) -> bool {
    Quirks::of(settings, None).asks_for_refresh_token
}

/// Why a sign-in returned no refresh token, as far as the settings and the discovery document show. For the log.
pub fn explain_missing_refresh_token(settings: &ClientSettings, metadata: Option<&Metadata>) -> &'static str {
    let quirks = Quirks::of(settings, metadata);
    if !quirks.asks_for_refresh_token {
        ASK_FOR_REFRESH_TOKENS
    } else if !quirks.has_refresh_tokens {
        "the provider's discovery document does not list the grant type refresh_token"
    } else if !quirks.has_offline_access {
        FIND_OFFLINE_ACCESS
    } else {
        ALLOW_REFRESH_TOKENS
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{client_settings, metadata};

    fn settings(scopes: &[&str], params: &[(&str, &str)]) -> ClientSettings {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        ClientSettings {
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            authorize_params: params.collect(),
            ..client_settings()
        }
    }

    #[test]
    fn rf_08_a_missing_refresh_token_has_a_reason_that_somebody_can_act_on() {
        let asked = settings(&["openid", "offline_access"], &[]);
        let not_asked = settings(&["openid"], &[]);
        let at_google = settings(&["openid"], &[("access_type", "offline")]);
        assert!(asks_for_refresh_token(&asked) && asks_for_refresh_token(&at_google));
        assert!(!asks_for_refresh_token(&not_asked));
        let online = settings(&["openid"], &[("access_type", "online"), ("x", "offline")]);
        assert!(!asks_for_refresh_token(&online));
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
                "the grant type refresh_token",
            ),
            (&asked, Some(&metadata(json!({ "scopes_supported": ["openid"] }))), "does not list the scope"),
        ] {
            let reason = explain_missing_refresh_token(settings, metadata);
            assert!(reason.contains(words), "{reason} has no {words}");
        }
    }
}
