//! The way of finished spans to the collector: a queue of bounded length, and one task that sends what is in it. A collector
//! that is down or slow costs spans, never the time of a request. One log line says so, and another when it is over.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use claimcheck_base::http_out::{HttpOut, HttpOutError, SetUpError, media_type};
use tokio::{
    sync::{Notify, mpsc},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Settings,
    traces::{
        client,
        export_log::ExportLog,
        layer::FinishedSpan,
        otlp::{self, rejected, resource},
    },
};

/// How many finished spans wait at most, and how many are sent at once: as the SDKs of OpenTelemetry have it.
const QUEUE_SPANS: usize = 2048;
const BATCH_SPANS: usize = 512;
/// How long a span waits for others.
const DELAY: Duration = Duration::from_secs(1);
/// How often the same spans are sent at most, and the longest pause between.
const TRIES: u32 = 5;
const PAUSE_MAX_SECS: u64 = 30;
const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");

/// A new queue, and its other end.
pub(super) fn queue() -> (Queue, Waiting) {
    let (sender, spans) = mpsc::channel(QUEUE_SPANS);
    let (lost, many) = (Arc::<AtomicU64>::default(), Arc::<Notify>::default());
    (Queue { sender, lost: lost.clone(), many: many.clone() }, Waiting { spans, lost, many })
}

/// Where finished spans go.
pub(super) struct Queue {
    sender: mpsc::Sender<FinishedSpan>,
    /// How many had no room.
    lost: Arc<AtomicU64>,
    /// There are enough to be sent at once.
    many: Arc<Notify>,
}

impl Queue {
    /// Adds a span, or counts it as lost if there is no room.
    pub(super) fn push(&self, span: FinishedSpan) {
        if self.sender.try_send(span).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        } else if self.sender.capacity() == QUEUE_SPANS - BATCH_SPANS {
            self.many.notify_one();
        }
    }
}

/// The spans that wait.
pub(super) struct Waiting {
    spans: mpsc::Receiver<FinishedSpan>,
    lost: Arc<AtomicU64>,
    many: Arc<Notify>,
}

impl Waiting {
    /// The next spans, some time after the first of them; at once when the program stops. `None` at the end.
    async fn next(&mut self, stop: &CancellationToken) -> Option<Vec<FinishedSpan>> {
        let mut batch = Vec::new();
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            _ = self.spans.recv_many(&mut batch, 1) => {
                // After a slow export there may be more than one request can take.
                if self.spans.len() + 1 < BATCH_SPANS {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.many.notified() => {}
                        () = sleep(DELAY) => {}
                    }
                }
            }
        }
        while batch.len() < BATCH_SPANS
            && let Ok(span) = self.spans.try_recv()
        {
            batch.push(span);
        }
        (!batch.is_empty()).then_some(batch)
    }

    #[cfg(test)]
    pub(super) fn take_all(&mut self) -> Vec<FinishedSpan> {
        std::iter::from_fn(|| self.spans.try_recv().ok()).collect()
    }
}

/// Why the collector did not take spans.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("{0}")]
    NoResponse(HttpOutError),
    #[error("it answers with status {0}")]
    Status(StatusCode),
    #[error("it answers with a web page")]
    WebPage,
    #[error("no request could be made")]
    NoRequest,
}

impl ExportError {
    /// Whether the same request may succeed later (OTLP 1.0, retryable response codes).
    fn is_temporary(&self) -> bool {
        match self {
            Self::NoResponse(_) => true,
            Self::Status(status) => matches!(status.as_u16(), 429 | 502 | 503 | 504),
            Self::WebPage | Self::NoRequest => false,
        }
    }

    /// What the operator can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoResponse(_) => {
                "check that the collector runs, and that traces_url has the address of OTLP/HTTP"
            }
            Self::Status(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => "correct traces_headers",
            Self::Status(status) if status.is_redirection() => {
                "write the address that it redirects to; redirects are not followed"
            }
            Self::Status(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) | Self::WebPage => {
                "correct traces_url: no collector takes OTLP/HTTP there"
            }
            Self::Status(_) | Self::NoRequest => "see the log of the collector",
        }
    }
}

/// A collector, and how requests to it look.
pub(super) struct Target {
    http: HttpOut,
    url: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    resource: Vec<u8>,
}

impl Target {
    /// That of the settings, if there is one.
    pub(super) fn of(settings: &Settings) -> Result<Option<Self>, SetUpError> {
        let of = &settings.outgoing;
        let Some(url) = &of.traces_url else { return Ok(None) };
        Ok(Some(Self {
            http: client(settings)?,
            // As OTLP forms the address of a signal from that of the collector.
            url: format!("{}/v1/traces", url.as_str().trim_end_matches('/')),
            headers: of.traces_headers.headers().to_vec(),
            resource: resource(&of.traces_service),
        }))
    }

