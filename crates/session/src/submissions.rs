//! Actions in the session record: submitted forms that are not settled, and the outcomes of the last submissions. Few
//! and short. They ensure that a form sent twice is answered twice and executed once.
//!
//! The types here are the stored format. View models of the application are converted to and from them, so that a change
//! of a view does not change what is stored.

use std::collections::BTreeMap;

use claimcheck_base::clock::UnixSecs;
use serde::{Deserialize, Serialize};

use super::{accepted::AcceptedJob, action_place::ActionPlace, record::SessionRecord};

/// The number of forms that are kept.
const KEPT_MAX: usize = 4;
/// The most bytes of all kept forms together, as they are stored: the record is written at each change. One form alone may
/// be larger.
const KEPT_MAX_BYTES: usize = 64 * 1024;
/// The number of outcomes that are kept.
const OUTCOMES_MAX: usize = 12;
/// How long a form is kept, in seconds.
const KEPT_SECS: i64 = 3600;

/// The outcome of a submission. Its texts are ours and the API's, and are shown to the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was done.
    Done {
        /// The message.
        said: String,
        /// Where the message leads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<ResultLink>,
        /// The API has only accepted it, and does it later. The message is the one for when it is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        job: Option<Box<AcceptedJob>>,
    },
    /// It was certainly not done.
    NotDone {
        /// The reason.
        why: String,
        /// What is wrong with which field, by the fields' keys.
        fields: BTreeMap<String, String>,
    },
    /// It was not done, because the user lacks access.
    Lacking(MissingAccess),
    /// It was not done, because the API requires a stronger or fresher sign-in (RFC 9470).
    StepUp(RequiredSignIn),
    /// It is undecided: it may have been done or not.
    Unclear {
        /// The reason.
        why: String,
    },
}

impl Outcome {
    /// It was done, and nothing follows.
    pub fn done(said: String) -> Self {
        Self::Done { said, link: None, job: None }
    }
}

/// A link in the message about what was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLink {
    /// Its text.
    pub title: String,
    /// A page of this program, or a web address.
    pub href: String,
    /// It leads out of this program.
    #[serde(default)]
    pub is_outside: bool,
}

/// Why access was denied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MissingAccess {
    /// Scopes that were not granted, separated by spaces.
    Scope(String),
    /// One of these roles.
    Role(Vec<String>),
    /// A claim with one of these values.
    Claim {
        /// The claim's name, as it is shown.
        name: String,
        /// The values.
        is: Vec<String>,
    },
    /// An access token for the API of that title, which the provider does not issue.
    Token(String),
    /// A refresh token, without which there is no access token for the API of that title.
    RefreshToken(String),
    /// The reason in the API's own words.
    Said(String),
    /// The API requires another sign-in although this one already meets its challenge.
    StillRefused,
    /// The API gives no reason.
    Unsaid,
}

/// The sign-in that an API requires (RFC 9470 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredSignIn {
    /// One of these authentication context classes, the preferred one first; any, if there are none.
    pub acr_values: Vec<String>,
    /// The sign-in may be at most this many seconds old.
    pub max_age_secs: Option<u32>,
    /// Scopes that are required as well, separated by spaces.
    pub scope: Option<String>,
}

/// The outcome of one submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// The submission's key in the replay cache, as base64url.
    pub mark: String,
    /// The action.
    pub place: ActionPlace,
    /// A hash of the submitted values, to compare them with others.
    #[serde(default)]
    pub digest: String,
    /// When, in Unix seconds.
    pub at: UnixSecs,
    /// The outcome.
    pub outcome: Outcome,
    /// The end of a job that was not done, as it is told to the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
}

/// A submitted form that the user will see again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    /// The submission id that it will be sent with. However often the form is shown, it is done once.
    pub once: String,
    /// The action.
    pub place: ActionPlace,
    /// The submitted values, by the fields' keys.
    pub values: BTreeMap<String, String>,
    /// The outcome, which is why the form is shown again.
    pub outcome: Outcome,
    /// A digest of the row's values that were confirmed; empty for forms of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seen: String,
    /// The fingerprint of the action that it was submitted for; empty for forms of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definition: String,
    /// When it was submitted, in Unix seconds.
    pub at: UnixSecs,
}

