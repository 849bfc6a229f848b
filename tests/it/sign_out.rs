//! `POST /auth/sign-out`, and the return from the provider.

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};

use crate::support::{
    APP, Fault, World,
    hostile::{At, HostileWorld, Raw},
};

#[tokio::test]
async fn lo_04_sign_out_ends_the_session_revokes_and_sends_the_hint() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let page = browser.post("/auth/sign-out", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!browser.at_app.contains_key("claimcheck"), "the cookie is taken away");
    assert_eq!(page.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(page.body.contains("You’re signed out here"), "it says so before it goes on: {}", page.body);
    assert_eq!(world.provider.count("POST /revoke"), 2, "the refresh token, then the access token");
    let (_, next) = page.refresh().unwrap();
    let sent = |name: &str| {
        let value = next.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        value.unwrap_or_default()
    };
    assert_eq!(sent("post_logout_redirect_uri"), format!("{APP}/"));
    assert_eq!(sent("client_id"), "app");
    assert!(sent("id_token_hint").split('.').count() == 3 && sent("state").len() >= 22);
    assert!(next.as_str().starts_with(&format!("{}/end-session?", world.provider.origin())), "{next}");

    let home = browser.follow(page).await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.is_of_app() && home.body.contains("You’re signed out"));
    let mut thief = world.browser();
    thief.at_app.insert("claimcheck".into(), cookie);
    assert!(!thief.open("/account").await.is_of_app(), "a copied cookie is worth nothing");
    let again = browser.open("/account").await;
    assert!(again.body.contains("Choose a demo user"), "the provider asks again");
}

