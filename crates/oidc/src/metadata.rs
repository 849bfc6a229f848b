//! The discovery document (OpenID Connect Discovery 3, with members from other specifications). Only the members that are
//! used are read; a member that sign-in does not need may be absent or malformed. This file also has the checks that the
//! document must pass before a browser is redirected to that provider.

use serde_json::{Map, Value};
use url::Url;

use crate::{
    endpoints::{Caller, check_endpoint, move_endpoint},
    settings::{Alg, ClientSettings},
};

/// The members of the discovery document that are used. Addresses for requests of the server are already the internal
/// ones, if the settings have any.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Exactly as in the document.
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub jwks_uri: Url,
    pub userinfo_endpoint: Option<Url>,
    /// RP-Initiated Logout 2.1.
    pub end_session_endpoint: Option<Url>,
    /// RFC 8414 2.
    pub revocation_endpoint: Option<Url>,
    pub id_token_algs: Option<Vec<String>>,
    pub response_types: Option<Vec<String>>,
    pub grant_types: Option<Vec<String>>,
    pub scopes: Option<Vec<String>>,
    pub token_endpoint_auth_methods: Option<Vec<String>>,
    /// RFC 8414 2.
    pub code_challenge_methods: Option<Vec<String>>,
    /// RFC 9207 3.
    pub has_iss_parameter: bool,
    /// RFC 9126 5.
    pub requires_pushed_requests: bool,
    /// Back-Channel Logout 2.1, or Front-Channel Logout 3.
    pub has_logout: bool,
}

/// A feature that the provider lacks, and that sign-in does not need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MissingFeature {
    /// The metadata field.
    pub field: &'static str,
    /// The consequence.
    pub hence: &'static str,
}

impl Metadata {
    /// Reads a document, and checks the requirements for redirecting a browser to this provider.
    ///
    /// # Errors
    /// The requirement that is not met, for the log.
    pub(crate) fn read(document: &Map<String, Value>, settings: &ClientSettings) -> Result<Self, String> {
        let metadata = Self::read_addresses(document, settings)?;
        metadata.check_features()?;
        Ok(metadata)
    }

