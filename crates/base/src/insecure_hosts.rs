//! The hosts that the operator allows to be reached over plain http, for networks in which that is safe: containers of
//! one host, or a service mesh that encrypts.

use std::fmt;

use url::{Host, Url};

/// Hosts, each with a port or for every port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsecureHosts(Vec<HostPort>);

/// One host, on one port or on every port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    host: Host,
    port: Option<u16>,
}

impl HostPort {
    /// Parses `keycloak`, `keycloak:8080`, `10.0.0.5`, `[fd00::5]:8080` or `fd00::5`. `None` for anything else, such as
    /// a URL or a pattern.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(ip) = text.parse() {
            return Some(Self { host: Host::Ipv6(ip), port: None });
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if text.is_empty() || !text.chars().all(is_plain) {
            return None;
        }
        // The scheme has no default port, so a written port is never lost.
        let url = Url::parse(&format!("x://{text}")).ok()?;
        let host = Host::parse(url.host_str()?).ok()?;
        let has_port = text.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
        (has_port == url.port().is_some()).then_some(Self { host, port: url.port() })
    }

    fn is_of(&self, url: &Url) -> bool {
        let is_same = match (&self.host, url.host()) {
            (Host::Domain(one), Some(Host::Domain(other))) => one.eq_ignore_ascii_case(other),
            (Host::Ipv4(one), Some(Host::Ipv4(other))) => *one == other,
            (Host::Ipv6(one), Some(Host::Ipv6(other))) => *one == other,
            _ => false,
        };
        is_same && self.port.is_none_or(|port| url.port_or_known_default() == Some(port))
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl InsecureHosts {
    pub fn new(hosts: Vec<HostPort>) -> Self {
        Self(hosts)
    }

    /// Whether this URL may be used although it is plain http, if the operator wrote it.
    pub fn allow(&self, url: &Url) -> bool {
        url.scheme() == "http" && self.0.iter().any(|host| host.is_of(url))
    }

    /// The entries, as texts.
    pub fn iter(&self) -> impl Iterator<Item = &HostPort> {
        self.0.iter()
    }
}

/// Whether two URLs have the same host and port.
pub fn is_same_authority(one: &Url, other: &Url) -> bool {
    one.host_str().is_some_and(|host| other.host_str() == Some(host))
        && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(entries: &[&str], url: &str) -> bool {
        let hosts = entries.iter().map(|entry| HostPort::parse(entry).unwrap()).collect();
        InsecureHosts::new(hosts).allow(&Url::parse(url).unwrap())
    }

    #[test]
    fn r03_an_entry_is_that_host_and_no_other() {
        for (entry, url) in [
            ("api", "http://api:8080/v1"),
            ("api", "http://API/"),
            ("api:8080", "http://api:8080/"),
            ("api:80", "http://api/"),
            ("10.0.0.5", "http://10.0.0.5:9000/"),
            ("[fd00::5]:8080", "http://[fd00::5]:8080/"),
            ("fd00::5", "http://[fd00:0::5]/"),
            ("my_service:80", "http://my_service/"),
        ] {
            assert!(allows(&[entry], url), "{entry} {url}");
        }
        for (entry, url) in [
            ("api", "http://api.evil.example/"),
            ("api", "http://evil-api:8080/"),
            ("api:8080", "http://api:8081/"),
            ("api:8080", "http://api/"),
            ("api", "https://api/"),
            ("10.0.0.5", "http://10.0.0.50/"),
            ("fd00::5", "http://[fd00::6]/"),
            ("api", "ftp://api/"),
        ] {
            assert!(!allows(&[entry], url), "{entry} {url}");
        }
        assert!(!allows(&[], "http://api/"));
    }

    #[test]
    fn r03_what_is_no_host_is_no_entry() {
        for text in
            ["", "http://api", "api/", "*.example", "api:", "api:x", "api:70000", "a b", "me@api", "[fd00::5"]
        {
            assert_eq!(HostPort::parse(text), None, "{text}");
        }
        assert_eq!(HostPort::parse("[fd00::5]:80").unwrap().to_string(), "[fd00::5]:80");
    }
}
