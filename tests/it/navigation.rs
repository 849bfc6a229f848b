//! The navigation: beside the page or in the bar, the page that finds boards and actions, and where the home address leads.

use axum::http::{Method, StatusCode};

use crate::support::hostile::HostileWorld;
use crate::support::{Browser, Page};

/// Boards `b0`, `b1` and so on; `b1` needs a role that nobody has.
fn boards(count: usize) -> String {
    let board = |index: usize| {
        let more = match index {
            1 => "role = \"auditor\"\n",
            2 => "group = { en = \"Money\", de = \"Geld\" }\nicon = \"money\"\n",
            _ => "",
        };
        format!(
            "\n[[board]]\nid = \"b{index}\"\ntitle = \"Board {index}\"\n{more}\n[[board.panel]]\ntitle = \"Text\"\n\
             kind = \"text\"\ntext = \"Hello\"\n\n[[board.action]]\nlabel = \"Do {index}\"\npost = \"/do\"\n"
        )
    };
    (0..count).map(board).collect()
}

/// The links of the navigation.
fn nav(page: &Page) -> &str {
    let nav = page.body.split_once("<nav ").map(|(_, rest)| rest).unwrap_or_default();
    nav.split_once("</nav>").map(|(nav, _)| nav).unwrap_or_default()
}

fn home(page: &Page) -> String {
    page.header("location").to_owned()
}

async fn choose(browser: &mut Browser<'_>, form: &str) -> Page {
    let headers = [("sec-fetch-site", "same-origin"), ("referer", "/boards/b0")];
    browser.send(Method::POST, "/preferences", &headers, Some(form.to_owned())).await
}

#[tokio::test]
async fn nv_01_every_board_is_in_the_navigation_of_every_page() {
    for (count, is_beside) in [(6, false), (7, true), (40, true)] {
        let world = HostileWorld::with(&boards(count)).await;
        let (mut browser, board) = world.signed_in("/boards/b0").await;
        for page in [board, browser.open("/account").await, browser.open("/boards/b1").await] {
            let nav = nav(&page);
            for index in 0..count {
                assert_eq!(nav.matches(&format!("href=\"/boards/b{index}\"")).count(), 1, "{count}: {nav}");
            }
            assert_eq!(page.body.contains("popovertarget=\"boards\""), is_beside, "{count}");
            assert!(page.body.contains("/pkg/extra/"), "groups and the column have their own styles");
            assert!(nav.contains("Board 1, no access"), "a board without access is named: {nav}");
        }
    }
}

#[tokio::test]
async fn nv_01_a_few_plain_boards_need_no_second_stylesheet() {
    let numbers = boards(2)
        .replace("kind = \"text\"\ntext = \"Hello\"", "kind = \"stat\"\nget = \"/n\"\nvalue = \"$.n\"");
    let world = HostileWorld::with(&numbers).await;
    let (_, page) = world.signed_in("/boards/b0").await;
    assert!(!page.body.contains("/pkg/extra/") && nav(&page).contains("/boards/b1"), "{}", page.body);
}

#[tokio::test]
async fn nv_02_the_navigation_marks_the_board_of_the_page() {
    let world = HostileWorld::with(&boards(9)).await;
    let (mut browser, board) = world.signed_in("/boards/b8").await;
    let link = |page: &Page, index: usize, value: &str| {
        nav(page).contains(&format!("href=\"/boards/b{index}\" aria-current=\"{value}\""))
    };
    assert!(link(&board, 8, "page") && nav(&board).matches("aria-current").count() == 1, "{}", nav(&board));
    let below = browser.open("/boards/b8/actions/do-8").await;
    assert!(link(&below, 8, "true"), "{}", nav(&below));
    let elsewhere = browser.open("/account").await;
    assert!(!nav(&elsewhere).contains("aria-current"));
}

