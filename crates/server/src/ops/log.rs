//! The format and the content of the log: text on a terminal, otherwise JSON, always to standard error. Keeps out
//! anything that could contain a secret, whatever the filter says (OP-07): fine-grained events of libraries, which
//! print their data, and panic messages that were formatted at run time. Every line names its request; spans of
//! libraries, which would take its place, are left out.

use std::{
    any::Any,
    io::{self, IsTerminal},
    panic::{self, PanicHookInfo},
};

use claimcheck_base::traces;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{Directive, ParseError, filter_fn},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::traces::TraceLayer;

/// Logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("the log filter is not valid: {0}")]
    Filter(#[from] ParseError),
    #[error("logging is already set up")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging for the whole process; `filter` is `Settings::log`. `traces` records traces, if they are on.
///
/// # Errors
/// An invalid filter, or a second call.
pub fn init(filter: &str, traces: Option<TraceLayer>) -> Result<(), LogError> {
    let lines = if io::stderr().is_terminal() {
        fmt::layer().with_writer(io::stderr).with_target(false).boxed()
    } else {
        json(io::stderr).boxed()
    };
    // Filters of the whole, not of the layer. Layer filters remember an answer until the next event of the thread, so a
    // library that only asks whether logging is enabled, as sqlx does at each query, makes them drop that event.
    let filter = EnvFilter::try_new(filter)?.add_directive(of_traces(traces.is_some())?);
    let filters = tracing_subscriber::registry().with(filter).with(filter_fn(is_harmless));
    match traces {
        // The one exception: this filter keeps the spans of traces out, which no library asks about.
        Some(traces) => filters.with(lines.with_filter(filter_fn(is_of_log))).with(traces).try_init()?,
        None => filters.with(lines).try_init()?,
    }
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// One JSON object per line, with the innermost span.
fn json<S, W>(writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(writer)
}

/// Whether spans of traces are enabled. The log's own filter has no influence on them.
fn of_traces(is_on: bool) -> Result<Directive, ParseError> {
    format!("{}={}", traces::TARGET, if is_on { "trace" } else { "off" }).parse()
}

/// Not a span of traces: it would take the place of the request in log lines.
fn is_of_log(told: &Metadata<'_>) -> bool {
    told.target() != traces::TARGET
}

/// Our own events and spans, and the events of libraries from level `info` up.
fn is_harmless(told: &Metadata<'_>) -> bool {
    let krate = told.target().split("::").next().unwrap_or_default();
    let ours = krate == "claimcheck" || krate.starts_with("claimcheck_");
    ours || told.is_event() && *told.level() <= Level::INFO
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "panic: {}", harmless_text(info.payload()));
}

/// A literal text is harmless; a formatted one may contain a token.
fn harmless_text(payload: &dyn Any) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(text withheld)")
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::{Layer, filter::filter_fn, fmt, layer::SubscriberExt};

    use super::{harmless_text, is_harmless, json};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn op_07_libraries_do_not_print_what_they_transport() {
        let sink = Sink::default();
        let writer = sink.clone();
        let layer = fmt::layer().with_writer(move || writer.clone()).with_filter(filter_fn(is_harmless));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::debug!(target: "hyper::proto", "canary");
            tracing::trace!(target: "claimcheckers", "canary");
            tracing::info!(target: "hyper::proto", "told");
            tracing::trace!(target: "claimcheck_server::ops", "ours");
        });
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("told") && text.contains("ours") && !text.contains("canary"), "{text}");
    }

    #[test]
    fn op_08_op_09_a_line_names_its_request_also_where_a_library_has_a_span_around_it() {
        let sink = Sink::default();
        let writer = sink.clone();
        let lines =
            tracing_subscriber::registry().with(filter_fn(is_harmless)).with(json(move || writer.clone()));
        tracing::subscriber::with_default(lines, || {
            let request =
                tracing::info_span!(target: "claimcheck::server", "request", id = "abcdefghjk").entered();
            let library = tracing::info_span!(target: "tower_sessions::service", "call").entered();
            tracing::warn!(target: "claimcheck::server", reason = "lost", "sign-in failed");
            drop((library, request));
        });
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("abcdefghjk") && text.contains("\"reason\":\"lost\""), "{text}");
    }

    #[test]
    fn op_07_a_panic_text_that_was_put_together_is_withheld() {
        assert_eq!(harmless_text(&"index out of bounds"), "index out of bounds");
        assert_eq!(harmless_text(&"canary".to_owned()), "(text withheld)");
    }
}
