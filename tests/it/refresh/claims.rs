//! The stored claims stay up to date: a claim that the provider no longer sends is removed at the next refresh, and one
//! that it cannot send at the moment stays (OpenID Connect Core 5.3.2, 12.2).

use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::json;

use crate::{
    refresh::{LATER_SECS, PANEL, is_data},
    support::{
        Browser, Page, World,
        hostile::{At, HostileWorld, Raw},
    },
};

/// The account page some time later, after a page that needed the API.
async fn after_refresh(world: &HostileWorld, browser: &mut Browser<'_>) -> Page {
    let before = world.provider.count(At::Refresh);
    world.advance(LATER_SECS);
    assert!(is_data(&browser.open("/boards/orders").await));
    assert_eq!(world.provider.count(At::Refresh), before + 1);
    browser.open("/account").await
}

/// "Refresh my details" as requested by the island: the message, and the claims.
async fn refresh_details(browser: &mut Browser<'_>) -> (String, String) {
    let headers = [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty"), ("accept", "*/*")];
    let answer = browser.send(Method::POST, "/api/refresh_account", &headers, Some(String::new())).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    let (told, claims) = answer.body.split_once('\n').unwrap();
    (told.to_owned(), claims.to_owned())
}

#[tokio::test]
async fn a_role_taken_away_at_the_provider_is_gone_at_the_next_refresh_without_a_sign_in() {
    let world = World::start().await;
    let (mut browser, page) = world.signed_in("ada", "/account").await;
    let has = |page: &Page, role: &str| page.body.contains(&format!("<li>{role}</li>"));
    assert!(has(&page, "finance") && has(&page, "orders:manager"));
    world.roles.set("ada", &["orders:manager", "auditor"]);
    assert!(has(&browser.open("/account").await, "finance"), "nobody has asked yet");
    world.advance(LATER_SECS);
    assert!(is_data(&browser.open("/boards/orders").await));
    let page = browser.open("/account").await;
    assert!(!has(&page, "finance") && has(&page, "orders:manager") && has(&page, "auditor"), "{}", page.body);
    let page = browser.open("/sessions").await;
    let told = "Your details changed at your sign-in provider. Roles: auditor added; finance removed";
    assert!(page.body.contains(told), "{}", page.body);
    world.roles.set("ada", &["finance"]);
    let (told, _) = refresh_details(&mut browser).await;
    assert_eq!(told, "");
    let page = browser.open("/account").await;
    assert!(has(&page, "finance") && !has(&page, "auditor"), "{}", page.body);
}

#[tokio::test]
async fn what_only_the_id_token_said_goes_with_it_and_stays_where_there_is_none() {
    for (what, at_refresh) in [
        ("a list without it", Some(json!(["orders"]))),
        ("no list at all", None),
        ("no ID token", Some(json!("no ID token"))),
        ("the same", Some(json!(["orders", "finance"]))),
    ] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| {
            script.at_sign_in.claims.set("roles", json!(["orders", "finance"]));
            match at_refresh {
                Some(value) if value.is_array() => script.at_refresh.claims.set("roles", value),
                Some(_) => script.at_refresh.answer.remove("id_token"),
                None => {}
            }
        });
        let (mut browser, page) = world.signed_in("/account").await;
        assert!(page.body.contains("<li>finance</li>"), "{what}");
        let page = after_refresh(&world, &mut browser).await;
        let stays = ["no ID token", "the same"].contains(&what);
        assert_eq!(page.body.contains("<li>finance</li>"), stays, "{what}");
    }
}

#[tokio::test]
async fn what_only_userinfo_said_goes_when_it_no_longer_says_it() {
    for has_id_token in [true, false] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| {
            script.userinfo.set("roles", json!(["orders", "finance"]));
            if !has_id_token {
                script.at_refresh.answer.remove("id_token");
            }
        });
        let (mut browser, page) = world.signed_in("/account").await;
        assert!(page.body.contains("<li>finance</li>"));
        assert!(
            after_refresh(&world, &mut browser).await.body.contains("<li>finance</li>"),
            "it says so still"
        );
        world.provider.script(|script| script.userinfo.set("roles", json!(["orders"])));
        let page = after_refresh(&world, &mut browser).await;
        assert!(!page.body.contains("<li>finance</li>") && page.body.contains("<li>orders</li>"));
        world.provider.script(|script| script.userinfo.remove("roles"));
        assert!(!after_refresh(&world, &mut browser).await.body.contains("<li>orders</li>"));
        assert_eq!(world.provider.count(At::UserInfo), 4, "once at each");
    }
}

#[tokio::test]
async fn userinfo_that_fails_keeps_what_it_had_said_and_the_id_token_is_believed() {
    for (what, answer) in [
        ("503", Raw::text(503, "text/html", "down")),
        ("401", Raw::json(401, "{}")),
        ("another person's", Raw::json(200, r#"{"sub":"p-eve","name":"Eve Moreau"}"#)),
        ("nonsense", Raw::json(200, "{\"sub\":")),
    ] {
        let world = HostileWorld::start().await;
        world.provider.script(|script| script.userinfo.set("department", "Finance"));
        let (mut browser, _) = world.signed_in("/account").await;
        world.provider.script(|script| {
            script.instead.insert(At::UserInfo, answer);
            script.at_refresh.claims.set("name", "Ada Lovelace");
        });
        let page = after_refresh(&world, &mut browser).await;
        assert!(
            page.body.contains("Ada Lovelace") && !page.body.contains("Eve Moreau"),
            "{what}: {}",
            page.body
        );
        assert!(page.body.contains("Finance"), "{what}");
        world.provider.be_honest();
        let page = after_refresh(&world, &mut browser).await;
        assert!(page.body.contains("Ada Okafor") && !page.body.contains("Finance"), "{what}: asked again");
    }
}

#[tokio::test]
async fn a_name_that_changed_is_shown_and_a_thin_id_token_takes_none_away() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        script.metadata.remove("userinfo_endpoint");
        script.at_sign_in.claims.set("department", "Finance");
    });
    let (mut browser, page) = world.signed_in("/account").await;
    assert!(page.body.contains("Ada Okafor") && page.body.contains("Finance"));
    world.provider.script(|script| {
        script.at_refresh.claims.remove("name");
        script.at_refresh.claims.remove("email");
    });
    let page = after_refresh(&world, &mut browser).await;
    assert!(page.body.contains("Ada Okafor") && page.body.contains("p-ada@people.example"), "{}", page.body);
    assert!(!page.body.contains("Finance"), "that is no standard claim");
    world.provider.script(|script| script.at_refresh.claims.set("name", "Ada Lovelace"));
    let page = after_refresh(&world, &mut browser).await;
    assert!(page.body.contains("Ada Lovelace") && !page.body.contains("Ada Okafor"));
    assert_eq!(world.provider.count(At::UserInfo), 0, "which is not there, or had never said anything");
}

#[tokio::test]
async fn nobody_waits_long_for_a_slow_userinfo_and_its_answer_is_taken_all_the_same() {
    let world = HostileWorld::with("provider_timeout = \"30s\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| {
        script.delays.insert(At::UserInfo, Duration::from_secs(8));
        script.userinfo.set("nickname", "the slow answer");
    });
    world.advance(LATER_SECS);
    let start = Instant::now();
    assert!(is_data(&browser.fetch(PANEL).await));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert!(!browser.open("/account").await.body.contains("the slow answer"));
    world.drained().await;
    assert!(browser.open("/account").await.body.contains("the slow answer"));
}

#[tokio::test]
async fn refreshing_ones_details_says_when_there_is_nothing_newer() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        script.metadata.remove("userinfo_endpoint");
        script.at_refresh.answer.remove("id_token");
    });
    let (mut browser, _) = world.signed_in("/account").await;
    world.advance(30);
    let (told, claims) = refresh_details(&mut browser).await;
    assert!(told.contains("return newer details") && claims.contains("Ada Okafor"), "{told}");
    assert_eq!(world.provider.count(At::Refresh), 1, "it was asked for");
    let answer = browser.post("/api/refresh_account", &[]).await;
    let page = browser.follow(answer).await;
    assert!(page.path() == "/account" && page.body.contains("return newer details"), "with scripts off too");
    assert!(!browser.open("/account").await.body.contains("return newer details"), "once");
    world.provider.script(|script| {
        script.at_refresh = Default::default();
        script.at_refresh.claims.set("name", "Ada Lovelace");
    });
    world.advance(30);
    let (told, claims) = refresh_details(&mut browser).await;
    assert!(told.is_empty() && claims.contains("Ada Lovelace"), "{told}");
    let answer = browser.post("/api/refresh_account", &[]).await;
    assert!(!browser.follow(answer).await.body.contains("return newer details"));
}

#[tokio::test]
async fn refreshing_ones_details_brings_what_only_an_id_token_says() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| script.at_sign_in.claims.set("roles", json!(["orders", "finance"])));
    let (mut browser, page) = world.signed_in("/account").await;
    assert!(page.body.contains("<li>finance</li>"));
    world.provider.script(|script| script.at_refresh.claims.set("roles", json!(["orders"])));
    refresh_details(&mut browser).await;
    assert!(!browser.open("/account").await.body.contains("<li>finance</li>"));
    assert_eq!((world.provider.count(At::Refresh), world.provider.count(At::UserInfo)), (1, 2));
    // If UserInfo has all claims of the ID token, it is sufficient.
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    refresh_details(&mut browser).await;
    assert_eq!((world.provider.count(At::Refresh), world.provider.count(At::UserInfo)), (0, 2));
}
