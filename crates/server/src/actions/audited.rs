//! What the audit log says about actions.

use claimcheck_model::AppError;
use claimcheck_session::{ActionPlace, Outcome as Acted, SignedIn};

use crate::{
    actions::{Actions, once::Ran},
    audit::{Audit, Event, Outcome, What},
};

/// What is known of the request to the API.
#[derive(Clone, Copy, Default)]
pub(super) struct Sent<'a> {
    pub idempotency_key: Option<&'a str>,
    pub api_status: Option<u16>,
}

impl Actions {
    /// The same actions, which are recorded there.
    #[must_use]
    pub fn with_audit(self, audit: Audit) -> Self {
        Self { audit, ..self }
    }

    /// Records the outcome of a submission.
    pub(super) fn record(&self, signed_in: &SignedIn, place: &ActionPlace, outcome: &Acted, sent: Sent<'_>) {
        let was_answered = sent.api_status.is_some();
        let (outcome, reason) = match outcome {
            Acted::Done { job: Some(_), .. } => (Outcome::Accepted, None),
            Acted::Done { .. } => (Outcome::Success, None),
            Acted::NotDone { .. } if was_answered => (Outcome::Refused, Some("api_refused")),
            Acted::NotDone { .. } => (Outcome::Refused, Some("not_sent")),
            Acted::Lacking(_) => (Outcome::Refused, Some("access_missing")),
            Acted::StepUp(_) => (Outcome::Refused, Some("step_up_required")),
            Acted::Unclear { .. } if was_answered => (Outcome::Unclear, Some("api_failed")),
            Acted::Unclear { .. } => (Outcome::Unclear, Some("no_answer")),
        };
        self.record_as(signed_in, place, (outcome, reason), sent);
    }

    /// Records a submission that was refused before anything was recorded or sent, for that reason.
    pub(super) fn record_refused(&self, signed_in: &SignedIn, place: &ActionPlace, reason: &str) {
        self.record_as(signed_in, place, (Outcome::Refused, Some(reason)), Sent::default());
    }

    /// The same for what a submission came to, unless its request was sent: that is recorded with the request.
    pub(super) fn record_unsent(
        &self,
        signed_in: &SignedIn,
        place: &ActionPlace,
        ran: &Result<Ran, AppError>,
    ) {
        match ran {
            Ok(Ran::Finished(_)) => {}
            Ok(Ran::Refused(outcome)) => self.record(signed_in, place, outcome, Sent::default()),
            Err(error) => {
                let why = (Outcome::Failed, Some(error.reason()));
                self.record_as(signed_in, place, why, Sent::default());
            }
        }
    }

    /// Records the end of a job.
    pub(super) fn record_job(&self, signed_in: &SignedIn, place: &ActionPlace, outcome: &Acted) {
        let outcome = match outcome {
            Acted::Done { .. } => Outcome::Success,
            Acted::NotDone { .. } => Outcome::Failed,
            _ => Outcome::Unclear,
        };
        self.record_as(signed_in, place, (outcome, Some("job_ended")), Sent::default());
    }

    fn record_as(
        &self,
        signed_in: &SignedIn,
        place: &ActionPlace,
        (outcome, reason): (Outcome, Option<&str>),
        sent: Sent<'_>,
    ) {
        let ActionPlace { board, panel, action, row, .. } = place.clone();
        let (idempotency_key, api_status) = (sent.idempotency_key.map(str::to_owned), sent.api_status);
        let place = Some(place.clone());
        let what = What::Action { board, panel, action, row, place, idempotency_key, api_status };
        let event = Event { outcome, reason: reason.map(str::to_owned), ..Event::success(what) };
        self.audit.record(event.of(signed_in));
    }
}
