//! A subscriber to the event stream of a session, like a page's `EventSource`.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, BodyDataStream},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use claimcheck_model::{SessionNews, SessionState, paths};
use futures::StreamExt;
use tower::ServiceExt;

use crate::support::Browser;

/// Longer than any event takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open stream, or the response instead of one. Dropping it closes the stream.
pub struct Listening {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: BodyDataStream,
    read: String,
}

impl Listening {
    /// Opens one with the cookies of that browser.
    pub async fn of(browser: &Browser<'_>, app: &Router) -> Self {
        Self::with(browser, app, &[]).await
    }

    /// The same with headers that override those of an `EventSource`; an empty one is not sent.
    pub async fn with(browser: &Browser<'_>, app: &Router, headers: &[(&str, &str)]) -> Self {
        let cookies: Vec<_> = browser.at_app.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut all = std::collections::BTreeMap::from([
            ("host", "localhost:3000"),
            ("accept", "text/event-stream"),
            ("accept-encoding", "gzip, br"),
            ("sec-fetch-mode", "cors"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", cookies.as_str()),
        ]);
        all.extend(headers.iter().copied());
        let mut request = Request::builder().uri(paths::EVENTS.path());
        for (name, value) in all.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::new(browser.address, 4711)));
        let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body: body.into_data_stream(),
            read: String::new(),
        }
    }

    /// The next block of lines, including comments; `None` at the end of the stream. Waits without a limit.
    pub async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                return Some(block);
            }
            self.read.push_str(std::str::from_utf8(&self.body.next().await?.unwrap()).unwrap());
        }
    }

    /// The next event; `None` at the end of the stream.
    pub async fn news(&mut self) -> Option<SessionNews> {
        let next = async {
            loop {
                let block = self.block().await?;
                if let Some(data) = block.lines().find_map(|line| line.strip_prefix("data: ")) {
                    return Some(SessionNews::read(data).unwrap());
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.unwrap()
    }

    /// The next event, which must say that the session runs.
    pub async fn state(&mut self) -> SessionState {
        match self.news().await {
            Some(SessionNews::State(state)) => state,
            other => panic!("no state but {other:?}"),
        }
    }

    /// The reason for the end of the session, which must be the next event and the last one.
    pub async fn end(&mut self) -> String {
        match self.news().await {
            Some(SessionNews::Ended(why)) => {
                assert_eq!(self.news().await, None, "nothing comes after the end");
                why
            }
            other => panic!("no end but {other:?}"),
        }
    }
}
