//! Converts an API response into a number and its target.

use claimcheck_model::{CellKind, Meter, PLACE_MAX, Place, ValueTone};
use claimcheck_text::t;
use serde_json::Value;

use super::stat::{EMPTY, currency_in, one};
use crate::{
    boards::{
        condition::{OwnValue, RowFacts},
        look,
        value::Style,
    },
    config::kinds::{meter::MeterSetting, place::NumberPlace, stat::Better},
    locale::LocaleFormatter,
};

/// The meter of a response, according to the settings.
pub(super) fn from_answer(setting: &MeterSetting, answer: &Value, reader: &LocaleFormatter) -> Meter {
    let language = reader.language();
    let target = number_at(&setting.target, answer);
    let value = one(&setting.value, answer);
    let both: Vec<&Value> = value.into_iter().chain(&target).collect();
    let style = Style::of("", Some(CellKind::Number), &setting.format, &both);
    let currency = currency_in(&setting.format, answer);
    let amount = |value: &Value| style.amount(value, currency, reader);
    let Some(shown) = value.and_then(amount) else { return Meter::default() };
    let target = target.as_ref().and_then(amount);
    let (number, goal) = (shown.number.to_f64(), target.as_ref().map(|target| target.number.to_f64()));
    let of_target = target.as_ref().map(|target| match goal.filter(|goal| *goal > 0.0) {
        Some(goal) => {
            let percent = reader.percent(number / goal, 0);
            t!(language, "meter-of-percent", target = target.text(), percent = percent)
        }
        None => t!(language, "meter-of", target = target.text()),
    });
    // The whole bar is the target, or the number if that is more.
    let whole = goal.unwrap_or_default().max(number);
    let place = |number: f64| match whole > 0.0 {
        true => (number / whole * f64::from(PLACE_MAX)).round().clamp(0.0, f64::from(PLACE_MAX)) as Place,
        false => 0,
    };
    let (tone, verdict) = match (setting.better, goal) {
        (Better::More, Some(goal)) if number >= goal => {
            (Some(ValueTone::Good), Some(t!(language, "meter-reached")))
        }
        (Better::Less, Some(goal)) if number > goal => {
            (Some(ValueTone::Bad), Some(t!(language, "meter-over")))
        }
        _ => (None, None),
    };
    // A condition may also name a member of the response itself.
    let facts = RowFacts { row: answer.as_object().unwrap_or(&EMPTY), columns: &[], reader };
    let rules = &setting.format.look.rules;
    let by_rule =
        value.and_then(|value| look::tone(rules, &facts, OwnValue { value, style: &style, currency }));
    Meter {
        value: Some(shown.text),
        unit: shown.unit,
        of_target,
        bar: place(number),
        target: goal.map(place),
        tone: by_rule.or(tone),
        verdict: verdict.map(str::to_owned),
        to: None,
    }
}

/// A number of the settings, or the value at its place in the answer.
pub(super) fn number_at(place: &NumberPlace, answer: &Value) -> Option<Value> {
    match place {
        NumberPlace::Fixed(number) => Some(Value::String(number.to_string())),
        NumberPlace::Path(path) => one(path, answer).cloned(),
    }
}
