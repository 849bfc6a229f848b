//! Charts, shares and cells from responses with gaps, other currencies or more than can be shown.

use claimcheck_model::{CellKind, CellMore, ChartAxis, ChartShape, ShareShape};
use serde_json::{Value, json};
use serde_json_path::JsonPath;

use super::{chart, share};
use crate::{
    boards::{condition::RowFacts, look, value::Style},
    config::{
        CurrencyOf, LocalText, LookSetting, MemberSetting, TagSetting, ValueFormat, Whole,
        kinds::{
            chart::{BarLayout, ChartSetting, SeriesSetting},
            place::NumberPlace,
            rows::{Layout, RowsSetting},
            share::ShareSetting,
        },
    },
    decimal::Decimal,
    locale::LocaleFormatter,
};

fn rows() -> RowsSetting {
    RowsSetting {
        path: JsonPath::parse("$.o[*]").unwrap(),
        is_singular: false,
        layout: Layout::Rows,
        names: None,
        paths: Vec::new(),
        members: Vec::new(),
    }
}

fn a_member(key: &str) -> MemberSetting {
    MemberSetting { key: key.to_owned(), kind: None, format: ValueFormat::default() }
}

fn a_chart(format: ValueFormat) -> ChartSetting {
    ChartSetting {
        shape: ChartShape::Line,
        rows: RowsSetting { members: vec!["d".to_owned(), "n".to_owned()], ..rows() },
        x: a_member("d"),
        x_title: None,
        y: vec![SeriesSetting {
            key: "n".to_owned(),
            title: LocalText::plain("N".to_owned()),
            format,
            axis: ChartAxis::Left,
            is_line: false,
        }],
        series: None,
        bars: BarLayout::default(),
        target: None,
        has_before: true,
    }
}

#[test]
fn an_unreadable_earlier_answer_does_not_stop_the_chart() {
    let setting = a_chart(ValueFormat::default());
    let answer = json!({ "o": [{ "d": "2026-03-01", "n": 5 }] });
    let series = |before: &Value| {
        let reader = LocaleFormatter::default();
        chart::from_answers(&setting, &answer, Some(before), None, &|_| None, &reader).unwrap().series.len()
    };
    assert_eq!(series(&json!({ "o": [{ "d": "2026-02-01", "n": 4 }] })), 2);
    assert_eq!(series(&json!({ "o": ["text"] })), 1);
}

#[test]
fn a_target_in_minor_units_has_the_currency_of_the_rows() {
    let currency = Some(CurrencyOf::Member("c".to_owned()));
    let format = ValueFormat { currency, is_minor: true, ..ValueFormat::default() };
    let setting = ChartSetting {
        target: Some(NumberPlace::Fixed(Decimal::whole(500_000))),
        has_before: false,
        ..a_chart(format)
    };
    let answer = json!({ "o": [{ "d": "2026-03-01", "n": 400_000, "c": "EUR" }, { "d": "2026-03-02", "n": 1, "c": "EUR" }] });
    let chart =
        chart::from_answers(&setting, &answer, None, None, &|_| None, &LocaleFormatter::default()).unwrap();
    let line = chart.line.unwrap();
    assert!(line.text.contains("€5,000.00"), "{}", line.text);
}

#[test]
fn parts_that_have_no_share_are_counted_and_only_a_few_are_listed() {
    let setting = ShareSetting {
        shape: ShareShape::default(),
        rows: rows(),
        label: a_member("name"),
        value: a_member("n"),
    };
    let negative: Vec<Value> = (1..=500).map(|n| json!({ "name": format!("R{n}"), "n": -n })).collect();
    let mut all = vec![json!({ "name": "A", "n": 5 })];
    all.extend(negative);
    let share =
        share::from_answer(&setting, &json!({ "o": all }), &|_| None, &LocaleFormatter::default()).unwrap();
    assert_eq!(share.parts.len(), 1 + 5);
    assert!(share.note.unwrap().contains("500"));
}

#[test]
fn progress_scales_the_part_and_the_whole() {
    let look = LookSetting { whole: Some(Whole::Member("limit".to_owned())), ..LookSetting::default() };
    let scale = Decimal::parse("0.001");
    let format = ValueFormat { scale, look, ..ValueFormat::default() };
    let row = json!({ "used": 500, "limit": 1000 });
    let reader = LocaleFormatter::default();
    let facts = RowFacts { row: row.as_object().unwrap(), columns: &[], reader: &reader };
    let style = Style::of("used", Some(CellKind::Progress), &format, &[&row["used"]]);
    let (cell, _) = look::cell(&row["used"], &style, &facts);
    assert_eq!(cell.text, "50%");
}

#[test]
fn a_file_has_the_titles_of_all_chips() {
    let tag =
        TagSetting { value: "t7".to_owned(), title: Some(LocalText::plain("Seven".to_owned())), tone: None };
    let format = ValueFormat {
        look: LookSetting { tags: vec![tag], ..LookSetting::default() },
        ..ValueFormat::default()
    };
    let value = |count: usize| Value::from((0..count).map(|n| format!("t{n}")).collect::<Vec<_>>());
    let reader = LocaleFormatter::default();
    let facts = RowFacts { row: &serde_json::Map::new(), columns: &[], reader: &reader };
    let cell = |count: usize| {
        let value = value(count);
        look::cell(&value, &Style::of("c", Some(CellKind::Chips), &format, &[&value]), &facts).0
    };
    let many = cell(30);
    let plain = many.plain.unwrap();
    assert!(plain.contains("Seven") && !plain.contains("t7") && plain.ends_with("t29"), "{plain}");
    assert!(matches!(many.more.as_deref(), Some(CellMore::Chips(chips)) if chips.len() == 21));
    assert_eq!(cell(20).plain, None);
}
