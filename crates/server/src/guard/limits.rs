//! Limits for one request (OP-04, OP-09): sizes, time, concurrency, panics. The numbers are constants, except that a
//! request has time for its outgoing calls: no legitimate request of a dashboard comes close to them. How many requests
//! and bodies there may be at once is in `budget/`.

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use claimcheck_model::AppError;
use futures::FutureExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::{
    ClientAddress, Policy, Verdict,
    refusal::{ResponseFormat, refuse},
};
use crate::{budget::Full, config::Settings};

/// Bytes of a request's body.
pub const MAX_BODY: usize = 64 * 1024;
/// Bytes of a request's path and query.
pub const MAX_URI: usize = 8 * 1024;
/// Bytes of a request's header names and values together; includes cookies of other programs on `localhost`.
pub const MAX_HEADERS: usize = 32 * 1024;
/// Time limit for the body to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(10);
/// The time that a request has beside its outgoing calls.
const BESIDE_CALLS: Duration = Duration::from_secs(10);
/// The calls to the provider that a sign-in makes one after the other: metadata, code exchange, keys, UserInfo.
const PROVIDER_CALLS: u32 = 4;
/// The least timeout of the one call to an API that a request waits for: that of an action.
const API_CALL: Duration = Duration::from_secs(20);

/// Time limit until the head of the response, for requests without outgoing calls or with the usual timeouts.
pub const REQUEST_TIME: Duration = BESIDE_CALLS.saturating_add(API_CALL);

/// Time limit until the head of the response: longer than all outgoing calls of one request together. That is
/// [`REQUEST_TIME`] unless the settings give provider or API more time.
pub(super) fn request_time(settings: &Settings) -> Duration {
    let outgoing = &settings.outgoing;
    let of_apis = settings.apis.all().filter_map(|api| api.timeout);
    let longest = of_apis.fold(API_CALL.max(outgoing.api_timeout), Duration::max);
    BESIDE_CALLS + longest.max(outgoing.provider_timeout * PROVIDER_CALLS)
}

/// Answers a panic in a route with 500. The panic hook has logged its location.
pub(super) async fn contain_panics(request: Request, next: Next) -> Response {
    let asked = ResponseFormat::from(&request);
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        // The payload is not logged: it may contain request data.
        Err(_payload) => refuse(&asked, StatusCode::INTERNAL_SERVER_ERROR, AppError::Internal, "panic"),
    }
}

/// Reads the body, and then takes a place for the request: 503 if there is none. While the body arrives, it has a place
/// among the bodies, so that slow bodies do not keep out requests. Health checks are outside of this.
pub(super) async fn admit(State(policy): State<Policy>, mut request: Request, next: Next) -> Response {
    let client = ClientAddress::of(request.extensions()).ip();
    let busy = |asked: &ResponseFormat, full, reasons: [&'static str; 2]| {
        let [all, share] = reasons;
        let reason = if full == Full::All { all } else { share };
        refuse(asked, StatusCode::SERVICE_UNAVAILABLE, AppError::Busy, reason)
    };
    let mut held_bytes = None;
    if !request.body().is_end_stream() {
        let announced = usize::try_from(request.body().size_hint().upper().unwrap_or(u64::MAX));
        let asked = ResponseFormat::from(&request);
        let (place, mut bytes) = match policy.budget.body(client, announced.unwrap_or(MAX_BODY).min(MAX_BODY))
        {
            Ok(permits) => permits,
            Err(full) => return busy(&asked, full, ["too many bodies", "too many bodies of one network"]),
        };
        request = match read_body(request).await {
            Ok(request) => request,
            Err(refusal) => return refusal,
        };
        drop(place);
        bytes.reduce_to(usize::try_from(request.body().size_hint().lower()).unwrap_or(MAX_BODY));
        held_bytes = Some(bytes);
    }
    let response = match policy.budget.request(client) {
        Ok(_place) => next.run(request).await,
        Err(full) => {
            let asked = ResponseFormat::from(&request);
            busy(&asked, full, ["too many at once", "too many at once of one network"])
        }
    };
    drop(held_bytes);
    response
}

/// Answers 503 if a request takes too long. Work that must not be interrupted runs detached.
pub async fn time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let asked = ResponseFormat::from(&request);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(&asked, StatusCode::SERVICE_UNAVAILABLE, AppError::Busy, "took too long"),
    }
}

