//! `POST /auth/back-channel-logout`: the form, and which sessions end.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use claimcheck_base::clock::Clock;
use claimcheck_model::paths;
use serde_json::json;

use crate::{
    logout::{SERVER, is_accepted, is_refused, is_signed_in, of_suite, post, post_form, post_of_suite},
    support::{
        Browser,
        hostile::{At, HostileWorld},
    },
};

const SQLITE: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";

/// Posts this body with this content type.
async fn post_raw(world: &HostileWorld, kind: &str, body: &str) -> crate::support::Page {
    let headers: Vec<_> = SERVER.iter().copied().chain([("content-type", kind)]).collect();
    world
        .browser()
        .send(Method::POST, paths::BACK_CHANNEL_LOGOUT.path(), &headers, Some(body.to_owned()))
        .await
}

#[tokio::test]
async fn lo_07_the_form_has_one_logout_token_and_whatever_else() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let token = world.provider.logout(Some("p-ada"), Some("sid-0")).signed(world.provider.keys());
    for (what, pairs) in [
        ("nothing", vec![]),
        ("another field", vec![("token", token.as_str())]),
        ("another case", vec![("Logout_Token", token.as_str())]),
        ("an empty field", vec![("logout_token", "")]),
        ("twice the same", vec![("logout_token", token.as_str()), ("logout_token", &token)]),
        ("another beside it", vec![("logout_token", ""), ("logout_token", &token)]),
    ] {
        assert!(is_refused(&post_form(&world.app, &pairs).await), "{what}");
    }
    let form = format!("logout_token={token}");
    for (kind, body) in [
        ("application/json", json!({ "logout_token": token }).to_string()),
        ("application/json", form.clone()),
        ("text/plain", form.clone()),
        ("multipart/form-data; boundary=x", form.clone()),
        ("application/x-www-form-urlencodedx", form.clone()),
        ("application/logout+jwt", token.clone()),
    ] {
        let page = post_raw(&world, kind, &body).await;
        assert!(is_refused(&page) && page.header("cache-control") == "no-store", "{kind}: {}", page.status);
    }
    let in_query = format!("{}?logout_token={token}", paths::BACK_CHANNEL_LOGOUT.path());
    let page = browser.send(Method::POST, &in_query, &SERVER, Some(String::new())).await;
    assert!(is_refused(&page), "in the address it is none");
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        let page = browser.send(method.clone(), &in_query, &SERVER, None).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!((page.header("allow"), page.header("cache-control")), ("POST", "no-store"), "{method}");
    }
    assert!(is_signed_in(&mut browser).await);
    let kind = "Application/X-WWW-Form-Urlencoded ; charset=UTF-8";
    let page = post_raw(&world, kind, &format!("a=1&a=2&{form}&logout_tokens=x&%ff=%ff")).await;
    assert!(is_accepted(&page) && page.header("cache-control") == "no-store", "{}", page.body);
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_07_cookies_count_for_nothing_and_none_is_set() {
    let world = HostileWorld::start().await;
    let (mut ada, _) = world.signed_in("/account").await;
    let (mut mei, _) = world.signed_in_as("p-mei", "Mei Tanaka", "/account").await;
    let cookie = mei.at_app["claimcheck"].clone();
    let token = world.provider.logout(None, Some("sid-0")).signed(world.provider.keys());
    // From the browser of another user, for whom nothing changes.
    let form = Some(format!("logout_token={token}"));
    let page = mei.send(Method::POST, paths::BACK_CHANNEL_LOGOUT.path(), &SERVER, form).await;
    assert!(is_accepted(&page) && page.header("set-cookie").is_empty());
    assert_eq!(mei.at_app["claimcheck"], cookie);
    assert!(is_signed_in(&mut mei).await && !is_signed_in(&mut ada).await);
}

