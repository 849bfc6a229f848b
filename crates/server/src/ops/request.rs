//! An id, a span and one log line for each request. Users read the id on a problem page, so it is short and hard to
//! misread. Paths are logged, queries never: those of the auth routes contain codes.

use std::{fmt, sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use claimcheck_base::random;
use claimcheck_model::paths;
use tracing::Instrument;

use crate::{
    guard::ClientAddress,
    ops::shutdown::Draining,
    requester::{self, Requester},
    traces::RequestSpan,
};

/// Carries the id in the response. A client's header of this name is ignored.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Crockford's base 32: no `i`, `l`, `o` or `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// The number of characters of a path that are logged.
const MAX_PATH: usize = 200;

/// The id of one request: in its extensions, in the response header and in every log line about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new random id: 10 characters, 50 bits.
    fn new() -> Self {
        // Without random bytes, requests are still served: the id is no secret.
        let bytes = random::bytes::<10>().unwrap_or_default();
        let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The outermost layer: `router.layer(axum::middleware::from_fn_with_state(draining, request::trace))`. While the program is
/// stopping, every response asks the client to close its connection (RFC 9112 9.6): a proxy then sends no request on a
/// connection that is about to be closed here.
pub async fn trace(State(draining): State<Draining>, mut request: Request, next: Next) -> Response {
    let id = RequestId::new();
    request.extensions_mut().insert(id.clone());
    let path: String = request.uri().path().chars().take(MAX_PATH).collect();
    let client = ClientAddress::of(request.extensions());
    let traced = match is_background(&path) && !paths::EVENTS.is(&path) {
        true => RequestSpan::nothing(),
        false => RequestSpan::begin(&request, id.as_str()),
    };
    let trace_id = traced.trace();
    let span = traced.span().in_scope(
        || tracing::info_span!("request", %id, %client, method = %request.method(), path, trace_id),
    );
    let agent = request.headers().get(header::USER_AGENT).cloned();
    let requester = Requester::new(client.ip(), id.0.clone(), agent);
    if let Some(trace) = &trace_id {
        requester.note_trace(trace.to_string());
    }
    request.extensions_mut().insert(requester.clone());
    let start = Instant::now();
    let work = next.run(request).instrument(span.clone());
    let mut response = requester::within(Some(requester), work).await;
    let (status, millis) = (response.status(), start.elapsed().as_millis());
    span.in_scope(|| {
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), millis, "answered");
        } else if is_background(&path) {
            tracing::debug!(status = status.as_u16(), millis, "answered");
        } else {
            tracing::info!(status = status.as_u16(), millis, "answered");
        }
    });
    traced.end(status);
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HEADER, value);
    }
    if draining.has_begun() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Requests that are too frequent for the log.
fn is_background(path: &str) -> bool {
    path == paths::METRICS
        || [paths::HEALTH_LIVE, paths::HEALTH_READY, paths::EVENTS, paths::AUTHOR_REVISION]
            .iter()
            .any(|route| route.is(path))
        || path.starts_with(paths::PKG.path())
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        io::Write,
        net::IpAddr,
        sync::{Arc, Mutex},
    };

    use axum::{Extension, Router, body::Body, middleware::from_fn_with_state};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::{ALPHABET, ClientAddress, Draining, Request, RequestId, trace};

    #[tokio::test]
    async fn op_08_every_request_has_an_id_of_its_own() {
        let routes =
            Router::new().fallback(|Extension(id): Extension<RequestId>| async move { id.to_string() });
        let app = routes.layer(from_fn_with_state(Draining::default(), trace));
        let mut seen = HashSet::new();
        for _ in 0..100 {
            let request =
                Request::builder().uri("/a").header("x-request-id", "canary").body(Body::empty()).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
            assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), id.as_bytes());
            assert!(id.len() == 10 && id.bytes().all(|byte| ALPHABET.contains(&byte)), "{id}");
            assert!(seen.insert(id));
        }
    }

    #[tokio::test]
    async fn op_07_client_and_path_are_logged_and_queries_are_not() {
        let lines = Lines::default();
        let writer = lines.clone();
        let logs = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let _logs = tracing::subscriber::set_default(logs);
        let trace = from_fn_with_state(Draining::default(), trace);
        let app = Router::new().fallback(|| async {}).layer(trace);
        let uri = "/auth/callback?code=canary&state=canary";
        let client = ClientAddress::from(IpAddr::from([203, 0, 113, 7]));
        let request = Request::builder().uri(uri).header("cookie", "a=canary").extension(client);
        app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        for told in ["\"path\":\"/auth/callback\"", "\"status\":200", "\"client\":\"203.0.113.7\""] {
            assert!(text.contains(told), "{text}");
        }
        assert!(!text.contains("canary"), "{text}");
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
