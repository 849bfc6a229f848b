//! What happened in a session, and why: kept in its record for its person, newest last, and short.

use serde::{Deserialize, Serialize};

use super::record::SessionRecord;
use claimcheck_base::clock::UnixSecs;

/// The latest so many are kept.
pub const HISTORY_MAX: usize = 20;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When; of several that are one line, the last.
    pub at: UnixSecs,
    /// How often in a row.
    #[serde(default = "once")]
    pub times: u32,
    pub what: What,
}

fn once() -> u32 {
    1
}

/// What may happen in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum What {
    /// The person signed in, by these methods (RFC 8176); in this very session `again`, or for the first time.
    SignedIn { amr: Vec<String>, again: bool },
    /// The provider gave a new access token.
    Renewed,
    /// It did not answer when a new one was due; the session stands.
    NotRenewed,
    /// The provider says something else of the person than before.
    Changed { claims: Vec<ClaimChange> },
    /// The person ended so many of their other sessions from here.
    EndedOthers { count: usize },
    /// What a later version of this program wrote.
    #[serde(other)]
    Unknown,
}

/// A claim that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimChange {
    /// The claim's own name.
    pub claim: String,
    pub how: Became,
    /// Of a list such as roles: what it has now and had not.
    #[serde(default)]
    pub added: Vec<String>,
    /// Of a list: what it had and has not.
    #[serde(default)]
    pub removed: Vec<String>,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Became {
    New,
    Other,
    Gone,
}

impl SessionRecord {
    /// Notes what happened. Renewals in a row are one line, so that they drown nothing else; of failures in a row the
    /// first one is noted, so that an outage is no storm of writes.
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
