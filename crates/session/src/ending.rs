//! What a store keeps of an ended session: the reason, and what lists show. And a provider's logout: which sessions it
//! ends, and the watermark below which sign-ins no longer start.

use claimcheck_base::clock::UnixSecs;
use sha2::{Digest, Sha256};

use super::stored::{CookieHash, Owner, RowKey};

/// The provider's clock and ours may differ by this many seconds. The statements of the stores contain the same number.
const CLOCKS_DIFFER_SECS: i64 = 60;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The user signed out in this browser.
    SignedOut,
    /// The user ended it from another of their sessions.
    Elsewhere,
    /// The provider logged it out (OpenID Connect Back-Channel or Front-Channel Logout 1.0).
    Provider,
    /// An operator ended it.
    Operator,
    /// The provider no longer accepts its refresh token, or its response to it cannot be trusted.
    Refused,
    /// Another user, or the same one from an earlier session, signed in in this browser.
    Replaced,
    /// The rules about who may sign in do not apply to the user any more.
    NotAllowed,
    /// The user signed in once more than there may be sessions of one user, and this one was unused for longest.
    TooMany,
}

impl EndReason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::SignedOut,
        Self::Elsewhere,
        Self::Provider,
        Self::Operator,
        Self::Refused,
        Self::Replaced,
        Self::NotAllowed,
        Self::TooMany,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Elsewhere => "elsewhere",
            Self::Provider => "provider",
            Self::Operator => "operator",
            Self::Refused => "refused",
            Self::Replaced => "replaced",
            Self::NotAllowed => "not-allowed",
            Self::TooMany => "too-many",
        }
    }

    /// How it is stored: in the column `why`, a word that every version knows, and in the column `cause`, the exact word
    /// if that is another one. A version that does not know a word in `why` cannot read the end, nor any list that
    /// contains it; one that does not know a cause takes `why`.
    pub(super) const fn stored(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::TooMany => (Self::Elsewhere.as_str(), Some(self.as_str())),
            _ => (self.as_str(), None),
        }
    }

    /// The reason in those two columns; `None` if `why` is unknown.
    pub(super) fn read(why: &str, cause: Option<&str>) -> Option<Self> {
        cause.and_then(Self::parse).or_else(|| Self::parse(why))
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// Why and when a session is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The reason.
    pub why: EndReason,
    /// When, in Unix seconds.
    pub at: UnixSecs,
}

/// An ended session, without its record and tokens. It is kept until the session would have ended in any case, so that a
/// browser that comes back with its cookie, and its owner's list, can show the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The key of the row.
    pub key: RowKey,
    /// The hash of the id in its cookie.
    pub cookie_hash: CookieHash,
    /// Whose session it was.
    pub owner: Owner,
    /// The row's encrypted label.
    pub label: Vec<u8>,
    /// Why and when it ended.
    pub ending: Ending,
    /// When it is forgotten, in Unix seconds: the absolute lifetime of the session.
    pub until: UnixSecs,
}

/// A logout at the provider (OpenID Connect Back-Channel Logout 1.0, 2.4): of one of its sessions, of all sessions of
/// a subject, or of a session that must belong to a subject. `sub` or `sid` is always present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logout {
    /// The issuer.
    pub iss: String,
    /// The subject.
    pub sub: Option<String>,
    /// The provider's session.
    pub sid: Option<String>,
    /// When, in Unix seconds by the provider's clock. Sign-ins whose ID token is not newer no longer start.
    pub issued_at: UnixSecs,
    /// The key of its `jti` in the replay cache, so that the same logout takes effect once; `None` if it has no `jti`.
    pub replay_key: Option<[u8; 32]>,
    /// How long it is remembered, in Unix seconds: as long as its token, or the ID token of an earlier sign-in, may
    /// still arrive.
    pub until: UnixSecs,
}

impl Logout {
    /// The watermark that it sets: that of the provider's session, or else of the subject.
    pub fn watermark_key(&self) -> Option<[u8; 32]> {
        match (&self.sid, &self.sub) {
            (Some(sid), _) => Some(sid_key(&self.iss, sid)),
            (None, Some(sub)) => Some(subject_key(&self.iss, sub)),
            (None, None) => None,
        }
    }

    /// The latest `iat` of the sign-in of a session that it ends, in Unix seconds by the provider's clock, which both times
    /// are from. A session at the provider cannot come back, so all sessions that came from it end. A subject may have signed
    /// in again before a late logout arrives: that sign-in is not meant.
    pub fn latest_iat(&self) -> UnixSecs {
        if self.sid.is_some() { UnixSecs::MAX } else { self.issued_at }
    }

    /// Whether it ends a session of that owner whose sign-in has that `iat`. Sessions of earlier versions have none stored;
    /// then it counts as 60 seconds before `created_at`, by our clock. All in Unix seconds.
    pub fn covers(&self, owner: &Owner, issued_at: Option<UnixSecs>, created_at: UnixSecs) -> bool {
        let issued_at = issued_at.unwrap_or(created_at.saturating_sub(CLOCKS_DIFFER_SECS));
        issued_at <= self.latest_iat()
            && owner.iss == self.iss
            && (self.sub.is_some() || self.sid.is_some())
            && self.sub.as_ref().is_none_or(|sub| *sub == owner.sub)
            && self.sid.as_ref().is_none_or(|sid| Some(sid) == owner.sid.as_ref())
    }
}

/// The watermarks that apply to a sign-in of that owner: that of the provider's session and that of the subject. Without a
/// `sid`, the latter twice.
pub(super) fn watermark_keys(owner: &Owner) -> [[u8; 32]; 2] {
    let by_sub = subject_key(&owner.iss, &owner.sub);
    [owner.sid.as_ref().map_or(by_sub, |sid| sid_key(&owner.iss, sid)), by_sub]
}

/// A hash that stands for a subject: the name of its watermark.
pub(super) fn subject_key(iss: &str, sub: &str) -> [u8; 32] {
    watermark_key("sub", iss, sub)
}

/// The same for a session at the provider.
pub(super) fn sid_key(iss: &str, sid: &str) -> [u8; 32] {
    watermark_key("sid", iss, sid)
}

/// Stored in databases, so its format is fixed.
fn watermark_key(kind: &str, iss: &str, name: &str) -> [u8; 32] {
    // The length makes the encoding unambiguous.
    Sha256::digest(format!("{kind} {} {iss}{name}", iss.len())).into()
}
