//! What a sign-in puts into the URL of the provider and into cookies stays within the sizes that servers accept (R39).

use axum::http::{Method, StatusCode};
use url::form_urlencoded::byte_serialize;

use crate::support::{APP, Browser, Page, hostile::HostileWorld, log::Listening};

/// The longest URL of an authorization request, in characters.
const URL_MAX_LEN: usize = 4000;
/// The longest page that a sign-in returns to with its query.
const PAGE_MAX_LEN: usize = 2048;
const BOARD: &str = "/boards/orders";

fn page_of_length(length: usize) -> String {
    format!("{BOARD}?q={}", "a".repeat(length - BOARD.len() - 3))
}

fn encode(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn length(away: &Page) -> usize {
    assert!(away.status.is_redirection(), "{}", away.body);
    away.header("location").len()
}

/// Signs in from this redirect; returns the page that the sign-in leads to.
async fn lands(browser: &mut Browser<'_>, away: &Page) -> String {
    let back = browser.get(away.location().as_str()).await;
    assert!(length(&back) <= URL_MAX_LEN, "the way back is as short");
    browser.get(back.location().as_str()).await.header("location").to_owned()
}

#[tokio::test]
async fn r39_the_longest_page_fits_into_the_url_and_a_longer_one_is_opened_without_its_query() {
    let world = HostileWorld::with("sign_in_rate = 0\n").await;
    let accents = format!("{BOARD}?q={}", "é".repeat(1000));
    for (page, expected) in [
        (page_of_length(PAGE_MAX_LEN), page_of_length(PAGE_MAX_LEN)),
        (page_of_length(PAGE_MAX_LEN + 1), BOARD.to_owned()),
        (page_of_length(7900), BOARD.to_owned()),
        (accents, BOARD.to_owned()),
    ] {
        // By a link of ours, and by opening the page itself.
        for address in [format!("/auth/sign-in?return_to={}", encode(&page)), page] {
            let mut browser = world.browser();
            let away = browser.get(&address).await;
            assert!(length(&away) <= URL_MAX_LEN, "{}: {}", length(&away), address.len());
            assert_eq!(lands(&mut browser, &away).await, expected, "{address}");
        }
    }
}

#[tokio::test]
async fn r39_any_number_of_tabs_has_one_short_cookie_and_each_lands_on_its_page() {
    let world = HostileWorld::with("sign_in_rate = 0\n").await;
    let mut browser = world.browser();
    let page = |number: usize| format!("{}{number:02}", page_of_length(PAGE_MAX_LEN - 2));
    let mut tabs = Vec::new();
    for number in 0..30 {
        let away = browser.get(&page(number)).await;
        assert!(length(&away) <= URL_MAX_LEN);
        tabs.push(browser.get(away.location().as_str()).await);
        let cookies: usize = browser.at_app.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
        assert!(browser.at_app.len() == 1 && cookies < 100, "{:?}", browser.at_app);
    }
    for (number, back) in tabs.iter().enumerate().rev() {
        let done = browser.get(back.location().as_str()).await;
        assert_eq!(done.header("location"), page(number));
    }
}

#[tokio::test]
async fn r39_parameters_of_a_link_fit_and_stay_when_the_page_has_no_room() {
    let world = HostileWorld::with("pass_params = \"organization invitation\"\n").await;
    let (iss, longest) = (world.provider.origin(), "/".repeat(512 / 3));
    for (page, value, expected) in [
        (page_of_length(300), "acme", page_of_length(300)),
        (page_of_length(PAGE_MAX_LEN), &*longest, BOARD.to_owned()),
    ] {
        let link = format!(
            "/auth/sign-in?iss={}&target_link_uri={}&organization={}&invitation={}&login_hint={}",
            encode(iss),
            encode(&format!("{APP}{page}")),
            encode(value),
            encode(value),
            encode(&"l".repeat(513)),
        );
        let form = link.split_once('?').unwrap().1.to_owned();
        let mut browser = world.browser();
        let posted = browser.send(Method::POST, "/auth/sign-in", &[], Some(form)).await;
        assert_eq!(posted.status, StatusCode::SEE_OTHER, "{}", posted.body);
        for address in [&*link, posted.header("location")] {
            let log = Listening::begin();
            let away = browser.get(address).await;
            assert!(length(&away) <= URL_MAX_LEN, "{}", length(&away));
            for name in ["organization", "invitation"] {
                assert_eq!(away.sent(name).as_deref(), Some(value), "{name}");
            }
            assert_eq!(away.sent("login_hint"), None, "one character too long");
            let log = String::from_utf8(log.text()).unwrap();
            assert!(log.contains("event=\"parameter not passed on\"") && !log.contains("lllll"), "{log}");
            assert_eq!(log.contains("event=\"authorization request shortened\""), value != "acme", "{log}");
            assert_eq!(lands(&mut browser, &away).await, expected);
            browser = world.browser();
        }
    }
}

#[tokio::test]
async fn r39_settings_that_fill_the_url_are_named_in_the_log_and_cost_nobody_the_page() {
    for (claims, is_told) in [("x".repeat(1000), false), ("x".repeat(3900), true)] {
        let world = HostileWorld::with(&format!("authorize_params = \"claims={claims}\"\n")).await;
        let log = Listening::begin();
        let mut browser = world.browser();
        let page = page_of_length(200);
        let away = browser.get(&page).await;
        assert!(length(&away) < 7000, "{}", length(&away));
        assert_eq!(lands(&mut browser, &away).await, page);
        let log = String::from_utf8(log.text()).unwrap();
        assert_eq!(log.contains("event=\"authorization request too long\""), is_told, "{log}");
    }
}
