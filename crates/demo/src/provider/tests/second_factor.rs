//! The second factor: when the code is requested, its effect on the session, and its claims in tokens.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use super::{super::CODE, Browser, Demo, PASSWORD, Reply, authorize, claims};

const STRONG: &str = "urn:harbour:acr:second-factor";
const WEAK: &str = "urn:harbour:acr:password";
const ASKS: &str = "Enter your one-time code to continue to";

impl Browser<'_> {
    pub(super) async fn enter(&mut self, page: &Reply, code: &str) -> Reply {
        let (request, token) = (page.field("request"), page.field("token"));
        self.post("/code", &[("request", &request), ("token", &token), ("code", code)]).await
    }
}

/// The claims about the sign-in in both tokens for a code.
async fn said(demo: &Demo, answer: &Reply) -> (Value, Value, i64) {
    let tokens = demo.exchange(&answer.query("code").unwrap()).await.json();
    let (id, access) = (claims(&tokens["id_token"]), claims(&tokens["access_token"]));
    for name in ["acr", "amr", "auth_time"] {
        assert_eq!(id[name], access[name], "{name}");
    }
    (id["acr"].clone(), id["amr"].clone(), id["auth_time"].as_i64().unwrap())
}

#[tokio::test]
async fn di_07_acr_values_ask_for_a_code_once_and_the_tokens_say_what_was_done() {
    let demo = Demo::start().await;
    let (mut browser, _) = demo.signed_in("ada").await;
    let offered = browser.get("/.well-known/openid-configuration").await.json();
    assert_eq!(offered["acr_values_supported"], json!([WEAK, STRONG]));
    // An unknown value is ignored, and the first known one counts.
    for wish in ["", WEAK, "urn:something:stronger", &format!("urn:x {WEAK} {STRONG}")] {
        let answer = browser.get(&authorize(&[("acr_values", wish)])).await;
        let (acr, amr, _) = said(&demo, &answer).await;
        assert_eq!((acr, amr), (json!(WEAK), json!(["pwd"])), "{wish}");
    }
    let strongly = authorize(&[("acr_values", &format!("urn:x {STRONG} {WEAK}"))]);
    let silently = authorize(&[("acr_values", STRONG), ("prompt", "none")]);
    assert_eq!(browser.get(&silently).await.error(), "login_required");
    demo.clock.advance(60);
    let page = browser.get(&strongly).await;
    assert!(page.shows(ASKS) && page.shows("Ada Okafor") && page.shows(CODE));
    let entered = browser.enter(&page, CODE).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let answer = browser.get(&entered.location()).await;
    let (acr, amr, auth_time) = said(&demo, &answer).await;
    assert_eq!((acr, amr), (json!(STRONG), json!(["pwd", "otp"])));
    assert!(auth_time >= demo.clock.now() - 5, "the factor is a new authentication");
    // The session keeps its strength, whatever is requested.
    assert!(browser.get(&silently).await.query("code").is_some());
    let (acr, ..) = said(&demo, &browser.get(&authorize(&[])).await).await;
    assert_eq!(acr, STRONG);
}

#[tokio::test]
async fn di_07_who_is_not_signed_in_gives_the_password_first_then_the_code_then_consent() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    let page = browser.get(&authorize(&[("acr_values", STRONG)])).await;
    let signed_in = browser.sign_in(&page, "mei", PASSWORD).await;
    let page = browser.get(&signed_in.location()).await;
    assert!(page.shows(ASKS));
    let entered = browser.enter(&page, "246 810").await;
    let consent = browser.get(&entered.location()).await;
    let answer = browser.answer(&consent, "/consent", "allow").await;
    assert_eq!(said(&demo, &answer).await.0, STRONG);
}

#[tokio::test]
async fn di_07_a_sign_in_that_is_too_old_begins_with_the_password() {
    let demo = Demo::start().await;
    let (mut browser, _) = demo.signed_in("ada").await;
    let recently = authorize(&[("acr_values", STRONG), ("max_age", "300")]);
    let page = browser.get(&recently).await;
    assert!(page.shows(ASKS), "the password is recent enough");
    demo.clock.advance(301);
    // The page was open for too long: the right code alone is not sufficient.
    let again = browser.enter(&page, CODE).await;
    let page = browser.get(&again.location()).await;
    assert!(page.shows("Sign in again to continue to"));
    let signed_in = browser.sign_in(&page, "ada", PASSWORD).await;
    let page = browser.get(&signed_in.location()).await;
    assert!(page.shows(ASKS));
    let entered = browser.enter(&page, CODE).await;
    let answer = browser.get(&entered.location()).await;
    assert_eq!(said(&demo, &answer).await.0, STRONG);
    // Again at that age: strong, but not recent.
    assert!(browser.get(&recently).await.query("code").is_some());
    demo.clock.advance(301);
    let page = browser.get(&recently).await;
    assert!(page.shows("Sign in again to continue to"));
    let signed_in = browser.sign_in(&page, "ada", PASSWORD).await;
    assert!(browser.get(&signed_in.location()).await.shows(ASKS), "a password is no second factor");
}

