//! Each kind of panel in the server's HTML.

use serde_json::json;

use super::{answer, part, text};
use crate::support::{World, hostile::HostileWorld};

const BOARDS: &str = r#"
[[board]]
id = "kinds"
title = "Kinds"

[[board.panel]]
id = "p0"
title = "Up"
kind = "stat"
get = "/n"
value = "$.now"
before = "$.less"
better = "more"
unit = "€"

[[board.panel]]
id = "p1"
title = "Down"
kind = "stat"
get = "/n"
value = "$.now"
before = "$.more"
better = "more"

[[board.panel]]
id = "p2"
title = "Down, which is good"
kind = "stat"
get = "/n"
value = "$.now"
before = "$.more"
better = "less"

[[board.panel]]
id = "p3"
title = "Same"
kind = "stat"
get = "/n"
value = "$.now"
before = "$.now"
better = "more"

[[board.panel]]
id = "p4"
title = "None"
kind = "stat"
get = "/n"
value = "$.nothing"
before = "$.now"
unit = "€"

[[board.panel]]
id = "p5"
title = "Alone"
kind = "stat"
get = "/n"
value = "$.now"
decimals = 2

[[board.panel]]
id = "p6"
title = "Empty list"
kind = "list"
get = "/n"
rows = "$.none[*]"
label = "name"

[[board.panel]]
id = "p7"
title = "Long list"
kind = "list"
get = "/n"
rows = "$.many[*]"
label = "name"
note = "sku"
value = "stock"
tag = "state"
unit = "kg"

[[board.panel]]
id = "p8"
title = "Inferred"
kind = "table"
get = "/rows"
rows = "$.rows[*]"

[[board.panel]]
id = "p9"
title = "Declared"
kind = "table"
get = "/rows"
rows = "$.rows[*]"
key = "customer_name"
columns = [
    { key = "customer_name", title = "Who" },
    { key = "share", title = "Share", kind = "percent", decimals = 1 },
    { key = "site", title = "Site", kind = "link" },
    { key = "made.at", title = "Made", kind = "date" },
    { key = "paid", title = "Paid", kind = "number", decimals = 2 },
]

[[board.panel]]
id = "p10"
title = "No rows"
kind = "table"
get = "/n"
rows = "$.none[*]"

[[board.panel]]
id = "p11"
title = "Nothing to draw"
kind = "bar"
get = "/n"
rows = "$.none[*]"
x = "day"
y = ["orders"]
"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let many: Vec<_> = (0..60)
        .map(|n| json!({ "name": format!("Article {n}"), "sku": "A-1", "stock": 1234.5, "state": "Low" }))
        .collect();
    let numbers = json!({ "now": 112.4, "less": 100, "more": 224.8, "none": [], "many": many });
    answer(&world, "/n", &numbers);
    let site = |site: &str, moment: &str| {
        json!({ "customer_name": site.len().to_string(), "placed_at": moment, "status": "Open", "share": 12.5,
            "site": site, "made": { "at": moment }, "paid": 1234.5, "is_new": true, "note": null })
    };
    let rows = json!({ "rows": [
        site("https://shop.example/a?b=1&c=2", "2026-01-01T23:30:00Z"),
        site("http://plain.example/", "2026-01-01T23:30:00Z"),
        site("javascript:alert(1)", "2026-01-01T23:30:00Z"),
        site("JaVaScRiPt:alert(1)//", "2026-01-01T23:30:00Z"),
        site("data:text/html,x", "2026-01-01T23:30:00Z"),
        site("https://me:secret@shop.example/", "2026-01-01T23:30:00Z"),
        site("//shop.example/x", "2026-01-01T23:30:00Z"),
    ] });
    answer(&world, "/rows", &rows);
    world
}

#[tokio::test]
async fn a_stat_says_its_number_and_its_change_in_words() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/kinds").await;
    for (index, direction, tone, words) in [
        (0, "up", Some("good"), "112.40 € 12.4% more than before"),
        (1, "down", Some("bad"), "112.40 50.0% less than before"),
        (2, "down", Some("good"), "112.40 50.0% less than before"),
        (3, "same", None, "112.40 no change from before"),
    ] {
        let panel = part(&page.body, index);
        assert!(panel.contains(&format!("data-direction=\"{direction}\"")), "{index}: {panel}");
        let toned = tone.map(|tone| format!("data-tone=\"{tone}\""));
        assert_eq!(panel.contains("data-tone"), tone.is_some(), "{index}: {panel}");
        assert!(toned.is_none_or(|tone| panel.contains(&tone)), "{index}: {panel}");
        assert!(text(panel).contains(words), "{index}: {}", text(panel));
    }
    let none = text(part(&page.body, 4));
    assert!(none.contains("The data isn’t where this panel looks"), "{none}");
    assert!(!none.contains('€') && !part(&page.body, 4).contains("data-direction"), "{none}");
    assert!(
        text(part(&page.body, 5)).contains("112.40") && !part(&page.body, 5).contains("class=\"change\"")
    );
}

