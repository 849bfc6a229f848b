//! Takes up changed boards: builds services and routers for them beside the running ones, and exchanges the routers. So each request
//! sees one state of the boards from begin to end.

use std::{
    io,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
    thread,
};

use claimcheck_server::{
    config::Settings,
    http_server::CurrentRouter,
    reload::{Hangups, Origin, Reload},
};
use tokio::runtime::Handle;

use crate::{handlers::state::AppState, router};

/// The routers of the listeners of a running program. Cheap to clone.
#[derive(Clone)]
pub struct Routers {
    /// For browsers.
    pub public: CurrentRouter,
    /// For operators.
    pub admin: CurrentRouter,
}

impl Routers {
    /// The routers of these services.
    pub fn of(state: &AppState) -> Self {
        Self { public: router::router(state.clone()).into(), admin: router::admin(state.clone()).into() }
    }

    /// Answers further requests with these boards.
    pub fn take_up(&self, state: &AppState, settings: Arc<Settings>) {
        let state = state.with_settings(settings);
        self.public.replace(router::router(state.clone()));
        self.admin.replace(router::admin(state));
    }
}

/// Follows changes of the files on its own thread as long as the program runs.
///
/// # Errors
/// The system starts no thread.
pub fn follow(origin: Origin, hangups: Hangups, state: AppState, routers: Routers) -> io::Result<()> {
    let audit = state.audit.clone();
    let signals = hangups.forward(move || audit.reopen());
    if !origin.is_lasting() {
        state.reload.note_boards(&state.settings, state.clock.now());
        let reason = "the settings are not from a file that can be read again";
        tracing::info!(
            event = "changes not watched",
            reason,
            "a restart takes up changes of boards and notice"
        );
        return Ok(());
    }
    let names: Vec<_> = state.settings.files.names().collect();
    if !names.is_empty() {
        let files = names.join(", ");
        tracing::info!(files, "changes of boards and notice in these files are taken up without a restart");
    }
    let reload = Reload::new(origin, state.settings.clone(), state.reload.clone(), state.clock.clone());
    let reload = reload.with_audit(state.audit.clone());
    let runtime = Handle::current();
    let run = move || {
        let _entered = runtime.enter();
        let follow = || reload.follow(&signals, |settings| routers.take_up(&state, settings));
        if panic::catch_unwind(AssertUnwindSafe(follow)).is_err() {
            tracing::error!(
                event = "changes not watched",
                reason = "an internal error, see the lines before",
                "changes of boards and notice are not taken up any more; restart the server"
            );
        }
    };
    thread::Builder::new().name("reload".to_owned()).spawn(run).map(drop)
}
