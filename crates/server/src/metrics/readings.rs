//! Values that are read when a scrape asks for them: limits, the provider's documents, boards, sessions, the process.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use claimcheck_oidc::ProviderDocument;
use claimcheck_session::Sessions;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, TypedMetric, counter::ConstCounter, gauge::ConstGauge, info::Info},
};
use tokio::sync::Mutex;

use super::{process::Process, series};

/// For how long the number of sessions is not asked for again: scrapes and processes share one store.
const COUNTED_FOR: Duration = Duration::from_secs(10);
/// How long a scrape waits for the store.
const PATIENCE: Duration = Duration::from_secs(2);

/// A bounded resource.
#[derive(Clone, Copy, Debug)]
pub struct LimitReading {
    /// Its name, as in the health details.
    pub name: &'static str,
    /// Its limit.
    pub total: u64,
    /// Its use.
    pub used: u64,
}

/// How often a limit was reached.
#[derive(Clone, Copy, Debug)]
pub struct LimitReached {
    /// The name of the limit.
    pub name: &'static str,
    /// The refusals since the start.
    pub count: u64,
}

/// What this program is.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// Its version.
    pub version: &'static str,
    /// What it was built with.
    pub features: &'static str,
    /// The kind of the session store.
    pub store: &'static str,
}

/// Everything that a scrape reads.
#[derive(Debug)]
pub struct Readings {
    pub build: Build,
    /// Whether the program is ready, as its health check says.
    pub is_ready: bool,
    /// Running sessions, if the store answers.
    pub sessions: Option<u64>,
    /// Event streams that are open.
    pub streams: u64,
    pub limits: Vec<LimitReading>,
    pub reached: Vec<LimitReached>,
    /// The most open files of this process.
    pub max_files: u64,
    pub documents: [ProviderDocument; 2],
    /// Boards and panels that are taken up, and when that was, in Unix seconds.
    pub boards: usize,
    pub panels: usize,
    pub taken_up_at: i64,
    /// Changed files that were taken up, and that were refused, since the start.
    pub reloads: [u64; 2],
    /// Whether the files as they are now were refused.
    pub is_refused: bool,
    /// Reports that APIs are preparing.
    pub reports: u64,
    /// Work that goes on without a browser.
    pub tasks: u64,
}

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let to = &mut encoder;
        let build =
            [("version", self.build.version), ("features", self.build.features), ("store", self.build.store)];
        let info = Info::new(build);
        let help = "The program: version, features, and kind of session store.";
        info.encode(to.encode_descriptor(
            "claimcheck_build",
            help,
            None,
            Info::<[(&str, &str); 3]>::TYPE,
        )?)?;
        one(
            to,
            "claimcheck_ready",
            "Whether this process is ready: 1 or 0.",
            f64::from(u8::from(self.is_ready)),
        )?;
        if let Some(sessions) = self.sessions {
            let help = "Running sessions in the store. Processes that share a store each report all of them: use max, \
                        not sum. At most 100000 are counted.";
            one(to, "claimcheck_sessions_live", help, sessions as f64)?;
        }
        one(to, "claimcheck_event_streams_open", "Event streams of pages.", self.streams as f64)?;
        self.limits(to)?;
        self.documents(to)?;
        self.reload(to)?;
        let help = "Reports of panels that APIs are preparing.";
        one(to, "claimcheck_reports_preparing", help, self.reports as f64)?;
        let help =
            "Work under way that goes on without a browser: refreshes, requests, submissions, revocations.";
        one(to, "claimcheck_tasks_running", help, self.tasks as f64)?;
        self.process(to)
    }
}

impl Readings {
    fn limits(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let labelled = self.limits.iter().map(|limit| ([("limit", limit.name)], limit.total));
        many(to, "claimcheck_limit", "The limits of bounded resources of this process.", labelled)?;
        let labelled = self.limits.iter().map(|limit| ([("limit", limit.name)], limit.used));
        many(to, "claimcheck_limit_used", "How much of a limited resource is in use.", labelled)?;
        let help = "How often a limit was reached, and something refused.";
        let labelled = self.reached.iter().map(|limit| ([("limit", limit.name)], limit.count));
        counted(to, "claimcheck_limit_reached", help, labelled)
    }

