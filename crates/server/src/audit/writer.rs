//! The thread that writes lines, and the bounded queue before it. A line waits as long as its sink cannot be used; if there
//! are too many, further ones are lost, and counted.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::audit::sink::Sink;

/// The lines that may wait.
const LINES_MAX: usize = 20_000;
/// Their bytes.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// The pause before a line is tried again.
const AGAIN: Duration = Duration::from_millis(500);
/// How often the writer looks for lines that are due, while there is nothing to write.
const TICK: Duration = Duration::from_secs(5);

/// A line that says how many were lost.
pub(super) type Lost = Box<dyn Fn(u64) -> String + Send + Sync>;
/// Queues the lines that are due.
pub(super) type Tick = Box<dyn Fn(&Writer) + Send>;

/// The queue before the thread. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// There is something to do for the thread.
    wake: Condvar,
    /// The thread has ended.
    ended: Condvar,
    /// The line about lost lines.
    lost: Lost,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<String>,
    bytes: usize,
    lost: u64,
    /// What keeps lines from being written.
    problem: Option<String>,
    reopens: bool,
    is_closing: bool,
    has_ended: bool,
}

impl State {
    fn has_room(&self, line: &str) -> bool {
        self.waiting.len() < LINES_MAX && self.bytes.saturating_add(line.len()) <= BYTES_MAX
    }

    fn push(&mut self, line: String) {
        self.bytes = self.bytes.saturating_add(line.len());
        self.waiting.push_back(line);
    }

    /// Puts the line about lost lines at the end, if any were lost.
    fn tell_lost(&mut self, line: &Lost) {
        if self.lost > 0 {
            let line = line(std::mem::take(&mut self.lost));
            self.push(line);
        }
    }
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system starts none.
    pub(super) fn start(sink: Box<dyn Sink>, lost: Lost, tick: Tick) -> io::Result<Self> {
        let (state, wake, ended) = (Mutex::default(), Condvar::new(), Condvar::new());
        let writer = Self(Arc::new(Shared { state, wake, ended, lost }));
        let own = writer.clone();
        thread::Builder::new().name("audit".to_owned()).spawn(move || own.run(sink, &tick))?;
        Ok(writer)
    }

    /// Queues a line. Never waits for a write.
    pub(super) fn add(&self, line: String) {
        let mut state = self.lock();
        if state.has_ended || !state.has_room(&line) {
            state.lost = state.lost.saturating_add(1);
            return;
        }
        state.tell_lost(&self.0.lost);
        state.push(line);
        drop(state);
        self.0.wake.notify_one();
    }

    /// Uses a new file or connection from the next line on.
    pub(super) fn reopen(&self) {
        self.lock().reopens = true;
        self.0.wake.notify_one();
    }

    /// What keeps lines from being written, and how many wait or are lost.
    pub(super) fn problem(&self) -> Option<(String, usize, u64)> {
        let state = self.lock();
        state.problem.clone().map(|problem| (problem, state.waiting.len(), state.lost))
    }

    /// Writes what waits, and ends the thread; waits for that at most so long.
    pub(super) fn close(&self, within: Duration) {
        let mut state = self.lock();
        state.is_closing = true;
        self.0.wake.notify_one();
        let until = Instant::now() + within;
        while !state.has_ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.0.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let unwritten = u64::try_from(state.waiting.len()).unwrap_or(u64::MAX).saturating_add(state.lost);
        if unwritten > 0 {
            tracing::error!(event = "audit lines lost", count = unwritten, "the server stops");
        }
    }

    fn run(&self, mut sink: Box<dyn Sink>, tick: &Tick) {
        while let Some(line) = self.next(sink.as_mut(), tick) {
            let written = sink.write(&line);
            if !self.note(line, written) {
                break;
            }
        }
        sink.finish();
        self.lock().has_ended = true;
        self.0.ended.notify_all();
    }

