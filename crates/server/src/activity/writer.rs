//! Stores lines in a task that runs while there are some: lines of a moment are one write. While the store is unavailable
//! they wait, in limited number, and the log says so once.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use claimcheck_session::{ActivityLine, Deed, Sessions, StoredLine};
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Lines that follow within this time are written together.
const GATHER: Duration = Duration::from_millis(50);
/// The lines of one write.
const AT_ONCE: usize = 100;
/// The lines that wait, of some hundred bytes each. Further ones are lost.
const WAITING_MAX: usize = 2_000;
/// The first and the longest pause before the store is asked again.
const ASK_SOON: Duration = Duration::from_millis(250);
const ASK_LATER: Duration = Duration::from_secs(5);

/// A line and its user.
pub(super) struct OwnLine {
    pub iss: String,
    pub sub: String,
    pub line: ActivityLine,
}

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(Arc<Inner>);

struct Inner {
    sessions: Sessions,
    tasks: TaskTracker,
    stopping: CancellationToken,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<OwnLine>,
    /// How many there was no room for since the store last accepted some.
    lost: u64,
    is_running: bool,
}

impl Writer {
    pub(super) fn new(sessions: Sessions, tasks: TaskTracker, stopping: CancellationToken) -> Self {
        Self(Arc::new(Inner { sessions, tasks, stopping, queue: Mutex::default() }))
    }

    /// Stores a line soon. Never waits.
    pub(super) fn add(&self, line: OwnLine) {
        let mut queue = self.queue();
        if !queue.fold(&line) {
            if queue.waiting.len() < WAITING_MAX {
                queue.waiting.push_back(line);
            } else {
                queue.lost = queue.lost.saturating_add(1);
            }
        }
        if !std::mem::replace(&mut queue.is_running, true) {
            let writer = self.clone();
            self.0.tasks.spawn(async move { writer.run().await });
        }
    }

    async fn run(&self) {
        sleep(GATHER).await;
        while let Some(lines) = self.next() {
            self.store(lines).await;
        }
    }

    /// The next lines to write; `None` if there are none, and then the task ends.
    fn next(&self) -> Option<Vec<StoredLine>> {
        let some: Vec<_> = {
            let mut queue = self.queue();
            let count = queue.waiting.len().min(AT_ONCE);
            queue.is_running = count > 0;
            queue.waiting.drain(..count).collect()
        };
        (!some.is_empty()).then(|| some.into_iter().filter_map(|own| self.seal(own)).collect())
    }

    fn seal(&self, OwnLine { iss, sub, line }: OwnLine) -> Option<StoredLine> {
        let sealed = self.0.sessions.seal_line(&iss, &sub, line);
        sealed.inspect_err(|error| tracing::error!(%error, "a line of activity was not encrypted")).ok()
    }

