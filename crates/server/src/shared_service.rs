//! Layers whose inner service is shared by all requests. axum copies everything inside a layer several times for each
//! request, so the cost of layers grows with the square of their number; this makes a copy cheap.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use tower::{Layer, Service, ServiceExt, layer::util::Stack, util::Oneshot};

/// This layer around a [`Shared`] service.
pub fn shared<L>(layer: L) -> Stack<SharedLayer, L> {
    Stack::new(SharedLayer, layer)
}

/// The layer of [`Shared`].
#[derive(Clone, Copy, Debug)]
pub struct SharedLayer;

impl<S> Layer<S> for SharedLayer {
    type Service = Shared<S>;

    fn layer(&self, inner: S) -> Shared<S> {
        Shared(Arc::new(inner))
    }
}

/// A service that is copied when a request comes, not when the services around it are. It is always ready, as those of
/// axum are.
#[derive(Debug)]
pub struct Shared<S>(Arc<S>);

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Service<R> + Clone, R> Service<R> for Shared<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Oneshot<S, R>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        S::clone(&self.0).oneshot(request)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use axum::{
        Router,
        body::Body,
        extract::Request,
        middleware::{Next, from_fn},
        response::Response,
    };

    use super::*;

    static COPIES: AtomicUsize = AtomicUsize::new(0);

    struct Counted;

    impl Clone for Counted {
        fn clone(&self) -> Self {
            COPIES.fetch_add(1, Ordering::Relaxed);
            Self
        }
    }

    impl Service<Request> for Counted {
        type Response = Response;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request) -> Self::Future {
            std::future::ready(Ok(Response::new(Body::from("inside"))))
        }
    }

    /// How often the innermost service is copied for a request.
    async fn copies(router: Router) -> usize {
        let before = COPIES.load(Ordering::Relaxed);
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(axum::body::to_bytes(answer.into_body(), 100).await.unwrap(), "inside");
        COPIES.load(Ordering::Relaxed) - before
    }

    #[tokio::test]
    async fn a_request_does_not_copy_what_is_inside_once_for_each_layer() {
        let pass = || from_fn(|request: Request, next: Next| next.run(request));
        let counted = || Router::new().fallback_service(Counted);
        let layers = |router: Router, layers: usize| {
            (0..layers).fold(router, |router, _| router.layer(shared(pass())))
        };
        let [few, many] = [copies(layers(counted(), 2)).await, copies(layers(counted(), 12)).await];
        assert_eq!(few, many);
        let plain = (0..12).fold(counted(), |router, _| router.layer(pass()));
        assert!(copies(plain).await > 2 * many, "axum itself does better now: is this still of use?");
    }
}
