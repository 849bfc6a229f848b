//! What is inside the two sealed columns of a row: who the person is, and the tokens.
//! Versioned: what this program cannot read is absent (the person signs in again), never a crash.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    history::Happening,
    row::RowKey,
    sealing::Keyring,
    store::StoreError,
    submissions::{Finished, KeptForm},
};
pub use crate::server::config::DEFAULT_API;
use claimcheck_base::{
    clock::UnixSecs,
    random,
    secret::{Secret, sealed},
};

/// The `v` of today's contents. A field may be added with `#[serde(default)]`; any other change raises it.
pub(super) const VERSION: u32 = 1;

/// Fetched anew this long before the end, or after 80 % of the lifetime, whichever is later.
const EARLY_SECS: i64 = 60;

/// Who is signed in and how: everything but the tokens.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The version of the contents.
    pub v: u32,
    /// The claims of the ID token and of UserInfo, the newer ones over the older (OpenID Connect Core 5.3.2).
    pub claims: Map<String, Value>,
    /// Who said which of them.
    #[serde(default)]
    pub sources: Sources,
    /// When the claims were last read at the provider.
    pub claims_read_at: UnixSecs,
    /// Why UserInfo could not be merged, in words for the person.
    #[serde(default)]
    pub profile_warning: Option<String>,
    /// What the provider granted, which may be less than was asked for (RFC 6749 5.1).
    #[serde(default)]
    pub granted_scopes: Vec<String>,
    /// All that the sign-ins of this session asked for.
    #[serde(default)]
    pub asked_scopes: Vec<String>,
    /// When the person signed in here.
    pub signed_in_at: UnixSecs,
    /// When the provider last saw the person prove who they are (OpenID Connect Core 2).
    #[serde(default)]
    pub auth_time: Option<i64>,
    /// How (RFC 8176).
    #[serde(default)]
    pub amr: Vec<String>,
    /// How strongly.
    #[serde(default)]
    pub acr: Option<String>,
    /// The nonce of the sign-in, for the ID tokens of later refreshes (OpenID Connect Core 12.2).
    pub nonce: String,
    /// A message for the next page of a person without scripts.
    #[serde(default)]
    pub flash: Option<String>,
    /// It says what was done, not what failed.
    #[serde(default)]
    pub flash_is_good: bool,
    /// What happened in this session, newest last; see [`SessionRecord::note`].
    #[serde(default)]
    pub history: Vec<Happening>,
    /// Forms that were sent and are to be looked at again; see [`SessionRecord::keep_form`].
    #[serde(default)]
    pub kept_forms: Vec<KeptForm>,
    /// How the last actions went; see [`SessionRecord::finish`].
    #[serde(default)]
    pub outcomes: Vec<Finished>,
}

/// What the ID token said and what UserInfo said, apart, so that what one of them takes back is gone. Both are empty in a
/// record of before they were kept.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sources {
    /// Of the latest ID token, with what it left out of the profile.
    pub id_token: Map<String, Value>,
    /// Of the latest UserInfo answer, without the protocol's claims; `None` where it has never answered.
    pub userinfo: Option<Map<String, Value>>,
    /// UserInfo was read after that ID token.
    pub userinfo_is_newer: bool,
}

impl Default for SessionRecord {
    /// An empty record of today's version.
    fn default() -> Self {
        Self {
            v: VERSION,
            claims: Map::new(),
            sources: Sources::default(),
            claims_read_at: 0,
            profile_warning: None,
            granted_scopes: Vec::new(),
            asked_scopes: Vec::new(),
            signed_in_at: 0,
            auth_time: None,
            amr: Vec::new(),
            acr: None,
            nonce: String::new(),
            flash: None,
            flash_is_good: false,
            history: Vec::new(),
            kept_forms: Vec::new(),
            outcomes: Vec::new(),
        }
    }
}

impl SessionRecord {
    /// Takes over from the record before what outlasts a sign-in of the same person in the same session.
    pub fn carry_on(&mut self, before: &Self) {
        self.history.clone_from(&before.history);
        self.flash.clone_from(&before.flash);
        self.flash_is_good = before.flash_is_good;
        self.kept_forms.clone_from(&before.kept_forms);
        self.outcomes.clone_from(&before.outcomes);
        let asked = std::mem::replace(&mut self.asked_scopes, before.asked_scopes.clone());
        for scope in asked {
            if !self.asked_scopes.contains(&scope) {
                self.asked_scopes.push(scope);
            }
        }
    }
}

/// Claims are personal and the nonce is nobody's business: neither is printed.
impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord")
            .field("v", &self.v)
            .field("claims", &format_args!("[{} redacted]", self.claims.len()))
            .field("signed_in_at", &self.signed_in_at)
            .finish_non_exhaustive()
    }
}

/// The tokens of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenSet {
    /// The version of the contents.
    pub v: u32,
    /// The latest ID token, kept for sign-out even when expired (RP-Initiated Logout 1.0, 2).
    #[serde(with = "sealed")]
    pub id_token: Secret,
    /// The latest refresh token, where the provider gave one.
    #[serde(with = "sealed::option", default)]
    pub refresh_token: Option<Secret>,
    /// An access token for each API, by its id in the configuration.
    #[serde(default)]
    pub access: BTreeMap<String, AccessToken>,
}

impl TokenSet {
    /// A set with nothing but an ID token.
    pub fn new(id_token: Secret) -> Self {
        Self { v: VERSION, id_token, refresh_token: None, access: BTreeMap::new() }
    }
}

