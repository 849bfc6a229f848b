//! Jobs: what an API has accepted and does later. Their addresses are in the session record, which is sealed: no browser
//! names them, and every process can ask. The state is requested when a page or its user asks for it, at intervals
//! that hold for all tabs and processes together. The action itself is never sent again.

use axum::http::StatusCode;
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::AppError;
use claimcheck_session::{AcceptedJob, Finished, Outcome, SignedIn, StoreError};
use claimcheck_text::t;
use futures::future::join_all;

use crate::{
    actions::{Actions, call::is_page, success::Succeeded},
    api::{Answer, NoAnswer},
    boards::{
        job::{JobState, state_of},
        offer::{ResolvedAction, find, missing_access},
    },
    config::{Api, JobSetting},
    locale::LocaleFormatter,
    metrics::JobOutcome,
};

/// An API may not know a job yet that it has just accepted.
const UNKNOWN_SECS: i64 = 10;

/// What an answer says about a job.
enum Step {
    /// Ask again, not before that time if there is one, in Unix seconds.
    Running(Option<UnixSecs>),
    /// It has ended; the second is the message for the user if it was not done.
    Ended(Outcome, Option<String>),
}

impl Actions {
    /// The submission with that mark, after its job has been asked for its state, if it may be asked now. `None` if the
    /// session does not know it.
    ///
    /// # Errors
    /// `SignedOut` if the session has ended, `StoreUnavailable` if it cannot be written.
    pub async fn check_job(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        mark: &str,
    ) -> Result<Option<Finished>, AppError> {
        let Some(finished) = signed_in.record.finished(mark) else { return Ok(None) };
        let Outcome::Done { job: Some(job), .. } = &finished.outcome else {
            return Ok(Some(finished.clone()));
        };
        if job.path.is_none() {
            return Ok(Some(finished.clone()));
        }
        let found = find(&self.settings, &finished.place).ok();
        let setting = found.and_then(|found| found.action.after.job.as_ref());
        let api = found.and_then(|found| self.settings.api(&found.action.api));
        let (Some(found), Some(setting), Some(api)) = (found, setting, api) else {
            let words = t!(reader.language(), "act-job-lost", action = finished.place.action.as_str());
            return self.settle(signed_in, finished, unclear(words)).await;
        };
        let label = found.action.label.text(reader.language());
        if missing_access(&self.settings, signed_in, found).is_some() {
            let words = t!(reader.language(), "act-job-denied", action = label);
            return self.settle(signed_in, finished, unclear(words)).await;
        }
        let now = self.clock.now();
        if let Some(until) = self.api.waits_until(signed_in, api) {
            return self.settle(signed_in, finished, Step::Running(Some(until))).await;
        }
        let every = setting.every.as_secs().cast_signed();
        let begin =
            self.sessions.update_record(&signed_in.key, |record| record.begin_check(mark, now, every));
        let Some(job) = begin.await.map_err(unwritten)?.ok_or(AppError::SignedOut)? else {
            return self.current(signed_in, mark).await;
        };
        let Outcome::Done { said, .. } = &finished.outcome else { return Ok(None) };
        let path = job.path.clone().unwrap_or_default();
        let place = &finished.place;
        let source = self.boards.source(&place.board, place.panel.as_deref());
        let step = match self.api.ask_job(signed_in, api, path, source).await {
            Ok(answer) => {
                let asked = Asked { actions: self, signed_in, finished, found, setting, api, reader };
                asked.step(&answer, &job, said)
            }
            Err(NoAnswer::NoToken(AppError::SignedOut)) => return Err(AppError::SignedOut),
            Err(NoAnswer::NoToken(AppError::Forbidden(_) | AppError::StepUp(_))) => {
                unclear(t!(reader.language(), "act-job-denied", action = label))
            }
            Err(error) => {
                tracing::info!(event = "job not asked", ?error, "the state of a job is asked again later");
                Step::Running(None)
            }
        };
        self.settle(signed_in, finished, step).await
    }

    /// The same for all jobs of a board.
    ///
    /// # Errors
    /// As [`Actions::check_job`].
    pub async fn check_jobs(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        board: &str,
    ) -> Result<(), AppError> {
        let jobs = signed_in.record.outcomes.iter().filter(|end| end.place.board == board && end.has_job());
        let asked = join_all(jobs.map(|job| self.check_job(signed_in, reader, &job.mark))).await;
        asked.into_iter().try_for_each(|asked| asked.map(drop))
    }

