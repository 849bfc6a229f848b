//! A server that must never be reached: counts connections.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::Router;

/// Runs until the test ends.
pub struct Listener {
    origin: String,
    hits: Arc<AtomicUsize>,
}

impl Listener {
    pub async fn bind() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let hits = Arc::<AtomicUsize>::default();
        let counted = hits.clone();
        let router = Router::new().fallback(async move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, hits }
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::Relaxed)
    }
}
