//! Operator commands on the admin listener: list and end sessions. This module has both sides, the routes and the
//! commands that call them. This file has the data that they exchange.

use serde::{Deserialize, Serialize};

mod bearer;
mod client;
mod command;
mod health;
mod listener;
mod routes;
mod table;

pub(crate) use client::admin_address;
pub use client::{Client, OperatorError};
pub use command::{Command, run};
pub use health::{Unhealthy, ask_health};
pub use listener::{ListenError, bind, note_peer, serve};
pub(crate) use routes::refuse;
pub use routes::{Operator, admitted, router};

/// The maximum number of sessions in one order.
const KEYS_AT_ONCE: usize = 500;

/// The parameter that names the user who runs a command.
const USER: &str = "user";

/// A page of the running sessions, in the order of their keys.
#[derive(Debug, Serialize, Deserialize)]
pub struct Page {
    pub sessions: Vec<Line>,
    /// The key after which there may be more.
    pub next: Option<String>,
}

/// A running session, in words for an operator. Contains no claims and no tokens. Times are RFC 3339, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub key: String,
    /// What the audit log calls it; empty from a server of an earlier version.
    #[serde(default)]
    pub reference: String,
    pub iss: String,
    pub sub: String,
    /// The provider's own session, if its ID token named one.
    pub sid: Option<String>,
    /// The browser's name for itself when the user signed in.
    pub device: Option<String>,
    pub signed_in_at: String,
    pub last_active_at: String,
    /// The idle timeout.
    pub idle_until: String,
    /// The absolute lifetime.
    pub absolute_until: String,
}

/// The sessions to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those with these keys.
    Keys(Vec<String>),
    /// All of one subject at the configured issuer.
    Sub(String),
    /// Everybody's.
    All,
}

/// Sessions to end: one page at a time, so that no request takes long.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    pub which: Which,
    /// The key to continue after.
    pub after: Option<String>,
}

/// The result of an order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {
    /// The keys of the ended sessions.
    pub ended: Vec<String>,
    /// The key after which there may be more to end.
    pub next: Option<String>,
}

/// The user whose activity is forgotten.
#[derive(Debug, Serialize, Deserialize)]
pub struct Forget {
    /// The subject at the configured issuer.
    pub sub: String,
}

/// What was forgotten.
#[derive(Debug, Serialize, Deserialize)]
pub struct Forgotten {
    /// The number of lines.
    pub lines: u64,
}

/// The reason for a refusal, as a sentence.
#[derive(Debug, Serialize, Deserialize)]
struct Refused {
    error: String,
}
