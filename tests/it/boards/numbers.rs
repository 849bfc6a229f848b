//! Numbers, amounts, dates and periods of an API, as boards show them.

use super::{answer, part, text};
use crate::support::hostile::{HostileWorld, Raw};

const BOARDS: &str = r#"
[[board]]
id = "n"
title = "Numbers"
[board.period]
choices = ["+7d", "yesterday", "last-month"]
format = "unix-ms"

[[board.panel]]
id = "p0"
title = "Undeclared"
kind = "table"
get = "/plain?until={until}"
rows = "$.rows[*]"

[[board.panel]]
id = "p1"
title = "Declared"
kind = "table"
get = "/rows"
rows = "$.rows[*]"
columns = [
    { key = "id", title = "Id" },
    { key = "text", title = "Text", kind = "number" },
    { key = "cents", title = "Cents", scale = 0.01 },
    { key = "minor", title = "Money", currency = "{currency}", minor = true },
    { key = "share", title = "Share", percent = "one" },
    { key = "at", title = "At", kind = "date" },
    { key = "local", title = "Local", kind = "date", zone = "Europe/Berlin" },
    { key = "us", title = "US", format = "%m/%d/%Y" },
    { key = "due", title = "Due", kind = "day" },
]

[[board.panel]]
id = "p2"
title = "Count"
kind = "stat"
get = "/rows"
count = "$.rows"

[[board.panel]]
id = "p3"
title = "Open"
kind = "stat"
get = "/rows"
count = "$.rows[?@.share > 0.2]"

[[board.panel]]
id = "p4"
title = "Balance"
kind = "stat"
get = "/stat"
value = "$.balance"
before = "$.before"
currency = "$.currency"

[[board.panel]]
id = "p5"
title = "By year"
kind = "bar"
get = "/years"
rows = "$.rows[*]"
x = "year"
y = [{ key = "cents", title = "Revenue", scale = 0.01, prefix = "~" }]

[[board.panel]]
id = "p6"
title = "By time"
kind = "line"
get = "/times"
rows = "$.rows[*]"
x = "at"
y = ["n"]

[[board.panel]]
id = "p7"
title = "As text"
kind = "bar"
get = "/years"
rows = "$.rows[*]"
x = { key = "n", kind = "text" }
y = ["cents"]

[[board.panel]]
id = "p8"
title = "List"
kind = "list"
get = "/rows"
rows = "$.rows[*]"
label = { key = "cents", kind = "text" }
note = { key = "at", kind = "date" }
value = { key = "cents", currency = "JPY" }
"#;