#[tokio::test]
async fn nv_03_home_leads_to_the_board_that_was_opened_last() {
    let world = HostileWorld::with(&boards(8)).await;
    let (mut browser, first) = world.signed_in("/boards/b0").await;
    assert!(first.body.contains("Board 0"));
    assert_eq!(home(&browser.get("/").await), "/boards/b0");
    assert!(
        browser
            .open("/boards/b5")
            .await
            .header("set-cookie")
            .starts_with("claimcheck-board=b5; Path=/; HttpOnly")
    );
    assert_eq!(home(&browser.get("/").await), "/boards/b5");
    let again = browser.open("/boards/b5").await;
    assert!(!again.headers.contains_key("set-cookie"), "it is sent once");
    // Pages that are no board, boards without access and boards that do not exist change nothing.
    for other in ["/account", "/boards", "/boards/b1", "/boards/nothing", "/boards/b6/actions/do-6"] {
        browser.open(other).await;
        assert_eq!(home(&browser.get("/").await), "/boards/b5", "{other}");
    }
    // Nor does what a page or a speculative load fetches.
    for headers in [
        [("sec-purpose", "prefetch"), ("accept", "text/html")],
        [("sec-fetch-mode", "cors"), ("accept", "*/*")],
    ] {
        browser.send(Method::GET, "/boards/b7", &headers, None).await;
        assert_eq!(home(&browser.get("/").await), "/boards/b5");
    }
}

#[tokio::test]
async fn nv_03_home_never_leads_to_a_board_that_cannot_be_seen() {
    let world = HostileWorld::with(&boards(4)).await;
    let (mut browser, _) = world.signed_in("/account").await;
    assert_eq!(home(&browser.get("/").await), "/boards/b0", "none was opened yet");
    for value in ["b1", "gone", "", "..", "b3%2F..", "b3/../../account"] {
        let cookies = [("cookie", format!("claimcheck-board={value}"))];
        let headers = cookies.each_ref().map(|(name, value)| (*name, value.as_str()));
        let page = browser.send(Method::GET, "/", &headers, None).await;
        assert!(
            ["/boards/b0", ""].contains(&page.header("location")),
            "{value}: {}",
            page.header("location")
        );
    }
}

#[tokio::test]
async fn nv_04_boards_and_actions_are_found_without_a_script() {
    let world = HostileWorld::with(&boards(8)).await;
    let (mut browser, _) = world.signed_in("/boards/b0").await;
    let main = |page: &Page| page.body.split_once("<main").unwrap().1.to_owned();
    let all = browser.open("/boards").await;
    assert_eq!(all.status, StatusCode::OK);
    for index in 0..8 {
        assert!(main(&all).contains(&format!("href=\"/boards/b{index}\"")), "{index}");
    }
    assert!(main(&all).contains(">Money</h2>") && main(&all).contains("/boards/b0/actions/do-0"));
    assert!(!main(&all).contains("/boards/b1/actions"), "not the actions of a board without access");
    let found = main(&browser.open("/boards?q=board+7").await);
    assert!(found.contains("/boards/b7") && !found.contains("href=\"/boards/b6\""), "{found}");
    let action = main(&browser.open("/boards?q=DO+3").await);
    assert!(
        action.contains("href=\"/boards/b3/actions/do-3\"") && !action.contains("href=\"/boards/b3\""),
        "{action}"
    );
    let none = main(&browser.open("/boards?q=%22%3E%3Cb%3Ex").await);
    assert!(none.contains("No board or action matches") && !none.contains("<b>x"), "{none}");
    let signed_out = world.browser().get("/boards").await;
    assert_eq!(signed_out.status, StatusCode::SEE_OTHER, "it needs a session");
}

#[tokio::test]
async fn nv_05_the_width_of_the_navigation_and_the_height_of_rows_are_kept() {
    let world = HostileWorld::with(&boards(8)).await;
    let (mut browser, page) = world.signed_in("/boards/b0").await;
    assert!(
        !page.root().contains("data-navigation") && !page.root().contains("data-density"),
        "the usual ones"
    );
    assert!(page.body.contains("name=\"navigation\" value=\"icons\""), "{}", page.body);
    assert_eq!(choose(&mut browser, "navigation=icons").await.status, StatusCode::SEE_OTHER);
    choose(&mut browser, "density=comfortable").await;
    let page = browser.open("/boards/b0").await;
    assert!(
        page.root().contains("data-navigation=\"icons\"")
            && page.root().contains("data-density=\"comfortable\"")
    );
    assert!(page.body.contains("name=\"navigation\" value=\"full\""), "the way back");
    for wrong in ["navigation=none", "density=%00", "density=\"><script>"] {
        choose(&mut browser, wrong).await;
        let same = browser.open("/boards/b0").await;
        assert_eq!(same.root(), page.root(), "{wrong}");
    }
    choose(&mut browser, "navigation=full&density=compact").await;
    assert!(!browser.open("/boards/b0").await.root().contains("data-navigation"));
}
