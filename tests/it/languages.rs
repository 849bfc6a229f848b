//! The language of the pages, and light or dark: from the user's choice, their account, their browser, the settings.

use axum::http::{Method, StatusCode};

use crate::support::{Browser, Page, World};

const GERMAN: [(&str, &str); 1] = [("accept-language", "de-AT,de;q=0.9,en;q=0.5")];

fn language(page: &Page) -> &str {
    page.root().split_once(" lang=\"").unwrap().1.split_once('"').unwrap().0
}

async fn home(browser: &mut Browser<'_>, headers: &[(&str, &str)]) -> Page {
    browser.send(Method::GET, "/", headers, None).await
}

/// Sends the form of the choices on a page.
async fn choose(browser: &mut Browser<'_>, form: &str, page: &str) -> Page {
    let headers = [("sec-fetch-site", "same-origin"), ("referer", page)];
    browser.send(Method::POST, "/preferences", &headers, Some(form.to_owned())).await
}

#[tokio::test]
async fn the_browsers_language_is_that_of_every_page_and_of_the_authorization_request() {
    let world = World::start().await;
    let mut browser = world.browser();
    let german = home(&mut browser, &GERMAN).await;
    assert_eq!(language(&german), "de");
    assert!(
        german.body.contains(">Anmelden</a>") && german.body.contains("<title>Startseite"),
        "{}",
        german.body
    );
    let described = r#"<meta name="description" content="Claimcheck: Boards mit"#;
    assert!(german.body.contains(described), "{}", german.body);
    let english = home(&mut browser, &[("accept-language", "fr, en;q=0.1")]).await;
    assert!(language(&english) == "en" && english.body.contains(">Sign in</a>"));
    // Also for responses outside the route table.
    let problem = browser.send(Method::GET, "/auth/callback?code=a", &GERMAN, None).await;
    let missing = browser.send(Method::GET, "/nothing", &GERMAN, None).await;
    let refused = browser.send(Method::PUT, "/auth/sign-out", &GERMAN, None).await;
    for page in [problem, missing, refused] {
        assert_eq!(language(&page), "de", "{}", page.url);
        assert!(!page.body.contains("What to do"), "{}", page.body);
    }
    for (headers, wanted) in [(&GERMAN[..], "de"), (&[("accept-language", "en")], "en"), (&[], "en")] {
        let start = browser.send(Method::GET, "/auth/sign-in", headers, None).await;
        assert_eq!(start.sent("ui_locales").as_deref(), Some(wanted));
    }
}

#[tokio::test]
async fn the_settings_say_the_language_of_who_asks_for_none() {
    let world = World::with("language = \"de\"\nauthorize_params = \"ui_locales=sv\"").await;
    let mut browser = world.browser();
    assert_eq!(language(&home(&mut browser, &[]).await), "de");
    assert_eq!(language(&home(&mut browser, &[("accept-language", "en")]).await), "en");
    let start = browser.get("/auth/sign-in").await;
    assert_eq!(start.sent("ui_locales").as_deref(), Some("sv"), "the settings' own value counts");
}

#[tokio::test]
async fn the_claim_comes_before_the_browser_and_the_choice_before_both() {
    let world = World::start().await;
    let (mut browser, page) = world.signed_in("ada", "/account").await;
    assert_eq!(language(&page), "en");
    let browser_is_german = browser.send(Method::GET, "/account", &GERMAN, None).await;
    assert_eq!(language(&browser_is_german), "en", "the claim of this person is en-GB");
    let chosen = choose(&mut browser, "language=de", "http://localhost:3000/account?a=b").await;
    assert_eq!((chosen.status, chosen.header("location")), (StatusCode::SEE_OTHER, "/account?a=b"));
    assert!(
        chosen.header("set-cookie").starts_with("claimcheck-language=de; Path=/; HttpOnly; SameSite=Lax")
    );
    let german = browser.open("/account").await;
    assert!(language(&german) == "de" && german.body.contains("Abmelden"), "{}", german.body);
    let english = browser.send(Method::GET, "/account", &[("accept-language", "en")], None).await;
    assert_eq!(language(&english), "de", "the choice is of this browser");
    browser.post("/preferences", &[("language", "en")]).await;
    assert_eq!(language(&browser.send(Method::GET, "/account", &GERMAN, None).await), "en");
}

