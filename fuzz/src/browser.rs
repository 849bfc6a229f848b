//! Requests to the router as browsers send them, and the checks for every response.

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

/// A response.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

/// The user follows a link or types the URL.
pub fn navigation(path: &str) -> Builder {
    let request = Request::get(path).header("host", "localhost:3000").header("accept", "text/html,*/*;q=0.8");
    request
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-site", "none")
}

/// A request by one of our scripts.
pub fn fetch(path: &str) -> Builder {
    let request = Request::get(path).header("host", "localhost:3000").header("accept", "*/*");
    request
        .header("sec-fetch-mode", "cors")
        .header("sec-fetch-dest", "empty")
        .header("sec-fetch-site", "same-origin")
}

/// A submitted form of ours.
pub fn post(path: &str) -> Builder {
    let request =
        Request::post(path).header("host", "localhost:3000").header("accept", "text/html,*/*;q=0.8");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
        .header("sec-fetch-site", "same-origin")
}

/// Sends it. If the response has no end, its first part is the body.
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
    /// A header that occurs once; otherwise empty.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The checks for every response: no internal error, the common headers, redirects to this origin or to `elsewhere`
    /// only, and no markup from outside.
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

    /// The values of the cookies with that name that it sets; a removal sets none.
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

/// Adds the mark after each character that could be markup.
pub fn marked(text: &str) -> String {
    text.replace('<', &format!("<{MARK}")).replace('"', &format!("\"{MARK}"))
}

/// Checks that no marked character starts a tag or ends an attribute.
pub fn check_markup(html: &str) {
    let (tag, quote) = (format!("<{MARK}"), format!("\"{MARK}"));
    assert!(!html.contains(&tag), "a tag from outside: {html}");
    for (at, _) in html.match_indices(&quote) {
        // Between tags a quotation mark is text; inside one it would have ended an attribute.
        let before = &html[..at];
        assert!(before.rfind('<') < before.rfind('>'), "an attribute ended from outside: {html}");
    }
}
