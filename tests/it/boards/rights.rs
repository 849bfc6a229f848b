//! Boards and panels that need a role, a claim or a scope: users without it are told what is missing, in every way of
//! access, and the API is not called; users with it see no difference.

use axum::http::StatusCode;
use serde_json::json;

use super::{function, part, text};
use crate::support::{
    Browser, Page, World,
    hostile::{HostileWorld, Raw},
};

/// Longer than the lifetime of an access token of either provider.
const LATER_SECS: i64 = 180;

const BOARDS: &str = r#"
[[board]]
id = "books"
title = "Books"
role = ["finance", "auditor"]

[board.period]
choices = ["7d"]

[[board.panel]]
id = "p0"
title = "Margins"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
key = "id"

[[board]]
id = "desk"
title = "Desk"

[[board.panel]]
id = "p0"
title = "For finance"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
key = "id"
role = "finance"

[[board.panel]]
id = "p1"
title = "For everybody"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
key = "id"

[[board.panel]]
id = "p2"
title = "For a department"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
claim = { path = "https://example.com/department", is = ["Finance", "Human Resources"] }
"#;

async fn world(more: &str, claims: &[(&str, serde_json::Value)]) -> HostileWorld {
    let world = HostileWorld::with(&format!("{more}\n{BOARDS}")).await;
    world.provider.script(|script| {
        for (name, value) in claims {
            script.person.claims.insert((*name).to_owned(), value.clone());
        }
    });
    world
}

/// Every way to access a panel's content: its page, its functions, its rows, its file.
async fn ways(browser: &mut Browser<'_>, board: &str, panel: usize) -> [(&'static str, Page); 7] {
    let row = format!("/boards/{board}/rows/p{panel}?key=ORD-1");
    let csv = format!("/boards/{board}/csv/p{panel}");
    [
        ("page", browser.get(&format!("/boards/{board}?p{panel}.q=ORD")).await),
        ("panel", function(browser, "panel", board, panel, "").await),
        ("panel_when_ready", function(browser, "panel_when_ready", board, panel, "").await),
        ("row", function(browser, "row", board, panel, "key=ORD-1").await),
        ("row page", browser.get(&row).await),
        ("csv", browser.get(&csv).await),
        ("csv for a script", browser.fetch(&csv).await),
    ]
}

fn shows_data(page: &Page) -> bool {
    page.body.contains("Customer of p-ada")
}

