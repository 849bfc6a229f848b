//! `/health/live` and `/health/ready` (OP-11), for load balancers; reveals nothing about the configuration. Ready means
//! that the store responds and the program is not stopping. An unavailable provider is no reason to remove a replica.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use claimcheck_model::paths;
use serde::Serialize;
use serde_json::Value;

/// Time limit for the store.
const PATIENCE: Duration = Duration::from_secs(2);

/// The dependencies of the health checks.
#[async_trait]
pub trait Probe: Send + Sync + 'static {
    /// Whether the session store responds.
    async fn store_answers(&self) -> bool;
    /// The last known problem with the provider. Must not ask the provider, because anyone may call this often.
    fn provider_fault(&self) -> Option<&'static str>;
    /// Whether the program has been asked to stop.
    fn is_stopping(&self) -> bool;
    /// For operators alone: nothing on the public listener.
    fn details(&self) -> Option<Details> {
        None
    }
}

/// What operators see beside the status. A warning does not change the status.
#[derive(Serialize)]
pub struct Details {
    /// Each bounded resource: its limit, its use, and how often something was refused.
    pub limits: Value,
    /// The boards: how many, since when, and whether changed files were refused.
    pub boards: Value,
    /// What an operator should change.
    pub warnings: Vec<String>,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(flatten)]
    details: Option<Details>,
}

/// The two routes. Put them outside of the session layer.
pub fn router<S: Clone + Send + Sync + 'static>(probe: Arc<dyn Probe>) -> Router<S> {
    Router::new()
        .route(
            paths::HEALTH_LIVE.path(),
            get(async || Json(Health { status: "alive", reason: None, details: None })),
        )
        .route(paths::HEALTH_READY.path(), get(async move || ready(probe.as_ref()).await))
}

async fn ready(probe: &dyn Probe) -> Response {
    // At once, also if the store does not respond: load balancers look elsewhere from here on.
    if probe.is_stopping() {
        let health =
            Health { status: "stopping", reason: Some("the program is stopping"), details: probe.details() };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(health)).into_response();
    }
    let store = tokio::time::timeout(PATIENCE, probe.store_answers()).await.unwrap_or(false);
    let (code, status, reason) = if !store {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable", Some("the session store is not responding"))
    } else if let Some(fault) = probe.provider_fault() {
        (StatusCode::OK, "degraded", Some(fault))
    } else {
        (StatusCode::OK, "ready", None)
    };
    (code, Json(Health { status, reason, details: probe.details() })).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{Router, body::Body, extract::Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::{Probe, router};

    /// Whether the store responds (or hangs), and the provider, and whether the program is stopping.
    struct Fixed(Option<bool>, bool, bool);

    #[async_trait::async_trait]
    impl Probe for Fixed {
        async fn store_answers(&self) -> bool {
            match self.0 {
                Some(answers) => answers,
                None => std::future::pending().await,
            }
        }

        fn provider_fault(&self) -> Option<&'static str> {
            (!self.1).then_some("the provider is not responding")
        }

        fn is_stopping(&self) -> bool {
            self.2
        }
    }

    async fn ask(path: &str, probe: Fixed) -> (u16, String) {
        let app: Router = router(Arc::new(probe));
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = app.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn r29_a_program_that_is_stopping_is_alive_and_not_ready_whatever_its_store_says() {
        for store in [Some(true), Some(false), None] {
            let begun = tokio::time::Instant::now();
            let (code, body) = ask("/health/ready", Fixed(store, true, true)).await;
            assert_eq!((code, body.contains("\"stopping\"")), (503, true), "{body}");
            assert!(begun.elapsed().is_zero(), "it waits for no store");
            assert_eq!(ask("/health/live", Fixed(store, true, true)).await.0, 200);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn op_11_ready_means_the_store_answers() {
        for (store, provider, code, status) in [
            (Some(true), true, 200, "\"ready\""),
            (Some(true), false, 200, "\"degraded\""),
            (Some(false), true, 503, "\"unavailable\""),
            (Some(false), false, 503, "\"unavailable\""),
            (None, true, 503, "\"unavailable\""),
        ] {
            let (found, body) = ask("/health/ready", Fixed(store, provider, false)).await;
            assert_eq!(found, code);
            assert!(body.contains(status), "{body}");
            assert_eq!(
                ask("/health/live", Fixed(store, provider, false)).await,
                (200, "{\"status\":\"alive\"}".to_owned())
            );
        }
    }
}
