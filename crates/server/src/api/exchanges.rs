//! The latest exchanges of people with `inspect_role`, each for a minute, in the memory of this process. Exchanges of other
//! people are not kept.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use claimcheck_base::clock::{Clock, UnixSecs};
use claimcheck_session::{RowKey, SignedIn};

use crate::{
    api::{
        Call,
        exchange::{ApiExchange, Watch},
        fetches::FetchId,
    },
    config::{Api, Settings},
    rights,
};

/// How long an exchange is kept.
pub(super) const KEPT_SECS: i64 = 60;
/// Exchanges of one session, and of all sessions.
const OF_SESSION_MAX: usize = 64;
const ALL_MAX: usize = 1024;
/// The memory of all exchanges together.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// A larger exchange is kept without its answer.
const EXCHANGE_MAX_BYTES: usize = 2 * 1024 * 1024;

/// What is kept. Cheap to clone.
#[derive(Clone)]
pub(super) struct Exchanges {
    settings: Arc<Settings>,
    clock: Clock,
    content: Arc<Mutex<Content>>,
}

#[derive(Default)]
struct Content {
    all: HashMap<FetchId, Arc<ApiExchange>>,
    /// How many callers joined requests that are under way.
    joined: HashMap<FetchId, u32>,
}

impl Exchanges {
    pub(super) fn new(settings: Arc<Settings>, clock: Clock) -> Self {
        Self { settings, clock, content: Arc::default() }
    }

    /// The same exchanges, for other boards.
    pub(super) fn with_settings(&self, settings: &Arc<Settings>) -> Self {
        Self { settings: settings.clone(), ..self.clone() }
    }

    /// Notes this call, if its user may see it.
    pub(super) fn watch(&self, signed_in: &SignedIn, api: &Api, call: &Call, id: &FetchId) -> Watch {
        match rights::may_inspect(&self.settings, &signed_in.record) {
            true => Watch::of(signed_in, api, call, &id.headers, self.clock.now()),
            false => Watch::nothing(),
        }
    }

