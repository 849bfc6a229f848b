//! The session layer behind a small router, as seen by a browser: cookies in, cookies out.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use claimcheck_base::{clock::Clock, secret::Secret};
use claimcheck_session::{
    CookieHash, EndReason, Keyring, Label, Lifetimes, MemoryStore, RowKey, STORES, SessionRecord,
    SessionStore, StoreSetting, TokenSet, open_store,
};
use claimcheck_test_stores::Fresh;
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tower::ServiceExt;
use tower_sessions::Session;

use crate::session_layer::*;

const IDLE: i64 = 1800;
const ABSOLUTE: i64 = 43_200;
const ISSUER: &str = "https://id.example";

fn fresh_id() -> Id {
    Id(i128::from_le_bytes(CookieId::random().unwrap().0))
}

fn tokens(refresh: &str) -> TokenSet {
    let mut tokens = TokenSet::new(Secret::new("id-token"));
    tokens.refresh_token = Some(Secret::new(refresh));
    tokens
}

/// A completed sign-in, at the provider at second 100.
fn completed(refresh: &str) -> NewSession {
    NewSession {
        record: SessionRecord::default(),
        tokens: tokens(refresh),
        label: Label::new(Some("Browser/1".into()), vec!["pwd".into()]),
        sid: Some("s1".into()),
        issued_at: 100,
    }
}

async fn start(sessions: &Sessions, layer: &Session) -> RowKey {
    let new_session = completed("r1");
    start_session(sessions, layer, ISSUER.into(), "ada".into(), &new_session).await.unwrap().unwrap().key
}

fn sessions_on(store: Arc<dyn SessionStore>) -> (Sessions, Clock) {
    let (clock, lifetimes) = (Clock::fixed(), Lifetimes { idle_secs: IDLE, absolute_secs: ABSOLUTE });
    (Sessions::new(store, Keyring::new(&[[7; 32]]).unwrap(), clock.clone(), lifetimes, 50), clock)
}

/// The shared state of the routes below.
#[derive(Clone)]
struct Shop {
    sessions: Sessions,
    cookie: CookieSettings,
    clock: Clock,
    /// Holds a request open.
    entered: Arc<Notify>,
    leave: Arc<Notify>,
}

async fn view(State(shop): State<Shop>, layer: Session) -> String {
    match shop.sessions.current(cookie_id(&layer)).await.unwrap() {
        Some(current) => {
            shop.sessions.touch(&current).await.unwrap();
            current.owner.sub
        }
        None => "nobody".into(),
    }
}

async fn sign_in(shop: Shop, layer: Session, status: StatusCode) -> Response {
    match shop.sessions.current(cookie_id(&layer)).await.unwrap() {
        Some(current) => {
            drop(renew_session(&shop.sessions, &layer, &current, &completed("r2")).await.unwrap().unwrap());
        }
        None => {
            start(&shop.sessions, &layer).await;
        }
    }
    let seen_at_once = shop.sessions.current(cookie_id(&layer)).await.unwrap().is_some();
    (status, seen_at_once.to_string()).into_response()
}

/// Loads the session, waits, then makes every kind of change that a request may make.
async fn slow(State(shop): State<Shop>, layer: Session) -> Response {
    let current = shop.sessions.current(cookie_id(&layer)).await.unwrap().unwrap();
    shop.entered.notify_one();
    shop.leave.notified().await;
    shop.sessions.touch(&current).await.unwrap();
    shop.sessions.update_record(&current.key, |record| record.flash = Some("x".into())).await.unwrap();
    shop.sessions.swap_tokens(&current, &tokens("late")).await.unwrap();
    current.owner.sub.into_response()
}

async fn sign_out(State(shop): State<Shop>, layer: Session) -> Response {
    if let Some(current) = shop.sessions.current(cookie_id(&layer)).await.unwrap() {
        shop.sessions.end(&current.key, EndReason::SignedOut).await.unwrap();
    }
    ([(header::SET_COOKIE, shop.cookie.removal().unwrap())], "bye").into_response()
}