#[tokio::test]
async fn lo_07_what_cannot_be_done_now_may_be_tried_again() {
    let world = HostileWorld::with(SQLITE).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let token = world.provider.logout(None, Some("sid-0")).signed(world.provider.keys());
    let database =
        sqlx::SqlitePool::connect(&format!("sqlite:{}", world.database().display())).await.unwrap();
    let full = "CREATE TRIGGER disk_is_full BEFORE INSERT ON barred BEGIN SELECT RAISE(FAIL, 'full'); END";
    sqlx::query(full).execute(&database).await.unwrap();
    let page = post(&world.app, &token).await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    assert!(is_signed_in(&mut browser).await);
    sqlx::query("DROP TRIGGER disk_is_full").execute(&database).await.unwrap();
    assert!(is_accepted(&post(&world.app, &token).await), "what failed was not remembered as done");
    assert!(!is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_13_sid_ends_one_session_sub_all_of_a_person_and_both_must_belong_together() {
    let world = HostileWorld::start().await;
    let (mut first, _) = world.signed_in("/account").await;
    let (mut second, _) = world.signed_in("/account").await;
    let (mut other, _) = world.signed_in_as("p-mei", "Mei Tanaka", "/account").await;
    let (mut others, _) = world.signed_in("/account").await;
    let send = async |sub, sid| {
        let token = world.provider.logout(sub, sid).signed(world.provider.keys());
        assert!(is_accepted(&post(&world.app, &token).await), "{sub:?} {sid:?}");
    };
    macro_rules! running {
        () => {
            [
                is_signed_in(&mut first).await,
                is_signed_in(&mut second).await,
                is_signed_in(&mut other).await,
                is_signed_in(&mut others).await,
            ]
        };
    }
    for (sub, sid) in [
        (Some("p-mei"), Some("sid-0")),
        (Some("p-ada"), Some("sid-2")),
        (Some("P-ADA"), None),
        (Some("sid-0"), None),
        (None, Some("p-ada")),
        (None, Some("SID-0")),
        (None, Some("sid-99")),
        (Some("p-nobody"), None),
    ] {
        send(sub, sid).await;
        assert_eq!(running!(), [true; 4], "{sub:?} {sid:?}");
    }
    send(None, Some("sid-1")).await;
    assert_eq!(running!(), [true, false, true, true]);
    send(Some("p-ada"), Some("sid-0")).await;
    assert_eq!(running!(), [false, false, true, true]);
    send(Some("p-mei"), None).await;
    assert_eq!(running!(), [false; 4]);
}

#[tokio::test]
async fn lo_13_oidcc_client_test_rp_backchannel_rpinitlogout() {
    let world = HostileWorld::start().await;
    // The suite sends it after the user has signed out here, and expects 200 all the same.
    for signs_out_first in [true, false] {
        let (mut browser, _) = world.signed_in("/account").await;
        let sid = format!("sid-{}", world.provider.issued().len() - 1);
        if signs_out_first {
            assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
        }
        let token = of_suite(&world, &sid).signed(world.provider.keys());
        assert!(is_accepted(&post_of_suite(&world, &token).await));
        assert!(!is_signed_in(&mut browser).await);
        assert!(is_accepted(
            &post_of_suite(&world, &of_suite(&world, &sid).signed(world.provider.keys())).await
        ));
    }
}

#[tokio::test]
async fn lo_15_the_same_token_has_no_second_effect() {
    let world = HostileWorld::start().await;
    let (mut before, _) = world.signed_in("/account").await;
    let logout = world.provider.logout(Some("p-ada"), None);
    let token = logout.signed(world.provider.keys());
    assert!(is_accepted(&post(&world.app, &token).await));
    assert!(!is_signed_in(&mut before).await);
    world.advance(1);
    let (mut after, _) = world.signed_in("/account").await;
    assert!(is_accepted(&post(&world.app, &token).await), "it is so already");
    assert!(is_signed_in(&mut after).await, "a replay reached a session of after");
    // The same claims with another `jti` are another logout, which is not about a sign-in of after it.
    let again = logout.clone().with("jti", "another").signed(world.provider.keys());
    assert!(is_accepted(&post(&world.app, &again).await));
    assert!(is_signed_in(&mut after).await);
    let later = logout.with("jti", "later").with("iat", world.now()).signed(world.provider.keys());
    assert!(is_accepted(&post(&world.app, &later).await));
    assert!(!is_signed_in(&mut after).await);
}

#[tokio::test]
async fn lo_13_a_late_logout_ends_what_began_before_it_and_no_sign_in_of_after_it() {
    for (store, ahead) in [("", 0), (SQLITE, 0), ("", 45), ("", -45)] {
        let world = HostileWorld::with(store).await;
        world.provider.script(|script| script.clock_ahead_secs = ahead);
        let (mut before, _) = world.signed_in("/account").await;
        world.advance(2);
        let logout = world.provider.logout(Some("p-ada"), None).signed(world.provider.keys());
        world.advance(1);
        // Really after it: the token is on its way, or is sent again after an error.
        let (mut after, _) = world.signed_in("/account").await;
        assert!(is_accepted(&post(&world.app, &logout).await));
        assert!(!is_signed_in(&mut before).await, "{store} {ahead}: began before it");
        assert!(is_signed_in(&mut after).await, "{store} {ahead}: began after it");
        // A further sign-in starts, and one that continues the session, too.
        assert_eq!(after.open("/auth/sign-in?return_to=/account").await.path(), "/account");
        assert!(is_signed_in(&mut after).await, "{store} {ahead}");
        assert_eq!(before.open("/account").await.path(), "/account", "{store} {ahead}");
    }
}

#[tokio::test]
async fn lo_15_a_token_is_remembered_for_as_long_as_it_is_good() {
    let world = HostileWorld::with(SQLITE).await;
    let token = world.provider.logout(Some("p-ada"), None).with("exp", world.now() + 3600);
    let token = token.signed(world.provider.keys());
    assert!(is_accepted(&post(&world.app, &token).await));
    world.advance(3640);
    world.services.sessions.purge().await.unwrap();
    let (mut browser, _) = world.signed_in("/account").await;
    assert!(is_accepted(&post(&world.app, &token).await), "within the leeway");
    assert!(is_signed_in(&mut browser).await);
    world.advance(30);
    assert!(is_refused(&post(&world.app, &token).await), "it has expired");
    assert!(is_signed_in(&mut browser).await);
}

#[tokio::test]
async fn lo_14_another_process_knows_it_at_the_very_next_request() {
    let world = HostileWorld::with(SQLITE).await;
    let there = world.process(Clock::default()).await;
    let (browser, _) = world.signed_in("/account").await;
    let mut elsewhere = there.browser();
    elsewhere.at_app.clone_from(&browser.at_app);
    let mut here: Browser<'_> = browser;
    assert!(is_signed_in(&mut elsewhere).await && is_signed_in(&mut here).await);
    let token = world.provider.logout(None, Some("sid-0")).signed(world.provider.keys());
    assert!(is_accepted(&post(&world.app, &token).await));
    assert!(!is_signed_in(&mut elsewhere).await && !is_signed_in(&mut here).await);
    assert_eq!(elsewhere.fetch("/api/panel?board=orders&panel=orders").await.body, "\"SignedOut\"");
    // A logout processed by one process is known to all.
    world.advance(1);
    there.clock.advance(1);
    let (mut after, _) = world.signed_in("/account").await;
    assert!(is_accepted(&post(&there.app, &token).await));
    assert!(is_signed_in(&mut after).await);
    let token = world.provider.logout(None, Some("sid-1")).signed(world.provider.keys());
    assert!(is_accepted(&post(&there.app, &token).await), "and either may hear it");
    assert!(!is_signed_in(&mut after).await);
}

#[tokio::test]
async fn lo_03_the_tokens_of_what_ended_are_given_back_and_no_others() {
    let world = HostileWorld::start().await;
    world.signed_in("/account").await;
    let (mut other, _) = world.signed_in_as("p-mei", "Mei Tanaka", "/account").await;
    // The response does not wait for the provider.
    world.provider.script(|script| script.delays.insert(At::Revocation, Duration::from_millis(300)));
    let token = world.provider.logout(Some("p-ada"), None).signed(world.provider.keys());
    assert!(is_accepted(&post(&world.app, &token).await));
    assert!(world.provider.count(At::Revocation) < 2, "the provider's server was kept waiting");
    world.drained().await;
    let given: Vec<_> = world.provider.seen(At::Revocation);
    let given: Vec<_> = given.iter().filter_map(|seen| seen.field("token")).collect();
    let issued = &world.provider.issued()[0];
    assert_eq!(given, [issued.refresh_token.as_deref().unwrap(), &issued.access_token]);
    assert!(is_signed_in(&mut other).await);
}

#[tokio::test]
async fn lo_02_a_page_of_that_session_leads_to_a_sign_in_and_the_list_says_why() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let token = world.provider.logout(Some("p-ada"), Some("sid-0")).signed(world.provider.keys());
    assert!(is_accepted(&post(&world.app, &token).await));
    let ended = world.services.sessions.ended_of(world.provider.origin(), "p-ada", 9).await.unwrap();
    assert_eq!(ended.iter().map(|end| end.why.as_str()).collect::<Vec<_>>(), ["provider"]);
    let page = browser.get("/account").await;
    assert!(page.location().as_str().starts_with(world.provider.origin()));
    world.advance(1);
    assert_eq!(browser.open("/account").await.path(), "/account", "and a new sign-in works");
}
