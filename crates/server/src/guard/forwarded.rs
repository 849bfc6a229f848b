//! Forwarded headers from a peer that is not a trusted proxy. Usually that is a reverse proxy which the settings do not
//! name: all of its users count as one client then. It is reported, and nothing else changes, because any client can send
//! such a header.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::http::{HeaderMap, header::FORWARDED};

use super::client_address::X_FORWARDED_FOR;
use crate::budget::network;

/// So many peers are reported. After that, nobody looks at the headers any more.
const MAX_PEERS: usize = 4;

/// The peers that were reported, by network. Clones share them.
#[derive(Clone, Default)]
pub struct UntrustedProxies(Arc<Noted>);

#[derive(Default)]
struct Noted {
    count: AtomicUsize,
    peers: Mutex<Vec<(IpAddr, IpAddr)>>,
}

impl UntrustedProxies {
    /// Logs the first request with a forwarded header of each such peer.
    pub(super) fn note(&self, peer: IpAddr, headers: &HeaderMap) {
        if self.0.count.load(Ordering::Relaxed) >= MAX_PEERS
            || !(headers.contains_key(&X_FORWARDED_FOR) || headers.contains_key(FORWARDED))
        {
            return;
        }
        let mut peers = self.lock();
        if peers.len() >= MAX_PEERS || peers.iter().any(|(found, _)| *found == network(peer)) {
            return;
        }
        peers.push((network(peer), peer));
        self.0.count.store(peers.len(), Ordering::Relaxed);
        drop(peers);
        tracing::error!(event = "untrusted proxy", %peer, "{}", advice(peer));
    }

    /// What an operator should look at.
    pub fn warnings(&self) -> Vec<String> {
        self.lock().iter().map(|(_, peer)| advice(*peer)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(IpAddr, IpAddr)>> {
        self.0.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn advice(peer: IpAddr) -> String {
    format!(
        "{peer} sends X-Forwarded-For or Forwarded, and is not in trusted_proxies: if it is your reverse proxy, set \
         trusted_proxies = [\"{peer}\"] (CLAIMCHECK_TRUSTED_PROXIES), because until then all users behind it count as one \
         client; otherwise a client sent the header, and nothing needs to be done"
    )
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{super::testing::get, IpAddr, MAX_PEERS, UntrustedProxies};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        get("/", pairs).headers().clone()
    }

    #[test]
    fn f24_each_peer_is_reported_once_and_only_for_a_forwarded_header() {
        let (proxies, ip) = (UntrustedProxies::default(), |last| IpAddr::from([10, 0, 0, last]));
        proxies.note(ip(1), &headers(&[("x-forwarded-host", "a.example"), ("x-real-ip", "203.0.113.7")]));
        assert_eq!(proxies.warnings(), Vec::<String>::new());
        for pair in
            [("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=203.0.113.7"), ("x-forwarded-for", "")]
        {
            proxies.note(ip(1), &headers(&[pair]));
            assert_eq!(proxies.warnings().len(), 1, "{pair:?}");
        }
        assert!(proxies.warnings()[0].contains("trusted_proxies = [\"10.0.0.1\"]"));
        for last in 0..20 {
            proxies.note(ip(last), &headers(&[("forwarded", "for=_hidden")]));
        }
        assert_eq!(proxies.warnings().len(), MAX_PEERS, "a flood of peers takes no memory");
        proxies.note(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), &headers(&[("forwarded", "for=_hidden")]));
        assert_eq!(proxies.warnings().len(), MAX_PEERS);
    }
}
