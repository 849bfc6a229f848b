//! The boards of the demo, and those of the example in the book, with the API of the demo: every panel of every board has
//! data, its links lead somewhere, and users can do what the boards offer.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::support::{Browser, Page, World, load_settings};

const BOARDS: &str = include_str!("../../crates/demo/src/boards.toml");
/// The settings of the demo besides its boards; `API` is the address of the API.
const SETTINGS: &str = "
scopes = \"openid profile email offline_access orders:read orders:ship service:write reports:read payouts:write\"
[[api]]
id = \"warehouse\"
title = \"Warehouse\"
url = \"API/warehouse\"
audience = \"https://warehouse.demo.example\"
scopes = [\"deliveries:read\"]
";
/// Texts of panels without data, by their keys.
const NOTHING: [&str; 8] = [
    "stat-empty",
    "list-empty",
    "chart-empty",
    "facts-empty",
    "timeline-empty",
    "table-empty",
    "table-empty-selected",
    "panel-gone",
];
/// Titles of panels that show why there are no data, and are no failures.
const DENIED: [&str; 3] = ["failure-forbidden-title", "failure-step-up-title", "failure-not-found-title"];
/// Panels that are empty at first.
const EMPTY: [&str; 1] = ["payouts/your-payouts"];

/// The demo, without the boards of the tests.
async fn demo() -> World {
    World::with_boards(&format!("{SETTINGS}{BOARDS}")).await
}

/// A text of the locale file.
fn text(key: &str) -> &'static str {
    let lines = include_str!("../../crates/text/locales/en.ftl").lines();
    let mut found = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    found.next().unwrap_or_else(|| panic!("{key}"))
}

/// The parameters of boards about one thing.
pub fn parameters(board: &str) -> &'static str {
    match board {
        "customer" => "?id=CUS-003",
        "ticket" => "?id=TIC-5064",
        _ => "",
    }
}

/// What is wrong with the panels of all boards for this user: failures, and panels without data.
pub async fn faults(world: &World, browser: &mut Browser<'_>) -> Vec<String> {
    let [nothing, denied] =
        [&NOTHING[..], &DENIED].map(|keys| keys.iter().map(|key| text(key)).collect::<Vec<_>>());
    let mut faults = Vec::new();
    for board in &world.services.settings.boards {
        let query = parameters(&board.id);
        let page = browser.open(&format!("/boards/{}{query}", board.id)).await;
        if page.status != StatusCode::OK {
            faults.push(format!("{}: {}", board.id, page.status));
        }
        for panel in &board.panels {
            let place = format!("{}/{}", board.id, panel.id);
            let query = query.trim_start_matches('?').replace('=', "%3D");
            let asked = format!("/api/panel_when_ready?board={}&panel={}&query={query}", board.id, panel.id);
            let answer = browser.fetch(&asked).await;
            // The first line is the failure.
            let failure = answer.body.lines().next().unwrap_or_default();
            let has_nothing = nothing.iter().any(|text| answer.body.contains(text));
            if answer.status != StatusCode::OK
                || !failure.is_empty()
                || denied.iter().any(|text| answer.body.contains(text))
            {
                faults.push(format!("{place}: {} {}", answer.status, answer.body));
            } else if has_nothing != EMPTY.contains(&place.as_str()) {
                faults.push(format!("{place} has data: {}", !has_nothing));
            }
        }
    }
    faults
}

fn is_locked(page: &Page) -> bool {
    page.body.contains("data-locked")
}

#[tokio::test]
async fn db_01_every_panel_of_the_demo_has_data_and_the_first_page_is_not_locked() {
    let world = demo().await;
    let (mut browser, first) = world.signed_in("ada", "/account").await;
    assert!(first.status.is_success());
    let first = browser.open("/").await;
    assert_eq!(first.path(), "/boards/overview");
    assert!(first.body.contains(">Ship<") && !is_locked(&first), "{}", first.body);
    for board in ["orders", "tickets", "billing", "subscriptions", "payouts"] {
        let page = browser.open(&format!("/boards/{board}")).await;
        assert!(!is_locked(&page), "{board}");
    }
    assert_eq!(faults(&world, &mut browser).await, Vec::<String>::new());
}

#[tokio::test]
async fn db_01_boards_of_the_demo_are_grouped_and_locked_for_others_by_role() {
    let world = demo().await;
    let (mut browser, _) = world.signed_in("jonas", "/account").await;
    let page = browser.open("/boards/overview").await;
    let boards: BTreeSet<_> = world.services.settings.boards.iter().map(|board| board.id.as_str()).collect();
    for id in ["orders", "find-orders", "customers", "tickets", "billing", "usage", "revenue", "deliveries"] {
        assert!(boards.contains(id) && page.body.contains(&format!("/boards/{id}\"")), "{id}");
    }
    let locked = browser.open("/boards/revenue").await;
    assert!(locked.body.contains("finance"), "{}", locked.body);
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let open = browser.open("/boards/revenue?month=&region=nordics&region=south").await;
    assert!(open.body.contains("Nordics") && open.body.contains("Revenue and target"), "{}", open.body);
}

