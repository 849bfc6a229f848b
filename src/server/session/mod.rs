//! Sessions: the versioned record, its stores, sealing and the cookie. The browser has one opaque id;
//! what it stands for is a row that only `Sessions` reads and writes.

mod ending;
mod ends;
mod history;
mod label;
mod layer;
mod memory;
mod postgres;
mod record;
mod redis;
mod row;
mod sealing;
mod servers;
mod sessions;
mod sqlite;
mod store;
mod submissions;
mod watch;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::config::StoreSetting;

pub use ending::{EndReason, Ended, Ending, Logout};
pub use ends::{EndedNow, Listed, ListedEnd};
pub use history::{Became, ClaimChange, HISTORY_MAX, Happening, What};
pub use label::Label;
pub use layer::{CookieSettings, layer};
pub use memory::MemoryStore;
pub use postgres::PostgresStore;
pub use record::{AccessToken, DEFAULT_API, SessionRecord, Sources, TokenSet};
pub use redis::RedisStore;
pub use row::{CookieHash, Holder, Lease, Owner, Renewal, Row, RowKey, Sealed, Swap, person};
pub use sealing::{Keyring, SealError};
pub use sessions::{Lifetimes, Sessions, SignIn, SignedIn};
pub use sqlite::SqliteStore;
pub use store::{SessionStore, StoreError};
pub use submissions::{ActionPlace, Finished, KeptForm, Outcome};
pub use watch::Watch;

/// Opens the store, and brings its tables up to date.
pub async fn open(store: &StoreSetting) -> Result<Arc<dyn SessionStore>, StoreError> {
    Ok(match store {
        StoreSetting::Postgres(server) => Arc::new(PostgresStore::open(server).await?),
        StoreSetting::Redis(server) => Arc::new(RedisStore::open(server).await?),
        StoreSetting::Memory => Arc::new(MemoryStore::new()),
        StoreSetting::Sqlite(path) => Arc::new(SqliteStore::open(path).await?),
    })
}
