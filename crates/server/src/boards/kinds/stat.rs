//! Converts an API response into one number, and two numbers into the text of a change.

use std::sync::LazyLock;

use claimcheck_model::{CellKind, Change, Direction, Stat};
use claimcheck_text::t;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    boards::{
        cells::Object,
        condition::{OwnValue, RowFacts},
        kinds::trend::trend,
        look,
        period::Period,
        value::Style,
    },
    config::{
        CurrencyOf, Span, Unit, ValueFormat,
        kinds::stat::{Before, Better, CountPath, StatSetting, StatValue},
    },
    decimal::Decimal,
    locale::LocaleFormatter,
};

/// The members of a response that is no object.
pub(super) static EMPTY: LazyLock<Object> = LazyLock::new(Object::new);
/// A smaller change, relative to the previous number, counts as none.
const SAME: f64 = 0.0005;

/// The number of a response, compared with that of `answer_before`, the preceding period, or with another number of the
/// same response.
pub(super) fn from_answers(
    setting: &StatSetting,
    answer: &Value,
    answer_before: Option<&Value>,
    period: Option<Period>,
    reader: &LocaleFormatter,
) -> Stat {
    let trend = setting.trend.as_ref().map(|path| trend(path, answer)).unwrap_or_default();
    let unit = || setting.format.unit.as_ref().map(|unit| unit.text(reader.language()).to_owned());
    let Some(now) = pick(&setting.value, answer) else {
        return Stat { value: None, unit: unit(), ..Stat::default() };
    };
    let before = match &setting.before {
        Before::Nothing => None,
        Before::Period => answer_before.and_then(|answer| Some((pick(&setting.value, answer)?, answer))),
        Before::Path(path) => one(path, answer).cloned().map(|before| (before, answer)),
    };
    // Both numbers have the same number of decimals.
    let values: Vec<&Value> = [&now].into_iter().chain(before.as_ref().map(|(before, _)| before)).collect();
    let style = Style::of("", Some(CellKind::Number), &setting.format, &values);
    let amount =
        |value: &Value, answer: &Value| style.amount(value, currency_in(&setting.format, answer), reader);
    let Some(shown) = amount(&now, answer) else {
        return Stat { value: None, unit: unit(), ..Stat::default() };
    };
    let before = before.and_then(|(before, answer)| amount(&before, answer));
    // Amounts in different currencies have no difference.
    let before = before.filter(|before| before.currency == shown.currency);
    let change = before.map(|before| {
        let of = match &setting.before {
            Before::Period => period.map(preceding),
            _ => None,
        };
        change((&shown.number, &before.number), setting.better, of, reader, &before.text)
    });
    // A condition may also name a member of the response itself.
    let row = answer.as_object().unwrap_or(&EMPTY);
    let facts = RowFacts { row, columns: &[], reader };
    let own = OwnValue { value: &now, style: &style, currency: currency_in(&setting.format, answer) };
    let tone = look::tone(&setting.format.look.rules, &facts, own);
    Stat { value: Some(shown.text), unit: shown.unit, change, tone, trend, to: None }
}

/// The number of a response.
fn pick(value: &StatValue, answer: &Value) -> Option<Value> {
    match value {
        StatValue::Number(path) => one(path, answer).cloned(),
        StatValue::Count(CountPath { path, is_singular: true }) => match one(path, answer)? {
            Value::Array(items) => Some(items.len().into()),
            Value::Object(members) => Some(members.len().into()),
            Value::Null => Some(0.into()),
            _ => None,
        },
        StatValue::Count(CountPath { path, is_singular: false }) => {
            Some(path.query(answer).all().len().into())
        }
    }
}

/// The one value at a path.
pub(super) fn one<'a>(path: &JsonPath, answer: &'a Value) -> Option<&'a Value> {
    path.query(answer).at_most_one().ok().flatten()
}

/// The value that has the currency of the amounts.
pub(super) fn currency_in<'a>(format: &ValueFormat, answer: &'a Value) -> Option<&'a Value> {
    match &format.currency {
        Some(CurrencyOf::Path(path)) => one(path, answer),
        _ => None,
    }
}

