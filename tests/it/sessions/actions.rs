//! Each button of the page: pressed by the right user, by another, without a session, and from another site.

use axum::http::{Method, StatusCode};

use crate::{
    sessions::{FIREFOX, end, is_signed_in, keys},
    support::{
        Page,
        hostile::{At, HostileWorld},
    },
};

/// A key that no session has.
const NOBODYS: &str = "AAAAAAAAAAAAAAAAAAAAAA";

#[tokio::test]
async fn ending_another_session_of_mine_ends_that_one_alone_and_says_so_once() {
    let world = HostileWorld::start().await;
    let mut lost = world.browser();
    lost.user_agent = FIREFOX;
    lost.open("/account").await;
    let mut third = world.signed_in("/account").await.0;
    let (mut here, page) = world.signed_in("/sessions").await;
    let of_firefox = page.body.split("<li>").find(|row| row.contains("Firefox on Windows")).unwrap();
    let key = of_firefox.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let answer = here.post("/api/end_session", &[("session", key)]).await;
    assert_eq!((answer.status, answer.location().path()), (StatusCode::SEE_OTHER, "/sessions"));
    assert!(answer.location().query().is_none() && answer.headers.get("set-cookie").is_none());
    assert!(!is_signed_in(&mut lost).await, "its very next request finds nobody");
    assert!(is_signed_in(&mut third).await && is_signed_in(&mut here).await);
    let page = here.follow(answer).await;
    assert!(page.body.contains("Firefox on Windows was signed out."), "{}", page.body);
    assert!(
        page.body.contains("data-tone=\"good\"") && page.body.contains("You ended it from another session")
    );
    assert!(page.body.contains("You ended another session"), "the history has it");
    assert!(!here.open("/sessions").await.body.contains("was signed out."), "it is said once");
    world.drained().await;
    let revoked: Vec<_> = world
        .provider
        .seen(At::Revocation)
        .iter()
        .map(|seen| seen.field("token").unwrap().to_owned())
        .collect();
    let issued = world.provider.issued()[0].clone();
    assert_eq!(revoked, [issued.refresh_token.unwrap(), issued.access_token], "and only its tokens");
}

#[tokio::test]
async fn all_others_end_and_this_one_stays() {
    let world = HostileWorld::start().await;
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    let (mut a, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    let (mut b, _) = world.signed_in("/account").await;
    let (mut here, _) = world.signed_in("/sessions").await;
    let answer = here.post("/api/end_other_sessions", &[]).await;
    let page = here.follow(answer).await;
    assert_eq!(page.path(), "/sessions");
    assert!(page.body.contains("Your 2 other sessions were ended."), "{}", page.body);
    assert!(page.body.contains("You ended 2 other sessions"));
    assert!(!is_signed_in(&mut a).await && !is_signed_in(&mut b).await);
    assert!(is_signed_in(&mut eve).await && is_signed_in(&mut here).await);
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 4);
    let answer = here.post("/api/end_other_sessions", &[]).await;
    let page = here.follow(answer).await;
    assert!(page.body.contains("You had no other sessions."));
    assert_eq!(page.body.matches("You ended 2 other sessions").count(), 1);
}

#[tokio::test]
async fn cs_07_another_persons_session_is_not_told_from_one_that_is_not_there() {
    let world = HostileWorld::start().await;
    let (mut ada, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    let (mut ada_too, page) = world.signed_in("/sessions").await;
    let adas = keys(&page)[0].clone();
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/sessions").await;
    let mut answers: Vec<Page> = Vec::new();
    for key in [&*adas, NOBODYS, "x", "%00", "AAAAAAAAAAAAAAAAAAAAAA%3D%3D"] {
        answers.push(end(&mut eve, "same-origin", key).await);
    }
    for answer in &answers {
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, "\"NotFound\""));
        assert_eq!(answer.headers.len(), answers[0].headers.len(), "{:?}", answer.headers);
    }
    let answer = eve.post("/api/end_session", &[("session", &adas)]).await;
    let page = eve.follow(answer).await;
    assert!(page.path() == "/sessions" && page.body.contains("This item no longer exists."), "{}", page.body);
    assert!(is_signed_in(&mut ada).await && is_signed_in(&mut ada_too).await);
    assert_eq!(world.provider.count(At::Revocation), 0);
    assert_eq!(end(&mut ada_too, "same-origin", &adas).await.status, StatusCode::OK, "its owner may");
    assert!(!is_signed_in(&mut ada).await);
    assert_eq!(end(&mut ada_too, "same-origin", &adas).await.status, StatusCode::NOT_FOUND, "over is over");
}

