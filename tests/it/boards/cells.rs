//! Kinds of cells, tags, rules and conditions: in tables, lists, details, files, and in the order and the filter.

use serde_json::{Value, json};

use super::{answer, panel, part, text};
use crate::support::{hostile::HostileWorld, load_settings};

const BOARDS: &str = r#"
[[board]]
id = "cells"
title = "Cells"

[[board.panel]]
id = "p0"
title = "Invoices"
kind = "table"
get = "/invoices"
rows = "$.data[*]"
sort = "-amount"
columns = [
    { key = "id", title = "Invoice" },
    { key = "status", title = "Status", tags = { past_due = { title = "Past due", tone = "bad" }, draft = "quiet" } },
    { key = "amount", title = "Amount", currency = "{currency}", minor = true, rules = [{ when = "> 1000", tone = "warn" }], sum = true },
    { key = "due", title = "Due", kind = "day", rules = [{ when = "< today and status not in paid, void", tone = "bad" }] },
    { key = "labels", title = "Labels", kind = "chips", tags = { vip = "good" } },
    { key = "address", title = "Place", template = "{address.city}, {address.country}", sortable = false },
    { key = "sent", title = "Sent", yes = "Mailed", no = "Not yet", rules = [{ when = "= no", tone = "info" }] },
    { key = "size", title = "Size", kind = "bytes", width = "narrow", hide = "phone" },
    { key = "took", title = "Took", kind = "duration", wrap = false, rules = [{ when = ">= 1h", tone = "warn" }] },
    { key = "used", title = "Used", of = "{limit}", rules = [{ when = "> 90", tone = "bad" }] },
    { key = "seen", title = "Seen", kind = "relative" },
]

[[board.panel.action]]
label = "Remind"
post = "/invoices/{id}/remind"
when = "status in past_due, open and amount > 1000"

[[board.panel]]
id = "p1"
title = "List"
kind = "list"
get = "/invoices"
rows = "$.data[*]"
label = { key = "id", template = "{id} ({address.city})" }
value = { key = "amount", currency = "{currency}", minor = true, rules = [{ when = "status = past_due", tone = "bad" }] }
tag = { key = "status", tags = { past_due = { title = "Past due", tone = "bad" } } }

[[board.panel]]
id = "p2"
title = "Late"
kind = "stat"
get = "/late"
value = "$.n"
rules = [{ when = "> 10", tone = "bad" }, { when = "> 0", tone = "warn" }, { when = "= 0", tone = "good" }]

[[board.panel]]
id = "p3"
title = "Bars"
kind = "bar"
get = "/invoices"
rows = "$.data[*]"
x = "id"
y = [{ key = "amount", title = "Amount", scale = 0.01, rules = [{ when = "> 1000 and status = past_due", tone = "bad" }, { when = "< 10", tone = "quiet" }] }]

[[board.panel]]
id = "p4"
title = "Pages"
kind = "table"
get = "/pages"
rows = "$.data[*]"
total = "$.total"
order = { by = "sort" }
sort = "-n"
page = { size = 2, limit = "limit", offset = "offset" }
columns = [
    { key = "id", title = "Id", sortable = false },
    { key = "n", title = "N", kind = "number", sum = true },
]

[[board.panel]]
id = "p5"
title = "Horizontal bars"
kind = "bar"
get = "/invoices"
rows = "$.data[*]"
x = "id"
y = [{ key = "amount", title = "Amount", rules = [{ when = "status = past_due", tone = "bad" }] }]
horizontal = true
"#;

