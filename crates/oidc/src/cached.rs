//! A cached document of the provider: fresh for some minutes, and usable for longer if the provider fails. One caller
//! fetches it and the others wait; after a failure there is a cooldown.

use std::{future::Future, sync::Arc, time::Instant};

use claimcheck_base::clock::{Clock, UnixSecs};
use tokio::sync::Mutex;

/// How long a document is used without asking the provider. While the provider answers, a key that it withdraws is
/// trusted no longer than this.
const FRESH_SECS: i64 = 600;
/// How long the last good document is used while the provider does not answer.
const LAST_GOOD_SECS: i64 = 86_400;
/// The cooldown after failures, and between refetches on demand.
const COOLDOWN_SECS: i64 = 2;

struct Kept<T> {
    document: Arc<T>,
    /// The URL it came from. The document of another URL is a different one.
    from: String,
    at: UnixSecs,
}

struct FetchFailure<E> {
    error: E,
    at: UnixSecs,
    seen: Instant,
    /// Whether the previous fetch had failed, too.
    again: bool,
}

impl<E> FetchFailure<E> {
    /// Whether this failure answers a call made at `asked`: either the call waited for this fetch, or the cooldown is
    /// running. The cooldown does not apply to a first failure, so that no caller gets "unavailable" for what happened
    /// when the program started.
    fn answers(&self, asked: Instant, now: UnixSecs) -> bool {
        asked < self.seen || self.again && (0..COOLDOWN_SECS).contains(&(now - self.at))
    }
}

struct State<T, E> {
    kept: Option<Kept<T>>,
    failed: Option<FetchFailure<E>>,
    refetched_at: UnixSecs,
}

/// The cache of one document.
pub(crate) struct Cached<T, E> {
    state: Mutex<State<T, E>>,
    clock: Clock,
}

