//! The cookie: what tower-sessions is told and kept from doing. Its layer reads the id and writes the cookie of a
//! sign-in; its session bag is closed, because its saves are last-writer-wins. Traps: `standards.md` 3.3.

use std::{collections::HashMap, convert::Infallible};

use async_trait::async_trait;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::Route,
};
use tower::{Layer, Service, ServiceBuilder};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer,
    cookie::{Cookie, SameSite, time::Duration},
    session::{Error, Id, Record},
    session_store::{self, SessionStore as Bag},
};

use super::{sessions::Sessions, store::StoreError};

/// The name over https: browsers take it only with `Secure`, `Path=/` and no `Domain` (RFC 6265bis 4.1.3.2).
const HTTPS_NAME: &str = "__Host-claimcheck";
/// The name over http, which is for loopback addresses only.
const LOOPBACK_NAME: &str = "claimcheck";

/// Where `bind` writes the id for the adapter to read, in the bag that is never stored.
const CHOSEN: &str = "id";
/// What the adapter leaves there, so that it knows the bag as one of ours.
const BOUND: &str = "bound";

/// The session cookie: `HttpOnly`, `SameSite=Lax` (with `Strict` the first page after the provider would look signed out),
/// `Path=/`, no `Domain`, and over https `Secure` and the `__Host-` prefix. `Max-Age` is the absolute lifetime,
/// so that closing the browser by accident costs nothing; the server ends sessions, by idle time, far earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieSettings {
    secure: bool,
}

impl CookieSettings {
    /// For a public URL with https, or else one with http on loopback.
    pub const fn new(https: bool) -> Self {
        Self { secure: https }
    }

    /// The cookie's name.
    pub const fn name(self) -> &'static str {
        if self.secure { HTTPS_NAME } else { LOOPBACK_NAME }
    }

    /// Whether it is for https.
    pub const fn secure(self) -> bool {
        self.secure
    }

    /// What removes it. A removal without `Secure` is ignored for `__Host-` names: tower-sessions 0.15.0 sends one of those.
    pub(super) const fn removal(self) -> HeaderValue {
        HeaderValue::from_static(if self.secure {
            "__Host-claimcheck=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        } else {
            "claimcheck=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
        })
    }

    /// What sets it: byte for byte what the layer sends.
    fn issue(self, id: Id, max_age: Duration) -> Option<HeaderValue> {
        let cookie = Cookie::build((self.name(), id.to_string()))
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .path("/")
            .max_age(max_age);
        HeaderValue::try_from(cookie.build().to_string()).ok()
    }
}

/// The layer for the whole router, outside everything that may answer for a handler (panics, time limits), so that their
/// answers too carry the cookie of a sign-in. Three parts, from outside:
/// 1. cookies that only look like ours are taken out of the request;
/// 2. tower-sessions reads the id, hands it in as `Session`, and sets the cookie after a sign-in;
/// 3. it does not do that on a 5xx answer, and we do: the old id is dead by then, and without the new one the person is out.
pub fn layer(
    sessions: &Sessions,
) -> impl Layer<
    Route,
    Service: Service<Request, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
                 + Clone
                 + Send
                 + Sync
                 + 'static,
> + Clone
+ Send
+ Sync
+ 'static {
    let cookie = sessions.cookie();
    let max_age = Duration::seconds(sessions.lifetimes().absolute_secs);
    let manager = SessionManagerLayer::new(ClosedBag)
        .with_name(cookie.name())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(cookie.secure())
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(max_age));
    ServiceBuilder::new()
        .layer(from_fn_with_state(cookie, drop_impostors))
        .layer(manager)
        .layer(from_fn_with_state((cookie, max_age), issue_on_failure))
}

/// Makes `id` the one of this request and response, whatever the browser sent.
pub(super) async fn bind(layer: &Session, id: Id) -> Result<(), StoreError> {
    let bound = async {
        // With the id forgotten, `save` asks the adapter for one, and the adapter finds it in the bag.
        layer.cycle_id().await?;
        layer.insert(CHOSEN, id.to_string()).await?;
        layer.save().await
    };
    bound.await.map_err(|error: Error| StoreError::backend(error))
}

/// What tower-sessions is given for a store: nothing is loaded, stored or deleted.
#[derive(Clone, Debug)]
pub(super) struct ClosedBag;

#[async_trait]
impl Bag for ClosedBag {
    /// Takes over the id of a sign-in; without one somebody wrote into the bag, which would make an anonymous session.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let chosen = record.data.remove(CHOSEN);
        let id = chosen.as_ref().and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
        record.id = id.ok_or_else(closed)?;
        record.data = HashMap::from([(BOUND.to_owned(), true.into())]);
        Ok(())
    }

    /// The row of a sign-in is written already, and may be gone again by now: neither is an error here.
    /// A write without a sign-in is: the layer would confirm an id that nobody knows.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if record.data.contains_key(BOUND) { Ok(()) } else { Err(closed()) }
    }

    /// An empty record for any id, since only `bind` asks, and drops it.
    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let expiry_date = tower_sessions::cookie::time::OffsetDateTime::UNIX_EPOCH;
        Ok(Some(Record { id: *id, data: HashMap::new(), expiry_date }))
    }

    async fn delete(&self, _: &Id) -> session_store::Result<()> {
        Ok(())
    }
}

fn closed() -> session_store::Error {
    session_store::Error::Backend("the session bag is closed: use Sessions".into())
}

/// tower-sessions reads cookies with percent-decoded names and trims Unicode white space, so a cookie that a sibling host
/// may set (`%5F_Host-claimcheck`) would pass for the protected one; it answers a malformed id with a removal cookie; and
/// one cookie that is not UTF-8 hides all others.
async fn drop_impostors(State(cookie): State<CookieSettings>, mut request: Request, next: Next) -> Response {
    keep_genuine(request.headers_mut(), cookie.name());
    next.run(request).await
}

fn keep_genuine(headers: &mut HeaderMap, name: &str) {
    let lines: Vec<_> = headers.get_all(header::COOKIE).iter().cloned().collect();
    let kept: Vec<_> = lines
        .iter()
        .map(|line| {
            let pairs = line.as_bytes().split(|byte| *byte == b';');
            pairs.filter(|pair| !is_impostor(pair, name)).collect::<Vec<_>>().join(&b';')
        })
        .collect();
    if lines.iter().zip(&kept).all(|(line, kept)| line.as_bytes() == kept) {
        return;
    }
    tracing::debug!("a cookie that only looks like the session's, or is not text, is ignored");
    headers.remove(header::COOKIE);
    for line in kept.iter().filter(|line| !line.is_empty()) {
        if let Ok(line) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, line);
        }
    }
}

/// Whether tower-sessions would read the pair as the session's cookie although it is not written as one, or could
/// not read it.
fn is_impostor(pair: &[u8], name: &str) -> bool {
    let Ok(pair) = std::str::from_utf8(pair) else { return true };
    let read_as_ours = Cookie::parse_encoded(pair).is_ok_and(|read| read.name() == name);
    let value = pair.trim_start_matches(' ').strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
    read_as_ours && value.is_none_or(|value| value.parse::<Id>().is_err())
}

async fn issue_on_failure(
    State((cookie, max_age)): State<(CookieSettings, Duration)>,
    request: Request,
    next: Next,
) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let sent = session.as_ref().and_then(Session::id);
    let mut response = next.run(request).await;
    let id = session.as_ref().and_then(Session::id).filter(|id| Some(*id) != sent);
    if response.status().is_server_error()
        && let Some(value) = id.and_then(|id| cookie.issue(id, max_age))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
