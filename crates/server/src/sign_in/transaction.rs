//! The transaction of one sign-in: sealed into `state`, so that nothing is stored before the callback, and bound to the
//! browser by one cookie of fixed size (RFC 9700 4.7.1).

use claimcheck_base::{
    clock::UnixSecs,
    secret::{Secret, sealed},
};
use claimcheck_session::Keyring;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::sign_in::authorization_options::AuthorizationOptions;

/// A callback within this time is exchanged.
pub const LIFETIME_SECS: i64 = 900;
/// A callback within this time can still restart the sign-in, once.
const RESTARTABLE_SECS: i64 = 86_400;
const EARLIEST_SECS: i64 = -60;
const CONTEXT: &str = "authorization request";

/// The data needed at the callback.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Transaction {
    pub issuer: String,
    pub nonce: String,
    #[serde(with = "sealed")]
    pub code_verifier: Secret,
    /// The page to return to: a path of this site.
    pub target: String,
    pub started_at: UnixSecs,
    /// 0, or 1 after the one automatic restart.
    pub attempt: u8,
    /// What is requested in addition to the settings.
    #[serde(default)]
    pub asked: AuthorizationOptions,
    /// The key of the session in which it was started, if the user was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// SHA-256 of the browser-binding cookie's value.
    pub browser: [u8; 32],
}

/// The validity of a `state`.
#[derive(Debug)]
pub enum Opened {
    /// Genuine, from this browser, and in time: to be exchanged.
    Usable(Transaction),
    /// Genuine and from this browser, but too old to be exchanged: the sign-in may be restarted.
    Expired(Transaction),
    /// Genuine, but from another browser, or this one lost its cookie: the sign-in may be restarted.
    Lost(Transaction),
    /// Not genuine, or too old.
    Unknown,
}

impl Transaction {
    /// The `state` parameter: opaque to everyone else, and different each time.
    pub fn seal(&self, keyring: &Keyring) -> Option<String> {
        let plain = serde_json::to_vec(self).ok()?;
        keyring.seal_text(CONTEXT, &plain).ok()
    }

    /// Opens a `state` for the browser that presents `browser` as its binding cookie.
    pub fn open(state: &str, browser: Option<&str>, keyring: &Keyring, now: UnixSecs) -> Opened {
        let transaction = keyring
            .open_text(CONTEXT, state)
            .and_then(|plain| serde_json::from_slice::<Transaction>(&plain).ok());
        let Some(transaction) = transaction else { return Opened::Unknown };
        let age = now - transaction.started_at;
        // The hash is compared, not the cookie, so the timing reveals nothing about the cookie.
        let same_browser = browser.is_some_and(|value| browser_hash(value) == transaction.browser);
        match age {
            // A replica whose clock is slightly behind may see the callback before its start.
            EARLIEST_SECS..LIFETIME_SECS if same_browser => Opened::Usable(transaction),
            EARLIEST_SECS..RESTARTABLE_SECS if same_browser => Opened::Expired(transaction),
            EARLIEST_SECS..RESTARTABLE_SECS => Opened::Lost(transaction),
            _ => Opened::Unknown,
        }
    }
}

/// The hash of the binding cookie that is sealed into `state`.
pub fn browser_hash(value: &str) -> [u8; 32] {
    Sha256::digest(value.as_bytes()).into()
}

/// The replay cache entry for a used `state`.
pub fn consumed_mark(state: &str) -> [u8; 32] {
    Sha256::digest(state.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transaction() -> Transaction {
        Transaction {
            issuer: "https://op.example".into(),
            nonce: "nonce-canary".into(),
            code_verifier: Secret::new("verifier-canary"),
            target: "/account".into(),
            started_at: 1000,
            attempt: 0,
            asked: AuthorizationOptions::default(),
            session: None,
            browser: browser_hash("coat"),
        }
    }

    #[test]
    fn lr_07_a_state_is_usable_in_the_browser_that_started_it() {
        let keyring = Keyring::ephemeral().unwrap();
        let state = transaction().seal(&keyring).unwrap();
        assert!(matches!(Transaction::open(&state, Some("coat"), &keyring, 1010), Opened::Usable(_)));
        assert!(matches!(Transaction::open(&state, Some("hat"), &keyring, 1010), Opened::Lost(_)));
        assert!(matches!(Transaction::open(&state, None, &keyring, 1010), Opened::Lost(_)));
    }

    #[test]
    fn lr_07_a_state_of_before_anything_could_be_asked_for_opens() {
        let keyring = Keyring::ephemeral().unwrap();
        let mut before = serde_json::to_value(transaction()).unwrap();
        assert!(before.as_object_mut().unwrap().remove("asked").is_some());
        let state = keyring.seal_text(CONTEXT, before.to_string().as_bytes()).unwrap();
        let opened = Transaction::open(&state, Some("coat"), &keyring, 1010);
        assert!(matches!(opened, Opened::Usable(found) if found.asked == AuthorizationOptions::default()));
    }

    #[test]
    fn lr_08_a_state_expires_and_then_means_nothing() {
        let keyring = Keyring::ephemeral().unwrap();
        let state = transaction().seal(&keyring).unwrap();
        let at = |now| Transaction::open(&state, Some("coat"), &keyring, now);
        assert!(matches!(at(1000 + LIFETIME_SECS - 1), Opened::Usable(_)));
        assert!(matches!(at(1000 + LIFETIME_SECS), Opened::Expired(_)));
        assert!(matches!(at(1000 + RESTARTABLE_SECS), Opened::Unknown));
    }

    #[test]
    fn cb_01_an_altered_or_foreign_state_is_unknown() {
        let keyring = Keyring::ephemeral().unwrap();
        let state = transaction().seal(&keyring).unwrap();
        let mut altered = state.clone().into_bytes();
        let last = altered.len() - 5;
        altered[last] = if altered[last] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        for other in ["", "x", &altered, &transaction().seal(&Keyring::ephemeral().unwrap()).unwrap()] {
            assert!(matches!(Transaction::open(other, Some("coat"), &keyring, 1010), Opened::Unknown));
        }
    }

    #[test]
    fn lr_04_a_state_is_fresh_and_carries_nothing_readable() {
        let keyring = Keyring::ephemeral().unwrap();
        let states: std::collections::HashSet<_> =
            (0..10_000).map(|_| transaction().seal(&keyring).unwrap()).collect();
        assert_eq!(states.len(), 10_000);
        assert!(states.iter().all(|state| !state.contains("canary") && state.len() >= 22));
    }
}
