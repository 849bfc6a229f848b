//! The span of a request: its name is the method and the pattern of the route, never the path, which may contain data of an
//! API. A trace that began elsewhere is continued for a trusted proxy only: anyone can send the header.

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, Method, StatusCode},
};
use claimcheck_base::traces::{SpanContext, TARGET, context_of, end, fail, state_of};
use tracing::{Span, field};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The peer of the request is a trusted proxy: an extension of requests.
#[derive(Clone, Copy, Debug)]
pub struct FromTrustedProxy;

/// The span of one request to this server. While traces are off, it is nothing.
pub struct RequestSpan(Span);

impl RequestSpan {
    /// No span: for requests that are too frequent to be recorded.
    pub fn nothing() -> Self {
        Self(Span::none())
    }

    /// Begins with the request, whose reference for people is `reference`.
    pub fn begin(request: &Request, reference: &str) -> Self {
        let span = tracing::trace_span!(
            target: TARGET, parent: None, "request", otel.kind = "server", otel.end = field::Empty,
            otel.error = field::Empty,
            otel.name = name(request).as_str(), otel.parent = parent(request).as_deref(),
            otel.state = state(request).as_deref(),
            http.request.method = method(request.method()), http.route = route(request),
            http.response.status_code = field::Empty, claimcheck.request_id = reference,
        );
        Self(span)
    }

    /// The span itself.
    pub fn span(&self) -> &Span {
        &self.0
    }

    /// The id of the trace, for log lines.
    pub fn trace(&self) -> Option<String> {
        context_of(&self.0).as_ref().map(SpanContext::trace)
    }

    /// Ends with the head of the response.
    pub fn end(self, status: StatusCode) {
        if self.0.is_disabled() {
            return;
        }
        self.0.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            fail(&self.0, "");
        }
        end(&self.0);
    }
}

fn route(request: &Request) -> Option<&str> {
    request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)
}

fn name(request: &Request) -> String {
    match (method(request.method()), route(request)) {
        ("_OTHER", _) => "HTTP".to_owned(),
        (method, Some(route)) => format!("{method} {route}"),
        (method, None) => method.to_owned(),
    }
}

/// Anyone can invent methods, so unknown ones share a word, as the conventions of OpenTelemetry have it.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        _ => "_OTHER",
    }
}

/// The trace that a trusted proxy names, once.
fn parent(request: &Request) -> Option<String> {
    request.extensions().get::<FromTrustedProxy>()?;
    let mut lines = request.headers().get_all(TRACEPARENT).iter();
    let only = lines.next().filter(|_| lines.next().is_none())?.to_str().ok()?;
    SpanContext::parse(only).map(|_| only.to_owned())
}

fn state(request: &Request) -> Option<String> {
    request.extensions().get::<FromTrustedProxy>()?;
    state_of(lines(request.headers()))
}

fn lines(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    // One line that is not text makes the whole unusable.
    headers.get_all(TRACESTATE).iter().map(|line| line.to_str().unwrap_or("="))
}
