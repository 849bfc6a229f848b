//! Encrypted columns of a row: serialized, versioned, and bound to their place. The encryption binds them to row and
//! column. A hash beside the content, encrypted with it, binds them to the cookie, the owner and the lifetime of the session,
//! which the store holds in clear: nobody can change those without the key.
//!
//! Content that cannot be read counts as absent, so the user signs in again; it is never an error.
//!
//! Versions before that hash write none and ignore it, so they and this one can run on the same store. What they wrote is
//! accepted for a limited time: see `loading.rs`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::clock::UnixSecs;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    ending::Ended,
    sealing::{Keyring, OpenError},
    store::StoreError,
    stored::{CookieHash, Owner, RowKey, SessionHead, StoredSession},
};

/// The `v` of today's contents. A field may be added with `#[serde(default)]`; any other change raises it.
pub(super) const VERSION: u32 = 1;

/// The content of an encrypted column.
pub(super) trait SealedColumn: Serialize + DeserializeOwned {
    /// The column's name, part of the encryption context.
    const NAME: &str;
    /// Whether the column is also bound to the start of the session. An ended session, which keeps its label, has none.
    const HAS_START: bool = true;
}

/// The place of encrypted columns: the row, and what else they are bound to.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) key: &'a RowKey,
    pub(super) cookie_hash: CookieHash,
    pub(super) owner: &'a Owner,
    pub(super) created_at: UnixSecs,
    pub(super) absolute_until: UnixSecs,
}

impl Place<'_> {
    /// The hash that is encrypted beside a content. The fields have fixed sizes, or their length before them. It is stored,
    /// so its format is fixed.
    fn hash(&self, has_start: bool) -> String {
        let Owner { iss, sub, sid } = self.owner;
        let mut hash = Sha256::new().chain_update("session").chain_update(self.cookie_hash.0);
        for text in [Some(iss), Some(sub), sid.as_ref()].into_iter().flatten() {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        }
        hash.update([u8::from(sid.is_some()), u8::from(has_start)]);
        hash.update(self.absolute_until.to_be_bytes());
        if has_start {
            hash.update(self.created_at.to_be_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}

impl StoredSession {
    /// The place of its columns.
    pub(super) fn place(&self) -> Place<'_> {
        let Self { key, cookie_hash, owner, created_at, absolute_until, .. } = self;
        Place {
            key,
            cookie_hash: *cookie_hash,
            owner,
            created_at: *created_at,
            absolute_until: *absolute_until,
        }
    }
}

impl SessionHead {
    /// The place of its label.
    pub(super) fn place(&self) -> Place<'_> {
        let Self { key, cookie_hash, owner, created_at, absolute_until, .. } = self;
        Place {
            key,
            cookie_hash: *cookie_hash,
            owner,
            created_at: *created_at,
            absolute_until: *absolute_until,
        }
    }
}

impl Ended {
    /// The place of its label, which is not bound to a start.
    pub(super) fn place(&self) -> Place<'_> {
        let Self { key, cookie_hash, owner, until, .. } = self;
        Place { key, cookie_hash: *cookie_hash, owner, created_at: 0, absolute_until: *until }
    }
}

/// A content that was read.
pub(super) struct Opened<T> {
    pub(super) content: T,
    /// Whether it is bound to its place. What earlier versions wrote is bound to row and column only.
    pub(super) is_bound: bool,
}

/// The bytes to store for `content`, bound to its place.
///
/// # Errors
/// [`StoreError::Seal`]: there are no random bytes for a nonce, or the content cannot be serialized.
pub(super) fn seal_column<T: SealedColumn>(
    keyring: &Keyring,
    place: Place<'_>,
    content: &T,
) -> Result<Vec<u8>, StoreError> {
    #[derive(Serialize)]
    struct Bound<'a, T> {
        bound: &'a str,
        #[serde(flatten)]
        content: &'a T,
    }

    let bound = place.hash(T::HAS_START);
    let plain = serde_json::to_vec(&Bound { bound: &bound, content }).map_err(|_| StoreError::Seal)?;
    keyring.seal(&context::<T>(place.key), &plain).map_err(|_| StoreError::Seal)
}

/// The content of stored bytes. `None` if they were encrypted with a key that is gone, or have another version, which the
/// log says as a warning; or if they, or what they are bound to, were changed in the store, which it says as an error.
pub(super) fn open_column<T: SealedColumn>(
    keyring: &Keyring,
    place: Place<'_>,
    bytes: &[u8],
) -> Option<Opened<T>> {
    #[derive(Deserialize)]
    struct Head {
        v: u32,
        #[serde(default)]
        bound: Option<String>,
    }

    let plain = match keyring.try_open(&context::<T>(place.key), bytes) {
        Ok(plain) => plain,
        Err(OpenError::Unknown) => return unreadable::<T>(place.key),
        Err(OpenError::Changed) => {
            return changed(place.key, T::NAME, "encrypted content was changed, or is from another place");
        }
    };
    let head = serde_json::from_slice(&plain).ok().filter(|head: &Head| head.v == VERSION);
    let (Some(head), Ok(content)) = (head, serde_json::from_slice(&plain)) else {
        return unreadable::<T>(place.key);
    };
    if head.bound.as_ref().is_some_and(|bound| *bound != place.hash(T::HAS_START)) {
        return changed(place.key, T::NAME, "cookie, owner or lifetime was changed");
    }
    Some(Opened { content, is_bound: head.bound.is_some() })
}

