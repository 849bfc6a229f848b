//! Answers that APIs allow us to keep, and requests of APIs to wait. Both belong to one session and one API; an answer also
//! belongs to one filled request. They are in the memory of this process, for minutes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::header;
use claimcheck_base::clock::UnixSecs;
use claimcheck_session::{RowKey, SignedIn};

use crate::{
    api::{Fetched, Wait, fetches::FetchId, limits},
    config::{Api, ApiAuth},
};

/// Kept answers.
const ANSWERS_MAX: usize = 4096;
/// A larger body is not kept.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;
/// How long an answer is kept for the API to confirm it.
const KEPT_SECS: i64 = 600;
/// Sessions that wait for an API.
const WAITS_MAX: usize = 100_000;

/// What is kept. Cheap to clone.
#[derive(Clone)]
pub(super) struct Kept(Arc<Mutex<Content>>);

#[derive(Default)]
struct Content {
    answers: HashMap<FetchId, KeptAnswer>,
    /// The memory of the answers, and the most of it.
    memory: usize,
    max_memory: usize,
    /// By session, which is `None` if all sessions are the same to the API, and API.
    waits: HashMap<(Option<RowKey>, String), Wait>,
}

struct KeptAnswer {
    fetched: Arc<Fetched>,
    /// The size of its body.
    bytes: usize,
    fresh_until: UnixSecs,
}

impl Kept {
    /// Nothing yet, and never more than this many bytes of memory.
    pub(super) fn new(max_memory: usize) -> Self {
        Self(Arc::new(Mutex::new(Content { max_memory, ..Content::default() })))
    }

    /// The kept answer to this request, and whether it is fresh, or of the last so many seconds.
    pub(super) fn find(&self, id: &FetchId, now: UnixSecs, within_secs: i64) -> Option<(Arc<Fetched>, bool)> {
        let content = self.lock();
        let kept = content.answers.get(id).filter(|kept| kept.fetched.at + KEPT_SECS > now)?;
        let is_recent =
            || now < kept.fetched.at + within_secs && !limits::is_confirmed(&kept.fetched.headers);
        Some((kept.fetched.clone(), now < kept.fresh_until || is_recent()))
    }

    /// Keeps an answer with a body of this size if it says for how long, or how to confirm it, or if it is wanted for so
    /// many seconds and the API does not forbid that.
    pub(super) fn keep(&self, id: FetchId, fetched: &Arc<Fetched>, bytes: usize, wanted_secs: i64) {
        let fresh_until = limits::fresh_until(&fetched.headers, fetched.at);
        let has_validator =
            [header::ETAG, header::LAST_MODIFIED].iter().any(|name| fetched.headers.contains_key(name));
        let mut content = self.lock();
        content.remove(&id);
        let is_wanted = wanted_secs > 0 && !limits::is_confirmed(&fetched.headers);
        let is_kept = |until: &UnixSecs| *until > fetched.at || has_validator || is_wanted;
        let Some(fresh_until) = fresh_until.filter(is_kept) else {
            return;
        };
        // The body of a `POST` is not part of what a validator means (RFC 9110 9.3.3).
        if id.body.is_some() || bytes > ANSWER_MAX_BYTES {
            return;
        }
        content.make_room(fetched.memory(), fetched.at);
        content.memory += fetched.memory();
        content.answers.insert(id, KeptAnswer { fetched: fetched.clone(), bytes, fresh_until });
    }

    /// The size of the body of a kept answer.
    pub(super) fn bytes(&self, id: &FetchId) -> usize {
        self.lock().answers.get(id).map_or(0, |kept| kept.bytes)
    }

    /// Forgets the answers of a session: an action may have changed what they say (RFC 9111 4.4).
    pub(super) fn forget(&self, signed_in: &SignedIn) {
        let mut content = self.lock();
        content.retain(|id, _| id.session != signed_in.key);
    }

    /// Forgets all answers: their memory is needed.
    pub(super) fn forget_all(&self) {
        // Dropped after the lock is released: that wakes those that wait for memory.
        let _answers = {
            let mut content = self.lock();
            content.memory = 0;
            std::mem::take(&mut content.answers)
        };
    }

    /// Asks this API nothing for this session for so long.
    pub(super) fn wait(&self, signed_in: &SignedIn, api: &Api, wait: Wait) {
        let mut content = self.lock();
        if content.waits.len() >= WAITS_MAX {
            content.waits.clear();
        }
        content.waits.insert(wait_key(signed_in, api), wait);
    }

    /// The wait during which this API is not asked for this session.
    pub(super) fn wait_of(&self, signed_in: &SignedIn, api: &Api, now: UnixSecs) -> Option<Wait> {
        let key = wait_key(signed_in, api);
        let mut content = self.lock();
        let wait = content.waits.get(&key).cloned()?;
        if wait.until <= now {
            content.waits.remove(&key);
            return None;
        }
        Some(wait)
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn remove(&mut self, id: &FetchId) {
        if let Some(kept) = self.answers.remove(id) {
            self.memory -= kept.fetched.memory();
        }
    }

    fn retain(&mut self, stays: impl Fn(&FetchId, &KeptAnswer) -> bool) {
        self.answers.retain(|id, kept| stays(id, kept));
        self.memory = self.answers.values().map(|kept| kept.fetched.memory()).sum();
    }

    /// Removes what is too old, then all if that is not enough: what is kept only saves requests.
    fn make_room(&mut self, memory: usize, now: UnixSecs) {
        let is_full = |content: &Self| {
            content.answers.len() >= ANSWERS_MAX || content.memory + memory > content.max_memory
        };
        if is_full(self) {
            self.retain(|_, kept| kept.fetched.at + KEPT_SECS > now);
        }
        if is_full(self) {
            self.retain(|_, _| false);
        }
    }
}

/// Without access tokens, an API sees one caller.
fn wait_key(signed_in: &SignedIn, api: &Api) -> (Option<RowKey>, String) {
    ((api.auth == ApiAuth::Bearer).then(|| signed_in.key.clone()), api.id.clone())
}
