//! The bearer token of one operator request: sealed with the session keys, bound to this request, valid once and for a
//! minute. Only processes that can read the configuration can issue commands.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{clock::UnixSecs, secret::Secret};
use claimcheck_session::{Keyring, SealError};
use sha2::{Digest, Sha256};

/// The maximum difference between the time of sealing and now, in seconds.
const TERM_SECS: i64 = 60;

/// Why a request is denied.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denied {
    #[error("the request is not authenticated")]
    Missing,
    #[error(
        "the request was not sealed with the session keys of this server: run the command with the server's settings"
    )]
    NotOurs,
    #[error(
        "the time of the request differs from the server's clock by {0} s, but at most {TERM_SECS} s are allowed: synchronize the clocks of both machines"
    )]
    OtherTime(i64),
    #[error("the request was received before")]
    Used,
}

/// The parts of a request that a bearer is bound to.
#[derive(Clone, Copy, Debug)]
pub(super) struct BoundRequest<'a> {
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    pub body: &'a [u8],
}

impl BoundRequest<'_> {
    fn context(&self) -> String {
        let body = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.body));
        format!("operator:{} {} {body}", self.method, self.target)
    }
}

/// The bearer for that request, sealed now.
pub(super) fn seal(keyring: &Keyring, asked: BoundRequest<'_>, now: UnixSecs) -> Result<Secret, SealError> {
    keyring.seal_text(&asked.context(), &now.to_be_bytes()).map(Secret::new)
}

/// The replay cache entry of the bearer and its expiry, if it is valid for that request and now.
pub(super) fn open(
    keyring: &Keyring,
    asked: BoundRequest<'_>,
    bearer: &str,
    now: UnixSecs,
) -> Result<([u8; 32], UnixSecs), Denied> {
    let sealed = keyring.open_text(&asked.context(), bearer).ok_or(Denied::NotOurs)?;
    let at = sealed.try_into().map(UnixSecs::from_be_bytes).map_err(|_| Denied::NotOurs)?;
    if now.abs_diff(at) > TERM_SECS.unsigned_abs() {
        return Err(Denied::OtherTime(now.saturating_sub(at).saturating_abs()));
    }
    // Remembered one second longer than it is valid.
    Ok((Sha256::digest(format!("operator {bearer}")).into(), at + TERM_SECS + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn op_08_a_bearer_is_for_one_request_one_minute_and_whoever_has_the_keys() {
        let (ours, other) = (Keyring::new(&[[1; 32]]).unwrap(), Keyring::new(&[[2; 32]]).unwrap());
        let asked = BoundRequest { method: "POST", target: "/admin/sessions/end", body: b"{}" };
        let bearer = seal(&ours, asked, 1000).unwrap();
        let open = |ring, asked, now| super::open(ring, asked, bearer.expose(), now).map(|(_, until)| until);
        for now in [940, 1000, 1060] {
            assert_eq!(open(&ours, asked, now), Ok(1061), "{now}");
        }
        assert_eq!(open(&ours, asked, 939), Err(Denied::OtherTime(61)));
        assert_eq!(open(&ours, asked, 1061), Err(Denied::OtherTime(61)));
        assert_eq!(open(&other, asked, 1000), Err(Denied::NotOurs));
        for otherwise in [
            BoundRequest { method: "GET", ..asked },
            BoundRequest { target: "/admin/sessions", ..asked },
            BoundRequest { target: "/admin/sessions/end?a", ..asked },
            BoundRequest { body: b"{} ", ..asked },
        ] {
            assert_eq!(open(&ours, otherwise, 1000), Err(Denied::NotOurs), "{otherwise:?}");
        }
        let both = Keyring::new(&[[3; 32], [1; 32]]).unwrap();
        assert_eq!(open(&both, asked, 1000), Ok(1061), "while a key is exchanged");
    }
}