#[tokio::test]
async fn ac_02_hiding_is_only_manners_and_every_way_is_closed_to_whoever_lacks_the_role() {
    for (board, roles, panel_page) in
        [("books", "auditor", StatusCode::FORBIDDEN), ("desk", "finance", StatusCode::OK)]
    {
        let world = world("", &[("roles", json!(["clerk", "finance clerk"]))]).await;
        let (mut browser, _) = world.signed_in("/account").await;
        for (way, page) in ways(&mut browser, board, 0).await {
            let status = match way {
                "page" => panel_page,
                // A failure about the panel is a state of the panel.
                "panel" | "panel_when_ready" => StatusCode::OK,
                _ => StatusCode::FORBIDDEN,
            };
            assert_eq!(page.status, status, "{board}, {way}: {}", page.body);
            // The page of the desk has another panel, which is accessible.
            let is_seen = if (board, way) == ("desk", "page") {
                let locked = part(&page.body, 0);
                assert!(part(&page.body, 1).contains("Customer of p-ada"));
                locked.contains("Customer of")
            } else {
                shows_data(&page)
            };
            assert!(!is_seen && !page.body.contains("text/csv"), "{board}, {way}");
            match way {
                "panel" | "row" | "csv for a script" => {
                    assert!(
                        page.body.contains("{\"Forbidden\":{\"Role\":[\"finance\""),
                        "{way}: {}",
                        page.body
                    );
                }
                _ => {
                    let words = match board {
                        "books" => "This requires one of the roles finance or auditor",
                        _ => "This requires the role finance",
                    };
                    let read = text(&page.body).replace(" .", ".");
                    assert!(read.contains(words), "{board}, {way}: {read}");
                }
            }
        }
        let calls = world.api.calls().len();
        assert_eq!(calls, usize::from(board == "desk"), "what is locked is not asked for");
        let world = self::world("", &[("roles", json!([roles]))]).await;
        let (mut browser, _) = world.signed_in("/account").await;
        for (way, page) in ways(&mut browser, board, 0).await {
            assert!(page.status == StatusCode::OK && shows_data(&page), "{board}, {way}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn a_locked_board_stays_in_the_navigation_and_home_leads_past_it() {
    let world = world("", &[("roles", json!("clerk"))]).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.open("/").await;
    assert_eq!(page.path(), "/boards/desk", "the first that is open");
    let link = |page: &Page| {
        let (_, rest) = page.body.split_once("href=\"/boards/books\"").unwrap();
        rest.split_once("</a>").unwrap().0.to_owned()
    };
    assert!(
        link(&page).contains("aria-label=\"Books, no access\"") && link(&page).contains("<svg"),
        "{}",
        link(&page)
    );
    let page = browser.get("/boards/books?period=7d").await;
    assert!(page.status == StatusCode::FORBIDDEN && page.body.contains("<title>Books · Claimcheck</title>"));
    assert!(page.body.contains("Ada Okafor") && page.body.contains("<h1>Books</h1>"));
    assert!(!page.body.contains("Margins") && !page.body.contains("aria-label=\"Period\""));
    assert_eq!(page.header("location"), "", "nothing leads on by itself");
    let world = self::world("", &[("roles", json!("clerk finance"))]).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.open("/").await;
    assert_eq!(page.path(), "/boards/books");
    assert!(
        !link(&page).contains("locked") && !link(&page).contains("<svg") && page.body.contains("Margins")
    );
}

#[tokio::test]
async fn roles_are_found_where_the_settings_say_and_shown_once() {
    let namespaced = "https://example.com/roles";
    let realm = json!({ "roles": ["offline_access", "finance"] });
    let client = json!({ "app": { "roles": ["finance"] } });
    for (setting, claim, value) in [
        ("", "roles", json!(["finance"])),
        ("role_claims = \"https://example.com/roles\"", namespaced, json!(["finance", "x"])),
        ("role_claims = \"realm_access.roles resource_access.app.roles\"", "realm_access", realm.clone()),
        ("role_claims = \"realm_access.roles resource_access.app.roles\"", "resource_access", client),
        ("role_claims = [\"roles\", \"groups\"]", "groups", json!(["Everyone", "finance"])),
        (
            "role_claims = \"$.teams[*].name\"",
            "teams",
            json!([{ "name": "finance" }, { "name": "Night shift" }]),
        ),
        ("role_claims = \"groups\"", "groups", json!("staff finance")),
    ] {
        let world = world(setting, &[(claim, value.clone())]).await;
        let (mut browser, page) = world.signed_in("/boards/books").await;
        assert!(page.status == StatusCode::OK && shows_data(&page), "{setting}: {}", page.body);
        let page = browser.open("/account").await;
        assert!(page.body.contains("<li>finance</li>"), "{setting}");
        assert!(!page.body.contains(&format!("<code>{claim}</code>")), "{setting}: shown as roles already");
    }
    // The same claims in another place, if the settings name it.
    for (setting, claim, value) in [
        ("", namespaced, json!(["finance"])),
        ("", "groups", json!(["finance"])),
        ("role_claims = \"groups\"", "roles", json!(["finance"])),
        ("role_claims = \"realm_access\"", "realm_access", realm),
        ("", "roles", json!({ "finance": false })),
        ("", "roles", json!([["finance"], { "name": "finance" }, "Finance"])),
    ] {
        let world = world(setting, &[(claim, value)]).await;
        let (_, page) = world.signed_in("/boards/books").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{setting} {claim}");
        assert_eq!(world.api.calls().len(), 0);
    }
}

#[tokio::test]
async fn a_claim_that_is_needed_is_named_in_words() {
    let claim = "https://example.com/department";
    for (value, is_open) in [
        (json!("Finance"), true),
        (json!("Human Resources"), true),
        (json!(["Sales", "Finance"]), true),
        (json!("Resources"), false),
        (json!("Sales"), false),
        (json!(null), false),
    ] {
        let world = world("", &[(claim, value.clone())]).await;
        let (_, page) = world.signed_in("/boards/desk").await;
        let panel = part(&page.body, 2);
        assert_eq!(panel.contains("Customer of p-ada"), is_open, "{value}");
        let words = "This requires Department to be Finance or Human Resources";
        assert_eq!(text(panel).contains(words), !is_open, "{value}: {}", text(panel));
    }
}

const SCOPES: &str = r#"
[[board]]
id = "mixed"
title = "Mixed"
scope = "orders:read"

[[board.panel]]
id = "p0"
title = "Not asked for"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
scope = "gold:read silver:read"

[[board.panel]]
id = "p1"
title = "AuthorizationOptions for"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
scope = "reports:read"

[[board.panel]]
id = "p2"
title = "Role first"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
scope = "gold:read"
role = "finance"

[[board.panel]]
id = "p3"
title = "Open"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
"#;

#[tokio::test]
async fn ac_06_scopes_that_are_lacking_are_named_together_after_what_cannot_be_asked_for() {
    let world = HostileWorld::with(SCOPES).await;
    world.provider.script(|script| script.grants = Some("openid orders:read".into()));
    let (_, page) = world.signed_in("/boards/mixed").await;
    assert_eq!(page.status, StatusCode::OK);
    let panel = |index: usize| part(&page.body, index);
    assert!(
        panel(0).contains("<code>gold:read silver:read</code>")
            && text(panel(0)).contains("Your sign-in doesn’t include")
    );
    assert!(
        panel(1).contains("<code>reports:read</code>")
            && text(panel(1)).contains("Your sign-in provider didn’t grant")
    );
    assert!(panel(2).contains("<strong>finance</strong>") && !panel(2).contains("gold:read"));
    assert!(shows_data(&page) && panel(3).contains("Customer of p-ada"));
    assert_eq!(world.api.calls().len(), 1);
    // A board's scope is required for everything on it.
    let world = HostileWorld::with(SCOPES).await;
    world.provider.script(|script| script.grants = Some("openid gold:read silver:read".into()));
    let (mut browser, page) = world.signed_in("/boards/mixed").await;
    assert!(page.status == StatusCode::FORBIDDEN && page.body.contains("<code>orders:read</code>"));
    let page = function(&mut browser, "panel_when_ready", "mixed", 1, "").await;
    assert!(
        page.body.contains("<code>orders:read reports:read</code>"),
        "one question for both: {}",
        page.body
    );
    assert_eq!(world.api.calls().len(), 0);
    let world = HostileWorld::with(SCOPES).await;
    world.provider.script(|script| {
        script.grants = Some("openid orders:read gold:read silver:read reports:read".into());
        script.person.claims.insert("roles".into(), json!(["finance"]));
    });
    let (_, page) = world.signed_in("/boards/mixed").await;
    assert!((0..4).all(|index| part(&page.body, index).contains("Customer of p-ada")), "{}", page.body);
}

#[tokio::test]
async fn a_role_taken_away_at_the_provider_locks_what_needs_it_and_one_given_opens_it() {
    let world = World::with(&BOARDS.replace("get = \"/orders\"", "get = \"/orders?limit=3\"")).await;
    let (mut browser, page) = world.signed_in("ada", "/boards/books").await;
    assert!(page.status == StatusCode::OK && page.body.contains("<tbody>"));
    world.roles.set("ada", &["orders:manager"]);
    // Any panel that needs a new token updates the claims.
    world.advance(LATER_SECS);
    browser.open("/boards/orders").await;
    let before = world.api.count("limit=3");
    let page = browser.open("/boards/books").await;
    assert!(page.status == StatusCode::FORBIDDEN && page.body.contains("Books, no access"), "{}", page.body);
    for name in ["panel", "panel_when_ready"] {
        let page = function(&mut browser, name, "books", 0, "").await;
        assert!(page.body.contains("finance") && !page.body.contains("<tbody>"), "{}", page.body);
    }
    assert_eq!(world.api.count("limit=3"), before);
    let desk = browser.open("/boards/desk").await;
    assert!(!part(&desk.body, 0).contains("<tbody>") && part(&desk.body, 1).contains("<tbody>"));
    world.roles.set("ada", &["orders:manager", "auditor"]);
    world.advance(LATER_SECS);
    browser.open("/boards/orders").await;
    let page = browser.open("/boards/books").await;
    assert!(page.status == StatusCode::OK && page.body.contains("<tbody>") && !page.body.contains("locked"));
    assert!(
        !part(&browser.open("/boards/desk").await.body, 0).contains("<tbody>"),
        "that is for finance alone"
    );
}

#[tokio::test]
async fn ac_06_what_was_granted_and_is_not_enough_for_the_api_was_not_refused_by_the_provider() {
    let world = HostileWorld::with(SCOPES).await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (scope, words) in [
        ("reports:read", "The API denies access for your account"),
        ("reports:read more:read", "Your sign-in doesn’t include reports:read more:read"),
    ] {
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
        let refusal = Raw::json(403, "{}").with("www-authenticate", &challenge);
        world.api.script(|script| script.instead = Some(refusal));
        let page = browser.get("/boards/mixed").await;
        let panel = part(&page.body, 1);
        assert!(text(panel).contains(words) && !text(panel).contains("didn’t grant"), "{panel}");
    }
}
