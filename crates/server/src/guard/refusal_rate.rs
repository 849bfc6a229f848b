//! How often one client may be refused before it is heard no more for a moment (OP-05): for those who may come as often as
//! they like while they speak the truth, as the provider that logs people out.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{ClientAddress, RateLimit, TooMany, rate::network};

/// Clients that are not heard, remembered at most.
const MAX_BARRED: usize = 4096;

/// Counts the refusals of each client; clones count together.
#[derive(Clone)]
pub struct FailureRateLimit {
    rate: RateLimit,
    barred: Arc<Mutex<HashMap<IpAddr, Instant>>>,
}

impl FailureRateLimit {
    /// So many refusals a minute; 0 is no limit.
    pub fn new(per_minute: u32) -> Self {
        Self { rate: RateLimit::new(per_minute), barred: Arc::default() }
    }

    /// Whether this client is heard now.
    ///
    /// # Errors
    /// It was refused too often just now.
    pub fn hear(&self, client: ClientAddress) -> Result<(), TooMany> {
        let until = self.lock().get(&network(client)).copied();
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(left) if !left.is_zero() => Err(TooMany { retry_after_secs: left.as_secs() + 1 }),
            _ => Ok(()),
        }
    }

    /// Counts one more refusal of this client.
    pub fn refused(&self, client: ClientAddress) {
        let Err(too_many) = self.rate.count(client) else { return };
        let now = Instant::now();
        let mut barred = self.lock();
        if barred.len() >= MAX_BARRED {
            barred.retain(|_, until| *until > now);
        }
        // A flood from so many addresses is nothing that a limit per address can stop.
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
