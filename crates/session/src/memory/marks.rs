//! The replay cache and the logout watermarks of the memory store. Each kind has its own bound, so that none makes
//! another fail, and no user can use up the bound of submissions.

use std::collections::HashMap;

use claimcheck_base::clock::UnixSecs;

use super::{Bounds, expiring::Expiring};
use crate::{
    ending::{Logout, watermark_keys},
    store::StoreError,
    stored::{Mark, MarkKind, Owner},
    submitting::Attempt,
};

#[derive(Default)]
pub(super) struct Marks {
    sign_ins: Expiring<()>,
    commands: Expiring<()>,
    /// Each with its user, and with the attempt that recorded it.
    submissions: Expiring<(String, Option<Attempt>)>,
    submissions_by_person: HashMap<String, usize>,
    logouts: Expiring<()>,
    /// Of signed logouts (back channel), each with its `iat`.
    watermarks: Expiring<UnixSecs>,
    /// Of logouts that anyone may claim (front channel).
    unsigned_watermarks: Expiring<UnixSecs>,
}

impl Marks {
    /// Adds a mark. `false` if it is there already.
    pub(super) fn use_once(
        &mut self,
        mark: Mark<'_>,
        now: UnixSecs,
        bounds: &Bounds,
    ) -> Result<bool, StoreError> {
        if [&self.sign_ins, &self.commands].iter().any(|marks| marks.get(&mark.entry).is_some())
            || self.submissions.get(&mark.entry).is_some()
        {
            return Ok(false);
        }
        match mark.kind {
            MarkKind::SignIn => {
                has_room(&mut self.sign_ins, bounds.sign_ins, now)?;
                self.sign_ins.set(mark.entry, (), mark.until);
            }
            MarkKind::Command => {
                has_room(&mut self.commands, bounds.commands, now)?;
                self.commands.set(mark.entry, (), mark.until);
            }
            MarkKind::Submission(person) => {
                let is_full = |marks: &Self| {
                    marks.submissions.len() >= bounds.submissions
                        || marks
                            .submissions_by_person
                            .get(person)
                            .is_some_and(|n| *n >= bounds.submissions_of_one)
                };
                if is_full(self) {
                    self.purge_submissions(now);
                }
                if is_full(self) {
                    return Err(StoreError::Full);
                }
                self.submissions.set(mark.entry, (person.to_owned(), None), mark.until);
                *self.submissions_by_person.entry(person.to_owned()).or_default() += 1;
            }
        }
        Ok(true)
    }

    /// Records a submission, see [`SubmissionStore::record_submission`](crate::SubmissionStore::record_submission).
    pub(super) fn record_submission(
        &mut self,
        mark: Mark<'_>,
        by: Attempt,
        now: UnixSecs,
        bounds: &Bounds,
    ) -> Result<Option<UnixSecs>, StoreError> {
        if self.use_once(mark, now, bounds)? {
            if let Some((_, attempt)) = self.submissions.get_mut(&mark.entry) {
                *attempt = Some(by);
            }
            return Ok(None);
        }
        let is_own = self.submissions.get(&mark.entry).is_some_and(|(_, attempt)| *attempt == Some(by));
        Ok((!is_own).then(|| self.submission(&mark.entry).unwrap_or(mark.until)))
    }

    /// Until when a submission is recorded.
    pub(super) fn submission(&self, entry: &[u8; 32]) -> Option<UnixSecs> {
        self.submissions.end_of(entry)
    }

    /// Deletes the record of a submission if this attempt made it.
    pub(super) fn withdraw_submission(&mut self, entry: &[u8; 32], by: Attempt) {
        if self.submissions.get(entry).is_some_and(|(_, attempt)| *attempt == Some(by))
            && let Some((person, _)) = self.submissions.remove(entry)
        {
            self.forget_one_of(&person);
        }
    }

    /// Remembers a logout. `false` if its token was used before; then nothing changes.
    pub(super) fn log_out(
        &mut self,
        logout: &Logout,
        now: UnixSecs,
        bounds: &Bounds,
    ) -> Result<bool, StoreError> {
        if logout.replay_key.is_some_and(|entry| self.logouts.get(&entry).is_some()) {
            return Ok(false);
        }
        if let Some(entry) = logout.replay_key {
            has_room(&mut self.logouts, bounds.logouts, now)?;
            has_room(&mut self.watermarks, bounds.watermarks, now)?;
            self.logouts.set(entry, (), logout.until);
        } else {
            // Nobody has signed it, so it must not be refused for those who send many: the one that ends first is dropped.
            self.unsigned_watermarks.purge(now);
            while self.unsigned_watermarks.len() >= bounds.watermarks.max(1) {
                self.unsigned_watermarks.pop_expired(UnixSecs::MAX);
            }
        }
        if let Some(key) = logout.watermark_key() {
            let marks = match logout.replay_key {
                Some(_) => &mut self.watermarks,
                None => &mut self.unsigned_watermarks,
            };
            let issued_at = marks.get(&key).map_or(logout.issued_at, |at| logout.issued_at.max(*at));
            let until = marks.end_of(&key).map_or(logout.until, |until| logout.until.max(until));
            marks.set(key, issued_at, until);
        }
        Ok(true)
    }

    /// Whether a logout watermark of that owner is at or above `issued_at`.
    pub(super) fn is_logged_out(&self, owner: &Owner, issued_at: UnixSecs) -> bool {
        let keys = watermark_keys(owner);
        let of = |key| [self.watermarks.get(key), self.unsigned_watermarks.get(key)];
        keys.iter().flat_map(of).flatten().any(|at| issued_at <= *at)
    }

    /// Purges everything. Returns the number of replay cache entries.
    pub(super) fn purge(&mut self, now: UnixSecs) -> usize {
        self.watermarks.purge(now);
        self.unsigned_watermarks.purge(now);
        self.sign_ins.purge(now)
            + self.commands.purge(now)
            + self.logouts.purge(now)
            + self.purge_submissions(now)
    }

    fn purge_submissions(&mut self, now: UnixSecs) -> usize {
        let mut purged = 0;
        while let Some((person, _)) = self.submissions.pop_expired(now) {
            purged += 1;
            self.forget_one_of(&person);
        }
        purged
    }

    fn forget_one_of(&mut self, person: &str) {
        if let Some(left) = self.submissions_by_person.get_mut(person) {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.submissions_by_person.remove(person);
            }
        }
    }
}

/// Makes room by a purge if there is none.
fn has_room<V>(marks: &mut Expiring<V>, most: usize, now: UnixSecs) -> Result<(), StoreError> {
    if marks.len() >= most {
        marks.purge(now);
    }
    if marks.len() >= most { Err(StoreError::Full) } else { Ok(()) }
}
