//! Bounds of requests to APIs, within the budget of the process: places for requests that are sent, for those that wait to
//! be sent, and for browsers that wait for long; and memory for answers. One API or one session that takes too much waits
//! or is refused, and the others go on.

use std::{
    collections::HashMap,
    future::Future,
    num::NonZero,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use claimcheck_base::http_out::BodyMemory;
use claimcheck_model::AppError;
use claimcheck_session::SignedIn;
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, sleep, sleep_until},
};
use url::Position;

use crate::{
    api::{exchanges::Exchanges, kept::Kept},
    budget::{ApiClaimant, ApiPools, Budget, Permit, Pool, Share},
    config::{Api, Settings},
};

/// A browser's request that waits for longer takes a place. Pages wait for less.
const LONG_WAIT: Duration = Duration::from_secs(1);
/// How long an answer waits for memory in all, unless half of the API's timeout is shorter: the time of the response goes on.
const MEMORY_WAIT: Duration = Duration::from_secs(5);
/// A waiter looks again after this time, even if it was not woken: what was freed may not have been enough for the one
/// that was.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// The bytes that are reserved first for a body whose size is not known. If it is larger, all that it may have are reserved
/// at once: answers that each hold a part and wait for the rest would wait for each other.
const FIRST_BYTES: usize = 64 * 1024;

/// All places are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Busy;

/// The bounds of all APIs. Cheap to clone.
#[derive(Clone)]
pub(super) struct Bounds(Arc<Inner>);

struct Inner {
    budget: Budget,
    /// Wakes one that waits to send a request to this host.
    hosts: HashMap<String, Arc<Notify>>,
    /// Wakes all that wait for memory.
    memory: Arc<Notify>,
    /// Places for parsing large bodies.
    parsing: Semaphore,
}

/// Something from a pool; given back when it is dropped, which wakes those that wait for it.
#[cfg_attr(test, derive(Default))]
pub(super) struct Held {
    permit: Option<Permit>,
    freed: Arc<Notify>,
    wakes_all: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.permit.take());
        if self.wakes_all {
            self.freed.notify_waiters();
        } else {
            self.freed.notify_one();
        }
    }
}

impl Bounds {
    pub(super) fn new(budget: &Budget, settings: &Settings) -> Self {
        let hosts = settings.apis.all().map(|api| (host(api), Arc::default())).collect();
        // Half of the processors, so that small answers and other pages do not wait for large ones.
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let parsing = Semaphore::new(processors.div_ceil(2));
        Self(Arc::new(Inner { budget: budget.clone(), hosts, memory: Arc::default(), parsing }))
    }

    fn pools(&self) -> &ApiPools {
        &self.0.budget.apis
    }

    /// Who takes places for a request of this session to this API.
    pub(super) fn claimant(signed_in: &SignedIn, api: &Api) -> ApiClaimant {
        ApiClaimant { host: host(api), session: signed_in.key.clone() }
    }

    /// A place for one request. If there is none, waits for one for at most `within`.
    ///
    /// # Errors
    /// There was none in time, or too many wait already.
    pub(super) async fn place(&self, who: &ApiClaimant, within: Duration) -> Result<Held, Busy> {
        let pools = self.pools();
        let freed = self.0.hosts.get(&who.host).cloned().unwrap_or_default();
        let held = |permit| Held { permit: Some(permit), freed: freed.clone(), wakes_all: false };
        if let Ok(permit) = pools.requests.take(1, &pools.on_requests(who)) {
            return Ok(held(permit));
        }
        let _queued = pools.queue.take(1, &pools.on_queue(who)).map_err(|_| Busy)?;
        let claims = pools.on_requests(who);
        taken(&pools.requests, 1, &claims, &freed, within).await.map(held).ok_or(Busy)
    }

