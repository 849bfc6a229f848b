//! Numbers, amounts, percentages and dates as cells show them.

use claimcheck_text::Language;
use serde_json::json;

use super::*;
use crate::{
    api::json,
    config::LocalText,
    locale::{WhenFormat, zone},
};

fn texts(kind: Option<CellKind>, format: &ValueFormat, values: &[Value]) -> Vec<String> {
    let all: Vec<&Value> = values.iter().collect();
    let style = Style::of("x", kind, format, &all);
    let reader = LocaleFormatter::default();
    values.iter().map(|value| style.cell(value, Some(&json!("KWD")), &reader).0.text).collect()
}

fn number(format: &ValueFormat, text: &str) -> String {
    texts(Some(CellKind::Number), format, &[json::parse(text.as_bytes()).unwrap()]).remove(0)
}

#[test]
fn ac_11_a_value_is_read_as_its_column_says_and_a_link_is_an_address_of_the_web() {
    let reader = LocaleFormatter::default();
    let read =
        |kind, value: Value| Style::of("x", Some(kind), &UNDECLARED, &[&value]).cell(&value, None, &reader);
    let (cell, key) = read(CellKind::Number, json!("1234.5"));
    assert_eq!((cell.text.as_str(), cell.plain.as_deref()), ("1,234.50", Some("1234.5")));
    assert_eq!(key, Some(SortKey::Number(None, Decimal::parse("1234.5").unwrap())));
    assert_eq!(read(CellKind::Number, json!("many")).1, None);
    assert_eq!(read(CellKind::Date, json!(1_767_315_900)).0.text, "2 Jan 2026, 01:05 UTC");
    let long = "x".repeat(500);
    let text = read(CellKind::Text, json!(long)).0;
    assert!(
        text.text.chars().count() == 401 && text.plain.as_ref() == Some(&long),
        "cut here, whole in a file"
    );
    let link = format!("https://shop.example/{long}");
    assert_eq!(read(CellKind::Link, json!(link)).0.plain, Some(link));
    for bad in ["javascript:alert(1)", &format!("javascript:alert(1)//{long}"), &long, "//shop.example"] {
        assert_eq!(read(CellKind::Link, json!(bad)).0.plain, None, "{bad}");
    }
}

#[test]
fn f04_f10_numbers_are_shown_as_they_were_written() {
    let number = |text: &str| number(&UNDECLARED, text);
    for (written, shown) in [
        ("1745678901234567891", "1,745,678,901,234,567,891"),
        ("9007199254740993", "9,007,199,254,740,993"),
        ("0.1000000000000000055", "0.1000000000000000055"),
        ("\"0.49\"", "0.49"),
        ("\"12.50\"", "12.50"),
        ("\"100.00\"", "100.00"),
        ("\"13\"", "13"),
        ("12.5", "12.50"),
        ("100.0", "100"),
        ("-1.25e3", "\u{2212}1,250"),
        ("1e-7", "0.0000001"),
        ("-0.0", "0"),
    ] {
        assert_eq!(number(written), shown, "{written}");
    }
    let column = [json!("0.49"), json!("12.5"), json!("7.125"), json!(3)];
    assert_eq!(texts(Some(CellKind::Number), &UNDECLARED, &column), ["0.490", "12.500", "7.125", "3.000"]);
    let long = format!("1{}", "0".repeat(500));
    assert_eq!(number(&long).chars().count(), 401, "cut like any long text");
    assert_eq!(number("1e999999"), "1e999999", "what cannot be computed is a text");
}

#[test]
fn r14_undeclared_ids_and_years_are_not_grouped() {
    let reader = LocaleFormatter::default();
    let show = |key: &str, kind, values: &[Value]| {
        let all: Vec<&Value> = values.iter().collect();
        let style = Style::of(key, kind, &UNDECLARED, &all);
        style.cell(&values[0], None, &reader).0.text
    };
    let id = json!(1_234_567);
    for key in
        ["id", "order_id", "orderId", "orderID", "ID", "customer.id", "zip", "invoice_no", "accountNumber"]
    {
        assert_eq!(show(key, None, std::slice::from_ref(&id)), "1234567", "{key}");
    }
    for key in ["paid", "total", "userCount", "width", "humid"] {
        assert_eq!(show(key, None, std::slice::from_ref(&id)), "1,234,567", "{key}");
    }
    assert_eq!(show("fy", None, &[json!(2026), json!(1999)]), "2026");
    assert_eq!(show("items", None, &[json!(2026), json!(12)]), "2,026");
    assert_eq!(show("n", None, &[json!(1_234_567_890_123_456_789_i64)]), "1234567890123456789");
    assert_eq!(show("id", Some(CellKind::Number), &[id]), "1,234,567", "declared as a number");
}

