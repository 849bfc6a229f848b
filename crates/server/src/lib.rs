//! Services without markup: the server-side logic. Each service gets its dependencies when it is created.

/// Actions that users take through boards.
pub mod actions;
/// The users' own activity.
pub mod activity;
/// The client of the user's APIs.
pub mod api;
/// The audit log.
pub mod audit;
/// Boards: from a user's query to the content of panels.
pub mod boards;
/// One budget of resources: connections, streams, requests, bodies.
pub mod budget;
/// A user's claims and their sources.
pub mod claims;
/// Settings from file and environment.
pub mod config;
/// Reads the cookies of a request by name.
mod cookies;
/// Decimal numbers without binary floats.
pub mod decimal;
/// A readable name for a user agent.
pub mod device;
/// `claimcheck doctor`: checks everything that the settings name.
pub mod doctor;
/// The message for the next page.
pub mod flash;
/// Checks of requests, and headers of responses.
pub mod guard;
/// The HTTP server and its connection limits.
pub mod http_server;
/// Numbers and dates in the user's locale.
pub mod locale;
/// Metrics for Prometheus.
pub mod metrics;
/// Operator commands: list and end sessions.
pub mod operator;
/// Health, log, request ids, shutdown.
pub mod ops;
/// Language and colour scheme chosen in a browser.
pub mod preferences;
/// Changes of boards while the program runs.
pub mod reload;
/// The sender of the request that is being handled.
pub mod requester;
/// Access to boards and actions, by the settings.
pub mod rights;
/// Makes text of others safe to show.
pub mod sanitize;
/// The session cookie and its layer.
pub mod session_layer;
/// Layers that are cheap however many there are.
pub mod shared_service;
/// Signing in and out at the provider.
pub mod sign_in;
/// Running work that several callers share.
pub mod single_flight;
/// `claimcheck new`: the first settings file.
pub mod starter;
/// Access tokens: from the session, refreshed when due.
pub mod tokens;
/// Traces over OTLP.
pub mod traces;
/// View models of claims and sessions.
pub mod view;