fn invoices() -> Value {
    let row = |id: &str, status: &str, amount: i64, currency: &str, due: &str| json!({ "id": id, "status": status, "amount": amount, "currency": currency, "due": due });
    let mut rows = vec![
        row("A", "past_due", 129_900, "EUR", "2020-03-02"),
        row("B", "draft", 500, "EUR", "2999-01-01"),
        row("C", "paid", 100_000, "EUR", "2020-03-02"),
        row("D", "in_progress", 100_001, "EUR", "2999-01-01"),
    ];
    let more = [
        json!({ "labels": ["vip", "eu"], "address": { "city": "Bergen", "country": "NO" }, "sent": true,
            "size": 1_500_000, "took": "PT1H30M", "used": 95, "limit": 100, "seen": "2020-01-01T00:00:00Z" }),
        json!({ "labels": [], "address": { "city": "Oslo" }, "sent": "no", "size": 999, "took": 3599,
            "used": 1, "limit": 3, "seen": null }),
        json!({ "labels": "single", "address": {}, "sent": 1, "size": "many", "took": 3600, "used": 250, "limit": 100 }),
        json!({ "labels": null, "address": { "country": "SE" }, "sent": null, "took": 0.35, "used": 5, "limit": 0 }),
    ];
    for (row, more) in rows.iter_mut().zip(more) {
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    json!({ "data": rows })
}

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    answer(&world, "/invoices", &invoices());
    answer(&world, "/late", &json!({ "n": 12 }));
    let page = json!({ "total": 5, "data": [{ "id": "a", "n": "0.10" }, { "id": "b", "n": "0.20" }] });
    answer(&world, "/pages", &page);
    world
}

/// The row with this key.
fn row<'a>(panel: &'a str, key: &str) -> &'a str {
    let rows = panel.split_once("<tbody>").unwrap().1.split("<tr").skip(1);
    rows.into_iter()
        .find(|row| text(row).split(' ').any(|word| word == key))
        .unwrap_or_else(|| panic!("{key}: {panel}"))
}

/// The cells of a row, with their markup.
fn cells(row: &str) -> Vec<&str> {
    row.split("<td").skip(1).map(|cell| cell.split_once("</td>").unwrap().0).collect()
}

#[tokio::test]
async fn cells_of_every_kind_show_values_in_words_and_with_tones() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/cells").await;
    let table = part(&page.body, 0);
    assert!(table.contains("<span role=\"img\" aria-label=\"critical\"></span>"), "a tone is read: {table}");
    let exact = "<span role=\"img\" aria-label=\"1 Jan 2020";
    assert!(table.contains(exact), "the exact time is read: {table}");
    let read = |key: &str| -> Vec<String> {
        cells(row(table, key)).into_iter().map(|cell| text(&format!("<td{cell}"))).collect()
    };
    let a = read("A");
    for (index, shown) in [
        (0, "Past due"),
        (1, "€1,299.00"),
        (2, "2 Mar 2020"),
        (3, "vip , eu"),
        (4, "Bergen, NO"),
        (5, "Mailed"),
        (6, "1.5 MB"),
        (7, "1 h 30 min"),
        (8, "95%"),
    ] {
        assert_eq!(a[index].replace('\u{a0}', " "), shown, "{a:?}");
    }
    assert!(a[9].ends_with("years ago") && cells(row(table, "A"))[9].contains("title=\"1 Jan 2020"), "{a:?}");
    let d = read("D");
    assert_eq!(
        (d[0].as_str(), d[4].as_str(), d[5].as_str(), d[7].as_str()),
        ("in progress", "SE", "", "350 ms")
    );
    assert_eq!(d[8], "5", "nothing is a part of zero");
    assert_eq!((read("B")[5].as_str(), read("B")[8].as_str(), read("C")[4].as_str()), ("Not yet", "33%", ""));
    let tone = |key: &str, index: usize| {
        let cell = cells(row(table, key))[index];
        cell.split_once("data-tone=\"").map(|(_, rest)| rest.split('"').next().unwrap().to_owned())
    };
    for (key, index, expected) in [
        ("A", 0, Some("bad")),
        ("B", 0, Some("quiet")),
        ("C", 0, Some("good")),
        ("D", 0, Some("info")),
        ("A", 1, Some("warn")),
        ("C", 1, None),
        ("D", 1, Some("warn")),
        ("A", 2, Some("bad")),
        ("B", 2, None),
        ("C", 2, None),
        ("A", 3, Some("good")),
        ("A", 5, None),
        ("B", 5, Some("info")),
        ("A", 7, Some("warn")),
        ("B", 7, None),
        ("C", 7, Some("warn")),
        ("A", 8, Some("bad")),
        ("B", 8, None),
    ] {
        assert_eq!(tone(key, index).as_deref(), expected, "{key} {index}: {}", row(table, key));
    }
    assert!(
        cells(row(table, "A"))[6].contains("num narrow no-phone")
            && cells(row(table, "A"))[7].contains("num no-wrap")
    );
    assert!(cells(row(table, "C"))[8].contains("value=\"1000\""), "a bar is never longer than the whole");
}

