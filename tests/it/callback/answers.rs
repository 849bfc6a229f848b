//! What the response to a code exchange must be before any of it is used (CB-10 to CB-15).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    callback::{BOARD, PANEL, SESSION, TOKEN_ANSWER, back_from, is_data, refused, seen},
    support::{
        Heard,
        hostile::{At, HostileWorld, Listener, Raw, Script, bad_answers, bad_members, odd_members},
    },
};

/// So that a session outlasts the longest accepted lifetime of a token.
const LONG: &str = "idle_secs = 9000000\nabsolute_secs = 9000000\n";

/// Additional time on a busy machine.
const BESIDES: Duration = Duration::from_secs(10);

/// Checks that the code is exchanged once, and that with this fault in the response the sign-in fails within this time.
async fn comes_to_nothing(world: &HostileWorld, fault: impl FnOnce(&mut Script), within: u64, what: &str) {
    world.provider.script(fault);
    let back = back_from(world).await;
    let start = Instant::now();
    let reasons = [TOKEN_ANSWER, &["id_token"]].concat();
    refused(world, back, (&reasons, 1), what).await;
    assert!(start.elapsed() < Duration::from_secs(within) + BESIDES, "{what}: {:?}", start.elapsed());
}

fn set(script: &mut Script, (name, value): (&str, Option<Value>)) {
    match value {
        Some(value) => script.at_sign_in.answer.set(name, value),
        None => script.at_sign_in.answer.remove(name),
    }
}

