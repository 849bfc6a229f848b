//! Where requests to the provider go: the internal addresses of its endpoints, and which addresses the discovery document
//! may name at all.

use claimcheck_base::{
    insecure_hosts::is_same_authority,
    private_network::{is_of_here, is_of_loopback, is_same_host},
};
use url::Url;

use crate::settings::ClientSettings;

/// Who sends requests to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Browser,
    Server,
}

/// The URL of the discovery document (Discovery 4.1): the configured one, or the one below the issuer.
pub(crate) fn discovery_url(settings: &ClientSettings) -> Result<Url, url::ParseError> {
    if let Some(url) = &settings.discovery_url {
        return Ok(url.clone());
    }
    // A terminating slash of the issuer is removed before the well-known path is appended.
    let issuer = settings.discovery_base();
    let url = Url::parse(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))?;
    Ok(move_endpoint(url, &Url::parse(&issuer)?, settings))
}

/// The internal address of an endpoint. Only endpoints of the issuer's origin are moved: an internal base with a path
/// takes the place of the whole issuer, one without a path that of the origin.
pub(crate) fn move_endpoint(url: Url, issuer: &Url, settings: &ClientSettings) -> Url {
    let Some(base) = &settings.provider_base_url else { return url };
    if url.origin() != issuer.origin() {
        return url;
    }
    let (from, to) = (issuer.path().trim_end_matches('/'), base.path().trim_end_matches('/'));
    let path = match url.path().strip_prefix(from).filter(|rest| rest.starts_with('/') && !to.is_empty()) {
        Some(rest) => format!("{to}{rest}"),
        None => url.path().to_owned(),
    };
    let mut moved = base.clone();
    moved.set_path(&path);
    moved.set_query(url.query());
    moved
}

