//! Parsers for the settings about outgoing connections, as in `values`.

use std::{fs, path::PathBuf, time::Duration};

use claimcheck_base::{
    http_proxy::Proxy,
    insecure_hosts::{HostPort, InsecureHosts},
};
use claimcheck_oidc::EndSession;
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use url::{Host, Position, Url, form_urlencoded};

use crate::config::{
    Secret,
    values::{Parsed, duration, is_loopback, operator_url, safe_url, scope},
};

/// The parameters of the end session request that the program sets (RP-Initiated Logout 1.0, 2), or that would put the
/// client secret into a URL.
const END_SESSION_PARAMS: [&str; 6] =
    ["id_token_hint", "logout_hint", "client_id", "client_secret", "post_logout_redirect_uri", "state"];

pub(super) fn end_session(text: &str) -> Parsed<EndSession> {
    match text {
        "get" => Ok(EndSession::Get),
        "post" => Ok(EndSession::Post),
        "off" => Ok(EndSession::Off),
        _ => Err("must be get, post or off".to_owned()),
    }
}

pub(super) fn end_session_params(text: &str) -> Parsed<Vec<(String, String)>> {
    let mut params: Vec<(String, String)> = Vec::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
        if name.is_empty() {
            return Err("must look like logout_uri=https://dashboard.example.com/&federated".to_owned());
        }
        if END_SESSION_PARAMS.contains(&name.as_str()) {
            return Err(format!("must not set `{name}`: every sign-out sets it where it is needed"));
        }
        if params.iter().any(|(other, _)| *other == name) {
            return Err(format!("sets `{name}` twice"));
        }
        params.push((name, value));
    }
    Ok(params)
}

/// Browsers go there, so it is `https`.
pub(super) fn end_session_url(text: &str) -> Parsed<Url> {
    safe_url(text, "https://login.example.com/logout")
}

/// May have a query, as Azure AD B2C's does.
pub(super) fn discovery_url(text: &str) -> Parsed<Url> {
    operator_url(text, "https://login.example.com/tenant/.well-known/openid-configuration")
}

pub(super) fn provider_base_url(text: &str) -> Parsed<Url> {
    let example = "https://id.internal.example.com:8443";
    let url = operator_url(text, example)?;
    match text.contains('?') {
        true => Err(format!("must not have a query. Example: {example}")),
        false => Ok(url),
    }
}

/// Whether requests to this address are readable on a network.
pub(super) fn is_insecure(url: &Url) -> bool {
    url.scheme() == "http" && !is_loopback(url)
}

/// The problem with such an address that no setting allows.
pub(super) fn insecure(url: &Url) -> String {
    let host = &url[Position::BeforeHost..Position::AfterPort];
    format!(
        "must use https; http is allowed on loopback, and for hosts in insecure_hosts: add {host} there if the network is \
         trusted"
    )
}

pub(super) fn insecure_hosts(items: &[String]) -> Parsed<InsecureHosts> {
    let words = items.iter().flat_map(|item| item.split_whitespace());
    let hosts = words.map(|word| {
        HostPort::parse(word).ok_or_else(|| {
            format!("`{word}` is not a host, with or without a port. Example: \"keycloak:8080, api, [fd00::5]:8080\"")
        })
    });
    Ok(InsecureHosts::new(hosts.collect::<Parsed<_>>()?))
}

/// Never quotes the text: it may contain a password.
pub(super) fn proxy(text: &str) -> Parsed<Proxy> {
    let example = "https://user:password@proxy.example.com:3128";
    let mut url =
        Url::parse(text).map_err(|error| format!("is not a valid URL ({error}). Example: {example}"))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!("must be an HTTP proxy, with http or https. Example: {example}"));
    }
    if url.host_str().is_none() || url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(format!("must be scheme, host and port only. Example: {example}"));
    }
    let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(String::from);
    let (Ok(name), Ok(password)) = (decoded(url.username()), decoded(url.password().unwrap_or_default()))
    else {
        return Err("has a user name or password that is not UTF-8 when percent-decoded".to_owned());
    };
    if name.contains(':') {
        return Err("has a user name with a colon, which no proxy can read (RFC 7617 2)".to_owned());
    }
    let credentials = (!name.is_empty() || !password.is_empty()).then(|| (name, Secret::new(password)));
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return Err(format!("must have a host. Example: {example}"));
    }
    Ok(Proxy { url, credentials })
}