    /// The same without the checks of what the provider supports.
    ///
    /// # Errors
    /// The issuer is another one, or an endpoint is missing or not allowed.
    pub(crate) fn read_addresses(
        document: &Map<String, Value>,
        settings: &ClientSettings,
    ) -> Result<Self, String> {
        let issuer = document.get("issuer").and_then(Value::as_str).ok_or("issuer is missing")?;
        // Discovery 4.3: must be identical, including path and trailing slash.
        if issuer != settings.issuer {
            return Err(format!(
                "its issuer is {issuer:?}, but {:?} is configured: both must be identical",
                settings.issuer
            ));
        }
        let endpoint = |name: &str, caller| endpoint(document, name, caller, settings);
        let required = |name: &str, caller| endpoint(name, caller)?.ok_or(format!("{name} is missing"));
        Ok(Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: required("authorization_endpoint", Caller::Browser)?,
            token_endpoint: required("token_endpoint", Caller::Server)?,
            jwks_uri: required("jwks_uri", Caller::Server)?,
            userinfo_endpoint: endpoint("userinfo_endpoint", Caller::Server)?,
            end_session_endpoint: match &settings.end_session_url {
                Some(url) => Some(url.clone()),
                None => endpoint("end_session_endpoint", Caller::Browser)?,
            },
            revocation_endpoint: endpoint("revocation_endpoint", Caller::Server)?,
            id_token_algs: texts(document, "id_token_signing_alg_values_supported"),
            response_types: texts(document, "response_types_supported"),
            grant_types: texts(document, "grant_types_supported"),
            scopes: texts(document, "scopes_supported"),
            token_endpoint_auth_methods: texts(document, "token_endpoint_auth_methods_supported"),
            code_challenge_methods: texts(document, "code_challenge_methods_supported"),
            has_iss_parameter: flag(document, "authorization_response_iss_parameter_supported"),
            requires_pushed_requests: flag(document, "require_pushed_authorization_requests"),
            has_logout: flag(document, "backchannel_logout_supported")
                || flag(document, "frontchannel_logout_supported"),
        })
    }

    fn check_features(&self) -> Result<(), String> {
        let lacks = |list: &Option<Vec<String>>, value: &str| {
            list.as_ref().is_some_and(|list| !list.iter().any(|found| found == value))
        };
        if lacks(&self.response_types, "code") {
            return Err("its response_types_supported do not contain `code`".into());
        }
        // RFC 8414 2: an absent list says nothing about PKCE. With a list that lacks S256, PKCE would be ineffective.
        if lacks(&self.code_challenge_methods, "S256") {
            return Err("its code_challenge_methods_supported do not contain S256".into());
        }
        if self.requires_pushed_requests {
            return Err(
                "its require_pushed_authorization_requests is true, which is not supported (RFC 9126)".into(),
            );
        }
        Ok(())
    }

    /// The signature algorithms of tokens that are accepted, see [`accepted_algs`].
    pub(crate) fn accepted_algs(&self, settings: &ClientSettings) -> Vec<Alg> {
        accepted_algs(settings, self.id_token_algs.as_deref())
    }

    /// Checks that the provider signs ID tokens with an accepted algorithm (OpenID Connect Core 3.1.3.7, 7).
    pub(crate) fn check_algorithms(&self, settings: &ClientSettings) -> Result<(), String> {
        check_algorithms(settings, self.id_token_algs.as_deref())
    }

    /// The features that the provider does not advertise.
    pub(crate) fn missing_features(&self) -> Vec<MissingFeature> {
        [
            (
                self.userinfo_endpoint.is_some(),
                "userinfo_endpoint",
                "details of users come from the ID token only",
            ),
            (
                self.end_session_endpoint.is_some(),
                "end_session_endpoint",
                "signing out ends the session here only, not at the provider",
            ),
            (
                self.revocation_endpoint.is_some(),
                "revocation_endpoint",
                "tokens of ended sessions are not revoked",
            ),
            (
                self.code_challenge_methods.is_some(),
                "code_challenge_methods_supported",
                "the provider may ignore PKCE, which is sent anyway",
            ),
            (
                self.has_logout,
                "backchannel_logout_supported",
                "a logout at the provider may not end sessions here",
            ),
        ]
        .into_iter()
        .filter(|(is_there, ..)| !is_there)
        .map(|(_, field, hence)| MissingFeature { field, hence })
        .collect()
    }
}

/// The signature algorithms of tokens that are accepted: those of the settings, or else every asymmetric one that the
/// provider lists. If it lists none, RS256, which every provider must support (Discovery 3).
pub(crate) fn accepted_algs(settings: &ClientSettings, listed: Option<&[String]>) -> Vec<Alg> {
    match (&settings.id_token_algs, listed) {
        (Some(algs), _) => algs.clone(),
        (None, Some(names)) => Alg::ALL.into_iter().filter(|alg| alg.is_among(names)).collect(),
        (None, None) => vec![Alg::Rs256],
    }
}

/// Checks that one of the listed algorithms is accepted.
pub(crate) fn check_algorithms(settings: &ClientSettings, listed: Option<&[String]>) -> Result<(), String> {
    let ours = accepted_algs(settings, listed);
    if listed.is_none_or(|signs| ours.iter().any(|alg| alg.is_among(signs))) {
        return Ok(());
    }
    let names = |algs: &[Alg]| algs.iter().map(|alg| alg.name()).collect::<Vec<_>>().join(", ");
    let field = "id_token_signing_alg_values_supported";
    Err(match &settings.id_token_algs {
        Some(ours) => {
            format!("its {field} contain none of the configured id_token_algs ({})", names(ours))
        }
        None => format!("its {field} contain no algorithm that is supported ({})", names(&Alg::ALL)),
    })
}

/// The address of an endpoint, as requests to it are sent; `None` if the document has none.
///
/// # Errors
/// Requests must not be sent there.
pub(crate) fn endpoint(
    document: &Map<String, Value>,
    name: &str,
    caller: Caller,
    settings: &ClientSettings,
) -> Result<Option<Url>, String> {
    let issuer = Url::parse(&settings.issuer).map_err(|error| error.to_string())?;
    let Some(url) = url(document, name) else { return Ok(None) };
    let url = match caller {
        Caller::Server => move_endpoint(url, &issuer, settings),
        Caller::Browser => url,
    };
    check_endpoint(name, &url, &issuer, caller, settings).map(|()| Some(url))
}

