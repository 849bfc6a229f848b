//! The operator's routes. Browsers must not use them: a request that looks like one from a browser is refused before
//! anything is read.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, uri::Authority},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use claimcheck_base::clock::{Clock, UnixSecs};
use claimcheck_model::paths;
use claimcheck_oidc::issuer::issuers;
use claimcheck_session::{EndReason, Listed, Mark, MarkKind, RowKey, Sessions, StoreError};
use serde::Deserialize;
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use url::form_urlencoded;

use crate::{
    audit::{AuditOutcome, Event, Occurrence},
    config::Settings,
    guard::limits,
    operator::{
        Done, Forget, Forgotten, Line, Order, Page, Refused, USER, Which,
        bearer::{self, BoundRequest, Denied},
    },
    requester,
    tokens::Tokens,
};

/// Characters of the name of a user of the operating system.
const MAX_USER: usize = 64;
/// Characters of a browser's own name that are returned.
const MAX_DEVICE: usize = 500;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The dependencies of operator commands. Cheap to clone.
#[derive(Clone)]
pub struct Operator {
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub sessions: Sessions,
    pub tokens: Tokens,
    /// Work that continues if the command stops waiting; the program waits for it before it exits.
    pub tasks: TaskTracker,
}

impl Operator {
    /// Records a command, done or failed because of the store.
    pub(crate) fn record(&self, what: Occurrence, is_done: bool) {
        self.tokens.audit().record(match is_done {
            true => Event::success(what),
            false => Event::not_done(what, AuditOutcome::Failed, "store"),
        });
    }
}

/// The routes, with all checks before them.
pub fn router(operator: Operator) -> Router {
    let routes = Router::new()
        .route(paths::ADMIN_SESSIONS, get(list))
        .route(paths::ADMIN_SESSIONS_END, post(end))
        .route(paths::ADMIN_SESSIONS_FORGET, post(forget))
        .with_state(operator.clone());
    admitted(&operator, routes)
}

/// These routes for operators only, with all checks before them.
pub fn admitted(operator: &Operator, routes: Router) -> Router {
    // The last layer is the outermost.
    routes
        .route_layer(from_fn_with_state(operator.clone(), admit))
        .route_layer(from_fn(limits::body))
        .route_layer(from_fn(no_browser))
        .route_layer(from_fn_with_state(operator.clone(), record_refusals))
        .route_layer(from_fn_with_state(limits::REQUEST_TIME, limits::time))
}

/// Why a request was refused, for the audit log.
#[derive(Clone)]
struct RefusedFor(String);

/// Records what is refused before a command is carried out.
async fn record_refusals(State(operator): State<Operator>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    if let Some(RefusedFor(reason)) = response.extensions().get() {
        let what = Occurrence::OperatorRefused { path };
        operator.tokens.audit().record(Event::not_done(what, AuditOutcome::Refused, reason));
    }
    response
}

/// Refuses requests that a page could send: they carry an origin or fetch metadata, or a host name that was made to
/// resolve to this machine (DNS rebinding). No response has a header that would let a page read it.
async fn no_browser(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let site = headers.get_all(SEC_FETCH_SITE).iter().all(|site| site == "none");
    let reason = if !is_by_address(headers, request.uri()) {
        "Host must be an IP address or localhost"
    } else if headers.contains_key(header::ORIGIN) || !site {
        "requests from browsers are not accepted"
    } else {
        return next.run(request).await;
    };
    refuse(StatusCode::FORBIDDEN, reason)
}

/// Whether the request names this machine by an address, or as `localhost`, which no name server can redirect.
fn is_by_address(headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next(), uri.authority()) {
        (Some(host), None, None) => Authority::try_from(host.as_bytes()).ok(),
        _ => None,
    };
    let host = named.as_ref().map(|named| named.host().trim_start_matches('[').trim_end_matches(']'));
    host.is_some_and(|host| host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok())
}

