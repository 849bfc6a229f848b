//! Answers that an API prepares: it accepts a request with 202, or says that it is pending, and has the answer later. The API is
//! asked again at intervals while somebody waits, for all tabs of a session together, and the request is not sent a second time.

/// Files that an API prepares.
mod files;
/// What is known about the reports that were started.
mod known;
/// What an answer says.
mod step;

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::AppError;
use claimcheck_session::{RowKey, RunningReport, SessionRecord};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::{
    api::{Fetched, Freshness, ReadError, ReadProblem, ReadRequest},
    boards::{BoardRequest, Boards},
    config::{Api, JobSetting},
};

pub(in crate::boards) use known::Reports;
use known::{Next, Report, ReportId};
use step::Step;

/// The longest wait of one request for an answer that is prepared. A panel asks again later.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause before the same request is sent again, if neither the API nor the settings name one.
const SAME_AGAIN: Duration = Duration::from_secs(10);
/// How long a finished report is read again, and how long a failed one is not started again, in seconds.
const ENDED_SECS: i64 = 60;
/// The pause between questions about a report that has taken too long.
const LATE_EVERY: Duration = Duration::from_secs(30);

/// What a read brought.
type Outcome = Result<Arc<Fetched>, ReadError>;

impl Boards {
    /// How many reports APIs are preparing, as far as this process knows.
    pub fn reports_preparing(&self) -> usize {
        self.reports.preparing()
    }

    /// Forgets the finished reports of a session: an action may have changed what they say.
    pub fn forget_reports(&self, session: &RowKey) {
        self.reports.forget(session);
    }
}

impl BoardRequest<'_> {
    /// The answer to a read, once the API has prepared it. A page that is rendered now does not wait for that.
    ///
    /// # Errors
    /// As [`crate::api::ApiClient::fetch`], and with [`ReadProblem::Accepted`] if the API needs more time.
    pub(in crate::boards) async fn answer_of(
        &self,
        api: &str,
        read: ReadRequest,
        freshness: Freshness,
    ) -> Outcome {
        let api = self.settings().api(api).ok_or(AppError::Internal)?;
        let mut came = None;
        if self.boards.reports.is_empty() && self.signed_in.record.reports.is_empty() {
            let outcome = self.boards.api.fetch(self.signed_in, api, read.clone(), freshness).await;
            if read.job.is_none() && !is_accepted(&outcome) {
                return outcome;
            }
            came = Some(outcome);
        }
        self.following(api, read, freshness).run(came).await
    }

    fn following<'f>(&'f self, api: &'f Api, read: ReadRequest, freshness: Freshness) -> Following<'f> {
        let id = ReportId { session: self.signed_in.key.clone(), request: digest(api, &read) };
        let wait = if self.waits { self.boards.api.patience(api).min(PATIENCE) } else { Duration::ZERO };
        let setting = read.job.clone().unwrap_or_default();
        Following { request: self, api, read, setting, freshness, id, end: Instant::now() + wait }
    }
}

/// A read that the API may have to prepare.
struct Following<'f> {
    request: &'f BoardRequest<'f>,
    api: &'f Api,
    read: ReadRequest,
    setting: Arc<JobSetting>,
    freshness: Freshness,
    id: ReportId,
    /// Waiting ends then.
    end: Instant,
}