#[tokio::test]
async fn light_and_dark_can_be_chosen_signed_out_and_are_on_the_root() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser.get("/").await;
    assert!(!page.body.contains("data-scheme"), "as the device is set");
    assert!(page.body.contains("action=\"/preferences\"") && page.body.contains("value=\"dark\""));
    for (scheme, attribute) in
        [("dark", Some("data-scheme=\"dark\"")), ("light", Some("data-scheme=\"light\"")), ("system", None)]
    {
        let chosen = choose(&mut browser, &format!("scheme={scheme}"), "http://localhost:3000/").await;
        assert_eq!(chosen.header("location"), "/");
        let page = browser.get("/").await;
        assert_eq!(page.body.contains("data-scheme"), attribute.is_some(), "{scheme}");
        assert!(attribute.is_none_or(|attribute| page.body.contains(attribute)));
        assert!(page.body.contains(&format!("value=\"{scheme}\" aria-pressed=\"true\"")), "{}", page.body);
    }
}

#[tokio::test]
async fn f33_over_https_only_choices_that_no_other_host_can_plant_count() {
    for (public_url, counts) in [("https://localhost:3000", "__Host-"), ("http://localhost:3000", "")] {
        let world = World::with(&format!("public_url = \"{public_url}\"\n")).await;
        for prefix in ["__Host-", ""] {
            let mut browser = world.browser();
            browser.at_app.insert(format!("{prefix}claimcheck-language"), "de".into());
            browser.at_app.insert(format!("{prefix}claimcheck-scheme"), "dark".into());
            let page = browser.get("/").await;
            let is_read = (language(&page) == "de", page.body.contains("data-scheme"));
            assert_eq!(is_read, (prefix == counts, prefix == counts), "{public_url}, {prefix}");
        }
    }
}

#[tokio::test]
async fn a_choice_is_made_on_our_own_pages_and_leads_to_one() {
    let world = World::start().await;
    let mut browser = world.browser();
    let form = Some("language=de".to_owned());
    let foreign = [("sec-fetch-site", "cross-site")];
    let refused = browser.send(Method::POST, "/preferences", &foreign, form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.headers.get("set-cookie").is_none());
    for page in
        ["https://example.com/account", "http://localhost:3000//example.com", "http://localhost:1/a", "x", ""]
    {
        let answer = choose(&mut browser, "language=de", page).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"), "{page}");
    }
    let odd =
        browser.post("/preferences", &[("language", "xx"), ("scheme", "pink"), ("theme", "dark")]).await;
    assert!(odd.status == StatusCode::SEE_OTHER && odd.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn boards_speak_the_language_of_the_person() {
    const BOARD: &str = r#"
[[board]]
id = "both"
title = { en = "Open orders", de = "Offene Aufträge" }
[[board.action]]
label = { en = "Remind all", de = "Alle erinnern" }
confirm = { en = "Remind everybody?", de = "Alle Kunden erinnern?" }
post = "/reminders"
fields = [{ key = "note", title = { en = "Note", de = "Notiz" }, hint = { en = "Optional", de = "Freiwillig" } }]
[[board.panel]]
title = { en = "All orders", de = "Alle Aufträge" }
kind = "table"
get = "/orders?limit=5"
rows = "$.orders[*]"
columns = [{ key = "id", title = { en = "Number", de = "Nummer" } }]
"#;
    let world = World::with(BOARD).await;
    let (mut browser, page) = world.signed_in("ada", "/boards/both").await;
    browser.post("/preferences", &[("language", "de")]).await;
    let german = browser.get("/boards/both").await;
    let csv = browser.get("/boards/both/csv/all-orders").await;
    let form = browser.get("/boards/both/actions/remind-all").await;
    for text in ["Open orders", "Remind all", "All orders", ">Number<"] {
        assert!(page.body.contains(text) && !german.body.contains(text), "{text}");
    }
    for text in ["Offene Aufträge", "Alle erinnern", "Alle Aufträge", ">Nummer<"] {
        assert!(german.body.contains(text) && !page.body.contains(text), "{text}: {}", german.body);
    }
    assert!(csv.body.contains("Nummer"), "{}", csv.body);
    for text in ["Alle Kunden erinnern?", "Notiz", "Freiwillig"] {
        assert!(form.body.contains(text), "{text}: {}", form.body);
    }
}
