//! Metrics for Prometheus: counters that services increment while they work, and values that are read at each scrape.
//! Labels are words of this program, and ids and titles of the settings. Nothing of a request, a claim or an answer is
//! ever a label, so the number of series is bounded by the settings.

/// Requests to APIs, by panel.
mod api_requests;
/// Which of the two text formats.
mod format;
/// Requests of browsers, by route.
mod http_requests;
/// Labels.
mod labels;
/// The process, as its operating system sees it.
mod process;
/// Values that are read at a scrape.
mod readings;
/// Operations of the session store.
mod store;

pub use api_requests::{ApiFailure, RequestSource, RequestSources};
pub use format::Format;
pub use http_requests::count as count_http_requests;
pub use labels::{ActionOutcome, JobOutcome, LogoutOutcome, RefreshKind, RefreshOutcome};
pub use readings::{Build, LimitReached, LimitReading, LiveSessions, Readings};

use std::{fmt, sync::Arc, time::Duration};

use axum::http::StatusCode;
use claimcheck_session::{EndReason, SessionStore};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, prometheus_text, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Metric, Registry},
};

use crate::{
    config::Settings,
    metrics::{
        api_requests::ApiRequests,
        http_requests::HttpRequests,
        labels::{Ended, Logout, OfAction, OfJob, Refresh, SignIn},
        store::StoreOperations,
    },
};

/// Seconds, for everything that a network is between.
const NETWORK_BUCKETS: [f64; 8] = [0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A family whose metrics are histograms.
type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

fn histogram() -> Histogram {
    Histogram::new(NETWORK_BUCKETS)
}

/// All metrics of the process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    sign_ins: Family<SignIn, Counter>,
    refreshes: Family<Refresh, Counter>,
    refresh_secs: Histograms<[(&'static str, &'static str); 1]>,
    lease_waits: Histogram,
    ended: Family<Ended, Counter>,
    actions: Family<OfAction, Counter>,
    jobs_started: Counter,
    jobs_ended: Family<OfJob, Counter>,
    logouts: Family<Logout, Counter>,
    in_flight: Gauge,
    http: Arc<HttpRequests>,
    api: Arc<ApiRequests>,
    store: Arc<StoreOperations>,
}

