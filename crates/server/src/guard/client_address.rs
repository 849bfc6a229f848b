//! The client address of a request: the peer's, or the one that a trusted proxy reports in `X-Forwarded-For`. Anyone
//! can send that header, so only the entries written by trusted proxies count (OP-06).
//!
//! `Forwarded` (RFC 7239) is not read: a proxy that writes one of the two passes the other on unchanged from the
//! client.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, HeaderName},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

use super::Policy;
use crate::traces::FromTrustedProxy;

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Networks whose `X-Forwarded-For` is trusted.
pub(super) type TrustedProxies = Arc<[IpNet]>;

/// An extension of requests that arrived on a Unix socket. Only processes that the operator allows reach it, so its peers
/// are trusted proxies.
#[derive(Clone, Copy)]
pub struct OverSocket;

/// The address of the client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Clients with an unknown address share one, so that limits per address apply to them, too.
    const UNKNOWN: Self = Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

    /// The client address of the request with these extensions.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self::UNKNOWN)
    }

    pub fn ip(self) -> IpAddr {
        self.0
    }
}

impl From<IpAddr> for ClientAddress {
    /// A dual-stack listener reports IPv4 clients with mapped addresses.
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Stores the client's address in the request.
pub(super) async fn note(State(policy): State<Policy>, mut request: Request, next: Next) -> Response {
    let trusted = &policy.trusted_proxies;
    if request.extensions().get::<OverSocket>().is_some() {
        let client = forwarded(ClientAddress::UNKNOWN, request.headers(), trusted);
        request.extensions_mut().insert(client);
    } else if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let peer = peer.ip().into();
        let client = client(peer, request.headers(), trusted);
        // From a trusted proxy without a readable header, the client is the proxy.
        match is_trusted(peer, trusted) {
            true => drop(request.extensions_mut().insert(FromTrustedProxy)),
            false if client == peer => policy.untrusted_proxies.note(peer.ip(), request.headers()),
            false => {}
        }
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

fn client(peer: ClientAddress, headers: &HeaderMap, trusted: &[IpNet]) -> ClientAddress {
    if is_trusted(peer, trusted) { forwarded(peer, headers, trusted) } else { peer }
}

/// Walks from a trusted peer towards the client while the sender is trusted. The first untrusted address is the client.
fn forwarded(peer: ClientAddress, headers: &HeaderMap, trusted: &[IpNet]) -> ClientAddress {
    // Each proxy appends the address of its own peer; several header lines form one list (RFC 9110 5.3).
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut said = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')).map(address);
    let mut client = peer;
    // It ends with the list, or where there is no address: the rest cannot be trusted.
    while let Some(further) = said.next().flatten() {
        client = further;
        if !is_trusted(client, trusted) {
            break;
        }
    }
    client
}

fn is_trusted(address: ClientAddress, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address.0))
}

/// Whether a request arrived from a trusted proxy. If none is named, one on this machine counts.
pub(super) fn is_from_proxy(policy: &Policy, extensions: &Extensions) -> bool {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| ClientAddress::from(peer.ip()));
    let trusted = &policy.trusted_proxies;
    extensions.get::<OverSocket>().is_some()
        || peer.is_some_and(|peer| match trusted.is_empty() {
            true => peer.0.is_loopback(),
            false => is_trusted(peer, trusted),
        })
}

/// One entry of the list; some proxies include the port.
fn address(text: &str) -> Option<ClientAddress> {
    let text = text.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed).map(ClientAddress::from)
}

#[cfg(test)]
mod tests {
    use super::{super::testing::get, ClientAddress, IpAddr, IpNet, client};

    const PROXY: &str = "10.0.0.1";

    fn found(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let headers: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let peer = ClientAddress::from(peer.parse::<IpAddr>().unwrap());
        client(peer, get("/", &headers).headers(), &trusted).to_string()
    }

    #[test]
    fn op_06_a_forwarded_address_counts_from_a_trusted_proxy_only() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(found(PROXY, &["203.0.113.7"], &trusted), "203.0.113.7");
        assert_eq!(found(PROXY, &["203.0.113.7"], &[]), PROXY);
        assert_eq!(found("192.0.2.1", &["203.0.113.7"], &trusted), "192.0.2.1");
        assert_eq!(found(PROXY, &[], &trusted), PROXY);
    }

    #[test]
    fn op_06_what_the_client_wrote_itself_does_not_count() {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"];
        for (lines, expected) in [
            (&["198.51.100.9, 203.0.113.7"][..], "203.0.113.7"),
            (&["198.51.100.9", "203.0.113.7"], "203.0.113.7"),
            (&["10.0.0.9, 203.0.113.7"], "203.0.113.7"),
            // Another trusted proxy in between is skipped.
            (&["198.51.100.9, 203.0.113.7, 10.9.9.9"], "203.0.113.7"),
            (&["203.0.113.7,10.9.9.9", "2001:db8:1::5 ,10.2.2.2"], "203.0.113.7"),
            // All are internal: the farthest one.
            (&["10.3.3.3, 10.9.9.9"], "10.3.3.3"),
        ] {
            assert_eq!(found(PROXY, lines, &trusted), expected, "{lines:?}");
        }
    }

    #[test]
    fn op_06_what_is_no_address_ends_the_list() {
        let trusted = ["10.0.0.0/8"];
        for wrong in ["unknown", "", "203.0.113.7 198.51.100.9", "203.0.113.256", "é", "203.0.113.7,"] {
            assert_eq!(found(PROXY, &["198.51.100.9", wrong], &trusted), PROXY, "{wrong}");
            assert_eq!(found(PROXY, &[wrong, "10.4.4.4"], &trusted), "10.4.4.4", "{wrong}");
        }
        for (right, expected) in [
            (" 203.0.113.7 ", "203.0.113.7"),
            ("203.0.113.7:4711", "203.0.113.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
        ] {
            assert_eq!(found(PROXY, &["198.51.100.9", right], &trusted), expected, "{right}");
        }
        assert_eq!(found("::ffff:10.0.0.1", &["203.0.113.7"], &trusted), "203.0.113.7");
    }
}
