//! What APIs have accepted and do later, in the session record: when their state may be asked, and how they end.

use std::collections::BTreeMap;

use claimcheck_base::clock::UnixSecs;
use serde::{Deserialize, Serialize};

use super::{
    record::SessionRecord,
    submissions::{Finished, Outcome},
};

/// How often the state of one job can be asked: each second for the longest `at_most` of the settings, an hour, and then by
/// the user.
const CHECKS_MAX: u32 = 5000;

/// What an API has accepted and does later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedJob {
    /// Path and query of its state, below the base of the API; none if its state cannot be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// When it was accepted, in Unix seconds.
    pub since: UnixSecs,
    /// When its state may be asked again, in Unix seconds.
    pub next_at: UnixSecs,
    /// How often its state was asked.
    pub checks: u32,
    /// Values for the link that were known before the request, by their slots.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

impl Finished {
    /// Whether the API has accepted it, and it has not ended.
    pub fn has_job(&self) -> bool {
        matches!(self.outcome, Outcome::Done { job: Some(_), .. })
    }
}

impl SessionRecord {
    /// Begins to ask for the state of a job, if it may be asked at `now`, in Unix seconds; then the next time is `every_secs`
    /// later. Returns the job with the number of this question.
    pub fn begin_check(&mut self, mark: &str, now: UnixSecs, every_secs: i64) -> Option<AcceptedJob> {
        let job = self.job_mut(mark)?;
        if job.next_at > now || job.checks >= CHECKS_MAX {
            return None;
        }
        job.checks += 1;
        job.next_at = now.saturating_add(every_secs);
        Some(job.clone())
    }

    /// The state of a job is not asked before that time, in Unix seconds.
    pub fn delay_check(&mut self, mark: &str, until: UnixSecs) {
        if let Some(job) = self.job_mut(mark) {
            job.next_at = job.next_at.max(until);
        }
    }

    /// A job has ended at `at`, in Unix seconds: with this outcome, and the message for the user if it was not done.
    pub fn settle_job(&mut self, mark: &str, outcome: &Outcome, told: Option<&str>, at: UnixSecs) {
        let of_mark = self.outcomes.iter_mut().find(|finished| finished.mark == mark);
        if let Some(finished) = of_mark.filter(|finished| finished.has_job()) {
            finished.outcome = outcome.clone();
            finished.told = told.map(str::to_owned);
            finished.at = at;
        }
    }

    fn job_mut(&mut self, mark: &str) -> Option<&mut AcceptedJob> {
        let finished = self.outcomes.iter_mut().find(|finished| finished.mark == mark)?;
        match &mut finished.outcome {
            Outcome::Done { job: Some(job), .. } => Some(job),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ActionPlace;

    fn finished(mark: &str, outcome: Outcome) -> Finished {
        let place =
            ActionPlace { board: "b".into(), panel: None, action: "a".into(), row: None, subject: None };
        Finished { mark: mark.into(), place, digest: String::new(), at: 1, outcome, told: None }
    }

    #[test]
    fn ac_23_the_state_of_a_job_is_asked_at_intervals_and_settled_once() {
        let job = AcceptedJob { path: None, since: 1, next_at: 3, checks: 0, values: BTreeMap::new() };
        let outcome = Outcome::Done { said: "d".into(), link: None, job: Some(Box::new(job)) };
        let mut record = SessionRecord::default();
        record.finish(finished("done", Outcome::done("d".into())));
        record.finish(finished("job", outcome));
        assert_eq!(record.begin_check("job", 2, 5), None, "too early");
        assert_eq!(record.begin_check("job", 3, 5).map(|job| job.checks), Some(1));
        assert_eq!(record.begin_check("job", 7, 5), None, "another tab has just asked");
        record.delay_check("job", 20);
        record.delay_check("job", 10);
        assert_eq!(record.begin_check("job", 19, 5), None);
        assert_eq!(record.begin_check("job", 20, 5).map(|job| job.checks), Some(2));
        for other in ["done", "none"] {
            assert_eq!(record.begin_check(other, 99, 5), None);
        }
        let unclear = Outcome::Unclear { why: "w".into() };
        record.settle_job("job", &unclear, Some("told"), 30);
        record.settle_job("job", &Outcome::done("later".into()), None, 31);
        record.settle_job("done", &unclear, None, 31);
        let ends = |mark| record.finished(mark).map(|end| (end.outcome.clone(), end.told.clone(), end.at));
        assert_eq!(ends("job"), Some((unclear.clone(), Some("told".to_owned()), 30)));
        assert_eq!(ends("done"), Some((Outcome::done("d".into()), None, 1)));
        assert_eq!(record.begin_check("job", 99, 5), None, "it has ended");
    }
}
