//! `GET /metrics` of the admin listener: what services have counted, and the values of this moment.

use std::time::Duration;

use axum::{
    Router,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::get,
};
use claimcheck_model::paths;
use claimcheck_server::metrics::{Build, Format, LimitReached, LimitReading, Readings};

use crate::handlers::state::AppState;

/// How long a scrape waits for the session store.
const PATIENCE: Duration = Duration::from_secs(2);

/// The route of the admin listener; `features` are those that the program was built with.
pub fn router<S: Clone + Send + Sync + 'static>(state: &AppState, features: &'static str) -> Router<S> {
    let state = state.clone();
    let scrape = move |headers: HeaderMap| async move { scrape(&state, features, &headers).await };
    Router::new().route(paths::METRICS, get(scrape))
}

async fn scrape(state: &AppState, features: &'static str, headers: &HeaderMap) -> Response {
    let format = Format::of(headers);
    let text = state.metrics.text(readings(state, features).await, format);
    ([(header::CONTENT_TYPE, format.content_type())], text).into_response()
}

async fn readings(state: &AppState, features: &'static str) -> Readings {
    let store_answers = tokio::time::timeout(PATIENCE, state.sessions.ping());
    let (store_answers, sessions) = tokio::join!(store_answers, state.live_sessions.count());
    let store_answers = matches!(store_answers, Ok(Ok(())));
    let (boards, reload) = (&state.settings.boards, state.reload.reading());
    let count = |count: usize| count as u64;
    let limits = state.budget.readings().map(|(name, total, used, _)| LimitReading {
        name,
        total: count(total),
        used: count(used),
    });
    let of_budget = state.budget.readings().map(|(name, _, _, refused)| (name, refused));
    let of_rates = state.sign_in.rates_refused().into_iter().chain([
        ("front_channel_logout_rate", state.front_channel_logouts.refused()),
        ("renewal_rate", state.renewals.refused()),
        ("action_rate", state.actions.rate_refused()),
    ]);
    let reached = of_budget.chain(of_rates).map(|(name, count)| LimitReached { name, count });
    Readings {
        build: Build {
            version: env!("CARGO_PKG_VERSION"),
            features,
            store: state.settings.store.kind().name,
        },
        is_ready: store_answers && !state.draining.has_begun(),
        sessions,
        streams: count(state.budget.streams.in_use()),
        limits: limits.collect(),
        reached: reached.collect(),
        max_files: state.budget.machine.open_files as u64,
        documents: state.relying_party.documents(),
        boards: boards.len(),
        panels: boards.iter().map(|board| board.panels.len()).sum(),
        taken_up_at: reload.taken_up_at,
        reloads: reload.counts,
        is_refused: reload.is_refused,
        reports: count(state.boards.reports_preparing()),
        tasks: count(state.tasks.len()),
    }
}
