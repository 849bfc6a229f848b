//! The sign-in of a run of `claimcheck doctor --sign-in`. Its link carries the sealed run, so that any process can start the
//! sign-in, and so does the transaction. It starts one session with a key that the run has chosen, in a browser without a
//! session, and changes no other.

use axum::http::request::Parts;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{clock::UnixSecs, random};
use claimcheck_model::paths;
use claimcheck_session::{
    DoctorSession, EndReason, Keyring, Mark, MarkKind, NewSession, RowKey, SignedIn, Started, StoreError,
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
        run_note::RunNote,
    },
};

const CONTEXT: &str = "doctor run";
/// How long a run waits for its user, from the command on.
pub const LIFETIME_SECS: i64 = 600;
/// How long a session lasts that is confirmed at the last moment: longer than all panels take.
const READ_SECS: i64 = 300;
/// Letters and digits that are hard to confuse; 32, so that each byte is used evenly.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// One run, as it is sealed into its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorRun {
    /// The key of its session, which also names the run.
    pub key: String,
    /// The code that the user compares.
    pub code: String,
    /// Until when the user can sign in and confirm, in Unix seconds.
    pub until: UnixSecs,
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
    pub(super) fn entry(&self, what: &str) -> [u8; 32] {
        Sha256::digest(format!("doctor run {} {what}", self.key)).into()
    }
}

/// A digest of what a run reads, and of who may see it, so that only what the page has named is read: the boards may change
/// meanwhile, and processes may have different boards or APIs.
pub fn boards_digest(settings: &Settings) -> String {
    let panels = settings.boards.iter().flat_map(|board| {
        let of = |panel: &Panel| {
            let api = settings.api(&panel.api).map(|api| (&api.id, api.url.as_str()));
            let what = (&board.id, &panel.id, &panel.title, &panel.read);
            format!("{:?}", (what, &board.needs, &panel.needs, api))
        };
        board.panels.iter().map(of)
    });
    let hash = panels
        .fold(Sha256::new(), |hash, panel| hash.chain_update(panel.len().to_be_bytes()).chain_update(panel));
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Starts the sign-in of a run: the provider asks for an account or a password, even if the browser has a session there.
///
/// # Errors
/// As [`authorization_request::start`].
pub async fn start(sign_in: &SignIn, by: &Parts, run: DoctorRun) -> Result<Start, StartError> {
    let asked = AuthorizationOptions::for_run(run);
    authorization_request::start(sign_in, by, paths::DOCTOR_CONFIRM.href(), asked, 0, None).await
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
    if sign_in.note_about(run).await?.is_some() {
        return Err(SignInProblem::DoctorRun("it has ended"));
    }
    let mark = Mark { kind: MarkKind::SignIn, entry: run.entry("signed in"), until: run.until };
    match sign_in.sessions.mark_used(mark).await? {
        true => Ok(()),
        false => Err(SignInProblem::DoctorRun("somebody has signed in with its link")),
    }
}

/// Starts the session of a run. If the run has ended meanwhile, its session ends at once, and its tokens are revoked.
///
/// # Errors
/// `DoctorRun` if the run has ended, and as [`start_session_beside`].
pub(super) async fn start_session(
    sign_in: &SignIn,
    session: &Session,
    (iss, sub): (String, String),
    new_session: &NewSession,
    run: &DoctorRun,
) -> Result<Option<Started>, SignInProblem> {
    let key = run.session().ok_or_else(|| StoreError::backend("the key of a run is not one"))?;
    let at = (key.clone(), run.until + READ_SECS);
    let started = start_session_beside(&sign_in.sessions, session, (iss, sub), new_session, at).await?;
    // Only now: a run leaves its note before it ends its session, so one of the two finds the session.
    if sign_in.note_about(run).await?.is_some() {
        let ended = sign_in.sessions.end(&key, EndReason::SignedOut).await?;
        if let Some(tokens) = ended.and_then(|ended| ended.tokens) {
            drop(sign_in.tokens.revoke(tokens));
        }
        return Err(SignInProblem::DoctorRun("it has ended meanwhile"));
    }
    Ok(started)
}

/// The part of the session's record.
pub(super) fn of_record(run: &DoctorRun) -> DoctorSession {
    DoctorSession { code: run.code.clone(), until: run.until, confirmed: None }
}

/// Tells the process that reads the panels why there is no session. A problem of one browser is not reported: the link can
/// be opened in another one.
pub(super) async fn report(sign_in: &SignIn, run: &DoctorRun, problem: &SignInProblem) {
    if !matches!(problem, SignInProblem::DoctorRun(_)) {
        sign_in.leave_note(run, RunNote::Failed(problem.reason())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::load;

    #[test]
    fn dr_03_the_digest_depends_on_what_is_read_where_and_who_may_see_it() {
        let digest = |more: &str, of_panel: &str, api: &str| {
            let text = format!(
                "[[board]]\nid = \"a\"\ntitle = \"A\"\n{more}\n[[board.panel]]\ntitle = \"P\"\nkind = \"table\"\n\
                 get = \"/p\"\nrows = \"$[*]\"\n{of_panel}\n"
            );
            boards_digest(&load(Some(&text), &[("CLAIMCHECK_API_URL", api)]).unwrap().0)
        };
        let api = "https://api.example.com";
        let usual = digest("", "", api);
        assert_eq!(usual, digest("", "", api));
        for (more, of_panel, api) in [
            ("role = \"finance\"", "", api),
            ("", "role = \"finance\"", api),
            ("", "scope = \"a:read\"", api),
            ("", "", "https://other.example.com"),
        ] {
            assert_ne!(usual, digest(more, of_panel, api), "{more} {of_panel} {api}");
        }
    }

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
