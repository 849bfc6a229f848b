//! The proxy for outgoing requests, and the hosts that are reached without it.

use std::fmt;

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
}
