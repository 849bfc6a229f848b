//! Notes about a run of `claimcheck doctor --sign-in`: what processes on the same store tell each other about its end.

use claimcheck_session::StoreError;

use crate::sign_in::{SignIn, doctor_run::DoctorRun};

/// The reasons of failed sign-ins that a run can end with, see [`SignInProblem::reason`].
///
/// [`SignInProblem::reason`]: crate::sign_in::problem::SignInProblem::reason
const REASONS: [&str; 16] = [
    "provider_error",
    "not_allowed",
    "provider_unavailable",
    "misconfigured",
    "algorithms",
    "code_refused",
    "id_token",
    "not_as_demanded",
    "logged_out",
    "malformed",
    "store",
    "internal",
    "declined",
    "somebody_else",
    "signed_out",
    "lost",
];

/// The entry that says that there is a note.
const ANY: &str = "over";

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunNote {
    /// The user does not want it.
    Cancelled,
    /// The browser went away during the sign-in.
    Abandoned,
    /// The sign-in failed for this reason.
    Failed(&'static str),
    /// The process that reads the panels has ended it: its link starts no session any more.
    Ended,
}

impl RunNote {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
            Self::Failed(reason) => reason,
            Self::Ended => "ended",
        }
    }

    /// All notes. One about the cause comes before [`RunNote::Ended`], which follows it.
    fn all() -> impl Iterator<Item = Self> {
        let reasons = REASONS.into_iter().map(Self::Failed);
        [Self::Cancelled, Self::Abandoned].into_iter().chain(reasons).chain([Self::Ended])
    }
}

impl SignIn {
    /// Leaves a note about a run for the other processes.
    pub async fn leave_note(&self, run: &DoctorRun, note: RunNote) {
        // The note itself first: a reader that finds the other entry looks for it.
        for entry in [run.entry(note.as_str()), run.entry(ANY)] {
            if let Err(error) = self.sessions.leave_note(entry, run.until).await {
                tracing::error!(%error, "the end of a sign-in for `claimcheck doctor` could not be recorded");
            }
        }
    }

    /// The note that was left about a run. A run with a note starts no session.
    ///
    /// # Errors
    /// The store fails.
    pub async fn note_about(&self, run: &DoctorRun) -> Result<Option<RunNote>, StoreError> {
        if !self.sessions.has_note(run.entry(ANY)).await? {
            return Ok(None);
        }
        for note in RunNote::all() {
            if self.sessions.has_note(run.entry(note.as_str())).await? {
                return Ok(Some(note));
            }
        }
        Ok(Some(RunNote::Failed("internal")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_in::problem::SignInProblem;

    /// Reasons of sign-ins that are not reported about a run, or that a run cannot have.
    const OTHERS: [&str; 3] = ["too_many", "foreign_issuer", "doctor_run"];

    #[test]
    fn dr_06_every_reason_of_a_failed_sign_in_has_a_note() {
        assert_eq!(SignInProblem::REASONS.len(), REASONS.len() + OTHERS.len());
        for reason in SignInProblem::REASONS {
            assert!(REASONS.contains(&reason) != OTHERS.contains(&reason), "{reason}");
        }
    }

    #[test]
    fn dr_06_the_notes_have_different_names() {
        let names: std::collections::BTreeSet<_> =
            RunNote::all().map(RunNote::as_str).chain([ANY, "signed in"]).collect();
        assert_eq!(names.len(), RunNote::all().count() + 2);
    }
}
