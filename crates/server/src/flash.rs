//! The message for the next page, about a form that was posted without scripts. It is stored in the session record.

use claimcheck_session::{SessionRecord, Sessions, SignedIn};

/// A message for the next page.
pub struct Flash {
    pub text: String,
    /// It reports success, not failure.
    pub is_good: bool,
}

/// Stores a message about a failure for the next page. If the store fails, the message is lost, and the failure logged.
pub async fn leave_message(sessions: &Sessions, signed_in: &SignedIn, text: &str) {
    let left = sessions.update_record(&signed_in.key, |record| {
        record.flash = Some(text.to_owned());
        record.flash_is_good = false;
    });
    if let Err(error) = left.await {
        tracing::warn!(%error, "a message for the next page could not be stored");
    }
}

/// Takes the message for this page, so that it is shown once.
pub async fn take_message(sessions: &Sessions, signed_in: &SignedIn) -> Option<Flash> {
    signed_in.record.flash.as_ref()?;
    let take = |record: &mut SessionRecord| {
        let is_good = std::mem::take(&mut record.flash_is_good);
        record.flash.take().map(|text| Flash { text, is_good })
    };
    sessions.update_record(&signed_in.key, take).await.ok()?.flatten()
}
