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
