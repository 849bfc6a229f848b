//! `GET /auth/events`: the times of the cookie's session, then its end and the reason, as they happen (HTML Living
//! Standard 9.2, server-sent events). Listening does not count as activity.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response, Sse, sse::Event},
};
use claimcheck_base::random;
use claimcheck_model::{ABSOLUTE, AppError, IDLE, SessionNews, SessionState};
use claimcheck_server::{
    budget::{Full, Party, Permit},
    guard::{ClientAddress, is_navigation, is_speculative},
    session_layer::cookie_id,
};
use claimcheck_session::{RowKey, SignedIn, StoreError, Watch};
use futures::stream;
use tokio::time::{Instant, sleep, sleep_until};
use tower_sessions::Session;

use crate::handlers::{
    request::{CurrentSession, refuse},
    session_state,
    state::AppState,
};

/// The interval of comments: proxies close silent connections, some after 20 seconds, and disconnected browsers are noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream stays open; then the browser opens the next one. So no abandoned connection keeps its permit, and
/// load is rebalanced between replicas.
const LIFE: Duration = Duration::from_secs(600);
/// The delay before a browser reconnects: at least this many milliseconds and at most twice as many, so that not all
/// reconnect at once.
const RETRY_MILLIS: u64 = 1000;
/// The pause after a failure of the store.
const STORE_RESTS: Duration = Duration::from_secs(2);

/// Responds with a stream, or with something that makes an `EventSource` give up: nothing (204), or a refusal.
pub async fn events(
    State(state): State<AppState>,
    Extension(CurrentSession(current)): Extension<CurrentSession>,
    session: Session,
    parts: Parts,
) -> Response {
    // Navigations and speculative loads get no stream.
    if is_speculative(&parts.headers) || is_navigation(&parts.headers) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let begun = match current {
        Some(signed_in) => {
            Listener::begin(state.clone(), &signed_in, ClientAddress::of(&parts.extensions)).await
        }
        None => Ok(Begun::Over(None)),
    };
    match begun {
        Ok(Begun::Runs(listener)) => {
            answer(stream::unfold(Some(*listener), |listener| async { listener?.next().await }))
        }
        Ok(Begun::Over(by_clock)) => match state.sessions.why_ended(cookie_id(&session)).await {
            Ok(why) => match why.map(|why| why.as_str()).or(by_clock) {
                Some(why) => answer(stream::iter([Ok(ended(why))])),
                None => StatusCode::NO_CONTENT.into_response(),
            },
            Err(error) => store_failed(&parts, &error),
        },
        Ok(Begun::Full(full)) => {
            let status = match full {
                Full::Share(Party::Session | Party::Person) => StatusCode::TOO_MANY_REQUESTS,
                Full::All | Full::Share(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            tracing::warn!(event = "too many event streams", limit = ?full, "an event stream was refused");
            ([(header::RETRY_AFTER, "60")], status).into_response()
        }
        Err(error) => store_failed(&parts, &error),
    }
}

fn store_failed(parts: &Parts, error: &StoreError) -> Response {
    tracing::error!(%error, "the session store is not responding");
    refuse(&parts.into(), AppError::StoreUnavailable)
}

fn answer(events: impl stream::Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let headers = HeaderMap::from_iter([
        // A proxy that compresses it (RFC 9111 5.2.2.6) would keep events back.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform")),
        // Otherwise nginx and similar proxies may buffer it until a page is full. The last event ends the stream, so that
        // a proxy that buffers all of it passes that one on as well.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ]);
    let mut response = Sse::new(events).into_response();
    response.headers_mut().extend(headers);
    response
}

/// The result of a request for the stream.
enum Begun {
    Runs(Box<Listener>),
    /// There is no session; the reason, if it has expired just now.
    Over(Option<&'static str>),
    Full(Full),
}

/// A subscriber: a timer and a subscription, not a task.
struct Listener {
    services: AppState,
    watch: Watch,
    _seat: Permit,
    key: RowKey,
    /// The state when it was last checked.
    state: SessionState,
    closes: Instant,
    is_new: bool,
}

/// The next event, and the subscriber afterwards.
type Next = Option<(Result<Event, Infallible>, Option<Listener>)>;

impl Listener {
    async fn begin(
        services: AppState,
        current: &SignedIn,
        client: ClientAddress,
    ) -> Result<Begun, StoreError> {
        let seat = match services.budget.streams.open(current, client.ip()) {
            Ok(seat) => seat,
            Err(full) => return Ok(Begun::Full(full)),
        };
        // Subscribes first, then checks again, so that no end is missed in between.
        let watch = services.sessions.watch(&current.key);
        let closes = Instant::now() + LIFE + jitter(LIFE.as_secs() / 4 * 1000);
        Ok(match services.sessions.reload(&current.key).await? {
            Some(signed_in) => {
                let state = session_state::state_of(&signed_in, services.clock.now());
                Begun::Runs(Box::new(Self {
                    key: signed_in.key,
                    services,
                    watch,
                    _seat: seat,
                    state,
                    closes,
                    is_new: true,
                }))
            }
            None => Begun::Over(by_clock(&session_state::state_of(current, services.clock.now()))),
        })
    }

    async fn next(mut self) -> Next {
        if self.is_new {
            self.is_new = false;
            let retry = Duration::from_millis(RETRY_MILLIS) + jitter(RETRY_MILLIS);
            return Some((Ok(event(SessionNews::State(self.state.clone())).retry(retry)), Some(self)));
        }
        let left = self.state.idle_until.min(self.state.absolute_until) - self.services.clock.now();
        let end = Duration::from_secs(u64::try_from(left).unwrap_or_default());
        tokio::select! {
            biased;
            () = self.services.stopping.cancelled() => None,
            why = self.watch.ended() => Some((Ok(ended(why.as_str())), None)),
            () = sleep_until(self.closes) => None,
            () = sleep(end), if end <= HEARTBEAT => self.at_the_end().await,
            () = sleep(HEARTBEAT) => Some((Ok(Event::default().comment("")), Some(self))),
        }
    }

    /// The known end has passed; the user may have moved it in the meantime.
    async fn at_the_end(mut self) -> Next {
        let reloaded = self.services.sessions.reload(&self.key).await;
        let now = self.services.clock.now();
        match reloaded {
            Ok(Some(signed_in)) => {
                self.state = session_state::state_of(&signed_in, now);
                Some((Ok(event(SessionNews::State(self.state.clone()))), Some(self)))
            }
            // Or it was ended before it expired: on reconnecting, the page gets the reason.
            Ok(None) => by_clock(&SessionState { now, ..self.state }).map(|why| (Ok(ended(why)), None)),
            Err(error) => {
                tracing::warn!(%error, "cannot check whether a session has ended");
                sleep(STORE_RESTS).await;
                Some((Ok(Event::default().comment("")), Some(self)))
            }
        }
    }
}

/// The reason, if that session has expired.
fn by_clock(state: &SessionState) -> Option<&'static str> {
    if state.now >= state.absolute_until {
        Some(ABSOLUTE)
    } else {
        (state.now >= state.idle_until).then_some(IDLE)
    }
}

fn ended(why: &str) -> Event {
    event(SessionNews::Ended(why.to_owned()))
}

fn event(news: SessionNews) -> Event {
    Event::default().data(news.to_string())
}

/// A random delay of up to `most` milliseconds. Without random bytes there is no delay, which is harmless for a few
/// clients.
fn jitter(most: u64) -> Duration {
    let chance = u32::from_le_bytes(random::bytes().unwrap_or_default());
    Duration::from_millis(u64::from(chance) % most.max(1))
}
