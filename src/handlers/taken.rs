//! What the audit log says about data that a user takes out: when it has arrived, with the number of rows.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::body::Bytes;
use claimcheck_server::{
    audit::{Audit, AuditOutcome, DownloadKind, Event, Occurrence, Who},
    requester::{self, Requester},
};
use claimcheck_session::SignedIn;
use futures::{Stream, StreamExt};

use crate::handlers::state::AppState;

/// What a user takes out.
pub enum TakenKind {
    /// So many rows.
    Csv(Arc<AtomicU64>),
    /// A file of this row.
    File(String),
}

/// A download that is recorded when it ends. One that is dropped before has failed, unless all its bytes were taken.
pub struct Taken {
    audit: Audit,
    who: Who,
    requester: Option<Requester>,
    board: String,
    panel: String,
    kind: TakenKind,
    /// The bytes that are still to come, if their number is known.
    left: Option<u64>,
    is_told: bool,
}

impl Taken {
    /// A download that begins now.
    pub fn of(state: &AppState, who: &SignedIn, (board, panel): (&str, &str), kind: TakenKind) -> Self {
        let (audit, requester) = (state.audit.clone(), requester::current());
        let (board, panel) = (board.to_owned(), panel.to_owned());
        Self { audit, who: who.into(), requester, board, panel, kind, left: None, is_told: false }
    }

    /// The same with a `Content-Length`. The server drops a body of which it has these bytes, without a look at its end.
    #[must_use]
    pub fn with_length(mut self, length: Option<u64>) -> Self {
        self.left = length;
        self
    }

    /// These parts, whose end is recorded.
    pub fn note_end<E>(
        self,
        parts: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> impl Stream<Item = Result<Bytes, E>> + Send + 'static
    where
        E: Send + 'static,
    {
        // The first of these: the end of the stream, its error, its drop.
        futures::stream::unfold((Some(self), Box::pin(parts)), |(mut taken, mut parts)| async move {
            let part = parts.next().await;
            if let Some(Ok(bytes)) = &part {
                if let Some(taken) = &mut taken {
                    taken.count(bytes.len());
                }
            } else if let Some(taken) = taken.take() {
                taken.end(part.is_none());
            }
            Some((part?, (taken, parts)))
        })
    }

    /// Records the end.
    pub fn end(mut self, is_complete: bool) {
        self.tell(is_complete);
    }

    fn count(&mut self, bytes: usize) {
        self.left = self.left.map(|left| left.saturating_sub(bytes as u64));
    }

    fn tell(&mut self, is_complete: bool) {
        if std::mem::replace(&mut self.is_told, true) {
            return;
        }
        let (kind, rows, row) = match &self.kind {
            TakenKind::Csv(rows) => (DownloadKind::Csv, Some(rows.load(Ordering::Relaxed)), None),
            TakenKind::File(row) => (DownloadKind::File, None, Some(row.clone())),
        };
        let what =
            Occurrence::Download { kind, board: self.board.clone(), panel: self.panel.clone(), rows, row };
        let event = match is_complete {
            true => Event::success(what),
            false => Event::not_done(what, AuditOutcome::Failed, "broken_off"),
        };
        self.audit.record_for(event.of(self.who.clone()), self.requester.clone());
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let has_all = self.left == Some(0);
        self.tell(has_all);
    }
}
