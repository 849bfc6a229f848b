//! The health checks of both listeners. Operators see limits, their use and warnings beside the status.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use claimcheck_server::ops::health::{self, Details, Probe};

use crate::handlers::state::AppState;

/// The routes of the public listener.
pub fn public<S: Clone + Send + Sync + 'static>(state: &AppState) -> Router<S> {
    health::router(Arc::new(Probes { state: state.clone(), shows_details: false }))
}

/// The routes of the admin listener, with details.
pub fn admin<S: Clone + Send + Sync + 'static>(state: &AppState) -> Router<S> {
    health::router(Arc::new(Probes { state: state.clone(), shows_details: true }))
}

struct Probes {
    state: AppState,
    shows_details: bool,
}

#[async_trait]
impl Probe for Probes {
    async fn store_answers(&self) -> bool {
        self.state.sessions.ping().await.is_ok()
    }

    fn provider_fault(&self) -> Option<&'static str> {
        self.state.relying_party.fault()
    }

    fn is_stopping(&self) -> bool {
        self.state.draining.has_begun()
    }

    fn details(&self) -> Option<Details> {
        self.shows_details.then(|| Details {
            limits: self.state.budget.report(),
            boards: self.state.reload.report(),
            warnings: [
                self.state.budget.warnings(),
                self.state.untrusted_proxies.warnings(),
                self.state.reload.warnings(),
                self.state.audit.warnings(),
            ]
            .concat(),
        })
    }
}
