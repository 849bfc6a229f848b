//! The session cookie. The layer of tower-sessions reads the id from it, and sets it after a sign-in; `Sessions` of the
//! session crate does the rest. The session bag of tower-sessions is closed, because the last of its concurrent saves wins.

use std::{borrow::Cow, collections::HashMap, convert::Infallible};

use async_trait::async_trait;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::Route,
};
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::base_path::base_path;
use claimcheck_session::{CookieId, NewSession, RowKey, Sessions, SignedIn, Started, StoreError};
use tower::{Layer, Service, ServiceBuilder};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer,
    cookie::{Cookie, SameSite, time::Duration},
    session::{Error, Id, Record},
    session_store::{self, SessionStore as Bag},
};

use crate::{cookies, shared_service::SharedLayer};

#[cfg(test)]
mod tests;

/// The name over https: browsers accept it only with `Secure`, `Path=/` and no `Domain` (RFC 6265bis 4.1.3.2).
const HTTPS_NAME: &str = "__Host-claimcheck";
/// The name over http, which is for loopback addresses only.
const LOOPBACK_NAME: &str = "claimcheck";
/// What it is called below a path, among our other cookies: see `cookies`.
const BELOW_A_PATH: &str = "session";

/// The key in the bag, which is never stored, under which `bind` passes the id to [`ClosedBag`].
const CHOSEN: &str = "id";
/// The key that [`ClosedBag`] leaves there instead, to recognize a bag that `bind` has saved.
const BOUND: &str = "bound";

/// The session cookie: `HttpOnly`, `SameSite=Lax` (with `Strict` the first page after the provider would look signed out),
/// the path of the public URL, no `Domain`, and over https `Secure` and the `__Host-` prefix, or `__Secure-` below a path. `Max-Age` is the absolute lifetime, so that
/// closing the browser by accident does not sign the user out. The idle timeout on the server ends sessions far earlier.
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
    pub fn name(self) -> Cow<'static, str> {
        match (base_path().is_empty(), self.secure) {
            (true, true) => HTTPS_NAME.into(),
            (true, false) => LOOPBACK_NAME.into(),
            (false, _) => cookies::own_name(BELOW_A_PATH, self.secure).into(),
        }
    }

    /// Whether it is for https.
    pub const fn secure(self) -> bool {
        self.secure
    }

    /// The `Set-Cookie` of a sign-out, and of nothing else: a late response to a request with an old id must not remove the
    /// cookie of a new session. Browsers ignore a removal of a `__Host-` name without `Secure`, which is what
    /// tower-sessions 0.15.0 sends.
    pub fn removal(self) -> Option<HeaderValue> {
        let (name, secure) = (self.name(), if self.secure { "; Secure" } else { "" });
        let text = format!("{name}=; HttpOnly; SameSite=Lax{secure}; Path={}; Max-Age=0", cookies::path());
        HeaderValue::try_from(text).ok()
    }

    /// The `Set-Cookie` that sets it, byte for byte as the layer sends it.
    fn issue(self, id: Id, max_age: Duration) -> Option<HeaderValue> {
        let cookie = Cookie::build((self.name(), id.to_string()))
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .path(cookies::path())
            .max_age(max_age);
        HeaderValue::try_from(cookie.build().to_string()).ok()
    }
}

/// The layer for the whole router, outside all layers that may respond instead of a handler (panics, time limits), so
/// that those responses carry the cookie of a sign-in as well. `lifetime_secs` is the absolute lifetime of sessions in
/// seconds.
/// Three parts, from outside:
/// 1. cookies that only look like ours are removed from the request;
/// 2. tower-sessions reads the id, provides it as `Session`, and sets the cookie after a sign-in;
/// 3. it does not do that with a 5xx response, so we do: the old id is dead by then, and without the new one the user would
///    be signed out.
pub fn layer(
    cookie: CookieSettings,
    lifetime_secs: i64,
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
    let max_age = Duration::seconds(lifetime_secs);
    let manager = SessionManagerLayer::new(ClosedBag)
        .with_name(cookie.name())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(cookie.secure())
        .with_path(cookies::path())
        .with_expiry(Expiry::OnInactivity(max_age));
    ServiceBuilder::new()
        .layer(from_fn_with_state(cookie, drop_impostors))
        .layer(manager)
        .layer(from_fn_with_state((cookie, max_age), issue_on_failure))
        .layer(SharedLayer)
}

/// The id in the session cookie of a request.
pub fn cookie_id(session: &Session) -> Option<CookieId> {
    session.id().map(|id| CookieId(id.0.to_le_bytes()))
}

