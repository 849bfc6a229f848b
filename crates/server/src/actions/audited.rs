//! What the audit log says about actions.

use claimcheck_model::AppError;
use claimcheck_session::{ActionPlace, Outcome as Acted, SignedIn};

use crate::{
    actions::{Actions, once::Ran},
    audit::{Audit, AuditOutcome, Event, Occurrence},
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
            Acted::Done { job: Some(_), .. } => (AuditOutcome::Accepted, None),
            Acted::Done { .. } => (AuditOutcome::Success, None),
            Acted::NotDone { .. } if was_answered => (AuditOutcome::Refused, Some("api_refused")),
            Acted::NotDone { .. } => (AuditOutcome::Refused, Some("not_sent")),
            Acted::Lacking(_) => (AuditOutcome::Refused, Some("access_missing")),
            Acted::StepUp(_) => (AuditOutcome::Refused, Some("step_up_required")),
            Acted::Unclear { .. } if was_answered => (AuditOutcome::Unclear, Some("api_failed")),
            Acted::Unclear { .. } => (AuditOutcome::Unclear, Some("no_answer")),
        };
        self.record_as(signed_in, place, (outcome, reason), sent);
    }

    /// Records a submission that was refused before anything was recorded or sent, for that reason.
    pub(super) fn record_refused(&self, signed_in: &SignedIn, place: &ActionPlace, reason: &str) {
        self.record_as(signed_in, place, (AuditOutcome::Refused, Some(reason)), Sent::default());
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
                let why = (AuditOutcome::Failed, Some(error.reason()));
                self.record_as(signed_in, place, why, Sent::default());
            }
        }
    }

    /// Records the end of a job.
    pub(super) fn record_job(&self, signed_in: &SignedIn, place: &ActionPlace, outcome: &Acted) {
        let outcome = match outcome {
            Acted::Done { .. } => AuditOutcome::Success,
            Acted::NotDone { .. } => AuditOutcome::Failed,
            _ => AuditOutcome::Unclear,
        };
        self.record_as(signed_in, place, (outcome, Some("job_ended")), Sent::default());
    }

    fn record_as(
        &self,
        signed_in: &SignedIn,
        place: &ActionPlace,
        (outcome, reason): (AuditOutcome, Option<&str>),
        sent: Sent<'_>,
    ) {
        let ActionPlace { board, panel, action, row, .. } = place.clone();
        let (idempotency_key, api_status) = (sent.idempotency_key.map(str::to_owned), sent.api_status);
        let place = Some(place.clone());
        let what = Occurrence::Action { board, panel, action, row, place, idempotency_key, api_status };
        let event = Event { outcome, reason: reason.map(str::to_owned), ..Event::success(what) };
        self.audit.record(event.of(signed_in));
    }
}
