//! Sessions: the record of one, its encryption at rest, and the stores that keep it (memory, SQLite, PostgreSQL, Redis).
//!
//! A browser holds one opaque id in a cookie. [`Sessions`] is the only reader and writer of the row behind that id: it
//! finds it by a hash of the id, decrypts it, and changes it by compare-and-swap. This crate knows no HTTP framework; the
//! application connects it to its cookies. It depends on `claimcheck-base` and no other crate of this workspace.

/// What APIs have accepted and do later.
mod accepted;
/// The place of an action.
mod action_place;
/// A person's own activity.
mod activity;
/// Encrypted columns of a row.
mod column;
/// The number of running sessions.
mod counting;
/// Sessions of `claimcheck doctor --sign-in`.
mod doctor;
/// Tells of every end.
mod end_observer;
/// How sessions end, and what a provider's logout covers.
mod ending;
/// Ending and listing sessions.
mod ends;
/// What a store says about itself.
mod facts;
/// What happened in a session, for its owner.
mod history;
/// Device and sign-in method, for lists of sessions.
mod label;
/// From a cookie to a signed-in user.
mod loading;
/// The store in the memory of one process.
mod memory;
/// A store whose operations are measured.
mod observed;
/// The PostgreSQL store.
mod postgres;
/// Whether the store works.
mod probe;
/// Who is signed in, and how.
mod record;
/// The Redis store.
mod redis;
/// The list of stores, and the setting that chooses one.
mod registry;
/// Reports that APIs are preparing.
mod running_reports;
/// Encryption and authentication, with keys that can be rotated.
mod sealing;
/// Shared code of the stores on a server.
mod servers;
/// The repository: from a cookie to a signed-in user.
mod sessions;
/// Shared code of the SQL stores.
mod sql;
/// The SQLite store.
mod sqlite;
/// The contract of every store.
mod store;
/// Rows, and the types that replace parts of them.
mod stored;
/// Submitted forms, and the outcomes of actions.
mod submissions;
/// Recording submissions that run once.
mod submitting;
/// The tokens of a session.
mod token_set;
/// Notification when a session ends.
mod watch;

#[cfg(test)]
mod tests;

pub use accepted::AcceptedJob;
pub use action_place::ActionPlace;
pub use activity::{
    ActivityLine, ActivityStore, Deed, LINE_TEXT_MAX_BYTES, LINES_KEPT_SECS, LINES_PER_PERSON, LinePlace,
    StoredLine,
};
pub use counting::{COUNTED_MAX, CountingStore};
pub use doctor::DoctorSession;
pub use end_observer::{EndObserver, ObservedEnd};
pub use ending::{EndReason, Ended, Ending, Logout};
pub use ends::{EndedNow, Listed, ListedEnd};
pub use facts::{Examining, StoreConcern, StoreFacts};
pub use history::{Became, ClaimChange, HISTORY_MAX, Happening, What};
pub use label::Label;
pub use memory::MemoryStore;
pub use observed::{StoreObserver, StoreOperation, observed};
pub use postgres::PostgresStore;
pub use record::{SessionRecord, Sources, TokenRoles};
pub use redis::RedisStore;
pub use registry::{Backend, Connector, Opening, STORES, StoreKind, StoreSetting, examine_store, open_store};
pub use running_reports::RunningReport;
pub use sealing::{Keyring, SealError};
pub use servers::StoreServer;
pub use sessions::{Lifetimes, NewSession, Sessions, SignedIn, Started};
pub use sqlite::SqliteStore;
pub use store::{SessionStore, StoreError};
pub use stored::{
    Contents, CookieHash, CookieId, Holder, Lease, Mark, MarkKind, Owner, Renewal, RowKey, SealedBytes,
    SessionHead, StoredSession, Swap, person,
};
pub use submissions::{Finished, KeptForm, MissingAccess, Outcome, RequiredSignIn, ResultLink};
pub use submitting::{Attempt, SubmissionStore};
pub use token_set::{AccessToken, DEFAULT_API, TokenSet};
pub use watch::Watch;
