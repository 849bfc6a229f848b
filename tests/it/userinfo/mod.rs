//! UserInfo (UI-01 … UI-06): its request, which parts of its response are used, and that a sign-in succeeds without it.

mod signed;

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    id_token::is_accepted,
    support::{
        Page,
        hostile::{At, HostileWorld, Listener, Raw},
    },
};

const WARNING: &str = "Your sign-in provider didn’t return your profile";
/// A claim that only UserInfo contains.
const SAID: &str = "planted-by-userinfo";

/// Signs in once, and opens the account page.
async fn account(world: &HostileWorld, what: &str) -> Page {
    // A request whose connection breaks before the answer is sent once more.
    let most = world.provider.count(At::UserInfo)
        + if what.starts_with("broken") || what.starts_with("hung") { 2 } else { 1 };
    let (mut browser, page) = world.signed_in("/account").await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/account"), "{what}: {}", page.body);
    assert!(page.body.contains("p-ada"), "{what}");
    assert!(world.provider.count(At::UserInfo) <= most, "{what}: asked again and again");
    // Later pages show the same and do not request it again.
    let again = browser.open("/account").await;
    assert_eq!(again.body.contains(WARNING), page.body.contains(WARNING), "{what}");
    assert!(world.provider.count(At::UserInfo) <= most, "{what}: asked again and again");
    page
}

/// The sign-in relies on the ID token, nothing in this response is used, and the user gets a message.
async fn is_unused(world: &HostileWorld, what: &str, answer: impl Into<Option<Raw>>) {
    if let Some(answer) = answer.into() {
        world.provider.script(|script| script.instead.insert(At::UserInfo, answer));
    }
    let start = Instant::now();
    let page = account(world, what).await;
    assert!(start.elapsed() < Duration::from_secs(20), "{what}: {:?}", start.elapsed());
    assert!(page.body.contains(WARNING), "{what}: nobody is told");
    assert!(!page.body.contains(SAID), "{what}: it was used");
    assert!(page.body.contains("Ada Okafor"), "{what}: what the ID token says");
}

/// All of it is used.
async fn is_used(world: &HostileWorld, what: &str, answer: impl Into<Option<Raw>>) {
    if let Some(answer) = answer.into() {
        world.provider.script(|script| script.instead.insert(At::UserInfo, answer));
    }
    let page = account(world, what).await;
    assert!(page.body.contains(SAID) && !page.body.contains(WARNING), "{what}: {}", page.body);
}

fn claims() -> Value {
    json!({ "sub": "p-ada", "name": "Ada Okafor", "nickname": SAID })
}

#[tokio::test]
async fn ui_01_oidcc_client_test_userinfo_bearer_header() {
    let world = HostileWorld::start().await;
    is_accepted(&world, "a sign-in").await;
    let seen = world.provider.everything();
    let order: Vec<_> = seen.iter().map(|seen| seen.at).collect();
    let at = |at: At| order.iter().position(|other| *other == at).unwrap();
    assert!(at(At::CodeExchange) < at(At::UserInfo), "{order:?}");
    // The access token is not used before the keys for the ID token have been fetched.
    assert!(at(At::Keys) < at(At::UserInfo), "{order:?}");
    let token = world.provider.issued()[0].access_token.clone();
    let [asked] = &world.provider.seen(At::UserInfo)[..] else { panic!("{order:?}") };
    assert_eq!(asked.header("authorization"), format!("Bearer {token}"));
    assert_eq!((asked.method.as_str(), asked.query.as_str(), asked.body.as_str()), ("GET", "", ""));
    assert_eq!(asked.headers.get_all("authorization").iter().count(), 1);
    for (name, value) in &asked.headers {
        let value = value.to_str().unwrap_or_default();
        assert!(name == "authorization" || !value.contains(&token), "{name} holds the token");
    }
    for seen in &seen {
        assert!(!seen.query.contains(&token) && !seen.path.contains(&token), "{:?}", seen.at);
    }
    // An endpoint with its own query keeps it, unchanged.
    let endpoint = format!("{}/userinfo?tenant=a", world.provider.origin());
    world.provider.script(|script| script.metadata.set("userinfo_endpoint", endpoint));
    world.advance(700);
    is_accepted(&world, "a query").await;
    assert_eq!(world.provider.seen(At::UserInfo)[1].query, "tenant=a");
}

