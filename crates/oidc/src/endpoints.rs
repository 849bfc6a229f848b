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
        if !is_of_operator && !(is_loopback_http(issuer) && is_loopback_http(url)) {
            return Err(match url.scheme() {
                "http" => format!("its {name} is not https, and the operator named no such host in insecure_hosts"),
                _ => format!("its {name} is not https"),
            });
        }
    }
    // A public provider has no reason to send requests to this machine or network (ASVS 1.3.6). Host names that
    // resolve to such addresses are refused at lookup.
    let is_ours = is_same_host(url, issuer)
        || is_of_loopback(url) && is_of_loopback(issuer)
        || base.is_some_and(|base| is_same_host(url, base));
    if is_of_here(url) && !is_ours {
        return Err(format!("its {name} is an address of this machine or of a private network"));
    }
    Ok(())
}