/// Checks an endpoint of the discovery document: it must be `https` (Core 16.17), and not on this machine or network.
/// Exceptions are the hosts that the operator wrote.
pub(crate) fn check_endpoint(
    name: &str,
    url: &Url,
    issuer: &Url,
    caller: Caller,
    settings: &ClientSettings,
) -> Result<(), String> {
    let base = settings.provider_base_url.as_ref().filter(|_| caller == Caller::Server);
    if url.scheme() != "https" {
        let is_loopback_http = |url: &Url| url.scheme() == "http" && is_of_loopback(url);
        let is_plain = is_loopback_http(url) || settings.insecure_hosts.allow(url);
        // The operator wrote http for that very host and port. Browsers go only where the issuer is.
        let is_of = |written: &Url| written.scheme() == "http" && is_same_authority(url, written);
        let is_of_operator = is_plain && (is_of(issuer) || base.is_some_and(is_of));
        if !(is_of_operator || is_loopback_http(issuer) && is_loopback_http(url)) {
            return Err(match url.scheme() {
                "http" => {
                    format!("its {name} is not https, and the operator named no such host in insecure_hosts")
                }
                _ => format!("its {name} is not https"),
            });
        }
    }
    // A public provider has no reason to send requests to this machine or network (ASVS 1.3.6). Host names that
    // resolve to such addresses are refused at lookup.
    let is_ours = is_same_host(url, issuer)
        || is_of_loopback(url) && is_of_loopback(issuer)
        || base.is_some_and(|base| is_same_authority(url, base));
    if is_of_here(url) && !is_ours {
        return Err(format!("its {name} is an address of this machine or of a private network"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use claimcheck_base::insecure_hosts::{HostPort, InsecureHosts};
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        metadata::Metadata,
        testing::{client_settings, document},
    };

    const ISSUER: &str = "https://login.example/tenant";

    fn read(settings: &ClientSettings, changes: Value) -> Result<Metadata, String> {
        let mut document = document(&settings.issuer);
        document.extend(changes.as_object().unwrap().clone());
        Metadata::read(&document, settings)
    }

    fn checked(issuer: &str, field: &str, value: &str) -> Result<(), String> {
        let settings = ClientSettings { issuer: issuer.to_owned(), ..client_settings() };
        read(&settings, json!({ field: value })).map(|_| ())
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
                "https://198.18.0.1/x",
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
            ("http://[::1]:9000", "http://[::1]:9001/x", true),
            ("http://127.0.0.1:9000", "https://127.0.0.1/x", true),
            ("http://127.0.0.1:9000", "http://10.0.0.1/x", false),
            ("http://127.0.0.1:9000", "https://169.254.169.254/x", false),
            ("https://localhost:9000", "http://localhost:9000/x", false),
        ] {
            assert_eq!(checked(issuer, "jwks_uri", url).is_ok(), is_right, "{issuer} {url}");
        }
    }

    fn with(issuer: &str, base: Option<&str>, hosts: &[&str]) -> ClientSettings {
        ClientSettings {
            issuer: issuer.to_owned(),
            provider_base_url: base.map(|base| Url::parse(base).unwrap()),
            insecure_hosts: InsecureHosts::new(
                hosts.iter().map(|host| HostPort::parse(host).unwrap()).collect(),
            ),
            ..client_settings()
        }
    }

    #[test]
    fn r03_metadata_adds_no_host_and_browsers_keep_https() {
        let issuer = "http://keycloak:8080/realms/x";
        let hosts = ["keycloak:8080", "api"];
        let all_own = |settings: &ClientSettings| read(settings, json!({}));
        assert!(all_own(&with(issuer, None, &hosts)).is_ok());
        assert!(all_own(&with(issuer, None, &["api"])).is_err(), "the issuer itself is not listed");
        for field in ENDPOINTS {
            for other in
                ["http://keycloak:8081/x", "http://api/x", "http://evil-keycloak:8080/x", "http://keycloak/x"]
            {
                assert!(
                    read(&with(issuer, None, &hosts), json!({ field: other })).is_err(),
                    "{field} {other}"
                );
            }
        }
        // A public issuer with an internal address over http.
        let settings = with(ISSUER, Some("http://keycloak:8080"), &hosts);
        for (field, is_right) in ENDPOINTS.into_iter().zip([false, true, true, true, false, true]) {
            let found = read(&settings, json!({ field: "http://keycloak:8080/x" }));
            assert_eq!(found.is_ok(), is_right, "{field}");
            assert!(read(&settings, json!({ field: "http://api/x" })).is_err(), "{field}");
            assert!(
                read(&with(ISSUER, None, &hosts), json!({ field: "http://keycloak:8080/x" })).is_err(),
                "{field}: the operator wrote no address of that host"
            );
        }
    }

    #[test]
    fn r04_endpoints_of_the_issuer_are_moved_and_those_of_others_and_of_browsers_are_not() {
        let base = "https://id.internal:8443";
        let metadata = read(
            &with(ISSUER, Some(base), &[]),
            json!({ "userinfo_endpoint": "https://graph.example/me", "token_endpoint": "https://login.example/t?p=1" }),
        );
        let metadata = metadata.unwrap();
        assert_eq!(metadata.token_endpoint.as_str(), "https://id.internal:8443/t?p=1");
        assert_eq!(metadata.jwks_uri.as_str(), "https://id.internal:8443/tenant/jwks_uri");
        assert_eq!(metadata.userinfo_endpoint.unwrap().as_str(), "https://graph.example/me");
        assert!(metadata.authorization_endpoint.as_str().starts_with(ISSUER));
        assert!(metadata.end_session_endpoint.unwrap().as_str().starts_with(ISSUER));
        assert_eq!(metadata.issuer, ISSUER);
        let private = read(&with(ISSUER, Some("http://127.0.0.1:8080"), &[]), json!({})).unwrap();
        assert_eq!(private.token_endpoint.as_str(), "http://127.0.0.1:8080/tenant/token_endpoint");
        // A base with a path stands for the whole issuer.
        let below = read(&with(ISSUER, Some("https://10.0.0.7/auth/"), &[]), json!({})).unwrap();
        assert_eq!(below.token_endpoint.as_str(), "https://10.0.0.7/auth/token_endpoint");
        for wrong in ["https://10.0.0.8/x", "https://127.0.0.1/x"] {
            let settings = with(ISSUER, Some("https://10.0.0.7"), &[]);
            assert!(read(&settings, json!({ "token_endpoint": wrong })).is_err(), "{wrong}");
        }
    }
}
