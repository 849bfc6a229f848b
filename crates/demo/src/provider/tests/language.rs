//! The language of the pages: the requested one is kept across all forms.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use super::{Browser, Demo, HOME, PASSWORD, Reply, authorize};
use crate::provider::{params::Params, strength::Strength};

const GERMAN: (&str, &str) = ("ui_locales", "sv de-AT en");

fn is_german(page: &Reply, text: &str) -> bool {
    page.body.starts_with("<!doctype html><html lang=\"de\">") && page.body.contains(text)
}

#[tokio::test]
async fn the_language_of_a_request_survives_the_dialogs_of_its_sign_in() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    let strong = ("acr_values", Strength::SecondFactor.acr());
    let page = browser.get(&authorize(&[GERMAN, strong])).await;
    assert!(
        is_german(&page, "<h1>Anmelden</h1>") && page.body.contains("Leiterin Finanzen"),
        "{}",
        page.body
    );
    let refused = browser.sign_in(&page, "ada", "wrong").await;
    assert!(is_german(&refused, "Benutzername oder Passwort ist falsch."));
    let signed_in = browser.sign_in(&refused, "ada", PASSWORD).await;
    let page = browser.get(&signed_in.location()).await;
    assert!(is_german(&page, "Einmalcode"));
    let entered = browser.enter(&page, "246810").await;
    let consent = browser.get(&entered.location()).await;
    assert!(is_german(&consent, "Zugriff erlauben?") && consent.body.contains("Bestellungen ansehen"));
    assert!(consent.body.contains("<strong>Claimcheck</strong> möchte Ihre Harbour ID verwenden."));
    let switched = browser.answer(&consent, "/consent", "switch").await;
    let page = browser.get(&switched.location()).await;
    assert!(is_german(&page, "Konto auswählen"));
    // The refusal of another browser's form is in that browser's language.
    let foreign = Browser::new(&demo).sign_in(&page, "ada", PASSWORD).await;
    assert_eq!(foreign.status, StatusCode::BAD_REQUEST);
    assert!(is_german(&foreign, "Diese Seite ist nicht mehr gültig"));
    // So is the refusal of an unregistered URL.
    let unknown = browser.get(&authorize(&[GERMAN, ("client_id", "nobody")])).await;
    assert!(is_german(&unknown, "Diese Anmeldung kann nicht fortgesetzt werden"));
}

#[tokio::test]
async fn the_language_of_a_sign_out_survives_its_question() {
    let demo = Demo::start().await;
    let (mut browser, _) = demo.signed_in("mei").await;
    let pairs = [("client_id", "app"), ("post_logout_redirect_uri", HOME), GERMAN];
    let query = pairs.iter().fold(Params::default(), |params, (name, value)| params.with(name, value));
    let posted = browser.post("/end-session", &pairs).await;
    for address in [format!("/end-session?{}", query.encode()), posted.location()] {
        let page = browser.get(&address).await;
        assert!(is_german(&page, "Claimcheck möchte Sie von Harbour ID abmelden."), "{}", page.body);
        let stayed = browser.answer(&page, "/sign-out", "stay").await;
        assert!(is_german(&stayed, "Sie sind weiterhin angemeldet"));
    }
    let page = browser.get("/end-session?ui_locales=de").await;
    assert!(is_german(&browser.answer(&page, "/sign-out", "sign-out").await, "Sie sind abgemeldet"));
    assert!(is_german(
        &browser.get("/end-session?ui_locales=de&client_id=nobody").await,
        "Diese Abmeldung kann nicht"
    ));
}

#[tokio::test]
async fn pages_without_a_request_follow_the_browser() {
    let demo = Demo::start().await;
    for (path, text) in
        [("/", "OpenID-Anmeldedienst"), ("/account", "Ihre Harbour ID"), ("/nowhere", "Seite nicht gefunden")]
    {
        let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "de-DE,de;q=0.9,en;q=0.8");
        let page = demo.send(request.body(Body::empty()).unwrap()).await;
        assert!(is_german(&page, text), "{path}: {}", page.body);
    }
    // The client's request takes precedence.
    let request = Request::get(authorize(&[("ui_locales", "en")])).header(header::ACCEPT_LANGUAGE, "de");
    let page = demo.send(request.body(Body::empty()).unwrap()).await;
    assert!(page.body.starts_with("<!doctype html><html lang=\"en\">") && page.shows("Sign in"));
}