/// The metrics that services without a router get, such as those of tests.
impl Default for Metrics {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Metrics {
    /// Nothing has happened yet. `sign_in_problems` are the words for why a sign-in fails.
    pub fn new(sign_in_problems: &[&'static str]) -> Self {
        let mut registry = Registry::default();
        let all = &mut registry;
        let sign_ins = family(
            all,
            "claimcheck_sign_ins",
            "Sign-ins that ended, by outcome and reason; a sign-in that the person gives up at the provider does not end",
            [SignIn::success(false), SignIn::success(true)]
                .into_iter()
                .chain(sign_in_problems.iter().map(|reason| SignIn::failure(reason))),
        );
        let kinds = || RefreshKind::ALL.iter().copied();
        let refreshes = family(
            all,
            "claimcheck_refreshes",
            "Requests to the provider for another access token, by kind and outcome",
            kinds().flat_map(|kind| {
                RefreshOutcome::ALL.iter().map(move |outcome| Refresh { kind, outcome: *outcome })
            }),
        );
        let refresh_secs = Histograms::new_with_constructor(histogram as fn() -> Histogram);
        kinds().for_each(|kind| drop(refresh_secs.get_or_create(&[("kind", kind.as_str())])));
        all.register(
            "claimcheck_refresh_duration_seconds",
            "How long a refresh took, from the request to stored tokens",
            refresh_secs.clone(),
        );
        let lease_waits = registered(
            all,
            "claimcheck_refresh_lease_wait_seconds",
            "How long a refresh waited because another process was refreshing the tokens of the same session",
            histogram(),
        );
        let ended = family(
            all,
            "claimcheck_sessions_ended",
            "Sessions that this process ended, by reason; sessions that expire are not ended by anyone",
            EndReason::ALL.into_iter().map(Ended::of),
        );
        let actions = family(
            all,
            "claimcheck_actions",
            "Submissions of actions, by outcome",
            ActionOutcome::ALL.iter().map(|outcome| OfAction { outcome: *outcome }),
        );
        let jobs_started = registered(
            all,
            "claimcheck_jobs_started",
            "Actions that an API has accepted and does later",
            Counter::default(),
        );
        let jobs_ended = family(
            all,
            "claimcheck_jobs_ended",
            "Accepted actions whose end became known, by outcome",
            JobOutcome::ALL.iter().map(|outcome| OfJob { outcome: *outcome }),
        );
        let logouts = family(
            all,
            "claimcheck_back_channel_logouts",
            "Back-channel logout requests of the provider, by outcome",
            LogoutOutcome::ALL.iter().map(|outcome| Logout { outcome: *outcome }),
        );
        let in_flight = registered(
            all,
            "claimcheck_http_requests_in_flight",
            "Requests of browsers and of the provider that are being answered",
            Gauge::default(),
        );
        let http = Arc::new(HttpRequests::default());
        let (api, store) = (Arc::new(ApiRequests::default()), Arc::new(StoreOperations::default()));
        all.register_collector(Box::new(http.clone()));
        all.register_collector(Box::new(api.clone()));
        all.register_collector(Box::new(store.clone()));
        Self(Arc::new(Inner {
            registry,
            sign_ins,
            refreshes,
            refresh_secs,
            lease_waits,
            ended,
            actions,
            jobs_started,
            jobs_ended,
            logouts,
            in_flight,
            http,
            api,
            store,
        }))
    }

    /// Someone has signed in, or, if `is_again`, confirmed that it is them.
    pub fn signed_in(&self, is_again: bool) {
        self.0.sign_ins.get_or_create(&SignIn::success(is_again)).inc();
    }

    /// A sign-in has failed, with this word for the reason.
    pub fn sign_in_failed(&self, reason: &'static str) {
        self.0.sign_ins.get_or_create(&SignIn::failure(reason)).inc();
    }

    /// The provider was asked for another access token.
    pub fn refreshed(&self, kind: RefreshKind, outcome: RefreshOutcome, took: Duration) {
        self.0.refreshes.get_or_create(&Refresh { kind, outcome }).inc();
        self.0.refresh_secs.get_or_create(&[("kind", kind.as_str())]).observe(took.as_secs_f64());
    }

    /// A refresh waited for another process.
    pub fn waited_for_lease(&self, waited: Duration) {
        self.0.lease_waits.observe(waited.as_secs_f64());
    }

    /// A submission of an action came to this.
    pub fn acted(&self, outcome: ActionOutcome) {
        self.0.actions.get_or_create(&OfAction { outcome }).inc();
        if outcome == ActionOutcome::Accepted {
            self.0.jobs_started.inc();
        }
    }

    /// An accepted action came to this.
    pub fn job_ended(&self, outcome: JobOutcome) {
        self.0.jobs_ended.get_or_create(&OfJob { outcome }).inc();
    }

    /// A back-channel logout came to this.
    pub fn logged_out(&self, outcome: LogoutOutcome) {
        self.0.logouts.get_or_create(&Logout { outcome }).inc();
    }

    /// A request to an API was answered with this status, or with nothing, after so long.
    pub fn asked_api(&self, source: &RequestSource, api: &str, status: Option<StatusCode>, took: Duration) {
        self.0.api.asked(source, api, status, took);
    }

    /// Why a request to an API got no answer.
    pub fn api_failed(&self, api: &str, failure: ApiFailure) {
        self.0.api.failed(api, failure);
    }

    /// The boards and panels that requests to APIs come from. What these settings do not have is no longer reported.
    pub fn take_up(&self, settings: &Settings) -> Arc<RequestSources> {
        self.0.api.take_up(settings)
    }

    /// The same store; its operations are counted here.
    pub fn measure(&self, store: Arc<dyn SessionStore>) -> Arc<dyn SessionStore> {
        let observer = store::Observer { operations: self.0.store.clone(), ended: self.0.ended.clone() };
        claimcheck_session::observed(store, Arc::new(observer))
    }

    /// All metrics as text.
    pub fn text(&self, readings: Readings, format: Format) -> String {
        let mut read = Registry::default();
        read.register_collector(Box::new(readings));
        let mut out = String::with_capacity(64 * 1024);
        let registries = [&self.0.registry, &read];
        // Writing to a string does not fail.
        let written = match format {
            Format::Prometheus => {
                registries.into_iter().try_for_each(|registry| prometheus_text::encode(&mut out, registry))
            }
            Format::OpenMetrics => registries
                .into_iter()
                .try_for_each(|registry| text::encode_registry(&mut out, registry))
                .and_then(|()| text::encode_eof(&mut out)),
        };
        if written.is_err() {
            tracing::error!("metrics could not be written");
        }
        out
    }
}

/// A metric that is registered under this name.
fn registered<M: Metric + Clone>(all: &mut Registry, name: &str, help: &str, metric: M) -> M {
    all.register(name, help, metric.clone());
    metric
}

/// Counters that exist from the start with these labels.
fn family<L>(
    all: &mut Registry,
    name: &str,
    help: &str,
    labels: impl Iterator<Item = L>,
) -> Family<L, Counter>
where
    L: Clone + fmt::Debug + Eq + std::hash::Hash + EncodeLabelSet + Send + Sync + 'static,
{
    let family = registered(all, name, help, Family::<L, Counter>::default());
    labels.for_each(|labels| drop(family.get_or_create(&labels)));
    family
}

/// One series of a metric that is being written.
fn series<M: EncodeMetric, const N: usize>(
    to: &mut MetricEncoder<'_>,
    labels: &[(&str, &str); N],
    metric: &M,
) -> fmt::Result {
    metric.encode(to.encode_family(labels)?)
}
