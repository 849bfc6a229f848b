//! What a page asks the server about its session.

use leptos::task::spawn_local;

use crate::{
    islands::session_notice,
    server_fns::{signed_in_until, stay_signed_in},
};

/// Asks for the state of the session.
pub fn check(number: u32) {
    spawn_local(async move { session_notice::answered(number, signed_in_until().await) });
}

/// Extends the session.
pub fn stay() {
    spawn_local(async { session_notice::stayed(stay_signed_in().await) });
}
