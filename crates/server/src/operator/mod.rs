//! What an operator may do on the admin listener: see who is signed in, and end sessions. Both ends of it: the routes, and
//! the commands that call them. This file has what goes between the two.

use serde::{Deserialize, Serialize};

mod bearer;
mod client;
mod command;
mod listener;
mod routes;
mod table;

pub use client::{Client, OperatorError};
pub use command::{Command, run};
pub use listener::{ListenError, bind, note_peer, serve};
pub use routes::{Operator, router};

/// Sessions that one order names at most.
const KEYS_AT_ONCE: usize = 500;

/// Some of the running sessions, in the order of their keys.
#[derive(Debug, Serialize, Deserialize)]
pub struct Page {
    pub sessions: Vec<Line>,
    /// From behind which key on there may be more.
    pub next: Option<String>,
}

/// A running session, in words an operator can act on. No claims and no tokens. Times are RFC 3339, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub key: String,
    pub iss: String,
    pub sub: String,
    /// The provider's own session, where its ID token named one.
    pub sid: Option<String>,
    /// The browser, as it called itself when the person signed in.
    pub device: Option<String>,
    pub signed_in_at: String,
    pub last_active_at: String,
    /// When it ends if its person does nothing more.
    pub idle_until: String,
    /// When it ends whatever happens.
    pub absolute_until: String,
}

/// Which sessions are to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those of these keys.
    Keys(Vec<String>),
    /// All of one subject at the configured issuer.
    Sub(String),
    /// Everybody's.
    All,
}

/// Sessions to end: a page of them at a time, so that no request takes long however many there are.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    pub which: Which,
    /// From behind which key on.
    pub after: Option<String>,
}

/// What an order did.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {
    /// The keys of the sessions that it ended.
    pub ended: Vec<String>,
    /// From behind which key on there may be more to end.
    pub next: Option<String>,
}

/// Why nothing was done, in a sentence.
#[derive(Debug, Serialize, Deserialize)]
struct Refused {
    error: String,
}