#[tokio::test]
async fn lists_and_tables_say_when_there_is_nothing_and_when_there_is_more() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/kinds").await;
    assert!(text(part(&page.body, 6)).contains("No entries"));
    let long = part(&page.body, 7);
    assert_eq!(long.matches("<li").count(), 50);
    let read = text(long);
    assert!(read.contains("Article 0 A-1 Low 1,234.50 kg") && read.contains("and 10 more"), "{read}");
    assert!(long.contains("data-tone=\"warn\""));
    assert!(text(part(&page.body, 10)).contains("No rows"));
    assert!(text(part(&page.body, 11)).contains("No data"));
}

#[tokio::test]
async fn tables_infer_their_columns_or_show_those_that_are_declared() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/kinds").await;
    let heads = |panel: &str| {
        let head = panel.split_once("<thead>").unwrap().1.split_once("</thead>").unwrap().0;
        text(&head.replace("</th>", "|"))
    };
    let inferred = part(&page.body, 8);
    for (key, title) in [("customer_name", "Customer name"), ("placed_at", "Placed at"), ("is_new", "Is new")]
    {
        assert!(
            inferred.contains(&format!("data-key=\"{key}\"")) && heads(inferred).contains(title),
            "{title}"
        );
    }
    assert!(!inferred.contains("data-key=\"made\""), "what is nested is for the row's own page");
    assert!(inferred.contains("data-tone=\"info\"") && text(inferred).contains("Yes"));
    let declared = part(&page.body, 9);
    assert_eq!(declared.matches("<th scope=\"col\"").count(), 5);
    assert!(heads(declared).starts_with("Who") && !declared.contains("data-key=\"status\""));
    let read = text(declared);
    assert!(read.contains("12.5%") && read.contains("1,234.50"), "{read}");
}

#[tokio::test]
async fn sc_05_only_an_address_of_the_web_becomes_a_link() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/kinds").await;
    let panel = part(&page.body, 9);
    let links: Vec<_> = panel.split("<a ").filter(|link| link.contains("target=\"_blank\"")).collect();
    assert_eq!(links.len(), 2, "{links:?}");
    assert!(links[0].contains("href=\"https://shop.example/a?b=1&amp;c=2\""), "{}", links[0]);
    assert!(links[1].contains("href=\"http://plain.example/\""));
    assert!(links.iter().all(|link| link.contains("rel=\"noopener noreferrer\"")));
    for shown in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//",
        "data:text/html,x",
        "https://me:secret@shop.example/",
    ] {
        assert!(text(panel).contains(shown), "{shown}");
        assert!(!page.body.contains(&format!("href=\"{shown}")), "{shown}");
    }
}

#[tokio::test]
async fn dates_and_numbers_are_those_of_the_person() {
    let world = world().await;
    for (zone, locale, shown) in [
        (None, None, ["1 Jan 2026, 23:30 UTC", "1,234.50"]),
        (Some("Asia/Tokyo"), None, ["2 Jan 2026, 08:30", "1,234.50"]),
        (Some("Asia/Tokyo"), Some("de-DE"), ["02.01.2026, 08:30", "1.234,50"]),
        (Some("Nowhere/Else"), Some("xx"), ["1 Jan 2026, 23:30 UTC", "1,234.50"]),
    ] {
        world.provider.script(|script| {
            for (claim, value) in [("zoneinfo", zone), ("locale", locale)] {
                script.person.claims.insert(claim.into(), json!(value));
            }
        });
        let (_, page) = world.signed_in("/boards/kinds").await;
        let read = text(part(&page.body, 9));
        assert!(shown.iter().all(|shown| read.contains(shown)), "{zone:?} {locale:?}: {read}");
        assert_eq!(read.contains("UTC"), shown[0].contains("UTC"), "{zone:?}");
    }
}

#[tokio::test]
async fn charts_are_drawn_of_the_demos_numbers() {
    const CHARTS: &str = r#"
[[board]]
id = "charts"
title = "Charts"
period = { choices = ["7d"] }

[[board.panel]]
id = "p0"
title = "Revenue by day"
kind = "line"
get = "/orders/summary?by=day&from={from}&to={to}"
rows = "$.days[*]"
x = "day"
y = ["revenue", { key = "orders", title = "Orders placed" }]
unit = "€"

[[board.panel]]
id = "p1"
title = "Orders by status"
kind = "bar"
get = "/orders/summary?by=status&from={from}&to={to}"
rows = "$.statuses[*]"
x = "status"
y = ["orders"]
"#;
    let world = World::with(CHARTS).await;
    let (_, page) = world.signed_in("ada", "/boards/charts").await;
    let line = part(&page.body, 0);
    assert!(line.contains("data-kind=\"chart\"") && line.contains("data-shape=\"line\""), "{line}");
    let points = line.matches("<tr data-x=").count();
    assert!((2..=7).contains(&points), "{points} of seven days; the table behind it has every point");
    assert!(
        text(line).contains(&format!("Revenue by day: line chart with {points} points from")),
        "{}",
        text(line)
    );
    assert!(text(line).contains("Orders placed: lowest") && text(line).contains(" €"));
    let bar = part(&page.body, 1);
    assert!(bar.contains("data-shape=\"bar\"") && bar.contains("<rect"), "{bar}");
    let points = bar.matches("<tr data-x=").count();
    assert!(points > 1 && text(bar).contains(&format!("bar chart with {points} points")), "{}", text(bar));
    for panel in [line, bar] {
        assert!(!panel.contains(" style="));
    }
}
