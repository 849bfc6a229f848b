//! The real router, driven over HTTP against the demo provider and API on loopback: no part of the flow is pretended.
//! Shaped like the URL space; a test's name begins with the row of docs/requirements.md it proves.

#![allow(unreachable_pub, reason = "nothing outside can reach a test")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should say so")]

mod account;
mod actions;
mod api;
mod api_functions;
mod architecture;
mod boards;
mod book;
mod browsers;
mod callback;
mod canaries;
mod csrf;
mod discovery;
mod events;
mod health;
mod histories;
mod home;
mod id_token;
mod logout;
mod operator;
mod outbound;
mod parts;
mod refresh;
mod replicas;
mod requirements;
mod routes;
mod session;
mod session_state;
mod sessions;
mod settings_reference;
mod sign_in;
mod sign_out;
mod step_up;
mod store_away;
pub mod support;
mod userinfo;
