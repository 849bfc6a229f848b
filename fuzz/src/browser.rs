//! Requests to the router as browsers make them, and what must hold of every answer to them.

use std::net::{Ipv4Addr, SocketAddr};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, header, request::Builder},
};
use futures::StreamExt;
use http_body_util::BodyExt;
use tower::ServiceExt;
use url::Url;

use crate::MARK;

/// The app's public origin; nothing listens there.
pub const APP: &str = "http://localhost:3000";

/// An answer.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

/// Somebody follows a link or types the address.
pub fn navigation(path: &str) -> Builder {
    let request = Request::get(path).header("host", "localhost:3000").header("accept", "text/html,*/*;q=0.8");
    request
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-site", "none")
}

/// A script of ours asks.
pub fn fetch(path: &str) -> Builder {
    let request = Request::get(path).header("host", "localhost:3000").header("accept", "*/*");
    request
        .header("sec-fetch-mode", "cors")
        .header("sec-fetch-dest", "empty")
        .header("sec-fetch-site", "same-origin")
}

/// A form of ours is sent.
pub fn post(path: &str) -> Builder {
    let request =
        Request::post(path).header("host", "localhost:3000").header("accept", "text/html,*/*;q=0.8");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-site", "same-origin")
}

/// Sends it. Of an answer without end its first part is the body.
pub async fn send(app: &Router, mut request: Request<Body>) -> Page {
    let from = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 4711);
    request.extensions_mut().insert(ConnectInfo(from));
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let is_stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let body = match is_stream {
        true => body.into_data_stream().next().await.unwrap().unwrap(),
        false => body.collect().await.unwrap().to_bytes(),
    };
    let body = String::from_utf8_lossy(&body).into_owned();
    Page { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl Page {
    /// A header that is there once, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What holds of every answer: no failure of ours, the headers of every answer, a redirect to this origin or to
    /// `elsewhere`, and markup in which nothing from outside is markup.
    pub fn check(&self, elsewhere: &str) {
        self.check_at(APP, elsewhere);
    }

    /// The same for another public origin than [`APP`].
    pub fn check_at(&self, public_url: &str, elsewhere: &str) {
        assert_ne!(self.status, 500, "{self:?}");
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(!self.header("content-security-policy").is_empty());
        if let Some(location) = self.headers.get(header::LOCATION) {
            let location = location.to_str().unwrap();
            let there = Url::parse(public_url).unwrap().join(location).unwrap();
            let is_ours =
                there.origin() == Url::parse(public_url).unwrap().origin() && location.starts_with('/');
            assert!(
                is_ours || (!elsewhere.is_empty() && location.starts_with(elsewhere)),
                "leads to {location:?}"
            );
        }
        if self.header("content-type").starts_with("text/html") {
            check_markup(&self.body);
        }
    }

    /// The values of the cookies of that name that it sets; a removal sets none.
    pub fn sets(&self, name: &str) -> Vec<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        let ours = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let values = ours
            .filter(|line| !line.contains("Max-Age=0"))
            .map(|line| line.split(';').next().unwrap().to_owned());
        values.filter(|value| !value.is_empty()).collect()
    }

    /// The names of the cookies it sets or removes.
    pub fn cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap());
        lines.map(|line| line.split('=').next().unwrap().to_owned()).collect()
    }
}

/// Puts the mark behind what would be markup.
pub fn marked(text: &str) -> String {
    text.replace('<', &format!("<{MARK}")).replace('"', &format!("\"{MARK}"))
}

/// Nothing that was marked begins a tag or ends an attribute.
pub fn check_markup(html: &str) {
    let (tag, quote) = (format!("<{MARK}"), format!("\"{MARK}"));
    assert!(!html.contains(&tag), "a tag from outside: {html}");
    for (at, _) in html.match_indices(&quote) {
        // Between tags a quotation mark is text; within one it would have ended an attribute.
        let before = &html[..at];
        assert!(before.rfind('<') < before.rfind('>'), "an attribute ended from outside: {html}");
    }
}
