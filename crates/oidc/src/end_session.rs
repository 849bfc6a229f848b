//! Signing out at the provider (RP-Initiated Logout 1.0, 2): the request that the browser sends to the end session
//! endpoint, as a URL or as a form. It contains the ID token, the only token that ever passes through a browser; the
//! specification requires it.

use claimcheck_base::secret::Secret;
use serde_json::{Map, Value};
use url::Url;

use crate::{
    jws::{Jws, UniqueClaims},
    quirks,
    relying_party::RelyingParty,
    settings::{Alg, ClientSettings, EndSession},
};

/// The longest URL that is sent with an ID token in it. Servers and proxies commonly refuse URLs and request lines that
/// are several times as long, and some refuse them from 2,048 characters.
pub const URL_MAX_LEN: usize = 2000;

/// How the browser gets to the provider's end session endpoint. Not `Debug`: it contains the ID token.
pub enum EndSessionRequest {
    /// It opens this URL.
    Url(String),
    /// It posts a form.
    Form(EndSessionForm),
}

/// The form that is posted to the provider's end session endpoint.
pub struct EndSessionForm {
    /// The endpoint's URL.
    pub action: String,
    /// Names and values, in order.
    pub fields: Vec<(String, String)>,
}

impl RelyingParty {
    /// The request; `None` if the settings say so, if the provider has no end session endpoint, or if its metadata is
    /// unavailable: then only the session here ends. The provider returns `state` with the browser.
    pub async fn end_session_request(
        &self,
        id_token: &Secret,
        state: Option<String>,
    ) -> Option<EndSessionRequest> {
        let settings = self.settings();
        if settings.end_session == EndSession::Off {
            return None;
        }
        let metadata = self.metadata().await.ok()?;
        let mut endpoint = metadata.end_session_endpoint.clone()?;
        endpoint.set_fragment(None);
        let token = Jws::parse(id_token.expose(), &Alg::ALL).ok();
        let claims =
            token.as_ref().and_then(Jws::claims).map_or_else(Map::new, |UniqueClaims(claims)| claims);
        let hint = match token {
            // The provider could not verify it, and would show an error page instead of the way back.
            Some(token) if !self.may_know_key_of(&token).await => {
                leave_hint_out("the provider no longer publishes the key that signed the ID token");
                None
            }
            _ => Some(id_token),
        };
        let parameters = Parameters { settings, state, claims };
        if settings.end_session == EndSession::Post {
            let fields = parameters.all(hint, hint.is_none());
            return Some(EndSessionRequest::Form(EndSessionForm { action: endpoint.into(), fields }));
        }
        Some(EndSessionRequest::Url(parameters.url(&endpoint, hint)))
    }

    /// Whether the key that signed a token may still be among the provider's. If the keys are unavailable, it may.
    async fn may_know_key_of(&self, token: &Jws<'_>) -> bool {
        let Ok(keys) = self.keys().await else { return true };
        if token.is_key_among(&keys) {
            return true;
        }
        self.refetch_keys().await.map_or(true, |keys| token.is_key_among(&keys))
    }
}

/// The parameters of one end session request.
struct Parameters<'a> {
    settings: &'a ClientSettings,
    state: Option<String>,
    /// Of the ID token.
    claims: Map<String, Value>,
}

impl Parameters<'_> {
    /// The URL with the ID token, or with other hints if it would become too long.
    fn url(&self, endpoint: &Url, hint: Option<&Secret>) -> String {
        let full = with_query(endpoint, &self.all(hint, hint.is_none()));
        if full.len() <= URL_MAX_LEN {
            return full;
        }
        if hint.is_some() {
            leave_hint_out(
                "the URL would be longer than 2,000 characters; end_session = \"post\" sends it always",
            );
        }
        let short = with_query(endpoint, &self.all(None, true));
        if short.len() <= URL_MAX_LEN { short } else { with_query(endpoint, &self.all(None, false)) }
    }

    /// Names and values, in order. `is_alone`: there is no ID token that says whose session ends.
    fn all(&self, hint: Option<&Secret>, is_alone: bool) -> Vec<(String, String)> {
        let settings = self.settings;
        let logout_hint = match is_alone {
            true => quirks::logout_hint(settings, &self.claims),
            // Entra does not read the ID token, and asks which account to sign out without this.
            false if hint.is_some() => quirks::login_hint(&self.claims),
            false => None,
        };
        let of_protocol = [
            ("id_token_hint", hint.map(Secret::expose)),
            ("logout_hint", logout_hint),
            ("client_id", Some(&*settings.client_id)),
            ("post_logout_redirect_uri", Some(&*settings.post_logout_redirect_uri)),
            ("state", self.state.as_deref()),
        ];
        let of_protocol =
            of_protocol.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        of_protocol.chain(settings.end_session_params.iter().cloned()).collect()
    }
}

