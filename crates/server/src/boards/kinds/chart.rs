//! Converts an API response into a chart: the position of each row on the x axis, and the values of its series.

use claimcheck_model::{CellKind, Chart, PanelError};
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member, when},
        kinds::{currency, rows::rows},
        value::Style,
    },
    config::{MemberSetting, kinds::chart::ChartSetting, title_from_key},
    locale::{AxisUnit, LocaleFormatter, When},
    view::chart::{Drawn, Point, draw},
};

/// The text of a missing value.
const NONE: &str = "\u{2013}";
/// Unix seconds from 2000 to 2100. Numbers of an x axis that are all in this range, in one of the usual units, are times.
const SECS: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;

/// The chart of a response, according to the settings.
///
/// # Errors
/// As [`rows`].
pub(super) fn from_answer(
    setting: &ChartSetting,
    answer: &Value,
    reader: &LocaleFormatter,
) -> Result<Chart, PanelError> {
    let rows = rows(&setting.rows, answer)?;
    let found: Vec<&Object> = rows.iter().map(|row| &**row).collect();
    let values = |key: &str| -> Vec<&Value> { found.iter().map(|row| member(row, key)).collect() };
    let x = x_style(&setting.x, &values(&setting.x.key));
    let times = found.iter().map(|row| time(&x, member(row, &setting.x.key)));
    let times: Vec<Option<When>> = times.collect();
    let unit = reader.axis_unit(times.iter().flatten().copied());
    let points = found
        .iter()
        .zip(times)
        .map(|(row, at)| point(&x, member(row, &setting.x.key), at, row, (reader, unit)))
        .collect();
    let styles: Vec<Style<'_>> = setting
        .y
        .iter()
        .map(|series| Style::of(&series.key, Some(CellKind::Number), &series.format, &values(&series.key)))
        .collect();
    let series = setting.y.iter().zip(&styles).map(|(series, style)| {
        let drawn = |row: &&Object| {
            let (value, currency) = (member(row, &series.key), currency(style, row));
            let text = style.amount(value, currency, reader)?.text();
            Some(Drawn { at: style.position(value, currency)?, text })
        };
        (series.title.text(reader.language()).to_owned(), found.iter().map(drawn).collect())
    });
    // The axis has the style of the first series, unless another differs.
    let first = styles.first();
    let is_alike =
        setting.y.iter().all(|series| Some(&series.format) == setting.y.first().map(|series| &series.format));
    let tick = |number: f64, decimals: usize| match first {
        Some(style) if is_alike => style.tick(number, decimals, reader),
        _ => reader.number(number, decimals),
    };
    let title = title_from_key(&setting.x.key);
    Ok(draw(reader.language(), setting.shape, title, points, series.collect(), &tick))
}

/// The style of the x axis. Numbers that look like Unix times are read as such.
fn x_style<'s>(setting: &'s MemberSetting, values: &[&Value]) -> Style<'s> {
    let looks_like_time = |value: &&Value| {
        let number = value.as_number().and_then(|number| number.as_f64());
        number.is_some_and(|number| [1.0, 1e3, 1e6, 1e9].iter().any(|unit| SECS.contains(&(number / unit))))
    };
    let is_undeclared = setting.kind.is_none() && !setting.format.is_of_numbers();
    let are_times = is_undeclared && !values.is_empty() && values.iter().all(looks_like_time);
    let kind = if are_times { Some(CellKind::Date) } else { setting.kind };
    Style::of(&setting.key, kind, &setting.format, values)
}

/// The time that an x value is, if it is one.
fn time(style: &Style<'_>, x: &Value) -> Option<When> {
    match style.kind {
        CellKind::Date => style.when(x),
        // A column of mixed values may have dates among them.
        CellKind::Text => when(x),
        _ => None,
    }
}

fn point(
    style: &Style<'_>,
    x: &Value,
    at: Option<When>,
    row: &Object,
    (reader, unit): (&LocaleFormatter, AxisUnit),
) -> Point {
    match at {
        Some(at) => Point {
            label: reader.when(at),
            short: reader.axis_label(at, unit),
            at: Some(reader.unix_secs(at)),
        },
        None => {
            let currency = currency(style, row);
            let label = style.text(x, currency, reader).unwrap_or_else(|| NONE.to_owned());
            let is_number = matches!(style.kind, CellKind::Number | CellKind::Percent);
            let at = is_number.then(|| style.position(x, currency)).flatten();
            Point { short: label.clone(), label, at }
        }
    }
}