impl<T, E: Clone> Cached<T, E> {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { state: Mutex::new(State { kept: None, failed: None, refetched_at: 0 }), clock }
    }

    /// The document at that URL, fetched if it is missing or no longer fresh.
    pub(crate) async fn get<F: Future<Output = Result<T, E>>>(
        &self,
        from: &str,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E> {
        let asked = Instant::now();
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        if let Some(kept) = &state.kept
            && kept.from == from
            && (0..FRESH_SECS).contains(&(now - kept.at))
        {
            return Ok(kept.document.clone());
        }
        if let Some(failure) = state.failed.as_ref().filter(|failure| failure.answers(asked, now)) {
            return last_good(&state, from, now).ok_or_else(|| failure.error.clone());
        }
        let fetched = fetch().await;
        self.keep(&mut state, from, fetched)
            .or_else(|error| last_good(&state, from, self.clock.now()).ok_or(error))
    }

    /// Refetches the document because the cached one lacks something, such as a `kid` (OpenID Connect Core 10.1.1).
    /// During the cooldown after another refetch, returns the result of that one.
    pub(crate) async fn refetch<F: Future<Output = Result<T, E>>>(
        &self,
        from: &str,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E> {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        if (0..COOLDOWN_SECS).contains(&(now - state.refetched_at)) {
            match (&state.failed, &state.kept) {
                (Some(failure), _) => return Err(failure.error.clone()),
                (None, Some(kept)) if kept.from == from => return Ok(kept.document.clone()),
                _ => {}
            }
        }
        state.refetched_at = now;
        // The last good document is the one that lacks something, so it is no fallback here.
        let fetched = fetch().await;
        self.keep(&mut state, from, fetched)
    }

    /// The cached document, however old. Neither fetches nor waits for a running fetch.
    pub(crate) fn kept(&self) -> Option<Arc<T>> {
        let state = self.state.try_lock().ok()?;
        state.kept.as_ref().map(|kept| kept.document.clone())
    }

    /// Why the last fetch failed, if it did. Does not wait for a running fetch.
    pub(crate) fn failure(&self) -> Option<E> {
        let state = self.state.try_lock().ok()?;
        state.failed.as_ref().map(|failure| failure.error.clone())
    }

    fn keep(&self, state: &mut State<T, E>, from: &str, fetched: Result<T, E>) -> Result<Arc<T>, E> {
        let at = self.clock.now();
        match fetched {
            Ok(document) => {
                let document = Arc::new(document);
                state.kept = Some(Kept { document: document.clone(), from: from.to_owned(), at });
                state.failed = None;
                Ok(document)
            }
            Err(error) => {
                let again = state.failed.is_some();
                state.failed = Some(FetchFailure { error: error.clone(), at, seen: Instant::now(), again });
                Err(error)
            }
        }
    }
}

fn last_good<T, E>(state: &State<T, E>, from: &str, now: UnixSecs) -> Option<Arc<T>> {
    let kept = state.kept.as_ref().filter(|kept| kept.from == from);
    kept.filter(|kept| now - kept.at < LAST_GOOD_SECS).map(|kept| kept.document.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = Cached<u8, &'static str>;

    async fn get(cached: &Numbers, fetched: Result<u8, &'static str>) -> Result<u8, &'static str> {
        cached.get("a", || async { fetched }).await.map(|number| *number)
    }

    async fn refetch(cached: &Numbers, fetched: Result<u8, &'static str>) -> Result<u8, &'static str> {
        cached.refetch("a", || async { fetched }).await.map(|number| *number)
    }

    #[tokio::test]
    async fn jd_05_after_a_first_failure_the_next_asks_at_once_and_then_the_provider_is_left_alone() {
        let clock = Clock::default();
        let cached = Numbers::new(clock.clone());
        assert_eq!(get(&cached, Err("down")).await, Err("down"));
        assert_eq!(get(&cached, Ok(1)).await, Ok(1), "at once");
        clock.advance(LAST_GOOD_SECS);
        assert_eq!(get(&cached, Err("first")).await, Err("first"));
        assert_eq!(get(&cached, Err("second")).await, Err("second"));
        assert_eq!(get(&cached, Ok(2)).await, Err("second"), "left alone for a moment");
        clock.advance(COOLDOWN_SECS);
        assert_eq!(get(&cached, Err("third")).await, Err("third"));
        assert_eq!(get(&cached, Ok(2)).await, Err("third"), "and again, after one more");
        clock.advance(COOLDOWN_SECS);
        assert_eq!(get(&cached, Ok(2)).await, Ok(2));
        assert_eq!(cached.failure(), None);
    }

    #[tokio::test]
    async fn jd_05_who_waits_for_a_fetch_hears_what_came_of_it_and_asks_no_more() {
        let cached = Numbers::new(Clock::default());
        let fetches = std::cell::Cell::new(0);
        let slowly = || async {
            fetches.set(fetches.get() + 1);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            Err("down")
        };
        let all = futures::future::join_all((0..50).map(|_| cached.get("a", slowly))).await;
        assert!(all.iter().all(Result::is_err));
        assert_eq!(fetches.get(), 1);
    }

    #[tokio::test]
    async fn jd_09_the_last_good_document_serves_for_a_stated_time() {
        let clock = Clock::default();
        let cached = Numbers::new(clock.clone());
        assert_eq!(get(&cached, Ok(1)).await, Ok(1));
        clock.advance(FRESH_SECS - 1);
        assert_eq!(get(&cached, Ok(2)).await, Ok(1), "fresh");
        clock.advance(1);
        assert_eq!(get(&cached, Err("down")).await, Ok(1));
        clock.advance(LAST_GOOD_SECS - FRESH_SECS - 1);
        assert_eq!(get(&cached, Err("down")).await, Ok(1));
        clock.advance(1);
        assert_eq!(get(&cached, Err("down")).await, Err("down"));
    }

    #[tokio::test]
    async fn jd_06_a_document_of_another_address_is_another_document() {
        let cached = Numbers::new(Clock::default());
        assert_eq!(get(&cached, Ok(1)).await, Ok(1));
        let other = cached.get("b", || async { Err("down") }).await;
        assert_eq!(other, Err("down"), "not the last good one of another address");
        let other = cached.get("b", || async { Ok(2) }).await;
        assert_eq!(other.map(|number| *number), Ok(2));
        let again = cached.refetch("b", || async { Ok(3) }).await;
        assert_eq!(again.map(|number| *number), Ok(3));
        let elsewhere = cached.refetch("c", || async { Ok(4) }).await;
        assert_eq!(elsewhere.map(|number| *number), Ok(4), "also within the cool-down");
    }

    #[tokio::test]
    async fn jd_08_refetches_on_demand_have_a_cooldown() {
        let clock = Clock::default();
        let cached = Numbers::new(clock.clone());
        assert_eq!(refetch(&cached, Ok(1)).await, Ok(1));
        assert_eq!(refetch(&cached, Ok(2)).await, Ok(1));
        clock.advance(COOLDOWN_SECS);
        assert_eq!(refetch(&cached, Err("down")).await, Err("down"), "the old one is no answer");
        assert_eq!(refetch(&cached, Ok(2)).await, Err("down"), "nor is it to whoever comes next");
        assert_eq!(get(&cached, Err("down")).await, Ok(1), "but it still serves");
        clock.advance(COOLDOWN_SECS);
        assert_eq!(refetch(&cached, Ok(2)).await, Ok(2));
    }
}
