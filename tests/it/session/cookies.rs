//! Cookies through the whole router: their list (SC-05, SC-15), and that a forged one is never accepted (SC-09).

use axum::http::{Method, StatusCode};
use claimcheck_base::random;

use crate::{
    routes::{self, CHANGES, READS},
    support::{Page, World, hostile::HostileWorld},
};

fn set_cookies(page: &Page) -> Vec<&str> {
    page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn sc_05_a_sign_in_has_a_lax_cookie_of_its_own_and_the_first_page_after_it_knows_the_person() {
    let world = HostileWorld::start().await;
    let mut browser = world.browser();
    let start = browser.get("/boards/orders").await;
    let [cookie] = set_cookies(&start)[..] else { panic!("{:?}", start.headers) };
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert!(pair.starts_with("claimcheck-browser=") && pair.len() == "claimcheck-browser=".len() + 22);
    // A day, so that a lost transaction can be restarted; section 0.1 explains why one cookie of fixed size stays.
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax; Max-Age=86400");
    let back = browser.get(start.location().as_str()).await.location();
    // The provider is another site: the browser marks the whole chain accordingly, and sends `Lax` cookies on
    // navigations only.
    let from_there = [("sec-fetch-site", "cross-site")];
    let callback = browser.send(Method::GET, back.as_str(), &from_there, None).await;
    let [session] = set_cookies(&callback)[..] else { panic!("{:?}", callback.headers) };
    assert!(session.starts_with("claimcheck=") && session.contains("SameSite=Lax"));
    let first = browser.send(Method::GET, callback.location().as_str(), &from_there, None).await;
    assert!(first.status == StatusCode::OK && first.body.contains("Ada Okafor"));
    // A second sign-in uses the same cookie.
    let again = browser.get("/auth/sign-in").await;
    assert_eq!(set_cookies(&again)[0].split(';').next(), Some(pair));
}

#[tokio::test]
async fn sc_09_a_forged_cookie_gets_nothing_anywhere_and_is_never_adopted() {
    let world = HostileWorld::start().await;
    let (genuine, _) = world.signed_in("/account").await;
    let genuine = genuine.at_app["claimcheck"].clone();
    let rotated: String = genuine.chars().rev().collect();
    for forged in [random::text::<16>().unwrap(), rotated, "x".into(), genuine[..21].into(), "0".repeat(22)] {
        for (path, method) in routes::reading()
            .into_iter()
            .map(|path| (path, Method::GET))
            .chain(routes::changing())
            .chain([("/nothing".into(), Method::GET)])
        {
            let mut thief = world.browser();
            thief.at_app.insert("claimcheck".into(), forged.clone());
            let form = (method == Method::POST).then(|| CHANGES.to_owned());
            let headers = [("sec-fetch-site", "same-origin"), ("accept", "text/html,application/json")];
            let page = thief.send(method, &format!("{path}?{READS}"), &headers, form).await;
            assert!(!page.body.contains("p-ada") && !page.body.contains("Ada Okafor"), "{path}");
            for cookie in set_cookies(&page) {
                assert!(!cookie.contains(&forged) || forged.len() < 2, "{path} adopted {forged}: {cookie}");
            }
        }
        let mut thief = world.browser();
        thief.at_app.insert("claimcheck".into(), forged.clone());
        assert_eq!(thief.open("/account").await.status, StatusCode::OK, "who signs in with it in the jar");
        assert_ne!(thief.at_app["claimcheck"], forged, "gets an id of the server's");
        let mut planted = world.browser();
        planted.at_app.insert("claimcheck".into(), forged.clone());
        assert_eq!(
            planted.fetch("/api/account").await.body,
            "\"SignedOut\"",
            "and the planted one is nobody's"
        );
    }
    let mut owner = world.browser();
    owner.at_app.insert("claimcheck".into(), genuine);
    assert!(owner.open("/account").await.body.contains("p-ada"), "the genuine one is untouched");
}

#[tokio::test]
async fn sc_15_the_cookies_of_app_provider_and_api_do_not_meet() {
    let world = World::start().await;
    let (browser, _) = world.signed_in("ada", "/boards/orders").await;
    let names: Vec<_> = browser.at_app.keys().collect();
    assert_eq!(names, ["claimcheck", "claimcheck-board", "claimcheck-browser"]);
    assert!(!browser.at_provider.is_empty(), "the provider has a session of its own");
    assert!(
        browser.at_provider.keys().all(|name| !name.starts_with("claimcheck")),
        "{:?}",
        browser.at_provider
    );
    // Ports do not separate cookies, hosts do.
    assert!(world.provider.origin().starts_with("http://127.0.0.1:"));
    assert!(crate::support::APP.starts_with("http://localhost:"));
}
