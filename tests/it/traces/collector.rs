//! A collector on real HTTP, which does with an export what a test wants.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};

use super::decode::{Span, spans};
use crate::support::port::Port;

/// What it does with an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Takes,
    Answers(u16),
    WebPage,
    Garbage,
    /// Never answers.
    Hangs,
}

/// An export that arrived.
pub struct Export {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub manner: Manner,
}

struct Inner {
    manner: Mutex<Manner>,
    exports: Mutex<Vec<Export>>,
}

/// A collector.
pub struct Collector {
    inner: Arc<Inner>,
    port: Port,
    task: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Collector {
    /// One that listens.
    pub async fn start() -> Self {
        let collector = Self::absent();
        collector.come().await;
        collector
    }

    /// One whose port nobody listens on.
    pub fn absent() -> Self {
        let inner = Inner { manner: Mutex::new(Manner::Takes), exports: Mutex::default() };
        Self { inner: Arc::new(inner), port: Port::keep(), task: Mutex::default() }
    }

    pub async fn come(&self) {
        let listener = tokio::net::TcpSocket::new_v4().unwrap();
        listener.set_reuseaddr(true).unwrap();
        listener.bind(([127, 0, 0, 1], self.port.number).into()).unwrap();
        let listener = listener.listen(64).unwrap();
        let router = Router::new().fallback(take).with_state(self.inner.clone());
        let task = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        *self.task.lock().unwrap() = Some(task);
    }

    /// The setting that names it.
    pub fn setting(&self) -> String {
        format!("traces_url = \"{}\"\n", self.url())
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number)
    }

    pub fn be(&self, manner: Manner) {
        *self.inner.manner.lock().unwrap() = manner;
    }

    /// How many exports have arrived.
    pub fn count(&self) -> usize {
        self.inner.exports.lock().unwrap().len()
    }

    /// Looks at the exports so far.
    pub fn exports<R>(&self, look: impl FnOnce(&[Export]) -> R) -> R {
        look(&self.inner.exports.lock().unwrap())
    }

    /// The spans that it took, each once, by their begin.
    pub fn spans(&self) -> Vec<Span> {
        let mut all = self.exports(|exports| {
            let taken = exports.iter().filter(|export| export.manner == Manner::Takes);
            taken.flat_map(|export| spans(&export.body)).collect::<Vec<_>>()
        });
        all.sort_by_key(|span| span.started);
        all
    }
}

async fn take(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let manner = *inner.manner.lock().unwrap();
    let path = uri.path().to_owned();
    inner.exports.lock().unwrap().push(Export { path, headers, body: body.to_vec(), manner });
    let protobuf = [("content-type", "application/x-protobuf")];
    match manner {
        Manner::Takes => protobuf.into_response(),
        Manner::Answers(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Manner::WebPage => [("content-type", "text/html")].into_response(),
        Manner::Garbage => (protobuf, vec![0xff; 1000]).into_response(),
        Manner::Hangs => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            StatusCode::OK.into_response()
        }
    }
}

/// The spans as a tree with durations, as people read it.
pub fn tree(all: &[Span]) -> String {
    let mut text = String::new();
    let is_top = |span: &&Span| all.iter().all(|other| other.id != span.parent);
    for span in all.iter().filter(is_top) {
        branch(all, span, 0, &mut text);
    }
    text
}

fn branch(all: &[Span], span: &Span, depth: usize, text: &mut String) {
    let millis = (span.ended - span.started) as f64 / 1e6;
    let attributes: Vec<_> = span.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let error = span.error.as_ref().map(|error| format!(" ERROR {error}")).unwrap_or_default();
    let (indent, attributes) = ("  ".repeat(depth), attributes.join(" "));
    text.push_str(&format!("{indent}{} {millis:.1} ms{error}  [{attributes}]\n", span.name));
    for below in all.iter().filter(|other| other.parent == span.id) {
        branch(all, below, depth + 1, text);
    }
}
