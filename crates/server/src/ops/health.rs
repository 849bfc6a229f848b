//! `/health/live` and `/health/ready` (OP-11), for load balancers; reveals nothing about the configuration. Ready means
//! that the store responds. An unavailable provider is no reason to remove a replica.

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

/// Time limit for the store.
const PATIENCE: Duration = Duration::from_secs(2);

/// The dependencies of the health checks.
#[async_trait]
pub trait Probe: Send + Sync + 'static {
    /// Whether the session store responds.
    async fn store_answers(&self) -> bool;
    /// The last known problem with the provider. Must not ask the provider, because anyone may call this often.
    fn provider_fault(&self) -> Option<&'static str>;
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// The two routes. Put them outside of the session layer.
pub fn router<S: Clone + Send + Sync + 'static>(probe: Arc<dyn Probe>) -> Router<S> {
    Router::new()
        .route(paths::HEALTH_LIVE, get(async || Json(Health { status: "alive", reason: None })))
        .route(paths::HEALTH_READY, get(async move || ready(probe.as_ref()).await))
}

async fn ready(probe: &dyn Probe) -> Response {
    let store = tokio::time::timeout(PATIENCE, probe.store_answers()).await.unwrap_or(false);
    let (code, status, reason) = if !store {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable", Some("the session store is not responding"))
    } else if let Some(fault) = probe.provider_fault() {
        (StatusCode::OK, "degraded", Some(fault))
    } else {
        (StatusCode::OK, "ready", None)
    };
    (code, Json(Health { status, reason })).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{Router, body::Body, extract::Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::{Probe, router};

    /// Whether the store responds (or hangs), and the provider.
    struct Fixed(Option<bool>, bool);

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
    async fn op_11_ready_means_the_store_answers() {
        for (store, provider, code, status) in [
            (Some(true), true, 200, "\"ready\""),
            (Some(true), false, 200, "\"degraded\""),
            (Some(false), true, 503, "\"unavailable\""),
            (Some(false), false, 503, "\"unavailable\""),
            (None, true, 503, "\"unavailable\""),
        ] {
            let (found, body) = ask("/health/ready", Fixed(store, provider)).await;
            assert_eq!(found, code);
            assert!(body.contains(status), "{body}");
            assert_eq!(
                ask("/health/live", Fixed(store, provider)).await,
                (200, "{\"status\":\"alive\"}".to_owned())
            );
        }
    }
}