#[tokio::test]
async fn cs_07_who_is_signed_out_ends_nothing() {
    let world = HostileWorld::start().await;
    let (mut other, _) = world.signed_in("/account").await;
    let (mut here, page) = world.signed_in("/sessions").await;
    let key = keys(&page)[0].clone();
    let mut nobody = world.browser();
    let answer = end(&mut nobody, "same-origin", &key).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""));
    for path in ["/api/end_session", "/api/end_other_sessions"] {
        let answer = nobody.post(path, &[("session", &key)]).await;
        assert_eq!(answer.location().path(), "/sessions", "{path}: which asks to sign in");
    }
    assert!(is_signed_in(&mut other).await);
    assert_eq!(end(&mut here, "same-origin", &key).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut other).await);
}

#[tokio::test]
async fn cs_01_another_site_ends_nothing() {
    let world = HostileWorld::start().await;
    let (mut other, _) = world.signed_in("/account").await;
    let (mut here, page) = world.signed_in("/sessions").await;
    let key = keys(&page)[0].clone();
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(end(&mut here, site, &key).await.status, StatusCode::FORBIDDEN, "{site}");
        let headers = [("sec-fetch-site", site)];
        let all = here.send(Method::POST, "/api/end_other_sessions", &headers, Some(String::new())).await;
        assert_eq!(all.status, StatusCode::FORBIDDEN, "{site}");
    }
    for path in ["/api/end_session", "/api/end_other_sessions"] {
        assert!(!here.get(&format!("{path}?session={key}")).await.status.is_success(), "{path} is no GET");
    }
    assert!(is_signed_in(&mut other).await);
    assert_eq!(end(&mut here, "same-origin", &key).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut other).await);
}

#[tokio::test]
async fn ending_this_very_session_is_signing_out() {
    let world = HostileWorld::start().await;
    let (mut other, page) = world.signed_in("/sessions").await;
    assert!(keys(&page).is_empty());
    let (mut here, _) = world.signed_in("/account").await;
    let key = keys(&other.open("/sessions").await)[0].clone();
    let answer = here.post("/api/end_session", &[("session", &key)]).await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT, "the browser posts the form again");
    assert_eq!(answer.location().path(), "/auth/sign-out");
    let page = here.post("/auth/sign-out", &[("session", &key)]).await;
    assert!(page.status == StatusCode::OK && page.body.contains("id_token_hint"), "{}", page.body);
    assert!(!here.at_app.contains_key("claimcheck") && !is_signed_in(&mut here).await);
    let page = other.open("/sessions").await;
    assert!(page.body.contains("You signed out"), "{}", page.body);
}

#[tokio::test]
async fn a_failure_half_way_is_said_and_what_is_left_ends_the_next_time() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    for _ in 0..3 {
        world.signed_in("/account").await;
    }
    let (mut here, page) = world.signed_in("/sessions").await;
    let mut sorted = keys(&page);
    sorted.sort_unstable();
    let file = format!("sqlite:{}", world.database().display());
    let database = sqlx::SqlitePool::connect(&file).await.unwrap();
    // They end in the order of their keys: the last one fails.
    let stuck = format!(
        "CREATE TRIGGER stuck BEFORE DELETE ON session WHEN OLD.key = '{}' BEGIN SELECT RAISE(FAIL, 'stuck'); END",
        sorted[2]
    );
    sqlx::query(sqlx::AssertSqlSafe(stuck)).execute(&database).await.unwrap();
    let answer = here.post("/api/end_other_sessions", &[]).await;
    let page = here.follow(answer).await;
    assert!(page.body.contains("Part of it may already be done."), "{}", page.body);
    assert_eq!(keys(&page), [sorted[2].clone()]);
    let everywhere = here.post("/auth/sign-out", &[("reach", "everywhere")]).await;
    assert_eq!(everywhere.status, StatusCode::SERVICE_UNAVAILABLE, "it does not claim what did not happen");
    assert!(is_signed_in(&mut here).await, "so that it can be asked for again");
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 4, "the tokens of those that ended are given back");
    sqlx::query("DROP TRIGGER stuck").execute(&database).await.unwrap();
    assert_eq!(here.post("/auth/sign-out", &[("reach", "everywhere")]).await.status, StatusCode::OK);
    world.drained().await;
    assert_eq!(world.provider.count(At::Revocation), 8);
    assert!(!is_signed_in(&mut here).await);
}