impl SessionRecord {
    /// Keeps a form. The oldest ones are dropped if there are too many, or if they are too large together.
    pub fn keep_form(&mut self, form: KeptForm) {
        self.kept_forms.retain(|kept| kept.once != form.once && kept.at + KEPT_SECS > form.at);
        self.kept_forms.push(form);
        let stored = |form: &KeptForm| serde_json::to_vec(form).map_or(0, |form| form.len());
        let sizes = self.kept_forms.iter().rev().take(KEPT_MAX).scan(0, |all, form| {
            *all += stored(form);
            Some(*all)
        });
        let fitting = sizes.take_while(|all| *all <= KEPT_MAX_BYTES).count().max(1);
        let surplus = self.kept_forms.len().saturating_sub(fitting);
        self.kept_forms.drain(..surplus);
    }

    /// Drops the form of that submission id, because it was sent again.
    pub fn drop_form(&mut self, once: &str) {
        self.kept_forms.retain(|kept| kept.once != once);
    }

    /// Whether a form of that submission id is kept.
    pub fn has_form(&self, once: &str) -> bool {
        self.kept_forms.iter().any(|kept| kept.once == once)
    }

    /// The form of that submission id, unless it is too old at `now`, in Unix seconds.
    pub fn kept_form(&self, once: &str, now: UnixSecs) -> Option<&KeptForm> {
        self.kept_forms.iter().find(|kept| kept.once == once && kept.at + KEPT_SECS > now)
    }

    /// Stores the outcome of a submission. The oldest one is dropped if there are too many.
    pub fn finish(&mut self, finished: Finished) {
        self.outcomes.retain(|other| other.mark != finished.mark);
        self.outcomes.push(finished);
        let surplus = self.outcomes.len().saturating_sub(OUTCOMES_MAX);
        self.outcomes.drain(..surplus);
    }

    /// The latest form of that action whose outcome is undecided, or that of an earlier round, which `is_doubtful` reads
    /// from its submission id. A user who opens the action again sees it first. `now` is in Unix seconds.
    pub fn doubtful_form(
        &self,
        place: &ActionPlace,
        now: UnixSecs,
        is_doubtful: impl Fn(&str) -> bool,
    ) -> Option<&KeptForm> {
        let is_undecided =
            |kept: &&KeptForm| matches!(kept.outcome, Outcome::Unclear { .. }) || is_doubtful(&kept.once);
        let mut of_place =
            self.kept_forms.iter().rev().filter(|kept| kept.place == *place && kept.at + KEPT_SECS > now);
        of_place.find(is_undecided)
    }

