//! Notification when a session ends, whichever process ends it. Ends by this process are reported at once. Ends by other
//! processes are found by polling the store: one task polls for all subscribers, while there are any.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::oneshot;

use super::{ending::EndReason, store::SessionStore, stored::RowKey};

/// How often the store is polled. A page served by another process shows the end well within a second.
const EVERY: Duration = Duration::from_millis(250);
/// Each poll reaches back beyond the last one by this time: an end that was being written then is visible by now.
const OVERLAP: Duration = Duration::from_secs(5);

/// The subscribers of each session, by the number of their subscription.
type Subscribers = HashMap<RowKey, HashMap<u64, oneshot::Sender<EndReason>>>;

#[derive(Default)]
struct State {
    subscribers: Subscribers,
    /// Somebody has subscribed since the last poll.
    has_new: bool,
    /// Whether a task polls the store. It clears this under the lock before it ends, so there is never a second one.
    is_polling: bool,
}

/// All subscriptions of this process.
pub(super) struct Watchers {
    state: Mutex<State>,
    next: AtomicU64,
    store: Arc<dyn SessionStore>,
}

/// A subscription to the end of one session. Dropping it unsubscribes.
pub struct Watch {
    ended: oneshot::Receiver<EndReason>,
    _subscription: Subscription,
}

impl Watch {
    /// Completes when the session is ended, by this process or another. It does not complete when the session expires:
    /// the subscriber knows when that is.
    pub async fn ended(&mut self) -> EndReason {
        match (&mut self.ended).await {
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
        let mut state = watchers.lock();
        if let Some(subscribers) = state.subscribers.get_mut(&self.key) {
            subscribers.remove(&self.number);
            if subscribers.is_empty() {
                state.subscribers.remove(&self.key);
            }
        }
    }
}

impl Watchers {
    pub(super) fn new(store: Arc<dyn SessionStore>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), next: AtomicU64::new(0), store })
    }

    /// Subscribes to the end of that session. An end shortly before is reported as well.
    pub(super) fn watch(self: &Arc<Self>, key: &RowKey) -> Watch {
        let (sender, ended) = oneshot::channel();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        state.subscribers.entry(key.clone()).or_default().insert(number, sender);
        state.has_new = true;
        if !std::mem::replace(&mut state.is_polling, true) {
            tokio::spawn(poll_store(Arc::downgrade(self)));
        }
        let subscription = Subscription { watchers: Arc::downgrade(self), key: key.clone(), number };
        Watch { ended, _subscription: subscription }
    }

    /// Notifies the subscribers of that session that it has ended.
    pub(super) fn notify(&self, key: &RowKey, why: EndReason) {
        let subscribers = self.lock().subscribers.remove(key);
        for (_, sender) in subscribers.into_iter().flatten() {
            // A subscriber that is gone needs no notification.
            let _ = sender.send(why);
        }
    }

    /// Notifies the subscribers of sessions that ended within that time. `false` if the store fails.
    async fn poll(&self, within: Duration) -> bool {
        match self.store.ended_lately(within).await {
            Ok(lately) => {
                for ended in lately {
                    self.notify(&ended.key, ended.ending.why);
                }
                true
            }
            Err(error) => {
                tracing::debug!(%error, "sessions ended by other processes are not known for now");
                false
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A point in time by both clocks, because the monotonic one stops while the machine is suspended.
#[derive(Clone, Copy)]
struct TimePoint(Instant, SystemTime);

impl TimePoint {
    fn now() -> Self {
        Self(Instant::now(), SystemTime::now())
    }

    /// The time since then, by the clock that has advanced further.
    fn elapsed(self) -> Duration {
        self.0.elapsed().max(self.1.elapsed().unwrap_or_default())
    }
}

/// Polls the store while there are subscribers. One such task at a time, started by the first subscriber.
async fn poll_store(watchers: Weak<Watchers>) {
    let (mut last_success, mut last_stamp) = (TimePoint::now(), None);
    loop {
        let started = TimePoint::now();
        {
            let Some(watchers) = watchers.upgrade() else { return };
            // Before the query, so that what is written meanwhile is asked for next time.
            let stamp = watchers.store.ends_stamp();
            let has_new = std::mem::take(&mut watchers.lock().has_new);
            let is_unchanged = !has_new && stamp.is_some() && stamp == last_stamp;
            if is_unchanged || watchers.poll(last_success.elapsed() + OVERLAP).await {
                (last_success, last_stamp) = (started, stamp);
            } else {
                last_stamp = None;
            }
        }
        tokio::time::sleep(EVERY).await;
        let Some(watchers) = watchers.upgrade() else { return };
        // Under the lock, so that the next subscriber sees either this task running or none.
        let mut state = watchers.lock();
        if state.subscribers.is_empty() {
            state.is_polling = false;
            return;
        }
    }
}
