//! Running work that several callers share: a call with the same key joins it, and it continues even if no caller waits
//! any more. One task per key; the result is not kept after the task ends.

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use claimcheck_model::AppError;
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::requester;

/// The result of a flight.
pub type FlightResult<T> = Result<T, AppError>;
type Flight<T> = Shared<BoxFuture<'static, FlightResult<T>>>;

/// The flights of one kind in this process.
pub struct SingleFlight<K, T> {
    underway: Arc<Mutex<HashMap<K, Flight<T>>>>,
    /// The program waits for these before it exits.
    tasks: TaskTracker,
}

impl<K, T> Clone for SingleFlight<K, T> {
    fn clone(&self) -> Self {
        Self { underway: self.underway.clone(), tasks: self.tasks.clone() }
    }
}

impl<K, T> SingleFlight<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// An empty set; new flights run as tasks of `tasks`.
    pub fn new(tasks: &TaskTracker) -> Self {
        Self { underway: Arc::default(), tasks: tasks.clone() }
    }

    /// The number of running flights whose key matches.
    pub fn count(&self, is_such: impl Fn(&K) -> bool) -> usize {
        self.lock().keys().filter(|key| is_such(key)).count()
    }

    /// Whether a flight of that key is running.
    pub fn is_underway(&self, key: &K) -> bool {
        self.lock().contains_key(key)
    }

    /// Whether a caller still waits for the flight of that key.
    pub fn is_awaited(&self, key: &K) -> bool {
        // One reference is the list's own.
        self.lock().get(key).and_then(Shared::strong_count).is_some_and(|count| count > 1)
    }

    /// Joins the flight of that key, or starts this one. It runs from here on; the future only waits for it.
    pub fn join(&self, key: K, work: impl Future<Output = FlightResult<T>> + Send + 'static) -> Flight<T> {
        let mut underway = self.lock();
        if let Some(flight) = underway.get(&key) {
            return flight.clone();
        }
        let (flights, landing) = (self.clone(), key.clone());
        let work = async move {
            // Created here, because a runtime that is shutting down drops new tasks at once, while the lock below is
            // held.
            let _landing = Landing { flights, key: landing };
            work.await
        };
        let task = self.tasks.spawn(requester::carry(work.in_current_span()));
        let flight = async move {
            task.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a task ended abnormally");
                Err(AppError::Internal)
            })
        };
        let flight = flight.boxed().shared();
        underway.insert(key, flight.clone());
        flight
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Flight<T>>> {
        self.underway.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes a flight from the list when it ends, for any reason.
struct Landing<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    flights: SingleFlight<K, T>,
    key: K,
}

impl<K, T> Drop for Landing<K, T>
where
    K: Clone + Eq + Hash + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    fn drop(&mut self) {
        self.flights.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        time::Duration,
    };

    use super::*;

    async fn count(runs: Arc<AtomicU32>) -> FlightResult<u32> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(runs.fetch_add(1, Ordering::SeqCst) + 1)
    }

    #[tokio::test]
    async fn rf_03_who_asks_meanwhile_joins_and_who_asks_later_starts_anew() {
        let (tasks, runs) = (TaskTracker::new(), Arc::new(AtomicU32::new(0)));
        let flights = SingleFlight::new(&tasks);
        let all = futures::future::join_all((0..50).map(|_| flights.join("a", count(runs.clone())))).await;
        assert!(all.iter().all(|outcome| *outcome == Ok(1)), "{all:?}");
        assert_eq!(flights.join("a", count(runs.clone())).await, Ok(2));
        let (one, other) =
            tokio::join!(flights.join("a", count(runs.clone())), flights.join("b", count(runs)));
        assert!(one != other, "another key is another flight");
    }

    #[tokio::test]
    async fn rf_04_it_goes_on_when_nobody_waits_and_a_panic_is_an_error() {
        let (tasks, runs) = (TaskTracker::new(), Arc::new(AtomicU32::new(0)));
        let flights = SingleFlight::new(&tasks);
        let waiting = flights.join("a", count(runs.clone()));
        assert!(flights.is_awaited(&"a") && !flights.is_awaited(&"b"));
        drop(waiting);
        assert!(!flights.is_awaited(&"a"), "nobody waits any more");
        tasks.close();
        tasks.wait().await;
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        let broken = flights.join("a", async { panic!("as if") });
        assert_eq!(broken.await, Err::<u32, _>(AppError::Internal));
        assert!(flights.lock().is_empty());
    }
}
