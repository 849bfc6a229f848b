//! Answers as no honest server gives them: any status, type and body, bodies that never end, drip or break off.
//! A body or header may hold `{echo}`, which becomes all that the request carried.

use std::{
    convert::Infallible,
    io::{self, Write},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, stream};

/// An answer in the place of an honest one.
#[derive(Clone, Debug)]
pub struct Raw {
    status: u16,
    headers: Vec<(String, String)>,
    body: RawBody,
}

#[derive(Clone, Debug)]
enum RawBody {
    Text(String),
    Bytes(Bytes),
    Endless,
    Drip,
    BrokenOff(String),
    HangUp,
}

impl Raw {
    pub fn text(status: u16, kind: &str, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: RawBody::Text(body.to_owned()) }
            .with(header::CONTENT_TYPE.as_str(), kind)
    }

    pub fn json(status: u16, body: &str) -> Self {
        Self::text(status, "application/json", body)
    }

    /// 200, JSON by its type, these bytes and whatever more headers.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        Self { body: RawBody::Bytes(body.into()), ..Self::json(200, "") }
    }

    /// The same, compressed.
    pub fn gzip(body: &[u8]) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        Self::bytes(encoder.finish().unwrap()).with(header::CONTENT_ENCODING.as_str(), "gzip")
    }

    /// A body's length, as it is sent.
    pub fn size(&self) -> usize {
        match &self.body {
            RawBody::Text(text) | RawBody::BrokenOff(text) => text.len(),
            RawBody::Bytes(bytes) => bytes.len(),
            RawBody::Endless | RawBody::Drip | RawBody::HangUp => usize::MAX,
        }
    }

    pub fn redirect(status: u16, to: &str) -> Self {
        Self::text(status, "text/html", "elsewhere").with(header::LOCATION.as_str(), to)
    }

    /// 200, JSON by its type, and more and more of it.
    pub fn endless() -> Self {
        Self { body: RawBody::Endless, ..Self::json(200, "") }
    }

    /// 200, JSON by its type, and a byte now and then.
    pub fn drip() -> Self {
        Self { body: RawBody::Drip, ..Self::json(200, "") }
    }

    /// 200, JSON by its type, and a connection that ends before the body does.
    pub fn broken_off(begin: &str) -> Self {
        Self { body: RawBody::BrokenOff(begin.to_owned()), ..Self::json(200, "") }
    }

    /// No answer: the connection is closed once the request is there.
    pub fn hang_up() -> Self {
        Self { body: RawBody::HangUp, ..Self::json(200, "") }
    }

    /// The same with one more header; an empty value adds none.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(super) fn to_response(&self, carried: &str) -> Response {
        let filled = |text: &str| text.replace("{echo}", carried);
        let body = match &self.body {
            RawBody::Text(text) => Body::from(filled(text)),
            RawBody::Bytes(bytes) => Body::from(bytes.clone()),
            RawBody::Endless => Body::from_stream(stream::repeat_with(|| {
                Ok::<_, Infallible>(Bytes::from_static(&[b' '; 16 * 1024]))
            })),
            RawBody::Drip => Body::from_stream(stream::repeat(()).then(|()| async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                Ok::<_, Infallible>(Bytes::from_static(b" "))
            })),
            // The server drops the connection of a handler that unwinds; this way nothing is printed.
            RawBody::HangUp => std::panic::resume_unwind(Box::new("hung up")),
            RawBody::BrokenOff(begin) => {
                let begin = Ok(Bytes::from(filled(begin)));
                Body::from_stream(stream::iter([begin, Err(io::Error::other("broken off"))]))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            response.headers_mut().append(name, HeaderValue::from_str(&filled(value)).unwrap());
        }
        response
    }
}