#[tokio::test]
async fn cells_are_sorted_at_first_as_the_settings_say_and_only_by_columns_that_sort() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/cells").await;
    let order = |body: &str| -> Vec<String> {
        let rows = body.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0;
        rows.split("<th scope=\"row\"")
            .skip(1)
            .map(|row| text(&format!("<th{row}")).split(' ').next().unwrap().to_owned())
            .collect()
    };
    let table = part(&page.body, 0);
    assert_eq!(order(table), ["A", "D", "C", "B"]);
    assert!(table.contains("aria-sort=\"descending\" data-key=\"amount\""), "{table}");
    let sorted = browser.open("/boards/cells?p0.sort=used&p0.order=asc").await;
    assert_eq!(order(part(&sorted.body, 0)), ["B", "A", "C", "D"]);
    // This column has no link, and its name in the address changes nothing.
    let head = |key: &str| {
        table.split_once(&format!("data-key=\"{key}\"")).unwrap().1.split_once("</th>").unwrap().0
    };
    assert!(head("due").contains("<a") && !head("address").contains("<a"));
    let refused = browser.open("/boards/cells?p0.sort=address&p0.order=asc").await;
    assert!(!part(&refused.body, 0).contains("aria-sort"));
}

#[tokio::test]
async fn cells_an_api_sorts_by_the_default_and_is_never_sent_another_column() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (query, sent) in [("", "sort=-n"), ("sort=n", "sort=n"), ("sort=id", ""), ("sort=amount", "")] {
        let before = world.api.calls().len();
        let shown = panel(&mut browser, "cells", 4, &query.replace("sort=", "p4.sort=")).await;
        assert_eq!(shown.status.as_u16(), 200);
        let calls = world.api.calls().split_off(before);
        let asked = &calls.first().unwrap().query;
        let sort = asked.split('&').find(|pair| pair.starts_with("sort"));
        assert_eq!(sort.unwrap_or_default(), sent, "{query}: {asked}");
    }
}

#[tokio::test]
async fn cells_are_summed_exactly_and_the_sum_says_which_rows_it_counts() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/cells").await;
    let foot = |index: usize| {
        text(part(&page.body, index).split_once("<tfoot>").unwrap().1.split_once("</tfoot>").unwrap().0)
    };
    assert_eq!(foot(0).replace('\u{a0}', " "), "Total of 4 rows €3,304.01");
    assert_eq!(foot(4), "Total of 2 rows on this page 0.30");
    assert!(text(part(&page.body, 4)).contains("The filter applies to this page only."));
    assert!(!text(part(&page.body, 0)).contains("this page only"));
}

#[tokio::test]
async fn cells_of_several_currencies_have_a_sum_for_each() {
    let world = world().await;
    let mut rows = invoices();
    rows["data"][1]["currency"] = json!("JPY");
    answer(&world, "/invoices", &rows);
    let (_, page) = world.signed_in("/boards/cells").await;
    let foot = text(part(&page.body, 0).split_once("<tfoot>").unwrap().1);
    assert!(foot.replace('\u{a0}', " ").contains("€3,299.01 + JP¥500"), "{foot}");
}