/// An access token for one API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessToken {
    #[serde(with = "sealed")]
    pub token: Secret,
    /// When it ends; unknown if the provider did not say (RFC 6749 5.1).
    #[serde(default)]
    pub expires_at: Option<UnixSecs>,
    /// When this server got it.
    pub obtained_at: UnixSecs,
    /// From when on another one is fetched before it ends; unknown like the end.
    #[serde(default)]
    pub refresh_at: Option<UnixSecs>,
    /// Fetched because the API refused the one before: if it refuses this one too, a third would not help.
    #[serde(default)]
    pub forced: bool,
    /// What it is good for.
    #[serde(default)]
    pub scopes: Vec<String>,
}

impl AccessToken {
    /// A token as it comes.
    pub fn obtained(token: Secret, now: UnixSecs, expires_at: Option<UnixSecs>, scopes: Vec<String>) -> Self {
        let refresh_at = expires_at.map(|end| refresh_at(now, end));
        Self { token, expires_at, obtained_at: now, refresh_at, forced: false, scopes }
    }
}

/// Early, and not for all sessions at once that began together (a deploy, nine o'clock).
fn refresh_at(now: UnixSecs, expires_at: UnixSecs) -> UnixSecs {
    let margin = EARLY_SECS.min((expires_at - now) / 5).max(0);
    let jitter = random::bytes::<1>().map_or(0, |[byte]| i64::from(byte) * margin / (4 * 256));
    expires_at - margin - jitter
}

/// What can stand in a sealed column.
pub(super) trait Column: Serialize + DeserializeOwned {
    /// The column's name, part of what the bytes are bound to.
    const NAME: &str;
}

impl Column for SessionRecord {
    const NAME: &str = "record";
}

impl Column for TokenSet {
    const NAME: &str = "tokens";
}

/// The bytes to store for `content`: bound to its row and column.
pub(super) fn seal<T: Column>(keyring: &Keyring, key: &RowKey, content: &T) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(content).map_err(|_| StoreError::Seal)?;
    keyring.seal(&place::<T>(key), &plain).map_err(|_| StoreError::Seal)
}

/// The content of stored bytes; `None` if they are not of this row and column, of a key that is gone, or of another version.
pub(super) fn open<T: Column>(keyring: &Keyring, key: &RowKey, bytes: &[u8]) -> Option<T> {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }

    let content = keyring.open(&place::<T>(key), bytes).and_then(|plain| {
        let version: Version = serde_json::from_slice(&plain).ok()?;
        if version.v == VERSION { serde_json::from_slice(&plain).ok() } else { None }
    });
    if content.is_none() {
        tracing::warn!(
            column = T::NAME,
            row = key.as_str(),
            "a stored session cannot be read and is ignored"
        );
    }
    content
}

fn place<T: Column>(key: &RowKey) -> String {
    format!("{}:{}", T::NAME, key.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sealed_json(ring: &Keyring, key: &RowKey, column: &str, content: &Value) -> Vec<u8> {
        ring.seal(&format!("{column}:{}", key.as_str()), content.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn sc_15_records_and_tokens_come_back_and_do_not_print() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let mut record = SessionRecord { nonce: "canary".into(), ..Default::default() };
        record.claims.insert("email".into(), "canary".into());
        let mut tokens = TokenSet::new(Secret::new("canary"));
        tokens.refresh_token = Some(Secret::new("canary"));
        tokens
            .access
            .insert(DEFAULT_API.into(), AccessToken::obtained(Secret::new("canary"), 1, Some(9), vec![]));
        assert!(!format!("{record:?} {tokens:#?}").contains("canary"));
        assert_eq!(open(&ring, &key, &seal(&ring, &key, &record).unwrap()), Some(record));
        assert_eq!(open(&ring, &key, &seal(&ring, &key, &tokens).unwrap()), Some(tokens));
    }

    #[test]
    fn a_record_of_before_there_was_a_history_still_opens() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let before = json!({
            "v": 1, "claims": { "name": "Ada" }, "claims_read_at": 7, "signed_in_at": 5, "nonce": "n", "flash": "done",
        });
        let record: SessionRecord = open(&ring, &key, &sealed_json(&ring, &key, "record", &before)).unwrap();
        assert_eq!((record.claims_read_at, record.flash.as_deref()), (7, Some("done")));
        assert!(record.history.is_empty() && record.sources == Sources::default() && !record.flash_is_good);
    }

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

    #[test]
    fn sc_15_contents_of_another_row_or_column_do_not_open() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let bytes = seal(&ring, &key, &TokenSet::new(Secret::new("a"))).unwrap();
        assert!(open::<TokenSet>(&ring, &RowKey::random().unwrap(), &bytes).is_none());
        assert!(open::<TokenSet>(&ring, &key, &bytes).is_some());
        let content = json!({ "v": 1, "id_token": "a" });
        assert!(open::<TokenSet>(&ring, &key, &sealed_json(&ring, &key, "record", &content)).is_none());
        assert!(open::<TokenSet>(&ring, &key, &sealed_json(&ring, &key, "tokens", &content)).is_some());
    }

    #[test]
    fn sc_15_contents_of_an_unknown_version_are_absent() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let of = |v: Value| sealed_json(&ring, &key, "tokens", &json!({ "v": v, "id_token": "a" }));
        assert!(open::<TokenSet>(&ring, &key, &of(json!(2))).is_none());
        assert!(open::<TokenSet>(&ring, &key, &of(json!("1"))).is_none());
        assert!(open::<TokenSet>(&ring, &key, &of(json!(1))).is_some());
    }
}