/// [`Sessions::start`], with the cookie on this response, with any status.
///
/// # Errors
/// As [`Sessions::start`].
pub async fn start_session(
    sessions: &Sessions,
    session: &Session,
    iss: String,
    sub: String,
    sign_in: &NewSession,
) -> Result<Option<Started>, StoreError> {
    bind_started(session, sessions.start(iss, sub, sign_in).await?).await
}

/// [`Sessions::start_beside`], with the cookie on this response, with any status.
///
/// # Errors
/// As [`Sessions::start_beside`].
pub async fn start_session_beside(
    sessions: &Sessions,
    session: &Session,
    (iss, sub): (String, String),
    sign_in: &NewSession,
    at: (RowKey, UnixSecs),
) -> Result<Option<Started>, StoreError> {
    bind_started(session, sessions.start_beside(iss, sub, sign_in, at).await?).await
}

/// [`Sessions::renew`], with the cookie on this response, with any status.
///
/// # Errors
/// As [`Sessions::renew`].
pub async fn renew_session(
    sessions: &Sessions,
    session: &Session,
    current: &SignedIn,
    sign_in: &NewSession,
) -> Result<Option<Started>, StoreError> {
    bind_started(session, sessions.renew(current, sign_in).await?).await
}

/// Sets the cookie of another request of the same browser, which waited for the same sign-in as `first`.
///
/// # Errors
/// tower-sessions fails.
pub async fn share_session(session: &Session, first: &Session) -> Result<(), StoreError> {
    match first.id() {
        Some(id) if session.id() != Some(id) => bind(session, id).await,
        _ => Ok(()),
    }
}

async fn bind_started(session: &Session, started: Option<Started>) -> Result<Option<Started>, StoreError> {
    if let Some(started) = &started {
        bind(session, Id(i128::from_le_bytes(started.id.0))).await?;
    }
    Ok(started)
}

/// Makes `id` the id of this request and response, whatever the browser sent.
async fn bind(session: &Session, id: Id) -> Result<(), StoreError> {
    let bound = async {
        // Once the id is cleared, `save` asks the bag for a new one, and the bag finds `id` in its data.
        session.cycle_id().await?;
        session.insert(CHOSEN, id.to_string()).await?;
        session.save().await
    };
    bound.await.map_err(|error: Error| StoreError::backend(error))
}

/// The store of tower-sessions: it loads, stores and deletes nothing.
#[derive(Clone, Debug)]
struct ClosedBag;

#[async_trait]
impl Bag for ClosedBag {
    /// Uses the id of a sign-in. Without one, a handler has written into the bag, which would create an anonymous session.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let chosen = record.data.remove(CHOSEN);
        let id = chosen.as_ref().and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
        record.id = id.ok_or_else(bag_is_closed)?;
        record.data = HashMap::from([(BOUND.to_owned(), true.into())]);
        Ok(())
    }

    /// The row of a sign-in has been written already, and may be gone again by now; neither is an error. A write without a
    /// sign-in is: the layer would confirm an id that the store does not know.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if record.data.contains_key(BOUND) { Ok(()) } else { Err(bag_is_closed()) }
    }

    /// An empty record for any id: only `bind` loads one, and discards it.
    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let expiry_date = tower_sessions::cookie::time::OffsetDateTime::UNIX_EPOCH;
        Ok(Some(Record { id: *id, data: HashMap::new(), expiry_date }))
    }

    async fn delete(&self, _: &Id) -> session_store::Result<()> {
        Ok(())
    }
}

fn bag_is_closed() -> session_store::Error {
    session_store::Error::Backend("the session bag is closed: use Sessions".into())
}

/// tower-sessions percent-decodes the names of cookies and trims Unicode white space, so a cookie that a sibling host can set
/// (`%5F_Host-claimcheck`) would pass for the protected one. It responds to a malformed id with a removal cookie. And one
/// cookie that is not UTF-8 hides all others.
async fn drop_impostors(State(cookie): State<CookieSettings>, mut request: Request, next: Next) -> Response {
    keep_genuine(request.headers_mut(), &cookie.name());
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
    tracing::debug!("a session cookie with an invalid value is ignored");
    headers.remove(header::COOKIE);
    for line in kept.iter().filter(|line| !line.is_empty()) {
        if let Ok(line) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, line);
        }
    }
}

/// Whether tower-sessions would accept the pair as the session's cookie although it is not written as one, or could not
/// parse it.
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
