//! Converts an API response into a chart: the position of each row on the x axis, and the values of its series.

use claimcheck_model::{AppError, Chart};
use serde_json::Value;

use crate::{
    boards::{
        cells::{as_number, member, reads, when},
        kinds::rows,
    },
    config::{kinds::chart::ChartSetting, title_from_key},
    locale::{LocaleFormatter, When},
    view::chart::{Point, draw},
};

/// The chart of a response, according to the settings.
///
/// # Errors
/// As [`rows`].
pub(super) fn from_answer(
    setting: &ChartSetting,
    answer: &Value,
    reader: &LocaleFormatter,
) -> Result<Chart, AppError> {
    let found = rows(&setting.rows, answer)?;
    let points = found.iter().map(|row| point(member(row, &setting.x), reader)).collect();
    let series = setting.y.iter().map(|series| {
        (
            series.title.text(reader.language()).to_owned(),
            found.iter().map(|row| as_number(member(row, &series.key))).collect(),
        )
    });
    let number = |number: f64, decimals: usize| match &setting.unit {
        Some(unit) => format!("{}\u{a0}{}", reader.number(number, decimals), unit.text(reader.language())),
        None => reader.number(number, decimals),
    };
    Ok(draw(reader.language(), setting.shape, title_from_key(&setting.x), points, series.collect(), &number))
}

fn point(x: &Value, reader: &LocaleFormatter) -> Point {
    match when(x) {
        Some(at) => Point {
            label: reader.when(at),
            short: match at {
                When::Day(day) => reader.short_date(day),
                When::Month(_) => reader.when(at),
                When::Instant(moment) => reader.short_date(reader.day_of(moment)),
            },
            at: Some(reader.unix_secs(at)),
        },
        None => {
            let label = reads(x, reader).unwrap_or_else(|| "\u{2013}".to_owned());
            Point { short: label.clone(), label, at: x.as_f64() }
        }
    }
}
