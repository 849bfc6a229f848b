//! A person's own activity: what they, and others on their account, did last, for their own eyes. The lines outlive the
//! sessions that they tell of, so they are kept beside them: by a hash of issuer and subject, each encrypted, the latest
//! [`LINES_PER_PERSON`] of [`LINES_KEPT_SECS`].

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{clock::UnixSecs, random};
use serde::{Deserialize, Serialize};

use super::{column::VERSION, ending::subject_key, sealing::Keyring, sessions::Sessions, store::StoreError};

/// The lines that are kept of one person.
pub const LINES_PER_PERSON: u32 = 50;
/// How long a line is kept, in seconds: 30 days.
pub const LINES_KEPT_SECS: i64 = 30 * 86_400;
/// The most bytes of one text in a line; longer ones are cut at a character.
pub const LINE_TEXT_MAX_BYTES: usize = 200;
/// The authentication methods in a line.
const METHODS_MAX: usize = 8;
const MICROS: i64 = 1_000_000;

/// One line. All texts in it are at most [`LINE_TEXT_MAX_BYTES`] long as they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityLine {
    /// The version of the contents.
    #[serde(default)]
    pub(super) v: u32,
    /// When, in Unix seconds.
    pub at: UnixSecs,
    /// What happened.
    pub what: Deed,
    /// The reference of the session in which it happened, or that it is about, see [`RowKey::reference`](super::RowKey).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The browser's `User-Agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The address that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What happened. The words in it are those of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Deed {
    /// The person signed in.
    SignedIn {
        /// The authentication methods (RFC 8176).
        #[serde(default)]
        amr: Vec<String>,
    },
    /// The person authenticated, and was not let in.
    SignInRefused {
        /// The word of the reason.
        reason: String,
    },
    /// The person confirmed that it is them, for something that required it.
    SteppedUp {
        /// The authentication methods (RFC 8176).
        #[serde(default)]
        amr: Vec<String>,
    },
    /// A confirmation was required and did not suffice.
    StepUpRefused {
        /// The word of the reason.
        reason: String,
    },
    /// Sessions of the person ended.
    Ended {
        /// The word of the reason.
        why: String,
        /// How many ended at the same time.
        #[serde(default = "one")]
        count: u32,
    },
    /// The person used an action.
    Acted {
        /// The action.
        place: LinePlace,
        /// The name of the row that it was used on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        row: Option<String>,
        /// The word of the outcome.
        outcome: String,
    },
    /// The person downloaded rows, or a file.
    Downloaded {
        /// The panel.
        place: LinePlace,
        /// The number of rows, if it was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rows: Option<u64>,
        /// The word of the outcome.
        outcome: String,
    },
    /// The person's account was used for a run of `claimcheck doctor --sign-in`.
    DoctorRun {
        /// The word of the outcome.
        outcome: String,
    },
    /// Written by a later version of this program.
    #[serde(other)]
    Unknown,
}

fn one() -> u32 {
    1
}

/// Where something was done, by the ids of the boards file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePlace {
    /// The board.
    pub board: String,
    /// The panel; `None` for an action of the board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<String>,
    /// The action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The key of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_key: Option<String>,
    /// The parameters that name what the board is about, as a query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl ActivityLine {
    /// A line of today's version, of something that happened at `at` in Unix seconds.
    pub fn new(at: UnixSecs, what: Deed) -> Self {
        Self { v: VERSION, at, what, session: None, user_agent: None, address: None }
    }

    /// With every text cut to its limit.
    fn bounded(mut self) -> Self {
        for text in [&mut self.session, &mut self.user_agent, &mut self.address].into_iter().flatten() {
            cut(text);
        }
        match &mut self.what {
            Deed::SignedIn { amr } | Deed::SteppedUp { amr } => {
                amr.truncate(METHODS_MAX);
                amr.iter_mut().for_each(cut);
            }
            Deed::SignInRefused { reason: word }
            | Deed::StepUpRefused { reason: word }
            | Deed::Ended { why: word, .. }
            | Deed::DoctorRun { outcome: word } => cut(word),
            Deed::Acted { place, row, outcome } => {
                place.cut();
                row.iter_mut().for_each(cut);
                cut(outcome);
            }
            Deed::Downloaded { place, outcome, .. } => {
                place.cut();
                cut(outcome);
            }
            Deed::Unknown => {}
        }
        self
    }
}

impl LinePlace {
    fn cut(&mut self) {
        cut(&mut self.board);
        for id in [&mut self.panel, &mut self.action].into_iter().flatten() {
            cut(id);
        }
        // A part of a key would lead to another row, or to none.
        for key in [&mut self.row_key, &mut self.subject] {
            key.take_if(|key| key.len() > LINE_TEXT_MAX_BYTES);
        }
    }
}

fn cut(text: &mut String) {
    text.truncate(text.floor_char_boundary(LINE_TEXT_MAX_BYTES));
}