fn shop(store: Arc<dyn SessionStore>, https: bool) -> (Router, Shop) {
    let (sessions, clock) = sessions_on(store);
    let cookie = CookieSettings::new(https);
    let shop = Shop { sessions, cookie, clock, entered: Arc::default(), leave: Arc::default() };
    let of = |status| move |State(shop): State<Shop>, layer: Session| sign_in(shop, layer, status);
    let router = Router::new()
        .route("/", get(view))
        .route("/static", get(async || "no session asked for"))
        .route("/in", post(of(StatusCode::OK)))
        .route("/in/failing", post(of(StatusCode::SERVICE_UNAVAILABLE)))
        .route("/slow", post(slow))
        .route("/out", post(sign_out))
        .route(
            "/bag",
            post(async |layer: Session| layer.insert("k", 1).await.map_err(|error| error.to_string())),
        )
        .layer(layer(cookie, ABSOLUTE))
        .with_state(shop.clone());
    (router, shop)
}

async fn memory_shop() -> (Router, Shop) {
    shop(memory(), true)
}

fn memory() -> Arc<dyn SessionStore> {
    Arc::new(MemoryStore::new())
}

async fn send(router: &Router, path: &str, cookie: Option<&[u8]>) -> Response {
    let mut request = Request::post(path);
    if path == "/" || path == "/static" {
        request = Request::get(path);
    }
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// The value of every `Set-Cookie`.
fn set_cookies(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
}

/// The one cookie that a response sets, as a browser would send it back.
fn cookie_of(response: &Response) -> String {
    let [cookie] = set_cookies(response.headers())[..] else { panic!("{:?}", response.headers()) };
    cookie.split(';').next().unwrap().to_owned()
}

async fn sign_in_at(router: &Router) -> String {
    cookie_of(&send(router, "/in", None).await)
}

async fn who(router: &Router, cookie: &str) -> String {
    let response = send(router, "/", Some(cookie.as_bytes())).await;
    assert_eq!(set_cookies(response.headers()), [""; 0], "a view set a cookie");
    text(response).await
}

/// The number of rows and replay cache entries in a store. Deletes them all.
async fn count(shop: &Shop) -> u64 {
    shop.clock.advance(ABSOLUTE + 1);
    shop.sessions.purge().await.unwrap()
}

#[tokio::test]
async fn sc_04_the_cookie_over_https_has_every_guard_and_one_over_loopback_all_but_two() {
    let (router, _) = memory_shop().await;
    let response = send(&router, "/in", None).await;
    let [cookie] = set_cookies(response.headers())[..] else { panic!() };
    let mut parts: Vec<_> = cookie.split("; ").collect();
    assert!(parts[0].starts_with("__Host-claimcheck="));
    parts[1..].sort_unstable();
    assert_eq!(parts[1..], ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(text(response).await, "true", "not signed in within the same request");

    let (router, _) = shop(memory(), false);
    let response = send(&router, "/in", None).await;
    let [cookie] = set_cookies(response.headers())[..] else { panic!() };
    let mut parts: Vec<_> = cookie.split("; ").collect();
    assert!(parts[0].starts_with("claimcheck="));
    parts[1..].sort_unstable();
    assert_eq!(parts[1..], ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Lax"]);
    assert_eq!(who(&router, &cookie_of(&response)).await, "ada");
}

#[tokio::test]
async fn sc_06_only_a_sign_out_removes_the_cookie_and_browsers_accept_it() {
    for https in [true, false] {
        let (router, _) = shop(memory(), https);
        let cookie = sign_in_at(&router).await;
        let response = send(&router, "/out", Some(cookie.as_bytes())).await;
        let [removal] = set_cookies(response.headers())[..] else { panic!("{:?}", response.headers()) };
        let name = cookie.split('=').next().unwrap();
        assert!(removal.starts_with(&format!("{name}=; ")), "{removal}");
        let parts: Vec<_> = removal.split("; ").collect();
        assert!(parts.contains(&"Path=/") && parts.contains(&"Max-Age=0"), "{removal}");
        assert_eq!(parts.contains(&"Secure"), https, "{removal}");
        assert!(!removal.contains("Domain"));
        assert_eq!(who(&router, &cookie).await, "nobody");
        assert_eq!(who(&router, &sign_in_at(&router).await).await, "ada");
    }
}

#[tokio::test]
async fn sc_08_the_id_changes_with_every_sign_in_and_the_old_one_is_dead_at_once() {
    let (router, _) = memory_shop().await;
    let first = sign_in_at(&router).await;
    assert_eq!(who(&router, &first).await, "ada");
    let second = cookie_of(&send(&router, "/in", Some(first.as_bytes())).await);
    assert_ne!(first, second);
    assert_eq!(who(&router, &first).await, "nobody");
    assert_eq!(who(&router, &second).await, "ada");
}

#[tokio::test]
async fn sc_08_an_answer_of_5xx_does_not_lose_the_new_id() {
    let (router, _) = memory_shop().await;
    let failed = send(&router, "/in/failing", None).await;
    assert_eq!(failed.status(), StatusCode::SERVICE_UNAVAILABLE);
    let first = cookie_of(&failed);
    assert_eq!(who(&router, &first).await, "ada");
    let failed = send(&router, "/in/failing", Some(first.as_bytes())).await;
    let second = cookie_of(&failed);
    assert_eq!(who(&router, &first).await, "nobody");
    assert_eq!(who(&router, &second).await, "ada");
    let fine = send(&router, "/in", Some(second.as_bytes())).await;
    let attributes = |response: &Response| {
        set_cookies(response.headers())[0].split_once(';').map(|(_, rest)| rest.to_owned())
    };
    assert_eq!(attributes(&failed), attributes(&fine), "the two writers disagree");
}

#[tokio::test]
async fn sc_09_an_id_that_the_server_did_not_make_is_never_adopted() {
    let (router, shop) = memory_shop().await;
    let forged = format!("__Host-claimcheck={}", fresh_id());
    assert_eq!(who(&router, &forged).await, "nobody");
    let response = send(&router, "/bag", Some(forged.as_bytes())).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(set_cookies(response.headers()).is_empty());
    let given = cookie_of(&send(&router, "/in", Some(forged.as_bytes())).await);
    assert_ne!(given, forged);
    assert_eq!(who(&router, &forged).await, "nobody");
    assert_eq!(who(&router, &given).await, "ada");
    assert_eq!(count(&shop).await, 1);
}

#[tokio::test]
async fn sc_09_a_late_request_with_an_old_id_neither_removes_nor_sets_a_cookie() {
    let (router, _) = memory_shop().await;
    let first = sign_in_at(&router).await;
    let second = cookie_of(&send(&router, "/in", Some(first.as_bytes())).await);
    for path in ["/", "/static"] {
        let late = send(&router, path, Some(first.as_bytes())).await;
        assert!(set_cookies(late.headers()).is_empty(), "{path}: {:?}", late.headers());
    }
    assert_eq!(who(&router, &second).await, "ada");
}

#[tokio::test]
async fn sc_09_a_cookie_that_only_looks_like_ours_is_ignored_and_hides_nothing() {
    let (router, _) = memory_shop().await;
    let real = sign_in_at(&router).await;
    let value = real.split_once('=').unwrap().1;
    let impostors = [
        format!("%5F_Host-claimcheck={value}").into_bytes(),
        format!("__Host%2Dclaimcheck={value}").into_bytes(),
        format!("\u{2000}__Host-claimcheck={value}").into_bytes(),
        format!("__Host-claimcheck ={value}").into_bytes(),
        format!("__Host-claimcheck=%{:02x}{}", value.as_bytes()[0], &value[1..]).into_bytes(),
        b"__Host-claimcheck=forged".to_vec(),
        b"__Host-claimcheck=".to_vec(),
        b"__Host-claimcheck".to_vec(),
        b"other=\xff".to_vec(),
    ];
    for impostor in impostors {
        let shown = String::from_utf8_lossy(&impostor).into_owned();
        let alone = send(&router, "/", Some(&impostor)).await;
        assert!(set_cookies(alone.headers()).is_empty(), "{shown}");
        assert_eq!(text(alone).await, "nobody", "{shown}");
        for both in
            [[real.as_bytes(), &impostor].join(&b"; "[..]), [&impostor, real.as_bytes()].join(&b"; "[..])]
        {
            assert_eq!(text(send(&router, "/", Some(&both)).await).await, "ada", "{shown}");
        }
    }
    let among_others = format!("a=1; {real}; b=%20; theme=dark");
    assert_eq!(who(&router, &among_others).await, "ada");
}

#[tokio::test]
async fn sc_10_anonymous_views_store_nothing_and_set_no_cookie() {
    let (router, shop) = memory_shop().await;
    for path in ["/", "/static", "/nowhere"] {
        let response = send(&router, path, None).await;
        assert!(set_cookies(response.headers()).is_empty(), "{path}");
    }
    let response = send(&router, "/bag", None).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "the bag is open");
    assert!(set_cookies(response.headers()).is_empty());
    assert_eq!(count(&shop).await, 0);
    sign_in_at(&router).await;
    assert_eq!(count(&shop).await, 1);
}

#[tokio::test]
async fn sc_12_a_request_that_was_in_flight_does_not_bring_a_session_back() {
    for kind in STORES {
        let fresh = Fresh::of(kind.name).await;
        let store = open_store(&StoreSetting::parse(&fresh.url).unwrap()).await.unwrap();
        let (router, shop) = shop(store, true);
        let cookie = sign_in_at(&router).await;
        let held = tokio::spawn({
            let (router, cookie) = (router.clone(), cookie.clone());
            async move { send(&router, "/slow", Some(cookie.as_bytes())).await }
        });
        shop.entered.notified().await;
        assert_eq!(send(&router, "/out", Some(cookie.as_bytes())).await.status(), StatusCode::OK);
        shop.leave.notify_one();
        let released = held.await.unwrap();
        assert_eq!(released.status(), StatusCode::OK, "a good answer became a failure");
        assert!(set_cookies(released.headers()).is_empty());
        assert_eq!(who(&router, &cookie).await, "nobody");
        assert_eq!(count(&shop).await, 0);
    }
}

#[tokio::test]
async fn sc_11_views_keep_a_session_alive_and_silence_ends_it() {
    let (router, shop) = memory_shop().await;
    let cookie = sign_in_at(&router).await;
    for _ in 0..4 {
        shop.clock.advance(IDLE - 60);
        assert_eq!(who(&router, &cookie).await, "ada");
    }
    shop.clock.advance(IDLE + 1);
    assert_eq!(who(&router, &cookie).await, "nobody");
}

#[tokio::test]
async fn sc_12_a_renewal_of_an_ended_session_sends_no_cookie() {
    let (sessions, _) = sessions_on(memory());
    let request = |id| Session::new(id, Arc::new(ClosedBag), None);
    let first = request(None);
    let key = start(&sessions, &first).await;
    let layer = request(first.id());
    let current = sessions.current(cookie_id(&layer)).await.unwrap().unwrap();
    assert_eq!(current.key, key);
    assert!(sessions.end(&key, EndReason::SignedOut).await.unwrap().is_some());
    assert!(renew_session(&sessions, &layer, &current, &completed("r2")).await.unwrap().is_none());
    assert!(sessions.current(cookie_id(&layer)).await.unwrap().is_none());
    assert!(!layer.is_modified(), "the layer would send a cookie");
    share_session(&layer, &first).await.unwrap();
    assert!(!layer.is_modified(), "the same id was set again");
}

#[tokio::test]
async fn sc_08_a_request_that_waited_for_the_sign_in_of_another_gets_its_id() {
    let (sessions, _) = sessions_on(memory());
    let request = |id| Session::new(id, Arc::new(ClosedBag), None);
    let (first, second) = (request(None), request(Some(fresh_id())));
    let key = start(&sessions, &first).await;
    share_session(&second, &first).await.unwrap();
    assert_eq!(sessions.current(cookie_id(&second)).await.unwrap().unwrap().key, key);
    assert!(second.is_modified());
    let none = request(None);
    share_session(&second, &none).await.unwrap();
    assert_eq!(second.id(), first.id());
}

/// Cookies of running installations must find their rows, so the id in a cookie and the hash in a store never change.
#[test]
fn sc_15_the_id_in_a_cookie_leads_to_the_same_hash_as_ever() {
    let id: Id = "AQIDBAUGBwgJCgsMDQ4PEA".parse().unwrap();
    let session = Session::new(Some(id), Arc::new(ClosedBag), None);
    let read = cookie_id(&session).unwrap();
    assert_eq!(read, CookieId([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));
    let hash: String = CookieHash::of(read).0.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, "5dfbabeedf318bf33c0927c43d7630f51b82f351740301354fa3d7fc51f0132e");
    assert_eq!(id.to_string().len(), 22);
}
