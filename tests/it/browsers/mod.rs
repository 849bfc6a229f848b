//! Responses to browsers, and limits on their requests (groups HD, OP and the problem pages of docs/requirements.md):
//! headers of every kind of response, limits, untrusted requests, and failures that users can act on.

mod failures;
pub mod framed;
mod headers;
mod http_server;
mod panics;
mod rate;
mod said;
mod speculation;
mod words;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::subscriber::DefaultGuard;

use crate::support::log;

/// Records what this test's thread logs, including its requests, while it exists.
struct Log {
    lines: Lines,
    _until: DefaultGuard,
}

impl Log {
    fn begin() -> Self {
        log::set_up();
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
