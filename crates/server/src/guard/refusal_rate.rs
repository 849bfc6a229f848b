//! A limit for refusals of one client, after which it is blocked for a short time (OP-05). For clients with an
//! unlimited rate of valid requests, such as the provider's logouts.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{ClientAddress, RateLimit, TooMany, rate::network};

/// The maximum number of blocked clients in memory.
const MAX_BARRED: usize = 4096;

/// Counts the refusals of each client. Clones share their counters.
#[derive(Clone)]
pub struct FailureRateLimit {
    rate: RateLimit,
    barred: Arc<Mutex<HashMap<IpAddr, Instant>>>,
}

impl FailureRateLimit {
    /// A limit per minute; 0 means no limit.
    pub fn new(per_minute: u32) -> Self {
        Self { rate: RateLimit::new(per_minute), barred: Arc::default() }
    }

    /// Whether this client's requests are accepted now.
    ///
    /// # Errors
    /// It was refused too often recently.
    pub fn hear(&self, client: ClientAddress) -> Result<(), TooMany> {
        let until = self.lock().get(&network(client)).copied();
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(left) if !left.is_zero() => Err(TooMany { retry_after_secs: left.as_secs() + 1 }),
            _ => Ok(()),
        }
    }

    /// Counts one refusal of this client.
    pub fn refused(&self, client: ClientAddress) {
        let Err(too_many) = self.rate.count(client) else { return };
        let now = Instant::now();
        let mut barred = self.lock();
        if barred.len() >= MAX_BARRED {
            barred.retain(|_, until| *until > now);
        }
        // A limit per address cannot stop a flood from so many addresses.
        if barred.len() < MAX_BARRED {
            barred.insert(network(client), now + Duration::from_secs(too_many.retry_after_secs));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Instant>> {
        self.barred.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn op_05_whoever_was_refused_too_often_is_not_heard_for_a_moment() {
        let rate = FailureRateLimit::new(2);
        let client = |last| ClientAddress::from(IpAddr::from([203, 0, 113, last]));
        for _ in 0..100 {
            assert_eq!(rate.hear(client(7)), Ok(()), "who is never refused is always heard");
        }
        for _ in 0..2 {
            rate.refused(client(7));
            assert_eq!(rate.hear(client(7)), Ok(()));
        }
        rate.refused(client(7));
        let refused = rate.hear(client(7)).unwrap_err();
        assert!((1..=31).contains(&refused.retry_after_secs), "{refused:?}");
        assert_eq!(rate.hear(client(8)), Ok(()));
        tokio::time::advance(Duration::from_secs(refused.retry_after_secs)).await;
        assert_eq!(rate.hear(client(7)), Ok(()));
        let off = FailureRateLimit::new(0);
        (0..1000).for_each(|_| off.refused(client(7)));
        assert_eq!(off.hear(client(7)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn op_05_the_time_that_is_named_is_enough() {
        let rate = FailureRateLimit::new(1);
        let client = ClientAddress::from(IpAddr::from([203, 0, 113, 7]));
        rate.refused(client);
        rate.refused(client);
        tokio::time::advance(Duration::from_millis(500)).await;
        let left = rate.hear(client).unwrap_err().retry_after_secs;
        tokio::time::advance(Duration::from_secs(left)).await;
        assert_eq!(rate.hear(client), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn op_05_a_full_memory_keeps_those_that_are_blocked_and_later_has_room_again() {
        let rate = FailureRateLimit::new(1);
        let client = |number: u32| ClientAddress::from(IpAddr::from((1_000_000 + number).to_be_bytes()));
        let block = |number| {
            rate.refused(client(number));
            rate.refused(client(number));
            rate.hear(client(number)).is_err()
        };
        assert!((0..MAX_BARRED as u32).all(block));
        assert!(!block(MAX_BARRED as u32), "there is no room");
        assert!((0..MAX_BARRED as u32).all(|number| rate.hear(client(number)).is_err()));
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert!(block(2 * MAX_BARRED as u32), "the others are over");
        assert_eq!(rate.lock().len(), 1);
    }

    #[tokio::test]
    async fn op_05_a_flood_of_refused_addresses_is_not_remembered_for_ever() {
        let rate = FailureRateLimit::new(1);
        for number in 0..(2 * MAX_BARRED as u32) {
            let client = ClientAddress::from(IpAddr::from((1_000_000 + number).to_be_bytes()));
            rate.refused(client);
            rate.refused(client);
        }
        assert!(rate.lock().len() <= MAX_BARRED);
    }
}
