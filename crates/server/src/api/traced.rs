//! The span of a call to an API: which board and panel it is for, the path as in the settings, and what came of it. Each
//! request of the call has its own span below it.

use claimcheck_base::{
    internal_span,
    traces::{self, Within},
};
use tracing::{Span, field};

use crate::{
    api::{Answer, Call, NoAnswer},
    config::Api,
};

/// Does a call within its span.
pub(super) fn traced<F: Future<Output = Result<Answer, NoAnswer>>>(
    api: &Api,
    call: &Call,
    work: F,
) -> Within<F, impl FnOnce(&Span, &F::Output) + use<F>> {
    traces::within_and(span(api, call), work, note)
}

fn note(span: &Span, outcome: &Result<Answer, NoAnswer>) {
    match outcome {
        Ok(answer) => {
            let status = answer.response.status();
            span.record("http.response.status_code", status.as_u16());
            // What the API refuses is no failure of this program, but one of the call.
            if status.is_client_error() || status.is_server_error() {
                failed(span, status.as_str());
            }
        }
        Err(NoAnswer::NoToken(_)) => failed(span, "no_token"),
        Err(NoAnswer::Busy) => failed(span, "busy"),
        // Whether the API has carried it out is unknown.
        Err(NoAnswer::Http(error)) => failed(span, error.kind()),
    }
}

fn failed(span: &Span, kind: &str) {
    traces::fail(span, "");
    span.record("error.type", kind);
}

/// The call is sent once more, with another token.
pub(super) fn sends_again() {
    Span::current().record("claimcheck.attempts", 2);
}

/// The span of a call. Its path is that of the settings, with its placeholders.
pub(super) fn span(api: &Api, call: &Call) -> Span {
    internal_span!(
        "API call",
        otel.name = format!("{} {}", call.method, call.label).trim_end(),
        claimcheck.api = api.id.as_str(),
        claimcheck.board = call.source.board(),
        claimcheck.panel = call.source.panel(),
        http.request.method = call.method.as_str(),
        url.template = template(call),
        claimcheck.attempts = 1,
        http.response.status_code = field::Empty,
        "error.type" = field::Empty
    )
}

fn template(call: &Call) -> Option<&str> {
    Some(call.label.as_str()).filter(|label| !label.is_empty())
}
