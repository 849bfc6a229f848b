//! Traces, as OpenTelemetry has them. A part of a trace is a `tracing` span with the target [`TARGET`], so it follows a
//! request through tasks as the log does. The subscriber keeps a [`SpanContext`] in each; without one, such spans are
//! disabled, and cost one comparison.
//!
//! Fields of these spans leave the process. They contain no token, code, claim, query, body or cookie. The fields `otel.…`
//! are read by the subscriber: `otel.name` and `otel.kind`; `otel.parent` and `otel.state`, the context of another process;
//! `otel.error`, why it failed; `otel.end`, which ends the span while others below it still run.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;
use tracing::{Dispatch, Instrument, Span, dispatcher, instrument::Instrumented, span::Id};
use tracing_subscriber::{
    Registry,
    registry::{LookupSpan, SpanRef},
};

/// The target of spans that are parts of traces.
pub const TARGET: &str = "claimcheck::traces";
/// The longest `tracestate` that is passed on, in bytes, and its most members (W3C Trace Context 3.3.1.5, 3.3.1.1).
const STATE_MAX_BYTES: usize = 512;
const STATE_MAX_MEMBERS: usize = 32;

/// Whether the process records traces.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// Notes that the subscriber of the process records traces.
pub fn turn_on() {
    IS_ON.store(true, Ordering::Relaxed);
}

/// Whether the process records traces.
pub fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// What identifies a span for other processes (W3C Trace Context).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanContext {
    pub trace_id: [u8; 16],
    pub span_id: [u8; 8],
    /// Whether the trace is recorded.
    pub is_sampled: bool,
    /// The `tracestate` that came with the trace.
    pub state: Option<Arc<str>>,
}

impl SpanContext {
    /// Reads a `traceparent` (W3C Trace Context 3.2); of a later version, the part that is known.
    pub fn parse(header: &str) -> Option<Self> {
        let (version, rest) = (header.get(..2)?, header.get(2..)?);
        let [version] = hex(version)?;
        let known = rest.get(..53)?;
        let further = rest.get(53..)?;
        let is_complete = further.is_empty() || version > 0 && further.starts_with('-');
        let mut parts = known.strip_prefix('-')?.split('-');
        let (trace_id, span_id) = (hex(parts.next()?)?, hex(parts.next()?)?);
        let [flags] = hex(parts.next()?)?;
        let is_valid = version != 0xff && is_complete && trace_id != [0; 16] && span_id != [0; 8];
        (is_valid && parts.next().is_none()).then_some(Self {
            trace_id,
            span_id,
            is_sampled: flags & 1 == 1,
            state: None,
        })
    }

    /// The value of the header `traceparent`.
    pub fn traceparent(&self) -> String {
        let flags = u8::from(self.is_sampled);
        format!("00-{}-{}-{flags:02x}", Hex(&self.trace_id), Hex(&self.span_id))
    }

    /// The trace id as people write it: 32 hexadecimal digits.
    pub fn trace(&self) -> String {
        Hex(&self.trace_id).to_string()
    }
}

/// The `tracestate` of a request, if it is within the limits and well formed (W3C Trace Context 3.3).
pub fn state_of<'a>(headers: impl Iterator<Item = &'a str>) -> Option<String> {
    let all: Vec<&str> = headers.collect();
    let members: Vec<&str> =
        all.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|each| !each.is_empty()).collect();
    let text = members.join(",");
    let is_sound = members.iter().all(|member| is_member(member));
    let fits = text.len() <= STATE_MAX_BYTES && members.len() <= STATE_MAX_MEMBERS;
    (is_sound && fits && !text.is_empty()).then_some(text)
}

fn is_member(member: &str) -> bool {
    let of_key = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let of_value = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'=';
    member.split_once('=').is_some_and(|(key, value)| {
        !key.is_empty() && key.bytes().all(of_key) && !value.is_empty() && value.bytes().all(of_value)
    })
}

/// Lower-case digits only, as the header demands.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *byte = *byte << 4 | value;
        }
    }
    Some(bytes)
}

/// Bytes as lower-case hexadecimal digits.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The context of the nearest span of a trace, from this one outwards.
pub fn nearest<'a, S: LookupSpan<'a>>(from: Option<SpanRef<'a, S>>) -> Option<SpanContext> {
    from?.scope().find_map(|span| span.extensions().get::<SpanContext>().cloned())
}

