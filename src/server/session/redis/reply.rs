//! From what scripts answer to rows.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::server::session::{
    ending::{EndReason, Ended, Ending},
    row::{CookieHash, Owner, Row, RowKey, Sealed, Swap},
    store::StoreError,
};

/// The columns of one row; an absent one is none.
pub(super) type Columns = Vec<Option<Vec<u8>>>;

/// Columns, taken one after the other.
struct ReplyReader(std::vec::IntoIter<Option<Vec<u8>>>);

impl ReplyReader {
    fn optional(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.next().ok_or_else(|| StoreError::backend("a row has too few columns"))
    }

    fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.optional()?.ok_or_else(|| StoreError::backend("a row lacks a column"))
    }

    fn text(&mut self) -> Result<String, StoreError> {
        text(self.bytes()?)
    }

    fn number(&mut self) -> Result<i64, StoreError> {
        self.text()?.parse().map_err(|_| StoreError::backend("a column is no number"))
    }

    fn key(&mut self) -> Result<RowKey, StoreError> {
        RowKey::parse(&self.text()?).ok_or_else(|| StoreError::backend("a row's key is none"))
    }

    fn cookie_hash(&mut self) -> Result<CookieHash, StoreError> {
        let hash = BASE64_URL_SAFE_NO_PAD.decode(self.bytes()?).ok().and_then(|hash| hash.try_into().ok());
        hash.map(CookieHash).ok_or_else(|| StoreError::backend("a cookie's hash is none"))
    }

    fn owner(&mut self) -> Result<Owner, StoreError> {
        let (iss, sub) = (self.text()?, self.text()?);
        Ok(Owner { iss, sub, sid: self.optional()?.map(text).transpose()? })
    }

    fn sealed(&mut self) -> Result<Sealed, StoreError> {
        let bytes = self.bytes()?;
        Ok(Sealed { bytes, version: self.number()? })
    }
}

fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::backend("a column is no text"))
}

/// Bytes as they stand in names and columns that have to be texts.
pub(super) fn name(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn row(columns: Columns) -> Result<Row, StoreError> {
    let mut from = ReplyReader(columns.into_iter());
    Ok(Row {
        key: from.key()?,
        cookie_hash: from.cookie_hash()?,
        owner: from.owner()?,
        created_at: from.number()?,
        last_active_at: from.number()?,
        idle_until: from.number()?,
        absolute_until: from.number()?,
        label: from.bytes()?,
        record: from.sealed()?,
        tokens: from.sealed()?,
    })
}

pub(super) fn ended(columns: Columns) -> Result<Ended, StoreError> {
    let mut from = ReplyReader(columns.into_iter());
    let (key, cookie_hash, owner, label) = (from.key()?, from.cookie_hash()?, from.owner()?, from.bytes()?);
    let why = EndReason::parse(&from.text()?);
    let why = why.ok_or_else(|| StoreError::backend("a session ended for an unknown reason"))?;
    let ending = Ending { why, at: from.number()? };
    Ok(Ended { key, cookie_hash, owner, label, ending, until: from.number()? })
}

/// The version a swap led to, or the word that says why it did not.
pub(super) fn swap(said: &str) -> Result<Swap, StoreError> {
    match said {
        "gone" => Ok(Swap::Gone),
        "stale" => Ok(Swap::Stale),
        "exists" => Err(StoreError::backend("a row of this cookie exists")),
        version => {
            let version = version.parse().map_err(|_| StoreError::backend("a version is no number"))?;
            Ok(Swap::Swapped { version })
        }
    }
}