    /// Waits for this work. It keeps running if the wait is refused.
    ///
    /// # Errors
    /// It takes long, and too many wait for this host already.
    pub(super) async fn wait<T>(
        &self,
        who: impl FnOnce() -> ApiClaimant,
        work: impl Future<Output = T>,
    ) -> Result<T, Busy> {
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return Ok(done),
            () = sleep(LONG_WAIT) => {}
        }
        let (pools, who) = (self.pools(), who());
        let _place = pools.waits.take(1, &pools.on_waits(&who)).map_err(|_| Busy)?;
        Ok(work.await)
    }

    /// The bytes that parsed answers may take together.
    pub(super) fn answer_bytes(&self) -> usize {
        self.pools().answers.total()
    }

    /// Waits for bytes of that pool; `None` if there are none in time. What is kept only saves requests, so it goes first.
    async fn bytes(&self, pool: &Pool, amount: usize, memory: &AnswerMemory) -> Option<Held> {
        let claims = ApiPools::on_bytes(pool, &memory.who);
        let permit = match pool.take(amount, &claims) {
            Ok(permit) => permit,
            Err(_) if amount > pool.total() => return None,
            Err(_) => {
                memory.kept.forget_all();
                memory.exchanges.lighten_all();
                let (begun, patience) = (Instant::now(), memory.patience());
                let permit = taken(pool, amount, &claims, &self.0.memory, patience).await;
                memory.has_waited(begun.elapsed());
                permit?
            }
        };
        Some(Held { permit: Some(permit), freed: self.0.memory.clone(), wakes_all: true })
    }
}

/// Takes something from a pool as soon as it is there, within this time.
async fn taken(
    pool: &Pool,
    amount: usize,
    claims: &[Share],
    freed: &Notify,
    within: Duration,
) -> Option<Permit> {
    let end = Instant::now() + within;
    loop {
        let mut notified = pin!(freed.notified());
        notified.as_mut().enable();
        if let Ok(permit) = pool.take(amount, claims) {
            return Some(permit);
        }
        tokio::select! {
            () = notified => {}
            () = sleep(LOOK_AGAIN) => {}
            () = sleep_until(end) => return None,
        }
    }
}

/// Host and port of an API.
fn host(api: &Api) -> String {
    api.url[Position::BeforeHost..Position::BeforePath].to_ascii_lowercase()
}

/// The memory for the answer to one request.
pub(super) struct AnswerMemory {
    bounds: Bounds,
    who: ApiClaimant,
    kept: Kept,
    exchanges: Exchanges,
    /// Reserved for the body: the bytes, and where they are from.
    body: Mutex<(usize, Vec<Held>)>,
    /// How long it may still wait.
    patience: Mutex<Duration>,
}

impl AnswerMemory {
    /// For an answer that must be complete within `timeout`.
    pub(super) fn new(
        bounds: &Bounds,
        who: ApiClaimant,
        kept: &Kept,
        exchanges: &Exchanges,
        timeout: Duration,
    ) -> Self {
        Self {
            patience: Mutex::new(MEMORY_WAIT.min(timeout / 2)),
            bounds: bounds.clone(),
            who,
            kept: kept.clone(),
            exchanges: exchanges.clone(),
            body: Mutex::default(),
        }
    }

    /// Memory for the parsed answer, in addition to its body; `None` if there is none in time.
    pub(super) async fn parsed(&self, bytes: usize) -> Option<Held> {
        self.bounds.bytes(&self.bounds.pools().answers, bytes, self).await
    }

    /// Parses a large body outside the threads of requests, a few at a time.
    ///
    /// # Errors
    /// `Internal` if the work panics.
    pub(super) async fn parse<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let _place = self.bounds.0.parsing.acquire().await.map_err(|_| AppError::Internal)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| AppError::Internal)
    }

    fn patience(&self) -> Duration {
        *self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_waited(&self, time: Duration) {
        let mut patience = self.patience.lock().unwrap_or_else(PoisonError::into_inner);
        *patience = patience.saturating_sub(time);
    }

    fn reserved(&self) -> usize {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).0
    }
}

impl BodyMemory for AnswerMemory {
    fn grow(&self, bytes: usize, most: usize) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        let reserved = self.reserved();
        Box::pin(async move {
            if bytes <= reserved {
                return true;
            }
            let needed = if bytes <= FIRST_BYTES { FIRST_BYTES.min(most) } else { most };
            let more = needed.max(bytes) - reserved;
            let Some(held) = self.bounds.bytes(&self.bounds.pools().bodies, more, self).await else {
                return false;
            };
            let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
            body.0 += more;
            body.1.push(held);
            true
        })
    }
}
