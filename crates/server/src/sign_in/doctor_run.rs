//! The sign-in of a run of `claimcheck doctor --sign-in`. Its link carries the sealed run, so that any process can start the
//! sign-in, and so does the transaction. It starts one session with a key that the run has chosen, in a browser without a
//! session, and changes no other.

use axum::http::request::Parts;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{clock::UnixSecs, random};
use claimcheck_model::paths;
use claimcheck_session::{
    DoctorSession, Keyring, Mark, MarkKind, NewSession, RowKey, SignedIn, Started, StoreError,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tower_sessions::Session;

use crate::{
    config::{Panel, Settings},
    session_layer::start_session_beside,
    sign_in::{
        SignIn,
        authorization_options::AuthorizationOptions,
        authorization_request::{self, Start, StartError},
        problem::SignInProblem,
    },
};

const CONTEXT: &str = "doctor run";
/// How long a run waits for its user, from the command on.
pub const LIFETIME_SECS: i64 = 600;
/// How long a session lasts that is confirmed at the last moment: longer than all panels take.
const READ_SECS: i64 = 300;
/// Letters and digits that nobody takes for another: 32, so that each byte chooses evenly.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// The reasons of failed sign-ins that a run can end with, see [`SignInProblem::reason`].
const REASONS: [&str; 16] = [
    "provider_error",
    "not_allowed",
    "provider_unavailable",
    "misconfigured",
    "algorithms",
    "code_refused",
    "id_token",
    "not_as_demanded",
    "logged_out",
    "malformed",
    "store",
    "internal",
    "declined",
    "somebody_else",
    "signed_out",
    "lost",
];

/// One run, as it is sealed into its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorRun {
    /// The key of its session, which also names the run.
    pub key: String,
    /// The code that a person compares.
    pub code: String,
    /// Until when the user can sign in and confirm, in Unix seconds.
    pub until: UnixSecs,
}

/// What processes tell each other about a run that has no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunWord {
    /// The user does not want it.
    Cancelled,
    /// The browser went away during the sign-in.
    Abandoned,
    /// The sign-in failed for this reason.
    Failed(&'static str),
}

impl RunWord {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
            Self::Failed(reason) => reason,
        }
    }
}

impl DoctorRun {
    /// A new run.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn begin(now: UnixSecs) -> Result<Self, random::NoRandomness> {
        let letter =
            |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len()).map_or('A', |c| char::from(*c));
        let letters: Vec<char> = random::bytes::<8>()?.into_iter().map(letter).collect();
        let code = letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-");
        let key = RowKey::random()?.as_str().to_owned();
        Ok(Self { key, code, until: now + LIFETIME_SECS })
    }

    /// The run as text for its link.
    pub fn seal(&self, keyring: &Keyring) -> Option<String> {
        keyring.seal_text(CONTEXT, &serde_json::to_vec(self).ok()?).ok()
    }

    /// The run of a link, while it lasts.
    pub fn open(text: &str, keyring: &Keyring, now: UnixSecs) -> Option<Self> {
        let run: Self = serde_json::from_slice(&keyring.open_text(CONTEXT, text)?).ok()?;
        (now < run.until).then_some(run)
    }

    /// The run that this session belongs to.
    pub fn of_session(signed_in: &SignedIn) -> Option<Self> {
        let doctor = signed_in.record.doctor.as_ref()?;
        let key = signed_in.key.as_str().to_owned();
        Some(Self { key, code: doctor.code.clone(), until: doctor.until })
    }

    /// The key of its session.
    pub fn session(&self) -> Option<RowKey> {
        RowKey::parse(&self.key)
    }

    /// A key in the replay cache.
    fn entry(&self, what: &str) -> [u8; 32] {
        Sha256::digest(format!("doctor run {} {what}", self.key)).into()
    }
}