/// Accepts a request that was sealed with the session keys, for this request, just now, and not used before.
async fn admit(State(operator): State<Operator>, request: Request, next: Next) -> Response {
    if operator.settings.session_keys.is_none() {
        let reason = "this server has no configured session keys: set CLAIMCHECK_SESSION_KEYS for it";
        return refuse(StatusCode::SERVICE_UNAVAILABLE, reason);
    }
    let (parts, body) = request.into_parts();
    // The body has been read already, and is not larger than that.
    let Ok(body) = to_bytes(body, limits::MAX_BODY).await else {
        return refuse(StatusCode::BAD_REQUEST, "the request was incomplete");
    };
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let asked = BoundRequest { method: parts.method.as_str(), target, body: &body };
    let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.strip_prefix("Bearer "));
    let opened = bearer
        .ok_or(Denied::Missing)
        .and_then(|bearer| bearer::open(operator.sessions.keyring(), asked, bearer, operator.clock.now()));
    let (entry, until) = match opened {
        Ok(opened) => opened,
        Err(denied) => return refuse(StatusCode::UNAUTHORIZED, &denied.to_string()),
    };
    match operator.sessions.mark_used(Mark { kind: MarkKind::Command, entry, until }).await {
        Ok(true) => {}
        Ok(false) => return refuse(StatusCode::UNAUTHORIZED, &Denied::Used.to_string()),
        Err(error) => return store_failed(&error, 0),
    }
    if let Some(user) = user_of(parts.uri.query().unwrap_or_default()) {
        requester::note_operator(user);
    }
    let mut response = next.run(Request::from_parts(parts, Body::from(body))).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The user of the operating system, as the command states it. The command is sealed with the session keys, so this is as
/// trustworthy as the people who have them.
fn user_of(query: &str) -> Option<String> {
    let mut users = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == USER);
    let user: String = users.next()?.1.chars().filter(|c| !c.is_control()).take(MAX_USER).collect();
    (!user.is_empty()).then_some(user)
}

#[derive(Deserialize)]
struct Wanted {
    sub: Option<String>,
    after: Option<String>,
}

async fn list(State(operator): State<Operator>, Query(wanted): Query<Wanted>) -> Response {
    let listed = page(&operator, wanted.sub.as_deref(), wanted.after.as_deref()).await;
    let count = listed.as_ref().map_or(0, |listed| listed.len() as u64);
    let what =
        Occurrence::OperatorList { of_sub: wanted.sub.clone().filter(|sub| !sub.is_empty()), listed: count };
    // A command asks on until there are no more.
    if wanted.after.as_deref().is_none_or(str::is_empty) || count > 0 || listed.is_err() {
        operator.record(what, listed.is_ok());
    }
    match listed {
        Ok(listed) => {
            let next = listed.last().map(|last| last.key.as_str().to_owned());
            Json(Page { sessions: listed.into_iter().map(line).collect(), next }).into_response()
        }
        Err(error) => store_failed(&error, 0),
    }
}

/// The next running sessions of that subject or of all. An invalid key sorts before all others.
async fn page(
    operator: &Operator,
    sub: Option<&str>,
    after: Option<&str>,
) -> Result<Vec<Listed>, StoreError> {
    let after = after.and_then(RowKey::parse);
    let Some(sub) = sub else { return operator.sessions.page(None, after.as_ref()).await };
    let (mut all, mut longest) = (Vec::new(), 0);
    for iss in issuers(&operator.settings.issuer, &operator.settings.tenants) {
        let listed = operator.sessions.page(Some((&iss, sub)), after.as_ref()).await?;
        longest = longest.max(listed.len());
        all.extend(listed);
    }
    // In the order of the store, and no further than the longest page: what is cut off begins the next one.
    all.sort_by(|one, other| one.key.as_str().cmp(other.key.as_str()));
    all.truncate(longest);
    Ok(all)
}

fn line(listed: Listed) -> Line {
    Line {
        reference: listed.key.reference(),
        key: listed.key.as_str().to_owned(),
        iss: listed.owner.iss,
        sub: listed.owner.sub,
        sid: listed.owner.sid,
        device: listed.label.user_agent.map(|device| device.chars().take(MAX_DEVICE).collect()),
        signed_in_at: utc(listed.created_at),
        last_active_at: utc(listed.last_active_at),
        idle_until: utc(listed.idle_until),
        absolute_until: utc(listed.absolute_until),
    }
}

/// RFC 3339, in UTC.
fn utc(at: UnixSecs) -> String {
    jiff::Timestamp::from_second(at).unwrap_or_default().to_string()
}

