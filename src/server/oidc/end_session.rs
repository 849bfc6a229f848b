//! Signing out at the provider (RP-Initiated Logout 1.0): the form that the sign-out page posts there.
//! The ID token in it is the one token that ever passes through a browser; the specification demands it.

use serde::{Deserialize, Serialize};

use crate::{
    paths,
    server::{Context, clock::UnixSecs, secret::Secret, session::Keyring},
};

const CONTEXT: &str = "sign-out";
/// A return from the provider after this time says nothing any more.
const STATE_LIFETIME_SECS: i64 = 600;

/// The form to the provider's end session endpoint.
pub struct EndSessionForm {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct SignedOut {
    at: UnixSecs,
}

/// The form, or `None` when the provider has no end session endpoint or cannot be asked: then sign-out is local.
pub async fn form(context: &Context, id_token: &Secret) -> Option<EndSessionForm> {
    let metadata = context.provider.metadata().await.ok()?;
    let action = metadata.additional_metadata().end_session_endpoint.clone()?;
    // RP-Initiated Logout 2: the post-logout redirect URI is compared as it stands, so it is the registered text.
    let mut fields = vec![
        ("id_token_hint".to_owned(), id_token.expose().to_owned()),
        ("client_id".to_owned(), context.settings.client_id.clone()),
        ("post_logout_redirect_uri".to_owned(), format!("{}{}", context.settings.origin(), paths::HOME)),
    ];
    fields.extend(state(context).map(|state| ("state".to_owned(), state)));
    Some(EndSessionForm { action: action.into(), fields })
}

/// A fresh `state`, by which the home page knows that someone has just signed out here.
pub fn state(context: &Context) -> Option<String> {
    let plain = serde_json::to_vec(&SignedOut { at: context.clock.now() }).ok()?;
    context.sessions.keyring().seal_text(CONTEXT, &plain).ok()
}

/// Whether `state` is of a sign-out that has just happened here. Any other value says nothing.
pub fn is_just_signed_out(state: &str, keyring: &Keyring, now: UnixSecs) -> bool {
    keyring
        .open_text(CONTEXT, state)
        .and_then(|plain| serde_json::from_slice::<SignedOut>(&plain).ok())
        .is_some_and(|signed_out| (0..STATE_LIFETIME_SECS).contains(&(now - signed_out.at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lo_06_a_right_state_is_told_from_a_missing_wrong_or_old_one() {
        let keyring = Keyring::ephemeral().unwrap();
        let plain = serde_json::to_vec(&SignedOut { at: 1000 }).unwrap();
        let state = keyring.seal_text(CONTEXT, &plain).unwrap();
        assert!(is_just_signed_out(&state, &keyring, 1001));
        assert!(!is_just_signed_out(&state, &keyring, 1000 + STATE_LIFETIME_SECS));
        assert!(!is_just_signed_out("", &keyring, 1001));
        let other = keyring.seal_text("authorization request", &plain).unwrap();
        assert!(!is_just_signed_out(&other, &keyring, 1001));
    }
}
