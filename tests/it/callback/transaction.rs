//! The transaction: from this browser, in time, used once (LR-07, LR-08, CB-01 to CB-03).

use std::{collections::HashSet, time::Duration};

use crate::{
    callback::{BOARD, SESSION, altered, at_callback, back_from, is_data, is_problem, refused, seen},
    support::{
        World,
        hostile::{At, HostileWorld},
    },
};

#[tokio::test]
async fn cb_02_another_browser_gets_a_sign_in_of_its_own_and_no_session() {
    let world = World::start().await;
    let (_, callback) = at_callback(&world, "/account").await;
    let mut victim = world.browser();
    let page = victim.get(&callback).await;
    assert!(
        page.location().as_str().starts_with(&world.provider.origin()),
        "one restart, straight to the provider"
    );
    assert_eq!(world.provider.count("authorization_code"), 0);
    assert!(!victim.at_app.contains_key("claimcheck"));
    let page = victim.follow(page).await;
    assert_eq!(victim.sign_in(page, "jonas").await.path(), "/account");
}

#[tokio::test]
async fn lr_08_a_lost_transaction_restarts_once_and_then_says_so() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/account").await;
    browser.at_app.clear();
    let page = browser.get(&callback).await;
    assert!(page.status.is_redirection());
    browser.at_app.clear();
    let page = browser.follow(page).await;
    let page = if page.is_of_app() { page } else { browser.answer(page, "consent", "allow").await };
    browser.at_app.clear();
    let page = browser.follow(page).await;
    assert!(is_problem(&page) && page.body.contains("Allow cookies"), "{}", page.body);
}

#[tokio::test]
async fn lr_08_an_expired_transaction_restarts_and_lands_on_the_same_page() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/boards/orders").await;
    world.advance(3600);
    let page = browser.get(&callback).await;
    assert!(page.location().as_str().starts_with(&world.provider.origin()));
    assert_eq!(world.provider.count("authorization_code"), 0);
}

#[tokio::test]
async fn cb_01_an_unknown_state_leads_to_no_token_request() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/account").await;
    let altered = callback.replace("state=", "state=x");
    assert!(is_problem(&browser.get(&altered).await));
    assert!(is_problem(&browser.get("/auth/callback").await));
    assert!(is_problem(&browser.get("/auth/callback?code=a&state=").await));
    assert_eq!(world.provider.count("authorization_code"), 0);
    assert_eq!(browser.open(&callback).await.path(), "/account", "the genuine one still works");
}

type Alter = fn(&str) -> Option<String>;

#[tokio::test]
async fn cb_01_no_state_but_the_one_of_the_request_leads_to_a_token_request() {
    let world = HostileWorld::start().await;
    let state = |callback: &str| {
        let url = url::Url::parse(callback).unwrap();
        let pair = url.query_pairs().find(|(name, _)| name == "state").unwrap();
        pair.1.into_owned()
    };
    let other = HostileWorld::start().await;
    let foreign = state(&back_from(&other).await.1);
    let wrong: [(&str, Alter); 7] = [
        ("missing", |_| None),
        ("empty", |_| Some(String::new())),
        ("unknown", |_| Some("unknown".into())),
        ("cut short", |state| Some(state[..state.len() - 1].into())),
        ("with something behind", |state| Some(format!("{state}A"))),
        ("in other case", |state| Some(state.to_uppercase())),
        ("very long", |state| Some(state.repeat(7000 / state.len()))),
    ];
    for (what, spoil) in wrong {
        let (browser, callback) = back_from(&world).await;
        let spoilt = altered(&callback, "state", spoil(&state(&callback)).as_deref());
        let reason = if what == "missing" { "malformed" } else { "lost" };
        refused(&world, (browser, spoilt), (&[reason], 0), what).await;
    }
    let (browser, callback) = back_from(&world).await;
    let foreign = altered(&callback, "state", Some(&foreign));
    refused(&world, (browser, foreign), (&["lost"], 0), "of another installation").await;
}

#[tokio::test]
async fn lr_07_cb_02_a_state_is_good_in_its_own_browser_and_its_cookie_tells_nothing() {
    let world = HostileWorld::start().await;
    let (mut browser, callback) = back_from(&world).await;
    let start = &browser.trail[0];
    let cookie = start.header("set-cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/"), "{cookie}");
    let value = browser.at_app["claimcheck-browser"].clone();
    assert_eq!(value.len(), 22, "128 bits and nothing else");
    assert!(!callback.contains(&value));
    let (other, _) = back_from(&world).await;
    let other = other.at_app["claimcheck-browser"].clone();
    assert_ne!(value, other);
    for wrong in [None, Some(other), Some(String::new()), Some(format!("{value}A"))] {
        let mut stranger = world.browser();
        stranger.at_app.extend(wrong.map(|value| ("claimcheck-browser".to_owned(), value)));
        let page = stranger.get(&callback).await;
        assert!(page.location().as_str().starts_with(world.provider.origin()), "{}", page.body);
        assert!(!stranger.at_app.contains_key(SESSION));
    }
    assert_eq!(seen(&world), [0; 4]);
    assert!(is_data(&browser.open(&callback).await), "in its own it is good");
    assert_eq!(browser.at_app["claimcheck-browser"], value, "of fixed size, one for all tabs");
}

#[tokio::test]
async fn lr_08_a_state_is_good_for_a_quarter_of_an_hour() {
    let world = HostileWorld::start().await;
    for (later, is_good) in [(880, true), (900, false)] {
        let (mut browser, callback) = back_from(&world).await;
        let before = world.provider.count(At::CodeExchange);
        world.advance(later);
        let page = browser.get(&callback).await;
        assert_eq!(page.header("location") == BOARD, is_good, "{later}");
        assert_eq!(world.provider.count(At::CodeExchange) - before, usize::from(is_good), "{later}");
        assert!(is_data(&browser.follow(page).await), "an expired one starts again");
    }
}

#[tokio::test]
async fn cb_03_one_response_leads_to_one_token_request_and_one_session_on_two_processes() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let process = world.process(world.clock.clone()).await;
    world.provider.script(|script| script.late.insert(At::CodeExchange, Duration::from_millis(200)));
    let (browser, callback) = back_from(&world).await;
    let tries = (0..20).map(|number| {
        let mut tab = if number % 2 == 0 { world.browser() } else { process.browser() };
        tab.at_app.clone_from(&browser.at_app);
        let callback = callback.clone();
        async move { (tab.get(&callback).await, tab.at_app.get(SESSION).cloned()) }
    });
    let all = futures::future::join_all(tries).await;
    assert_eq!(world.provider.count(At::CodeExchange), 1);
    let signed_in: HashSet<_> = all.iter().filter_map(|(_, session)| session.clone()).collect();
    assert_eq!(signed_in.len(), 1, "they are one browser, and it has one session");
    for (page, session) in &all {
        let is_restart = page.location().as_str().starts_with(world.provider.origin());
        assert_eq!((page.header("location") == BOARD, is_restart), (session.is_some(), session.is_none()));
    }
    assert_eq!(world.services.sessions.of(world.provider.origin(), "p-ada").await.unwrap().len(), 1);
}