#[test]
fn r16_numbers_are_scaled_without_noise() {
    let scale = |scale: &str| ValueFormat { scale: Decimal::parse(scale), ..ValueFormat::default() };
    assert_eq!(number(&scale("0.01"), "129900"), "1,299.00");
    assert_eq!(number(&scale("0.01"), "29"), "0.29", "0.29 is no binary float");
    assert_eq!(number(&scale("1.1"), "3"), "3.30");
    assert_eq!(number(&scale("1000"), "\"1.234\""), "1,234.000", "a text keeps its decimals");
    let percent = |percent| ValueFormat { percent: Some(percent), ..ValueFormat::default() };
    assert_eq!(number(&percent(PercentOf::One), "0.124"), "12.4%");
    assert_eq!(number(&percent(PercentOf::Hundred), "12.4"), "12.4%");
    assert_eq!(number(&percent(PercentOf::One), "1"), "100%");
    let column = [json!(0.021), json!(0.10500000000000001), json!(0.14700000000000002)];
    let shares = texts(Some(CellKind::Number), &percent(PercentOf::One), &column);
    assert_eq!(shares, ["2.1%", "10.5%", "14.7%"], "the error of a binary float is not shown");
    let rounded = ValueFormat {
        decimals: Some(1),
        prefix: Some(LocalText::plain("~")),
        unit: Some(LocalText::plain("kg")),
        ..ValueFormat::default()
    };
    assert_eq!(number(&rounded, "2.25"), "~2.3\u{a0}kg");
    let zero = ValueFormat { zero: Some(LocalText::plain("\u{2013}")), ..rounded };
    for (written, shown) in [("0", "\u{2013}"), ("-0.00", "\u{2013}"), ("0.01", "~0.0\u{a0}kg")] {
        assert_eq!(number(&zero, written), shown, "{written}");
    }
}

#[test]
fn r16_amounts_have_the_decimals_of_their_currency() {
    let code = |code: &str, is_minor| ValueFormat {
        currency: Some(CurrencyOf::Code(code.to_owned())),
        is_minor,
        ..ValueFormat::default()
    };
    for (currency, amount, shown) in [
        ("EUR", "129900", "€1,299.00"),
        ("JPY", "129900", "JP¥129,900"),
        ("KWD", "129900", "KWD\u{a0}129.900"),
        ("EUR", "-5", "\u{2212}€0.05"),
        ("CLF", "12345", "CLF\u{a0}1.2345"),
    ] {
        assert_eq!(number(&code(currency, true), amount), shown, "{currency}");
    }
    assert_eq!(number(&code("EUR", false), "1299"), "€1,299.00");
    assert_eq!(number(&code("JPY", false), "1299"), "JP¥1,299");
    assert_eq!(number(&code("JPY", false), "1299.5"), "JP¥1,299.5", "nothing is rounded away");
    let member = ValueFormat {
        currency: Some(CurrencyOf::Member("currency".into())),
        is_minor: true,
        ..ValueFormat::default()
    };
    assert_eq!(number(&member, "129900"), "KWD\u{a0}129.900");
    let reader = LocaleFormatter::default();
    let style = Style::of("x", Some(CellKind::Number), &member, &[&json!(129_900)]);
    for unknown in [json!("BTC"), json!(null), json!(7)] {
        let text = style.cell(&json!(129_900), Some(&unknown), &reader).0.text;
        assert!(text.starts_with("129900\u{a0}") && text.ends_with("smallest units"), "{text}");
    }
    let key = |currency: &str| style.cell(&json!(100), Some(&json!(currency)), &reader).1.unwrap();
    assert!(key("EUR") < key("JPY"), "by currency first");
}

#[test]
fn f23_what_is_hidden_in_a_value_is_not_in_its_cell() {
    assert_eq!(texts(None, &UNDECLARED, &[json!("Bob \u{202e}00.001\u{200b}")]), ["Bob 00.001"]);
    let value = json!("Bob\u{202e}");
    let style = Style::of("x", None, &UNDECLARED, &[&value]);
    let cell = style.cell(&value, None, &LocaleFormatter::default()).0;
    assert_eq!(cell.plain.as_deref(), Some("Bob\u{202e}"), "a file has what the API wrote");
}

#[test]
fn r07_r37_a_column_says_how_its_dates_are_read() {
    let berlin = WhenFormat { zone: zone("Europe/Berlin"), ..WhenFormat::default() };
    let day = WhenFormat { is_day: true, ..WhenFormat::default() };
    let of = |when: &WhenFormat, value: Value| {
        let format = ValueFormat { when: when.clone(), ..ValueFormat::default() };
        let style = Style::of("x", Some(CellKind::Date), &format, &[&value]);
        let (cell, key) = style.cell(&value, None, &LocaleFormatter::default());
        (cell.text, cell.plain.unwrap_or_default(), key.is_some())
    };
    let shown = |text: &str, plain: &str| (text.to_owned(), plain.to_owned(), true);
    let plain = WhenFormat::default();
    for value in [
        json!("2026-03-02T14:05:00.000+0000"),
        json!(1_772_460_300_000_i64),
        json!("1772460300"),
        json!("/Date(1772460300000)/"),
        json!({ "$date": "2026-03-02T14:05:00Z" }),
        json!({ "$date": { "$numberLong": "1772460300000" } }),
        json!({ "_seconds": 1_772_460_300, "_nanoseconds": 0 }),
        json!({ "date": "2026-03-02 14:05:00.000000", "timezone_type": 3, "timezone": "UTC" }),
    ] {
        assert_eq!(of(&plain, value.clone()).0, "2 Mar 2026, 14:05 UTC", "{value}");
    }
    assert_eq!(of(&plain, json!([2026, 3, 2, 14, 5])).0, "2 Mar 2026, 14:05");
    assert_eq!(of(&plain, json!("2026-03-02 14:05:00")).0, "2 Mar 2026, 14:05", "no zone is claimed");
    assert_eq!(of(&berlin, json!("2026-03-02 15:05:00")).0, "2 Mar 2026, 14:05 UTC");
    assert_eq!(of(&day, json!("2026-03-02T00:00:00Z")), shown("2 Mar 2026", "2026-03-02"));
    assert_eq!(of(&day, json!(1_772_409_600_000_i64)), shown("2 Mar 2026", "2026-03-02"));
    assert_eq!(of(&plain, json!("soon")), ("soon".to_owned(), String::new(), false));
    assert_eq!(Language::default().tag(), "en");
}
