//! The sealed `ask` of a link: valid for the user it was made for, for a day, and for nobody else (AC-07).

use axum::http::{Method, StatusCode};
use claimcheck_model::paths;

use crate::{
    browsers::framed::is_shown_in_frame,
    step_up::{BOARD, SCOPES, answer, asked, demanding, is_data, link, request, some, world},
    support::hostile::HostileWorld,
};

const DEMAND: &str = ", acr_values=\"gold\", max_age=\"300\", scope=\"pay\"";
/// So that a session outlasts a link.
const LONG: &str = "idle_secs = 200000\nabsolute_secs = 200000";

fn ordinary() -> [Option<String>; 3] {
    [some(SCOPES), None, None]
}

fn demanded() -> [Option<String>; 3] {
    [some(&format!("{SCOPES} pay")), some("gold"), some("300")]
}

async fn demanding_world() -> HostileWorld {
    let world = world(LONG, "").await;
    answer(&world, demanding(DEMAND));
    world
}

#[tokio::test]
async fn ac_07_an_ask_of_another_person_or_of_nobody_is_an_ordinary_sign_in() {
    let world = demanding_world().await;
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    let (mut ada, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    let link = link(&world, &mut ada).await;
    assert_eq!(request(&eve.get(&link).await), ordinary(), "another person's");
    assert_eq!(request(&world.browser().get(&link).await), ordinary(), "nobody's");
    assert_eq!(request(&ada.get(&link).await), demanded());
    ada.post("/auth/sign-out", &[]).await;
    let start = ada.get(&link).await;
    assert_eq!(request(&start), ordinary(), "after a sign-out");
    assert_eq!(ada.follow(start).await.path(), BOARD, "which leads where it should");
}

#[tokio::test]
async fn ac_07_an_ask_that_is_altered_or_was_sealed_for_something_else_is_an_ordinary_sign_in() {
    let world = demanding_world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let link = link(&world, &mut browser).await;
    let start = browser.get(&link).await;
    assert_eq!(request(&start), demanded());
    let (before, sealed) = link.split_once("ask=").unwrap();
    let state = start.sent("state").unwrap();
    let mut altered = sealed.to_owned().into_bytes();
    let place = altered.len() / 2;
    altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    let plain = "eyJhY3JfdmFsdWVzIjpbImdvbGQiXX0";
    for ask in ["", "x", "%00", &sealed[..sealed.len() - 1], &altered, &state, plain, &"A".repeat(4000)] {
        assert_eq!(request(&browser.get(&format!("{before}ask={ask}")).await), ordinary(), "{ask}");
    }
    let more = format!("{link}&acr_values=bronze&max_age=1&scope=admin&prompt=none");
    assert_eq!(request(&browser.get(&more).await), demanded(), "and nothing else can be asked for");
    let twice = browser.get(&format!("{link}&ask={sealed}")).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    // Nor is an `ask` a transaction.
    let callback = format!("{}?code=a&state={sealed}", paths::CALLBACK.path());
    assert_eq!(browser.get(&callback).await.header("location"), "/");
}

#[tokio::test]
async fn ac_07_an_ask_is_good_for_a_day() {
    let world = demanding_world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let link = link(&world, &mut browser).await;
    world.advance(86_399);
    assert_eq!(request(&browser.get(&link).await), demanded());
    world.advance(1);
    assert_eq!(request(&browser.get(&link).await), ordinary());
}

#[tokio::test]
async fn ac_07_only_a_navigation_asks() {
    let world = demanding_world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let link = link(&world, &mut browser).await;
    let before = asked(&world);
    let cookies = browser.at_app.clone();
    let prefetch = browser.send(Method::GET, &link, &[("sec-purpose", "prefetch;prerender")], None).await;
    let frame = browser.send(Method::GET, &link, &[("sec-fetch-dest", "iframe")], None).await;
    let image = [("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")];
    let image = browser.send(Method::GET, &link, &image, None).await;
    let fetch = browser.fetch(&link).await;
    for refused in [prefetch, image, fetch] {
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.headers.get("location").is_none());
    }
    assert!(is_shown_in_frame(&frame), "{}", frame.body);
    assert_eq!((asked(&world), &browser.at_app), (before, &cookies));
    world.provider.script(|script| script.at_sign_in.claims.set("acr", "gold"));
    answer(&world, None);
    assert!(is_data(&browser.open(&link).await));
}

#[tokio::test]
async fn ac_07_an_ask_and_what_comes_of_it_outlast_a_restart() {
    let mut world = world("store = \"sqlite:FOLDER/sessions.db\"", "").await;
    answer(&world, demanding(DEMAND));
    let (mut browser, _) = world.signed_in("/account").await;
    let (link, cookies) = (link(&world, &mut browser).await, browser.at_app.clone());
    drop(browser);
    world.restart().await;
    let mut browser = world.browser();
    browser.at_app = cookies;
    let start = browser.get(&link).await;
    assert_eq!(request(&start), demanded());
    let cookies = browser.at_app.clone();
    drop(browser);
    world.restart().await;
    let mut browser = world.browser();
    browser.at_app = cookies;
    world.provider.script(|script| script.at_sign_in.claims.set("acr", "bronze"));
    assert_eq!(browser.follow(start).await.status, StatusCode::FORBIDDEN, "the demand was kept");
}