#[tokio::test]
async fn di_07_a_wrong_code_is_refused_and_leaving_is_no_factor() {
    let demo = Demo::start().await;
    let (mut browser, _) = demo.signed_in("jonas").await;
    let strongly = authorize(&[("acr_values", STRONG)]);
    let page = browser.get(&strongly).await;
    for wrong in ["", "000000", "24681", "2468100", "demo"] {
        let refused = browser.enter(&page, wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.body.contains("role=\"alert\"") && refused.body.contains("aria-invalid=\"true\""));
        assert!(!refused.body.contains("value=\"000000\""));
    }
    assert!(browser.get(&strongly).await.shows(ASKS));
    assert_eq!(browser.answer(&page, "/code", "cancel").await.error(), "access_denied");
    let switched = browser.answer(&page, "/code", "switch").await;
    assert!(browser.get(&switched.location()).await.shows("Choose an account"));
    assert!(browser.get(&strongly).await.shows(ASKS));

    // Another browser and the token of another form are refused.
    let (mut ada, _) = demo.signed_in("ada").await;
    assert_eq!(ada.enter(&page, CODE).await.status, StatusCode::BAD_REQUEST);
    let mut foreign = Browser::new(&demo);
    assert_eq!(foreign.enter(&page, CODE).await.status, StatusCode::BAD_REQUEST);
    let consent = browser.get(&authorize(&[("prompt", "consent")])).await;
    assert_eq!(browser.enter(&consent, CODE).await.status, StatusCode::BAD_REQUEST);

    let before = browser.cookies["demo_provider"].clone();
    let entered = browser.enter(&page, CODE).await;
    assert!(entered.header(header::SET_COOKIE).starts_with("demo_provider="));
    let (acr, ..) = said(&demo, &browser.get(&entered.location()).await).await;
    assert_eq!(acr, STRONG);
    browser.cookies.insert("demo_provider".into(), before);
    assert!(browser.get(&authorize(&[])).await.shows("Sign in"), "a stronger session has a new name");
}

#[tokio::test]
async fn di_07_the_code_page_works_without_scripts_and_cannot_be_framed() {
    let demo = Demo::start().await;
    let (mut browser, _) = demo.signed_in("sam").await;
    let page = browser.get(&authorize(&[("acr_values", STRONG)])).await;
    let csp = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{csp}");
    assert!(csp.contains("form-action 'self' http://localhost:3000;"), "{csp}");
    assert!(!page.body.contains("<script") && !page.body.contains(" style="));
    for part in
        ["<label for=\"code\">", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\"", "autofocus"]
    {
        assert!(page.body.contains(part), "{part}");
    }
}

#[tokio::test]
async fn di_06_what_was_remembered_before_there_was_a_second_factor_is_of_a_password() {
    let mut demo = Demo::start().await;
    let tokens = demo.tokens("ada").await;
    let file = demo.dir.join("harbour.json");
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let grants = kept["grants"].as_object_mut().unwrap().values_mut();
    for grant in grants {
        assert!(grant["session"].as_object_mut().unwrap().remove("strength").is_some());
        assert!(grant.as_object_mut().unwrap().remove("named").is_some());
    }
    std::fs::write(&file, kept.to_string()).unwrap();
    demo.restart().await;
    let later = demo.refresh(tokens["refresh_token"].as_str().unwrap()).await.json();
    assert_eq!(claims(&later["id_token"])["acr"], WEAK);
    assert_eq!(claims(&later["access_token"])["aud"], claims(&tokens["access_token"])["aud"]);
}

#[tokio::test]
async fn di_06_refreshed_tokens_say_what_was_done_at_the_sign_in() {
    let mut demo = Demo::start().await;
    let weak = demo.tokens("ada").await;
    let strong = {
        let (mut browser, _) = demo.signed_in("ada").await;
        let page = browser.get(&authorize(&[("acr_values", STRONG)])).await;
        let entered = browser.enter(&page, CODE).await;
        let code = browser.get(&entered.location()).await.query("code").unwrap();
        demo.exchange(&code).await.json()
    };
    demo.clock.advance(60);
    demo.restart().await;
    for (tokens, acr) in [(weak, WEAK), (strong, STRONG)] {
        let later = demo.refresh(tokens["refresh_token"].as_str().unwrap()).await.json();
        for token in ["id_token", "access_token"] {
            let (before, after) = (claims(&tokens[token]), claims(&later[token]));
            assert_eq!(after["acr"], acr);
            assert_eq!((&before["auth_time"], &before["amr"]), (&after["auth_time"], &after["amr"]));
        }
    }
}
