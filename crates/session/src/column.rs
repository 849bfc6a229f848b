//! Encrypted columns of a row: serialized, versioned, and bound to their row and column.
//! Content that cannot be read counts as absent, so the user signs in again; it is never an error.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{sealing::Keyring, store::StoreError, stored::RowKey};

/// The `v` of today's contents. A field may be added with `#[serde(default)]`; any other change raises it.
pub(super) const VERSION: u32 = 1;

/// The content of an encrypted column.
pub(super) trait SealedColumn: Serialize + DeserializeOwned {
    /// The column's name, part of the encryption context.
    const NAME: &str;
}

/// The bytes to store for `content`, bound to its row and column.
///
/// # Errors
/// [`StoreError::Seal`]: there are no random bytes for a nonce, or the content cannot be serialized.
pub(super) fn seal_column<T: SealedColumn>(
    keyring: &Keyring,
    key: &RowKey,
    content: &T,
) -> Result<Vec<u8>, StoreError> {
    let plain = serde_json::to_vec(content).map_err(|_| StoreError::Seal)?;
    keyring.seal(&context::<T>(key), &plain).map_err(|_| StoreError::Seal)
}

/// The content of stored bytes. `None`, with a warning in the log, if they belong to another row or column, were
/// encrypted with a key that is gone, or have another version.
pub(super) fn open_column<T: SealedColumn>(keyring: &Keyring, key: &RowKey, bytes: &[u8]) -> Option<T> {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }

    let content = keyring.open(&context::<T>(key), bytes).and_then(|plain| {
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

fn context<T: SealedColumn>(key: &RowKey) -> String {
    format!("{}:{}", T::NAME, key.as_str())
}

#[cfg(test)]
mod tests {
    use claimcheck_base::secret::Secret;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        record::{SessionRecord, Sources},
        token_set::{AccessToken, DEFAULT_API, TokenSet},
    };

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
        assert_eq!(open_column(&ring, &key, &seal_column(&ring, &key, &record).unwrap()), Some(record));
        assert_eq!(open_column(&ring, &key, &seal_column(&ring, &key, &tokens).unwrap()), Some(tokens));
    }

    #[test]
    fn a_record_of_before_there_was_a_history_still_opens() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let before = json!({
            "v": 1, "claims": { "name": "Ada" }, "claims_read_at": 7, "signed_in_at": 5, "nonce": "n", "flash": "done",
        });
        let bytes = sealed_json(&ring, &key, "record", &before);
        let record: SessionRecord = open_column(&ring, &key, &bytes).unwrap();
        assert_eq!((record.claims_read_at, record.flash.as_deref()), (7, Some("done")));
        assert!(record.history.is_empty() && record.sources == Sources::default() && !record.flash_is_good);
    }

    #[test]
    fn sc_15_contents_of_another_row_or_column_do_not_open() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let bytes = seal_column(&ring, &key, &TokenSet::new(Secret::new("a"))).unwrap();
        assert!(open_column::<TokenSet>(&ring, &RowKey::random().unwrap(), &bytes).is_none());
        assert!(open_column::<TokenSet>(&ring, &key, &bytes).is_some());
        let content = json!({ "v": 1, "id_token": "a" });
        assert!(
            open_column::<TokenSet>(&ring, &key, &sealed_json(&ring, &key, "record", &content)).is_none()
        );
        assert!(
            open_column::<TokenSet>(&ring, &key, &sealed_json(&ring, &key, "tokens", &content)).is_some()
        );
    }

    #[test]
    fn sc_15_contents_of_an_unknown_version_are_absent() {
        let (ring, key) = (Keyring::ephemeral().unwrap(), RowKey::random().unwrap());
        let of = |v: Value| sealed_json(&ring, &key, "tokens", &json!({ "v": v, "id_token": "a" }));
        assert!(open_column::<TokenSet>(&ring, &key, &of(json!(2))).is_none());
        assert!(open_column::<TokenSet>(&ring, &key, &of(json!("1"))).is_none());
        assert!(open_column::<TokenSet>(&ring, &key, &of(json!(1))).is_some());
    }
}
