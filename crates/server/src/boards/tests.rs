//! Conversion of responses into tables and lists.

use claimcheck_model::{
    AnswerProblem, CellKind, Column, PanelError, PanelQuery, Row, SortOrder, TableData, ValueShape,
};
use serde_json::{Value, json};
use serde_json_path::JsonPath;

use crate::{
    boards::kinds::{pages::PagePlace, table},
    config::kinds::{
        rows::{Layout, RowsSetting},
        table::TableSetting,
    },
    locale::LocaleFormatter,
};

fn rows(path: &str) -> RowsSetting {
    let is_singular = !path.contains('*');
    let (layout, names) = (Layout::Rows, None);
    let path = JsonPath::parse(path).unwrap();
    RowsSetting { path, is_singular, layout, names, paths: Vec::new(), members: Vec::new() }
}

fn a_table() -> TableSetting {
    TableSetting {
        rows: rows("$.o[*]"),
        total: None,
        total_header: None,
        columns: None,
        key: None,
        detail: None,
        search: None,
        order: None,
        sort: None,
        page: None,
        csv_rows: 50_000,
    }
}

fn made(setting: &TableSetting, answer: &Value, asked: &PanelQuery) -> TableData {
    try_made(setting, answer, asked).unwrap()
}

fn try_made(setting: &TableSetting, answer: &Value, asked: &PanelQuery) -> Result<TableData, PanelError> {
    let whole: (Option<u64>, &dyn Fn(u64) -> PagePlace) = (None, &|_| PagePlace::default());
    table::from_answer(setting, answer, asked, &LocaleFormatter::default(), &NOTHING_TO_DO, whole)
}

