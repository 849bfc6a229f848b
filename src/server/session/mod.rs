//! Sessions: the versioned record, its stores, sealing and the cookie. The browser has one opaque id;
//! what it stands for is a row that only `Sessions` reads and writes.

mod layer;
mod memory;
mod record;
mod sealing;
mod sessions;
mod sqlite;
mod store;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::config::StoreSetting;

pub use layer::{CookieSettings, layer};
pub use memory::MemoryStore;
pub use record::{AccessToken, DEFAULT_API, SessionRecord, TokenSet};
pub use sealing::{Keyring, SealError};
pub use sessions::{Lifetimes, Sessions, SignedIn};
pub use sqlite::SqliteStore;
pub use store::{CookieHash, Owner, Renewal, Row, RowKey, Sealed, SessionStore, StoreError, Swap};

/// Opens the store, and brings its tables up to date.
pub async fn open(store: &StoreSetting) -> Result<Arc<dyn SessionStore>, StoreError> {
    Ok(match store {
        StoreSetting::Memory => Arc::new(MemoryStore::new()),
        StoreSetting::Sqlite(path) => Arc::new(SqliteStore::open(path).await?),
    })
}
