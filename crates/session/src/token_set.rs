//! The tokens of a session: the content of its second encrypted column.

use std::collections::BTreeMap;

use claimcheck_base::{
    clock::UnixSecs,
    random,
    secret::{Secret, sealed},
};
use serde::{Deserialize, Serialize};

use super::column::{SealedColumn, VERSION};

/// The id of the first API, which has no table of its own in the settings. Access tokens are stored by such ids.
pub const DEFAULT_API: &str = "default";

/// An access token is refreshed this many seconds before it expires, or after 80 % of its lifetime, whichever is later.
const EARLY_SECS: i64 = 60;

/// The tokens of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenSet {
    /// The version of the contents.
    pub v: u32,
    /// The latest ID token, kept for sign-out even when expired (RP-Initiated Logout 1.0, 2).
    #[serde(with = "sealed")]
    pub id_token: Secret,
    /// The latest refresh token, if the provider issued one.
    #[serde(with = "sealed::option", default)]
    pub refresh_token: Option<Secret>,
    /// An access token for each API, by its id in the settings.
    #[serde(default)]
    pub access: BTreeMap<String, AccessToken>,
}

impl TokenSet {
    /// A set with only an ID token.
    pub fn new(id_token: Secret) -> Self {
        Self { v: VERSION, id_token, refresh_token: None, access: BTreeMap::new() }
    }
}

impl SealedColumn for TokenSet {
    const NAME: &str = "tokens";
}

/// An access token for one API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessToken {
    /// The token itself.
    #[serde(with = "sealed")]
    pub token: Secret,
    /// When it expires, in Unix seconds; unknown if the provider did not say (RFC 6749 5.1).
    #[serde(default)]
    pub expires_at: Option<UnixSecs>,
    /// When this server received it, in Unix seconds.
    pub obtained_at: UnixSecs,
    /// From when on it is refreshed before it expires, in Unix seconds; unknown if `expires_at` is.
    #[serde(default)]
    pub refresh_at: Option<UnixSecs>,
    /// It was requested because the API refused the one before. If the API refuses this one too, a third would not help.
    #[serde(default)]
    pub forced: bool,
    /// Its scopes.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// By its own audience, it is for another API than it was requested for. It is kept for its revocation and never sent.
    #[serde(default)]
    pub is_foreign: bool,
}

impl AccessToken {
    /// A token that the provider issued at `now`. Both times are Unix seconds.
    pub fn obtained(token: Secret, now: UnixSecs, expires_at: Option<UnixSecs>, scopes: Vec<String>) -> Self {
        let refresh_at = expires_at.map(|end| refresh_at(now, end));
        Self { token, expires_at, obtained_at: now, refresh_at, forced: false, scopes, is_foreign: false }
    }
}

/// Early, and with jitter, so that sessions that began together (a deployment, nine o'clock) are not all refreshed at once.
fn refresh_at(now: UnixSecs, expires_at: UnixSecs) -> UnixSecs {
    let margin = EARLY_SECS.min((expires_at - now) / 5).max(0);
    let jitter = random::bytes::<1>().map_or(0, |[byte]| i64::from(byte) * margin / (4 * 256));
    expires_at - margin - jitter
}

#[cfg(test)]
mod tests {
    use super::refresh_at;

    #[test]
    fn rf_09_a_refresh_is_early_and_not_for_all_at_once() {
        let dues: Vec<i64> = (0..200).map(|_| refresh_at(1000, 1000 + 3600)).collect();
        assert!(dues.iter().all(|due| (4600 - 75..=4600 - 60).contains(due)), "{dues:?}");
        assert!(dues.iter().any(|due| due != &dues[0]), "no jitter");
        assert!((1000 + 75..=1000 + 80).contains(&refresh_at(1000, 1000 + 100)));
        for lifetime in [0, 1, 4] {
            assert_eq!(refresh_at(1000, 1000 + lifetime), 1000 + lifetime, "{lifetime}: no margin, no loop");
        }
    }
}
