//! Converts the replies of scripts into rows.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    ending::{EndReason, Ended, Ending},
    store::StoreError,
    stored::{CookieHash, Owner, RowKey, SealedBytes, SessionHead, StoredSession, Swap},
};

/// The columns of one row; `None` for an absent one.
pub(super) type Columns = Vec<Option<Vec<u8>>>;

/// Reads columns one after the other.
struct ReplyReader(std::vec::IntoIter<Option<Vec<u8>>>);

impl ReplyReader {
    fn optional(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.next().ok_or_else(|| StoreError::backend("a row has too few columns"))
    }

    /// The columns that lists show, with which every session begins.
    fn head(&mut self) -> Result<SessionHead, StoreError> {
        Ok(SessionHead {
            key: self.key()?,
            cookie_hash: self.cookie_hash()?,
            owner: self.owner()?,
            created_at: self.number()?,
            last_active_at: self.number()?,
            idle_until: self.number()?,
            absolute_until: self.number()?,
            label: self.bytes()?,
        })
    }

    fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.optional()?.ok_or_else(|| StoreError::backend("a row lacks a column"))
    }

    fn text(&mut self) -> Result<String, StoreError> {
        text(self.bytes()?)
    }

    fn number(&mut self) -> Result<i64, StoreError> {
        self.text()?.parse().map_err(|_| StoreError::backend("a column is not a number"))
    }

    fn key(&mut self) -> Result<RowKey, StoreError> {
        RowKey::parse(&self.text()?).ok_or_else(|| StoreError::backend("the key of a row is invalid"))
    }

    fn cookie_hash(&mut self) -> Result<CookieHash, StoreError> {
        let hash = BASE64_URL_SAFE_NO_PAD.decode(self.bytes()?).ok().and_then(|hash| hash.try_into().ok());
        hash.map(CookieHash).ok_or_else(|| StoreError::backend("a cookie hash is invalid"))
    }

    fn owner(&mut self) -> Result<Owner, StoreError> {
        let (iss, sub) = (self.text()?, self.text()?);
        Ok(Owner { iss, sub, sid: self.optional()?.map(text).transpose()? })
    }

    fn sealed(&mut self) -> Result<SealedBytes, StoreError> {
        let bytes = self.bytes()?;
        Ok(SealedBytes { bytes, version: self.number()? })
    }
}

fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::backend("a column is not text"))
}

/// Bytes as base64url, for the names of keys and for columns of text.
pub(super) fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn read_session(columns: Columns) -> Result<StoredSession, StoreError> {
    let mut from = ReplyReader(columns.into_iter());
    let SessionHead {
        key,
        cookie_hash,
        owner,
        created_at,
        last_active_at,
        idle_until,
        absolute_until,
        label,
    } = from.head()?;
    let (record, tokens) = (from.sealed()?, from.sealed()?);
    Ok(StoredSession {
        key,
        cookie_hash,
        owner,
        created_at,
        last_active_at,
        idle_until,
        absolute_until,
        label,
        record,
        tokens,
    })
}

pub(super) fn read_head(columns: Columns) -> Result<SessionHead, StoreError> {
    ReplyReader(columns.into_iter()).head()
}

pub(super) fn read_ended(columns: Columns) -> Result<Ended, StoreError> {
    let mut from = ReplyReader(columns.into_iter());
    let (key, cookie_hash, owner, label) = (from.key()?, from.cookie_hash()?, from.owner()?, from.bytes()?);
    let (why, cause) = (from.text()?, from.optional()?.map(text).transpose()?);
    let why = EndReason::read(&why, cause.as_deref());
    let why = why.ok_or_else(|| StoreError::backend("a session ended for an unknown reason"))?;
    let ending = Ending { why, at: from.number()? };
    Ok(Ended { key, cookie_hash, owner, label, ending, until: from.number()? })
}

/// The result of a swap: its new version, or the reason why nothing was written.
pub(super) fn read_swap(reply: &str) -> Result<Swap, StoreError> {
    match reply {
        "gone" => Ok(Swap::Gone),
        "stale" => Ok(Swap::Stale),
        "exists" => Err(StoreError::backend("a row of this cookie exists")),
        version => {
            let version = version.parse().map_err(|_| StoreError::backend("a version is not a number"))?;
            Ok(Swap::Swapped { version })
        }
    }
}
