//! The stored data of a running session: the row, the keys it is found by, and the types that replace parts of it.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{
    clock::UnixSecs,
    random::{self, NoRandomness},
};
use sha2::{Digest, Sha256};

/// The key of a row: 128 random bits as base64url, the same for the whole life of a session.
/// It is not a credential: it opens nothing without the cookie, so logs and forms may contain it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(String);

impl RowKey {
    /// A new key.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn random() -> Result<Self, NoRandomness> {
        random::text::<16>().map(Self)
    }

    /// A key that was sent or stored; `None` for text that cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 16).then(|| Self(text.to_owned()))
    }

    /// A short reference to the session for records that others read: 12 hexadecimal digits. The key cannot be found
    /// from it.
    pub fn reference(&self) -> String {
        let hash = Sha256::digest(format!("reference {}", self.0));
        hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id in the session cookie: 128 bits from the operating system (ASVS 7.2.3). A credential, so it is never stored,
/// and `Debug` does not print it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CookieId(pub [u8; 16]);

impl CookieId {
    /// A new id.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn random() -> Result<Self, NoRandomness> {
        random::bytes().map(Self)
    }
}

impl fmt::Debug for CookieId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieId(..)")
    }
}

/// SHA-256 of the id in the cookie, which is stored instead of the id (ASVS 14.2.4). The id has 128 random bits, so it
/// cannot be found from the hash by trying.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CookieHash(pub [u8; 32]);

impl CookieHash {
    /// The hash of that id.
    pub fn of(id: CookieId) -> Self {
        Self(Sha256::digest(id.0).into())
    }
}

impl fmt::Debug for CookieHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieHash(..)")
    }
}

/// Whose session it is, in the provider's terms. The only part of a row that is stored in clear, because logout tokens
/// name sessions by it (OpenID Connect Back-Channel Logout 1.0, 2.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The issuer, exactly as in the ID token.
    pub iss: String,
    /// The subject at that issuer.
    pub sub: String,
    /// The provider's own session, if the ID token named one.
    pub sid: Option<String>,
}

impl Owner {
    /// See [`person`].
    pub fn person(&self) -> String {
        person(&self.iss, &self.sub)
    }
}

/// A pseudonym of a user: the same for the same issuer and subject, and it reveals neither. Forms, drafts and step-ups
/// carry it, so that one user's are never taken for another's.
pub fn person(iss: &str, sub: &str) -> String {
    let hash = Sha256::new().chain_update(iss).chain_update([0]).chain_update(sub).finalize();
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..16])
}

/// An encrypted column and its version.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBytes {
    /// 1 for the first write; each further write adds 1.
    pub version: i64,
    /// The output of [`Keyring::seal`](super::Keyring::seal); opaque to a store.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedBytes(version {}, {} bytes)", self.version, self.bytes.len())
    }
}

/// The encrypted columns of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The encrypted [`Label`](super::Label); empty if there is none.
    pub label: Vec<u8>,
    /// The encrypted [`SessionRecord`](super::SessionRecord).
    pub record: Vec<u8>,
    /// The encrypted [`TokenSet`](super::TokenSet).
    pub tokens: Vec<u8>,
}

/// The row of one session. All times are Unix seconds. The session is over once `idle_until` or `absolute_until` is
/// reached, whichever comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its key.
    pub key: RowKey,
    /// The hash of the id in its cookie.
    pub cookie_hash: CookieHash,
    /// Whose session it is.
    pub owner: Owner,
    /// When the user last authenticated here.
    pub created_at: UnixSecs,
    /// When the user was last active.
    pub last_active_at: UnixSecs,
    /// The idle timeout: slides with activity, never beyond `absolute_until`.
    pub idle_until: UnixSecs,
    /// The absolute lifetime: never slides (ASVS 7.3.2).
    pub absolute_until: UnixSecs,
    /// The encrypted [`Label`](super::Label) for lists of sessions. [`Ended`](super::Ended) keeps it when the session ends.
    pub label: Vec<u8>,
    /// The encrypted [`SessionRecord`](super::SessionRecord).
    pub record: SealedBytes,
    /// The encrypted [`TokenSet`](super::TokenSet).
    pub tokens: SealedBytes,
}