/// Refuses long URLs with 414 and large headers with 431. (hyper itself allows at most 100 headers.)
pub(super) fn head_size(_: &Policy, request: &Request) -> Verdict {
    let uri = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let status = if uri > MAX_URI {
        StatusCode::URI_TOO_LONG
    } else if headers > MAX_HEADERS {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    } else {
        return None;
    };
    Some(refuse(&ResponseFormat::from(request), status, AppError::Invalid, "head too large"))
}

/// Reads the body before a route runs, so that no route can forget the limit or see an incomplete body.
pub async fn body(request: Request, next: Next) -> Response {
    match read_body(request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal,
    }
}

/// The request with its whole body. 413 if the body is too large, 408 if it does not arrive in time.
async fn read_body(request: Request) -> Result<Request, Response> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let asked = ResponseFormat::from(&request);
    let refused = |status, reason| refuse(&asked, status, AppError::Invalid, reason);
    // If the length is announced, nothing needs to be read.
    if request.body().size_hint().lower() > MAX_BODY as u64 {
        return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "body too large"));
    }
    let (parts, body) = request.into_parts();
    match tokio::time::timeout(BODY_TIME, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(body)) => Ok(Request::from_parts(parts, Body::from(body.to_bytes()))),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "body too large"))
        }
        Ok(Err(_)) => Err(refused(StatusCode::BAD_REQUEST, "body incomplete")),
        Err(_) => Err(refused(StatusCode::REQUEST_TIMEOUT, "body too slow")),
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, time::Duration};

    use axum::{Router, body::Body, routing::any};
    use futures::{StreamExt, stream};

    use super::{
        super::{
            Refusal, finish, protect,
            testing::{LOCAL, app, behind_guard, body, get, policy, request, send},
        },
        MAX_BODY, MAX_HEADERS, MAX_URI, request_time,
    };
    use crate::config::testing::accepts;

    const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

    #[tokio::test]
    async fn op_04_a_body_has_a_limit_announced_or_not() {
        let echo = Router::new().fallback(|body: String| async move { body.len().to_string() });
        let app = behind_guard(echo, LOCAL);
        for (size, expected) in [(0, 200), (MAX_BODY, 200), (MAX_BODY + 1, 413)] {
            let announced = send(app.clone(), request("POST", "/", &[OURS], "a".repeat(size))).await;
            assert_eq!(announced.status(), expected, "{size}");
            let chunks =
                stream::iter("a".repeat(size).into_bytes()).map(|byte| Ok::<_, Infallible>(vec![byte]));
            let streamed = send(app.clone(), request("POST", "/", &[OURS], Body::from_stream(chunks))).await;
            assert_eq!(streamed.status(), expected, "{size}");
            if expected == 200 {
                assert_eq!(body(streamed).await, size.to_string());
            }
        }
        let endless = stream::repeat_with(|| Ok::<_, Infallible>("a".repeat(1000)));
        let response = send(app, request("POST", "/", &[OURS], Body::from_stream(endless))).await;
        assert_eq!(response.status(), 413);
    }

    #[tokio::test(start_paused = true)]
    async fn op_04_a_body_must_arrive_in_time() {
        let drip = |pause| {
            stream::iter(0..4).then(move |_| async move {
                tokio::time::sleep(Duration::from_secs(pause)).await;
                Ok::<_, Infallible>("a")
            })
        };
        for (pause, expected) in [(2, 200), (3, 408)] {
            let sent = request("POST", "/", &[OURS], Body::from_stream(drip(pause)));
            assert_eq!(send(app(LOCAL), sent).await.status(), expected, "{pause}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn f07_a_body_that_trickles_holds_no_place_of_a_request_and_gives_back_its_own() {
        let policy = policy(LOCAL);
        let app = finish(protect(Router::new().fallback(|body: String| async { body }), &policy), &policy);
        let trickle = |parts: usize| {
            let parts = stream::iter(0..parts).then(|_| async {
                tokio::time::sleep(Duration::from_secs(3)).await;
                Ok::<_, Infallible>("a")
            });
            request("POST", "/", &[OURS], Body::from_stream(parts))
        };
        let budget = &policy.budget;
        for (parts, expected) in [(3, 200), (100, 408)] {
            let slow = tokio::spawn(send(app.clone(), trickle(parts)));
            tokio::time::sleep(Duration::from_secs(8)).await;
            let used = [&budget.requests, &budget.bodies, &budget.body_bytes].map(|pool| pool.used());
            assert_eq!(used, [0, 1, MAX_BODY], "an unknown length counts as the largest");
            assert_eq!(slow.await.unwrap().status(), expected);
            let used = [&budget.requests, &budget.bodies, &budget.body_bytes].map(|pool| pool.used());
            assert_eq!(used, [0, 0, 0]);
        }
    }

    #[tokio::test]
    async fn f07_bodies_and_their_bytes_have_limits() {
        let policy = policy(LOCAL);
        let app = finish(protect(Router::new().fallback(|body: String| async { body }), &policy), &policy);
        let posted = || request("POST", "/", &[OURS], "a");
        for pool in [&policy.budget.bodies, &policy.budget.body_bytes] {
            let all = pool.take(pool.total(), &[]).ok().unwrap();
            let refused = send(app.clone(), posted()).await;
            assert_eq!(
                (refused.status().as_u16(), refused.headers().contains_key("retry-after")),
                (503, true)
            );
            assert_eq!(send(app.clone(), get("/", &[])).await.status(), 200, "a request without a body");
            drop(all);
            assert_eq!(send(app.clone(), posted()).await.status(), 200);
        }
    }

    #[tokio::test]
    async fn op_04_a_head_has_limits() {
        for (size, expected) in [(MAX_URI, 200), (MAX_URI + 1, 414)] {
            let uri = format!("/?{}", "a".repeat(size - 2));
            assert_eq!(send(app(LOCAL), get(&uri, &[])).await.status(), expected, "{size}");
        }
        for (size, expected) in [(MAX_HEADERS, 200), (MAX_HEADERS + 1, 431)] {
            let cookie = "a".repeat(size - "cookie".len());
            assert_eq!(send(app(LOCAL), get("/", &[("cookie", &cookie)])).await.status(), expected, "{size}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn op_04_a_request_has_its_time() {
        for (secs, expected) in [(29, 200), (31, 503)] {
            let slow = any(move || tokio::time::sleep(Duration::from_secs(secs)));
            let response = send(behind_guard(Router::new().route("/", slow), LOCAL), get("/", &[])).await;
            assert_eq!(response.status(), expected, "{secs}");
            assert_eq!(response.headers().contains_key("retry-after"), expected == 503);
        }
    }

    #[test]
    fn r25_a_request_has_time_for_the_calls_that_the_settings_allow() {
        let time = |changes: &[(&str, &str)]| request_time(&accepts(changes)).as_secs();
        assert_eq!(time(&[]), 30);
        for (setting, secs) in [
            (("CLAIMCHECK_PROVIDER_TIMEOUT", "1s"), 30),
            (("CLAIMCHECK_PROVIDER_TIMEOUT", "20s"), 90),
            (("CLAIMCHECK_API_TIMEOUT", "15s"), 30),
            (("CLAIMCHECK_API_TIMEOUT", "2m"), 130),
        ] {
            assert_eq!(time(&[setting]), secs, "{setting:?}");
        }
    }

    #[tokio::test]
    async fn op_04_only_so_many_at_once() {
        let policy = policy(LOCAL);
        let app = finish(protect(Router::new().fallback(|| async {}), &policy), &policy);
        let requests = &policy.budget.requests;
        let taken = requests.take(requests.total() - 1, &[]).ok().unwrap();
        assert_eq!(send(app.clone(), get("/", &[])).await.status(), 200);
        let last = requests.take(1, &[]).ok().unwrap();
        assert_eq!(send(app.clone(), get("/", &[])).await.status(), 503);
        drop((taken, last));
        assert_eq!(send(app, get("/", &[])).await.status(), 200);
    }

    #[tokio::test]
    async fn op_09_a_panic_stays_in_its_request() {
        let app = app(LOCAL);
        let response = send(app.clone(), get("/panic", &[("accept", "text/html")])).await;
        assert_eq!(response.status(), 500);
        assert!(response.headers().contains_key("content-security-policy"));
        assert!(response.extensions().get::<Refusal>().is_some());
        assert!(!body(response).await.contains("canary"));
        let response = send(app.clone(), get("/panic", &[("sec-fetch-dest", "empty")])).await;
        assert_eq!(body(response).await, "\"Internal\"");
        assert_eq!(send(app, get("/", &[])).await.status(), 200);
    }
}
