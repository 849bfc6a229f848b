//! The times of the session of a request, for pages that count down to its end; and staying signed in.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{AppError, SessionState};
use claimcheck_session::{Owner, SignedIn};
use sha2::{Digest, Sha256};

use crate::handlers::request::{signed_in, state, store_failed};

/// The length of a tag in bytes: enough to distinguish the users of one browser.
const TAG_BYTES: usize = 9;

/// The state when the request arrived. Slides no timeout.
pub async fn session_state() -> Result<SessionState, AppError> {
    Ok(state_of(&signed_in()?, state()?.clock.now()))
}

/// The user stays signed in: always slides the idle timeout, and never the absolute lifetime (ASVS 7.3.2).
pub async fn stay() -> Result<SessionState, AppError> {
    let (state, signed_in) = (state()?, signed_in()?);
    let stays = state.sessions.stay(&signed_in).await.map_err(store_failed)?.ok_or(AppError::SignedOut)?;
    Ok(state_of(&stays, state.clock.now()))
}

/// The times of that session, at the time `now`.
pub fn state_of(signed_in: &SignedIn, now: UnixSecs) -> SessionState {
    let SignedIn { idle_until, absolute_until, owner, .. } = signed_in;
    SessionState { now, idle_until: *idle_until, absolute_until: *absolute_until, tag: tag(owner) }
}

/// Identifies a user between the tabs of one browser. Not the subject, which must not be revealed there.
fn tag(owner: &Owner) -> String {
    let Owner { iss, sub, .. } = owner;
    // The length makes the encoding unambiguous.
    let hash = Sha256::digest(format!("claimcheck page {} {iss}{sub}", iss.len()));
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..TAG_BYTES])
}
