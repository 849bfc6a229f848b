//! The discovery document (OpenID Connect Discovery 3, with members from other specifications), and the checks it must
//! pass before a browser is redirected to that provider.

use claimcheck_base::private_network::{is_of_here, is_of_loopback, is_same_host};
use openidconnect::{AdditionalProviderMetadata, ProviderMetadata, core::*};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::settings::ClientSettings;

/// Members that other specifications add to OpenID Connect Discovery 3.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MoreMetadata {
    /// RP-Initiated Logout 2.1.
    pub end_session_endpoint: Option<Url>,
    /// RFC 8414 2.
    pub revocation_endpoint: Option<Url>,
    /// RFC 8414 2.
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// RFC 9207 3.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// RFC 9126 5.
    #[serde(default)]
    pub require_pushed_authorization_requests: bool,
    /// Back-Channel Logout 2.1.
    #[serde(default)]
    pub backchannel_logout_supported: bool,
    /// Front-Channel Logout 3.
    #[serde(default)]
    pub frontchannel_logout_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

/// The discovery document.
pub type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// A feature that the provider lacks, and that sign-in does not need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MissingFeature {
    /// The metadata field.
    pub field: &'static str,
    /// The consequence.
    pub hence: &'static str,
}

/// Checks the requirements for redirecting a browser to this provider. The error names the one that is not met, for the
/// log.
pub(crate) fn check_metadata(metadata: &Metadata, settings: &ClientSettings) -> Result<(), String> {
    // Discovery 4.3: must be identical, including path and trailing slash.
    if metadata.issuer().as_str() != settings.issuer {
        return Err(format!(
            "its issuer is {:?}, but {:?} is configured: both must be identical",
            metadata.issuer().as_str(),
            settings.issuer
        ));
    }
    check_endpoints(metadata, settings)?;
    let is_code =
        |types: &openidconnect::ResponseTypes<CoreResponseType>| **types == [CoreResponseType::Code];
    if !metadata.response_types_supported().iter().any(is_code) {
        return Err("its response_types_supported do not contain `code`".into());
    }
    let more = metadata.additional_metadata();
    // RFC 8414 2: an absent list says nothing about PKCE. With a list that lacks S256, PKCE would be ineffective.
    if let Some(methods) = &more.code_challenge_methods_supported
        && !methods.iter().any(|method| method == "S256")
    {
        return Err("its code_challenge_methods_supported do not contain S256".into());
    }
    if more.require_pushed_authorization_requests {
        return Err(
            "its require_pushed_authorization_requests is true, which is not supported (RFC 9126)".into()
        );
    }
    Ok(())
}

/// The names of algorithms as written in the document.
fn names(algs: &[CoreJwsSigningAlgorithm]) -> Vec<serde_json::Value> {
    algs.iter().filter_map(|alg| serde_json::to_value(alg).ok()).collect()
}

/// Checks that the provider signs ID tokens with one of the configured algorithms (OpenID Connect Core 3.1.3.7, 7).
pub(crate) fn check_algorithms(metadata: &Metadata, settings: &ClientSettings) -> Result<(), String> {
    let signs = names(metadata.id_token_signing_alg_values_supported());
    let ours: Vec<_> = settings.id_token_algs.iter().map(|alg| alg.name()).collect();
    if ours.iter().any(|alg| signs.contains(&(*alg).into())) {
        return Ok(());
    }
    let ours = ours.join(", ");
    Err(format!(
        "its id_token_signing_alg_values_supported contain none of the configured id_token_algs ({ours})"
    ))
}

/// Checks every endpoint that is used or given to browsers: it must be `https`, and not on this machine or network
/// (Core 16.17).
fn check_endpoints(metadata: &Metadata, settings: &ClientSettings) -> Result<(), String> {
    let issuer = Url::parse(&settings.issuer).map_err(|error| error.to_string())?;
    let more = metadata.additional_metadata();
    let endpoints = [
        ("authorization_endpoint", Some(metadata.authorization_endpoint().url())),
        ("token_endpoint", metadata.token_endpoint().map(|url| url.url())),
        ("userinfo_endpoint", metadata.userinfo_endpoint().map(|url| url.url())),
        ("jwks_uri", Some(metadata.jwks_uri().url())),
        ("end_session_endpoint", more.end_session_endpoint.as_ref()),
        ("revocation_endpoint", more.revocation_endpoint.as_ref()),
    ];
    let is_loopback_http = |url: &Url| url.scheme() == "http" && is_of_loopback(url);
    for (name, url) in endpoints.into_iter().filter_map(|(name, url)| Some((name, url?))) {
        if url.scheme() != "https" && !(is_loopback_http(&issuer) && is_loopback_http(url)) {
            return Err(format!("its {name} is not https"));
        }
        // A public provider has no reason to send requests to this machine or network (ASVS 1.3.6). Host names that
        // resolve to such addresses are refused at lookup.
        let is_ours = is_same_host(url, &issuer) || is_of_loopback(url) && is_of_loopback(&issuer);
        if is_of_here(url) && !is_ours {
            return Err(format!("its {name} is an address of this machine or of a private network"));
        }
    }
    match metadata.token_endpoint() {
        Some(_) => Ok(()),
        None => Err("token_endpoint is missing".into()),
    }
}

