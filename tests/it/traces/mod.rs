//! Traces (TC-01 to TC-09): what a collector gets, on real HTTP.

mod checked;
pub mod collector;
mod decode;
mod outages;
mod requests;
mod tree;

use claimcheck_server::{config::Settings, traces::Traces};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{Registry, layer::SubscriberExt};

use crate::support::log;

/// Records the traces of the test's own thread until it is ended.
pub struct Recording {
    traces: Traces,
    _until: DefaultGuard,
}

impl Recording {
    pub fn begin(settings: &Settings) -> Self {
        log::set_up();
        let (traces, layer) = Traces::start(settings).unwrap().unwrap();
        Self { traces, _until: tracing::subscriber::set_default(Registry::default().with(layer)) }
    }

    /// Everything has been sent.
    pub async fn end(self) {
        let Self { traces, _until } = self;
        drop(_until);
        traces.shut_down().await;
    }
}