impl Following<'_> {
    /// Sends the request, or asks for the report that it has started. The first outcome may be known.
    async fn run(&self, mut came: Option<Outcome>) -> Outcome {
        loop {
            let next = if came.is_some() { Next::Start } else { self.next() };
            let (step, asked) = match next {
                Next::Start if came.is_none() && self.read.job.is_some() && self.is_full() => {
                    return Err(problem(ReadProblem::Busy));
                }
                Next::Start => {
                    let outcome = match came.take() {
                        Some(outcome) => outcome,
                        None => self.fetch(self.read.clone(), self.freshness).await,
                    };
                    (self.step(outcome, &self.read.path, None), None)
                }
                Next::Wait(until) => {
                    let is_in_time = until <= self.end;
                    let (client, signed_in) = (&self.request.boards.api, self.request.signed_in);
                    if !is_in_time || !client.pause(signed_in, self.api, until).await {
                        return Err(problem(ReadProblem::Accepted(Box::default())));
                    }
                    continue;
                }
                Next::Ask(report) => (self.ask(&report, Freshness::Now).await, Some(report)),
                Next::Ready(report) => (self.ask(&report, Freshness::AsApiSays).await, Some(report)),
                Next::Late(since) => return Err(problem(ReadProblem::Unfinished(since))),
                Next::Failed(error) => return Err(error),
            };
            let settled = self.settle(step, asked).await;
            self.request.boards.api.has_seen(self.request.signed_in, self.api, &self.read);
            if let Some(fetched) = settled? {
                return Ok(fetched);
            }
        }
    }

    /// Notes what an answer says, and returns it if it is the report.
    ///
    /// # Errors
    /// There is no report, or none in time.
    async fn settle(&self, step: Step, asked: Option<Report>) -> Result<Option<Arc<Fetched>>, ReadError> {
        let until = self.request.now() + ENDED_SECS;
        match step {
            Step::Answer(fetched) => {
                if let Some(report) = asked {
                    self.ready(&report, report.address.clone(), report.is_result).await;
                }
                return Ok(Some(fetched));
            }
            // The result redirects, too, maybe in a circle.
            Step::Elsewhere(_) if asked.as_ref().is_some_and(|report| report.is_result) => {
                return Err(self.failed(asked, problem(ReadProblem::Redirects(None)), until).await);
            }
            Step::Elsewhere(path) => {
                let begun = asked.unwrap_or_else(|| Report::new(None, self.request.now()));
                self.ready(&begun, Some(path), true).await;
            }
            Step::Running { address, again_at } => self.running(asked, address, again_at).await?,
            Step::Failed(said) => {
                return Err(self.failed(asked, problem(ReadProblem::NotPrepared(said, until)), until).await);
            }
            Step::Gone(error) => return Err(self.failed(asked, error, until).await),
            Step::Error(error) => return Err(error),
        }
        Ok(None)
    }

    fn next(&self) -> Next {
        let (reports, now) = (&self.request.boards.reports, self.request.now());
        if let Some(stored) = self.request.signed_in.record.report(&self.id.request, now) {
            reports.adopt(&self.id, stored);
        }
        reports.next(&self.id, now, self.setting.every)
    }

    /// Whether the session has too many reports to start another one.
    fn is_full(&self) -> bool {
        let is_full = self.request.boards.reports.is_full(&self.id, self.request.now());
        if is_full {
            tracing::warn!(event = "too many reports", api = self.api.id, "a report is not started");
        }
        is_full
    }

    /// Asks for a report, and returns what the answer says. No other request needs this outcome.
    async fn ask(&self, report: &Report, freshness: Freshness) -> Step {
        let question = self.question(report);
        let outcome = self.fetch(question.clone(), freshness).await;
        self.request.boards.api.has_seen(self.request.signed_in, self.api, &question);
        self.step(outcome, &question.path, Some(report))
    }

    async fn fetch(&self, read: ReadRequest, freshness: Freshness) -> Outcome {
        self.request.boards.api.fetch(self.request.signed_in, self.api, read, freshness).await
    }

    /// The request that asks for a report.
    fn question(&self, report: &Report) -> ReadRequest {
        match &report.address {
            None => self.read.clone(),
            Some(path) => ReadRequest {
                path: path.clone(),
                body: None,
                is_graphql: false,
                job: None,
                ..self.read.clone()
            },
        }
    }

    fn step(&self, outcome: Outcome, path: &str, asked: Option<&Report>) -> Step {
        let plain = JobSetting::default();
        let setting = match asked {
            Some(report) if report.is_result => &plain,
            _ => &*self.setting,
        };
        step::step(setting, outcome, (self.api, path), asked.is_some(), self.request.reader())
    }

    /// The report is not there yet.
    ///
    /// # Errors
    /// It takes too long, or the session has too many reports.
    async fn running(
        &self,
        asked: Option<Report>,
        address: Option<String>,
        again_at: Option<UnixSecs>,
    ) -> Result<(), ReadError> {
        let now = self.request.now();
        let is_new = asked.is_none();
        if is_new && self.read.job.is_none() && self.is_full() {
            return Err(problem(ReadProblem::Busy));
        }
        let mut report = asked.unwrap_or_else(|| Report::new(None, now));
        report.address = address.or(report.address);
        let every = self.setting.every;
        let usual = match (&report.address, &self.read.job) {
            (None, None) => SAME_AGAIN,
            _ => every,
        };
        let stated = again_at.map(|at| Duration::from_secs(u64::try_from(at - now).unwrap_or_default()));
        let at_most = i64::try_from(self.setting.at_most.as_secs()).unwrap_or(i64::MAX);
        let is_late = !is_new && now - report.since >= at_most;
        let pause = stated.map_or(usual, |stated| stated.max(every));
        let pause = if is_late { pause.max(LATE_EVERY) } else { pause };
        let is_running = self.request.boards.reports.still(&self.id, &report, pause, is_late);
        if is_new
            && is_running
            && let Some(address) = report.address.clone()
        {
            let stored = RunningReport { request: self.id.request.clone(), address, since: report.since };
            self.store(|record| record.begin_report(stored.clone())).await;
        }
        if is_late {
            let (api, path, secs) = (&self.api.id, &self.read.label, now - report.since);
            tracing::warn!(event = "report takes too long", api, path, secs, "the API has not finished");
            return Err(problem(ReadProblem::Unfinished(report.since)));
        }
        Ok(())
    }

    /// The report is there, at this address.
    async fn ready(&self, report: &Report, address: Option<String>, is_result: bool) {
        let until = self.request.now() + ENDED_SECS;
        let is_new = self.request.boards.reports.ready(&self.id, report, (address, is_result), until);
        if is_new {
            self.store(|record| record.end_report(&self.id.request)).await;
        }
    }

    /// There will be no report.
    async fn failed(&self, asked: Option<Report>, error: ReadError, until: UnixSecs) -> ReadError {
        let report = asked.unwrap_or_else(|| Report::new(None, self.request.now()));
        tracing::warn!(
            event = "report failed",
            api = self.api.id,
            path = self.read.label,
            "the API has prepared nothing"
        );
        self.request.boards.reports.failed(&self.id, report, error.clone(), until);
        self.store(|record| record.end_report(&self.id.request)).await;
        error
    }

    /// Changes the record of the session, so that other processes know.
    async fn store(&self, change: impl Fn(&mut SessionRecord)) {
        let changed = self.request.boards.sessions.update_record(&self.id.session, change).await;
        if let Err(error) = changed {
            tracing::warn!(%error, "a running report is known to this process only");
        }
    }
}

fn is_accepted(outcome: &Outcome) -> bool {
    let problem = outcome.as_ref().err().and_then(|error| error.problem.as_ref());
    matches!(problem, Some(ReadProblem::Accepted(_)))
}

fn problem(problem: ReadProblem) -> ReadError {
    ReadError { error: AppError::ApiUnavailable, problem: Some(problem) }
}

/// Names a request in a session record, where it is short.
fn digest(api: &Api, read: &ReadRequest) -> String {
    let text = format!("{}\n{}\n{}", api.id, read.path, read.body.as_deref().unwrap_or_default());
    let hash = Sha256::digest(text);
    BASE64_URL_SAFE_NO_PAD.encode(hash.get(..18).unwrap_or(&hash))
}
