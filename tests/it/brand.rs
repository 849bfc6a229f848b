//! The operator's own name, logo and colour replace the product's.

use std::fs;

use axum::http::{Method, StatusCode};

use crate::support::{World, load_settings, new_folder};

const LOGO: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h8v8z\" fill=\"#25a\"/></svg>";

/// Settings of a complete brand, and the path of its logo.
fn brand(home: &str) -> String {
    let folder = new_folder();
    fs::create_dir_all(&folder).unwrap();
    let logo = folder.join("logo.svg");
    fs::write(&logo, LOGO).unwrap();
    format!(
        "[brand]\nname = \"Example Orders\"\nlogo = \"{}\"\naccent = \"#2255aa\"\nfooter = {{ en = \"Example Ltd\", de = \"Example GmbH\" }}\n\
         support = \"https://help.example.com/\"\n{home}",
        logo.display()
    )
}

/// The URL that follows this text in a page.
fn address(body: &str, before: &str) -> String {
    body.split_once(before)
        .unwrap_or_else(|| panic!("{before} in {body}"))
        .1
        .split_once('"')
        .unwrap()
        .0
        .to_owned()
}

#[tokio::test]
async fn r12_no_page_of_an_installation_with_a_brand_names_the_product() {
    let world = World::with(&brand("")).await;
    let mut visitor = world.browser();
    let mut pages = Vec::new();
    for path in ["/", "/nothing", "/auth/callback?code=a"] {
        pages.push(visitor.get(path).await);
    }
    let (mut browser, board) = world.signed_in("ada", "/boards/orders").await;
    pages.push(board);
    for path in ["/account", "/sessions", "/boards/none", "/boards/orders/actions/remind"] {
        pages.push(browser.open(path).await);
    }
    pages.push(browser.post("/auth/sign-out", &[]).await);
    for page in &pages {
        // Attributes and scripts use the product's own part names.
        let seen =
            page.body.split('>').map(|part| part.split('<').next().unwrap_or_default()).collect::<String>();
        let seen = seen.split("const site").next().unwrap_or_default();
        assert!(!seen.contains("Claimcheck") && !seen.contains("claim check"), "{}: {seen}", page.url);
        assert!(page.body.contains("Example Orders"), "{}: {}", page.url, page.body);
    }
    assert!(
        pages[0].body.contains("<h1>Example Orders</h1>") && pages[0].body.contains("Example Ltd"),
        "{}",
        pages[0].body
    );
    assert!(
        pages[2].body.contains("href=\"https://help.example.com/\""),
        "a problem page says where help is"
    );
    let german = visitor.send(Method::GET, "/", &[("accept-language", "de")], None).await;
    assert!(german.body.contains("Example GmbH"));
}

#[tokio::test]
async fn r12_logo_icon_and_accent_are_files_that_can_do_nothing() {
    let world = World::with(&brand("")).await;
    let mut browser = world.browser();
    let home = browser.get("/").await;
    let logo = address(&home.body, "<img src=\"");
    let icon = address(&home.body, "type=\"image/svg+xml\" href=\"");
    let style =
        home.body.split("rel=\"stylesheet\" href=\"").nth(2).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(logo, icon);
    for (path, kind) in [(&logo, "image/svg+xml"), (&style, "text/css; charset=utf-8")] {
        let file = browser.get(path).await;
        assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, kind));
        let policy = file.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(file.header("cache-control").contains("immutable"));
        assert!(path.starts_with("/brand/") && file.headers.get("set-cookie").is_none());
    }
    assert_eq!(browser.get(&logo).await.body, LOGO);
    assert!(browser.get(&style).await.body.contains("--action:light-dark(#2255aa,"));
    assert_eq!(browser.get("/brand/none.svg").await.status, StatusCode::NOT_FOUND);
    assert!(!home.body.contains(" style=") && !home.body.contains(LOGO), "never inline");
    let plain = World::start().await;
    let home = plain.browser().get("/").await.body;
    assert!(
        home.contains("href=\"/favicon.svg\"") && !home.contains("/brand/"),
        "without a brand it looks as before"
    );
}

#[tokio::test]
async fn r12_home_can_be_skipped_but_not_after_a_sign_out_or_a_refusal() {
    let world = World::with(&brand("home = \"sign-in\"")).await;
    let mut browser = world.browser();
    let started = browser.get("/").await;
    assert_eq!((started.status, started.header("location")), (StatusCode::SEE_OTHER, "/auth/sign-in"));
    // Signed out: the provider's session still exists, so a new sign-in would bring the user back at once.
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let out = browser.post("/auth/sign-out", &[("reach", "only-here")]).await;
    let home = browser.follow(out).await;
    assert!(
        home.status == StatusCode::OK && home.url.path() == "/" && home.body.contains("signed out here"),
        "{}",
        home.body
    );
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "also when it is opened again");
    // Refused: the problem page links home, which must not start the next attempt by itself.
    let mut browser = world.browser();
    let page = browser.open("/account").await;
    let consent = browser.press_sign_in(page, "ada").await;
    let callback = consent.location();
    let state = callback.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let denied = browser
        .get(&format!(
            "/auth/callback?error=access_denied&state={state}&iss={}",
            world.services.settings.issuer
        ))
        .await;
    assert!(denied.status.is_client_error(), "{}", denied.body);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    // A session that has ended.
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    world.advance(60 * 60 * 24);
    let ended = browser.get("/").await;
    assert!(ended.status == StatusCode::OK && ended.body.contains("session has ended"), "{}", ended.body);
}

#[test]
fn r12_bad_brands_are_refused_with_the_reason() {
    let refused = |text: &str| load_settings(text, None).unwrap_err().to_string();
    for (text, named) in [
        ("[brand]\naccent = \"blue-ish\"", "brand.accent"),
        ("[brand]\naccent = \"#2255aa80\"", "transparent"),
        ("[brand]\nlogo = \"/no/such/file.svg\"", "brand.logo"),
        ("[brand]\nname = \"a\\tb\"", "brand.name"),
        ("[brand]\nnome = \"A\"", "did you mean"),
        ("[brand]\nname = { xx = \"A\" }", "brand.name"),
        ("[brand]\nsupport = \"javascript:alert(1)\"", "brand.support"),
        ("[brand]\nhome = \"Hello\"\n[brand.x]\ny = \"z\"", "brand.x"),
    ] {
        let error = refused(text);
        assert!(error.contains(named), "{text}: {error}");
    }
    let (settings, warnings) = load_settings(
        "[brand]\nname = { en = \"A\", de = \"B\" }\naccent = \"#ffee00\"\n[brand.home]\nheading = \"H\"",
        None,
    )
    .unwrap();
    assert_eq!(settings.brand.name.all().collect::<Vec<_>>(), ["B", "A"]);
    assert!(
        warnings
            .iter()
            .any(|warning| warning.key == "brand.accent" && warning.message.contains("on light pages"))
    );
}
