//! The proxy for outgoing requests, and the hosts that are reached without it.

use std::fmt;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::secret::Secret;

/// A proxy. `Debug` prints no credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its address, without credentials.
    pub url: Url,
    /// User name and password (RFC 7617).
    pub credentials: Option<(String, Secret)>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credentials = if self.credentials.is_some() { "; [redacted]" } else { "" };
        write!(f, "Proxy({}{credentials})", self.url)
    }
}

impl Proxy {
    /// The client's own form of it. `except` lists the hosts that are reached directly: a domain with all below it, an
    /// address, or a network.
    ///
    /// # Errors
    /// The client does not accept the address.
    pub(crate) fn for_client(&self, except: &[String]) -> Result<reqwest::Proxy, reqwest::Error> {
        let mut proxy = reqwest::Proxy::all(self.url.clone())?;
        if let Some((name, password)) = &self.credentials {
            proxy = proxy.basic_auth(name, password.expose());
        }
        Ok(proxy.no_proxy(reqwest::NoProxy::from_string(&except.join(","))))
    }

    /// Whether a request to that address goes through it, by the client's own rules. `except` is as above.
    pub(crate) fn is_for(&self, uri: &Uri, except: &[String]) -> bool {
        Matcher::builder().all(self.url.as_str()).no(except.join(",")).build().intercept(uri).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r20_loopback_goes_through_the_proxy_unless_it_is_an_exception() {
        let proxy = Proxy { url: Url::parse("http://proxy.example:3128").unwrap(), credentials: None };
        let except = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (uri, names, is_for) in [
            ("http://127.0.0.1:9000/token", &[][..], true),
            ("http://localhost:9000/token", &[], true),
            ("http://[::1]:9000/token", &[], true),
            ("http://127.0.0.1:9000/token", &["localhost", "127.0.0.2", "::1"], true),
            ("http://127.0.0.1:9000/token", &["10.0.0.0/8", "127.0.0.0/8"], false),
            ("http://localhost:9000/token", &["localhost"], false),
            ("http://id.localhost:9000/token", &["localhost"], false),
            ("http://notlocalhost/token", &["localhost"], true),
            ("http://[::1]:9000/token", &["::1"], false),
        ] {
            assert_eq!(proxy.is_for(&uri.parse().unwrap(), &except(names)), is_for, "{uri} {names:?}");
        }
    }
}