/// A digest of what a run reads, so that nothing else is read than what the page has named: the boards may change meanwhile,
/// and processes may have different ones.
pub fn boards_digest(settings: &Settings) -> String {
    let panels = settings.boards.iter().flat_map(|board| {
        let of =
            |panel: &Panel| format!("{:?}", (&board.id, &panel.id, &panel.title, &panel.api, &panel.read));
        board.panels.iter().map(of)
    });
    let hash = panels
        .fold(Sha256::new(), |hash, panel| hash.chain_update(panel.len().to_be_bytes()).chain_update(panel));
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Starts the sign-in of a run: the provider asks for an account or a password, whatever its own session.
///
/// # Errors
/// As [`authorization_request::start`].
pub async fn start(sign_in: &SignIn, by: &Parts, run: DoctorRun) -> Result<Start, StartError> {
    let asked = AuthorizationOptions::for_run(run);
    authorization_request::start(sign_in, by, paths::DOCTOR_CONFIRM.to_owned(), asked, 0, None).await
}

/// Whether a response of the provider may start the session of its run: once, in time, and in a browser without a session.
///
/// # Errors
/// `DoctorRun` if not, `Store` if the store fails.
pub(super) async fn admit(
    sign_in: &SignIn,
    run: &DoctorRun,
    signed_in: Option<&SignedIn>,
) -> Result<(), SignInProblem> {
    if signed_in.is_some() {
        return Err(SignInProblem::DoctorRun("the browser has a session"));
    }
    if run.until <= sign_in.clock.now() {
        return Err(SignInProblem::DoctorRun("its time is over"));
    }
    let mark = Mark { kind: MarkKind::SignIn, entry: run.entry("signed in"), until: run.until };
    match sign_in.sessions.mark_used(mark).await? {
        true => Ok(()),
        false => Err(SignInProblem::DoctorRun("somebody has signed in with its link")),
    }
}

/// Starts the session of a run.
///
/// # Errors
/// As [`start_session_beside`].
pub(super) async fn start_session(
    sign_in: &SignIn,
    session: &Session,
    (iss, sub): (String, String),
    new_session: &NewSession,
    run: &DoctorRun,
) -> Result<Option<Started>, StoreError> {
    let key = run.session().ok_or_else(|| StoreError::backend("the key of a run is not one"))?;
    start_session_beside(&sign_in.sessions, session, (iss, sub), new_session, (key, run.until + READ_SECS))
        .await
}

/// The part of the session's record.
pub(super) fn of_record(run: &DoctorRun) -> DoctorSession {
    DoctorSession { code: run.code.clone(), until: run.until, confirmed: None }
}

/// Tells the process that conducts the run why there is no session. What concerns one browser only is not told: the link
/// can be opened in another one.
pub(super) async fn report(sign_in: &SignIn, run: &DoctorRun, problem: &SignInProblem) {
    if !matches!(problem, SignInProblem::DoctorRun(_)) {
        sign_in.leave_word(run, RunWord::Failed(problem.reason())).await;
    }
}

impl SignIn {
    /// Leaves a word about a run for the process that conducts it.
    pub async fn leave_word(&self, run: &DoctorRun, word: RunWord) {
        // The word itself first: a reader that finds the other one looks for it.
        for entry in [run.entry(word.as_str()), run.entry("over")] {
            if let Err(error) = self.sessions.leave_word(entry, run.until).await {
                tracing::error!(%error, "the end of a sign-in for `claimcheck doctor` could not be recorded");
            }
        }
    }

    /// The word that was left about a run.
    ///
    /// # Errors
    /// The store fails.
    pub async fn word_about(&self, run: &DoctorRun) -> Result<Option<RunWord>, StoreError> {
        if !self.sessions.has_word(run.entry("over")).await? {
            return Ok(None);
        }
        let reasons = REASONS.into_iter().map(RunWord::Failed);
        for word in [RunWord::Cancelled, RunWord::Abandoned].into_iter().chain(reasons) {
            if self.sessions.has_word(run.entry(word.as_str())).await? {
                return Ok(Some(word));
            }
        }
        Ok(Some(RunWord::Failed("internal")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dr_03_a_run_opens_from_its_link_until_it_ends_and_from_no_other_text() {
        let keyring = Keyring::ephemeral().unwrap();
        let run = DoctorRun::begin(1000).unwrap();
        let link = run.seal(&keyring).unwrap();
        assert_eq!(DoctorRun::open(&link, &keyring, 1000 + LIFETIME_SECS - 1), Some(run.clone()));
        assert_eq!(DoctorRun::open(&link, &keyring, 1000 + LIFETIME_SECS), None);
        assert_eq!(DoctorRun::open(&link, &Keyring::ephemeral().unwrap(), 1000), None);
        for text in ["", "x", &run.key, &link[1..]] {
            assert_eq!(DoctorRun::open(text, &keyring, 1000), None, "{text}");
        }
        assert!(run.session().is_some() && !link.contains(&run.code));
    }

    #[test]
    fn dr_03_codes_are_random_and_easy_to_compare() {
        let codes: std::collections::HashSet<_> =
            (0..1000).map(|_| DoctorRun::begin(0).unwrap().code).collect();
        assert_eq!(codes.len(), 1000);
        for code in codes {
            let (one, other) = code.split_once('-').unwrap();
            assert_eq!((one.len(), other.len()), (4, 4), "{code}");
            assert!(code.bytes().all(|byte| byte == b'-' || LETTERS.contains(&byte)), "{code}");
        }
    }
}
