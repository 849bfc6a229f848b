//! The message of the operator above every page.

use axum::http::Method;

use crate::support::World;

const NOTICE: &str =
    "notice = { en = \"Maintenance at 18:00 <b>UTC</b>\", de = \"Wartung um 18 Uhr <b>UTC</b>\" }\n";
const ENGLISH: &str = "<p>Maintenance at 18:00 &lt;b&gt;UTC&lt;/b&gt;</p>";

#[tokio::test]
async fn check_a_notice_is_above_every_page_in_the_language_of_the_user() {
    let world = World::with(NOTICE).await;
    let mut visitor = world.browser();
    let (mut browser, board) = world.signed_in("ada", "/boards/orders").await;
    let mut pages = vec![board];
    for path in ["/", "/nothing", "/auth/callback?code=a"] {
        pages.push(visitor.get(path).await);
    }
    for path in ["/account", "/sessions", "/boards/none", "/boards/orders/actions/remind"] {
        pages.push(browser.open(path).await);
    }
    pages.push(browser.post("/auth/sign-out", &[]).await);
    for page in &pages {
        let (before, _) =
            page.body.split_once("<main").unwrap_or_else(|| panic!("{}: {}", page.url, page.body));
        assert_eq!(before.matches(ENGLISH).count(), 1, "{}: {before}", page.url);
    }
    let german = visitor.send(Method::GET, "/", &[("accept-language", "de")], None).await;
    assert!(german.body.contains("<p>Wartung um 18 Uhr &lt;b&gt;UTC&lt;/b&gt;</p>"), "{}", german.body);
}

#[tokio::test]
async fn check_without_a_notice_no_page_has_one() {
    let world = World::with("").await;
    let home = world.browser().get("/").await;
    assert!(!home.body.contains("class=\"notice\""), "{}", home.body);
}