/// The features that the provider does not advertise.
pub(crate) fn missing_features(metadata: &Metadata) -> Vec<MissingFeature> {
    let more = metadata.additional_metadata();
    let hears_logouts = more.backchannel_logout_supported || more.frontchannel_logout_supported;
    [
        (
            metadata.userinfo_endpoint().is_some(),
            "userinfo_endpoint",
            "details of users come from the ID token only",
        ),
        (
            more.end_session_endpoint.is_some(),
            "end_session_endpoint",
            "signing out ends the session here only, not at the provider",
        ),
        (
            more.revocation_endpoint.is_some(),
            "revocation_endpoint",
            "tokens of ended sessions are not revoked",
        ),
        (
            more.code_challenge_methods_supported.is_some(),
            "code_challenge_methods_supported",
            "the provider may ignore PKCE, which is sent anyway",
        ),
        (hears_logouts, "backchannel_logout_supported", "a logout at the provider may not end sessions here"),
    ]
    .into_iter()
    .filter(|(is_there, ..)| !is_there)
    .map(|(_, field, hence)| MissingFeature { field, hence })
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::client_settings;

    const ISSUER: &str = "https://login.example/tenant";

    fn checked(issuer: &str, field: &str, value: &str) -> Result<(), String> {
        let mut document = json!({
            "issuer": issuer,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        for name in ENDPOINTS {
            document[name] = json!(format!("{issuer}/{name}"));
        }
        document[field] = Value::from(value);
        let settings = ClientSettings { issuer: issuer.to_owned(), ..client_settings() };
        check_metadata(&serde_json::from_value(document).unwrap(), &settings)
    }

    const ENDPOINTS: [&str; 6] = [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "revocation_endpoint",
    ];

    #[test]
    fn jd_03_jd_04_a_public_issuer_leads_to_https_and_never_inward() {
        for field in ENDPOINTS {
            for right in ["https://login.example/x", "https://other.example:8443/x?y=z", "https://8.8.8.8/x"]
            {
                assert_eq!(checked(ISSUER, field, right), Ok(()), "{field} {right}");
            }
            for wrong in [
                "http://login.example/x",
                "http://localhost/x",
                "http://127.0.0.1/x",
                "file:///etc/passwd",
                "https://127.0.0.1/x",
                "https://localhost:3001/x",
                "https://localhost./x",
                "https://169.254.169.254/x",
                "https://10.0.0.1/x",
                "https://[::1]/x",
                "https://0/x",
            ] {
                let refusal = checked(ISSUER, field, wrong).unwrap_err();
                assert!(refusal.contains(field), "{field} {wrong}: {refusal}");
            }
        }
    }

    #[test]
    fn jd_04_an_issuer_of_this_network_may_use_its_own_address_and_no_other() {
        for (issuer, url, is_right) in [
            ("https://10.0.0.1", "https://10.0.0.1:8443/x", true),
            ("https://10.0.0.1", "https://10.0.0.2/x", false),
            ("https://10.0.0.1", "https://127.0.0.1/x", false),
            ("http://127.0.0.1:9000", "http://localhost:9001/x", true),
            ("http://127.0.0.1:9000", "https://127.0.0.1/x", true),
            ("http://127.0.0.1:9000", "http://10.0.0.1/x", false),
            ("http://127.0.0.1:9000", "https://169.254.169.254/x", false),
            ("https://localhost:9000", "http://localhost:9000/x", false),
        ] {
            assert_eq!(checked(issuer, "jwks_uri", url).is_ok(), is_right, "{issuer} {url}");
        }
    }
}