    /// Sends one request: how many of its spans were refused, or after how many seconds to try again.
    async fn post(&self, body: Vec<u8>) -> Result<u64, (ExportError, Option<u64>)> {
        let mut request = Request::post(&self.url).header(header::CONTENT_TYPE, PROTOBUF);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(body).map_err(|_| (ExportError::NoRequest, None))?;
        let answer = self.http.send_repeatable(request, self.http.timeout(), None).await;
        let answer = answer.map_err(|error| (ExportError::NoResponse(error), None))?;
        let is_page = media_type(answer.headers()).is_some_and(|kind| kind == "text/html");
        match answer.status() {
            status if status.is_success() && is_page => Err((ExportError::WebPage, None)),
            status if status.is_success() => Ok(rejected(answer.body())),
            status => Err((ExportError::Status(status), retry_after(answer.headers()))),
        }
    }
}

fn retry_after(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// Sends an export without spans, which changes nothing. `None` if no collector is set.
///
/// # Errors
/// What a server would log about this collector.
pub async fn probe(settings: &Settings) -> Option<Result<String, ExportError>> {
    let target = match Target::of(settings) {
        Ok(target) => target?,
        Err(error) => return Some(Err(ExportError::NoResponse(HttpOutError::Other(error.to_string())))),
    };
    Some(target.post(Vec::new()).await.map(|_| target.url).map_err(|(error, _)| error))
}

/// Sends spans to the collector until the program stops.
pub(super) struct Exporter {
    target: Target,
    waiting: Waiting,
    stop: CancellationToken,
    /// Failures since the last success.
    failures: u32,
    log: ExportLog,
}

impl Exporter {
    pub(super) fn new(target: Target, waiting: Waiting, stop: CancellationToken) -> Self {
        Self { target, waiting, stop, failures: 0, log: ExportLog::default() }
    }

    pub(super) async fn run(mut self) {
        while let Some(batch) = self.waiting.next(&self.stop).await {
            self.deliver(&batch).await;
            self.log.lost += self.waiting.lost.swap(0, Ordering::Relaxed);
            self.log.loss();
        }
        self.log.at_end();
    }

    async fn deliver(&mut self, batch: &[FinishedSpan]) {
        for last in (0..TRIES).rev() {
            let body = otlp::request(&self.target.resource, batch);
            match self.target.post(body).await {
                Ok(rejected) => {
                    self.failures = 0;
                    self.log.recovery();
                    self.log.rejected += rejected;
                    return;
                }
                Err((error, retry_after)) => {
                    self.failures = self.failures.saturating_add(1);
                    self.log.outage(&error);
                    if last == 0 || !error.is_temporary() || self.stop.is_cancelled() {
                        break;
                    }
                    let pause = retry_after.unwrap_or(1 << self.failures.min(5).saturating_sub(1));
                    tokio::select! {
                        () = self.stop.cancelled() => {}
                        () = sleep(Duration::from_secs(pause.min(PAUSE_MAX_SECS))) => {}
                    }
                }
            }
        }
        self.log.lost += batch.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH_SPANS, ExportError, QUEUE_SPANS, StatusCode, Waiting, queue};
    use crate::traces::layer::FinishedSpan;
    use claimcheck_base::traces::SpanContext;
    use std::{borrow::Cow, sync::atomic::Ordering, time::Duration};
    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    fn span() -> FinishedSpan {
        let context = SpanContext { trace_id: [1; 16], span_id: [1; 8], is_sampled: true, state: None };
        FinishedSpan {
            context,
            parent: None,
            has_remote_parent: false,
            name: Cow::Borrowed("x"),
            kind: super::super::layer::Kind::Internal,
            started: 1,
            ended: 2,
            attributes: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn tc_05_the_queue_is_bounded_and_counts_what_is_lost() {
        let (queue, mut waiting) = queue();
        (0..QUEUE_SPANS + 7).for_each(|_| queue.push(span()));
        assert_eq!(waiting.lost.load(Ordering::Relaxed), 7);
        assert_eq!(Waiting::take_all(&mut waiting).len(), QUEUE_SPANS);
    }

    #[tokio::test(start_paused = true)]
    async fn tc_05_spans_that_fill_a_request_wait_for_no_others() {
        let (queue, mut waiting) = queue();
        (0..3 * BATCH_SPANS).for_each(|_| queue.push(span()));
        let (begun, stop) = (Instant::now(), CancellationToken::new());
        for _ in 0..3 {
            let batch = waiting.next(&stop).await.unwrap();
            assert_eq!(batch.len(), BATCH_SPANS);
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[test]
    fn tc_05_only_what_may_succeed_later_is_sent_again() {
        for (status, is_temporary) in [(429, true), (503, true), (400, false), (401, false), (500, false)] {
            let error = ExportError::Status(StatusCode::from_u16(status).unwrap());
            assert_eq!(error.is_temporary(), is_temporary, "{status}");
            assert!(!error.remedy().is_empty());
        }
    }
}