const NOTHING_TO_DO: table::Extras<'static> = table::Extras {
    has_actions: false,
    offered: &|_| Vec::new(),
    results: &[],
    links: None,
    rows_max: 2000,
    rows_follow: false,
    is_of_all: false,
    selection: None,
};

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
fn rows_have_pages_of_their_own_where_their_names_are_their_own() {
    let made = |answer: &Value| made(&a_table(), answer, &PanelQuery::default());
    let own = made(&json!({ "o": [{ "n": "a" }, { "n": "b" }] }));
    assert!(own.rows.iter().all(|row| row.key.is_some()));
    let shared = made(&json!({ "o": [{ "n": "a" }, { "n": "a" }] }));
    assert!(shared.rows.iter().all(|row| row.key.is_none()));
    let declared = TableSetting { key: Some("n".into()), ..a_table() };
    let twice = json!({ "o": [{ "n": "a" }, { "n": "a" }] });
    let rows = try_made(&declared, &twice, &PanelQuery::default());
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

/// Titles and rows; or the shapes that were expected and came.
type Shown = Result<(Vec<String>, Vec<Vec<String>>), (ValueShape, ValueShape)>;

fn shown(setting: &RowsSetting, answer: &Value) -> Shown {
    let table = TableSetting { rows: setting.clone(), ..a_table() };
    match try_made(&table, answer, &PanelQuery::default()) {
        Ok(data) => {
            let titles = data.columns.iter().map(|column| column.title.clone()).collect();
            let texts = |row: &Row| row.cells.iter().map(|cell| cell.text.clone()).collect();
            Ok((titles, data.rows.iter().map(texts).collect()))
        }
        Err(PanelError { problem: Some(AnswerProblem::ValueShape { expected, came }), .. }) => {
            Err((expected, came))
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn cells(titles: &[&str], rows: &[&[&str]]) -> Shown {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Ok((own(titles), rows.iter().map(|row| own(row)).collect()))
}

#[test]
fn r10_rows_of_every_shape_are_read_by_settings_alone() {
    let columnar = RowsSetting { layout: Layout::Columns, ..rows("$.o") };
    let keyed = RowsSetting { layout: Layout::Keys, ..rows("$.o") };
    let names = Some(JsonPath::parse("$.names[*]").unwrap());
    let named = RowsSetting { names: names.clone(), ..rows("$.o[*]") };
    let abc = cells(&["Id", "City"], &[&["a", "Bergen"], &["b", ""]]);
    for (setting, answer, expected) in [
        (
            rows("$.o[*]"),
            json!({ "o": [{ "id": "a", "city": "Bergen" }, { "id": "b", "city": null }] }),
            abc.clone(),
        ),
        (rows("$.o[*]"), json!({ "o": [{ "id": "a", "city": "Bergen" }, { "id": "b" }] }), abc.clone()),
        (
            rows("$.o[*]"),
            json!({ "o": [{ "id": "a" }, { "id": "b", "city": "Oslo" }] }),
            cells(&["Id", "City"], &[&["a", ""], &["b", "Oslo"]]),
        ),
        (rows("$.o"), json!({ "o": [{ "id": "a", "city": "Bergen" }, { "id": "b" }] }), abc.clone()),
        (rows("$"), json!([{ "id": "a", "city": "Bergen" }, { "id": "b" }]), abc.clone()),
        (rows("$"), json!({ "id": "a", "city": "Bergen" }), cells(&["Id", "City"], &[&["a", "Bergen"]])),
        (
            rows("$.o[*]"),
            json!({ "o": [["a", "Bergen"], ["b", null]] }),
            cells(&["Column 1", "Column 2"], &[&["a", "Bergen"], &["b", ""]]),
        ),
        (named.clone(), json!({ "names": ["id", "city"], "o": [["a", "Bergen"], ["b", null]] }), abc.clone()),
        (
            named,
            json!({ "names": [{ "name": "id" }, { "name": "city" }], "o": [["a", "Bergen"], ["b"]] }),
            abc.clone(),
        ),
        (rows("$.o[*]"), json!({ "o": ["x", "y"] }), cells(&["Value"], &[&["x"], &["y"]])),
        (
            columnar.clone(),
            json!({ "o": { "id": ["a", "b"], "city": ["Bergen", null], "ok": true } }),
            abc.clone(),
        ),
        (
            columnar.clone(),
            json!({ "o": { "id": { "0": "a", "1": "b" }, "city": { "0": "Bergen", "1": null } } }),
            cells(&["Key", "Id", "City"], &[&["0", "a", "Bergen"], &["1", "b", ""]]),
        ),
        (
            RowsSetting { names, ..columnar.clone() },
            json!({ "names": ["id", "city"], "o": [["a", "b"], ["Bergen", null]] }),
            abc.clone(),
        ),
        (
            keyed.clone(),
            json!({ "o": { "ash": 4, "birch": null } }),
            cells(&["Key", "Value"], &[&["ash", "4"], &["birch", ""]]),
        ),
        (
            keyed.clone(),
            json!({ "o": { "ash": { "n": 4 }, "birch": { "n": 5 } } }),
            cells(&["Key", "N"], &[&["ash", "4"], &["birch", "5"]]),
        ),
        (
            rows("$.o[*]"),
            json!({ "o": [{ "id": "a", "tags": ["urgent", "export"], "in": { "x": 1 } }] }),
            cells(&["Id", "Tags"], &[&["a", "urgent, export"]]),
        ),
        (rows("$.o[*]"), Value::Null, cells(&[], &[])),
        (rows("$.o"), json!({ "o": null }), cells(&[], &[])),
        (rows("$.o[*]"), json!({}), cells(&[], &[])),
        (columnar.clone(), json!({ "o": {} }), cells(&[], &[])),
        (keyed.clone(), json!({ "o": {} }), cells(&[], &[])),
        (
            columnar.clone(),
            json!({ "o": { "id": ["a"], "city": [] } }),
            Err((ValueShape::Columns, ValueShape::Lists)),
        ),
        (columnar, json!({ "o": "x" }), Err((ValueShape::Columns, ValueShape::Text))),
        (keyed, json!({ "o": [1] }), Err((ValueShape::Entries, ValueShape::List))),
        (rows("$.o"), json!({ "o": 7 }), Err((ValueShape::List, ValueShape::Number))),
    ] {
        assert_eq!(shown(&setting, &answer), expected, "{answer}");
    }
}

#[test]
fn r10_members_that_no_row_can_have_are_a_misfit() {
    let of = |members: &[&str]| RowsSetting {
        members: members.iter().map(|name| (*name).to_owned()).collect(),
        ..rows("$.o[*]")
    };
    for (members, answer, misfit) in [
        (
            &["id", "city"][..],
            json!({ "o": [["a", "Bergen"]] }),
            Some((ValueShape::Objects, ValueShape::Lists)),
        ),
        (&["id"], json!({ "o": [1, 2] }), Some((ValueShape::Objects, ValueShape::Numbers))),
        (&["id"], json!({ "o": [1, "a"] }), Some((ValueShape::Objects, ValueShape::Mixed))),
        (&["0", "1"], json!({ "o": [{ "id": "a" }] }), Some((ValueShape::Lists, ValueShape::Objects))),
        (&["0", "1"], json!({ "o": [["a", "Bergen"]] }), None),
        (&["0", "id"], json!({ "o": [["a", "Bergen"]] }), None),
        (&["0"], json!({ "o": [{ "0": "a" }] }), None),
        (&["id"], json!({ "o": [{ "id": "a" }, null, 7] }), None),
        (&["id"], json!({ "o": [{ "other": "a" }] }), None),
        (&["id"], json!({ "o": [null] }), None),
        (&["id"], json!({ "o": [] }), None),
    ] {
        assert_eq!(shown(&of(members), &answer).err(), misfit, "{answer}");
    }
}