#[tokio::test]
async fn cells_in_a_list_a_stat_a_detail_and_a_file_agree_with_the_table() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/cells").await;
    let list = part(&page.body, 1);
    let first = list.split("<li").nth(1).unwrap();
    assert_eq!(text(&format!("<li{first}")).replace('\u{a0}', " "), "A (Bergen) Past due €1,299.00");
    assert_eq!(first.matches("data-tone=\"bad\"").count(), 2, "{first}");
    assert!(
        part(&page.body, 2).contains("data-tone=\"bad\" class=\"figure num\""),
        "{}",
        part(&page.body, 2)
    );
    for (n, tone) in
        [(json!(1), Some("warn")), (json!(0), Some("good")), (json!(-1), None), (json!(null), None)]
    {
        answer(&world, "/late", &json!({ "n": n }));
        let stat = panel(&mut browser, "cells", 2, "").await;
        let found = stat.body.split_once("data-tone=\"").map(|(_, rest)| rest.split('"').next().unwrap());
        assert_eq!(found, tone, "{n}: {}", stat.body);
    }
    let detail = browser.open("/boards/cells/rows/p0?key=A").await;
    for shown in ["Past due", "1,299.00", "vip", "Mailed", "1.5", "1 h 30 min", "95%", "years ago"] {
        let read = text(&detail.body).replace('\u{a0}', " ");
        assert!(read.contains(shown), "{shown}: {read}");
    }
    let file = browser.open("/boards/cells/csv/p0").await;
    let line = file.body.lines().find(|line| line.starts_with("\"A\"")).unwrap();
    assert_eq!(
        line,
        "\"A\",\"Past due\",\"1299.00\",\"2020-03-02\",\"vip, eu\",\"Bergen, NO\",\"Mailed\",\"1500000\",\"PT1H30M\",\"95\",\"2020-01-01T00:00:00Z\""
    );
    assert_eq!(file.body.lines().count(), 5, "no line with sums: {}", file.body);
    // The filter finds what is shown, not what the API wrote.
    let hidden =
        |body: &str, key: &str| row(part(body, 0), key).split('>').next().unwrap().contains("hidden");
    let filtered = browser.open("/boards/cells?p0.q=past+due").await;
    assert!(!hidden(&filtered.body, "A") && hidden(&filtered.body, "C"));
    let raw = browser.open("/boards/cells?p0.q=past_due").await;
    assert!(hidden(&raw.body, "A"));
}

#[tokio::test]
async fn cells_of_a_chart_and_its_bars_have_the_tones_of_rules() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/cells").await;
    let chart = part(&page.body, 3);
    let bar = |tone: &str| {
        chart.split("<rect").filter(|rect| rect.contains(&format!("data-tone=\"{tone}\""))).count()
    };
    assert!(bar("bad") > 0 && bar("bad") == bar("quiet") && bar("good") == 0, "{chart}");
    let values = chart.split_once("<tbody>").unwrap().1;
    assert!(
        values.split("<tr").any(|row| row.contains(">A<") && row.contains("data-tone=\"bad\"")),
        "{values}"
    );
    assert!(values.split("<tr").any(|row| row.contains(">C<") && !row.contains("data-tone")));
    let horizontal = part(&page.body, 5);
    assert_eq!(horizontal.matches("data-tone=\"bad\"").count(), 2, "the bar and its value: {horizontal}");
}

#[tokio::test]
async fn cells_and_actions_have_the_same_conditions() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/cells").await;
    let table = part(&page.body, 0);
    // Amounts are compared as they are shown: 1,299.00 is above 1000, and 500 cents are 5.00.
    for (key, is_offered) in [("A", true), ("B", false), ("C", false), ("D", false)] {
        assert_eq!(text(row(table, key)).contains("Remind"), is_offered, "{key}");
    }
}