/// Each as the client reads it: domains without a leading dot, addresses without brackets, networks.
pub(super) fn no_proxy(items: &[String]) -> Parsed<Vec<String>> {
    let words = items.iter().flat_map(|item| item.split_whitespace());
    words.map(exception).collect()
}

fn exception(word: &str) -> Parsed<String> {
    let plain = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(word);
    if plain.parse::<IpNet>().is_ok() || plain.parse::<std::net::IpAddr>().is_ok() {
        return Ok(plain.to_owned());
    }
    let domain = word.strip_prefix("*.").or_else(|| word.strip_prefix('.')).unwrap_or(word);
    match Host::parse(domain) {
        Ok(Host::Domain(name)) if !name.contains('*') => Ok(name),
        _ => Err(format!(
            "`{word}` is not a domain, an IP address or a network, without scheme and port. Example: \
             \"internal.example.com, 10.0.0.0/8\""
        )),
    }
}

/// No `openid` is needed: they are added to those of the sign-in.
pub(super) fn step_up_scopes(words: &[String]) -> Parsed<Vec<String>> {
    words.iter().map(|word| scope(word)).collect()
}

pub(super) fn provider_timeout(text: &str) -> Parsed<Duration> {
    duration_up_to(text, 60)
}

pub(super) fn api_timeout(text: &str) -> Parsed<Duration> {
    duration_up_to(text, 120)
}

fn duration_up_to(text: &str, most_secs: u64) -> Parsed<Duration> {
    duration(text)
        .ok()
        .filter(|duration| *duration <= Duration::from_secs(most_secs))
        .ok_or_else(|| format!("must be a duration from 1s to {most_secs}s, such as \"15s\""))
}

