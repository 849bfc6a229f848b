//! How panels look where the place decides: amounts in a language, marks of charts, headings in sections.

use axum::http::Method;
use serde_json::json;

use super::{answer, part, text};
use crate::support::hostile::HostileWorld;

const BOARDS: &str = r##"
[[board]]
id = "looks"
title = "Looks"

[[board.panel]]
id = "p0"
title = "Amounts"
kind = "table"
get = "/n"
rows = "$.rows[*]"
columns = [
    { key = "at", title = "At", kind = "text" },
    { key = "cents", title = "Amount", currency = "{currency}", minor = true, zero = "–" },
]

[[board.panel]]
id = "p1"
title = "Line"
kind = "line"
get = "/n"
rows = "$.rows[*]"
x = "at"
y = [{ key = "cents", title = "Cents", rules = [{ when = "> 200000", tone = "bad" }, { when = "< 0", tone = "warn" }] }]

[[board.panel]]
id = "p2"
title = "Plain line"
kind = "line"
get = "/n"
rows = "$.rows[*]"
x = "at"
y = [{ key = "cents", title = "Cents" }]

[[board.panel]]
id = "p3"
title = "Events"
kind = "timeline"
get = "/n"
rows = "$.rows[*]"
at = "at"
label = "currency"

[[board.panel]]
id = "p4"
title = "Text"
kind = "text"
text = "# First\n\n### Third\n\n`<h3>`"

[[board.panel]]
section = "Section"
id = "p5"
title = "Events"
kind = "timeline"
get = "/n"
rows = "$.rows[*]"
at = "at"
label = "currency"

[[board.panel]]
id = "p6"
title = "Text"
kind = "text"
text = "# First\n\n### Third\n\n`<h3>`"
"##;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let row =
        |at: &str, cents: i64, currency: &str| json!({ "at": at, "cents": cents, "currency": currency });
    let rows = [
        row("2026-03-01", 228_101, "EUR"),
        row("2026-03-02", -500, "EUR"),
        row("2026-03-03", 228_101, "JPY"),
        row("2026-03-04", 228_101, "KWD"),
        row("2026-03-05", 0, "EUR"),
    ];
    answer(&world, "/n", &json!({ "rows": rows }));
    world
}

#[tokio::test]
async fn r16_amounts_have_the_symbol_or_the_code_at_the_place_of_the_language() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (language, shown) in [
        ("en-US", ["€2,281.01", "\u{2212}€5.00", "¥228,101", "KWD 228.101"]),
        ("en-GB", ["€2,281.01", "\u{2212}€5.00", "JP¥228,101", "KWD 228.101"]),
        ("de-DE", ["2.281,01 €", "\u{2212}5,00 €", "228.101 ¥", "228,101 KWD"]),
        ("de-CH", ["EUR 2\u{2019}281.01", "EUR\u{2212}5.00", "¥ 228\u{2019}101", "KWD 228.101"]),
        ("fr-FR", ["2 281,01 €", "\u{2212}5,00 €", "228 101 JPY", "228,101 KWD"]),
        ("nl-NL", ["€ 2.281,01", "€ \u{2212}5,00", "JPY 228.101", "KWD 228,101"]),
    ] {
        let headers = [("accept-language", language)];
        let page = browser.send(Method::GET, "/boards/looks", &headers, None).await;
        let table = text(part(&page.body, 0)).replace(['\u{a0}', '\u{202f}'], " ").replace('\'', "\u{2019}");
        for shown in shown {
            assert!(table.contains(shown), "{language} {shown}: {table}");
        }
        assert!(table.contains("2026-03-05 \u{2013}"), "zero: {table}");
    }
    let file = browser.get("/boards/looks/csv/p0?separator=comma").await;
    assert!(file.body.contains("\"-5.00\"") && file.body.contains("\"2281.01\""), "{}", file.body);
}

#[tokio::test]
async fn cells_rules_of_a_line_chart_are_marks_in_the_shape_of_their_tone() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/looks").await;
    let (toned, plain) = (part(&page.body, 1), part(&page.body, 2));
    let marks = |tone: &str| toned.matches(&format!("data-tone=\"{tone}\" class=\"chart-tone\"")).count();
    assert_eq!((marks("bad"), marks("warn")), (3, 1));
    let shapes: Vec<&str> = toned
        .split("chart-tone")
        .skip(1)
        .map(|rest| rest.split_once("d=\"").unwrap().1.split_once('"').unwrap().0)
        .collect();
    assert!(shapes[0] != shapes[1], "not by colour alone: {shapes:?}");
    assert!(!plain.contains("chart-tone"));
}

#[tokio::test]
async fn headings_in_a_section_are_one_level_lower() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/looks").await;
    for (index, first, third, other) in [
        (3, "<h3>", "<h3>", "<h4"),
        (5, "<h4>", "<h4>", "<h3"),
        (4, "<h3>First</h3>", "<h5>Third</h5>", "<h6"),
        (6, "<h4>First</h4>", "<h6>Third</h6>", "<h5"),
    ] {
        let panel = part(&page.body, index);
        let body = panel.split_once("data-part=\"body\"").unwrap().1;
        assert!(body.contains(first) && body.contains(third) && !body.contains(other), "{index}: {body}");
    }
    assert!(part(&page.body, 6).contains("<code>&lt;h3&gt;</code>"));
    assert!(
        part(&page.body, 3).contains("<h2>Events</h2>") && part(&page.body, 5).contains("<h3>Events</h3>")
    );
}
