//! The user's own activity on the page: what it lists, whose, and what happens while the store does not accept it.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    sessions::{FIREFOX, SAFARI, is_signed_in, keys},
    support::{
        Browser, Page,
        hostile::{HostileWorld, Raw},
        log::Listening,
        until,
    },
};

const BOARDS: &str = r#"
[[board]]
id = "desk"
title = "Desk"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Order" }, { key = "status", title = "Status" }]

[[board.panel.action]]
label = "Delete"
delete = "/orders/{id}"
"#;
const ON_FILE: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";
const DELETE: &str = "/boards/desk/rows/orders/actions/delete?key=ORD-1";
/// Longer than the pauses of a task that waits for the store.
const PATIENCE: Duration = Duration::from_secs(60);

async fn world() -> HostileWorld {
    let world = HostileWorld::with(&format!("{ON_FILE}{BOARDS}")).await;
    world.api.script(|script| script.answers.insert("/orders/ORD-1".into(), Raw::json(200, "{}")));
    world
}

/// The section with the activity.
fn section(page: &Page) -> &str {
    let begin = page.body.find("aria-label=\"Recent activity\"").unwrap();
    let rest = &page.body[begin..];
    &rest[..rest.find("</section>").unwrap()]
}

/// The lines as they are read: text without markup, the latest first.
fn lines(page: &Page) -> Vec<String> {
    section(page).split("<li").skip(1).map(|item| text(item.split("</li>").next().unwrap())).collect()
}

fn text(html: &str) -> String {
    let (mut text, mut is_tag) = (String::new(), true);
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                text.push(' ');
            }
            _ if !is_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page once its activity has that many lines.
