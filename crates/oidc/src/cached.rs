//! A cached document of the provider: fresh for some minutes, and usable for longer if the provider fails. One caller
//! fetches it and those that need the result wait; after a failure there is a cooldown. A fresh document is read without
//! waiting for a fetch that is in progress.

use std::{
    future::Future,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Instant,
};

use claimcheck_base::clock::{Clock, UnixSecs};
use tokio::sync::Mutex;

/// How long a document is used without asking the provider. While the provider answers, a key that it withdraws is
/// trusted no longer than this.
const FRESH_SECS: i64 = 600;
/// How much longer it is used while another caller fetches the next one.
const FETCH_SECS: i64 = 10;
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

impl<T> Kept<T> {
    /// The document, if it came from this URL and is younger than that.
    fn younger_than(&self, secs: i64, from: &str, now: UnixSecs) -> Option<Arc<T>> {
        (self.from == from && (0..secs).contains(&(now - self.at))).then(|| self.document.clone())
    }
}

struct FetchFailure<E> {
    error: E,
    at: UnixSecs,
    /// Whether the previous fetch had failed, too.
    again: bool,
}

/// What the last fetches brought. Locked for moments only, never during a fetch.
struct Fetched<T, E> {
    kept: Option<Kept<T>>,
    failed: Option<FetchFailure<E>>,
    /// The end of the last fetch: a caller that has waited for it takes its result.
    ended: Option<Instant>,
    /// The end of the last refetch.
    refetched_at: UnixSecs,
}

impl<T, E: Clone> Fetched<T, E> {
    /// The result of the last fetch for a caller that has been waiting since `asked`.
    fn while_waiting(&self, asked: Instant, from: &str) -> Option<Result<Arc<T>, E>> {
        self.ended.filter(|ended| asked < *ended).and_then(|_| self.last(from))
    }

    fn last(&self, from: &str) -> Option<Result<Arc<T>, E>> {
        match (&self.failed, &self.kept) {
            (Some(failure), _) => Some(Err(failure.error.clone())),
            (None, Some(kept)) if kept.from == from => Some(Ok(kept.document.clone())),
            _ => None,
        }
    }

    /// The failure of a moment ago. A first failure has no cooldown, so that no caller gets "unavailable" for what
    /// happened when the program started.
    fn cooldown(&self, now: UnixSecs) -> Option<E> {
        let failure = self.failed.as_ref().filter(|failure| failure.again)?;
        (0..COOLDOWN_SECS).contains(&(now - failure.at)).then(|| failure.error.clone())
    }

    fn last_good(&self, from: &str, now: UnixSecs) -> Option<Arc<T>> {
        let kept = self.kept.as_ref().filter(|kept| kept.from == from);
        kept.filter(|kept| now - kept.at < LAST_GOOD_SECS).map(|kept| kept.document.clone())
    }
}

/// The cache of one document.
pub(crate) struct Cached<T, E> {
    fetched: RwLock<Fetched<T, E>>,
    /// Held during a fetch.
    turn: Mutex<()>,
    clock: Clock,
}

impl<T, E: Clone> Cached<T, E> {
    pub(crate) fn new(clock: Clock) -> Self {
        let nothing = Fetched { kept: None, failed: None, ended: None, refetched_at: 0 };
        Self { fetched: RwLock::new(nothing), turn: Mutex::default(), clock }
    }

