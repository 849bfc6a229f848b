//! Whether a condition of the settings holds for a row and a value. Numbers are compared as the column shows them: after
//! scaling, and percentages in hundredths.

use std::cmp::Ordering;

use claimcheck_model::CellKind;
use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, as_text, member},
        look,
        value::{Style, UNDECLARED},
    },
    config::{Check, Condition, Operand, Side, Test, kinds::table::ColumnSetting},
    decimal::Decimal,
    locale::{LocaleFormatter, When, instant},
};

/// A row, and the columns that say how its members are shown.
#[derive(Clone, Copy)]
pub struct RowFacts<'a> {
    pub row: &'a Object,
    pub columns: &'a [ColumnSetting],
    pub reader: &'a LocaleFormatter,
}

/// The value that a condition belongs to.
#[derive(Clone, Copy)]
pub struct OwnValue<'a> {
    pub value: &'a Value,
    pub style: &'a Style<'a>,
    /// The value that has the currency, if it is an amount.
    pub currency: Option<&'a Value>,
}

impl<'a> RowFacts<'a> {
    /// The style of a member: that of its column, if it has one.
    pub fn style(&self, key: &str, value: &Value) -> Style<'a> {
        let column = self.columns.iter().find(|column| column.key == key);
        let format = column.map_or(&*UNDECLARED, |column| &column.format);
        Style::of(key, column.and_then(|column| column.kind), format, &[value])
    }

    /// The value with the currency of amounts in this style.
    pub fn currency(&self, style: &Style<'_>) -> Option<&'a Value> {
        style.currency_member().map(|key| member(self.row, key))
    }
}

/// Whether all tests of a condition hold; `own` is the value that it belongs to, if any.
pub fn holds(condition: &Condition, facts: &RowFacts<'_>, own: Option<OwnValue<'_>>) -> bool {
    condition.tests().iter().all(|test| {
        let is = match (&test.member, own) {
            (None, None) => return false,
            (None, Some(own)) => check(test, own, facts),
            (Some(key), _) => {
                let value = member(facts.row, key);
                let style = &facts.style(key, value);
                check(test, OwnValue { value, style, currency: facts.currency(style) }, facts)
            }
        };
        is != test.is_negated
    })
}

fn check(test: &Test, own: OwnValue<'_>, facts: &RowFacts<'_>) -> bool {
    match &test.check {
        Check::Empty => is_empty(own.value),
        // A list has the value if one of its items is it.
        Check::In(operands) => match own.value {
            Value::Array(items)
                if items.iter().any(|value| is_one(operands, OwnValue { value, ..own }, facts)) =>
            {
                true
            }
            _ => is_one(operands, own, facts),
        },
        Check::Order(side, operand) => order(own, operand, facts).is_some_and(|order| match side {
            Side::Below => order.is_lt(),
            Side::UpTo => order.is_le(),
            Side::From => order.is_ge(),
            Side::Above => order.is_gt(),
        }),
    }
}

fn is_one(operands: &[Operand], own: OwnValue<'_>, facts: &RowFacts<'_>) -> bool {
    operands.iter().any(|operand| match (operand, own.value) {
        (Operand::Text(text), Value::Bool(is)) => {
            let words = if *is { ["true", "Yes", "yes"] } else { ["false", "No", "no"] };
            words.contains(&text.as_str())
        }
        (Operand::Text(text), value) => as_text(value) == *text,
        (operand, _) => order(own, operand, facts).is_some_and(Ordering::is_eq),
    })
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The order of a value and what it is compared with; `None` if they are of different kinds.
fn order(own: OwnValue<'_>, operand: &Operand, facts: &RowFacts<'_>) -> Option<Ordering> {
    let reader = facts.reader;
    let time = |at: When| Some(by_time(own.style.when(own.value)?, at, reader));
    match operand {
        Operand::Number(number) => Some(number_of(own, facts)?.cmp(number)),
        Operand::Time(at) => time(*at),
        Operand::Today(days) => {
            let day = reader.today(reader.now()).checked_add(jiff::Span::new().days(*days)).ok()?;
            time(When::Day(day))
        }
        Operand::Now(secs) => {
            let now: Timestamp = instant(reader.now().saturating_add(*secs));
            time(When::Instant(now))
        }
        Operand::Text(_) => None,
    }
}

/// A number as it is compared.
pub fn number_of(own: OwnValue<'_>, facts: &RowFacts<'_>) -> Option<Decimal> {
    let OwnValue { value, style, currency } = own;
    if style.kind == CellKind::Progress {
        return look::progress(value, style, facts);
    }
    style.compared(value, currency)
}

/// The order of two times, as exact as the second one: a day, a month, a week or a quarter counts as a whole.
fn by_time(value: When, at: When, reader: &LocaleFormatter) -> Ordering {
    let day = |when: When| reader.day_of_when(when);
    let month = |date: Date| (date.year(), date.month());
    match at {
        When::Instant(_) | When::Local(_) => reader.unix_nanos(value).cmp(&reader.unix_nanos(at)),
        When::Day(other) => day(value).cmp(&other),
        When::Month(other) => month(day(value)).cmp(&month(other)),
        When::Week(monday) => {
            let week = |date: Date| (date.iso_week_date().year(), date.iso_week_date().week());
            week(day(value)).cmp(&week(monday))
        }
        When::Quarter(first) => {
            let quarter = |date: Date| (date.year(), (date.month() - 1) / 3);
            quarter(day(value)).cmp(&quarter(first))
        }
    }
}