fn context_at(dispatch: &Dispatch, id: &Id) -> Option<SpanContext> {
    nearest(dispatch.downcast_ref::<Registry>()?.span(id))
}

/// The context of this span; `None` if traces are off.
pub fn context_of(span: &Span) -> Option<SpanContext> {
    if !is_on() {
        return None;
    }
    span.with_subscriber(|(id, dispatch)| context_at(dispatch, id)).flatten()
}

/// The context of the current span; `None` if traces are off, or nothing is traced here.
pub fn current() -> Option<SpanContext> {
    if !is_on() {
        return None;
    }
    dispatcher::get_default(|dispatch| context_at(dispatch, dispatch.current_span().id()?))
}

/// The id of the current trace, for log lines.
pub fn current_trace() -> Option<String> {
    current().map(|context| context.trace())
}

/// Notes that what the span is about has failed; `reason` is one of a few words.
pub fn fail(span: &Span, reason: &str) {
    span.record("otel.error", reason);
}

/// Ends a span that has the field `otel.end`, also if others below it still run.
pub fn end(span: &Span) {
    span.record("otel.end", true);
}

pin_project! {
    /// Work within a span. Not an `async` block, which would take the memory of the work twice.
    pub struct Within<F, N> {
        #[pin]
        work: Instrumented<F>,
        note: Option<N>,
    }
}

impl<F: Future, N: FnOnce(&Span, &F::Output)> Future for Within<F, N> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let outcome = ready!(this.work.as_mut().poll(context));
        let span = this.work.span();
        if let Some(note) = this.note.take().filter(|_| !span.is_disabled()) {
            note(span, &outcome);
            end(span);
        }
        Poll::Ready(outcome)
    }
}

/// Does work within a span that has the field `otel.end`, and ends it.
pub fn within<F: Future>(span: Span, work: F) -> Within<F, impl FnOnce(&Span, &F::Output)> {
    within_and(span, work, |_, _| {})
}

/// The same; `note` records the outcome.
pub fn within_and<F: Future, N: FnOnce(&Span, &F::Output)>(span: Span, work: F, note: N) -> Within<F, N> {
    Within { work: work.instrument(span), note: Some(note) }
}

/// A span for a part of this program's own work, which [`within`] runs.
#[macro_export]
macro_rules! internal_span {
    ($name:literal $(, $($fields:tt)*)?) => {
        tracing::trace_span!(
            target: $crate::traces::TARGET, $name,
            otel.error = tracing::field::Empty, otel.end = tracing::field::Empty, $($($fields)*)?
        )
    };
}

/// What a request is for, as its span is called: an extension of outgoing requests.
#[derive(Clone, Copy, Debug)]
pub struct Purpose(pub &'static str);

#[cfg(test)]
mod tests {
    use super::{SpanContext, state_of};

    const RIGHT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn tc_02_a_traceparent_is_read_and_written() {
        let read = SpanContext::parse(RIGHT).unwrap();
        assert!(read.is_sampled);
        assert_eq!(read.traceparent(), RIGHT);
        assert_eq!(read.trace(), "0af7651916cd43dd8448eb211c80319c");
        let unsampled = format!("{}00", &RIGHT[..53]);
        assert!(!SpanContext::parse(&unsampled).unwrap().is_sampled);
        // Of a later version, what is known.
        let later = format!("cc{}-what-comes", &RIGHT[2..]);
        assert_eq!(SpanContext::parse(&later).unwrap(), read);
    }

    #[test]
    fn tc_02_a_traceparent_that_is_not_valid_is_ignored() {
        for wrong in [
            "",
            "00",
            "é0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
            "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
            "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(SpanContext::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn tc_02_a_tracestate_is_passed_on_within_limits() {
        assert_eq!(state_of(["a=1, b@c=x y", "d=3"].into_iter()).as_deref(), Some("a=1,b@c=x y,d=3"));
        let many = (0..33).map(|number| format!("k{number}=1")).collect::<Vec<_>>().join(",");
        let long = format!("a={}", "x".repeat(511));
        for wrong in ["", ",", "a", "=1", "A=1", "a=1=2", "a=\u{7f}", "a=é", &many, &long] {
            assert_eq!(state_of([wrong].into_iter()), None, "{wrong}");
        }
    }
}
