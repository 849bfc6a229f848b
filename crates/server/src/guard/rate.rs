//! The rate limit for sign-ins of one client (OP-05), and for operations of similar cost. Starting a sign-in costs this
//! server and the provider little, so the limit is against floods: an office behind one address must not reach it. Other
//! limits count something else than clients.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};

use super::ClientAddress;
use crate::budget;

/// The maximum number of clients in memory: a few megabytes.
const MAX_CLIENTS: usize = 65_536;

type Limiter<K, C> = RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// There were too many operations of one client or user, such as sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many sign-ins from one address")]
pub struct TooMany {
    /// When the next one is allowed: in at least a second.
    pub retry_after_secs: u64,
}

/// Counts the sign-ins of each client, or other operations by another key. Clones share their counters.
#[derive(Clone)]
pub struct RateLimit<K: Clone + Eq + Hash = IpAddr, C: Clock = DefaultClock>(Option<Arc<Counter<K, C>>>);

struct Counter<K: Clone + Eq + Hash, C: Clock> {
    quota: Quota,
    clock: C,
    limiter: RwLock<Limiter<K, C>>,
    refused: AtomicU64,
}

impl<K: Clone + Eq + Hash> RateLimit<K> {
    /// A limit per minute, all of which may be used at once; 0 means no limit.
    pub fn new(per_minute: u32) -> Self {
        Self::with_clock(per_minute, DefaultClock::default())
    }
}

impl<C: Clock + Clone> RateLimit<IpAddr, C> {
    /// Counts one sign-in of this client.
    ///
    /// # Errors
    /// It exceeds the limit, and is not counted.
    pub fn count(&self, client: ClientAddress) -> Result<(), TooMany> {
        self.count_of(&network(client))
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> RateLimit<K, C> {
    fn with_clock(per_minute: u32, clock: C) -> Self {
        Self(NonZeroU32::new(per_minute).map(|per_minute| {
            let quota = Quota::per_minute(per_minute);
            let limiter = RwLock::new(fresh(quota, &clock));
            Arc::new(Counter { quota, clock, limiter, refused: AtomicU64::new(0) })
        }))
    }

    /// How many operations exceeded the limit since the start.
    pub fn refused(&self) -> u64 {
        self.0.as_ref().map_or(0, |counter| counter.refused.load(Ordering::Relaxed))
    }

    /// Counts one operation of this key.
    ///
    /// # Errors
    /// It exceeds the limit, and is not counted.
    pub fn count_of(&self, key: &K) -> Result<(), TooMany> {
        let Some(counter) = &self.0 else { return Ok(()) };
        let limiter = counter.limiter.read().unwrap_or_else(PoisonError::into_inner);
        let counted = limiter.check_key(key);
        let is_full = limiter.len() > MAX_CLIENTS;
        drop(limiter);
        if is_full {
            counter.forget();
        }
        counted.map_err(|until| {
            counter.refused.fetch_add(1, Ordering::Relaxed);
            let wait = until.wait_time_from(counter.clock.now());
            let begun = u64::from(wait.subsec_nanos() > 0);
            TooMany { retry_after_secs: wait.as_secs().saturating_add(begun).max(1) }
        })
    }
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> Counter<K, C> {
    /// Forgets clients that have used none of their limit; if that frees too little, all of them. A limit per address
    /// cannot stop a flood from so many addresses, and it must not use up memory.
    fn forget(&self) {
        let mut limiter = self.limiter.write().unwrap_or_else(PoisonError::into_inner);
        limiter.retain_recent();
        if limiter.len() > MAX_CLIENTS / 2 {
            *limiter = fresh(self.quota, &self.clock);
        }
        limiter.shrink_to_fit();
    }
}

fn fresh<K: Clone + Eq + Hash, C: Clock + Clone>(quota: Quota, clock: &C) -> Limiter<K, C> {
    RateLimiter::new(quota, HashMapStateStore::default(), clock.clone())
}

/// The network that counts as one client.
pub(super) fn network(client: ClientAddress) -> IpAddr {
    budget::network(client.ip())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::{ClientAddress, IpAddr, MAX_CLIENTS, RateLimit, TooMany};

    fn client(address: &str) -> ClientAddress {
        address.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn op_05_one_too_many_is_refused_and_after_the_time_it_named_accepted() {
        let clock = FakeRelativeClock::default();
        let rate = RateLimit::with_clock(4, clock.clone());
        let (one, other) = (client("203.0.113.7"), client("203.0.113.8"));
        for _ in 0..4 {
            assert_eq!(rate.count(one), Ok(()));
        }
        assert_eq!(rate.count(one), Err(TooMany { retry_after_secs: 15 }));
        assert_eq!(rate.count(other), Ok(()), "another client is counted by itself");
        clock.advance(Duration::from_millis(14_900));
        assert_eq!(rate.clone().count(one), Err(TooMany { retry_after_secs: 1 }));
        clock.advance(Duration::from_millis(100));
        assert_eq!(rate.count(one), Ok(()));
        assert!(rate.count(one).is_err());
    }

    #[test]
    fn op_05_an_office_signs_in_at_once_and_a_limit_can_be_off() {
        let rate = RateLimit::new(600);
        assert!((0..600).all(|_| rate.count(client("203.0.113.7")).is_ok()));
        let off = RateLimit::new(0);
        assert!((0..10_000).all(|_| off.count(client("203.0.113.7")).is_ok()));
    }

    #[test]
    fn op_05_a_network_of_ipv6_is_one_client() {
        let rate = RateLimit::with_clock(1, FakeRelativeClock::default());
        assert_eq!(rate.count(client("2001:db8:0:1::1")), Ok(()));
        assert!(rate.count(client("2001:db8:0:1:ffff::2")).is_err());
        assert_eq!(rate.count(client("2001:db8:0:2::1")), Ok(()));
        assert_eq!(rate.count(client("::ffff:203.0.113.7")), Ok(()));
        assert!(rate.count(client("203.0.113.7")).is_err());
        assert_eq!(rate.count(client("203.0.113.8")), Ok(()));
    }

    #[test]
    fn op_05_a_flood_of_addresses_is_not_remembered_for_ever() {
        let clock = FakeRelativeClock::default();
        let rate = RateLimit::with_clock(1, clock.clone());
        let remembered = || rate.0.as_ref().unwrap().limiter.read().unwrap().len();
        let flood = |from: u32| {
            for number in 0..MAX_CLIENTS as u32 {
                assert!(rate.count(ClientAddress::from(IpAddr::from((from + number).to_be_bytes()))).is_ok());
                assert!(remembered() <= MAX_CLIENTS + 1);
            }
        };
        flood(0);
        assert_eq!(remembered(), MAX_CLIENTS);
        // A client over the limit stays so while others are forgotten.
        clock.advance(Duration::from_secs(121));
        let busy = client("203.0.113.7");
        assert!(rate.count(busy).is_ok() && rate.count(busy).is_err());
        assert_eq!(remembered(), 1);
        // A flood within the minute resets everything.
        flood(1 << 24);
        assert!(remembered() < MAX_CLIENTS);
    }
}
