//! Signing out at the provider (RP-Initiated Logout 1.0): the sealed `state` that shows the home page that the browser
//! has just signed out here.

use claimcheck_base::{clock::UnixSecs, secret::Secret};
use claimcheck_oidc::{end_session::EndSessionRequest, id_token::LEEWAY_SECS};
use claimcheck_session::Keyring;
use serde::{Deserialize, Serialize};

use crate::sign_in::SignIn;

const CONTEXT: &str = "sign-out";
/// A return from the provider after this time is ignored.
const STATE_LIFETIME_SECS: i64 = 600;

#[derive(Serialize, Deserialize)]
struct Sealed {
    at: UnixSecs,
    reach: Reach,
}

/// The extent of a sign-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// Here only: the provider may still sign the user in without asking.
    Here,
    /// The provider was asked to sign the user out as well.
    Provider,
}

/// The browser's request to the provider; `None` if the settings exclude it, if the provider has no end session
/// endpoint, or if its metadata is unavailable: then only the session here ends.
pub async fn request(sign_in: &SignIn, id_token: &Secret) -> Option<EndSessionRequest> {
    sign_in.relying_party.end_session_request(id_token, state(sign_in, Reach::Provider)).await
}

/// A new `state`, which shows the home page that a user has just signed out here.
pub fn state(sign_in: &SignIn, reach: Reach) -> Option<String> {
    let plain = serde_json::to_vec(&Sealed { at: sign_in.clock.now(), reach }).ok()?;
    sign_in.sessions.keyring().seal_text(CONTEXT, &plain).ok()
}

/// The extent of the sign-out that `state` is from; `None` for any other value.
pub fn just_signed_out(state: &str, keyring: &Keyring, now: UnixSecs) -> Option<Reach> {
    let plain = keyring.open_text(CONTEXT, state)?;
    let sealed = serde_json::from_slice::<Sealed>(&plain).ok()?;
    // It may have been sealed by another process, whose clock is slightly ahead.
    (-LEEWAY_SECS..STATE_LIFETIME_SECS).contains(&(now - sealed.at)).then_some(sealed.reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lo_06_a_right_state_is_told_from_a_missing_wrong_or_old_one() {
        let keyring = Keyring::ephemeral().unwrap();
        let plain = serde_json::to_vec(&Sealed { at: 1000, reach: Reach::Here }).unwrap();
        let state = keyring.seal_text(CONTEXT, &plain).unwrap();
        assert_eq!(just_signed_out(&state, &keyring, 1001), Some(Reach::Here));
        assert_eq!(just_signed_out(&state, &keyring, 1000 + STATE_LIFETIME_SECS), None);
        assert_eq!(just_signed_out(&state, &keyring, 1000 - LEEWAY_SECS), Some(Reach::Here), "another clock");
        assert_eq!(just_signed_out(&state, &keyring, 999 - LEEWAY_SECS), None);
        assert_eq!(just_signed_out("", &keyring, 1001), None);
        let other = keyring.seal_text("authorization request", &plain).unwrap();
        assert_eq!(just_signed_out(&other, &keyring, 1001), None);
    }
}