/// An absolute URL. Anything else counts as absent.
fn url(document: &Map<String, Value>, name: &str) -> Option<Url> {
    Url::parse(document.get(name)?.as_str()?.trim()).ok()
}

/// The texts of a list, or a single text. Anything else counts as absent, and so does what else is in the list.
pub(crate) fn texts(document: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    match document.get(name)? {
        Value::Array(items) => {
            Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
        }
        Value::String(text) => Some(text.split_whitespace().map(str::to_owned).collect()),
        _ => None,
    }
}

/// `true`, also as a text.
pub(crate) fn flag(document: &Map<String, Value>, name: &str) -> bool {
    match document.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{client_settings, document};

    fn read(settings: &ClientSettings, changes: Value) -> Result<Metadata, String> {
        let mut document = document(&settings.issuer);
        document.extend(changes.as_object().unwrap().clone());
        Metadata::read(&document, settings)
    }

    #[test]
    fn r41_what_is_not_needed_may_be_absent_or_odd() {
        let settings = client_settings();
        let odd = [json!(null), json!(""), json!(7), json!({ "a": 1 }), json!([null, 7]), json!("/relative")];
        for value in odd {
            for field in [
                "userinfo_endpoint",
                "end_session_endpoint",
                "revocation_endpoint",
                "registration_endpoint",
                "op_policy_uri",
                "service_documentation",
                "subject_types_supported",
                "claims_supported",
                "display_values_supported",
                "ui_locales_supported",
                "request_parameter_supported",
                "backchannel_logout_supported",
                "authorization_response_iss_parameter_supported",
                "mtls_endpoint_aliases",
            ] {
                let found = read(&settings, json!({ field: value.clone() }));
                assert!(found.is_ok(), "{field} {value}: {}", found.unwrap_err());
            }
        }
        for (field, value) in [
            ("response_types_supported", json!(null)),
            ("response_types_supported", json!([null, "code", 7])),
            ("grant_types_supported", json!({})),
            ("code_challenge_methods_supported", json!("S256")),
            ("code_challenge_methods_supported", json!(null)),
            ("id_token_signing_alg_values_supported", json!(null)),
            ("id_token_signing_alg_values_supported", json!([7, "RS256"])),
        ] {
            assert!(read(&settings, json!({ field: value.clone() })).is_ok(), "{field} {value}");
        }
        for field in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for value in [json!(null), json!(""), json!(7)] {
                assert!(read(&settings, json!({ field: value })).is_err(), "{field}");
            }
        }
        assert!(read(&settings, json!({ "require_pushed_authorization_requests": "true" })).is_err());
    }

    #[test]
    fn p2_unset_algorithms_are_those_of_the_metadata_that_are_supported() {
        let listing = |algs: Value| {
            let read = read(&client_settings(), json!({ "id_token_signing_alg_values_supported": algs }));
            read.unwrap()
        };
        let unset = client_settings();
        let set = ClientSettings { id_token_algs: Some(vec![Alg::Es256]), ..client_settings() };
        for (listed, accepted) in [
            (json!(["ES256"]), vec![Alg::Es256]),
            (json!(["ES384", "none", "HS256", "XX999", 7]), vec![Alg::Es384]),
            (json!(["EdDSA", "RS256", "RS256"]), vec![Alg::Rs256, Alg::EdDsa]),
            (json!("PS512"), vec![Alg::Ps512]),
            (json!(null), vec![Alg::Rs256]),
        ] {
            let metadata = listing(listed.clone());
            assert_eq!(metadata.accepted_algs(&unset), accepted, "{listed}");
            assert!(metadata.check_algorithms(&unset).is_ok(), "{listed}");
            assert_eq!(metadata.accepted_algs(&set), [Alg::Es256], "a setting is the whole list");
        }
        for listed in [json!(["none", "HS256"]), json!([]), json!(["es256"])] {
            let refusal = listing(listed.clone()).check_algorithms(&unset).unwrap_err();
            assert!(refusal.contains("no algorithm that is supported"), "{listed}: {refusal}");
        }
        assert!(listing(json!(["RS256"])).check_algorithms(&set).unwrap_err().contains("(ES256)"));
    }
}
