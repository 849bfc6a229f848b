//! What a session store must do, in terms of rows: the contract that memory, SQLite and later stores keep.
//! Everything that changes a row is update-only or compare-and-swap; nothing here can write an ended session back.

use std::fmt;

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use tower_sessions::session::Id;

use crate::server::{
    clock::UnixSecs,
    random::{self, NoRandomness},
};

/// The name of a row: 128 random bits as base64url, the same for the whole life of a session.
/// It is no credential: it opens nothing without the cookie, and may stand in logs and forms.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowKey(String);

impl RowKey {
    /// A fresh key.
    pub fn random() -> Result<Self, NoRandomness> {
        random::text::<16>().map(Self)
    }

    /// A key as somebody sent or stored it; `None` for text that cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 16).then(|| Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of the id in the cookie: what is stored instead of it (ASVS 14.2.4). The id is 128 random bits,
/// so the hash cannot be turned back by trying.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CookieHash(pub [u8; 32]);

impl CookieHash {
    /// The hash of a cookie's id.
    pub fn of(id: Id) -> Self {
        Self(Sha256::digest(id.0.to_le_bytes()).into())
    }
}

impl fmt::Debug for CookieHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieHash(..)")
    }
}

/// Whose session it is, in the provider's terms: the only part of a row that is stored readable, because
/// logout tokens are looked up by it (OpenID Connect Back-Channel Logout 1.0, 2.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The issuer, exactly as in the ID token.
    pub iss: String,
    /// The subject at that issuer.
    pub sub: String,
    /// The provider's own session, where the ID token named one.
    pub sid: Option<String>,
}

/// A sealed column and the number of the write that put it there.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// 1 for the first write, one more for every other.
    pub version: i64,
    /// What `Keyring::seal` made; a store never looks inside.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed(version {}, {} bytes)", self.version, self.bytes.len())
    }
}

/// One session. Times are Unix seconds; it is over as soon as either `…_until` is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: RowKey,
    pub cookie_hash: CookieHash,
    pub owner: Owner,
    /// When the person last authenticated here.
    pub created_at: UnixSecs,
    /// When the person last did something.
    pub last_active_at: UnixSecs,
    /// Slides with activity; never later than `absolute_until`.
    pub idle_until: UnixSecs,
    /// Never slides (ASVS 7.3.2).
    pub absolute_until: UnixSecs,
    pub record: Sealed,
    pub tokens: Sealed,
}

impl Row {
    /// Whether the session still runs at `now`.
    pub fn is_live(&self, now: UnixSecs) -> bool {
        now < self.idle_until && now < self.absolute_until
    }
}

/// What a fresh authentication of the same person replaces in a row.
#[derive(Clone, Debug)]
pub struct Renewal {
    pub cookie_hash: CookieHash,
    /// The provider's session of the new ID token.
    pub sid: Option<String>,
    pub created_at: UnixSecs,
    pub idle_until: UnixSecs,
    pub absolute_until: UnixSecs,
    /// Sealed bytes; their version is counted on, not set.
    pub record: Vec<u8>,
    pub tokens: Vec<u8>,
}

/// How a compare-and-swap ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// It is written, and this is its version now.
    Swapped { version: i64 },
    /// Somebody else was first: read again. Nothing is written.
    Stale,
    /// The session is over. Nothing is written, and nothing may be.
    Gone,
}

/// A store that does not do its work. Never holds a bound value, key or token.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answers with an error or not at all.
    #[error("the session store failed: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The memory store holds as much as it may.
    #[error("the session store is full")]
    Full,
    /// A record was changed by others on every one of many attempts.
    #[error("a session was written too often at the same time")]
    Contended,
    /// A record could not be sealed.
    #[error("a session could not be sealed")]
    Seal,
    /// No random bytes, so no id and no nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl StoreError {
    /// Any cause, as the store's.
    pub fn backend(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Backend(cause.into())
    }
}

/// A place for sessions. Implementations are dumb on purpose: no clock, no keys, no cookie names.
///
/// To come: `lease(key, holder, until, now) -> bool` for refreshes among replicas, and `end_by_sid(iss, sid)`,
/// `end_by_sub(iss, sub)` and `list(iss, sub)` for logout tokens and the page of one's sessions; the columns and
/// indexes of the last three exist.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Adds a row. Its key and cookie hash are random: one that exists already is an error.
    async fn insert(&self, row: Row) -> Result<(), StoreError>;

    /// The row of a cookie, if it runs at `now`.
    async fn find(&self, cookie: CookieHash, now: UnixSecs) -> Result<Option<Row>, StoreError>;

    /// The row of that name, expired or not.
    async fn get(&self, key: &RowKey) -> Result<Option<Row>, StoreError>;

    /// Notes activity at `last_active_at` and slides the idle end, but never back, never beyond the absolute end, and
    /// never for a session that is over by then. `false` if there was nothing to slide.
    async fn touch(
        &self,
        key: &RowKey,
        last_active_at: UnixSecs,
        idle_until: UnixSecs,
    ) -> Result<bool, StoreError>;

    /// Replaces the record if it still has that version.
    async fn save_record(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError>;

    /// Replaces the tokens if they still have that version.
    async fn save_tokens(&self, key: &RowKey, expected: i64, bytes: Vec<u8>) -> Result<Swap, StoreError>;

    /// In one step: another cookie, another record, other tokens and new lifetimes, if the row still has the old cookie.
    /// The old cookie is dead from then on (ASVS 7.2.4). The version in `Swapped` is the tokens'.
    async fn renew(&self, key: &RowKey, old: CookieHash, renewal: Renewal) -> Result<Swap, StoreError>;

    /// Removes the row, if its tokens still have that version where one is named; returns what it held last, so that
    /// its tokens can be given back. `None` if nothing was removed.
    async fn end(&self, key: &RowKey, tokens_version: Option<i64>) -> Result<Option<Row>, StoreError>;

    /// Marks something as used, to be remembered until `until`: `true` for the first caller only, however many ask at once.
    /// A mark that would be forgotten at once (`until <= now`) is never granted.
    async fn consume(&self, mark: [u8; 32], until: UnixSecs, now: UnixSecs) -> Result<bool, StoreError>;

    /// Forgets what is over at `now`: rows and marks. How many.
    async fn purge(&self, now: UnixSecs) -> Result<u64, StoreError>;

    /// Whether the store answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