impl StoredSession {
    /// Whether the session runs at `now`.
    pub fn is_live(&self, now: UnixSecs) -> bool {
        now < self.idle_until && now < self.absolute_until
    }
}

/// The part of a row that lists show, without record and tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionHead {
    /// Its key.
    pub key: RowKey,
    /// The hash of the id in its cookie.
    pub cookie_hash: CookieHash,
    /// Whose session it is.
    pub owner: Owner,
    /// When the user last authenticated here.
    pub created_at: UnixSecs,
    /// When the user was last active.
    pub last_active_at: UnixSecs,
    /// The idle timeout.
    pub idle_until: UnixSecs,
    /// The absolute lifetime.
    pub absolute_until: UnixSecs,
    /// The encrypted label.
    pub label: Vec<u8>,
}

impl SessionHead {
    /// Whether the session runs at `now`.
    pub fn is_live(&self, now: UnixSecs) -> bool {
        now < self.idle_until && now < self.absolute_until
    }
}

impl From<StoredSession> for SessionHead {
    fn from(row: StoredSession) -> Self {
        Self {
            key: row.key,
            cookie_hash: row.cookie_hash,
            owner: row.owner,
            created_at: row.created_at,
            last_active_at: row.last_active_at,
            idle_until: row.idle_until,
            absolute_until: row.absolute_until,
            label: row.label,
        }
    }
}

/// What an entry of the replay cache is for. The memory store bounds each kind by itself, so that none of them makes
/// another fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind<'a> {
    /// A response of the provider to a sign-in.
    SignIn,
    /// A command of an operator.
    Command,
    /// A submitted form of this user, see [`person`].
    Submission(&'a str),
}

/// An entry of the replay cache.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    /// What it is for.
    pub kind: MarkKind<'a>,
    /// A hash that identifies it.
    pub entry: [u8; 32],
    /// How long it is kept, in Unix seconds.
    pub until: UnixSecs,
}

/// The parts of a row that another authentication of the same user replaces.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The hash of the new id in the cookie.
    pub cookie_hash: CookieHash,
    /// The provider's session of the new ID token.
    pub sid: Option<String>,
    /// When the user authenticated, in Unix seconds.
    pub created_at: UnixSecs,
    /// The new idle timeout, in Unix seconds.
    pub idle_until: UnixSecs,
    /// The new absolute lifetime, in Unix seconds.
    pub absolute_until: UnixSecs,
    /// The encrypted label.
    pub label: Vec<u8>,
    /// The encrypted record; the store increments its version.
    pub record: Vec<u8>,
    /// The encrypted tokens; the store increments their version.
    pub tokens: Vec<u8>,
}

/// The result of a compare-and-swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// It was written, and has this version now.
    Swapped {
        /// The new version.
        version: i64,
    },
    /// Another writer came first: read again. Nothing was written.
    Stale,
    /// The session is over. Nothing was written, and no retry can succeed.
    Gone,
}

/// The result of asking for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// The caller holds it, for the requested term.
    Taken,
    /// The same, but the lease of another holder expired before it released the lease or stored anything. That holder
    /// may have crashed, or may still be about to store.
    TakenOver,
    /// Another holder has it.
    Held,
    /// The session is over.
    Gone,
}

/// Who holds a lease: a random id, a new one for each piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder(pub [u8; 16]);

impl Holder {
    /// A new id.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn random() -> Result<Self, NoRandomness> {
        random::bytes().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::person;

    #[test]
    fn persons_of_two_issuers_are_two() {
        assert_eq!(person("a", "b"), person("a", "b"));
        assert_ne!(person("a", "b"), person("ab", ""));
        assert_ne!(person("a", "b"), person("a", "c"));
    }
}
