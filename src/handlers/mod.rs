//! Handlers of URLs and server functions: one file per subject, each a thin layer over the services.

/// The user's account.
pub mod account;
/// Actions of boards.
pub mod actions;
/// Pages that follow changes of the boards.
pub mod author;
/// Logout by the provider, server to server.
pub mod back_channel;
/// The brand of the installation.
pub mod brand;
/// The pages of `claimcheck doctor --sign-in`.
pub mod doctor;
/// Files for download.
pub mod downloads;
/// The event stream of a session.
pub mod events;
/// Filters of boards.
pub mod filters;
/// Server functions as targets of plain forms.
pub mod forms;
/// Pages in a frame of another page.
pub mod framed;
/// Logout by the provider, through the browser.
pub mod front_channel;
/// The health checks of both listeners.
pub mod health;
/// Images of panels.
pub mod images;
/// The exchange between a panel and its API.
pub mod inspect;
/// Jobs that APIs have accepted.
pub mod jobs;
/// Metrics for Prometheus.
pub mod metrics;
/// Panels of boards.
pub mod panels;
/// The choice of language and color scheme.
pub mod preferences;
/// Data of the current request.
pub mod request;
/// The times of a session.
pub mod session_state;
/// The user's sessions, and ending them.
pub mod sessions;
/// Sign-in, and access for signed-in users only.
pub mod sign_in;
/// Signing out.
pub mod sign_out;
/// The services, for handlers and pages.
pub mod state;
/// Data that users take out.
pub mod taken;
/// The time zone of the browser.
pub mod zone;