/// A board with a table that has this column.
fn with_column(column: &str) -> String {
    format!(
        "[[board]]\nid = \"b\"\ntitle = \"B\"\n[[board.panel]]\ntitle = \"P\"\nkind = \"table\"\nget = \"/p\"\n\
         rows = \"$[*]\"\ncolumns = [{{ key = \"id\", title = \"Id\" }},\n    {{ key = \"a\", title = \"A\", {column} }},\n]\n"
    )
}

#[test]
fn cells_whose_settings_mean_nothing_are_refused_with_key_line_and_remedy() {
    for (column, key, says) in [
        ("tags = { paid = \"green\" }", "columns[1].tags.paid", "is \"green\", but must be \"good\""),
        ("tags = { paid = { tones = \"good\" } }", "columns[1].tags.paid.tones", "unknown key"),
        ("tags = { paid = 7 }", "columns[1].tags.paid", "must be a string"),
        ("tags = [\"paid\"]", "columns[1].tags", "must be a table"),
        (
            "rules = [{ when = \"> many\", tone = \"bad\" }]",
            "columns[1].rules[0].when",
            "neither a number nor a date",
        ),
        ("rules = [{ when = \"> 1\" }]", "columns[1].rules[0].tone", "is missing"),
        ("rules = [{ when = \"> 1\", tone = \"red\" }]", "columns[1].rules[0].tone", "is \"red\""),
        ("kind = \"number\", tags = { a = \"bad\" }", "columns[1].tags", "applies to the kind"),
        (
            "kind = \"bytes\", currency = \"EUR\"",
            "columns[1].currency",
            "does not apply to the kind \"bytes\"",
        ),
        ("yes = \"On\", of = 5", "columns[1].yes", "cannot be combined with `of`"),
        ("of = 5, percent = \"one\"", "columns[1].of", "cannot be combined with `percent`"),
        ("of = 0", "columns[1].of", "greater than zero"),
        ("of = \"{a} of {b}\"", "columns[1].of", "must be a number, or a member"),
        ("template = \"plain\"", "columns[1].template", "needs a member of the row"),
        ("template = \"{a\"", "columns[1].template", "unmatched brace"),
        ("width = \"20px\"", "columns[1].width", "is \"20px\", but must be \"narrow\""),
        ("hide = \"mobile\"", "columns[1].hide", "must be \"phone\""),
        ("sum = true, kind = \"tag\"", "columns[1].sum", "applies to numbers"),
        ("sortable = 1", "columns[1].sortable", "must be true or false"),
        ("kind = \"relativ\"", "columns[1].kind", "\"relative\""),
    ] {
        let said = load_settings(&with_column(column), None).unwrap_err().to_string();
        assert!(said.contains(key) && said.contains(says), "{column}: {said}");
        assert!(said.contains("line 10") || said.contains(":10"), "{column}: {said}");
    }
    for column in [
        "tags = { paid = \"good\", \"in dispute\" = { title = { en = \"Disputed\", de = \"Strittig\" } } }",
        "kind = \"chips\", tags = { true = \"bad\" }, rules = [{ when = \"= vip\", tone = \"info\" }]",
        "kind = \"progress\", percent = \"one\", decimals = 1",
        "kind = \"relative\", format = \"unix\"",
        "of = 12.5, wrap = true, width = \"wide\", hide = \"phone\", sortable = false",
        "kind = \"duration\", scale = 0.001, sum = true",
    ] {
        assert!(load_settings(&with_column(column), None).is_ok(), "{column}");
    }
    let board = |line: &str| with_column("sortable = false").replace("rows =", &format!("{line}\nrows ="));
    for line in ["sort = \"-nothing\"", "sort = \"a\""] {
        let said = load_settings(&board(line), None).unwrap_err().to_string();
        assert!(said.contains("not the key of a column"), "{line}");
    }
    assert!(load_settings(&board("sort = \"-id\""), None).is_ok());
}
