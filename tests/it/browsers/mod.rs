//! What browsers get and what they may send (groups HD, OP and the problem pages of docs/requirements.md): headers over every kind
//! of answer, limits, requests of browsers that are not to be trusted, and failures that a person can act on.

mod failures;
mod headers;
mod http_server;
mod panics;
mod rate;
mod said;
mod speculation;
mod words;

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex},
};

use tracing::{Dispatch, subscriber::DefaultGuard};

/// Listens to nothing, for ever: while somebody wants everything, no event is left out because the last listener of another
/// test has just gone (tracing remembers for each whether anybody wants it).
static WANTS_ALL: LazyLock<Dispatch> = LazyLock::new(|| {
    let logs = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(io::sink);
    Dispatch::new(logs.finish())
});

/// What this test's thread logs, and so what its requests do, while this is there.
struct Log {
    lines: Lines,
    _until: DefaultGuard,
}

impl Log {
    fn begin() -> Self {
        LazyLock::force(&WANTS_ALL);
        let lines = Lines::default();
        let writer = lines.clone();
        let logs = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        Self { lines, _until: tracing::subscriber::set_default(logs) }
    }

    fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines about the request with this id.
    fn of(&self, id: &str) -> Vec<String> {
        let id = format!("id={id} ");
        self.text().lines().filter(|line| line.contains(&id)).map(str::to_owned).collect()
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
