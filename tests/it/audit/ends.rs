//! Sign-ins, and who ended which session.

use axum::http::Method;
use claimcheck_model::paths;

use super::{BOARD, count, line, lines, request_id, text, world};
use crate::support::{
    Browser,
    hostile::{At, HostileWorld, Person, Raw},
};

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";

async fn end(browser: &mut Browser<'_>, key: &str) {
    let headers =
        [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty"), ("accept", "application/json")];
    let ended =
        browser.send(Method::POST, "/api/end_session", &headers, Some(format!("session={key}"))).await;
    assert!(ended.status.is_success(), "{}", ended.body);
}

fn key_of_the_other(page: &str) -> String {
    page.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn au_01_au_10_a_sign_in_says_who_how_from_where_and_which_claims_gave_access() {
    let world = world("[[allow]]\nclaim = \"hd\"\nis = \"canary-value\"\n").await;
    let now = world.now();
    world.provider.script(|script| {
        script.person.claims.insert("hd".into(), "canary-value".into());
        script.at_sign_in.claims.set("acr", "gold");
        script.at_sign_in.claims.set("auth_time", now);
    });
    let (_browser, page) = world.signed_in(BOARD).await;
    assert!(page.is_of_app());
    let signed_in = line(&world, "sign_in", &[("outcome", "success")]).await;
    assert_eq!((text(&signed_in, "kind"), text(&signed_in, "sub")), ("new", "p-ada"));
    assert_eq!((text(&signed_in, "iss"), text(&signed_in, "acr")), (world.provider.origin(), "gold"));
    assert_eq!((signed_in["v"].as_i64(), signed_in["auth_time"].as_i64()), (Some(1), Some(now)));
    assert_eq!(signed_in["allowed_by"], serde_json::json!(["hd"]));
    assert_eq!(text(&signed_in, "session").len(), 12);
    assert!(text(&signed_in, "client").parse::<std::net::IpAddr>().is_ok());
    assert_eq!((text(&signed_in, "request").len(), text(&signed_in, "time").len()), (10, 24));
    assert!(!signed_in.to_string().contains("canary-value"), "no values: {signed_in}");
    assert_eq!(lines(&world).len(), count(&world, "sign_in") + count(&world, "consent"));
}

#[tokio::test]
async fn au_01_a_refused_sign_in_has_its_reason_and_the_user_as_far_as_they_are_known() {
    let world = world("[[allow]]\nclaim = \"hd\"\nis = \"example.com\"\n").await;
    let (_, page) = world.signed_in(BOARD).await;
    assert_eq!(page.status, 403, "{}", page.body);
    let refused = line(&world, "sign_in", &[("outcome", "refused")]).await;
    assert_eq!((text(&refused, "reason"), text(&refused, "sub")), ("not_allowed", "p-ada"));
    assert_eq!(text(&refused, "request"), request_id(&page));
    assert!(refused["session"].is_null() && refused["allowed_by"].is_null(), "{refused}");
    // The provider's own refusal, and one whose code is not registered.
    for (code, expected) in [("access_denied", "access_denied"), ("made%20up", "other")] {
        let mut browser = world.browser();
        let away = browser.get(BOARD).await;
        let callback = browser.get(away.location().as_str()).await.location();
        let address = callback.as_str().replace("code=", &format!("error={code}&was="));
        browser.open(&address).await;
        let refused = line(&world, "sign_in", &[("error", expected)]).await;
        assert_eq!((text(&refused, "reason"), text(&refused, "kind")), ("provider_error", "new"));
        assert!(refused["sub"].is_null(), "nobody is known: {refused}");
    }
    // What the provider cannot do is a failure, not a refusal.
    world.provider.script(|script| {
        script.instead.insert(At::CodeExchange, Raw::text(503, "text/plain", "down"));
    });
    world.signed_in(BOARD).await;
    let failed = line(&world, "sign_in", &[("outcome", "failed")]).await;
    assert_eq!(text(&failed, "reason"), "provider_unavailable");
    world.provider.be_honest();
    assert_eq!(count(&world, "session.ended"), 0);
}

#[tokio::test]
async fn au_03_a_session_ended_by_its_user_here_or_from_another_one() {
    let world = world("").await;
    let (mut here, _) = world.signed_in("/account").await;
    let here_is = text(&line(&world, "sign_in", &[]).await, "session").to_owned();
    let mut phone = world.browser();
    phone.send(Method::GET, "/account", &[("user-agent", FIREFOX)], None).await;
    phone.open("/account").await;
    let list = phone.open("/sessions").await;
    end(&mut phone, &key_of_the_other(&list.body)).await;
    let ended = line(&world, "session.ended", &[("by", "person_elsewhere")]).await;
    assert_eq!((text(&ended, "reason"), text(&ended, "session")), ("ended_elsewhere", here_is.as_str()));
    assert!(text(&ended, "ended_from").len() == 12 && text(&ended, "ended_from") != here_is, "{ended}");
    assert!(!here.open("/account").await.body.is_empty());
    phone.post("/auth/sign-out", &[]).await;
    let ended = line(&world, "session.ended", &[("reason", "signed_out")]).await;
    assert_eq!(text(&ended, "by"), "person");
    assert!(ended["ended_from"].is_null() && ended["via"].is_null(), "{ended}");
}

#[tokio::test]
async fn au_03_a_session_ended_by_the_provider_says_through_which_channel() {
    let world = world("").await;
    let (_one, _) = world.signed_in("/account").await;
    let (_two, _) = world.signed_in("/account").await;
    let token = world.provider.logout(Some("p-ada"), Some("sid-0")).signed(world.provider.keys());
    assert!(crate::logout::is_accepted(&crate::logout::post(&world.app, &token).await));
    let ended = line(&world, "session.ended", &[("via", "back_channel")]).await;
    assert_eq!((text(&ended, "by"), text(&ended, "reason")), ("provider", "provider_logout"));
    let iss = world.provider.origin();
    let frame = format!("/auth/front-channel-logout?iss={iss}&sid=sid-1");
    assert!(world.browser().get(&frame).await.status.is_success());
    line(&world, "session.ended", &[("via", "front_channel")]).await;
    // A token that is not accepted.
    crate::logout::post(&world.app, "forged").await;
    let refused = line(&world, "provider_logout", &[]).await;
    assert_eq!((text(&refused, "outcome"), text(&refused, "via")), ("refused", "back_channel"));
    assert_eq!(count(&world, "session.ended"), 2);
}

#[tokio::test]
async fn au_03_a_refused_refresh_a_limit_and_a_timeout_say_so() {
    let world = world("sessions_per_person = 1\nidle_secs = 600\n").await;
    let (_first, _) = world.signed_in("/account").await;
    let (mut second, _) = world.signed_in("/account").await;
    let ended = line(&world, "session.ended", &[("reason", "too_many_sessions")]).await;
    assert_eq!(text(&ended, "by"), "server");
    world.advance(400);
    world.provider.script(|script| {
        script.instead.insert(At::Refresh, Raw::json(400, r#"{"error":"invalid_grant"}"#));
    });
    second.get(BOARD).await;
    let refused = line(&world, "token_refresh", &[]).await;
    assert_eq!((text(&refused, "reason"), text(&refused, "api")), ("refused", "default"));
    assert_eq!(text(&refused, "sub"), "p-ada");
    let ended = line(&world, "session.ended", &[("reason", "refresh_refused")]).await;
    assert_eq!((text(&ended, "by"), text(&ended, "session")), ("provider", text(&refused, "session")));
    world.provider.be_honest();
    let (_third, _) = world.signed_in("/account").await;
    let key = world.services.sessions.of(world.provider.origin(), "p-ada").await.unwrap()[0].key.clone();
    world.advance(601);
    for _ in 0..2 {
        assert!(world.services.sessions.reload(&key).await.unwrap().is_none());
    }
    let ended = line(&world, "session.ended", &[("reason", "idle_timeout")]).await;
    assert_eq!((text(&ended, "by"), text(&ended, "session")), ("server", key.reference().as_str()));
    assert_eq!(count(&world, "session.ended"), 3, "a timeout is recorded once");
}

#[tokio::test]
async fn au_03_another_user_in_the_same_browser_and_new_roles_are_told() {
    let world = world("role_claims = \"roles\"\n").await;
    world.provider.script(|script| {
        script.person.claims.insert("roles".into(), "clerk".into());
    });
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| script.userinfo.set("roles", "auditor"));
    world.advance(400);
    browser.open("/account").await;
    browser.post("/api/refresh_account", &[]).await;
    let changed = line(&world, "roles.changed", &[]).await;
    assert_eq!(changed["gained"], serde_json::json!(["auditor"]));
    assert_eq!(changed["lost"], serde_json::json!(["clerk"]));
    world.provider.script(|script| script.person = Person::new("p-ben", "Ben"));
    browser.open(&paths::as_another_account(&paths::sign_in("/account"))).await;
    let ended = line(&world, "session.ended", &[("reason", "replaced")]).await;
    assert_eq!((text(&ended, "sub"), text(&ended, "by")), ("p-ada", "person"));
    assert_eq!(text(&line(&world, "sign_in", &[("sub", "p-ben")]).await, "kind"), "new");
}

#[tokio::test]
async fn au_07_a_flood_of_refusals_is_one_line_and_a_count() {
    let world = world("").await;
    for _ in 0..5 {
        assert_eq!(world.browser().get("/auth/callback?code=a&code=b").await.status, 400);
    }
    let first = line(&world, "sign_in", &[("reason", "malformed")]).await;
    assert!(first["count"].is_null(), "{first}");
    world.signed_in("/account").await;
    line(&world, "sign_in", &[("outcome", "success")]).await;
    assert_eq!(lines(&world).iter().filter(|line| line["reason"] == "malformed").count(), 1);
    world.advance(61);
    world.signed_in("/account").await;
    until_counted(&world).await;
}

async fn until_counted(world: &HostileWorld) {
    crate::support::until(|| lines(world).iter().any(|line| line["count"] == 4)).await;
}