    /// The document at that URL, fetched if it is missing or no longer fresh.
    pub(crate) async fn get<F: Future<Output = Result<T, E>>>(
        &self,
        from: &str,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E> {
        let asked = Instant::now();
        if let Some(document) = self.younger_than(FRESH_SECS, from) {
            return Ok(document);
        }
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) => match self.younger_than(FRESH_SECS + FETCH_SECS, from) {
                Some(document) => return Ok(document),
                None => self.turn.lock().await,
            },
        };
        // Another caller may have fetched it meanwhile.
        if let Some(document) = self.younger_than(FRESH_SECS, from) {
            return Ok(document);
        }
        let now = self.clock.now();
        let failed = {
            let fetched = self.read();
            let waited = fetched.while_waiting(asked, from).and_then(Result::err);
            waited.or_else(|| fetched.cooldown(now))
        };
        let error = match failed {
            Some(error) => error,
            None => match self.keep(from, fetch().await) {
                Ok(document) => return Ok(document),
                Err(error) => error,
            },
        };
        self.read().last_good(from, self.clock.now()).ok_or(error)
    }

    /// Refetches the document because the cached one lacks something, such as a `kid` (OpenID Connect Core 10.1.1).
    /// Returns the result of a fetch for which the caller has waited, and during the cooldown after another refetch the
    /// result of that one.
    pub(crate) async fn refetch<F: Future<Output = Result<T, E>>>(
        &self,
        from: &str,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, E> {
        let asked = Instant::now();
        let _turn = self.turn.lock().await;
        let known = {
            let fetched = self.read();
            let is_recent = (0..COOLDOWN_SECS).contains(&(self.clock.now() - fetched.refetched_at));
            fetched.while_waiting(asked, from).or_else(|| is_recent.then(|| fetched.last(from)).flatten())
        };
        if let Some(known) = known {
            return known;
        }
        // The last good document is the one that lacks something, so it is no fallback here.
        let result = self.keep(from, fetch().await);
        self.write().refetched_at = self.clock.now();
        result
    }

    /// The cached document, however old. Neither fetches nor waits for a running fetch.
    pub(crate) fn kept(&self) -> Option<Arc<T>> {
        self.read().kept.as_ref().map(|kept| kept.document.clone())
    }

    /// When the cached document was fetched, however long ago, in Unix seconds.
    pub(crate) fn kept_at(&self) -> Option<UnixSecs> {
        self.read().kept.as_ref().map(|kept| kept.at)
    }

    /// Why the last fetch failed, if it did. Does not wait for a running fetch.
    pub(crate) fn failure(&self) -> Option<E> {
        self.read().failed.as_ref().map(|failure| failure.error.clone())
    }

    fn younger_than(&self, secs: i64, from: &str) -> Option<Arc<T>> {
        self.read().kept.as_ref()?.younger_than(secs, from, self.clock.now())
    }

    fn keep(&self, from: &str, result: Result<T, E>) -> Result<Arc<T>, E> {
        let at = self.clock.now();
        let mut fetched = self.write();
        fetched.ended = Some(Instant::now());
        match result {
            Ok(document) => {
                let document = Arc::new(document);
                fetched.kept = Some(Kept { document: document.clone(), from: from.to_owned(), at });
                fetched.failed = None;
                Ok(document)
            }
            Err(error) => {
                let again = fetched.failed.is_some();
                fetched.failed = Some(FetchFailure { error: error.clone(), at, again });
                Err(error)
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Fetched<T, E>> {
        self.fetched.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Fetched<T, E>> {
        self.fetched.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let clock = Clock::fixed();
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
        let cached = Numbers::new(Clock::fixed());
        let fetches = std::cell::Cell::new(0);
        let slowly = || async {
            fetches.set(fetches.get() + 1);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err("down")
        };
        let all = futures::future::join_all((0..50).map(|_| cached.get("a", slowly))).await;
        assert!(all.iter().all(Result::is_err));
        assert_eq!(fetches.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn f06_a_fresh_document_is_read_while_another_is_on_its_way() {
        let clock = Clock::fixed();
        let cached = Numbers::new(clock.clone());
        assert_eq!(get(&cached, Ok(1)).await, Ok(1));
        let slow = Duration::from_secs(5);
        let slowly = |number| async move {
            tokio::time::sleep(slow).await;
            Ok(number)
        };
        let begun = tokio::time::Instant::now();
        let reader = async {
            tokio::task::yield_now().await;
            let read = get(&cached, Ok(9)).await;
            assert_eq!((cached.kept().map(|number| *number), cached.failure()), (Some(1), None));
            (read, begun.elapsed())
        };
        let (refetched, read) = tokio::join!(cached.refetch("a", || slowly(2)), reader);
        assert_eq!(read, (Ok(1), Duration::ZERO));
        assert_eq!(refetched.map(|number| *number), Ok(2));
        // Also for a moment after it was fresh; a new caller fetches at the end of that time.
        clock.advance(FRESH_SECS + FETCH_SECS - 1);
        let begun = tokio::time::Instant::now();
        let reader = async {
            tokio::task::yield_now().await;
            (get(&cached, Ok(9)).await, begun.elapsed())
        };
        let (fetched, read) = tokio::join!(cached.get("a", || slowly(3)), reader);
        assert_eq!((fetched.map(|number| *number), read), (Ok(3), (Ok(2), Duration::ZERO)));
        clock.advance(FRESH_SECS + FETCH_SECS);
        let reader = async {
            tokio::task::yield_now().await;
            get(&cached, Ok(9)).await
        };
        let (fetched, read) = tokio::join!(cached.get("a", || slowly(4)), reader);
        assert_eq!((fetched.map(|number| *number), read), (Ok(4), Ok(4)), "too old: the next one is awaited");
    }

    #[tokio::test(start_paused = true)]
    async fn f06_waiters_take_what_a_slow_refetch_brings_and_the_cooldown_begins_at_its_end() {
        let clock = Clock::fixed();
        let cached = Numbers::new(clock.clone());
        let fetches = std::cell::Cell::new(0);
        let slowly = || async {
            fetches.set(fetches.get() + 1);
            tokio::time::sleep(Duration::from_secs(5)).await;
            clock.advance(5);
            Ok(fetches.get())
        };
        let all = futures::future::join_all((0..128).map(|_| cached.refetch("a", slowly))).await;
        assert!(all.iter().all(|number| number.as_deref() == Ok(&1)));
        assert_eq!(cached.refetch("a", slowly).await.as_deref(), Ok(&1), "within the cooldown");
        clock.advance(COOLDOWN_SECS);
        assert_eq!(cached.refetch("a", slowly).await.as_deref(), Ok(&2));
        assert_eq!(fetches.get(), 2);
    }

    #[tokio::test]
    async fn jd_09_the_last_good_document_serves_for_a_stated_time() {
        let clock = Clock::fixed();
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
        let cached = Numbers::new(Clock::fixed());
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
        let clock = Clock::fixed();
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
