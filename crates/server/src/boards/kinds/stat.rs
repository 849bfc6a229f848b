//! From an API's answer to one number, and from two numbers to the text of a change.

use claimcheck_model::{AppError, Change, Direction, Stat};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    boards::{
        cells::{as_number, decimals},
        kinds::PanelRequest,
        period::Period,
    },
    config::{
        Span,
        kinds::stat::{Before, Better, StatSetting},
    },
    locale::LocaleFormatter,
};

/// A smaller change, as a part of the number before, counts as none.
const SAME: f64 = 0.0005;

/// The number for the panel's period, compared with the preceding one where the settings ask for that.
pub(super) async fn body(setting: &StatSetting, panel: &PanelRequest<'_>) -> Result<Stat, AppError> {
    let before = match &setting.before {
        Before::Period => panel.path_before()?,
        _ => None,
    };
    let (answer, before) = futures::join!(panel.answer(), async {
        match before {
            Some(path) => panel.fetch(path).await.map(Some),
            None => Ok(None),
        }
    });
    // Without the number before, the number itself is still worth showing.
    let before = before.unwrap_or_default();
    Ok(from_answers(setting, &*answer?, before.as_deref(), panel.period(), panel.reader()))
}

/// The number of an answer, compared with that of `answer_before`, the preceding period, or with another number of the
/// same answer.
fn from_answers(
    setting: &StatSetting,
    answer: &Value,
    answer_before: Option<&Value>,
    period: Option<Period>,
    reader: &LocaleFormatter,
) -> Stat {
    let Some((number, found)) = pick(&setting.value, answer) else {
        return Stat { value: None, unit: setting.unit.clone(), change: None };
    };
    let decimals = setting.decimals.unwrap_or_else(|| decimals([found]));
    let read = |number: f64| reader.number(number, decimals);
    let before = match &setting.before {
        Before::Nothing => None,
        Before::Period => answer_before.and_then(|answer| pick(&setting.value, answer)),
        Before::Path(path) => pick(path, answer),
    };
    let change = before.map(|(before, _)| {
        let of = match &setting.before {
            Before::Period => period.map(named_before),
            _ => None,
        };
        change(number, before, setting.better, of, reader, &read)
    });
    Stat { value: Some(read(number)), unit: setting.unit.clone(), change }
}

fn pick<'a>(path: &JsonPath, answer: &'a Value) -> Option<(f64, &'a Value)> {
    let found = path.query(answer).at_most_one().ok().flatten()?;
    Some((as_number(found)?, found))
}

/// What the stretch before a period is called.
fn named_before(period: Period) -> String {
    match (period.choice, period.days()) {
        (Some(Span::Months(1)), _) => "the month before".to_owned(),
        (Some(Span::Months(months)), _) => format!("the {months} months before"),
        (_, 1) => "the day before".to_owned(),
        (_, days) => format!("the {days} days before"),
    }
}

/// The change from `before` to `number`; `of` names the preceding period, where `before` is of one.
fn change(
    number: f64,
    before: f64,
    better: Better,
    of: Option<String>,
    reader: &LocaleFormatter,
    read: &dyn Fn(f64) -> String,
) -> Change {
    let difference = number - before;
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
    // A ratio to nothing, or over a change of sign, says nothing.
    let has_ratio = before != 0.0 && (number < 0.0) == (before < 0.0);
    let (text, rest) = match (is_same, has_ratio) {
        (true, _) => ("no change".to_owned(), Some(format!("from {}", of.as_deref().unwrap_or("before")))),
        (false, true) => {
            let share = difference.abs() / before.abs();
            let word = if difference > 0.0 { "more" } else { "less" };
            let rest = format!("{word} than {}", of.as_deref().unwrap_or("before"));
            (reader.percent(share, usize::from(share < 0.9995)), Some(rest))
        }
        (false, false) => (format!("was {}", read(before)), of.map(|of| format!("in {of}"))),
    };
    Change { direction, text, rest: rest.unwrap_or_default(), is_good }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn setting(before: Before, better: Better) -> StatSetting {
        let path = |text| JsonPath::parse(text).unwrap();
        StatSetting { value: path("$.n"), before, better, unit: None, decimals: None }
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
