//! What a store keeps of a session when it is over: that it is, why, and what a list says of it; and what a provider's
//! logout ends and keeps from beginning.

use sha2::{Digest, Sha256};

use super::row::{CookieHash, Owner, RowKey};
use claimcheck_base::clock::UnixSecs;

/// The provider's clock and ours may differ by so many seconds.
const CLOCKS_DIFFER_SECS: i64 = 60;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The person signed out in this very browser.
    SignedOut,
    /// The person ended it from another place where they are signed in.
    Elsewhere,
    /// The provider said so (OpenID Connect Back-Channel or Front-Channel Logout 1.0).
    Provider,
    /// An operator did.
    Operator,
    /// The provider takes its refresh token no more, or what came for it cannot be trusted.
    Refused,
    /// Another person, or the same one from a session of before, signed in in this browser.
    Replaced,
}

impl EndReason {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::SignedOut, Self::Elsewhere, Self::Provider, Self::Operator, Self::Refused, Self::Replaced];

    /// The word it is stored as.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Elsewhere => "elsewhere",
            Self::Provider => "provider",
            Self::Operator => "operator",
            Self::Refused => "refused",
            Self::Replaced => "replaced",
        }
    }

    /// The reason of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// How a session is being ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    pub why: EndReason,
    pub at: UnixSecs,
}

/// A session that is over: nothing of its record or tokens is left. Kept until the session would have ended in any case,
/// so that a browser that comes back with its cookie, and the person's list, can be told why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub key: RowKey,
    pub cookie_hash: CookieHash,
    pub owner: Owner,
    /// The row's, as it was.
    pub label: Vec<u8>,
    pub ending: Ending,
    /// When it is forgotten: the absolute end of the session.
    pub until: UnixSecs,
}

/// A logout at the provider (OpenID Connect Back-Channel Logout 1.0, 2.4): of one of its sessions, of all sessions of
/// a subject, or of the one where both belong together. One of the two is always there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logout {
    pub iss: String,
    pub sub: Option<String>,
    pub sid: Option<String>,
    /// When, by the provider's clock: sign-ins whose ID token is not newer do not begin any more.
    pub issued_at: UnixSecs,
    /// What is remembered of its `jti`: the same logout has no second effect.
    pub mark: Option<[u8; 32]>,
    /// How long it is remembered: as long as its token, or the ID token of a sign-in of before, may still arrive.
    pub until: UnixSecs,
}

impl Logout {
    /// What it bars: sign-ins of that provider's session, or of that subject.
    pub fn bar(&self) -> Option<[u8; 32]> {
        match (&self.sid, &self.sub) {
            (Some(sid), _) => Some(bar("sid", &self.iss, sid)),
            (None, Some(sub)) => Some(bar("sub", &self.iss, sub)),
            (None, None) => None,
        }
    }

    /// The latest time, by our clock, at which a session it means may have begun. A session of the provider's is over for
    /// good, so all that came of it is meant; a subject may have signed in again before a late logout arrives.
    pub fn newest(&self) -> UnixSecs {
        if self.sid.is_some() { UnixSecs::MAX } else { self.issued_at.saturating_add(CLOCKS_DIFFER_SECS) }
    }

    /// Whether it means a session of that owner that began then.
    pub fn means(&self, owner: &Owner, created_at: UnixSecs) -> bool {
        created_at <= self.newest()
            && owner.iss == self.iss
            && (self.sub.is_some() || self.sid.is_some())
            && self.sub.as_ref().is_none_or(|sub| *sub == owner.sub)
            && self.sid.as_ref().is_none_or(|sid| Some(sid) == owner.sid.as_ref())
    }
}

/// What a logout may have barred for a sign-in of that owner; without a `sid`, twice the same.
pub fn bars(owner: &Owner) -> [[u8; 32]; 2] {
    let by_sub = bar("sub", &owner.iss, &owner.sub);
    [owner.sid.as_ref().map_or(by_sub, |sid| bar("sid", &owner.iss, sid)), by_sub]
}

fn bar(kind: &str, iss: &str, name: &str) -> [u8; 32] {
    // Lengths, so that no two pairs are written alike.
    Sha256::digest(format!("{kind} {} {iss}{name}", iss.len())).into()
}