    /// Stores what is known now, and returns it.
    async fn settle(
        &self,
        signed_in: &SignedIn,
        finished: &Finished,
        step: Step,
    ) -> Result<Option<Finished>, AppError> {
        let (mark, now) = (&finished.mark, self.clock.now());
        match step {
            Step::Running(None) => {}
            Step::Running(Some(until)) => {
                let delay =
                    self.sessions.update_record(&signed_in.key, |record| record.delay_check(mark, until));
                delay.await.map_err(unwritten)?.ok_or(AppError::SignedOut)?;
            }
            Step::Ended(outcome, told) => {
                let ended = match outcome {
                    Outcome::Done { .. } => JobOutcome::Done,
                    Outcome::NotDone { .. } => JobOutcome::Failed,
                    _ => JobOutcome::Unclear,
                };
                let how = ended.as_str();
                let settle = self.sessions.update_record(&signed_in.key, |record| {
                    let is_first = record.finished(mark).is_some_and(Finished::has_job);
                    record.settle_job(mark, &outcome, told.as_deref(), now);
                    is_first
                });
                // Two requests may have found the same end.
                if settle.await.map_err(unwritten)?.ok_or(AppError::SignedOut)? {
                    self.api.metrics().job_ended(ended);
                    let (board, panel, action) =
                        (&finished.place.board, &finished.place.panel, &finished.place.action);
                    tracing::info!(event = "job ended", board, panel, action, outcome = how);
                    self.record_job(signed_in, &finished.place, &outcome);
                }
                self.api.forget_answers(signed_in);
                self.boards.forget_reports(&signed_in.key);
            }
        }
        self.current(signed_in, mark).await
    }

    async fn current(&self, signed_in: &SignedIn, mark: &str) -> Result<Option<Finished>, AppError> {
        let current = self.sessions.reload(&signed_in.key).await.map_err(unwritten)?;
        Ok(current.ok_or(AppError::SignedOut)?.record.finished(mark).cloned())
    }
}

/// A job that was asked for its state.
struct Asked<'a> {
    actions: &'a Actions,
    signed_in: &'a SignedIn,
    finished: &'a Finished,
    found: ResolvedAction<'a>,
    setting: &'a JobSetting,
    api: &'a Api,
    reader: &'a LocaleFormatter,
}

impl Asked<'_> {
    /// What the answer says.
    fn step(&self, answer: &Answer, job: &AcceptedJob, said: &str) -> Step {
        let language = self.reader.language();
        let (now, status) = (self.actions.clock.now(), answer.response.status());
        let label = self.found.action.label.text(language);
        let again = answer.again_at(now).or_else(|| answer.waits_until(now));
        let succeeded = Succeeded {
            actions: self.actions,
            signed_in: self.signed_in,
            place: &self.finished.place,
            api: self.api,
            reader: self.reader,
            answer,
            values: &job.values,
        };
        let done = || Step::Ended(succeeded.done(said.to_owned(), self.setting.item.as_ref()), None);
        let path = job.path.as_deref().unwrap_or_default();
        match status {
            // A sign-in page of a network is no answer.
            status if status.is_success() && is_page(answer) => Step::Running(again),
            status if status.is_success() => {
                match state_of(self.setting, status, answer.json().as_ref(), self.reader) {
                    JobState::Running => Step::Running(again),
                    JobState::Done => done(),
                    JobState::Failed => {
                        let told = match answer.words() {
                            Some(words) => {
                                t!(language, "act-job-failed-said", action = label, message = words)
                            }
                            None => t!(language, "act-job-failed", action = label),
                        };
                        Step::Ended(
                            Outcome::NotDone { why: told.clone(), fields: Default::default() },
                            Some(told),
                        )
                    }
                }
            }
            // "See other": the result is there (RFC 9110 15.4.4). It is not followed.
            StatusCode::SEE_OTHER if answer.location(self.api, path).is_some() => done(),
            StatusCode::NOT_FOUND if now - job.since < UNKNOWN_SECS => Step::Running(again),
            StatusCode::NOT_FOUND | StatusCode::GONE => unclear(t!(language, "act-job-lost", action = label)),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                Step::Running(again)
            }
            StatusCode::FORBIDDEN if answer.waits_until(now).is_some() => Step::Running(again),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                unclear(t!(language, "act-job-denied", action = label))
            }
            status if status.is_client_error() => unclear(match answer.words() {
                Some(words) => t!(language, "act-job-refused-said", action = label, message = words),
                None => t!(language, "act-job-lost", action = label),
            }),
            _ => Step::Running(again),
        }
    }
}

/// Nobody knows whether it was done.
fn unclear(told: String) -> Step {
    Step::Ended(Outcome::Unclear { why: told.clone() }, Some(told))
}

fn unwritten(error: StoreError) -> AppError {
    tracing::error!(%error, "the state of a job could not be stored");
    AppError::StoreUnavailable
}
