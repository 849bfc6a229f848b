//! Charts with two axes, with many series and with many names.

use axum::http::Method;
use serde_json::{Value, json};

use super::{answer, panel, part, text};
use crate::support::hostile::HostileWorld;

const BOARDS: &str = r##"
[[board]]
id = "charts"
title = "Charts"

[[board.panel]]
id = "p0"
title = "Sales"
kind = "bar"
get = "/months"
rows = "$.months[*]"
x = "month"
y = [
    { key = "revenue", title = "Revenue", currency = "EUR", decimals = 0 },
    { key = "margin", title = "Margin", percent = "hundred", decimals = 1, kind = "line", axis = "right" },
]

[[board.panel]]
id = "p1"
title = "Two lines"
kind = "line"
get = "/months"
rows = "$.months[*]"
x = { key = "month", title = { en = "Period", de = "Zeitraum" } }
y = [{ key = "margin", title = "Margin", axis = "right" }, { key = "revenue", title = "Revenue", axis = "left" }]

[[board.panel]]
id = "p2"
title = "Stacked"
kind = "bar"
stacked = true
get = "/long"
rows = "$.rows[*]"
x = "day"
y = ["n"]
series = "region"

[[board.panel]]
id = "p3"
title = "Lines"
kind = "line"
get = "/long"
rows = "$.rows[*]"
x = "day"
y = ["n"]
series = "region"

[[board.panel]]
id = "p4"
title = "Names"
kind = "bar"
get = "/names"
rows = "$.rows[*]"
x = "name"
y = ["n"]

[[board.panel]]
id = "p5"
title = "Horizontal"
kind = "bar"
horizontal = true
get = "/names"
rows = "$.rows[*]"
x = "name"
y = ["n"]

[[board]]
id = "plain"
title = "Plain"

[[board.panel]]
title = "Plain"
kind = "bar"
get = "/months"
rows = "$.months[*]"
x = "month"
y = ["revenue", "margin"]
"##;

/// One row for each of these regions on two days. On the second day their numbers are reversed.
fn long(regions: usize) -> Value {
    let row =
        |day: &str, region: usize, n: usize| json!({ "day": day, "region": format!("r{region:02}"), "n": n });
    let first = (1..=regions).map(|region| row("2026-03-01", region, region));
    let second = (1..=regions).map(|region| row("2026-03-02", region, region * 10));
    json!({ "rows": first.chain(second).collect::<Vec<_>>() })
}

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let month = |month: &str, revenue: i64, margin: f64| json!({ "month": month, "revenue": revenue, "margin": margin });
    let months = json!({ "months": [month("2026-01", 120_000, 31.5), month("2026-02", 90_000, -4.25)] });
    answer(&world, "/months", &months);
    answer(&world, "/long", &long(12));
    let names: Vec<_> = (1..=40).map(|n| json!({ "name": format!("Customer {n}"), "n": n })).collect();
    answer(&world, "/names", &json!({ "rows": names }));
    world
}

#[tokio::test]
async fn ch_11_a_second_axis_has_its_own_scale_and_is_named_everywhere() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/charts").await;
    let sales = part(&page.body, 0);
    let (left, right) = sales.split_once("data-axis=\"right\"").unwrap();
    let right = right.split_once("chart-plot").unwrap().0;
    assert!(
        left.contains("\u{20ac}100,000") && right.contains("40%") && !right.contains("\u{20ac}"),
        "{sales}"
    );
    assert_eq!(right.matches("chart-key s2 of-line").count(), 1, "the mark of the series: {right}");
    let read = text(sales);
    for place in ["Margin (right axis): lowest", "Month Revenue Margin (right axis)"] {
        assert!(read.contains(place), "{place}: {read}");
    }
    assert!(!read.contains("Revenue (right axis)"), "{read}");
    assert!(sales.contains("chart-bar s1") && sales.contains("class=\"chart-line s2\""), "{sales}");
    // Zero is one line, and the bars begin there.
    assert_eq!(sales.matches("class=\"zero\"").count(), 1, "{sales}");
    let lines = part(&page.body, 1);
    assert!(
        text(lines).contains("Period Margin (right axis) Revenue")
            && lines.matches("data-axis=").count() == 2,
        "{lines}"
    );
    let german = browser.send(Method::GET, "/boards/charts", &[("accept-language", "de-DE")], None).await;
    assert!(text(part(&german.body, 0)).contains("Margin (rechte Achse)"), "{}", german.body);
    assert!(text(part(&german.body, 1)).contains("Zeitraum Margin (rechte Achse)"), "{}", german.body);
    let plain = browser.open("/boards/plain").await;
    assert!(!plain.body.contains("data-axis") && !plain.body.contains("right axis"), "{}", plain.body);
    assert_eq!(plain.body.matches("rel=\"stylesheet\"").count(), 1, "it needs no second stylesheet");
}

#[tokio::test]
async fn ch_12_twelve_series_are_shown_and_the_others_are_told() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/charts").await;
    for index in [2, 3] {
        let chart = part(&page.body, index);
        assert!((1..=12).all(|region| text(chart).contains(&format!("r{region:02}"))), "{chart}");
        assert!(chart.contains("data-many") && !text(chart).contains("largest of"), "{chart}");
    }
    assert_eq!(part(&page.body, 3).matches("chart-ends").count(), 1);
    answer(&world, "/long", &long(15));
    let stacked = text(&panel(&mut browser, "charts", 2, "").await.body);
    // 1 + 2 + 3 + 4 of fifteen: a stack is as high as its whole.
    assert!(
        stacked.contains("4 others") && stacked.contains("1 Mar 2026 5 6 7 8 9 10 11 12 13 14 15 10"),
        "{stacked}"
    );
    assert!(
        !stacked.contains("r04") && stacked.contains("r05") && !stacked.contains("largest of"),
        "{stacked}"
    );
    let lines = text(&panel(&mut browser, "charts", 3, "").await.body);
    assert!(lines.contains("Showing the 12 largest of 15 series.") && !lines.contains("others"), "{lines}");
    answer(&world, "/long", &long(13));
    let stacked = text(&panel(&mut browser, "charts", 2, "").await.body);
    assert!(stacked.contains("2 others") && stacked.contains("2 Mar 2026 30 40"), "{stacked}");
}

#[tokio::test]
async fn ch_13_of_many_names_none_is_lost() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/charts").await;
    let bars = part(&page.body, 4);
    let (drawing, table) = bars.split_once("<table").unwrap();
    let names = drawing.split_once("chart-names").unwrap().1;
    assert_eq!(names.matches("<span>Customer ").count(), 20, "every second one: {names}");
    assert!((1..=40).all(|n| table.contains(&format!(">Customer {n}</th>"))), "{table}");
    let horizontal = part(&page.body, 5);
    assert!((1..=40).all(|n| horizontal.contains(&format!("Customer {n}</th>"))), "{horizontal}");
}
