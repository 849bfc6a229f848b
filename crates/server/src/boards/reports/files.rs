//! Files that an API prepares. The browser asks again by itself: nothing waits here.

use std::time::Duration;

use claimcheck_model::AppError;
use tokio::time::Instant;

use super::{Following, Report, problem, step::Step};
use crate::{
    api::{FileError, Freshness, OpenFile, ReadError, ReadProblem, ReadRequest},
    boards::{BoardRequest, reports::Next},
    config::{Api, DownloadSetting},
};

/// The least pause before a browser asks again.
const AGAIN: Duration = Duration::from_secs(2);

impl BoardRequest<'_> {
    /// A file of the API, once it has prepared it.
    ///
    /// # Errors
    /// As [`crate::api::ApiClient::open_file`], and [`FileError::Preparing`] if the API needs more time.
    pub(in crate::boards) async fn open_file(
        &self,
        api: &Api,
        read: ReadRequest,
        setting: &DownloadSetting,
    ) -> Result<OpenFile, FileError> {
        let read = ReadRequest { job: setting.job.clone(), ..read };
        self.following(api, read, Freshness::Now).file(setting).await
    }
}

impl Following<'_> {
    async fn file(&self, setting: &DownloadSetting) -> Result<OpenFile, FileError> {
        loop {
            let (step, asked) = match self.next() {
                Next::Start if self.read.job.is_some() && self.is_full() => {
                    return Err(AppError::Busy.into());
                }
                Next::Start => match self.open(&self.read, setting).await {
                    Ok(file) => return Ok(file),
                    Err(error) => (self.step_of(error, &self.read.path, None)?, None),
                },
                Next::Ask(report) if self.asks_for_state(&report) => {
                    match self.ask(&report, Freshness::Now).await {
                        // Without `result`, the file is at its own address then.
                        Step::Answer(_) => (Step::Elsewhere(self.read.path.clone()), Some(report)),
                        step => (step, Some(report)),
                    }
                }
                Next::Ask(report) | Next::Ready(report) => {
                    let question = self.question(&report);
                    match self.open(&question, setting).await {
                        Ok(file) => {
                            self.ready(&report, Some(question.path), true).await;
                            return Ok(file);
                        }
                        Err(error) => (self.step_of(error, &question.path, Some(&report))?, Some(report)),
                    }
                }
                Next::Wait(until) => {
                    let pause = until.saturating_duration_since(Instant::now());
                    return Err(FileError::Preparing(pause.max(AGAIN)));
                }
                Next::Late(_) => return Err(FileError::Unfinished),
                Next::Failed(error) => return Err(of_read(error)),
            };
            self.settle(step, asked).await.map_err(of_read)?;
        }
    }

    async fn open(&self, read: &ReadRequest, setting: &DownloadSetting) -> Result<OpenFile, FileError> {
        self.request.boards.api.open_file(self.request.signed_in, self.api, read, setting).await
    }

    /// Whether the answer to the question about a report is JSON that says how far it is, and not the file.
    fn asks_for_state(&self, report: &Report) -> bool {
        let has_conditions = self.setting.done.is_some() || self.setting.failed.is_some();
        has_conditions && !report.is_result && report.address.is_some()
    }

    /// What a response without a file says.
    fn step_of(&self, error: FileError, path: &str, asked: Option<&Report>) -> Result<Step, FileError> {
        let outcome = match error {
            FileError::Accepted(accepted) => ReadProblem::Accepted(accepted),
            FileError::SeeOther(to) if asked.is_some() => ReadProblem::Redirects(Some(to)),
            FileError::App(error @ (AppError::ApiUnavailable | AppError::NotFound)) if asked.is_some() => {
                return Ok(match error {
                    AppError::NotFound => Step::Gone(error.into()),
                    _ => Step::Running { address: None, again_at: None },
                });
            }
            FileError::SeeOther(_) => {
                let (api, path, reason) = (&self.api.id, &self.read.label, "unexpected status: it redirects");
                tracing::warn!(event = "download refused", api, path, reason, "no file");
                return Err(AppError::ApiUnavailable.into());
            }
            error => return Err(error),
        };
        Ok(self.step(Err(problem(outcome)), path, asked))
    }
}

fn of_read(error: ReadError) -> FileError {
    match error.problem {
        Some(ReadProblem::Accepted(_)) => FileError::Preparing(AGAIN),
        Some(ReadProblem::Unfinished(_)) => FileError::Unfinished,
        Some(ReadProblem::NotPrepared(said, _)) => FileError::NotPrepared(said),
        Some(ReadProblem::Busy) => AppError::Busy.into(),
        _ => error.error.into(),
    }
}