#[tokio::test]
async fn ui_02_oidcc_client_test_userinfo_invalid_sub() {
    // The sign-in relies on the ID token, and the profile contains only its claims (Core 5.3.2).
    let world = HostileWorld::start().await;
    for (what, sub) in [
        ("another's", Some(json!("p-eve"))),
        ("one character more", Some(json!("p-ada1"))),
        ("another case", Some(json!("P-ADA"))),
        ("a space", Some(json!("p-ada "))),
        ("empty", Some(json!(""))),
        ("null", Some(Value::Null)),
        ("a number", Some(json!(7))),
        ("a list", Some(json!(["p-ada"]))),
        ("none", None),
    ] {
        world.provider.script(|script| {
            script.userinfo.set("nickname", SAID);
            match sub {
                Some(sub) => script.userinfo.set("sub", sub),
                None => script.userinfo.remove("sub"),
            }
        });
        is_unused(&world, what, None).await;
        world.provider.be_honest();
    }
    is_unused(
        &world,
        "twice",
        Raw::json(200, &format!(r#"{{"sub":"p-eve","sub":"p-ada","nickname":"{SAID}"}}"#)),
    )
    .await;
    // An equal number in another notation.
    world.provider.be_honest();
    world.provider.script(|script| {
        script.person.sub = "12345".into();
        script.userinfo.set("sub", 12345);
        script.userinfo.set("nickname", SAID);
    });
    let (_, page) = world.signed_in("/account").await;
    assert!(page.body.contains(WARNING) && !page.body.contains(SAID));
    world.provider.script(|script| script.userinfo.set("sub", "12345"));
    let (_, page) = world.signed_in("/account").await;
    assert!(!page.body.contains(WARNING) && page.body.contains(SAID));
}

#[tokio::test]
async fn ui_03_only_json_is_an_answer_that_is_not_signed() {
    let world = HostileWorld::start().await;
    let body = claims().to_string();
    for kind in [
        "application/json",
        "application/json;charset=utf-8",
        "application/json ; charset=utf-8",
        "Application/JSON",
    ] {
        is_used(&world, kind, Raw::text(200, kind, &body)).await;
    }
    for kind in [
        "text/html",
        "text/plain",
        "text/json",
        "application/jose+json",
        "application/json-seq",
        "image/png",
        "",
    ] {
        is_unused(&world, &format!("{kind:?}"), Raw::text(200, kind, &body)).await;
    }
    for (what, body) in [
        ("a list", format!("[{body}]")),
        ("null", "null".into()),
        ("nothing", String::new()),
        ("half", body[..body.len() / 2].into()),
        ("deep", body.replacen('{', &format!("{{\"x\":{},", "[".repeat(10_000)), 1)),
        ("a claim twice", body.replacen('{', &format!("{{\"nickname\":\"{SAID}\","), 1)),
        ("HTML", format!("<h1>{SAID}</h1>")),
    ] {
        is_unused(&world, what, Raw::json(200, &body)).await;
    }
}

#[tokio::test]
async fn ui_04_a_sign_in_stands_without_userinfo_and_says_so() {
    let world = HostileWorld::start().await;
    let evil = Listener::bind().await;
    let good = claims().to_string();
    let mut answers = vec![
        ("400", Raw::json(400, &good)),
        ("401", Raw::json(401, "{}").with("www-authenticate", "Bearer error=\"invalid_token\"")),
        ("403", Raw::json(403, &good)),
        ("404", Raw::text(404, "text/html", SAID)),
        ("429", Raw::json(429, &good).with("retry-after", "1")),
        ("500", Raw::text(500, "text/html", "<h1>{echo}</h1>")),
        ("503", Raw::json(503, &good)),
        ("201", Raw::json(201, &good)),
        ("204", Raw::json(204, "")),
        ("206", Raw::json(206, &good)),
        ("without end", Raw::endless()),
        ("broken off", Raw::broken_off(&good[..20])),
        ("hung up", Raw::hang_up()),
    ];
    for status in [301, 302, 303, 307, 308] {
        answers.push(("elsewhere", Raw::redirect(status, &format!("{}/userinfo", evil.origin()))));
    }
    for (what, answer) in answers {
        is_unused(&world, what, answer).await;
        world.provider.be_honest();
    }
    assert_eq!(evil.hits(), 0, "the access token went elsewhere");
    world.provider.script(|script| script.userinfo.set("nickname", SAID));
    is_used(&world, "an honest one", None).await;
}

#[tokio::test]
async fn ui_04_nobody_waits_long_for_userinfo_that_does_not_come() {
    let world = HostileWorld::start().await;
    is_unused(&world, "drips", Raw::drip()).await;
    world.provider.be_honest();
    world.provider.script(|script| script.delays.insert(At::UserInfo, Duration::from_secs(60)));
    is_unused(&world, "hangs", None).await;
}

#[tokio::test]
async fn ui_04_a_provider_without_userinfo_has_nothing_to_warn_of() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.metadata.remove("userinfo_endpoint"));
    let page = account(&world, "no endpoint").await;
    assert!(page.body.contains("Ada Okafor") && !page.body.contains(WARNING));
    assert_eq!(world.provider.count(At::UserInfo), 0);
}

