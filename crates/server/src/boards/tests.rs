//! Conversion of responses into tables and lists.

use claimcheck_model::{AppError, CellKind, Column, PanelQuery, Row, SortOrder, TableData};
use serde_json::{Value, json};
use serde_json_path::JsonPath;

use crate::{
    boards::kinds::table,
    config::kinds::table::{PageBy, PageSetting, TableSetting},
    locale::LocaleFormatter,
};

fn a_table() -> TableSetting {
    TableSetting {
        rows: JsonPath::parse("$.o[*]").unwrap(),
        total: None,
        columns: None,
        key: None,
        detail: None,
        search: None,
        order: None,
        page: None,
    }
}

fn made(setting: &TableSetting, answer: &Value, asked: &PanelQuery) -> TableData {
    table::from_answer(setting, answer, asked, &LocaleFormatter::default(), &NOTHING_TO_DO).unwrap()
}

const NOTHING_TO_DO: table::Extras<'static> =
    table::Extras { has_actions: false, offered: &|_| Vec::new(), results: &[] };

fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.as_str()).collect()
}

#[test]
fn columns_are_inferred_and_values_read_well() {
    let answer = json!({ "o": [
        { "id": "a", "placed_at": "2026-03-02T14:05:00Z", "status": "open", "total": 1234.5, "paid": true, "in": { "x": 1 } },
        { "id": "b", "placed_at": "2026-03-01T14:05:00Z", "status": "shipped", "total": -7, "paid": null },
    ] });
    let data = made(&a_table(), &answer, &PanelQuery::default());
    let found: Vec<_> =
        data.columns.iter().map(|Column { title, kind, .. }| (title.as_str(), *kind)).collect();
    assert!(found.contains(&("Placed at", CellKind::Date)) && found.contains(&("Status", CellKind::Tag)));
    assert!(!found.iter().any(|(title, _)| *title == "In"), "what is nested is for the row's own page");
    let texts = texts(&data.rows);
    for text in ["2 Mar 2026, 14:05 UTC", "1,234.50", "Yes", ""] {
        assert!(texts.contains(&text), "{text} in {texts:?}");
    }
    assert_eq!(data.rows[0].key.as_deref(), Some("a"));
}

#[test]
fn ac_11_a_value_is_read_as_its_column_says_and_a_link_is_an_address_of_the_web() {
    let reader = LocaleFormatter::default();
    let read = |kind, value: Value| super::cells::cell(kind, &value, 2, &reader);
    let number = read(CellKind::Number, json!("1234.5"));
    assert_eq!((number.text.as_str(), number.sort), ("1,234.50", Some(1234.5)));
    assert_eq!(read(CellKind::Number, json!("many")).sort, None);
    assert_eq!(read(CellKind::Date, json!(1_767_315_900)).text, "2 Jan 2026, 01:05 UTC");
    let long = "x".repeat(500);
    let text = read(CellKind::Text, json!(long));
    assert!(
        text.text.chars().count() == 401 && text.plain.as_ref() == Some(&long),
        "cut here, whole in a file"
    );
    let link = format!("https://shop.example/{long}");
    assert_eq!(read(CellKind::Link, json!(link)).plain, Some(link));
    for bad in ["javascript:alert(1)", &format!("javascript:alert(1)//{long}"), &long, "//shop.example"] {
        assert_eq!(read(CellKind::Link, json!(bad)).plain, None, "{bad}");
    }
}

#[test]
fn rows_have_pages_of_their_own_where_their_names_are_their_own() {
    let made = |answer: &Value| made(&a_table(), answer, &PanelQuery::default());
    let own = made(&json!({ "o": [{ "n": "a" }, { "n": "b" }] }));
    assert!(own.rows.iter().all(|row| row.key.is_some()));
    let shared = made(&json!({ "o": [{ "n": "a" }, { "n": "a" }] }));
    assert!(shared.rows.iter().all(|row| row.key.is_none()));
    let declared = TableSetting { key: Some("n".into()), ..a_table() };
    let rows = table::from_answer(
        &declared,
        &json!({ "o": [{ "n": "a" }, { "n": "a" }] }),
        &PanelQuery::default(),
        &LocaleFormatter::default(),
        &NOTHING_TO_DO,
    );
    assert!(rows.unwrap().rows.iter().all(|row| row.key.is_some()));
}