/// The endpoint with these parameters added to its own query. A parameter without a value is only a name: Auth0's
/// `federated`.
fn with_query(endpoint: &Url, parameters: &[(String, String)]) -> String {
    let mut url = endpoint.clone();
    let mut query = url.query_pairs_mut();
    for (name, value) in parameters {
        match value.is_empty() {
            true => query.append_key_only(name),
            false => query.append_pair(name, value),
        };
    }
    drop(query);
    url.into()
}

/// Never logs the URL or the token.
fn leave_hint_out(reason: &'static str) {
    tracing::info!(event = "sign-out without ID token", reason, "client_id and logout_hint are sent instead");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ISSUER, client_settings};

    fn parameters<'a>(settings: &'a ClientSettings, claims: Value) -> Parameters<'a> {
        let claims = claims.as_object().unwrap().clone();
        Parameters { settings, state: Some("s".to_owned()), claims }
    }

    #[test]
    fn r21_h6_both_sides_of_two_thousand_characters() {
        let settings = client_settings();
        let parameters = parameters(&settings, json!({ "sid": "session-1", "email": "ada@example.com" }));
        let endpoint = Url::parse(&format!("{ISSUER}/end?p=policy")).unwrap();
        let bare = with_query(&endpoint, &parameters.all(Some(&Secret::new("")), false)).len();
        // An empty value has no equals sign.
        let of_length = |length: usize| Secret::new("a".repeat(length - bare - 1));
        let full = parameters.url(&endpoint, Some(&of_length(URL_MAX_LEN)));
        assert!(full.len() == URL_MAX_LEN && full.contains("id_token_hint=a"), "{full}");
        assert!(full.starts_with(&format!("{ISSUER}/end?p=policy&")) && !full.contains("logout_hint"));
        let short = parameters.url(&endpoint, Some(&of_length(URL_MAX_LEN + 1)));
        assert!(!short.contains("id_token_hint") && short.contains("client_id=app"), "{short}");
        assert!(short.contains("logout_hint=session-1") && short.contains("state=s"), "{short}");
        assert!(!short.contains("ada"), "no e-mail address");
        let alone = parameters.url(&endpoint, None);
        assert_eq!(alone, short);
    }

    #[test]
    fn r21_a_hint_that_is_too_long_itself_is_left_out_as_well() {
        let settings = client_settings();
        let parameters = parameters(&settings, json!({ "sid": "s".repeat(2000) }));
        let endpoint = Url::parse(&format!("{ISSUER}/end")).unwrap();
        let url = parameters.url(&endpoint, Some(&Secret::new("a".repeat(3000))));
        assert!(url.len() <= URL_MAX_LEN && !url.contains("logout_hint"), "{url}");
    }

    #[test]
    fn r21_the_hint_is_the_session_or_the_login_hint_and_never_an_address() {
        let entra = ClientSettings {
            issuer: "https://login.microsoftonline.com/5d/v2.0".to_owned(),
            ..client_settings()
        };
        for (settings, claims, alone) in [
            (client_settings(), json!({ "sid": "1", "login_hint": "O.C" }), "1"),
            (client_settings(), json!({ "login_hint": "O.C" }), "O.C"),
            (entra.clone(), json!({ "sid": "1", "login_hint": "O.C" }), "O.C"),
            (entra.clone(), json!({ "sid": "1", "login_hint": "ada@example.com" }), "1"),
            (entra.clone(), json!({ "sid": "1" }), "1"),
            (client_settings(), json!({ "login_hint": "ada@example.com", "email": "ada@example.com" }), ""),
            (client_settings(), json!({ "sid": "ada@example.com" }), ""),
        ] {
            let found = parameters(&settings, claims.clone()).all(None, true);
            let found = found.iter().find(|(name, _)| name == "logout_hint").map(|(_, value)| &**value);
            assert_eq!(found, Some(alone).filter(|hint| !hint.is_empty()), "{claims}");
        }
    }

    #[test]
    fn r21_further_parameters_are_added_and_may_have_no_value() {
        let further = [("logout_uri", "https://dash.example/"), ("federated", "")];
        let settings = ClientSettings {
            end_session_params: further.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            ..client_settings()
        };
        let endpoint = Url::parse(&format!("{ISSUER}/logout#x")).unwrap();
        let mut endpoint_without = endpoint.clone();
        endpoint_without.set_fragment(None);
        let url = parameters(&settings, json!({})).url(&endpoint_without, Some(&Secret::new("a.b.c")));
        assert!(url.ends_with("&state=s&logout_uri=https%3A%2F%2Fdash.example%2F&federated"), "{url}");
    }
}
