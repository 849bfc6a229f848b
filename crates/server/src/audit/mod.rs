//! The audit log: one JSON line for each event that matters, in its own place. Services call [`Audit::record`];
//! nothing waits for the line to be written.

/// The ends of sessions.
mod ends;
/// What is recorded.
mod event;
/// One line of the log.
mod line;
/// Refusals that are counted.
mod repeats;
/// The JSON Schema of a line.
mod schema;
/// The place of the log, in the settings.
mod setting;
/// Where lines go.
mod sink;
/// Lines for syslog.
mod syslog;
/// The thread that writes.
mod writer;

use std::{
    io, process,
    sync::{Arc, OnceLock},
    time::Duration,
};

use claimcheck_base::clock::Clock;
use claimcheck_session::Sessions;

pub use event::{AuditOutcome, ChangedFile, DownloadKind, EndedBy, Event, Occurrence, SignInKind, Who};
pub use line::{AuditLine, VERSION};
pub use schema::{COMMON, EVENTS, EventRow, Kind, LineMember, audit_schema};
pub use setting::AuditSetting;

use crate::{
    audit::{
        repeats::{Repeats, Verdict},
        sink::Sink,
        writer::Writer,
    },
    requester::{self, Requester},
};

/// Sees every event when it is recorded. It must not wait.
pub type Follower = Box<dyn Fn(&Recorded) + Send + Sync>;

/// An event with its time and its request.
pub struct Recorded {
    /// Unix time in milliseconds.
    pub at_millis: i64,
    pub event: Event,
    /// The sender of the request that caused it; `None` if no request did.
    pub requester: Option<Requester>,
}

/// How long a stop waits for the last lines.
const LAST_LINES_WITHIN: Duration = Duration::from_secs(5);

/// Where events are recorded. Cheap to clone.
#[derive(Clone, Default)]
pub struct Audit(Arc<Inner>);

#[derive(Default)]
struct Inner {
    clock: Clock,
    follower: OnceLock<Follower>,
    output: Option<Output>,
}

/// What leads to the sink.
struct Output {
    writer: Writer,
    repeats: Arc<Repeats>,
}

impl Audit {
    /// The audit log at the place of this setting. A place that cannot be used is no error: lines wait for it.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn new(setting: &AuditSetting, clock: Clock) -> io::Result<Self> {
        let output = sink::of(setting).map(|sink| Output::start(sink, &clock)).transpose()?;
        Ok(Self(Arc::new(Inner { clock, follower: OnceLock::new(), output })))
    }

    /// Shows every event to this, too; only the first follower counts.
    pub fn follow(&self, follower: Follower) {
        let _ = self.0.follower.set(follower);
    }

    /// Records an event of the request that this code runs for, if there is one. Never waits.
    pub fn record(&self, event: Event) {
        self.record_for(event, requester::current());
    }

    /// The same for an event of this request.
    pub fn record_for(&self, event: Event, requester: Option<Requester>) {
        let Inner { clock, follower, output } = self.0.as_ref();
        if follower.get().is_none() && output.is_none() {
            return;
        }
        let recorded = Recorded { at_millis: clock.now_millis(), event, requester };
        if let Some(follower) = follower.get() {
            follower(&recorded);
        }
        if let Some(output) = output {
            output.add(recorded);
        }
    }

    /// Records the end of each of these sessions.
    pub fn follow_ends(&self, sessions: &Sessions) {
        let audit = self.clone();
        sessions.observe_ends(Box::new(move |ended| {
            audit.record(ends::of(ended, requester::current().as_ref()))
        }));
    }

    /// Writes further lines to a new file or connection: the old file may have been renamed.
    pub fn reopen(&self) {
        if let Some(output) = &self.0.output {
            output.writer.reopen();
        }
    }

    /// What an operator should know: that lines cannot be written.
    pub fn warnings(&self) -> Vec<String> {
        let problem = self.0.output.as_ref().and_then(|output| output.writer.problem());
        let warning = problem.map(|(problem, waiting, lost)| {
            format!(
                "the audit log cannot be written: {problem}; lines that wait: {waiting}, lost: {lost}; \
                 check the place that `audit` names"
            )
        });
        warning.into_iter().collect()
    }

    /// Records that the program serves.
    pub fn started(&self) {
        self.record(Event::success(Occurrence::ServerStarted {
            version: env!("CARGO_PKG_VERSION"),
            pid: process::id(),
        }));
    }

    /// Records that the program has stopped, and closes the log.
    pub async fn stopped(&self) {
        self.record(Event::success(Occurrence::ServerStopped {
            version: env!("CARGO_PKG_VERSION"),
            pid: process::id(),
        }));
        self.close().await;
    }

    /// Writes what waits, for at most five seconds. Lines of later events are lost.
    pub async fn close(&self) {
        let audit = self.clone();
        let closing = tokio::task::spawn_blocking(move || {
            if let Some(output) = &audit.0.output {
                output.add_counts(output.repeats.rest());
                output.writer.close(LAST_LINES_WITHIN);
            }
        });
        if let Err(error) = closing.await {
            tracing::error!(%error, "the audit log was not closed");
        }
    }
}

impl Output {
    fn start(sink: Box<dyn Sink>, clock: &Clock) -> io::Result<Self> {
        let repeats = Arc::new(Repeats::default());
        let lost = {
            let clock = clock.clone();
            Box::new(move |lost| {
                let event =
                    Event::not_done(Occurrence::LinesLost { lost }, AuditOutcome::Failed, "not_written");
                let recorded = Recorded { at_millis: clock.now_millis(), event, requester: None };
                AuditLine::new(&recorded, 1).to_json()
            })
        };
        let tick = {
            let (clock, repeats) = (clock.clone(), repeats.clone());
            Box::new(move |writer: &Writer| add_counts(writer, repeats.due(clock.now_millis())))
        };
        Ok(Self { writer: Writer::start(sink, lost, tick)?, repeats })
    }

    fn add(&self, recorded: Recorded) {
        self.add_counts(self.repeats.due(recorded.at_millis));
        if let Verdict::Written(recorded) = self.repeats.admit(recorded) {
            self.writer.add(AuditLine::new(&recorded, 1).to_json());
        }
    }

    fn add_counts(&self, counts: Vec<(Recorded, u64)>) {
        add_counts(&self.writer, counts);
    }
}

fn add_counts(writer: &Writer, counts: Vec<(Recorded, u64)>) {
    for (last, count) in counts {
        writer.add(AuditLine::new(&last, count).to_json());
    }
}
