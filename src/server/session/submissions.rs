//! What a session remembers of actions: forms that were sent and not done with, and how the last ones went. Kept in its
//! record, few and short, so that a form sent twice is answered twice and done once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::SessionRecord;
use crate::model::{AccessDenied, StepUpChallenge};
use claimcheck_base::clock::UnixSecs;

/// So many forms are kept, and so many outcomes.
const KEPT_MAX: usize = 4;
const OUTCOMES_MAX: usize = 12;
/// A form is kept for this long.
const KEPT_SECS: i64 = 3600;

/// An action of a board, or of a row of one of its tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionPlace {
    pub board: String,
    /// The panel of the row; `None` for an action of the board.
    pub panel: Option<usize>,
    pub action: usize,
    /// The row's name.
    pub row: Option<String>,
}

/// How an action went. Holds what is said of it, in words of ours and of the API's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Done {
        said: String,
    },
    /// It was not done, for sure; `fields` says what is wrong with which.
    NotDone {
        why: String,
        fields: BTreeMap<String, String>,
    },
    /// It was not done: something is lacking for it.
    Lacking(AccessDenied),
    /// It was not done: the API wants a stronger or a fresher sign-in (RFC 9470).
    StepUp(StepUpChallenge),
    /// It may have been done or not.
    Unclear {
        why: String,
    },
}

/// An outcome, by the mark of the form that it is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    pub mark: String,
    pub place: ActionPlace,
    /// What was filled in, told from other values.
    #[serde(default)]
    pub digest: String,
    pub at: UnixSecs,
    pub outcome: Outcome,
}

/// A form that was sent and is to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    /// What it will be sent with: however often it is shown, it is done once.
    pub once: String,
    pub place: ActionPlace,
    /// What was filled in, by the fields' keys.
    pub values: BTreeMap<String, String>,
    /// Why it is here.
    pub outcome: Outcome,
    pub at: UnixSecs,
}

impl SessionRecord {
    /// Keeps a form; the oldest one goes.
    pub fn keep_form(&mut self, form: KeptForm) {
        self.kept_forms.retain(|kept| kept.once != form.once && kept.at + KEPT_SECS > form.at);
        self.kept_forms.push(form);
        let surplus = self.kept_forms.len().saturating_sub(KEPT_MAX);
        self.kept_forms.drain(..surplus);
    }

    /// Forgets a form that was sent again.
    pub fn drop_form(&mut self, once: &str) {
        self.kept_forms.retain(|kept| kept.once != once);
    }

    /// Whether there is a form that will be sent with this.
    pub fn has_form(&self, once: &str) -> bool {
        self.kept_forms.iter().any(|kept| kept.once == once)
    }

    /// The same, as long as it is worth looking at.
    pub fn kept_form(&self, once: &str, now: UnixSecs) -> Option<&KeptForm> {
        self.kept_forms.iter().find(|kept| kept.once == once && kept.at + KEPT_SECS > now)
    }

    /// Remembers how an action went; the oldest outcome goes.
    pub fn finish(&mut self, finished: Finished) {
        self.outcomes.retain(|other| other.mark != finished.mark);
        self.outcomes.push(finished);
        let surplus = self.outcomes.len().saturating_sub(OUTCOMES_MAX);
        self.outcomes.drain(..surplus);
    }

    /// The form of that place whose outcome is not known, the latest one: who opens it anew should see that first.
    pub fn doubtful_form(&self, place: &ActionPlace, now: UnixSecs) -> Option<&KeptForm> {
        let is_doubtful = |kept: &&KeptForm| matches!(kept.outcome, Outcome::Unclear { .. });
        let mut of_place =
            self.kept_forms.iter().rev().filter(|kept| kept.place == *place && kept.at + KEPT_SECS > now);
        of_place.find(is_doubtful)
    }

    /// How the form of that mark went, if it is known.
    pub fn finished(&self, mark: &str) -> Option<&Finished> {
        self.outcomes.iter().find(|finished| finished.mark == mark)
    }
}