    /// The outcome of the submission with that key in the replay cache, if it is known.
    pub fn finished(&self, mark: &str) -> Option<&Finished> {
        self.outcomes.iter().find(|finished| finished.mark == mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(action: &str) -> ActionPlace {
        ActionPlace { board: "orders".into(), panel: None, action: action.into(), row: None, subject: None }
    }

    fn form(once: &str, at: UnixSecs) -> KeptForm {
        let outcome = Outcome::Unclear { why: format!("why of {once}") };
        KeptForm {
            once: once.into(),
            place: place("ship"),
            values: BTreeMap::new(),
            outcome,
            seen: String::new(),
            definition: String::new(),
            at,
        }
    }

    fn finished(mark: &str, said: &str) -> Finished {
        let outcome = Outcome::done(said.into());
        Finished {
            mark: mark.into(),
            place: place("ship"),
            digest: String::new(),
            at: 1,
            outcome,
            told: None,
        }
    }

    fn names(record: &SessionRecord) -> Vec<&str> {
        record.kept_forms.iter().map(|kept| kept.once.as_str()).collect()
    }

    #[test]
    fn ac_05_a_form_is_kept_once_until_it_is_old_and_the_oldest_goes() {
        let mut record = SessionRecord::default();
        for (once, at) in [("a", 1), ("b", 2), ("a", 3)] {
            record.keep_form(form(once, at));
        }
        assert_eq!(names(&record), ["b", "a"], "each once, the latest last");
        assert!(record.has_form("a") && record.has_form("b") && !record.has_form("c"));
        record.keep_form(form("c", 2 + KEPT_SECS));
        assert_eq!(names(&record), ["a", "c"], "one goes when its time is over, and no other");
        for once in ["d", "e", "f"] {
            record.keep_form(form(once, 3 + KEPT_SECS - 1));
        }
        assert_eq!(names(&record), ["c", "d", "e", "f"], "four at most");
        record.drop_form("d");
        assert_eq!(names(&record), ["c", "e", "f"]);
    }

    #[test]
    fn f27_kept_forms_are_bounded_in_bytes_and_the_latest_stays() {
        let large = |once: &str, bytes| {
            let values = BTreeMap::from([("text".to_owned(), "\u{1}".repeat(bytes / 6))]);
            KeptForm { values, ..form(once, 1) }
        };
        let mut record = SessionRecord::default();
        for once in ["a", "b", "c", "d"] {
            record.keep_form(large(once, 20_000));
        }
        assert_eq!(names(&record), ["b", "c", "d"]);
        assert!(serde_json::to_vec(&record.kept_forms).unwrap().len() <= KEPT_MAX_BYTES);
        record.keep_form(form("small", 1));
        assert_eq!(names(&record), ["b", "c", "d", "small"], "four small ones fit as well");
        record.keep_form(large("larger than all", 2 * KEPT_MAX_BYTES));
        assert_eq!(names(&record), ["larger than all"]);
        record.keep_form(form("next", 1));
        assert_eq!(names(&record), ["next"]);
    }

    #[test]
    fn ac_05_a_form_is_worth_looking_at_for_an_hour() {
        let mut record = SessionRecord::default();
        assert_eq!(KEPT_SECS, 3600);
        record.keep_form(form("a", 1));
        assert_eq!(record.kept_form("a", KEPT_SECS).map(|kept| kept.at), Some(1));
        assert_eq!(record.kept_form("a", 1 + KEPT_SECS), None);
        assert_eq!(record.kept_form("b", 1), None);
        assert_eq!(record.doubtful_form(&place("ship"), KEPT_SECS, |_| false).map(|kept| kept.at), Some(1));
        assert_eq!(record.doubtful_form(&place("ship"), 1 + KEPT_SECS, |_| true), None);
    }

    #[test]
    fn ac_05_who_opens_an_action_sees_the_latest_doubt_of_that_place() {
        let mut record = SessionRecord::default();
        record.keep_form(form("a", 1));
        record.keep_form(form("b", 2));
        record.keep_form(KeptForm { place: place("close"), ..form("elsewhere", 3) });
        let done = Outcome::NotDone { why: String::new(), fields: BTreeMap::new() };
        record.keep_form(KeptForm { outcome: done, ..form("sure", 4) });
        let latest = |of: &str, doubt: &str| {
            let found = record.doubtful_form(&place(of), 5, |once| once == doubt);
            found.map(|kept| kept.once.as_str())
        };
        assert_eq!(latest("ship", ""), Some("b"));
        assert_eq!(latest("close", ""), Some("elsewhere"));
        assert_eq!(latest("other", ""), None);
        assert_eq!(latest("ship", "sure"), Some("sure"), "refused, after a round that is still undecided");
    }

    #[test]
    fn ac_05_a_mark_has_one_outcome_the_latest_and_the_oldest_goes() {
        let mut record = SessionRecord::default();
        for (mark, said) in [("a", "first"), ("b", "other"), ("a", "second")] {
            record.finish(finished(mark, said));
        }
        let said =
            |record: &SessionRecord, mark: &str| record.finished(mark).map(|found| found.outcome.clone());
        assert_eq!(said(&record, "a"), Some(Outcome::done("second".into())));
        assert_eq!(said(&record, "b"), Some(Outcome::done("other".into())));
        assert_eq!(record.outcomes.len(), 2);
        for number in 0..11 {
            record.finish(finished(&number.to_string(), ""));
        }
        assert_eq!(record.outcomes.len(), 12);
        assert!(said(&record, "b").is_none() && said(&record, "a").is_some());
    }

    #[test]
    fn op_07_a_record_prints_how_much_it_knows_and_nothing_of_it() {
        let claims = serde_json::json!({ "name": "canary", "sub": "canary" }).as_object().cloned().unwrap();
        let record = SessionRecord { claims, nonce: "canary".into(), ..SessionRecord::default() };
        let printed = format!("{record:?}");
        assert!(printed.contains("[2 redacted]") && !printed.contains("canary"), "{printed}");
    }
}
