//! The layer that records traces: it gives each span of the target its context, collects its fields, and hands it over
//! when it ends. A trace begins with a request; spans without one, as those of background work, are left out.

use std::{
    borrow::Cow,
    fmt::Debug,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use claimcheck_base::{
    random,
    traces::{SpanContext, TARGET, nearest},
};
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use crate::traces::export::Queue;

/// The longest text of an attribute, in bytes.
const TEXT_MAX_BYTES: usize = 256;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Bool(bool),
}

/// What a span is in its trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Internal,
    Server,
    Client,
}

/// A span that has ended. The times are in nanoseconds since 1970.
pub(super) struct FinishedSpan {
    pub context: SpanContext,
    pub parent: Option<[u8; 8]>,
    pub has_remote_parent: bool,
    pub name: Cow<'static, str>,
    pub kind: Kind,
    pub started: u64,
    pub ended: u64,
    pub attributes: Vec<(&'static str, Value)>,
    /// Why it failed, if it did; may be empty.
    pub error: Option<String>,
}

/// A span that is running: in the extensions of its `tracing` span.
struct Running {
    span: FinishedSpan,
    begun: Instant,
    remote: Option<SpanContext>,
    remote_state: Option<String>,
    is_over: bool,
}

/// Records spans of traces.
pub struct TraceLayer {
    queue: Queue,
    /// Trace ids below it are recorded: the ratio of 2⁶³.
    threshold: u64,
}

impl TraceLayer {
    /// Of the traces that begin here, the given part is recorded, from 0 to 1.
    pub(super) fn new(queue: Queue, ratio: f64) -> Self {
        // The cast saturates.
        let threshold = (ratio * (1_u64 << 63) as f64) as u64;
        Self { queue, threshold }
    }

    /// The context of a span below `parent`, or of one that begins a trace.
    fn context(&self, parent: Option<SpanContext>, begins: bool) -> Option<SpanContext> {
        let span_id = random::bytes::<8>().ok().filter(|id| *id != [0; 8])?;
        match parent {
            Some(parent) => Some(SpanContext { span_id, ..parent }),
            None if begins => {
                let trace_id = random::bytes::<16>().ok().filter(|id| *id != [0; 16])?;
                let [.., a, b, c, d, e, f, g, h] = trace_id;
                let is_sampled = u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1 < self.threshold;
                Some(SpanContext { trace_id, span_id, is_sampled, state: None })
            }
            None => None,
        }
    }

