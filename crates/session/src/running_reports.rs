//! Reports that APIs are preparing, in the session record: another process asks for the same one, and starts no second.

use claimcheck_base::clock::UnixSecs;
use serde::{Deserialize, Serialize};

use super::record::SessionRecord;

/// The number of reports that are kept.
const KEPT_MAX: usize = 8;
/// How long a report is kept, in seconds.
const KEPT_SECS: i64 = 3600;

/// A report that an API is preparing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningReport {
    /// A digest of the request that started it.
    pub request: String,
    /// Path and query below the base of the API, where it says how far it is.
    pub address: String,
    /// When it was started, in Unix seconds.
    pub since: UnixSecs,
}

impl SessionRecord {
    /// Keeps a report. The oldest one is dropped if there are too many.
    pub fn begin_report(&mut self, report: RunningReport) {
        self.reports.retain(|kept| kept.request != report.request && kept.since + KEPT_SECS > report.since);
        self.reports.push(report);
        let surplus = self.reports.len().saturating_sub(KEPT_MAX);
        self.reports.drain(..surplus);
    }

    /// Drops the report of that request.
    pub fn end_report(&mut self, request: &str) {
        self.reports.retain(|kept| kept.request != request);
    }

    /// The report of that request, unless it is too old at `now`, in Unix seconds.
    pub fn report(&self, request: &str, now: UnixSecs) -> Option<&RunningReport> {
        self.reports.iter().find(|kept| kept.request == request && kept.since + KEPT_SECS > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jb_04_few_reports_are_kept_one_for_each_request_and_not_for_long() {
        let report = |request: &str, since: UnixSecs| RunningReport {
            request: request.to_owned(),
            address: format!("/jobs/{request}"),
            since,
        };
        let mut record = SessionRecord::default();
        for n in 0..KEPT_MAX as i64 + 2 {
            record.begin_report(report(&n.to_string(), n));
            record.begin_report(report(&n.to_string(), n));
        }
        assert_eq!(record.reports.len(), KEPT_MAX);
        assert!(record.report("0", 20).is_none() && record.report("9", 20).is_some());
        assert!(record.report("9", 9 + KEPT_SECS).is_none(), "it is too old");
        record.end_report("9");
        assert!(record.report("9", 20).is_none() && record.report("8", 20).is_some());
        let stored = serde_json::to_string(&SessionRecord::default()).unwrap();
        assert!(!stored.contains("reports"), "{stored}");
    }
}
