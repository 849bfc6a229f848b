//! What a URL or a server function does: one file a subject, each a thin layer over the services.

/// Who the person is.
pub mod account;
/// Actions of boards.
pub mod actions;
/// Logout by the provider, server to server.
pub mod back_channel;
/// The event stream of a session.
pub mod events;
/// Server functions as targets of plain forms.
pub mod forms;
/// Logout by the provider, through the browser.
pub mod front_channel;
/// Panels of boards.
pub mod panels;
/// The request that is being answered.
pub mod request;
/// How long a session lasts.
pub mod session_state;
/// The sessions of a person, and the end of them.
pub mod sessions;
/// Signing in, and who must.
pub mod sign_in;
/// Signing out.
pub mod sign_out;
/// The services, as handlers and pages find them.
pub mod state;