    fn hand_over(&self, running: Running) {
        let mut span = running.span;
        let lasted = u64::try_from(running.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        span.ended = span.started.saturating_add(lasted);
        self.queue.push(span);
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TraceLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, of: Context<'_, S>) {
        if attributes.metadata().target() != TARGET {
            return;
        }
        let Some(span) = of.span(id) else { return };
        let mut running = Running::new(attributes.metadata().name());
        attributes.record(&mut running);
        let local = nearest(span.parent());
        let remote = running.remote.take().map(|context| {
            let state = running.remote_state.take().map(Into::into);
            SpanContext { state, ..context }
        });
        running.span.has_remote_parent = local.is_none() && remote.is_some();
        let parent = local.or(remote);
        running.span.parent = parent.as_ref().map(|parent| parent.span_id);
        let Some(context) = self.context(parent, running.span.kind == Kind::Server) else { return };
        if context.is_sampled {
            running.span.context = context.clone();
            span.extensions_mut().insert(running);
        }
        span.extensions_mut().insert(context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, of: Context<'_, S>) {
        let Some(span) = of.span(id).filter(|span| span.metadata().target() == TARGET) else { return };
        let mut extensions = span.extensions_mut();
        let Some(running) = extensions.get_mut::<Running>() else { return };
        values.record(running);
        let over = running.is_over.then(|| extensions.remove::<Running>()).flatten();
        if let Some(running) = over {
            self.hand_over(running);
        }
    }

    fn on_close(&self, id: Id, of: Context<'_, S>) {
        let Some(span) = of.span(&id).filter(|span| span.metadata().target() == TARGET) else { return };
        let running = span.extensions_mut().remove::<Running>();
        if let Some(running) = running {
            self.hand_over(running);
        }
    }
}

impl Running {
    fn new(name: &'static str) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let span = FinishedSpan {
            context: SpanContext { trace_id: [0; 16], span_id: [0; 8], is_sampled: true, state: None },
            parent: None,
            has_remote_parent: false,
            name: Cow::Borrowed(name),
            kind: Kind::default(),
            started: u64::try_from(since.as_nanos()).unwrap_or(u64::MAX),
            ended: 0,
            attributes: Vec::new(),
            error: None,
        };
        Self { span, begun: Instant::now(), remote: None, remote_state: None, is_over: false }
    }

    fn set(&mut self, name: &'static str, value: Value) {
        match self.span.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.span.attributes.push((name, value)),
        }
    }
}

impl Visit for Running {
    fn record_str(&mut self, field: &Field, text: &str) {
        match field.name() {
            "otel.name" => self.span.name = Cow::Owned(shortened(text)),
            "otel.kind" if text == "server" => self.span.kind = Kind::Server,
            "otel.kind" => self.span.kind = Kind::Client,
            "otel.parent" => self.remote = SpanContext::parse(text),
            "otel.state" => self.remote_state = Some(text.to_owned()),
            "otel.error" => self.span.error = Some(shortened(text)),
            name => self.set(name, Value::Text(shortened(text))),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        match field.name() {
            "otel.end" => self.is_over = true,
            name => self.set(name, Value::Bool(value)),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field.name(), Value::Whole(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field.name(), Value::Whole(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

fn shortened(text: &str) -> String {
    let mut end = text.len().min(TEXT_MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use claimcheck_base::traces::{SpanContext, end};
    use tracing::subscriber::with_default;
    use tracing_subscriber::{Registry, layer::SubscriberExt};

    use super::{Kind, TARGET, TraceLayer, Value, shortened};
    use crate::traces::export::{Waiting, queue};

    fn layer(ratio: f64) -> (TraceLayer, Waiting) {
        let (queue, waiting) = queue();
        (TraceLayer::new(queue, ratio), waiting)
    }

    macro_rules! server {
        ($($fields:tt)*) => {
            tracing::trace_span!(target: TARGET, "GET", otel.kind = "server", otel.end = tracing::field::Empty, $($fields)*)
        };
    }

    #[test]
    fn tc_01_spans_form_a_tree_across_spans_of_the_log() {
        let (layer, mut waiting) = layer(1.0);
        with_default(Registry::default().with(layer), || {
            let request = server!(http.route = "/a").entered();
            let log = tracing::info_span!("request", id = "x").entered();
            drop(tracing::trace_span!(target: TARGET, "child", number = 7, claimcheck.api = "main"));
            drop((log, request));
            // Without a request, there is no trace.
            drop(tracing::trace_span!(target: TARGET, "background"));
        });
        let spans = waiting.take_all();
        let [child, request] = spans.as_slice() else { panic!("{}", spans.len()) };
        assert_eq!((request.kind, request.parent, child.kind), (Kind::Server, None, Kind::Internal));
        assert_eq!(child.parent, Some(request.context.span_id));
        assert_eq!(child.context.trace_id, request.context.trace_id);
        assert_eq!(request.attributes, [("http.route", Value::Text("/a".to_owned()))]);
        assert_eq!(child.attributes[0], ("number", Value::Whole(7)));
        assert!(request.started <= child.started && child.ended <= request.ended);
    }

    #[test]
    fn tc_01_a_span_that_has_ended_is_handed_over_while_others_below_it_run() {
        let (layer, mut waiting) = layer(1.0);
        with_default(Registry::default().with(layer), || {
            let request = server!();
            let child = request.in_scope(|| tracing::trace_span!(target: TARGET, "child"));
            end(&request);
            assert_eq!(waiting.take_all().len(), 1, "the request");
            request.record("otel.end", true);
            drop(request);
            assert_eq!(waiting.take_all().len(), 0, "only once");
            drop(child);
            assert_eq!(waiting.take_all().len(), 1, "the child");
        });
    }

    #[test]
    fn tc_02_the_sampling_of_another_process_comes_before_the_ratio() {
        let parent = |flags: &str| format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}");
        for (ratio, flags, is_recorded) in
            [(0.0, None, false), (1.0, None, true), (0.0, Some("01"), true), (1.0, Some("00"), false)]
        {
            let (layer, mut waiting) = layer(ratio);
            with_default(Registry::default().with(layer), || {
                let parent = flags.map(parent);
                let _request = server!(otel.parent = parent.as_deref(), otel.state = "a=1").entered();
                drop(tracing::trace_span!(target: TARGET, "child"));
            });
            let spans = waiting.take_all();
            assert_eq!(spans.len(), if is_recorded { 2 } else { 0 }, "{ratio} {flags:?}");
            let Some((flags, request)) = flags.zip(spans.last()) else { continue };
            let remote = SpanContext::parse(&parent(flags)).unwrap();
            assert_eq!(request.context.trace_id, remote.trace_id);
            assert!(request.parent == Some(remote.span_id) && request.has_remote_parent);
            assert_eq!(spans[0].context.state.as_deref(), Some("a=1"));
        }
    }

    #[test]
    fn tc_02_a_ratio_records_about_that_part() {
        let (layer, mut waiting) = layer(0.25);
        with_default(Registry::default().with(layer), || (0..2000).for_each(|_| drop(server!())));
        // 500 are expected, with a standard deviation of 19.
        let count = waiting.take_all().len();
        assert!((300..700).contains(&count), "{count}");
    }

    #[test]
    fn tc_06_texts_are_short() {
        assert_eq!(shortened(&"x".repeat(1000)).len(), 256);
        assert_eq!(shortened(&"é".repeat(1000)).chars().count(), 128);
        assert_eq!(shortened("a"), "a");
    }
}