    /// The next line, waiting for one; `None` at the end.
    fn next(&self, sink: &mut dyn Sink, tick: &Tick) -> Option<String> {
        let mut state = self.lock();
        loop {
            if std::mem::take(&mut state.reopens) {
                sink.reopen();
            }
            if state.waiting.is_empty() {
                state.tell_lost(&self.0.lost);
            }
            if let Some(line) = state.waiting.pop_front() {
                state.bytes = state.bytes.saturating_sub(line.len());
                return Some(line);
            }
            if state.is_closing {
                return None;
            }
            let (waited, timeout) =
                self.0.wake.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner);
            state = waited;
            if timeout.timed_out() {
                drop(state);
                tick(self);
                state = self.lock();
            }
        }
    }

    /// Records what became of a line. `false` if nothing further is tried.
    fn note(&self, line: String, written: io::Result<()>) -> bool {
        let mut state = self.lock();
        let Err(error) = written else {
            if state.problem.take().is_some() {
                let (waiting, lost) = (state.waiting.len(), state.lost);
                tracing::info!(event = "audit log writes again", waiting, lost);
            }
            return true;
        };
        state.bytes = state.bytes.saturating_add(line.len());
        state.waiting.push_front(line);
        if state.problem.is_none() {
            tracing::error!(
                event = "audit log not written",
                %error,
                "lines wait in memory; this is logged once until a line is written"
            );
        }
        state.problem = Some(error.to_string());
        if state.is_closing {
            return false;
        }
        let until = Instant::now() + AGAIN;
        while !state.is_closing && !state.reopens {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // A further line is no reason to try sooner.
            state = self.0.wake.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    };

    use super::*;

    /// Refuses while it is full, and passes lines on.
    struct Fake(Arc<AtomicBool>, mpsc::Sender<String>);

    impl Sink for Fake {
        fn write(&mut self, line: &str) -> io::Result<()> {
            if self.0.load(Ordering::SeqCst) {
                return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left"));
            }
            self.1.send(line.to_owned()).map_err(io::Error::other)
        }
    }

    fn start(is_full: bool) -> (Writer, Arc<AtomicBool>, mpsc::Receiver<String>) {
        let (sender, lines) = mpsc::channel();
        let full = Arc::new(AtomicBool::new(is_full));
        let lost: Lost = Box::new(|count| format!("lost {count}\n"));
        let writer = Writer::start(Box::new(Fake(full.clone(), sender)), lost, Box::new(|_| {})).unwrap();
        (writer, full, lines)
    }

    #[test]
    fn au_05_lines_wait_while_the_disk_is_full_and_lost_ones_are_counted_in_their_place() {
        let (writer, full, lines) = start(true);
        for number in 0..LINES_MAX + 7 {
            writer.add(format!("{number}\n"));
        }
        // One may be in the hands of the thread.
        let lost = loop {
            match writer.problem() {
                Some((problem, _, lost)) if problem.contains("no space") => break lost,
                _ => thread::yield_now(),
            }
        };
        assert!((6..=7).contains(&lost), "{lost}");
        full.store(false, Ordering::SeqCst);
        writer.reopen();
        for number in 0..LINES_MAX + 7 - usize::try_from(lost).unwrap() {
            assert_eq!(lines.recv().unwrap(), format!("{number}\n"));
        }
        assert_eq!(lines.recv().unwrap(), format!("lost {lost}\n"));
        writer.add("after\n".into());
        assert_eq!(lines.recv().unwrap(), "after\n");
        assert_eq!(writer.problem(), None);
    }

    #[test]
    fn au_05_long_lines_are_bounded_by_their_bytes() {
        let (writer, _, _lines) = start(true);
        let long = "x".repeat(1024 * 1024);
        for _ in 0..20 {
            writer.add(long.clone());
        }
        let state = writer.lock();
        assert!(state.bytes <= BYTES_MAX && state.lost >= 11, "{} {}", state.bytes, state.lost);
    }

    #[test]
    fn au_05_a_stop_writes_what_waits_and_does_not_wait_for_a_full_disk() {
        let (writer, _, lines) = start(false);
        for number in 0..100 {
            writer.add(format!("{number}\n"));
        }
        writer.close(Duration::from_secs(60));
        assert_eq!(lines.try_iter().count(), 100);
        let (writer, _, lines) = start(true);
        writer.add("a\n".into());
        writer.close(Duration::from_secs(60));
        assert!(writer.lock().has_ended && lines.try_iter().count() == 0);
    }
}