    /// Keeps an exchange for a minute.
    pub(super) fn keep(&self, id: FetchId, exchange: Option<ApiExchange>) {
        let now = self.clock.now();
        let mut content = self.lock();
        let joined = content.joined.remove(&id);
        let Some(mut exchange) = exchange else { return };
        exchange.shared = joined.unwrap_or_default();
        if exchange.weight() > EXCHANGE_MAX_BYTES {
            exchange.lighten();
        }
        content.all.remove(&id);
        content.make_room(&id.session, exchange.weight(), now);
        content.all.insert(id, Arc::new(exchange));
        drop(content);
        let weak = Arc::downgrade(&self.content);
        let clock = self.clock.clone();
        // Nothing waits for this: what is left when the program ends is gone with it.
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(KEPT_SECS.unsigned_abs() + 1)).await;
            if let Some(content) = weak.upgrade() {
                content.lock().unwrap_or_else(PoisonError::into_inner).forget_old(clock.now());
            }
        });
    }

    /// The exchange of this request in the last minute.
    pub(super) fn find(&self, id: &FetchId) -> Option<Arc<ApiExchange>> {
        let now = self.clock.now();
        self.lock().all.get(id).filter(|exchange| exchange.at + KEPT_SECS > now).cloned()
    }

    /// A kept answer was used in place of this request.
    pub(super) fn note_reuse(&self, id: &FetchId) {
        if let Some(exchange) = self.lock().all.get_mut(id) {
            Arc::make_mut(exchange).reused += 1;
        }
    }

    /// Another caller waits for the same request.
    pub(super) fn note_join(&self, id: &FetchId) {
        let mut content = self.lock();
        if content.joined.len() < ALL_MAX {
            *content.joined.entry(id.clone()).or_default() += 1;
        }
    }

    /// Keeps all exchanges without their answers, whose memory is needed.
    pub(super) fn lighten_all(&self) {
        let answers: Vec<_> = {
            let mut content = self.lock();
            let heavy = content.all.values_mut().filter(|exchange| exchange.has_answer());
            heavy.map(|exchange| std::mem::replace(exchange, Arc::new(exchange.lightened()))).collect()
        };
        // After the lock is released: this wakes those that wait for memory.
        drop(answers);
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn forget_old(&mut self, now: UnixSecs) {
        self.all.retain(|_, exchange| exchange.at + KEPT_SECS > now);
    }

    /// Removes what is too old, then the oldest ones.
    fn make_room(&mut self, session: &RowKey, bytes: usize, now: UnixSecs) {
        self.forget_old(now);
        loop {
            let of_session = self.all.keys().filter(|id| id.session == *session).count();
            let weight: usize = self.all.values().map(|exchange| exchange.weight()).sum();
            let is_full = self.all.len() >= ALL_MAX || weight + bytes > BYTES_MAX;
            if of_session < OF_SESSION_MAX && !is_full {
                return;
            }
            let is_candidate = |id: &FetchId| is_full || id.session == *session;
            let candidates = self.all.iter().filter(|(id, _)| is_candidate(id));
            let Some(oldest) = candidates.min_by_key(|(_, exchange)| exchange.at).map(|(id, _)| id.clone())
            else {
                return;
            };
            self.all.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::accepts;

    fn exchanges() -> Exchanges {
        let settings = accepts(&[]);
        Exchanges::new(Arc::new(settings), Clock::fixed())
    }

    fn session(number: usize) -> RowKey {
        RowKey::parse(&format!("{number:021}A")).unwrap()
    }

    fn id(session: &RowKey, number: usize) -> FetchId {
        let (api, path) = ("default".to_owned(), format!("/{number}"));
        FetchId { session: session.clone(), api, path, body: None, headers: Vec::new() }
    }

    /// Keeps an exchange of that age in seconds, with an answer of so many bytes.
    fn keep(exchanges: &Exchanges, id: FetchId, age: i64, bytes: usize) {
        let exchange = ApiExchange::sample(exchanges.clock.now() - age, bytes);
        exchanges.keep(id, Some(exchange));
    }

    #[tokio::test]
    async fn in_03_the_oldest_exchange_of_a_session_goes_first_and_those_of_others_stay() {
        let exchanges = exchanges();
        let (own, other) = (session(1), session(2));
        keep(&exchanges, id(&other, 0), 50, 10);
        for number in 0..OF_SESSION_MAX {
            // The first one is the oldest.
            keep(&exchanges, id(&own, number), if number == 0 { 40 } else { 10 }, 10);
        }
        assert!(exchanges.find(&id(&own, 0)).is_some());
        keep(&exchanges, id(&own, OF_SESSION_MAX), 0, 10);
        assert!(exchanges.find(&id(&own, 0)).is_none() && exchanges.find(&id(&own, 1)).is_some());
        assert!(exchanges.find(&id(&other, 0)).is_some(), "although it is older");
        // The same request again takes the place of the one before.
        keep(&exchanges, id(&own, 1), 0, 10);
        assert_eq!(exchanges.lock().all.len(), OF_SESSION_MAX + 1);
    }

    #[tokio::test]
    async fn in_03_all_sessions_together_have_a_bound_and_a_minute() {
        let exchanges = exchanges();
        for number in 0..ALL_MAX {
            keep(&exchanges, id(&session(number), 0), if number == 7 { 30 } else { 20 }, 10);
        }
        assert_eq!(exchanges.lock().all.len(), ALL_MAX);
        keep(&exchanges, id(&session(ALL_MAX), 0), 0, 10);
        assert_eq!(exchanges.lock().all.len(), ALL_MAX);
        assert!(exchanges.find(&id(&session(7), 0)).is_none(), "the oldest one");
        keep(&exchanges, id(&session(0), 1), KEPT_SECS, 10);
        assert!(exchanges.find(&id(&session(0), 1)).is_none(), "older than a minute");
        keep(&exchanges, id(&session(0), 2), KEPT_SECS - 1, 10);
        assert!(exchanges.find(&id(&session(0), 2)).is_some());
    }

    #[tokio::test]
    async fn in_03_large_answers_are_left_out_and_the_memory_of_all_is_bounded() {
        let exchanges = exchanges();
        let own = session(1);
        keep(&exchanges, id(&own, 0), 0, EXCHANGE_MAX_BYTES);
        let is_light =
            |number| exchanges.find(&id(&own, number)).unwrap().outcome.as_ref().is_ok_and(Option::is_none);
        assert!(is_light(0));
        let half = EXCHANGE_MAX_BYTES / 2;
        keep(&exchanges, id(&own, 1), 0, half);
        assert!(!is_light(1));
        for number in 0..3 * BYTES_MAX / half {
            // Of several sessions, so that only the memory bounds them.
            keep(&exchanges, id(&session(2 + number % 5), number), 0, half);
            let weight: usize = exchanges.lock().all.values().map(|exchange| exchange.weight()).sum();
            assert!(weight <= BYTES_MAX, "{weight}");
        }
        assert!(exchanges.lock().all.len() > 16);
    }

    #[tokio::test]
    async fn in_03_callers_that_join_are_counted_and_bounded() {
        let exchanges = exchanges();
        let one = id(&session(1), 0);
        exchanges.note_join(&one);
        exchanges.note_join(&one);
        keep(&exchanges, one.clone(), 0, 10);
        assert_eq!(exchanges.find(&one).unwrap().shared, 2);
        exchanges.note_reuse(&one);
        assert_eq!(exchanges.find(&one).unwrap().reused, 1);
        keep(&exchanges, one.clone(), 0, 10);
        assert_eq!(exchanges.find(&one).unwrap().shared, 0, "those of the request before");
        for number in 0..2 * ALL_MAX {
            exchanges.note_join(&id(&session(number), 0));
        }
        assert_eq!(exchanges.lock().joined.len(), ALL_MAX);
    }
}
