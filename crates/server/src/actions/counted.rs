//! Submissions as operators see them, in metrics and in the audit log. Those that are sent to an API are counted in `call.rs`.

use claimcheck_model::AppError;
use claimcheck_session::SignedIn;

use crate::{
    actions::{Acted, Actions, Submitted},
    locale::LocaleFormatter,
    metrics::ActionOutcome,
};

impl Actions {
    /// Carries out a submission, once however often it is sent.
    ///
    /// # Errors
    /// `StoreUnavailable` if it cannot be ensured that it runs only once, `SignedOut` if the session has ended and nothing
    /// was sent.
    pub async fn act(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        sent: Submitted,
    ) -> Result<Acted, AppError> {
        let place = sent.place.clone();
        let acted = self.submit(signed_in, reader, sent).await;
        let counted = match &acted {
            Ok(Acted::OfAnother) => Some((ActionOutcome::OfAnother, "other_user")),
            Ok(Acted::Gone { .. }) => Some((ActionOutcome::Gone, "gone")),
            Ok(Acted::TooMany { .. }) => Some((ActionOutcome::TooMany, "too_many")),
            _ => None,
        };
        if let Some((outcome, reason)) = counted {
            self.api.metrics().acted(outcome);
            self.record_refused(signed_in, &place, reason);
        }
        acted
    }

    /// How often a person submitted too many forms since the start.
    pub fn rate_refused(&self) -> u64 {
        self.rate.refused()
    }
}
