//! Traces over OTLP/HTTP (OpenTelemetry): what each request did, and how long each part took. Off unless `traces_url` is
//! set. `layer` turns spans of the target `claimcheck::traces` into finished ones; `export` sends them to the collector from
//! its own task, so that no request waits for it; `export_log` has the log lines about it; `otlp` is the format; `request` has
//! the span of a request, and the trace that it continues.

mod export;
mod export_log;
mod layer;
mod otlp;
mod request;

use std::time::Duration;

use claimcheck_base::{
    http_out::{HttpOut, SetUpError},
    traces,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Settings;

pub use export::{ExportError, probe};
pub use layer::TraceLayer;
pub use request::{FromTrustedProxy, RequestSpan};

/// How long a stopping program waits until what was recorded has been sent.
const FLUSH_WITHIN: Duration = Duration::from_secs(3);

/// The running export of traces.
pub struct Traces {
    task: JoinHandle<()>,
    stop: CancellationToken,
}

impl Traces {
    /// Starts the export, if the settings ask for it. The layer belongs into the subscriber of the process.
    ///
    /// # Errors
    /// No HTTP client can be created with the settings.
    pub fn start(settings: &Settings) -> Result<Option<(Self, TraceLayer)>, SetUpError> {
        let Some(exporter) = export::Target::of(settings)? else { return Ok(None) };
        let (queue, waiting) = export::queue();
        let stop = CancellationToken::new();
        let task = tokio::spawn(export::Exporter::new(exporter, waiting, stop.clone()).run());
        traces::turn_on();
        Ok(Some((Self { task, stop }, TraceLayer::new(queue, settings.outgoing.traces_sampling))))
    }

    /// Sends what is waiting, and ends the export. Gives up after 3 seconds.
    pub async fn shut_down(self) {
        self.stop.cancel();
        if tokio::time::timeout(FLUSH_WITHIN, self.task).await.is_err() {
            tracing::warn!(
                event = "traces lost",
                reason = "the collector did not take them in time",
                "the program stops"
            );
        }
    }
}

/// The client for the collector.
fn client(settings: &Settings) -> Result<HttpOut, SetUpError> {
    HttpOut::to_collector(&settings.http())
}
