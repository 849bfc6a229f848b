//! The real router, tested over HTTP with the demo provider and API on loopback: no part of the flow is mocked.
//! Organized like the URL space; a test's name starts with the row of docs/requirements.md that it proves.

#![allow(unreachable_pub, reason = "nothing outside can reach a test")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should say so")]

mod account;
mod actions;
mod api;
mod api_functions;
mod architecture;
mod audit;
mod below_path;
mod boards;
mod book;
mod brand;
mod browsers;
mod budget;
mod buffering;
mod callback;
mod canaries;
mod check;
mod csrf;
mod demo_boards;
mod discovery;
mod doctor;
mod events;
mod health;
mod histories;
mod home;
mod id_token;
mod inspect;
mod languages;
mod logout;
mod metrics;
mod navigation;
mod notice;
mod operator;
mod outbound;
mod parts;
mod provider_numbers;
mod refresh;
mod reload;
mod replicas;
mod requirements;
mod routes;
mod schema;
mod session;
mod session_state;
mod sessions;
mod settings_reference;
mod shutdown;
mod sign_in;
mod sign_out;
mod sockets;
mod starter;
mod step_up;
mod store_away;
pub mod support;
mod texts;
mod traces;
mod userinfo;
