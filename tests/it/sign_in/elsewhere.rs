//! Sign-ins that begin elsewhere (R36): at the provider's portal (OpenID Connect Core 4), or with an invitation.

use axum::http::{Method, StatusCode};
use url::form_urlencoded::Serializer;

use crate::support::{APP, Browser, Page, hostile::HostileWorld};

const SESSION: &str = "claimcheck";

fn query(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn link(pairs: &[(&str, &str)]) -> String {
    format!("/auth/sign-in?{}", query(pairs))
}

fn orders() -> String {
    format!("{APP}/boards/orders")
}

/// A form of the provider's portal.
async fn post_from_elsewhere(browser: &mut Browser<'_>, pairs: &[(&str, &str)]) -> Page {
    let headers = [("sec-fetch-site", "cross-site"), ("origin", "https://portal.example")];
    browser.send(Method::POST, "/auth/sign-in", &headers, Some(query(pairs))).await
}

fn is_to_provider(page: &Page, world: &HostileWorld) -> bool {
    page.status == StatusCode::SEE_OTHER && page.location().as_str().starts_with(world.provider.origin())
}

#[tokio::test]
async fn r36_the_portal_of_the_provider_leads_to_the_target_with_its_hint() {
    let world = HostileWorld::start().await;
    let (iss, target) = (world.provider.origin(), orders());
    let mut browser = world.browser();
    let begin = link(&[("iss", iss), ("target_link_uri", &target), ("login_hint", "ada@people.example")]);
    let away = browser.get(&begin).await;
    assert!(is_to_provider(&away, &world), "{}", away.body);
    assert_eq!(away.sent("login_hint").as_deref(), Some("ada@people.example"));
    let page = browser.follow(away).await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/boards/orders"));
}

#[tokio::test]
async fn r36_a_foreign_issuer_is_refused_and_a_foreign_target_becomes_home() {
    let world = HostileWorld::start().await;
    let iss = world.provider.origin();
    for foreign in ["https://evil.example", "", &format!("{iss}/"), &iss.to_uppercase()] {
        let page = world.browser().get(&link(&[("iss", foreign), ("target_link_uri", &orders())])).await;
        assert_eq!((page.status, page.header("location")), (StatusCode::BAD_REQUEST, ""), "{foreign}");
        assert!(page.body.contains("Reference") && page.body.contains("href=\"/auth/sign-in"), "a way on");
    }
    let twice = format!("{}&iss=https%3A%2F%2Fevil.example", link(&[("iss", iss)]));
    let page = world.browser().get(&twice).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.body.contains("Reference") && page.body.contains("href=\"/auth/sign-in"), "a way on");
    for target in [
        "https://evil.example/boards/orders",
        "//evil.example",
        "http://localhost:3000@evil.example/",
        "http://localhost:3001/boards/orders",
        "http://ada:secret@localhost:3000/boards/orders",
        "http://localhost:3000/auth/sign-out",
        "http://localhost:3000//evil.example",
        "http://localhost:3000/boards/..//evil.example",
        "http:\\\\evil.example\\boards",
        "http%3A%2F%2Flocalhost%3A3000%2Fboards%2Forders",
        "localhost:3000/boards/orders",
        "http://localhost.:3000/boards/orders",
        "https://localhost:3000/boards/orders",
        " ",
        "javascript:alert(1)",
    ] {
        let mut browser = world.browser();
        let away = browser.get(&link(&[("iss", iss), ("target_link_uri", target)])).await;
        let back = browser.get(away.location().as_str()).await;
        let done = browser.get(back.location().as_str()).await;
        assert_eq!(done.header("location"), "/", "{target}");
    }
}

#[tokio::test]
async fn r36_a_form_of_another_site_becomes_a_get_with_the_known_parameters_only() {
    let world = HostileWorld::with("pass_params = \"organization\"").await;
    let (iss, target) = (world.provider.origin(), orders());
    let (mut browser, _) = world.signed_in("/account").await;
    let before = browser.at_app.clone();
    let pairs = [
        ("iss", iss),
        ("target_link_uri", target.as_str()),
        ("organization", "org_1"),
        ("prompt", "none"),
        ("ask", "x"),
        ("confirmed", "x"),
        ("return_to", "/account"),
    ];
    let page = post_from_elsewhere(&mut browser, &pairs).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let expected = [("iss", iss), ("target_link_uri", &target), ("organization", "org_1")];
    let sent: Vec<_> = page.location().query_pairs().into_owned().collect();
    assert_eq!(page.location().path(), "/auth/sign-in");
    assert_eq!(sent, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(!page.headers.contains_key("set-cookie") && browser.at_app == before, "no cookie is set");

    let mut fresh = world.browser();
    let page = post_from_elsewhere(&mut fresh, &[("iss", iss), ("target_link_uri", &target)]).await;
    let page = fresh.follow(page).await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/boards/orders"));

    // Nothing else accepts a form of another site, and this path nothing else.
    for method in [Method::PUT, Method::DELETE] {
        let headers = [("sec-fetch-site", "cross-site")];
        let page = browser.send(method, "/auth/sign-in", &headers, None).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    let long = "x".repeat(6000);
    let page = post_from_elsewhere(&mut world.browser(), &[("organization", &long)]).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::BAD_REQUEST, ""), "too long");
}

