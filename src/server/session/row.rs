//! What a store keeps of a session while it runs: rows, what they are found by, and what replaces their parts.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use tower_sessions::session::Id;

use claimcheck_base::{
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

impl Owner {
    /// See [`person`].
    pub fn person(&self) -> String {
        person(&self.iss, &self.sub)
    }
}

/// A name of a person that says nothing of them: by it forms, drafts and step-ups of one are told from those of another.
pub fn person(iss: &str, sub: &str) -> String {
    let hash = Sha256::new().chain_update(iss).chain_update([0]).chain_update(sub).finalize();
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..16])
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
    /// What lists of sessions say of it, sealed; goes on to its [`Ended`](super::Ended) when it is over.
    pub label: Vec<u8>,
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
    pub label: Vec<u8>,
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

/// Whether somebody may do what only one may at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// Who asked has it, for the term that was asked for.
    Taken,
    /// The same, but the one before neither gave it back nor stored anything: it may be gone, or about to store.
    TakenOver,
    /// Another has it still.
    Held,
    /// The session is over.
    Gone,
}

/// Who takes a lease: a random name, made anew for each piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder(pub [u8; 16]);

impl Holder {
    /// A name nobody else has.
    pub fn random() -> Result<Self, NoRandomness> {
        random::bytes().map(Self)
    }
}
