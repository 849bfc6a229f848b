//! The log of the program on the thread of one test, separate from other tests. For the logs of libraries and the
//! database on other threads there is `log.rs`.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{Layer, filter::filter_fn, fmt, layer::SubscriberExt};

/// Records until it is dropped.
pub struct Heard {
    sink: Sink,
    _until: DefaultGuard,
}

impl Heard {
    pub fn begin() -> Self {
        super::log::set_up();
        let sink = Sink::default();
        let writer = sink.clone();
        let ours = filter_fn(|event| event.target().starts_with("claimcheck"));
        let lines = fmt::layer().with_ansi(false).with_writer(move || writer.clone()).with_filter(ours);
        let until = tracing::subscriber::set_default(tracing_subscriber::registry().with(lines));
        Self { sink, _until: until }
    }

    /// The lines so far that contain all of these texts.
    pub fn lines(&self, texts: &[&str]) -> Vec<String> {
        let all = String::from_utf8_lossy(&self.sink.0.lock().unwrap()).into_owned();
        all.lines().filter(|line| texts.iter().all(|text| line.contains(text))).map(str::to_owned).collect()
    }

    pub fn has(&self, texts: &[&str]) -> bool {
        !self.lines(texts).is_empty()
    }
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
