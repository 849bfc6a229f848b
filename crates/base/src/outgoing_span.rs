//! The span of an outgoing request in its trace, and the headers with which the other side continues it.

use http::{HeaderValue, Request, Response};
use tracing::{Span, field};

use crate::{
    http_error::HttpOutError,
    traces::{Purpose, TARGET, Within, context_of, fail, within_and},
};

/// The span of an outgoing request. While traces are off, it is nothing.
pub(crate) struct OutgoingSpan(Span);

impl OutgoingSpan {
    /// Begins with the request. If it `carries` the trace, the other side can continue it; headers of the settings come
    /// first.
    pub(crate) fn begin<B>(request: &mut Request<B>, carries: bool) -> Self {
        let span = tracing::trace_span!(
            target: TARGET, "request out", otel.kind = "client", otel.name = field::Empty,
            otel.error = field::Empty, otel.end = field::Empty,
            http.request.method = request.method().as_str(),
            server.address = request.uri().host(), server.port = request.uri().port_u16(),
            http.response.status_code = field::Empty, "error.type" = field::Empty,
            http.request.resend_count = field::Empty,
        );
        let Some(context) = context_of(&span) else { return Self(span) };
        let name = request.extensions().get::<Purpose>().map_or(request.method().as_str(), |of| of.0);
        span.record("otel.name", name);
        let state = context.state.as_deref().map(str::to_owned);
        for (name, value) in [("traceparent", Some(context.traceparent())), ("tracestate", state)] {
            if let (true, Some(value)) = (carries, value.and_then(|text| HeaderValue::from_str(&text).ok())) {
                request.headers_mut().entry(name).or_insert(value);
            }
        }
        Self(span)
    }

    /// The request is sent once more.
    pub(crate) fn resends(&self) {
        self.0.record("http.request.resend_count", 1);
    }

    /// Waits for the response within the span.
    pub(crate) fn around<B, F: Future<Output = Result<Response<B>, HttpOutError>>>(
        &self,
        work: F,
    ) -> Within<F, impl FnOnce(&Span, &F::Output)> {
        within_and(self.0.clone(), work, note)
    }
}

fn note<B>(span: &Span, outcome: &Result<Response<B>, HttpOutError>) {
    match outcome {
        Ok(response) => {
            let status = response.status();
            span.record("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                fail(span, "");
                span.record("error.type", status.as_str());
            }
        }
        Err(error) => {
            fail(span, "");
            span.record("error.type", error.kind());
        }
    }
}
