//! `/account`.

use axum::http::{HeaderMap, Method, StatusCode};
use claimcheck_server::locale::{LocaleFormatter, When};
use serde_json::json;

use crate::support::{Fault, Page, World};

#[tokio::test]
async fn the_account_page_shows_claims_in_words_roles_and_session_facts() {
    let world = World::start().await;
    let (_, page) = world.signed_in("ada", "/account").await;
    for text in [
        "Ada Okafor",
        "Email address",
        "ada.okafor@harbour.example",
        "Department",
        "finance",
        "Signed in since",
        "orders:read",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
}

#[tokio::test]
async fn times_are_those_of_the_persons_zone_and_marked_where_it_is_not_known() {
    let world = World::start().await;
    let (mut browser, page) = world.signed_in("sam", "/account").await;
    let marked = |page: &Page| page.body.matches(" UTC<").count();
    assert!(marked(&page) >= 4, "the provider says nothing of Sam's zone: {}", page.body);
    let session = browser.at_app["claimcheck"].clone();
    browser.at_app.insert("claimcheck-zone".into(), "../../etc/localtime".into());
    assert_eq!(marked(&browser.open("/account").await), marked(&page));
    browser.at_app.insert("claimcheck-zone".into(), "Asia/Tokyo".into());
    let known = browser.open("/account").await;
    assert!(marked(&known) == 0 && known.body.contains("Signed in since"));
    assert!(known.headers.get("set-cookie").is_none() && browser.at_app["claimcheck"] == session);
    // Jonas has a time zone and a language at the provider.
    let (mut browser, page) = world.signed_in("jonas", "/account").await;
    assert_eq!(marked(&page), 0);
    browser.at_app.insert("claimcheck-zone".into(), "Asia/Tokyo".into());
    let reader = LocaleFormatter::of(
        json!({ "locale": "sv-SE", "zoneinfo": "Europe/Stockholm" }).as_object().unwrap(),
        &HeaderMap::new(),
        claimcheck_text::Language::default(),
        false,
    );
    let same = browser.open("/account").await;
    let since = same.body.split("Signed in since").nth(1).unwrap();
    let at = since.split_once("datetime=\"").unwrap().1.split_once('"').unwrap().0;
    let Some(When::Instant(at)) = When::parse(at) else { panic!("{at}") };
    assert!(
        since.contains(&format!(">{}</time>", reader.moment(at.as_second()))),
        "the claim counts, not the cookie"
    );
}

#[tokio::test]
async fn numbers_and_dates_of_whom_the_provider_says_nothing_follow_the_browser() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("sam", "/account").await;
    let mut times = Vec::new();
    for languages in ["de", "en-US", "xx"] {
        let page = browser.send(Method::GET, "/account", &[("accept-language", languages)], None).await;
        let since = page.body.replace("Angemeldet seit", "Signed in since");
        let since = since.split("Signed in since").nth(1).unwrap();
        times.push(since.split_once("<time").unwrap().1.split(['<', '>']).nth(1).unwrap().to_owned());
    }
    let [german, american, other] = &times[..] else { panic!("{times:?}") };
    assert!(german.chars().nth(2) == Some('.') && american.contains('\u{202f}'), "{times:?}");
    assert!(!other.contains(['.', '\u{202f}']), "{times:?}");
}

#[tokio::test]
async fn details_can_be_refreshed_with_scripts_off_and_come_back_to_the_page() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let answer = browser.post("/api/refresh_account", &[]).await;
    assert_eq!(answer.location().path(), "/account");
    assert_eq!(world.provider.count("GET /userinfo"), 2);
}

#[tokio::test]
async fn cs_09_a_failed_form_leads_home_to_its_page_with_no_text_in_the_url() {
    let world = World::start().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    world.provider.set(Fault::Answer(503, "text/plain", "down"));
    let headers = [("sec-fetch-site", "same-origin"), ("referer", "https://evil.example/")];
    let answer = browser.send(Method::POST, "/api/refresh_account", &headers, Some(String::new())).await;
    assert!(answer.is_of_app() && answer.location().query().is_none());
    assert_eq!(answer.location().path(), "/account");
    assert_eq!(browser.open("/account").await.status, StatusCode::OK);
}
