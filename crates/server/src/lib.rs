//! Services without markup: what the server knows and the browser must not. Each takes what it uses when it is made.

/// What people do through boards.
pub mod actions;
/// The client of the person's API.
pub mod api;
/// From what a person asks of a board to what its panels show.
pub mod boards;
/// What is known of a person, and who said it.
pub mod claims;
/// Settings from file and environment, checked.
pub mod config;
/// The message for the next page.
pub mod flash;
/// What a request must be before anything happens, and what every answer carries.
pub mod guard;
/// Connections, and what each may cost.
pub mod http_server;
/// Numbers and dates as the person reads them.
pub mod locale;
/// What an operator may do: see who is signed in, end sessions.
pub mod operator;
/// Health, log, request ids, shutdown.
pub mod ops;
/// What somebody may see or do, as far as the settings say.
pub mod rights;
/// Words of others.
pub mod sanitize;
/// The session cookie and its layer.
pub mod session_layer;
/// Signing in and out at the provider.
pub mod sign_in;
/// Work under way that several wait for.
pub mod single_flight;
/// How many event streams are open.
pub mod sse_limit;
/// The only way to a usable access token.
pub mod tokens;
/// From claims and sessions to what a page shows.
pub mod view;