async fn with_lines(browser: &mut Browser<'_>, count: usize) -> Page {
    let begun = Instant::now();
    loop {
        let page = browser.open("/sessions").await;
        assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/sessions"));
        if lines(&page).len() >= count {
            assert_eq!(lines(&page).len(), count, "{:?}", lines(&page));
            return page;
        }
        assert!(begun.elapsed() < PATIENCE, "{:?}", lines(&page));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn delete(browser: &mut Browser<'_>) {
    let fields = browser.open(DELETE).await.fields();
    assert!(fields.iter().any(|(name, _)| name == "once"), "there is no form");
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(browser.post("/api/act", &pairs).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn my_08_the_page_lists_what_the_user_did_where_and_from_where() {
    let world = world().await;
    let mut phone = world.browser();
    (phone.user_agent, phone.address) = (SAFARI, [203, 0, 113, 7].into());
    phone.open("/sessions").await;
    world.advance(60);
    let mut here = world.browser();
    here.user_agent = FIREFOX;
    here.open("/sessions").await;
    let (_eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    world.advance(60);
    world.drained().await;
    delete(&mut here).await;
    let page = with_lines(&mut here, 3).await;
    let lines = lines(&page);
    assert!(lines[0].starts_with("Delete : ORD-1 Desk · Done "), "{lines:?}");
    assert!(lines[0].ends_with(" · Firefox on Windows · 127.0.0.1 · This session"), "{lines:?}");
    assert!(lines[1].starts_with("Signed in with password "), "{lines:?}");
    assert!(lines[1].ends_with(" · Firefox on Windows · 127.0.0.1 · This session"), "{lines:?}");
    assert!(lines[2].starts_with("Signed in with password "), "{lines:?}");
    assert!(lines[2].ends_with(" · Safari on iPhone · 203.0.113.7"), "{lines:?}");
    let html = section(&page).replace("&amp;", "&");
    assert!(html.contains("<a href=\"/boards/desk\">Desk</a>"), "{html}");
    assert!(html.contains("<a href=\"/boards/desk/rows/orders?key=ORD-1\">ORD-1</a>"), "{html}");
    assert_eq!(html.matches("<time datetime=\"2").count(), 3);
    assert!(!html.contains("Please check") && !html.contains("<details"), "{html}");
    // The same in the other session, which is "this" one there.
    let page = phone.open("/sessions").await;
    assert!(self::lines(&page)[2].ends_with(" · 203.0.113.7 · This session"), "{:?}", self::lines(&page));
    assert!(self::lines(&page)[0].ends_with(" · 127.0.0.1"));
}

#[tokio::test]
async fn my_09_what_is_unusual_has_a_word_and_a_sign_and_the_reason() {
    let world = HostileWorld::with("[[allow]]\nclaim = \"staff\"\nis = \"yes\"\n").await;
    let staff = |word: &str| {
        world.provider.script(|script| script.person.claims.insert("staff".into(), json!(word)));
    };
    staff("no");
    let (_, page) = world.signed_in("/account").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    staff("yes");
    world.advance(60);
    let (mut other, page) = world.signed_in("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    world.advance(60);
    let (mut here, _) = world.signed_in("/sessions").await;
    let page = with_lines(&mut here, 3).await;
    let refused = &lines(&page)[2];
    assert!(
        refused.starts_with("Please check Sign-in refused Your account isn’t allowed here "),
        "{refused}"
    );
    assert_eq!(section(&page).matches("data-unusual").count(), 1);
    // An end by an operator is unusual, one by the user is not. Neither has the operator's address.
    let end = keys(&page).remove(0);
    world.advance(60);
    let key = claimcheck_session::RowKey::parse(&end).unwrap();
    world.services.sessions.end(&key, claimcheck_session::EndReason::Operator).await.unwrap().unwrap();
    let page = with_lines(&mut here, 4).await;
    let ended = &lines(&page)[0];
    assert!(ended.starts_with("Please check Session ended By an administrator "), "{ended}");
    assert!(!ended.contains("127.0.0.1"), "{ended}");
    assert!(!is_signed_in(&mut other).await);
    world.advance(60);
    here.post("/auth/sign-out", &[("reach", "only-here")]).await;
    let (mut again, _) = world.signed_in("/sessions").await;
    let page = with_lines(&mut again, 6).await;
    assert!(lines(&page).iter().any(|line| line.starts_with("Signed out ")), "{:?}", lines(&page));
    assert_eq!(section(&page).matches("Please check").count(), 2);
}

#[tokio::test]
async fn my_10_ten_lines_are_shown_and_the_older_ones_behind_a_button_without_scripts() {
    let world = world().await;
    let (mut here, page) = world.signed_in("/sessions").await;
    world.drained().await;
    let (iss, sub) = owner(&world).await;
    world.services.sessions.forget_activity(&iss, &sub).await.unwrap();
    let empty = here.open("/sessions").await;
    assert!(section(&empty).contains("Nothing yet. Sign-ins"), "{}", section(&empty));
    drop(page);
    for count in 1..=12 {
        world.advance(1);
        delete(&mut here).await;
        with_lines(&mut here, count).await;
    }
    let page = here.open("/sessions").await;
    let html = section(&page);
    let (shown, older) = html.split_once("<details>").expect("all lines are shown");
    assert_eq!((shown.matches("<li").count(), older.matches("<li").count()), (10, 2));
    assert!(
        older.contains("<summary>Show 2 older events</summary>") && older.contains("start=\"11\""),
        "{older}"
    );
    let page = here.send(axum::http::Method::GET, "/sessions", &[("accept-language", "de")], None).await;
    let is_german =
        page.body.contains("Letzte Aktivitäten") && page.body.contains("2 ältere Ereignisse anzeigen");
    assert!(is_german, "{}", page.body);
}

/// Issuer and subject of the only user.
async fn owner(world: &HostileWorld) -> (String, String) {
    let owner = world.services.sessions.page(None, None).await.unwrap().remove(0).owner;
    (owner.iss, owner.sub)
}

#[tokio::test]
async fn my_11_nothing_leads_to_what_is_gone_or_forbidden_and_its_name_is_still_told() {
    let mut world = world().await;
    let (mut here, _) = world.signed_in("/account").await;
    delete(&mut here).await;
    with_lines(&mut here, 2).await;
    let cookies = here.at_app.clone();
    for (text, instead, links) in [
        ("title = \"Desk\"", "title = \"Desk\" # known", 2),
        ("label = \"Delete\"", "label = \"Remove\"\nid = \"remove\"", 2),
        ("title = \"Orders\"", "title = \"Orders\"\nid = \"all\"", 1),
        (" # known", "\nrole = \"chief\"", 0),
        ("role = \"chief\"", "", 1),
        ("id = \"desk\"", "id = \"counter\"", 0),
    ] {
        world.restart_with(text, instead).await;
        let mut here = world.browser();
        here.at_app.clone_from(&cookies);
        let page = with_lines(&mut here, 2).await;
        assert!(lines(&page)[0].starts_with("Delete : ORD-1 Desk · Done "), "{instead}: {:?}", lines(&page));
        assert_eq!(section(&page).matches("href").count(), links, "{instead}: {}", section(&page));
    }
}

#[tokio::test]
async fn my_12_a_store_that_does_not_accept_lines_costs_no_request_and_is_said_once() {
    let heard = Listening::begin();
    let world = world().await;
    let (mut here, _) = world.signed_in("/sessions").await;
    with_lines(&mut here, 1).await;
    let file = format!("sqlite:{}", world.database().display());
    let database = sqlx::SqlitePool::connect(&file).await.unwrap();
    sqlx::query("ALTER TABLE activity RENAME TO away").execute(&database).await.unwrap();
    for _ in 0..3 {
        world.advance(1);
        delete(&mut here).await;
    }
    let page = here.open("/sessions").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(section(&page).contains("Your activity can’t be loaded at the moment."), "{}", section(&page));
    assert!(page.body.contains("This session"), "the rest of the page");
    // A line waits a moment for others before it is written.
    until(|| String::from_utf8(heard.text()).unwrap().contains("activity not stored")).await;
    sqlx::query("ALTER TABLE away RENAME TO activity").execute(&database).await.unwrap();
    let page = with_lines(&mut here, 4).await;
    assert!(lines(&page)[..3].iter().all(|line| line.starts_with("Delete : ORD-1 ")), "{:?}", lines(&page));
    world.drained().await;
    let log = String::from_utf8(heard.text()).unwrap();
    let said = |event: &str| log.matches(&format!("event=\"{event}\"")).count();
    assert_eq!((said("activity not stored"), said("activity stored again")), (1, 1), "{log}");
}

#[tokio::test]
async fn my_13_lines_of_an_old_key_are_read_until_it_is_removed() {
    let mut world = world().await;
    let cookies = {
        let mut here = world.browser();
        here.address = [198, 51, 100, 7].into();
        here.open("/sessions").await;
        with_lines(&mut here, 1).await;
        here.at_app.clone()
    };
    world.roll_key(true).await;
    let mut here = world.browser();
    here.at_app.clone_from(&cookies);
    // Lines of one second keep their order within a process; this is another one.
    world.advance(1);
    delete(&mut here).await;
    let page = with_lines(&mut here, 2).await;
    let signed_in = &lines(&page)[1];
    assert!(signed_in.starts_with("Signed in ") && signed_in.contains("198.51.100.7"), "{signed_in}");
    let stored = world.stored_bytes();
    for text in ["198.51.100.7", "signed-in", "ORD-1"] {
        let found = stored.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found, "{text} is in the store in clear");
    }
}