/// A line as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLine {
    /// A hash of the issuer and the subject.
    pub person: [u8; 32],
    /// Random. A line that is added twice, because an answer was lost, is stored once.
    pub id: [u8; 16],
    /// When, in microseconds since 1970: the order of the lines.
    pub at_us: i64,
    /// The encrypted [`ActivityLine`].
    pub line: Vec<u8>,
}

impl StoredLine {
    /// Until when it is kept, in Unix seconds.
    pub fn until(&self) -> UnixSecs {
        self.at_us.div_euclid(MICROS).saturating_add(LINES_KEPT_SECS)
    }
}

/// The `at_us` up to which lines have expired at `now`, in Unix seconds.
pub(super) fn expired_at(now: UnixSecs) -> i64 {
    now.saturating_sub(LINES_KEPT_SECS).saturating_add(1).saturating_mul(MICROS).saturating_sub(1)
}

/// The part of the contract of a store that is about the lines of people. [`SessionStore::purge`](super::SessionStore::purge)
/// deletes those that have expired.
#[async_trait]
pub trait ActivityStore: Send + Sync + 'static {
    /// Adds lines, except those that it has. Of their people, forgets all but the latest [`LINES_PER_PERSON`], and what has
    /// expired at `now`. Calls at the same time lose none of the latest; they may leave some more for the next call.
    async fn add_lines(&self, lines: &[StoredLine], now: UnixSecs) -> Result<(), StoreError>;

    /// The encrypted lines of a person that have not expired at `now`, the latest first, at most [`LINES_PER_PERSON`].
    async fn lines(&self, person: [u8; 32], now: UnixSecs) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Forgets the lines of a person. Returns their number.
    async fn forget_lines(&self, person: [u8; 32]) -> Result<u64, StoreError>;
}

/// What the lines of a person are encrypted for: nobody can move one to another person.
fn context(person: [u8; 32]) -> String {
    format!("activity:{}", BASE64_URL_SAFE_NO_PAD.encode(person))
}

impl Sessions {
    /// A line of that issuer and subject, ready to be stored with [`Self::add_lines`].
    ///
    /// # Errors
    /// There are no random bytes, or the cipher refuses.
    pub fn seal_line(&self, iss: &str, sub: &str, line: ActivityLine) -> Result<StoredLine, StoreError> {
        let (person, at_us) = (subject_key(iss, sub), next_at_us(&self.0.last_line, line.at));
        let plain = serde_json::to_vec(&line.bounded()).map_err(|_| StoreError::Seal)?;
        let line = self.0.keyring.seal(&context(person), &plain).map_err(|_| StoreError::Seal)?;
        Ok(StoredLine { person, id: random::bytes()?, at_us, line })
    }

    /// Stores lines, in one step. Lines that were stored before are not stored again.
    ///
    /// # Errors
    /// The store fails, here and below.
    pub async fn add_lines(&self, lines: &[StoredLine]) -> Result<(), StoreError> {
        self.0.store.add_lines(lines, self.0.clock.now()).await
    }

    /// The lines of that issuer and subject, the latest first. Those that cannot be read are left out, and logged.
    pub async fn activity_of(&self, iss: &str, sub: &str) -> Result<Vec<ActivityLine>, StoreError> {
        let person = subject_key(iss, sub);
        let stored = self.0.store.lines(person, self.0.clock.now()).await?;
        let context = context(person);
        let lines: Vec<_> = stored.iter().filter_map(|line| open(&self.0.keyring, &context, line)).collect();
        let count = stored.len() - lines.len();
        if count > 0 {
            tracing::warn!(
                event = "activity not readable",
                count,
                "lines of a person's activity are left out: they are of a session key that is not in `session_keys`, or of \
                 a later version, or were changed"
            );
        }
        Ok(lines)
    }

    /// Forgets the lines of that issuer and subject. Returns their number.
    pub async fn forget_activity(&self, iss: &str, sub: &str) -> Result<u64, StoreError> {
        self.0.store.forget_lines(subject_key(iss, sub)).await
    }
}

fn open(keyring: &Keyring, context: &str, line: &[u8]) -> Option<ActivityLine> {
    let line: ActivityLine = serde_json::from_slice(&keyring.open(context, line)?).ok()?;
    (line.v == VERSION).then_some(line)
}

/// That second in microseconds with today's fraction, later than every line of this process before.
fn next_at_us(last: &AtomicI64, at: UnixSecs) -> i64 {
    let fraction = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.subsec_micros());
    let at_us = at.saturating_mul(MICROS).saturating_add(i64::from(fraction));
    let next = |last: i64| {
        // A clock that was set back, or a line of long ago, does not hold up the order of others.
        let follows = last.div_euclid(MICROS) == at && last >= at_us;
        if follows { last.saturating_add(1) } else { at_us }
    };
    last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last))).map_or(at_us, next)
}