/// The kind and the length of the preceding period, as the texts distinguish them.
fn preceding(period: Period) -> (&'static str, i64) {
    match (period.choice, period.days()) {
        (Some(Span::Months(1) | Span::NextMonths(1) | Span::Whole(Unit::Month, _)), _) => ("month", 1),
        (Some(Span::Months(months) | Span::NextMonths(months)), _) => ("months", months.into()),
        (Some(Span::Whole(Unit::Quarter, _)), _) => ("months", 3),
        (Some(Span::Whole(Unit::Year, _)), _) => ("months", 12),
        (_, 1) => ("day", 1),
        (_, days) => ("days", days.into()),
    }
}

/// The change from `before` to `number`; `of` names the preceding period if `before` belongs to one, and `was` is the
/// text of `before`.
fn change(
    (number, before): (&Decimal, &Decimal),
    better: Better,
    of: Option<(&'static str, i64)>,
    reader: &LocaleFormatter,
    was: &str,
) -> Change {
    let difference = number.minus(before).to_f64();
    let before = before.to_f64();
    let is_same = difference.abs() <= SAME * before.abs();
    let direction = match () {
        () if is_same => Direction::Same,
        () if difference > 0.0 => Direction::Up,
        () => Direction::Down,
    };
    let is_good = match (better, direction) {
        (Better::Neither, _) | (_, Direction::Same) => None,
        (Better::More, direction) => Some(direction == Direction::Up),
        (Better::Less, direction) => Some(direction == Direction::Down),
    };
    // A ratio to zero, or across a change of sign, is meaningless.
    let has_ratio = before != 0.0 && number.is_negative() == (before < 0.0);
    let language = reader.language();
    let (period, count) = of.unwrap_or(("none", 0));
    let (text, rest) = match (is_same, has_ratio) {
        (true, _) => {
            let rest = t!(language, "stat-same-from", period = period, count = count);
            (t!(language, "stat-same").to_owned(), rest)
        }
        (false, true) => {
            let share = difference.abs() / before.abs();
            let rest = match difference > 0.0 {
                true => t!(language, "stat-more", period = period, count = count),
                false => t!(language, "stat-less", period = period, count = count),
            };
            (reader.percent(share, usize::from(share < 0.9995)), rest)
        }
        (false, false) => {
            let rest = of.map(|_| t!(language, "stat-was-in", period = period, count = count));
            (t!(language, "stat-was", value = was), rest.unwrap_or_default())
        }
    };
    Change { direction, text, rest, is_good }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn setting(before: Before, better: Better) -> StatSetting {
        let path = |text| JsonPath::parse(text).unwrap();
        let format = ValueFormat::default();
        StatSetting { value: StatValue::Number(path("$.n")), before, better, trend: None, format }
    }

    fn stat(now: Value, before: Value, better: Better) -> Stat {
        let setting = setting(Before::Period, better);
        from_answers(
            &setting,
            &json!({ "n": now }),
            Some(&json!({ "n": before })),
            None,
            &LocaleFormatter::default(),
        )
    }

    #[test]
    fn a_change_says_direction_size_and_whether_it_is_good() {
        for (now, before, better, direction, text, is_good) in [
            (json!(112.4), json!(100), Better::More, Direction::Up, "12.4%", Some(true)),
            (json!(50), json!(100), Better::More, Direction::Down, "50.0%", Some(false)),
            (json!(50), json!(100), Better::Less, Direction::Down, "50.0%", Some(true)),
            (json!(400), json!(100), Better::Neither, Direction::Up, "300%", None),
            (json!(100), json!(100), Better::More, Direction::Same, "no change", None),
            (json!(7), json!(0), Better::More, Direction::Up, "was 0", Some(true)),
            (json!(-5), json!(5), Better::More, Direction::Down, "was 5", Some(false)),
            (json!("12.50"), json!("10.00"), Better::More, Direction::Up, "25.0%", Some(true)),
        ] {
            let change = stat(now.clone(), before.clone(), better).change.unwrap();
            assert_eq!(
                (change.direction, change.text.as_str(), change.is_good),
                (direction, text, is_good),
                "{now} {before}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_shown_as_none_and_zero_is_a_number() {
        for value in [json!(null), json!("many"), json!([1]), json!("NaN"), json!("inf")] {
            assert_eq!(stat(value.clone(), json!(1), Better::More).value, None, "{value}");
        }
        let none_before = stat(json!(0), json!(null), Better::More);
        assert_eq!((none_before.value.as_deref(), none_before.change), (Some("0"), None));
    }
}