async fn end(State(operator): State<Operator>, Json(order): Json<Order>) -> Response {
    // Runs as its own task: if the caller disconnects, the tokens of ended sessions must still be revoked.
    let ending = requester::carry(end_and_revoke(operator.clone(), order).in_current_span());
    match operator.tasks.spawn(ending).await {
        Ok(response) => response,
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "an error occurred: see the server's log"),
    }
}

async fn end_and_revoke(operator: Operator, order: Order) -> Response {
    let mut ended = Vec::new();
    let outcome = end_some(&operator, &order, &mut ended).await;
    let (which, of_sub) = match &order.which {
        Which::Keys(_) => ("keys", None),
        Which::Sub(sub) => ("sub", Some(sub.clone())),
        Which::All => ("all", None),
    };
    // A command goes on until there are no more.
    if order.after.is_none() || !ended.is_empty() || outcome.is_err() {
        let what = Occurrence::OperatorEnd { which, of_sub, ended: ended.len() as u64 };
        operator.record(what, outcome.is_ok());
    }
    match outcome {
        Ok(next) => Json(Done { ended, next }).into_response(),
        Err(error) => store_failed(&error, ended.len()),
    }
}

/// Ends the sessions that the order names. If there may be more, returns the key to continue after.
async fn end_some(
    operator: &Operator,
    order: &Order,
    ended: &mut Vec<String>,
) -> Result<Option<String>, StoreError> {
    let after = order.after.as_deref();
    let listed = match &order.which {
        Which::Keys(_) => Vec::new(),
        Which::Sub(sub) => page(operator, Some(sub), after).await?,
        Which::All => page(operator, None, after).await?,
    };
    let keys: Vec<RowKey> = match &order.which {
        Which::Keys(keys) => keys.iter().filter_map(|key| RowKey::parse(key)).collect(),
        Which::Sub(_) | Which::All => listed.into_iter().map(|session| session.key).collect(),
    };
    // Sessions that have ended stay so, even if the rest fails.
    let revocations = operator.tokens.revoke_many();
    for key in &keys {
        if let Some(now) = operator.sessions.end(key, EndReason::Operator).await? {
            tracing::info!(event = "session ended", key = key.as_str(), "by an operator");
            ended.push(key.as_str().to_owned());
            // Those of another issuer, from earlier settings, must not be sent to this one (RFC 9700 4.4.2).
            if let Some(tokens) = now.tokens.filter(|_| operator.settings.is_issuer(&now.owner.iss)) {
                // The task receives while this sender exists.
                let _ = revocations.send(tokens);
            }
        }
    }
    let goes_on = !matches!(order.which, Which::Keys(_));
    Ok(keys.last().filter(|_| goes_on).map(|key| key.as_str().to_owned()))
}

async fn forget(State(operator): State<Operator>, Json(Forget { sub }): Json<Forget>) -> Response {
    let mut lines = 0;
    let mut failure = None;
    for iss in issuers(&operator.settings.issuer, &operator.settings.tenants) {
        match operator.sessions.forget_activity(&iss, &sub).await {
            Ok(count) => lines += count,
            Err(error) => failure = Some(error),
        }
    }
    operator.record(Occurrence::OperatorForget { of_sub: sub, lines }, failure.is_none());
    match failure {
        None => Json(Forgotten { lines }).into_response(),
        Some(error) => store_failed(&error, 0),
    }
}

fn store_failed(error: &StoreError, ended: usize) -> Response {
    tracing::error!(%error, ended, "an operator command failed");
    let rest = if ended > 0 { format!("; sessions ended before: {ended}") } else { String::new() };
    answer(StatusCode::SERVICE_UNAVAILABLE, format!("the session store is not responding{rest}"))
}

/// Refuses a command, with this reason for the operator.
pub(crate) fn refuse(status: StatusCode, reason: &str) -> Response {
    tracing::warn!(event = "operator refused", status = status.as_u16(), reason);
    let mut response = answer(status, reason.to_owned());
    response.extensions_mut().insert(RefusedFor(reason.to_owned()));
    response
}

fn answer(status: StatusCode, error: String) -> Response {
    (status, Json(Refused { error })).into_response()
}
