//! A document of the provider's that is kept: fresh for a while, the last good one for longer, fetched by one caller
//! at a time, and not asked for again at once after a failure.

use std::{future::Future, sync::Arc};

use tokio::sync::Mutex;

use crate::server::clock::{Clock, UnixSecs};

/// A kept document is used without asking for this long.
const FRESH_SECS: i64 = 600;
/// When the provider does not answer, the last good one serves for this long.
const LAST_GOOD_SECS: i64 = 86_400;
/// After a failure, and between refetches on demand, the provider is left alone for this long.
const COOLDOWN_SECS: i64 = 2;

struct Kept<T> {
    document: Arc<T>,
    at: UnixSecs,
}

struct State<T, E> {
    kept: Option<Kept<T>>,
    failed: Option<(UnixSecs, E)>,
    refetched_at: UnixSecs,
}

/// The cache of one document.
pub struct Cached<T, E> {
    state: Mutex<State<T, E>>,
    clock: Clock,
}

impl<T, E: Clone> Cached<T, E> {
    pub fn new(clock: Clock) -> Self {
        Self { state: Mutex::new(State { kept: None, failed: None, refetched_at: 0 }), clock }
    }

    /// The document, fetched when it is absent or no longer fresh.
    pub async fn get<F: Future<Output = Result<T, E>>>(
        &self,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        if let Some(kept) = &state.kept
            && (0..FRESH_SECS).contains(&(now - kept.at))
        {
            return Ok(kept.document.clone());
        }
        if let Some((at, error)) = &state.failed
            && (0..COOLDOWN_SECS).contains(&(now - at))
        {
            return last_good(&state, now).ok_or_else(|| error.clone());
        }
        self.fetch_into(&mut state, fetch).await
    }

    /// The document anew, because the kept one lacks something (such as a `kid`: OpenID Connect Core 10.1.1);
    /// the kept one when it was refetched only just now.
    pub async fn refetch<F: Future<Output = Result<T, E>>>(
        &self,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        if (0..COOLDOWN_SECS).contains(&(now - state.refetched_at))
            && let Some(kept) = &state.kept
        {
            return Ok(kept.document.clone());
        }
        state.refetched_at = now;
        // The last good one is what was found lacking: it is no answer here.
        let fetched = fetch().await;
        self.keep(&mut state, fetched)
    }

    /// What is kept, however old. Asks nobody and does not wait for a fetch that is under way.
    pub fn kept(&self) -> Option<Arc<T>> {
        let state = self.state.try_lock().ok()?;
        state.kept.as_ref().map(|kept| kept.document.clone())
    }

    /// Whether the last fetch failed. Does not wait for one that is under way.
    pub fn is_failing(&self) -> bool {
        self.state.try_lock().is_ok_and(|state| state.failed.is_some())
    }

    async fn fetch_into<F: Future<Output = Result<T, E>>>(
        &self,
        state: &mut State<T, E>,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E> {
        let fetched = fetch().await;
        let now = self.clock.now();
        self.keep(state, fetched).or_else(|error| last_good(state, now).ok_or(error))
    }

    fn keep(&self, state: &mut State<T, E>, fetched: Result<T, E>) -> Result<Arc<T>, E> {
        let now = self.clock.now();
        match fetched {
            Ok(document) => {
                let document = Arc::new(document);
                state.kept = Some(Kept { document: document.clone(), at: now });
                state.failed = None;
                Ok(document)
            }
            Err(error) => {
                state.failed = Some((now, error.clone()));
                Err(error)
            }
        }
    }
}

fn last_good<T, E>(state: &State<T, E>, now: UnixSecs) -> Option<Arc<T>> {
    state.kept.as_ref().filter(|kept| now - kept.at < LAST_GOOD_SECS).map(|kept| kept.document.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn jd_05_a_failure_is_not_repeated_at_once_and_recovers_without_restart() {
        let clock = Clock::default();
        let cached = Cached::<u8, &str>::new(clock.clone());
        assert_eq!(cached.get(|| async { Err("down") }).await, Err("down"));
        assert_eq!(cached.get(|| async { Ok(1) }).await, Err("down"), "left alone for a moment");
        clock.advance(COOLDOWN_SECS);
        assert_eq!(cached.get(|| async { Ok(1) }).await.map(|one| *one), Ok(1));
    }

    #[tokio::test]
    async fn jd_09_the_last_good_document_serves_for_a_stated_time() {
        let clock = Clock::default();
        let cached = Cached::<u8, &str>::new(clock.clone());
        assert!(cached.get(|| async { Ok(1) }).await.is_ok());
        clock.advance(FRESH_SECS);
        assert_eq!(cached.get(|| async { Err("down") }).await.map(|one| *one), Ok(1));
        clock.advance(LAST_GOOD_SECS);
        assert_eq!(cached.get(|| async { Err("down") }).await, Err("down"));
    }

    #[tokio::test]
    async fn jd_08_refetches_on_demand_have_a_cooldown() {
        let clock = Clock::default();
        let cached = Cached::<u8, &str>::new(clock.clone());
        assert_eq!(cached.refetch(|| async { Ok(1) }).await.map(|n| *n), Ok(1));
        assert_eq!(cached.refetch(|| async { Ok(2) }).await.map(|n| *n), Ok(1));
        clock.advance(COOLDOWN_SECS);
        assert_eq!(cached.refetch(|| async { Err("down") }).await, Err("down"), "the old one is no answer");
        assert_eq!(cached.get(|| async { Err("down") }).await.map(|n| *n), Ok(1), "but it still serves");
        clock.advance(COOLDOWN_SECS);
        assert_eq!(cached.refetch(|| async { Ok(2) }).await.map(|n| *n), Ok(2));
    }
}