    async fn store(&self, lines: Vec<StoredLine>) {
        let (mut pause, mut is_late) = (ASK_SOON, false);
        while let Err(error) = self.0.sessions.add_lines(&lines).await {
            if !std::mem::replace(&mut is_late, true) {
                tracing::warn!(
                    event = "activity not stored",
                    %error,
                    "lines for users' sessions pages wait until the store accepts them"
                );
            }
            if self.0.stopping.is_cancelled() {
                let lost = lines.len() + std::mem::take(&mut self.queue().waiting).len();
                tracing::warn!(
                    event = "activity lost",
                    lost,
                    "the program stops, and the store accepts nothing"
                );
                return;
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = self.0.stopping.cancelled() => {}
            }
            pause = pause.saturating_mul(2).min(ASK_LATER);
        }
        let lost = std::mem::take(&mut self.queue().lost);
        if is_late || lost > 0 {
            tracing::info!(
                event = "activity stored again",
                lost,
                "the store accepts lines for users' sessions pages"
            );
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Counts an end with the one before it, if a user has ended several sessions at once: fifty of them would push
    /// everything else out.
    fn fold(&mut self, new: &OwnLine) -> bool {
        let Some(last) = self.waiting.back_mut() else { return false };
        let is_same = (&last.iss, &last.sub, last.line.at, &last.line.address, &last.line.user_agent)
            == (&new.iss, &new.sub, new.line.at, &new.line.address, &new.line.user_agent);
        match (&mut last.line.what, &new.line.what) {
            (Deed::Ended { why, count }, Deed::Ended { why: new, .. }) if is_same && why == new => {
                *count = count.saturating_add(1);
                last.line.session = None;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use claimcheck_base::clock::Clock;
    use claimcheck_session::{
        EndReason, Keyring, Lifetimes, MemoryStore, StoreError, StoreObserver, StoreOperation, observed,
    };

    use super::*;

    fn ended(sub: &str, at: i64, why: &str) -> OwnLine {
        let mut line = ActivityLine::new(at, Deed::Ended { why: why.to_owned(), count: 1 });
        line.session = Some(format!("of {sub}"));
        OwnLine { iss: "https://id.example".to_owned(), sub: sub.to_owned(), line }
    }

    #[test]
    fn my_07_sessions_that_end_together_are_one_line() {
        let mut queue = Queue::default();
        let mut add = |line: OwnLine| {
            if !queue.fold(&line) {
                queue.waiting.push_back(line);
            }
        };
        for _ in 0..49 {
            add(ended("ada", 100, "ended_elsewhere"));
        }
        add(ended("ada", 101, "ended_elsewhere"));
        add(ended("mei", 101, "ended_elsewhere"));
        add(ended("mei", 101, "operator"));
        let counts: Vec<_> = queue
            .waiting
            .iter()
            .map(|own| match &own.line.what {
                Deed::Ended { count, .. } => (*count, own.line.session.is_some()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(counts, [(49, false), (1, true), (1, true), (1, true)]);
    }

    /// Counts the writes of lines.
    struct Writes(Arc<AtomicUsize>);

    impl StoreObserver for Writes {
        fn operated(&self, operation: StoreOperation, _: Duration, _: Option<&StoreError>) {
            self.0.fetch_add(usize::from(operation == StoreOperation::AddLines), Ordering::Relaxed);
        }

        fn ended(&self, _: EndReason, _: usize) {}
    }

    /// Adds a line of each of that many users at once; returns the number of writes and the users with a line.
    async fn at_once(users: usize) -> (usize, usize) {
        let writes = Arc::new(AtomicUsize::new(0));
        let store = observed(Arc::new(MemoryStore::new()), Arc::new(Writes(writes.clone())));
        let lifetimes = Lifetimes { idle_secs: 60, absolute_secs: 60 };
        let sessions = Sessions::new(store, Keyring::ephemeral().unwrap(), Clock::fixed(), lifetimes, 9);
        let tasks = TaskTracker::new();
        let writer = Writer::new(sessions.clone(), tasks.clone(), CancellationToken::new());
        for user in 0..users {
            writer.add(ended(&user.to_string(), Clock::fixed().now(), "operator"));
        }
        tasks.close();
        tasks.wait().await;
        let writes = writes.load(Ordering::Relaxed);
        let mut kept = 0;
        for user in 0..users {
            kept += usize::from(is_kept(&sessions, user).await);
        }
        (writes, kept)
    }

    async fn is_kept(sessions: &Sessions, user: usize) -> bool {
        !sessions.activity_of("https://id.example", &user.to_string()).await.unwrap().is_empty()
    }

    #[tokio::test]
    async fn my_07_a_line_is_one_write_and_lines_of_a_moment_are_one_write_together() {
        assert_eq!(at_once(1).await, (1, 1));
        assert_eq!(at_once(100).await, (1, 100));
        assert_eq!(at_once(101).await, (2, 101));
        assert_eq!(at_once(WAITING_MAX + 50).await, (WAITING_MAX / AT_ONCE, WAITING_MAX), "the rest is lost");
    }
}