#[tokio::test]
async fn cb_10_only_200_with_bounded_json_is_an_answer_and_no_redirect_is_followed() {
    let (world, evil) = (HostileWorld::start().await, Listener::bind().await);
    let good = r#"{"access_token":"planted","token_type":"Bearer","expires_in":120,"id_token":"a.b.c"}"#;
    let mut answers = bad_answers(good, &evil);
    answers.extend([
        ("invalid_grant", Raw::json(400, r#"{"error":"invalid_grant","error_description":"{echo}"}"#)),
        ("invalid_client", Raw::json(401, r#"{"error":"invalid_client"}"#)),
        ("400 without a body", Raw::json(400, "")),
        ("503 without a body", Raw::text(503, "", "")),
        ("a connection that is closed", Raw::hang_up()),
        ("more than a mebibyte", Raw::json(200, &format!("{}{good}", " ".repeat(1 << 20)))),
    ]);
    for (what, raw) in answers {
        comes_to_nothing(&world, |script| drop(script.instead.insert(At::CodeExchange, raw)), 4, what).await;
    }
    assert_eq!(evil.hits(), 0, "code and verifier went elsewhere");
    assert!(!world.api.saw("planted"));
}

#[tokio::test]
async fn cb_10_an_answer_that_is_right_but_for_its_status_or_type_is_none() {
    let world = HostileWorld::start().await;
    for dress in [
        (201, "application/json"),
        (202, "application/json"),
        (203, "application/json"),
        (206, "application/json"),
        (400, "application/json"),
        (200, "text/html"),
        (200, "text/plain"),
        (200, "text/json"),
        (200, "application/jsonp"),
        (200, "application/problem+json"),
        (200, ""),
    ] {
        let fault = |script: &mut Script| script.dress.extend([(At::CodeExchange, dress)]);
        comes_to_nothing(&world, fault, 4, &format!("{dress:?}")).await;
    }
    for kind in ["application/json", "application/json;charset=UTF-8", "Application/JSON ; charset=utf-8"] {
        world.provider.script(|script| script.dress.insert(At::CodeExchange, (200, kind)));
        assert!(is_data(&world.signed_in(BOARD).await.1), "{kind}");
    }
}

/// The title of the page for a sign-in that was not completed.
const INCOMPLETE: &str = "Sign-in wasn’t completed";

#[tokio::test]
async fn r01_r02_a_refused_code_is_said_to_be_one_whatever_the_4xx_status() {
    let invalid_grant = r#"{"error":"invalid_grant"}"#;
    let refusal = r#"{"error":"invalid_request"}"#;
    let (refused_code, settings, away) = ("code_refused", "misconfigured", "provider_unavailable");
    for (status, body, reason, in_log) in [
        (400, invalid_grant, refused_code, "invalid_grant"),
        (401, invalid_grant, refused_code, "invalid_grant"),
        (403, invalid_grant, refused_code, "invalid_grant"),
        (404, invalid_grant, refused_code, "invalid_grant"),
        (422, invalid_grant, refused_code, "invalid_grant"),
        (429, invalid_grant, refused_code, "invalid_grant"),
        (400, refusal, refused_code, "invalid_request"),
        (403, r#"{"message":"no"}"#, refused_code, "error code none"),
        (403, "<h1>Forbidden</h1>", refused_code, "not JSON"),
        (405, "{}", refused_code, "token_endpoint"),
        (400, r#"{"error":"invalid_client"}"#, settings, "client_secret"),
        (401, "{}", settings, "client_secret"),
        (403, r#"{"error":"unauthorized_client"}"#, settings, "authorization_code"),
        (400, r#"{"error":"invalid_scope"}"#, settings, "check scopes"),
        (429, refusal, away, "invalid_request"),
        (400, r#"{"error":"temporarily_unavailable"}"#, away, "temporarily_unavailable"),
        (503, invalid_grant, away, "503"),
    ] {
        let (world, what) = (HostileWorld::start().await, format!("{status} {body}"));
        let heard = Heard::begin();
        world.provider.script(|script| script.instead.insert(At::CodeExchange, Raw::json(status, body)));
        let mut browser = world.browser();
        let page = browser.open(BOARD).await;
        assert_eq!(page.status == 503, reason == away, "{what}: {}", page.status);
        assert_eq!(page.body.contains(INCOMPLETE), reason == refused_code, "{what}: {}", page.body);
        assert!(heard.has(&["sign-in failed", reason, in_log, &status.to_string()]), "{what}");
        assert!(!browser.at_app.contains_key(SESSION), "{what}");
        world.provider.be_honest();
        assert!(is_data(&browser.open(BOARD).await), "{what}: the same made right");
    }
}

#[tokio::test]
async fn cb_10_nobody_waits_for_an_answer_that_drips() {
    let world = HostileWorld::start().await;
    let fault = |script: &mut Script| drop(script.instead.insert(At::CodeExchange, Raw::drip()));
    comes_to_nothing(&world, fault, 9, "a drip").await;
}

#[tokio::test]
async fn f32_a_repeated_member_makes_the_response_to_a_code_unusable() {
    let world = HostileWorld::start().await;
    for members in [r#""x":1,"x":2"#, r#""access_token":"planted""#, r#""id_\u0074oken":"a.b.c""#] {
        let fault = |script: &mut Script| script.before.extend([(At::CodeExchange, members)]);
        comes_to_nothing(&world, fault, 4, members).await;
    }
    world.provider.script(|script| script.before.insert(At::CodeExchange, r#""x":{"a":1,"a":2}"#));
    assert!(is_data(&world.signed_in(BOARD).await.1), "its own members are all different");
    // Nothing of such a UserInfo response is used, and the sign-in goes on without it.
    world.provider.be_honest();
    world
        .provider
        .script(|script| script.before.insert(At::UserInfo, r#""nickname":"one","nickname":"two""#));
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(is_data(&page));
    assert!(!browser.open("/account").await.body.contains("nickname"));
}

#[tokio::test]
async fn cb_11_cb_12_cb_13_type_and_tokens_are_checked_before_use() {
    let world = HostileWorld::start().await;
    let mut members = bad_members();
    members.extend([
        ("token_type", Some(json!("Bearer "))),
        ("token_type", Some(json!(["Bearer"]))),
        ("access_token", Some(json!("a\u{0}b"))),
        ("access_token", Some(json!("a".repeat(1 << 19)))),
        ("id_token", None),
        ("id_token", Some(json!(null))),
        ("id_token", Some(json!(""))),
        ("id_token", Some(json!(1))),
        ("id_token", Some(json!("a.b"))),
        ("id_token", Some(json!("a.b.c"))),
        ("id_token", Some(json!("a.b.c.d.e"))),
        ("id_token", Some(json!(["a.b.c"]))),
    ]);
    for (name, value) in members {
        let what = format!("{name}: {:.40}", format!("{value:?}"));
        comes_to_nothing(&world, |script| set(script, (name, value)), 4, &what).await;
    }
}

#[tokio::test]
async fn cb_11_what_is_odd_but_right_is_taken() {
    let world = HostileWorld::start().await;
    for (name, value) in odd_members().into_iter().chain([("refresh_token", None)]) {
        let what = format!("{name}: {:.40}", format!("{value:?}"));
        world.provider.script(|script| set(script, (name, value)));
        let (_, page) = world.signed_in(BOARD).await;
        assert!(is_data(&page), "{what}: {}", page.body);
        assert!(world.api.saw(&world.provider.issued().last().unwrap().access_token), "{what}");
        world.provider.be_honest();
    }
}

#[tokio::test]
async fn cb_14_a_lifetime_that_is_none_fails_the_sign_in() {
    let world = HostileWorld::start().await;
    for lifetime in [
        json!(-1),
        json!(-0.5),
        json!("-1"),
        json!("1h"),
        json!(""),
        json!(" 3600"),
        json!("0x10"),
        json!(1e30),
        json!([]),
        json!(["3600"]),
        json!(true),
        json!({}),
    ] {
        let what = format!("{lifetime}");
        comes_to_nothing(&world, |script| set(script, ("expires_in", Some(lifetime))), 4, &what).await;
    }
}

#[tokio::test]
async fn r34_a_lifetime_as_text_or_fraction_counts_at_sign_in() {
    for (lifetime, secs) in [
        (json!("3600"), 3600),
        (json!("60"), 60),
        (json!("000060"), 60),
        (json!(3600.5), 3600),
        (json!(60.999), 60),
        (json!("18446744073709551616"), 30 * 86_400),
        (json!("2592001"), 30 * 86_400),
    ] {
        let world = HostileWorld::with(LONG).await;
        world.provider.script(|script| set(script, ("expires_in", Some(lifetime.clone()))));
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(is_data(&page), "{lifetime}: {}", page.body);
        for (later_secs, refreshes) in [(secs / 2, 0), (secs / 2 + 1, 1)] {
            world.advance(later_secs);
            assert!(is_data(&browser.fetch(PANEL).await), "{lifetime}");
            assert_eq!(world.provider.count(At::Refresh), refreshes, "{lifetime}");
        }
    }
}

#[tokio::test]
async fn cb_14_an_enormous_lifetime_is_not_believed() {
    for lifetime in [u64::MAX, i64::MAX as u64, u64::from(u32::MAX), 40 * 86_400] {
        let world = HostileWorld::with(LONG).await;
        world.provider.script(|script| set(script, ("expires_in", Some(json!(lifetime)))));
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(is_data(&page), "{lifetime}: {}", page.body);
        world.advance(60);
        assert!(is_data(&browser.open(BOARD).await));
        assert_eq!(world.provider.count(At::Refresh), 0, "{lifetime}: it is good for now");
        world.advance(31 * 86_400);
        assert!(is_data(&browser.open(BOARD).await), "{lifetime}");
        assert_eq!(world.provider.count(At::Refresh), 1, "{lifetime}: a token that never ends");
    }
}

#[tokio::test]
async fn cb_14_a_lifetime_that_is_not_said_ends_when_the_api_says_so() {
    for lifetime in [None, Some(json!(null))] {
        let world = HostileWorld::with(LONG).await;
        world.provider.script(|script| set(script, ("expires_in", lifetime.clone())));
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert!(is_data(&page), "{lifetime:?}");
        world.advance(40 * 86_400);
        assert!(is_data(&browser.fetch(PANEL).await), "{lifetime:?}");
        assert_eq!(world.provider.count(At::Refresh), 0, "{lifetime:?}");
        let token = world.provider.issued()[0].access_token.clone();
        world.api.script(|script| script.refused.insert(token));
        assert!(is_data(&browser.fetch(PANEL).await), "{lifetime:?}");
        assert_eq!(world.provider.count(At::Refresh), 1, "{lifetime:?}: on a 401 only");
    }
}

#[tokio::test]
async fn cb_15_what_was_granted_counts_and_a_panel_says_what_is_missing() {
    for (scope, is_granted) in [
        (Some(json!("openid")), false),
        (Some(json!("openid profile ORDERS:READ orders:reader")), false),
        (Some(json!("orders:read")), true),
        // RFC 6749 5.1: if absent, it is as requested.
        (None, true),
        (Some(json!(null)), true),
    ] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| set(script, ("scope", scope.clone())));
        let (mut browser, page) = world.signed_in(BOARD).await;
        assert_eq!((page.status.as_u16(), page.path().as_str()), (200, BOARD), "{scope:?}");
        assert!(browser.at_app.contains_key(SESSION));
        assert_eq!(is_data(&page), is_granted, "{scope:?}: {}", page.body);
        let is_said =
            page.body.contains("Your sign-in provider didn’t grant") && page.body.contains("orders:read");
        assert_eq!(is_said, !is_granted, "{scope:?}: {}", page.body);
        assert_eq!(seen(&world)[3], usize::from(is_granted), "{scope:?}: the API is not asked in vain");
        let account = browser.open("/account").await.body;
        let shown = account.split_once("Granted permissions").unwrap().1.split("</section>").next().unwrap();
        assert_eq!(shown.contains("orders:read<"), is_granted, "{scope:?}: {shown}");
    }
    let world = HostileWorld::start().await;
    let fault = |script: &mut Script| set(script, ("scope", Some(json!(["openid"]))));
    comes_to_nothing(&world, fault, 4, "scopes as a list").await;
}
