//! What happened in a session: a short history in its record, for its owner, newest last.

use claimcheck_base::clock::UnixSecs;
use serde::{Deserialize, Serialize};

use super::record::SessionRecord;

/// The number of entries that are kept.
pub const HISTORY_MAX: usize = 20;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When, in Unix seconds; if several are one entry, the last time.
    pub at: UnixSecs,
    /// How often in succession.
    #[serde(default = "once")]
    pub times: u32,
    /// What it was.
    pub what: What,
}

fn once() -> u32 {
    1
}

/// What may happen in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum What {
    /// The user signed in.
    SignedIn {
        /// The authentication methods (RFC 8176).
        amr: Vec<String>,
        /// It continued this session rather than starting it.
        again: bool,
    },
    /// The provider issued a new access token.
    Renewed,
    /// The provider did not respond when a new token was due; the session continues.
    NotRenewed,
    /// The user's claims have changed.
    Changed {
        /// Which, and how.
        claims: Vec<ClaimChange>,
    },
    /// The user ended other sessions of their own from this one.
    EndedOthers {
        /// How many.
        count: usize,
    },
    /// Written by a later version of this program.
    #[serde(other)]
    Unknown,
}

/// A claim that has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimChange {
    /// The claim's name.
    pub claim: String,
    /// How it changed.
    pub how: Became,
    /// For a list such as roles: the values that it gained.
    #[serde(default)]
    pub added: Vec<String>,
    /// For a list: the values that it lost.
    #[serde(default)]
    pub removed: Vec<String>,
}

/// The kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Became {
    /// It was absent before.
    New,
    /// It has another value.
    Other,
    /// It is absent now.
    Gone,
}

impl SessionRecord {
    /// Adds an entry, at `at` in Unix seconds. Successive renewals are one entry, so that they do not push others out. Of
    /// successive failures only the first is noted, so that an outage does not cause a write for each attempt.
    pub fn note(&mut self, at: UnixSecs, what: What) {
        match self.history.last_mut().filter(|last| last.what == what) {
            Some(last) if what == What::Renewed => {
                last.at = at;
                last.times = last.times.saturating_add(1);
            }
            Some(_) if what == What::NotRenewed => {}
            _ => self.history.push(Happening { at, times: 1, what }),
        }
        let surplus = self.history.len().saturating_sub(HISTORY_MAX);
        self.history.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_bounded_and_renewals_in_a_row_are_one_line() {
        let mut record = SessionRecord::default();
        record.note(1, What::SignedIn { amr: vec!["pwd".into()], again: false });
        for at in 2..1000 {
            record.note(at, What::Renewed);
        }
        let last = record.history.last().unwrap();
        assert_eq!((record.history.len(), last.at, last.times), (2, 999, 998));
        record.note(1000, What::EndedOthers { count: 1 });
        record.note(1001, What::Renewed);
        record.note(1002, What::EndedOthers { count: 1 });
        record.note(1003, What::EndedOthers { count: 1 });
        assert_eq!(record.history.len(), 6, "only renewals fold");
        record.note(1004, What::NotRenewed);
        let before = record.clone();
        record.note(1005, What::NotRenewed);
        assert!(record == before, "there is something to write");
        for at in 2000..2100 {
            record.note(at, What::EndedOthers { count: 1 });
        }
        assert_eq!((record.history.len(), record.history[0].at), (HISTORY_MAX, 2080));
    }

    #[test]
    fn a_happening_of_a_later_version_is_read_as_unknown() {
        let later = r#"{"at":5,"what":{"is":"stepped-up","acr":"strong"}}"#;
        let happening: Happening = serde_json::from_str(later).unwrap();
        assert_eq!((happening.times, happening.what), (1, What::Unknown));
        let today = Happening { at: 1, times: 3, what: What::EndedOthers { count: 2 } };
        assert_eq!(
            serde_json::from_str::<Happening>(&serde_json::to_string(&today).unwrap()).unwrap(),
            today
        );
    }
}