const ROWS: &str = r#"{"rows":[
 {"id":1234567890123456789,"text":"0.49","cents":129900,"minor":129900,"currency":"EUR","share":0.124,"at":"2026-03-02T14:05:00.000+0000","local":"2026-03-02 15:05:00","us":"03/02/2026","due":"2026-03-02T00:00:00Z"},
 {"id":1234567890123456788,"text":"12.50","cents":129900,"minor":129900,"currency":"KWD","share":0.5,"at":1772460300000,"local":"2026-03-02T15:05:00","us":"12/31/2026","due":"2026-03-01T23:00:00-11:00"}
]}"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    world.provider.script(|script| script.person.claims.insert("zoneinfo".into(), "America/New_York".into()));
    for (path, body) in [
        (
            "/plain",
            r#"{"rows":[{"id":1234567890123456789,"year":2026,"total":1234.5,"price":"10.00"},{"id":1234567890123456788,"year":2025,"total":-7,"price":"9.00"}]}"#,
        ),
        ("/rows", ROWS),
        ("/stat", r#"{"balance":"100","before":"99.60","currency":"USD"}"#),
        (
            "/years",
            r#"{"rows":[{"year":2025,"n":1000000,"cents":105},{"year":2026,"n":2000000,"cents":29}]}"#,
        ),
        ("/times", r#"{"rows":[{"at":1772460300000,"n":1},{"at":1772546700000,"n":9007199254740993}]}"#),
    ] {
        world.api.script(|script| script.answers.insert(path.to_owned(), Raw::json(200, body)));
    }
    world
}

#[tokio::test]
async fn r14_f04_numbers_and_ids_keep_their_digits_in_cells_and_order() {
    let world = world().await;
    let (mut browser, board) = world.signed_in("/boards/n").await;
    let plain = text(part(&board.body, 0));
    for shown in ["1234567890123456789", "2026", "1,234.50", "\u{2212}7.00", "10.00"] {
        assert!(plain.contains(shown), "{shown}: {plain}");
    }
    let declared = text(part(&board.body, 1));
    assert!(
        declared.contains("1234567890123456789") && declared.contains("0.49") && declared.contains("12.50"),
        "{declared}"
    );
    for (query, first, second) in [
        ("p0.sort=id", "1234567890123456788", "1234567890123456789"),
        ("p0.sort=id&p0.order=desc", "1234567890123456789", "1234567890123456788"),
        ("p0.sort=price", "9.00", "10.00"),
    ] {
        let page = browser.get(&format!("/boards/n?{query}")).await;
        let table = text(part(&page.body, 0));
        assert!(table.find(first).unwrap() < table.find(second).unwrap(), "{query}: {table}");
    }
    let file = browser.get("/boards/n/csv/p1").await.body.replace('"', "");
    assert!(file.contains("1234567890123456789,0.49,1299.00,1299.00,0.124,"), "{file}");
    assert!(file.contains("1234567890123456788,12.50,1299.00,129.900,0.5,"), "{file}");
    assert!(file.contains(",2026-03-02\r\n") && file.contains(",2026-03-01\r\n"), "r37: {file}");
}

#[tokio::test]
async fn r16_lists_are_counted_and_numbers_converted() {
    let world = world().await;
    let (_, board) = world.signed_in("/boards/n").await;
    let declared = text(part(&board.body, 1));
    for shown in ["€1,299.00", "KWD 129.900", "12.4%", "50.0%"] {
        assert!(declared.contains(shown), "{shown}: {declared}");
    }
    assert!(text(part(&board.body, 2)).ends_with(" 2"), "{}", text(part(&board.body, 2)));
    assert!(text(part(&board.body, 3)).ends_with(" 1"), "{}", text(part(&board.body, 3)));
    let balance = text(part(&board.body, 4));
    assert!(balance.contains("US$100.00") && balance.contains("0.4%"), "{balance}");
    let years = text(part(&board.body, 5));
    assert!(
        years.contains("2026")
            && !years.contains("2,026")
            && years.contains("~0.29")
            && years.contains("~1.05"),
        "{years}"
    );
    let list = text(part(&board.body, 8));
    assert!(list.contains("129900") && list.contains("JP¥129,900"), "{list}");
    // Amounts in different currencies have no difference.
    answer(&world, "/stat", &serde_json::json!({ "balance": 1, "before": 2, "currency": 7 }));
}

#[tokio::test]
async fn r07_r37_moments_are_shown_and_plotted_in_every_common_form() {
    let world = world().await;
    let (_, board) = world.signed_in("/boards/n").await;
    let declared = text(part(&board.body, 1));
    // The rows: the time of the answer is above them.
    let declared = declared.split_once(" Due ").unwrap().1;
    assert_eq!(declared.matches("2 Mar 2026, 09:05").count(), 4, "in New York: {declared}");
    assert!(declared.contains("31 Dec 2026"), "{declared}");
    assert!(
        declared.contains("1 Mar 2026") && !declared.contains("19:00"),
        "a day is as written: {declared}"
    );
    let times = text(part(&board.body, 6));
    assert!(
        times.contains("2 Mar") && times.contains("3 Mar") && times.contains("9,007,199,254,740,993"),
        "{times}"
    );
    let texts = text(part(&board.body, 7));
    assert!(texts.contains("1000000") && !texts.contains("1,000,000"), "r14: {texts}");
    assert!(text(part(&board.body, 8)).contains("2 Mar 2026, 09:05"));
}

#[tokio::test]
async fn r15_r07_periods_look_ahead_and_are_sent_as_milliseconds() {
    let world = world().await;
    let (mut browser, board) = world.signed_in("/boards/n").await;
    for label in ["Next 7 days", "Yesterday", "Last month"] {
        assert!(board.body.contains(label), "{label}");
    }
    let (_, nav) = board.body.split_once("data-follow=\"period=").unwrap();
    let (nav, _) = nav.split_once("</nav>").unwrap();
    assert!(nav.starts_with("%2B7d") && !nav.contains("max="), "{nav}");
    let until = |world: &HostileWorld| {
        let calls = world.api.calls();
        let call = calls.iter().rev().find(|call| call.path == "/plain").unwrap();
        call.query.strip_prefix("until=").unwrap().parse::<i64>().unwrap()
    };
    let first = until(&world);
    assert!(first % 1000 == 0 && first > 1_000_000_000_000, "{first}");
    browser.get("/boards/n?period=yesterday").await;
    assert_eq!(first - until(&world), 7 * 86_400_000, "yesterday ends when today begins");
    let page = browser.get("/boards/n?from=2099-12-01&to=2099-12-31").await;
    assert!(!page.body.contains("Invalid") && until(&world) == 4_102_462_800_000, "{}", until(&world));
    let page = browser.get("/boards/n?from=2099-12-31&to=2099-12-01").await;
    assert_eq!(until(&world), first, "{}", page.status);
}
