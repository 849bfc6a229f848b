//! How long the session of a request lasts, for pages that count down to its end; and staying signed in.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::clock::UnixSecs;
use sha2::{Digest, Sha256};

use crate::{
    handlers::request::{context, signed_in, store_failed},
    model::{AppError, SessionState},
    server::session::{Owner, SignedIn},
};

/// Bytes of a tag: enough to tell people of one browser apart.
const TAG_BYTES: usize = 9;

/// As it was when the request came. Slides nothing.
pub async fn state() -> Result<SessionState, AppError> {
    Ok(of(&signed_in()?, context()?.clock.now()))
}

/// The person says that they are here: the idle end slides for certain, the absolute end never (ASVS 7.3.2).
pub async fn stay() -> Result<SessionState, AppError> {
    let (context, signed_in) = (context()?, signed_in()?);
    let stays = context.sessions.stay(&signed_in).await.map_err(store_failed)?.ok_or(AppError::SignedOut)?;
    Ok(of(&stays, context.clock.now()))
}

/// How long that session lasts, said at `now`.
pub fn of(signed_in: &SignedIn, now: UnixSecs) -> SessionState {
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