    fn documents(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help =
            "How long ago a document of the provider was fetched. It is missing as long as it never was.";
        let ages = self.documents.iter().filter_map(|document| {
            Some(([("document", document.name)], u64::try_from(document.age_secs?).unwrap_or_default()))
        });
        many(to, "claimcheck_provider_document_age_seconds", help, ages)?;
        let help = "Fetches of documents of the provider, by document and outcome.";
        let fetches = self.documents.iter().flat_map(|document| {
            document.fetches.iter().map(|(outcome, count)| {
                ([("document", document.name), ("outcome", outcome.as_str())], *count)
            })
        });
        counted(to, "claimcheck_provider_document_fetches", help, fetches)
    }

    fn reload(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        one(to, "claimcheck_boards", "Boards that are taken up.", self.boards as f64)?;
        one(to, "claimcheck_panels", "Panels that are taken up.", self.panels as f64)?;
        let help = "When the boards were taken up.";
        one(to, "claimcheck_boards_taken_up_timestamp_seconds", help, self.taken_up_at as f64)?;
        let [taken_up, refused] = self.reloads;
        let help = "Changed files with boards, by outcome.";
        let outcomes = [("taken_up", taken_up), ("refused", refused)];
        let labelled = outcomes.map(|(outcome, count)| ([("outcome", outcome)], count));
        counted(to, "claimcheck_reloads", help, labelled.into_iter())?;
        let help = "Whether the files with boards have mistakes and are not taken up: 1 or 0.";
        one(to, "claimcheck_reload_last_refused", help, f64::from(u8::from(self.is_refused)))
    }

    fn process(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let Some(process) = Process::read() else { return Ok(()) };
        let help = "User and system CPU time.";
        let metric = ConstCounter::new(process.cpu_secs);
        metric.encode(to.encode_descriptor("process_cpu_seconds", help, None, MetricType::Counter)?)?;
        one(to, "process_open_fds", "Open file descriptors.", process.open_files as f64)?;
        one(to, "process_max_fds", "The most open file descriptors.", self.max_files as f64)?;
        one(to, "process_resident_memory_bytes", "Resident memory.", process.resident_bytes as f64)?;
        one(to, "process_virtual_memory_bytes", "Virtual memory.", process.virtual_bytes as f64)?;
        one(to, "process_threads", "Threads.", process.threads as f64)?;
        one(to, "process_start_time_seconds", "When the process started.", process.start_secs)
    }
}

/// A gauge without labels.
fn one(to: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: f64) -> fmt::Result {
    ConstGauge::new(value).encode(to.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

/// A gauge with labels.
fn many<'l, const N: usize>(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    mut all: impl Iterator<Item = ([(&'l str, &'l str); N], u64)>,
) -> fmt::Result {
    let mut to = to.encode_descriptor(name, help, None, MetricType::Gauge)?;
    all.try_for_each(|(labels, value)| series(&mut to, &labels, &ConstGauge::new(value)))
}

/// A counter with labels.
fn counted<'l, const N: usize>(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    mut all: impl Iterator<Item = ([(&'l str, &'l str); N], u64)>,
) -> fmt::Result {
    let mut to = to.encode_descriptor(name, help, None, MetricType::Counter)?;
    all.try_for_each(|(labels, value)| series(&mut to, &labels, &ConstCounter::new(value)))
}

/// The number of running sessions, asked for at most every 10 seconds.
#[derive(Clone, Debug)]
pub struct LiveSessions {
    sessions: Sessions,
    last: Arc<Mutex<Option<(Instant, u64)>>>,
}

impl LiveSessions {
    /// Of these sessions; nothing is asked yet.
    pub fn new(sessions: Sessions) -> Self {
        Self { sessions, last: Arc::default() }
    }

    /// The number, if the store answers in time.
    pub async fn count(&self) -> Option<u64> {
        let mut last = self.last.lock().await;
        if let Some((at, count)) = *last
            && at.elapsed() < COUNTED_FOR
        {
            return Some(count);
        }
        let count = tokio::time::timeout(PATIENCE, self.sessions.count_live()).await;
        let count =
            count.ok()?.inspect_err(|error| tracing::warn!(%error, "sessions could not be counted")).ok()?;
        *last = Some((Instant::now(), count));
        Some(count)
    }
}