#[tokio::test]
async fn db_02_numbers_rows_and_cells_of_the_demo_lead_to_boards_about_them() {
    let world = demo().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    for (path, links) in [
        ("/boards/overview", vec!["/boards/billing?status=past_due\"", "/boards/find-orders?status=open\""]),
        ("/boards/customers", vec!["/boards/customer?id=CUS-001\"", "/boards/customer?id=CUS-020\""]),
        ("/boards/billing", vec!["/boards/customer?id=CUS-0"]),
        ("/boards/tickets?assignee=", vec!["/boards/ticket?id=TIC-5064\""]),
        ("/boards/ticket?id=TIC-5064", vec!["/boards/customer?id=CUS-0", "/boards/tickets\""]),
    ] {
        let page = browser.open(path).await;
        for link in links {
            assert!(page.body.contains(&format!("href=\"{link}")), "{path}: {link}: {}", page.body);
        }
    }
    let page = browser.open("/boards/customer?id=CUS-003").await;
    for part in [
        "<title>Bakkerij De Haven",
        "Invoices of Bakkerij De Haven",
        "Kaaistraat 51",
        "href=\"/boards/customers\"",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert_eq!(browser.open("/boards/customer?id=CUS-999").await.status, StatusCode::NOT_FOUND);
    // A row shows chosen members of the object in the envelope, and never JSON.
    let row = browser.open("/boards/billing/rows/invoices?key=INV-20391").await;
    for part in ["Usage above the plan", "Lines", "History"] {
        assert!(row.body.contains(part), "{part}: {}", row.body);
    }
    assert!(!row.body.contains("{&quot;") && !row.body.contains("{\""), "{}", row.body);
}

#[tokio::test]
async fn db_03_what_the_demo_offers_can_be_done() {
    let world = demo().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let done = [
        (
            "/boards/billing/actions/new-invoice",
            vec![("customer", "CUS-008"), ("amount", "120.50"), ("days", "30")],
        ),
        ("/boards/customer/actions/new-invoice?id=CUS-003", vec![("amount", "80"), ("days", "14")]),
        ("/boards/billing/rows/invoices/actions/remind?key=INV-20401", vec![]),
        ("/boards/billing/rows/invoices/actions/void?key=INV-20402", vec![]),
        (
            "/boards/subscriptions/rows/subscriptions/actions/change-plan?key=SUB-001",
            vec![("plan", "business")],
        ),
        ("/boards/ticket/actions/add-note?id=TIC-5064", vec![("text", "Called back."), ("status", "solved")]),
    ];
    for (path, values) in done {
        let form = browser.open(path).await;
        let values: Vec<_> = values.iter().map(|(key, value)| (format!("field-{key}"), *value)).collect();
        let mut fields = form.fields();
        assert!(fields.iter().any(|(name, _)| name == "once"), "{path}: {}", form.body);
        fields.retain(|(name, _)| values.iter().all(|(key, _)| key != name));
        fields.extend(values.into_iter().map(|(key, value)| (key, value.to_owned())));
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.post("/api/act", &pairs).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
        let page = browser.open(answer.location().as_str()).await;
        assert!(page.body.contains("data-tone=\"good\" class=\"said\""), "{path}: {}", page.body);
    }
    let invoice = browser.open("/boards/billing?customer=CUS-003&status=void").await;
    assert!(invoice.body.contains("INV-20402"), "{}", invoice.body);
    let ticket = browser.open("/boards/ticket?id=TIC-5064").await;
    assert!(ticket.body.contains("Called back."), "{}", ticket.body);
}

/// The boards file of the page in the book.
fn example() -> &'static str {
    let page = include_str!("../../docs/boards/example.md");
    page.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).map(|(file, _)| file).unwrap()
}

#[tokio::test]
async fn db_04_the_boards_file_of_the_book_is_accepted_and_every_panel_has_data() {
    let (settings, warnings) = load_settings(example(), None).unwrap();
    assert!(warnings.is_empty() && settings.boards.len() == 5, "{warnings:?}");
    let world = World::with_boards(&format!("{SETTINGS}{}", example())).await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    assert_eq!(faults(&world, &mut browser).await, Vec::<String>::new());
    let page = browser.open("/boards/report?region=nordics&month=").await;
    assert!(page.body.contains("Revenue: Nordics"), "{}", page.body);
}

#[tokio::test]
async fn db_05_every_heading_that_sorts_and_every_tab_of_the_demo_shows_rows() {
    let world = demo().await;
    let (mut browser, _) = world.signed_in("ada", "/account").await;
    let (mut followed, mut faults) = (BTreeSet::new(), Vec::new());
    for board in &world.services.settings.boards {
        let page = browser.open(&format!("/boards/{}{}", board.id, parameters(&board.id))).await;
        let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let own = format!("/boards/{}?", board.id);
        let links: BTreeSet<_> = links
            .map(|link| link.replace("&amp;", "&"))
            .filter(|link| link.starts_with(&own) && (link.contains(".sort=") || !board.tabs.is_empty()))
            .collect();
        for link in links {
            let page = browser.open(&link).await;
            if page.body.contains("data-failure=") || page.body.contains(text("table-empty")) {
                faults.push(link.clone());
            }
            followed.insert(link);
        }
    }
    let of = |part: &str| followed.iter().filter(|link| link.contains(part)).count();
    assert!(of("orders.sort=") > 3 && of("price-list.sort=") > 3 && of("status=waiting") > 0, "{followed:?}");
    assert_eq!(faults, Vec::<String>::new());
}
