//! Sessions of `claimcheck doctor --sign-in`: each belongs to one run, is beside the other sessions of its user, and ends
//! with the run. Processes leave each other notes about a run in the replay cache.

use claimcheck_base::clock::UnixSecs;
use serde::{Deserialize, Serialize};

use super::{
    sessions::{NewSession, Sessions, Started},
    store::StoreError,
    stored::{Mark, MarkKind, RowKey},
    submitting::Attempt,
};

/// Names the entries of the replay cache that are notes.
const RUNS: &str = "claimcheck doctor";

/// The part of a session's record that makes it the session of a run. Such a session can do nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorSession {
    /// The code that the user compares with that of the command.
    pub code: String,
    /// Until when the user can confirm, in Unix seconds.
    pub until: UnixSecs,
    /// The digest of the boards that the user has confirmed may be read with this session; `None` before that.
    #[serde(default)]
    pub confirmed: Option<String>,
}

impl Sessions {
    /// Starts a session with this key, which ends at `until` in Unix seconds if not before. None of the user's other
    /// sessions ends because of it. `None` as for [`Sessions::start`].
    ///
    /// # Errors
    /// The store fails, or has a session with this key.
    pub async fn start_beside(
        &self,
        iss: String,
        sub: String,
        sign_in: &NewSession,
        (key, until): (RowKey, UnixSecs),
    ) -> Result<Option<Started>, StoreError> {
        self.start_as(iss, sub, sign_in, key, Some(until), u32::MAX).await
    }

    /// Leaves a note for other processes, until then in Unix seconds. The same note again changes nothing.
    pub async fn leave_note(&self, note: [u8; 32], until: UnixSecs) -> Result<(), StoreError> {
        let mark = Mark { kind: MarkKind::Submission(RUNS), entry: note, until };
        self.0.store.record_submission(mark, Attempt::random()?, self.0.clock.now()).await.map(drop)
    }

    /// Whether any process has left this note.
    pub async fn has_note(&self, note: [u8; 32]) -> Result<bool, StoreError> {
        Ok(self.0.store.submission(note).await?.is_some())
    }
}