#[tokio::test]
async fn r36_only_parameters_that_the_settings_name_pass_and_none_replaces_one_of_ours() {
    let world = HostileWorld::with("pass_params = \"organization invitation ui_hint\"").await;
    let mut browser = world.browser();
    let begin = link(&[
        ("return_to", "/boards/orders"),
        ("organization", "org_1"),
        ("invitation", "inv_1"),
        ("login_hint", "ada"),
        ("connection", "github"),
        ("client_id", "evil"),
        ("redirect_uri", "https://evil.example"),
        ("prompt", "none"),
        ("scope", "admin"),
        ("max_age", "0"),
    ]);
    let away = browser.get(&begin).await;
    assert!(is_to_provider(&away, &world), "{}", away.body);
    let sent = |name: &str| away.sent(name);
    assert_eq!(
        (sent("organization").as_deref(), sent("invitation").as_deref()),
        (Some("org_1"), Some("inv_1"))
    );
    for name in ["login_hint", "connection", "max_age", "ui_hint"] {
        assert_eq!(sent(name), None, "{name}");
    }
    assert_eq!(sent("client_id").as_deref(), Some("app"));
    assert_eq!(sent("prompt").as_deref(), Some("consent"));
    assert!(!sent("scope").unwrap().contains("admin"));
    assert_eq!(browser.follow(away).await.path(), "/boards/orders");
    // Without the setting none passes.
    let plain = HostileWorld::start().await;
    let away = plain.browser().get(&link(&[("organization", "org_1")])).await;
    assert!(is_to_provider(&away, &plain) && away.sent("organization").is_none());
}

#[tokio::test]
async fn r36_a_signed_in_user_goes_straight_to_the_target_or_is_asked_first() {
    let world = HostileWorld::with("pass_params = \"organization invitation ui_hint\"").await;
    let (iss, target) = (world.provider.origin(), orders());
    let (mut browser, _) = world.signed_in("/account").await;
    let session = browser.at_app[SESSION].clone();
    for more in [("ui_hint", "x"), ("unknown", "x")] {
        let page = browser.get(&link(&[("iss", iss), ("target_link_uri", &target), more])).await;
        assert_eq!(
            (page.status, page.header("location")),
            (StatusCode::SEE_OTHER, "/boards/orders"),
            "{more:?}"
        );
    }
    for more in [("login_hint", "grace"), ("organization", "org_1"), ("invitation", "inv_1")] {
        let asks = browser.get(&link(&[("iss", iss), ("target_link_uri", &target), more])).await;
        assert_eq!((asks.status, asks.header("location")), (StatusCode::OK, ""), "{more:?}");
        assert!(asks.body.contains("Replace your session?") && asks.body.contains("Ada Okafor"));
        assert!(asks.body.contains("href=\"/boards/orders\""), "a way to stay");
        assert_eq!(browser.at_app[SESSION], session, "nothing has changed");
        let go_on = confirmation(&asks);
        let away = browser.get(&go_on).await;
        assert!(is_to_provider(&away, &world), "{more:?}: {}", away.body);
        assert_eq!(away.sent(more.0).as_deref(), Some(more.1));
    }
    // In German, too.
    let headers = [("accept-language", "de")];
    let german = link(&[("iss", iss), ("login_hint", "grace")]);
    let page = browser.send(Method::GET, &german, &headers, None).await;
    assert!(
        page.body.contains("Sitzung ersetzen?") && page.body.contains("Angemeldet bleiben"),
        "{}",
        page.body
    );
}

/// The link of the page that asks.
fn confirmation(page: &Page) -> String {
    let (_, rest) = page.body.split_once("href=\"/auth/sign-in").unwrap_or_else(|| panic!("{}", page.body));
    format!("/auth/sign-in{}", rest.split('"').next().unwrap().replace("&amp;", "&"))
}

#[tokio::test]
async fn r36_an_agreement_is_of_this_user_for_this_link_and_for_a_while() {
    let world = HostileWorld::with("pass_params = \"organization\"").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let asks = browser.get(&link(&[("organization", "org_1"), ("return_to", "/boards/orders")])).await;
    let go_on = confirmation(&asks);
    let (mut other, _) = world.signed_in_as("p-grace", "Grace Hale", "/account").await;
    assert!(other.get(&go_on).await.body.contains("Replace your session?"), "of another user");
    for altered in [
        go_on.replace("org_1", "org_2"),
        go_on.replace("%2Fboards%2Forders", "%2Faccount"),
        go_on.replace("confirmed=", "confirmed=A"),
    ] {
        assert!(browser.get(&altered).await.body.contains("Replace your session?"), "{altered}");
    }
    // The other account replaces the session, and only that of this browser.
    let away = browser.get(&go_on).await;
    let page = browser.follow(away).await;
    assert!(page.path() == "/boards/orders" && page.body.contains("Grace Hale"), "{}", page.body);
    let again = browser.get(&link(&[("organization", "org_1")])).await;
    let go_on = confirmation(&again);
    world.advance(700);
    assert!(browser.get(&go_on).await.body.contains("Replace your session?"), "too old");
}

#[tokio::test]
async fn r36_sign_ins_from_elsewhere_share_the_rate_limit() {
    let world = HostileWorld::with("sign_in_rate = 3").await;
    let mut browser = world.browser();
    let pairs = [("iss", world.provider.origin())];
    for number in 0..4 {
        let page = post_from_elsewhere(&mut browser, &pairs).await;
        assert_eq!(page.status.as_u16(), if number < 3 { 303 } else { 429 }, "form {number}");
        let page = browser.get(&link(&pairs)).await;
        assert_eq!(page.status.as_u16(), if number < 3 { 303 } else { 429 }, "link {number}");
    }
}
