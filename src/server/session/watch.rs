//! Who waits to hear that a session has ended, whichever process ended it. What this process ends is told at once; what
//! others end is found by asking the store, once for all who wait, while anybody does.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::oneshot;

use super::{ending::EndReason, row::RowKey, store::SessionStore};

/// How often the store is asked: a page elsewhere shows its end well within a second.
const EVERY: Duration = Duration::from_millis(250);
/// Asked again beyond the last answer: what was being written then has been written by now.
const OVERLAP: Duration = Duration::from_secs(5);

type Seats = HashMap<RowKey, HashMap<u64, oneshot::Sender<EndReason>>>;

#[derive(Default)]
struct Waiting {
    seats: Seats,
    /// Whether a task asks the store. It says under the lock that it does no more, so there is never a second one.
    is_asking: bool,
}

/// All who wait in this process.
pub(super) struct Watchers {
    waiting: Mutex<Waiting>,
    next: AtomicU64,
    store: Arc<dyn SessionStore>,
}

/// One who waits. To be dropped is to wait no longer.
pub struct Watch {
    told: oneshot::Receiver<EndReason>,
    _seat: Subscription,
}

impl Watch {
    /// Completes when the session is ended by anybody; never by its clock, which whoever waits can read for themselves.
    pub async fn ended(&mut self) -> EndReason {
        match (&mut self.told).await {
            Ok(why) => why,
            Err(_) => std::future::pending().await,
        }
    }
}

struct Subscription {
    watchers: Weak<Watchers>,
    key: RowKey,
    number: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let Some(watchers) = self.watchers.upgrade() else { return };
        let mut waiting = watchers.lock();
        if let Some(seats) = waiting.seats.get_mut(&self.key) {
            seats.remove(&self.number);
            if seats.is_empty() {
                waiting.seats.remove(&self.key);
            }
        }
    }
}

impl Watchers {
    pub fn new(store: Arc<dyn SessionStore>) -> Arc<Self> {
        Arc::new(Self { waiting: Mutex::default(), next: AtomicU64::new(0), store })
    }

    /// Waits for the end of that session from here on. What ended shortly before is told, too.
    pub fn watch(self: &Arc<Self>, key: &RowKey) -> Watch {
        let (tell, told) = oneshot::channel();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut waiting = self.lock();
        waiting.seats.entry(key.clone()).or_default().insert(number, tell);
        if !std::mem::replace(&mut waiting.is_asking, true) {
            tokio::spawn(ask(Arc::downgrade(self)));
        }
        Watch { told, _seat: Subscription { watchers: Arc::downgrade(self), key: key.clone(), number } }
    }

    /// This process has ended that session.
    pub fn tell(&self, key: &RowKey, why: EndReason) {
        let seats = self.lock().seats.remove(key);
        for tell in seats.into_iter().flatten() {
            // Whoever does not wait any more need not be told.
            let _ = tell.1.send(why);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment by both clocks: the one that only runs forward stands still while the machine sleeps.
#[derive(Clone, Copy)]
struct Moment(Instant, SystemTime);

impl Moment {
    fn now() -> Self {
        Self(Instant::now(), SystemTime::now())
    }

    /// By the clock on which more time has passed.
    fn elapsed(self) -> Duration {
        self.0.elapsed().max(self.1.elapsed().unwrap_or_default())
    }
}

/// Asks the store while anybody waits; one such task at a time, begun by whoever waits and finds none.
async fn ask(watchers: Weak<Watchers>) {
    let mut answered = Moment::now();
    loop {
        let asked = Moment::now();
        {
            let Some(watchers) = watchers.upgrade() else { return };
            match watchers.store.ended_lately(answered.elapsed() + OVERLAP).await {
                Ok(lately) => {
                    answered = asked;
                    for ended in lately {
                        watchers.tell(&ended.key, ended.ending.why);
                    }
                }
                Err(error) => tracing::debug!(%error, "what others have ended is not known for now"),
            }
        }
        tokio::time::sleep(EVERY).await;
        let Some(watchers) = watchers.upgrade() else { return };
        // Under the lock, so that whoever comes next sees either this task going on or none.
        let mut waiting = watchers.lock();
        if waiting.seats.is_empty() {
            waiting.is_asking = false;
            return;
        }
    }
}
