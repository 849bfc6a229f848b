//! What the log says about a collector that does not take spans: one line when that begins, one when it is over, and few
//! between.

use std::time::Duration;

use tokio::time::Instant;

use crate::traces::export::ExportError;

/// The least time between two log lines about the same trouble, and about an outage that goes on.
const TOLD_AGAIN: Duration = Duration::from_secs(60);
const STILL: Duration = Duration::from_secs(600);

/// What the log says about the collector.
#[derive(Default)]
pub(super) struct ExportLog {
    /// Since when it takes nothing.
    since: Option<Instant>,
    /// Whether the log says so.
    is_told: bool,
    at: Option<Instant>,
    /// Lost and refused spans that are not in the log yet.
    pub lost: u64,
    pub rejected: u64,
}

impl ExportLog {
    fn may_tell(&mut self, after: Duration) -> bool {
        let may = self.at.is_none_or(|at| at.elapsed() >= after);
        if may {
            self.at = Some(Instant::now());
        }
        may
    }

    pub(super) fn outage(&mut self, error: &ExportError) {
        self.since.get_or_insert_with(Instant::now);
        let again = if self.is_told { STILL } else { TOLD_AGAIN };
        if self.may_tell(again) {
            self.is_told = true;
            let lost = std::mem::take(&mut self.lost);
            let remedy = error.remedy();
            tracing::warn!(event = "traces not exported", reason = %error, lost, remedy, "requests are served as before");
        }
    }

    pub(super) fn recovery(&mut self) {
        let Some(since) = self.since.take() else { return };
        if std::mem::take(&mut self.is_told) {
            let (lost, secs) = (std::mem::take(&mut self.lost), since.elapsed().as_secs());
            tracing::info!(event = "traces exported again", lost, secs, "the collector takes spans");
        }
    }

    /// Spans that were lost or refused although the collector answers.
    pub(super) fn loss(&mut self) {
        if self.since.is_some() || self.lost + self.rejected == 0 || !self.may_tell(TOLD_AGAIN) {
            return;
        }
        let (lost, rejected) = (std::mem::take(&mut self.lost), std::mem::take(&mut self.rejected));
        let reason = "the collector is too slow for what is recorded, or refuses spans";
        let remedy = "record a smaller part with traces_sampling, or see the log of the collector";
        tracing::warn!(event = "traces lost", lost, rejected, reason, remedy);
    }

    pub(super) fn at_end(&mut self) {
        if self.lost > 0 {
            let (lost, reason) = (self.lost, "the collector did not take them");
            tracing::warn!(event = "traces lost", lost, reason, "the program stops");
        }
    }
}