#[test]
fn what_is_cut_off_is_counted() {
    let rows: Vec<Value> = (0..2500).map(|n| json!({ "n": n })).collect();
    let data = made(&a_table(), &json!({ "o": rows }), &PanelQuery::default());
    assert_eq!((data.rows.len(), data.count.as_str()), (2000, "2,000 of 2,500 rows"));
}

#[test]
fn a_table_is_sorted_by_value_not_by_letter() {
    let answer =
        json!({ "o": [{ "n": 9, "w": "Ash" }, { "n": 10, "w": "Birch" }, { "n": 100, "w": "ash tree" }] });
    let asked = PanelQuery { sort: Some("n".into()), order: SortOrder::Descending, ..PanelQuery::default() };
    let data = made(&a_table(), &answer, &asked);
    let words: Vec<_> = data.rows.iter().map(|row| row.cells.last().unwrap().text.as_str()).collect();
    assert_eq!(words, ["ash tree", "Birch", "Ash"]);
}

#[test]
fn ac_11_rows_that_are_not_objects_are_refused() {
    let of = |answer: &Value| {
        table::from_answer(
            &a_table(),
            answer,
            &PanelQuery::default(),
            &LocaleFormatter::default(),
            &NOTHING_TO_DO,
        )
    };
    assert_eq!(of(&json!({ "o": [1, 2] })), Err(AppError::ApiUnavailable));
    assert!(of(&json!({ "o": [] })).is_ok());
}

#[test]
fn pages_lead_on_as_far_as_there_are_rows() {
    let page = |by| Some(PageSetting { size: 2, limit: Some("limit".into()), by });
    let two = json!({ "o": [{ "n": 1 }, { "n": 2 }], "total": 5, "next": "c2" });
    let one = json!({ "o": [{ "n": 5 }], "total": 5 });
    let asked = |page: &str| PanelQuery { page: Some(page.into()), ..PanelQuery::default() };
    let mut setting = TableSetting { page: page(PageBy::Offset("offset".into())), ..a_table() };
    let place = |setting: &TableSetting, answer: &Value, asked: &PanelQuery| {
        let data = made(setting, answer, asked);
        (data.count, data.previous, data.next)
    };
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(place(&setting, &two, &PanelQuery::default()), ("Rows 1\u{2013}2".into(), None, own("2")));
    assert_eq!(
        place(&setting, &one, &asked("3")),
        ("Rows 5\u{2013}5".into(), own("2"), None),
        "no total, and not a full page"
    );
    setting.total = Some(JsonPath::parse("$.total").unwrap());
    assert_eq!(place(&setting, &two, &asked("2")), ("3\u{2013}4 of 5 rows".into(), own("1"), own("3")));
    let last = json!({ "o": [{ "n": 3 }, { "n": 4 }], "total": 4 });
    assert_eq!(
        place(&setting, &last, &asked("2")),
        ("3\u{2013}4 of 4 rows".into(), own("1"), None),
        "a full page can be the last"
    );
    let next = JsonPath::parse("$.next").unwrap();
    setting.page = page(PageBy::Cursor { parameter: "after".into(), next });
    assert_eq!(
        place(&setting, &two, &PanelQuery::default()),
        ("1\u{2013}2 of 5 rows".into(), None, own("c2"))
    );
    assert_eq!(place(&setting, &one, &asked("c2")), ("1 of 5 rows".into(), own(""), None));
    setting.page = page(PageBy::Offset("offset".into()));
    let none = json!({ "o": [], "total": 5 });
    assert_eq!(place(&setting, &none, &asked("900")).1, own("3"), "the last page there is");
    for strange in ["0", "-1", "x", "99999999999999999999", "1e9"] {
        assert_eq!(table::page_number(&asked(strange)), 1, "{strange}");
    }
}