/// A readable PEM bundle with which a client can be built.
pub(super) fn ca_file(text: &str) -> Parsed<PathBuf> {
    let bytes = fs::read(text).map_err(|error| format!("cannot read {text}: {error}"))?;
    let found = reqwest::Certificate::from_pem_bundle(&bytes).unwrap_or_default();
    let is_some = !found.is_empty();
    let client = reqwest::Client::builder().tls_built_in_root_certs(false);
    let client = found.into_iter().fold(client, reqwest::ClientBuilder::add_root_certificate);
    if is_some && client.build().is_ok() {
        Ok(PathBuf::from(text))
    } else {
        Err(format!(
            "{text} must contain certificates in PEM format, starting with -----BEGIN CERTIFICATE-----"
        ))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::testing::{accepts, load, refuses};

    const API: &str =
        "[[api]]\nid = \"stock\"\ntitle = \"Stock\"\nurl = \"http://stock:8080/v2\"\naudience = \"stock\"\n";

    #[test]
    fn r03_plain_http_is_for_named_hosts_and_each_is_warned_about() {
        for (key, url) in [
            ("ISSUER", "http://keycloak:8080/realms/x"),
            ("API_URL", "http://keycloak:8080/v1"),
            ("DISCOVERY_URL", "http://keycloak:8080/x"),
            ("PROVIDER_BASE_URL", "http://keycloak:8080"),
            ("PROXY", "http://me:canary@keycloak:8080"),
        ] {
            let key = format!("CLAIMCHECK_{key}");
            let said = refuses(&[(&key, url)]);
            assert!(said.contains("insecure_hosts") && said.contains("add keycloak:8080"), "{said}");
            assert!(said.contains(&format!("({key})")) && !said.contains("canary"), "{said}");
            for right in ["keycloak", "keycloak:8080", "api, KEYCLOAK"] {
                let (_, warnings) = load(None, &[(&key, url), ("CLAIMCHECK_INSECURE_HOSTS", right)]).unwrap();
                assert!(
                    warnings.iter().any(|warning| warning.message.contains("plain http to keycloak")),
                    "{right}"
                );
            }
            for wrong in ["keycloak:80", "keycloak.evil.example", "cloak", "evil-keycloak"] {
                let said = refuses(&[(&key, url), ("CLAIMCHECK_INSECURE_HOSTS", wrong)]);
                assert!(said.contains("insecure_hosts"), "{wrong}: {said}");
            }
        }
    }

    #[test]
    fn r03_a_further_api_too_and_never_the_public_address() {
        let said = load(Some(API), &[]).unwrap_err().to_string();
        assert!(said.contains("api[0].url, line 4 of") && said.contains("add stock:8080"), "{said}");
        let hosts = ("CLAIMCHECK_INSECURE_HOSTS", "stock:8080, dash");
        assert!(load(Some(API), &[hosts]).is_ok());
        let said = refuses(&[hosts, ("CLAIMCHECK_PUBLIC_URL", "http://dash")]);
        assert!(said.contains("public_url") && said.contains("must use https"), "{said}");
        for bad in ["*", "http://api", "api/", "a b*", "api:0x50"] {
            assert!(refuses(&[("CLAIMCHECK_INSECURE_HOSTS", bad)]).contains("is not a host"), "{bad}");
        }
    }

    #[test]
    fn r20_the_credentials_of_a_proxy_are_secret() {
        let settings = accepts(&[("CLAIMCHECK_PROXY", "https://me%40x:canary%25@proxy.example.com:3128")]);
        let proxy = settings.outgoing.proxy.clone().unwrap();
        assert_eq!(proxy.url.as_str(), "https://proxy.example.com:3128/");
        let (name, password) = proxy.credentials.as_ref().unwrap();
        assert_eq!((name.as_str(), password.expose()), ("me@x", "canary%"));
        assert!(!format!("{settings:?}").contains("canary"));
        assert!(accepts(&[("CLAIMCHECK_PROXY", "http://127.0.0.1:3128")]).outgoing.proxy.is_some());
        for bad in [
            "proxy.example.com:3128",
            "socks5://canary@proxy.example.com",
            "https://me:canary@proxy.example.com/path",
            "https://me:canary@proxy.example.com/?a",
        ] {
            let said = refuses(&[("CLAIMCHECK_PROXY", bad)]);
            assert!(said.contains("proxy (CLAIMCHECK_PROXY)") && !said.contains("canary"), "{bad}: {said}");
        }
    }

    #[test]
    fn r20_exceptions_are_hosts_and_networks() {
        let of = |text: &str| accepts(&[("CLAIMCHECK_NO_PROXY", text)]).outgoing.no_proxy;
        assert_eq!(
            of("api.internal, .example.com, *.example.org, 10.0.0.0/8, [::1], 127.0.0.1"),
            ["api.internal", "example.com", "example.org", "10.0.0.0/8", "::1", "127.0.0.1"]
        );
        for bad in ["http://api", "api:8080", "*", "a/b"] {
            assert!(refuses(&[("CLAIMCHECK_NO_PROXY", bad)]).contains("no_proxy"), "{bad}");
        }
    }

    #[test]
    fn r25_timeouts_have_both_bounds_in_the_message() {
        let of = |key: &str, value: &str| load(None, &[(key, value)]).map(|(settings, _)| settings.outgoing);
        for (key, most, first_wrong) in
            [("CLAIMCHECK_PROVIDER_TIMEOUT", "60s", "61s"), ("CLAIMCHECK_API_TIMEOUT", "2m", "121s")]
        {
            for right in ["1s", most] {
                assert!(of(key, right).is_ok(), "{key} {right}");
            }
            for wrong in ["0s", first_wrong, "5", "5 s", "-1s", "1h"] {
                let said = of(key, wrong).unwrap_err().to_string();
                let last = if key.contains("API") { "to 120s" } else { "to 60s" };
                assert!(said.contains("from 1s") && said.contains(last), "{said}");
            }
        }
        let timeout = API.replace("http://stock:8080", "https://stock.example.com");
        let api = |line: &str| load(Some(&format!("{timeout}{line}\n")), &[]);
        let (settings, _) = api("timeout = \"20s\"").unwrap();
        assert_eq!(settings.api("stock").unwrap().timeout.map(|timeout| timeout.as_secs()), Some(20));
        assert!(api("timeout = \"3m\"").unwrap_err().to_string().contains("from 1s to 120s"));
    }

    #[test]
    fn r21_end_session_is_read() {
        let of = |text: &str| accepts(&[("CLAIMCHECK_END_SESSION_PARAMS", text)]).outgoing.end_session_params;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            of("logout_uri=https://dash.example/&federated"),
            [pair("logout_uri", "https://dash.example/"), pair("federated", "")]
        );
        for (key, bad) in [
            ("END_SESSION", "GET"),
            ("END_SESSION", "none"),
            ("END_SESSION_URL", "http://login.example.com/logout"),
            ("END_SESSION_PARAMS", "state=a"),
            ("END_SESSION_PARAMS", "id_token_hint=a"),
            ("END_SESSION_PARAMS", "client_secret=a"),
            ("END_SESSION_PARAMS", "a=1&a=2"),
            ("END_SESSION_PARAMS", "=a"),
        ] {
            let key = format!("CLAIMCHECK_{key}");
            assert!(refuses(&[(&key, bad)]).contains(&key), "{bad}");
        }
    }
}