#[tokio::test]
async fn ui_05_userinfo_replaces_no_claim_of_the_protocol_and_is_bounded() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        for (name, value) in [
            ("iss", json!("https://planted.example")),
            ("aud", json!("planted")),
            ("exp", json!(1)),
            ("iat", json!(1)),
            ("nbf", json!(9_999_999_999_u64)),
            ("jti", json!("planted")),
            ("acr", json!("planted")),
            ("amr", json!(["planted"])),
            ("auth_time", json!(1)),
            ("sid", json!("planted")),
            ("nonce", json!("planted")),
            ("azp", json!("planted")),
            ("at_hash", json!("planted")),
            ("nickname", json!(SAID)),
        ] {
            script.userinfo.set(name, value);
        }
    });
    is_used(&world, "what is not of the protocol", None).await;
    let page = account(&world, "protocol claims").await;
    assert!(!page.body.replace(SAID, "").contains("planted"), "{}", page.body);
    let all = world.services.sessions.of(world.provider.origin(), "p-ada").await.unwrap();
    for listed in all {
        let record = world.services.sessions.reload(&listed.key).await.unwrap().unwrap().record;
        assert_eq!(record.acr.as_deref(), Some("urn:example:password"));
        assert_eq!(
            (&*record.amr, record.auth_time.is_some_and(|time| time > 1)),
            (&["pwd".to_owned()][..], true)
        );
        assert_eq!(record.claims["iss"], world.provider.origin());
        assert!(record.claims["sid"].as_str().unwrap().starts_with("sid-"));
        assert!(!Value::Object(record.claims.clone()).to_string().replace(SAID, "").contains("planted"));
    }
    world.provider.be_honest();
    let mut large = claims();
    large["filler"] = json!("x".repeat(2 * 1024 * 1024));
    is_unused(&world, "2 MiB", Raw::json(200, &large.to_string())).await;
    is_unused(&world, "2 MiB when it is unpacked", Raw::gzip(large.to_string().as_bytes())).await;
    large["filler"] = json!("x".repeat(20_000));
    is_used(&world, "20 kB", Raw::json(200, &large.to_string())).await;
}

#[tokio::test]
async fn ui_06_oidcc_client_test_aggregated_claims_and_distributed_claims_are_data() {
    let world = HostileWorld::start().await;
    let listener = Listener::bind().await;
    let key = world.provider.keys();
    let more = json!({ "iss": world.provider.origin(), "aud": "app", "sub": "p-ada", "credit_score": "planted-650", "roles": ["planted"] });
    let names = json!({ "credit_score": "src1", "roles": "src1", "address": "src2", "name": "src2" });
    for (what, sources) in [
        ("aggregated", json!({ "src1": { "JWT": key.sign(&key.header(), &more) } })),
        (
            "distributed",
            json!({
                "src1": { "endpoint": format!("{}/claims", listener.origin()) },
                "src2": { "endpoint": format!("{}/claims", listener.origin()), "access_token": "planted-token" },
            }),
        ),
        ("of an odd type", json!([1, null])),
        ("null", Value::Null),
    ] {
        for in_id_token in [true, false] {
            world.provider.be_honest();
            world.provider.script(|script| {
                let changes = if in_id_token { &mut script.at_sign_in.claims } else { &mut script.userinfo };
                changes.set("_claim_names", names.clone());
                changes.set("_claim_sources", sources.clone());
                script.userinfo.set("nickname", SAID);
            });
            is_used(&world, what, None).await;
            let page = account(&world, what).await;
            let rest = page.body.replace(SAID, "");
            assert!(!rest.contains("planted") && !rest.contains("src1"), "{what}: {rest}");
            assert!(page.body.contains("Ada Okafor"), "{what}");
        }
    }
    assert_eq!(listener.hits(), 0);
}
