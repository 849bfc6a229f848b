//! How long the session of a request lasts, for pages that count down to its end; and staying signed in.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{AppError, SessionState};
use claimcheck_session::{Owner, SignedIn};
use sha2::{Digest, Sha256};

use crate::handlers::request::{signed_in, state, store_failed};

/// Bytes of a tag: enough to tell people of one browser apart.
const TAG_BYTES: usize = 9;

/// As it was when the request came. Slides nothing.
pub async fn session_state() -> Result<SessionState, AppError> {
    Ok(state_of(&signed_in()?, state()?.clock.now()))
}

/// The person says that they are here: the idle end slides for certain, the absolute end never (ASVS 7.3.2).
pub async fn stay() -> Result<SessionState, AppError> {
    let (state, signed_in) = (state()?, signed_in()?);
    let stays = state.sessions.stay(&signed_in).await.map_err(store_failed)?.ok_or(AppError::SignedOut)?;
    Ok(state_of(&stays, state.clock.now()))
}

/// How long that session lasts, said at `now`.
pub fn state_of(signed_in: &SignedIn, now: UnixSecs) -> SessionState {
    let SignedIn { idle_until, absolute_until, owner, .. } = signed_in;
    SessionState { now, idle_until: *idle_until, absolute_until: *absolute_until, tag: tag(owner) }
}

/// Stands for a person before tabs of one browser. Not their name at the provider, which is nobody's business there.
fn tag(owner: &Owner) -> String {
    let Owner { iss, sub, .. } = owner;
    // A length, so that no two pairs are written alike.
    let hash = Sha256::digest(format!("claimcheck page {} {iss}{sub}", iss.len()));
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..TAG_BYTES])
}
