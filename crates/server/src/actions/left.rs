//! What a submission leaves in the store beside its record: the form that is shown again, and what has to be written later
//! because the store did not take it.

use std::time::Duration;

use claimcheck_base::clock::UnixSecs;
use claimcheck_session::{Attempt, KeptForm, Outcome, SessionRecord, SignedIn, StoreError};

use crate::actions::{Actions, submitted::Submitted};

/// The pauses between the attempts to write something.
const PAUSES_SECS: [u64; 5] = [1, 2, 4, 8, 15];

/// Deletes the record of a submission of which nothing was done, in its own task.
pub(super) fn withdraw(actions: &Actions, entry: [u8; 32], attempt: Attempt) {
    let sessions = actions.sessions.clone();
    actions.tasks.spawn(persist(async move || sessions.withdraw_submission(entry, attempt).await));
}

/// Tries a write until the store takes it, for half a minute.
pub(super) async fn persist(write: impl AsyncFn() -> Result<(), StoreError>) {
    for secs in PAUSES_SECS {
        match write().await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "the store did not take what an action left"),
        }
        tokio::time::sleep(Duration::from_secs(secs)).await;
    }
    if let Err(error) = write().await {
        tracing::error!(%error, "the store did not take what an action left; it is given up");
    }
}

/// The form of a submission that was refused before it was recorded: under the same id, which is still unused.
pub(super) fn form(sent: &Submitted, outcome: Outcome, at: UnixSecs) -> KeptForm {
    let Submitted { once, place, values, seen, definition, .. } = sent.clone();
    KeptForm { once, place, values, outcome, seen, definition, at }
}

/// Keeps the form of a submission that was refused before it was recorded.
pub(super) async fn keep_refused(
    actions: &Actions,
    signed_in: &SignedIn,
    sent: &Submitted,
    outcome: Outcome,
) {
    let form = form(sent, outcome, actions.clock.now());
    let keep = move |record: &mut SessionRecord| {
        record.drop_form(&form.once);
        record.keep_form(form.clone());
    };
    if let Err(error) = actions.sessions.update_record(&signed_in.key, keep).await {
        tracing::error!(%error, "a submitted form could not be stored");
    }
}

/// Keeps a form in the session, if it still runs.
pub(super) async fn keep(actions: &Actions, signed_in: &SignedIn, form: KeptForm) {
    let keep = move |record: &mut SessionRecord| {
        if !record.has_form(&form.once) {
            record.keep_form(form.clone());
        }
    };
    if let Err(error) = actions.sessions.update_record(&signed_in.key, keep).await {
        tracing::error!(%error, "a submitted form could not be stored");
    }
}
