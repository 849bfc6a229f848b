//! The admin listener and the commands that use it: the real client over real connections, and its exact bytes
//! replayed.

use std::{collections::BTreeSet, net::SocketAddr};

use axum::http::StatusCode;
use claimcheck::{handlers::state::AppState, router};
use claimcheck_base::clock::Clock;
use claimcheck_server::{
    config::{AdminListen, Settings},
    operator::{self, Client, Command, OperatorError},
};
use claimcheck_session::{
    CookieHash, CookieId, Owner, RowKey, SealedBytes, StoreSetting, StoredSession, open_store,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use crate::support::{Browser, World};

/// Two users of the demo provider, by their subjects.
const ADA: &str = "hid-5f1c7a20";
const JONAS: &str = "hid-9b03e4d8";
const ON_FILE: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";

/// Serves a process's admin listener on its own port.
async fn served(services: &AppState) -> SocketAddr {
    let listener = operator::bind(AdminListen::at(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.as_ref().unwrap().local_addr().unwrap();
    let admin = router::admin(services.clone());
    let connections = services.budget.admin.clone();
    tokio::spawn(operator::serve(listener, admin, CancellationToken::new(), connections));
    address
}

/// The settings of a process, with its admin listener there.
fn settings(services: &AppState, address: SocketAddr) -> Settings {
    Settings { admin_listen: AdminListen::at(address), ..(*services.settings).clone() }
}

fn client(services: &AppState, address: SocketAddr) -> Client {
    Client::new(&settings(services, address), services.clock.clone()).unwrap()
}

fn list(sub: Option<&str>) -> Command {
    Command::List { sub: sub.map(str::to_owned), json: true }
}

fn end(keys: &[&str]) -> Command {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Command::End { keys, sub: None, all: false, yes: false }
}

fn end_of(sub: &str) -> Command {
    Command::End { keys: Vec::new(), sub: Some(sub.to_owned()), all: false, yes: false }
}

const END_ALL: Command = Command::End { keys: Vec::new(), sub: None, all: true, yes: true };

/// The output of a command, and whether everything that was named exists.
async fn ask(client: &Client, command: Command) -> Result<(String, bool), OperatorError> {
    let mut out = Vec::new();
    let done = operator::run(command, client, &mut out).await?;
    Ok((String::from_utf8(out).unwrap(), done))
}

/// The listed sessions: subject and key.
async fn listed(client: &Client, sub: Option<&str>) -> Vec<(String, String)> {
    let (text, _) = ask(client, list(sub)).await.unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<operator::Line>(line).unwrap());
    lines.map(|line| (line.sub, line.key)).collect()
}

/// The bytes that a command sends first.
async fn captured(services: &AppState, command: Command) -> String {
    let ear = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(services, ear.local_addr().unwrap());
    let hears = async {
        let (mut stream, _) = ear.accept().await.unwrap();
        let mut heard = Vec::new();
        // Head and body arrive together or separately; neither is larger than this.
        while !is_whole(&heard) {
            assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0);
        }
        String::from_utf8(heard).unwrap()
    };
    let (request, asked) = tokio::join!(hears, ask(&client, command));
    assert!(matches!(asked, Err(OperatorError::NoAnswer(..))), "{asked:?}");
    request
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

/// Sends these bytes; returns status and text of the response.
async fn send(address: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = request.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

/// With one more header.
fn with(request: &str, header: &str) -> String {
    request.replacen("\r\n", &format!("\r\n{header}\r\n"), 1)
}

/// With another `Host`.
fn at_host(request: &str, host: &str) -> String {
    let lines = request.split("\r\n").map(|line| {
        if line.to_lowercase().starts_with("host: ") { format!("host: {host}") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

#[tokio::test]
async fn lo_14_an_operator_ends_a_session_in_every_process_and_its_tokens_are_given_back() {
    let mut world = World::with(ON_FILE).await;
    let (ada, jonas) = {
        let (ada, _) = world.signed_in("ada", "/account").await;
        let (jonas, _) = world.signed_in("jonas", "/account").await;
        (ada.at_app, jonas.at_app)
    };
    let first = (world.services.clone(), world.app.clone());
    world.restart().await;
    let second = client(&world.services, served(&world.services).await);
    let both = listed(&second, None).await;
    assert_eq!(both.iter().map(|(sub, _)| sub.as_str()).collect::<BTreeSet<_>>(), [ADA, JONAS].into());
    let (_, key) = both.iter().find(|(sub, _)| sub == ADA).unwrap();

    let (said, done) = ask(&second, end(&["no key", "AAAAAAAAAAAAAAAAAAAAAA"])).await.unwrap();
    assert!(
        !done && said.lines().count() == 2 && said.contains("No running session has the key no key"),
        "{said}"
    );
    let mut browser = Browser::new(&first.1);
    browser.at_app.clone_from(&ada);
    assert_eq!(browser.open("/account").await.path(), "/account", "nobody was signed out by that");

    assert_eq!(ask(&second, end(&[key])).await.unwrap(), (format!("Ended {key}.\n"), true));
    assert!(!browser.open("/account").await.is_of_app(), "the other process knows it at once");
    browser.at_app = jonas;
    assert_eq!(browser.open("/account").await.path(), "/account", "it was one session");
    assert!(!ask(&second, end(&[key])).await.unwrap().1, "it is over already");
    world.drained().await;
    assert_eq!(world.provider.count("POST /revoke"), 2, "the refresh token, then the access token");
}

#[tokio::test]
async fn lo_14_all_sessions_of_one_person_end_and_nobody_elses() {
    let world = World::start().await;
    for person in ["ada", "ada", "jonas"] {
        world.signed_in(person, "/account").await;
    }
    let client = client(&world.services, served(&world.services).await);
    assert_eq!(listed(&client, Some(ADA)).await.len(), 2);
    let (said, done) = ask(&client, end_of("p-nobody")).await.unwrap();
    assert!(!done && said == "No running session of p-nobody: nothing to end.\n", "{said}");
    let (said, done) = ask(&client, end_of(ADA)).await.unwrap();
    assert!(done && said == "Ended 2 sessions of hid-5f1c7a20.\n", "{said}");
    let left = listed(&client, None).await;
    assert_eq!(left.iter().map(|(sub, _)| sub.as_str()).collect::<Vec<_>>(), [JONAS]);
    assert_eq!(ask(&client, END_ALL).await.unwrap(), ("Ended 1 session.\n".to_owned(), true));
    assert_eq!(
        ask(&client, END_ALL).await.unwrap(),
        ("No running session: nothing to end.\n".to_owned(), true)
    );
}

#[tokio::test]
async fn a_list_and_an_end_go_on_beyond_one_page() {
    const MANY: usize = 1_003;
    let world = World::with(ON_FILE).await;
    let setting = StoreSetting::parse(&format!("sqlite:{}", world.database().display())).unwrap();
    let store = open_store(&setting).await.unwrap();
    let now = world.now();
    let mut keys = BTreeSet::new();
    for number in 0..MANY {
        let key = RowKey::random().unwrap();
        keys.insert(key.as_str().to_owned());
        let row = StoredSession {
            key,
            cookie_hash: CookieHash::of(CookieId(u128::try_from(number).unwrap().to_le_bytes())),
            owner: Owner { iss: "https://id.example".into(), sub: format!("p-{number}"), sid: None },
            created_at: now,
            last_active_at: now,
            idle_until: now + 600,
            absolute_until: now + 600,
            label: Vec::new(),
            record: SealedBytes { version: 1, bytes: Vec::new() },
            tokens: SealedBytes { version: 1, bytes: Vec::new() },
        };
        assert!(store.insert(row, now, u32::MAX).await.unwrap().is_some());
    }
    let client = client(&world.services, served(&world.services).await);
    let found: Vec<_> = listed(&client, None).await.into_iter().map(|(_, key)| key).collect();
    assert_eq!(found.len(), MANY, "each once");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), keys);
    let some: Vec<_> = keys.iter().take(502).map(String::as_str).collect();
    let (said, done) = ask(&client, end(&some)).await.unwrap();
    assert!(done && said.lines().filter(|line| line.starts_with("Ended ")).count() == 502);
    assert_eq!(ask(&client, END_ALL).await.unwrap(), (format!("Ended {} sessions.\n", MANY - 502), true));
    assert!(listed(&client, None).await.is_empty());
}

#[tokio::test]
async fn sc_15_a_list_holds_names_and_times_and_no_claim_token_or_cookie() {
    let world = World::start().await;
    let (browser, _) = world.signed_in("ada", "/account").await;
    let client = client(&world.services, served(&world.services).await);
    let (text, _) = ask(&client, list(None)).await.unwrap();
    let line: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
    let all = "key reference iss sub sid device signed_in_at last_active_at idle_until absolute_until";
    assert_eq!(names.join(" "), all);
    let cookie = &browser.at_app["claimcheck"];
    assert!(!text.contains("Okafor") && !text.contains('@') && !text.contains(cookie), "{text}");
    assert_eq!(line["sub"], ADA);
    let time = line["signed_in_at"].as_str().unwrap();
    assert!(time.len() == 20 && time.starts_with("20") && time.ends_with('Z'), "{time}");
    let (table, _) = ask(&client, Command::List { sub: None, json: false }).await.unwrap();
    assert!(table.starts_with("KEY ") && table.contains(ADA) && table.lines().count() == 2, "{table}");
}

#[tokio::test]
async fn op_08_only_the_servers_keys_open_and_only_for_a_minute() {
    let world = World::start().await;
    world.signed_in("ada", "/account").await;
    let address = served(&world.services).await;
    let mut other = settings(&world.services, address);
    other.session_keys = World::start().await.services.settings.session_keys.clone();
    let stranger = Client::new(&other, Clock::default()).unwrap();
    for command in [list(None), end_of(ADA), END_ALL] {
        let refused = ask(&stranger, command).await.unwrap_err().to_string();
        assert!(refused.contains("session keys of this server"), "{refused}");
    }
    for (secs, right) in [(-70, false), (-50, true), (50, true), (70, false)] {
        let clock = Clock::default();
        clock.advance(secs);
        let client = Client::new(&settings(&world.services, address), clock).unwrap();
        match ask(&client, list(None)).await {
            Ok((text, _)) => assert!(right && text.contains(ADA), "{secs}"),
            Err(refused) => assert!(!right && refused.to_string().contains("clock"), "{secs}: {refused}"),
        }
    }
    assert_eq!(listed(&client(&world.services, address), None).await.len(), 1, "and nothing was ended");
}

#[tokio::test]
async fn op_08_the_bytes_of_a_command_work_once_and_for_nothing_else() {
    let world = World::start().await;
    world.signed_in("ada", "/account").await;
    let address = served(&world.services).await;
    let request = captured(&world.services, list(Some(ADA))).await;
    for otherwise in [
        request.replacen("?sub=hid-5f1c7a20", "", 1),
        request.replacen(ADA, JONAS, 1),
        request.replacen("GET /admin/sessions?sub=hid-5f1c7a20", "POST /admin/sessions/end", 1),
        request.replacen("uthorization: Bearer ", "uthorization: bearer", 1),
    ] {
        assert_ne!(request, otherwise);
        assert_eq!(send(address, &otherwise).await.0, 401, "{otherwise}");
    }
    let (status, text) = send(address, &request).await;
    assert!(status == 200 && text.contains(ADA) && text.contains("cache-control: no-store"), "{text}");
    let (status, text) = send(address, &request).await;
    assert!(status == 401 && text.contains("received before"), "{text}");

    let request = captured(&world.services, end_of("p-nobody")).await;
    let (status, _) = send(address, &request.replace("p-nobody", "hid-5f1c7a20\"} ")).await;
    assert_eq!(status, 401, "another body");
    assert_eq!(send(address, &request).await.0, 200);
    assert_eq!(listed(&client(&world.services, address), None).await.len(), 1);
}

#[tokio::test]
async fn lr_03_what_a_browser_sends_is_refused_and_the_same_without_is_not() {
    let world = World::start().await;
    let address = served(&world.services).await;
    let request = captured(&world.services, END_ALL).await;
    for browsers in [
        with(&request, "origin: http://localhost:3000"),
        with(&request, "origin: null"),
        with(&request, "sec-fetch-site: cross-site"),
        with(&request, "sec-fetch-site: same-origin"),
        with(&request, "sec-fetch-site: none\r\nsec-fetch-site: same-site"),
        at_host(&request, "evil.example:3900"),
        at_host(&request, "localhost.evil.example"),
        at_host(&request, "127.0.0.1.evil.example"),
        with(&request, "host: 127.0.0.1"),
    ] {
        let (status, text) = send(address, &browsers).await;
        assert!(
            status == 403 || (status == 400 && browsers.matches("host: ").count() == 2),
            "{browsers}\n{text}"
        );
        assert!(!text.contains("access-control"), "{text}");
    }
    assert_eq!(send(address, &request).await.0, 200, "none of them had used it up");
    for right in ["localhost:3900", "LOCALHOST", "[::1]:3900", "10.0.0.7"] {
        let request = captured(&world.services, END_ALL).await;
        assert_eq!(
            send(address, &at_host(&with(&request, "sec-fetch-site: none"), right)).await.0,
            200,
            "{right}"
        );
    }
    let request = captured(&world.services, END_ALL).await;
    let large = request.replace("content-length: ", "content-length: 70000");
    assert_eq!(send(address, &large).await.0, 413);
}

#[tokio::test]
async fn op_10_without_keys_or_listener_a_command_says_what_is_missing() {
    let world = World::start().await;
    let address = served(&world.services).await;
    let without = Settings { session_keys: None, ..settings(&world.services, address) };
    let refused = |settings: &Settings| Client::new(settings, Clock::default()).err().unwrap().to_string();
    assert!(refused(&without).contains("CLAIMCHECK_SESSION_KEYS"));
    let off = Settings { admin_listen: AdminListen::Off, ..settings(&world.services, address) };
    assert!(refused(&off).contains("CLAIMCHECK_ADMIN_LISTEN") && refused(&off).contains("off"));
    let no_port = settings(&world.services, ([127, 0, 0, 1], 0).into());
    assert!(refused(&no_port).contains("port"));

    let unset = router::services(without, Clock::default()).await.unwrap();
    let keyless = client(&world.services, served(&unset).await);
    let said = ask(&keyless, list(None)).await.unwrap_err().to_string();
    assert!(said.contains("set CLAIMCHECK_SESSION_KEYS"), "{said}");

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let said = ask(&client(&world.services, free), list(None)).await.unwrap_err();
    assert!(matches!(&said, OperatorError::NotThere(at) if *at == free.into()), "{said}");
    let other: SocketAddr = world.provider.origin().strip_prefix("http://").unwrap().parse().unwrap();
    let said = ask(&client(&world.services, other), list(None)).await.unwrap_err();
    assert!(matches!(&said, OperatorError::Stranger(at, 404) if *at == other.into()), "{said}");
    assert!(ask(&client(&world.services, address), list(None)).await.is_ok());
}

#[tokio::test]
async fn op_11_health_is_on_both_listeners_and_the_operator_on_one() {
    let world = World::start().await;
    let (listener, stopping) =
        (operator::bind(AdminListen::at(([127, 0, 0, 1], 0))), CancellationToken::new());
    let listener = listener.await.unwrap();
    let address = listener.as_ref().unwrap().local_addr().unwrap();
    let (admin, connections) = (router::admin(world.services.clone()), world.services.budget.admin.clone());
    let serving = tokio::spawn(operator::serve(listener, admin, stopping.clone(), connections));
    for path in ["/health/live", "/health/ready"] {
        let there = send(address, &format!("GET {path} HTTP/1.1\r\nhost: claimcheck.internal\r\n\r\n")).await;
        let here = world.browser().fetch(path).await;
        let here = here.body.trim_end_matches('}');
        assert!(there.0 == 200 && there.1.contains(here), "{}", there.1);
    }
    let page = send(address, &format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n")).await;
    assert_eq!(page.0, 404, "no page is here");
    assert_eq!(world.browser().fetch("/admin/sessions").await.status, StatusCode::NOT_FOUND);
    stopping.cancel();
    serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "it stops with the program");
}

#[tokio::test]
async fn my_04_an_operator_erases_what_is_kept_of_a_users_activity_and_ends_no_session() {
    let world = World::start().await;
    let (mut ada, _) = world.signed_in("ada", "/account").await;
    let (_jonas, _) = world.signed_in("jonas", "/account").await;
    world.drained().await;
    let issuer = world.services.settings.issuer.to_string();
    let kept = async |sub: &str| world.services.sessions.activity_of(&issuer, sub).await.unwrap().len();
    assert_eq!((kept(ADA).await, kept(JONAS).await), (1, 1));
    let client = client(&world.services, served(&world.services).await);
    let forget = |sub: &str| Command::Forget { sub: sub.to_owned() };
    let (said, done) = ask(&client, forget(ADA)).await.unwrap();
    assert_eq!((said.as_str(), done), ("Forgot 1 line of activity of hid-5f1c7a20.\n", true));
    assert_eq!((kept(ADA).await, kept(JONAS).await), (0, 1));
    let (said, done) = ask(&client, forget(ADA)).await.unwrap();
    assert_eq!((said.as_str(), done), ("No activity of hid-5f1c7a20: nothing to forget.\n", false));
    assert_eq!(ada.open("/account").await.path(), "/account", "the session goes on");
}