#[tokio::test]
async fn lo_01_only_a_same_origin_post_signs_out() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for site in ["cross-site", "same-site", "none"] {
        let page = browser
            .send(Method::POST, "/auth/sign-out", &[("sec-fetch-site", site)], Some(String::new()))
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(browser.get("/auth/sign-out").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(browser.open("/account").await.path(), "/account", "still signed in");
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn lo_02_sign_out_works_while_the_provider_is_down_and_when_repeated() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    world.provider.set(Fault::Answer(503, "text/plain", "down"));
    let cookie = browser.at_app["claimcheck"].clone();
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
    browser.at_app.insert("claimcheck".into(), cookie);
    world.provider.set(Fault::None);
    assert!(!browser.open("/account").await.is_of_app());
    let again = browser.post("/auth/sign-out", &[]).await;
    let home = browser.follow(again).await;
    assert!(home.body.contains("You’re signed out here"), "and it says how far that went");
}

#[tokio::test]
async fn lo_06_home_copes_with_a_missing_wrong_or_foreign_state() {
    let world = World::start().await;
    for state in ["", "?state=", "?state=forged", "?state=%3Cscript%3E", "?state=a&state=b"] {
        let home = world.browser().open(&format!("/{state}")).await;
        assert_eq!(home.status, StatusCode::OK);
        assert!(!home.body.contains("signed out.") && !home.body.contains("forged"));
    }
}

#[tokio::test]
async fn lo_01_a_choice_that_is_none_signs_nobody_out() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for form in ["reach=", "reach=all", "reach=Everywhere", "reach=only-here&reach=everywhere", "reach=%ff"] {
        let headers = [("sec-fetch-site", "same-origin")];
        let page = browser.send(Method::POST, "/auth/sign-out", &headers, Some(form.into())).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{form}");
        assert_eq!(browser.open("/account").await.path(), "/account", "{form}: still signed in");
    }
    for (site, reach) in [("cross-site", "everywhere"), ("same-site", "only-here")] {
        let form = Some(format!("reach={reach}"));
        let page = browser.send(Method::POST, "/auth/sign-out", &[("sec-fetch-site", site)], form).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{site}");
    }
    assert_eq!(browser.get("/auth/sign-out?reach=everywhere").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(browser.open("/account").await.path(), "/account");
    let page = browser.post("/auth/sign-out", &[("reach", "everywhere"), ("other", "ignored")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!browser.open("/account").await.is_of_app());
}

#[tokio::test]
async fn lo_02_only_here_asks_the_provider_nothing_and_leaves_other_sessions_alone() {
    let world = World::start().await;
    let (mut other, _) = world.signed_in("ada", "/account").await;
    let (mut browser, page) = world.signed_in("ada", "/sessions").await;
    assert!(page.body.contains("name=\"reach\" value=\"only-here\""));
    let answer = browser.post("/auth/sign-out", &[("reach", "only-here")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!browser.at_app.contains_key("claimcheck") && !answer.body.contains("id_token_hint"));
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    let home = browser.follow(answer).await;
    assert!(
        home.body.contains("You’re signed out here. Your sign-in provider may still remember you"),
        "{}",
        home.body
    );
    assert_eq!(world.provider.count("POST /revoke"), 2, "its tokens are given back");
    assert_eq!(world.provider.count("end-session"), 0);
    assert_eq!(other.open("/account").await.path(), "/account");
    let again = browser.open("/account").await;
    assert!(!again.body.contains("Choose a demo user"), "the provider knows who it is");
}

#[tokio::test]
async fn lo_02_everywhere_ends_all_sessions_of_the_person_and_nobody_elses() {
    let world = World::start().await;
    let (mut jonas, _) = world.signed_in("jonas", "/account").await;
    let (mut phone, _) = world.signed_in("ada", "/account").await;
    let (mut office, _) = world.signed_in("ada", "/account").await;
    let (mut browser, page) = world.signed_in("ada", "/sessions").await;
    assert!(page.body.contains("name=\"reach\" value=\"everywhere\""));
    let answer = browser.post("/auth/sign-out", &[("reach", "everywhere")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("id_token_hint") && !browser.at_app.contains_key("claimcheck"));
    for other in [&mut phone, &mut office, &mut browser] {
        assert_eq!(other.fetch("/api/account").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(jonas.open("/account").await.path(), "/account");
    world.drained().await;
    assert_eq!(world.provider.count("POST /revoke"), 6, "all their tokens are given back");
    let again = browser.post("/auth/sign-out", &[]).await;
    assert!(browser.follow(again).await.body.contains("You’re signed out"), "and again is harmless");
    // Without a session, the user whose sessions should end is unknown: they sign in, and see the list.
    let again = browser.post("/auth/sign-out", &[("reach", "everywhere")]).await;
    assert_eq!(again.status, StatusCode::OK, "no redirect of a form, which could not reach the provider");
    assert!(again.refresh().unwrap().1.as_str().ends_with("/auth/sign-in?return_to=%2Fsessions"));
}

#[tokio::test]
async fn lo_03_a_provider_that_does_not_take_tokens_back_holds_nobody_up() {
    for (what, answer, wait) in [
        ("200", None, Duration::ZERO),
        ("400", Some(Raw::json(400, r#"{"error":"unsupported_token_type"}"#)), Duration::ZERO),
        ("503", Some(Raw::text(503, "text/html", "down")), Duration::ZERO),
        ("hangs", None, Duration::from_secs(20)),
    ] {
        for reach in ["", "only-here", "everywhere"] {
            let world = HostileWorld::start().await;
            let (mut other, _) = world.signed_in("/account").await;
            let (mut browser, _) = world.signed_in("/account").await;
            world.provider.script(|script| {
                script.delays.insert(At::Revocation, wait);
                script.instead.extend(answer.clone().map(|answer| (At::Revocation, answer)));
            });
            let start = Instant::now();
            let form: &[(&str, &str)] = if reach.is_empty() { &[] } else { &[("reach", reach)] };
            let page = browser.post("/auth/sign-out", form).await;
            assert_eq!(page.status, StatusCode::OK, "{what} {reach}");
            assert!(start.elapsed() < Duration::from_secs(12), "{what} {reach}: {:?}", start.elapsed());
            assert!(world.provider.count(At::Revocation) > 0, "{what} {reach}");
            assert_eq!(browser.fetch("/api/account").await.status, StatusCode::UNAUTHORIZED);
            assert_eq!(
                other.fetch("/api/account").await.status.is_success(),
                reach != "everywhere",
                "{reach}"
            );
        }
    }
}
