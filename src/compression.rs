//! Compression of pages and of responses of server functions. These are complete before their first byte is sent, so each is
//! compressed as a whole, in one step: an encoder of streams would reserve room for a body of any size.
//!
//! Guessing these responses by their length (BREACH) gains nothing, because none contains a token.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use brotli::enc::BrotliEncoderParams;
use futures::stream;

/// With less, the headers of the response are longer than what is saved.
const MIN_BYTES: usize = 512;

/// An encoding for responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// RFC 8878: a third of the time of the other, for a page that is 3% larger.
    Zstd,
    /// RFC 7932.
    Brotli,
}

impl Encoding {
    /// The best one that the browser accepts.
    fn of(asked: &HeaderMap) -> Option<Self> {
        [Self::Zstd, Self::Brotli].into_iter().find(|encoding| accepts(asked, encoding.name()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
        }
    }

    /// # Errors
    /// The library refuses; not known to happen with a body in memory.
    fn encode(self, body: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Zstd => zstd::bulk::compress(body, 3),
            Self::Brotli => {
                let mut encoded = Vec::with_capacity(body.len() / 4);
                let params = BrotliEncoderParams {
                    quality: 3,
                    // Pages are smaller than this window of 256 kB; a larger one only costs memory.
                    lgwin: 18,
                    size_hint: body.len(),
                    ..BrotliEncoderParams::default()
                };
                brotli::BrotliCompress(&mut &*body, &mut encoded, &params)?;
                Ok(encoded)
            }
        }
    }
}

/// Compresses the response if it is text and the browser accepts an encoding.
pub(crate) async fn compress(request: Request, next: Next) -> Response {
    let encoding = Encoding::of(request.headers()).filter(|_| request.method() != Method::HEAD);
    let mut response = next.run(request).await;
    if !is_text(response.headers()) {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    match encoding {
        Some(encoding) => encoded(response, encoding).await,
        None => response,
    }
}

async fn encoded(response: Response, encoding: Encoding) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        // The connection breaks, as it would without compression: the response is not complete.
        Err(error) => {
            let broken = Body::from_stream(stream::iter([Err::<Bytes, _>(error)]));
            return Response::from_parts(parts, broken);
        }
    };
    if body.len() < MIN_BYTES {
        return Response::from_parts(parts, body.into());
    }
    match encoding.encode(&body) {
        Ok(encoded) => {
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
            Response::from_parts(parts, encoded.into())
        }
        Err(error) => {
            tracing::warn!(%error, "a page could not be compressed");
            Response::from_parts(parts, body.into())
        }
    }
}

/// Whether it is a text that is not encoded yet, and not sent in parts while it arises.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_text = kind.starts_with("text/") || kind.starts_with("application/json");
    is_text && !kind.starts_with("text/event-stream") && !headers.contains_key(header::CONTENT_ENCODING)
}

/// Whether `Accept-Encoding` allows an encoding, by name or by `*`; a weight of zero forbids it (RFC 9110 12.5.3).
pub(crate) fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    let lines = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut by_star = false;
    for item in lines.flat_map(|line| line.split(',')) {
        let (name, weight) = item.split_once(';').unwrap_or((item, ""));
        let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches([' ', '=']);
        let allowed = weight.parse::<f32>().map_or(true, |weight| weight > 0.0);
        match name.trim() {
            name if name.eq_ignore_ascii_case(encoding) => return allowed,
            "*" => by_star = allowed,
            _ => {}
        }
    }
    by_star
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use axum::{
        Router,
        body::{Body, to_bytes},
        extract::Request,
        http::{Method, header},
        middleware::from_fn,
        response::Response,
        routing::get,
    };
    use tower::ServiceExt;

    use super::{Encoding, MIN_BYTES, compress};

    async fn ask(method: Method, path: &str, accepted: &str) -> Response {
        let page = "<p>row</p>".repeat(MIN_BYTES);
        let typed = |kind: &'static str, body: String| ([(header::CONTENT_TYPE, kind)], body);
        let (html, picture) = (page.clone(), page);
        let app = Router::new()
            .route("/page", get(move || async move { typed("text/html; charset=utf-8", html) }))
            .route(
                "/short",
                get(move || async move { typed("text/html; charset=utf-8", "short".to_owned()) }),
            )
            .route("/picture", get(move || async move { typed("image/png", picture) }))
            .layer(from_fn(compress));
        let request = Request::builder().method(method).uri(path).header("accept-encoding", accepted);
        app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    fn encoding(response: &Response) -> &str {
        response.headers().get("content-encoding").map_or("", |value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn a_page_has_the_best_encoding_that_the_browser_accepts() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip, BR", "br"),
            ("zstd;q=0, br;q=0.1", "br"),
            ("*", "zstd"),
            ("gzip", ""),
            ("br;q=0", ""),
        ] {
            let response = ask(Method::GET, "/page", accepted).await;
            assert_eq!(encoding(&response), expected, "{accepted}");
            assert_eq!(response.headers()["vary"], "accept-encoding");
        }
        for (path, method) in [("/short", Method::GET), ("/picture", Method::GET), ("/page", Method::HEAD)] {
            assert_eq!(encoding(&ask(method, path, "br, zstd").await), "", "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_encoded_is_the_page() {
        let plain = to_bytes(ask(Method::GET, "/page", "").await.into_body(), usize::MAX).await.unwrap();
        for accepted in ["br", "zstd"] {
            let response = ask(Method::GET, "/page", accepted).await;
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert!(body.len() * 10 < plain.len());
            let decoded = match accepted {
                "br" => {
                    let mut decoded = Vec::new();
                    brotli::Decompressor::new(&*body, 4096).read_to_end(&mut decoded).unwrap();
                    decoded
                }
                _ => zstd::decode_all(&*body).unwrap(),
            };
            assert_eq!(decoded, plain);
        }
        assert!(Encoding::Zstd.encode(b"").is_ok());
    }
}
