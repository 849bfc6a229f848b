//! What the server does for a URL or a server function: a file a subject, each thin over the rooms that know how.

/// Who the person is.
pub mod account;
/// The event stream of a session.
pub mod events;
/// Server functions as targets of plain forms.
pub mod forms;
/// Panels of boards.
pub mod panels;
/// How long a session lasts.
pub mod session_state;
/// Signing in, and who must.
pub mod sign_in;
/// Signing out.
pub mod sign_out;
