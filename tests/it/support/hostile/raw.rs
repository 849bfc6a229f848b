//! Responses that no honest server sends: any status, type and body, bodies that never end, drip or break off. A body
//! or header may contain `{echo}`, which is replaced by the content of the request.

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

/// A response in place of an honest one.
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
    /// These bytes, then spaces without end.
    EndlessOf(String),
    /// Parts of this many bytes.
    InParts(String, usize),
    /// These bytes, then eight more, one every 200 ms.
    DripOf(String),
    /// These bytes, then nothing, and no end.
    SilentAfter(String),
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

    /// 200 with JSON as its type, these bytes and further headers.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        Self { body: RawBody::Bytes(body.into()), ..Self::json(200, "") }
    }

    /// The same, compressed.
    pub fn gzip(body: &[u8]) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body).unwrap();
        Self::bytes(encoder.finish().unwrap()).with(header::CONTENT_ENCODING.as_str(), "gzip")
    }

    /// The length of the body as sent.
    pub fn size(&self) -> usize {
        match &self.body {
            RawBody::Text(text) | RawBody::BrokenOff(text) | RawBody::InParts(text, _) => text.len(),
            RawBody::Bytes(bytes) => bytes.len(),
            _ => usize::MAX,
        }
    }

    pub fn redirect(status: u16, to: &str) -> Self {
        Self::text(status, "text/html", "elsewhere").with(header::LOCATION.as_str(), to)
    }

    /// 200 with JSON as its type, and a body without end.
    pub fn endless() -> Self {
        Self { body: RawBody::Endless, ..Self::json(200, "") }
    }

    /// 200 with JSON as its type, and a byte now and then.
    pub fn drip() -> Self {
        Self { body: RawBody::Drip, ..Self::json(200, "") }
    }

    /// 200 with JSON as its type, and a connection that closes before the end of the body.
    pub fn broken_off(begin: &str) -> Self {
        Self { body: RawBody::BrokenOff(begin.to_owned()), ..Self::json(200, "") }
    }

    /// 200 with these bytes, then spaces without end.
    pub fn endless_of(begin: &str) -> Self {
        Self { body: RawBody::EndlessOf(begin.to_owned()), ..Self::json(200, "") }
    }

    /// 200 with this text in parts of so many bytes.
    pub fn in_parts(text: &str, size: usize) -> Self {
        Self { body: RawBody::InParts(text.to_owned(), size), ..Self::json(200, "") }
    }

    /// 200 with this text, then eight bytes, one now and then.
    pub fn drip_of(begin: &str) -> Self {
        Self { body: RawBody::DripOf(begin.to_owned()), ..Self::json(200, "") }
    }

    /// 200 with this text, and then silence.
    pub fn silent_after(begin: &str) -> Self {
        Self { body: RawBody::SilentAfter(begin.to_owned()), ..Self::json(200, "") }
    }

    /// The same with another media type.
    pub fn typed(mut self, kind: &str) -> Self {
        self.headers.retain(|(name, _)| name != header::CONTENT_TYPE.as_str());
        self.with(header::CONTENT_TYPE.as_str(), kind)
    }

    /// No response: the connection is closed once the request has arrived.
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
            RawBody::EndlessOf(begin) => {
                let begin = stream::iter([Ok::<_, Infallible>(Bytes::from(begin.clone()))]);
                let spaces = stream::repeat_with(|| Ok(Bytes::from_static(&[b' '; 16 * 1024])));
                Body::from_stream(begin.chain(spaces))
            }
            RawBody::InParts(text, size) => {
                let parts: Vec<_> =
                    filled(text).into_bytes().chunks(*size).map(Bytes::copy_from_slice).collect();
                Body::from_stream(stream::iter(parts.into_iter().map(Ok::<_, Infallible>)))
            }
            RawBody::DripOf(begin) => {
                let begin = stream::iter([Ok::<_, Infallible>(Bytes::from(begin.clone()))]);
                let drops = stream::iter(0..8).then(|_| async {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    Ok(Bytes::from_static(b"."))
                });
                Body::from_stream(begin.chain(drops))
            }
            RawBody::SilentAfter(begin) => {
                let begin = stream::iter([Ok::<_, Infallible>(Bytes::from(begin.clone()))]);
                Body::from_stream(begin.chain(stream::pending()))
            }
            // The server drops the connection of a handler that unwinds; this way nothing is printed.
            RawBody::HangUp => std::panic::resume_unwind(Box::new("hung up")),
            RawBody::BrokenOff(begin) => {
                let begin = stream::iter([Ok(Bytes::from(filled(begin)))]);
                let end = stream::once(async {
                    // So that the bytes before are sent.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Err(io::Error::other("broken off"))
                });
                Body::from_stream(begin.chain(end))
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