fn unreadable<T: SealedColumn>(key: &RowKey) -> Option<Opened<T>> {
    tracing::warn!(column = T::NAME, row = key.as_str(), "a stored session cannot be read and is ignored");
    None
}

/// Logs that somebody with access to the store has changed a session, which is refused. Always `None`.
pub(super) fn changed<T>(row: &RowKey, column: &'static str, reason: &'static str) -> Option<T> {
    tracing::error!(
        event = "stored session refused",
        row = row.as_str(),
        column,
        reason,
        "somebody has changed it in the store, or the store has mixed it up"
    );
    None
}

fn context<T: SealedColumn>(key: &RowKey) -> String {
    format!("{}:{}", T::NAME, key.as_str())
}

#[cfg(test)]
mod tests {
    use claimcheck_base::secret::Secret;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        label::Label,
        record::{SessionRecord, Sources},
        token_set::{AccessToken, DEFAULT_API, TokenSet},
    };

    fn owner() -> Owner {
        Owner { iss: "https://id.example".into(), sub: "ada".into(), sid: Some("s1".into()) }
    }

    fn place<'a>(key: &'a RowKey, owner: &'a Owner) -> Place<'a> {
        Place { key, cookie_hash: CookieHash([7; 32]), owner, created_at: 100, absolute_until: 900 }
    }

    /// Sealed for that row by this version.
    fn sealed<T: SealedColumn>(ring: &Keyring, key: &RowKey, content: &T) -> Vec<u8> {
        seal_column(ring, place(key, &owner()), content).unwrap()
    }

    fn open<T: SealedColumn>(ring: &Keyring, key: &RowKey, bytes: &[u8]) -> Option<T> {
        open_column(ring, place(key, &owner()), bytes).map(|opened| opened.content)
    }

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
        assert_eq!(open(&ring, &key, &sealed(&ring, &key, &record)), Some(record));
        assert_eq!(open(&ring, &key, &sealed(&ring, &key, &tokens)), Some(tokens));
    }

    #[test]
    fn a_record_of_before_there_was_a_history_still_opens() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let before = json!({
            "v": 1, "claims": { "name": "Ada" }, "claims_read_at": 7, "signed_in_at": 5, "nonce": "n", "flash": "done",
        });
        let bytes = sealed_json(&ring, &key, "record", &before);
        let record: SessionRecord = open(&ring, &key, &bytes).unwrap();
        assert_eq!((record.claims_read_at, record.flash.as_deref()), (7, Some("done")));
        assert!(record.history.is_empty() && record.sources == Sources::default() && !record.flash_is_good);
    }

    #[test]
    fn sc_15_contents_of_another_row_or_column_do_not_open() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let bytes = sealed(&ring, &key, &TokenSet::new(Secret::new("a")));
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

    #[test]
    fn f16_contents_open_with_the_cookie_owner_and_lifetime_they_were_made_for_and_no_others() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let own = owner();
        let here = place(&key, &own);
        let other = |change: fn(&mut Owner)| {
            let mut other = owner();
            change(&mut other);
            other
        };
        let owners = [
            other(|owner| owner.iss.push('x')),
            other(|owner| owner.sub.push('x')),
            other(|owner| owner.sid = Some("s2".into())),
            other(|owner| owner.sid = None),
            other(|owner| (owner.iss, owner.sub) = ("https://id.exampl".into(), "eada".into())),
            other(|owner| (owner.sub, owner.sid) = ("adas".into(), Some("1".into()))),
        ];
        let mut others: Vec<_> = owners.iter().map(|owner| Place { owner, ..here }).collect();
        others.push(Place { cookie_hash: CookieHash([8; 32]), ..here });
        others.extend([899, 901, 0, i64::MAX].map(|absolute_until| Place { absolute_until, ..here }));
        let opens = |place, bytes: &[u8]| open_column::<TokenSet>(&ring, place, bytes).is_some();
        let tokens = seal_column(&ring, here, &TokenSet::new(Secret::new("a"))).unwrap();
        let label = seal_column(&ring, here, &Label::default()).unwrap();
        for place in others {
            assert!(!opens(place, &tokens));
            assert!(open_column::<Label>(&ring, place, &label).is_none());
        }
        let later = Place { created_at: 101, ..here };
        assert!(opens(here, &tokens) && !opens(later, &tokens));
        assert!(open_column::<Label>(&ring, later, &label).is_some(), "an ended session has no start");
        assert!(!opens(here, &label), "another column");
    }

    #[test]
    fn f16_an_earlier_version_reads_what_this_one_writes_and_the_reverse() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let mut record = SessionRecord { nonce: "n".into(), signed_in_at: 5, ..Default::default() };
        record.claims.insert("amount".into(), "123456789012345678901234567890".parse::<Value>().unwrap());
        // What earlier versions do: the same context, and an object whose unknown members they ignore.
        let plain = ring.open(&format!("record:{}", key.as_str()), &sealed(&ring, &key, &record)).unwrap();
        let members: Value = serde_json::from_slice(&plain).unwrap();
        assert_eq!((members["v"].as_u64(), members["bound"].as_str().map(str::len)), (Some(1), Some(43)));
        assert_eq!(serde_json::from_slice::<SessionRecord>(&plain).unwrap(), record);
        let before = ring.seal(&format!("record:{}", key.as_str()), &serde_json::to_vec(&record).unwrap());
        let opened = open_column::<SessionRecord>(&ring, place(&key, &owner()), &before.unwrap()).unwrap();
        assert!(opened.content == record && !opened.is_bound);
    }
}
