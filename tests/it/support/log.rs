//! The complete log: every event and span of every crate at TRACE, while it is being recorded. One for the process,
//! because parts of a request run on threads of the database and the runtime.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{
        Arc, Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{
    Layer,
    filter::dynamic_filter_fn,
    fmt::{self, format::FmtSpan},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// The log of each test since it began to record, by the name of its thread.
static HEARD: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());
static SET_UP: Once = Once::new();
/// How many tests record with it now.
static LISTENERS: AtomicUsize = AtomicUsize::new(0);

fn heard() -> MutexGuard<'static, BTreeMap<String, Vec<u8>>> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn this_thread() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

/// Records until it is dropped. One at a time in each test.
pub struct Listening(String);

impl Listening {
    pub fn begin() -> Self {
        set_up();
        let before = heard().insert(this_thread(), Vec::new());
        assert!(before.is_none(), "this test listens already");
        LISTENERS.fetch_add(1, Ordering::SeqCst);
        Self(this_thread())
    }

    /// Everything logged so far.
    pub fn text(&self) -> Vec<u8> {
        heard().get(&self.0).cloned().unwrap_or_default()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENERS.fetch_sub(1, Ordering::SeqCst);
        heard().remove(&self.0);
    }
}

/// Sets the subscriber of the process. Every test that records a log needs it, also one that has its own subscriber:
/// a line that is logged for the first time just while a subscriber begins would otherwise be remembered as one that
/// nobody wants. The answer of this subscriber is never remembered.
pub fn set_up() {
    SET_UP.call_once(|| {
        let lines = fmt::layer().with_span_events(FmtSpan::FULL).with_ansi(false).with_writer(|| Ear);
        let lines = lines.with_filter(dynamic_filter_fn(|_, _| is_for_us()));
        tracing_subscriber::registry().with(lines).init();
    });
}

/// Threads are named after their test. Those of other tests are left out, those of libraries are not.
fn is_for_us() -> bool {
    if LISTENERS.load(Ordering::SeqCst) == 0 {
        return false;
    }
    let (thread, heard) = (this_thread(), heard());
    heard.contains_key(&thread) || (!heard.is_empty() && !thread.contains("::"))
}

struct Ear;

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (thread, mut heard) = (this_thread(), heard());
        match heard.get_mut(&thread) {
            Some(lines) => lines.extend_from_slice(bytes),
            None => heard.values_mut().for_each(|lines| lines.extend_from_slice(bytes)),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Records the log of the test's own thread, from `info` up, while it exists. This includes the requests of the test,
/// which run on the same thread. Any number of tests can use it at a time.
pub struct OwnLog {
    lines: Arc<Mutex<Vec<u8>>>,
    _until: DefaultGuard,
}

impl OwnLog {
    pub fn begin() -> Self {
        set_up();
        let lines = Arc::<Mutex<Vec<u8>>>::default();
        let to = lines.clone();
        let subscriber = fmt::fmt().with_ansi(false).with_writer(move || Paper(to.clone())).finish();
        Self { lines, _until: tracing::subscriber::set_default(subscriber) }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.lines.lock().unwrap().clone()).unwrap()
    }
}

struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
