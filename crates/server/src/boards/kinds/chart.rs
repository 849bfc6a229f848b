//! Converts an API response into a chart: the position of each row on the x axis, and the values of its series.

use claimcheck_model::{CellKind, Chart, ChartAxis, PanelError};
use claimcheck_text::t;
use jiff::ToSpan;
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member, when},
        condition::{OwnValue, RowFacts},
        kinds::{currency, meter::number_at, pivot::pivoted, preceding, rows::rows},
        link::RowLink,
        look,
        period::Period,
        value::Style,
    },
    config::{
        MemberSetting,
        kinds::chart::{BarLayout, ChartSetting, SeriesSetting},
        title_from_key,
    },
    locale::{AxisUnit, LocaleFormatter, When},
    view::chart::{Drawing, Drawn, Point, Series, draw},
};

/// The text of a missing value.
const NONE: &str = "\u{2013}";
/// Unix seconds from 2000 to 2100. Numbers of an x axis that are all in this range, in one of the usual units, are times.
const SECS: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;

/// The chart of a response, according to the settings; `before` is the response for the period that precedes `period`.
///
/// # Errors
/// As [`rows`].
pub(super) fn from_answers(
    setting: &ChartSetting,
    answer: &Value,
    before: Option<&Value>,
    period: Option<Period>,
    link: RowLink<'_>,
    reader: &LocaleFormatter,
) -> Result<Chart, PanelError> {
    let language = reader.language();
    let rows = rows(&setting.rows, answer)?;
    let found: Vec<&Object> = rows.iter().map(|row| &**row).collect();
    let pivot = setting.series.as_ref().zip(setting.y.first());
    let pivot = pivot.map(|(by, y)| pivoted(setting, by, y, (&found, link), reader));
    let (found, y) = match &pivot {
        Some(pivot) => (pivot.rows.iter().collect(), &pivot.series),
        None => (found, &setting.y),
    };
    let values = |key: &str| -> Vec<&Value> { found.iter().map(|row| member(row, key)).collect() };
    let x = x_style(&setting.x, &values(&setting.x.key));
    let times = found.iter().map(|row| time(&x, member(row, &setting.x.key)));
    let times: Vec<Option<When>> = times.collect();
    let unit = reader.axis_unit(times.iter().flatten().copied());
    let points = found
        .iter()
        .zip(times)
        .map(|(row, at)| {
            let to = if pivot.is_none() { link(row) } else { None };
            let days = at.filter(|_| period.is_some()).and_then(|at| days(at, reader));
            Point { to, days, ..point(&x, member(row, &setting.x.key), at, row, (reader, unit)) }
        })
        .collect();
    let styles: Vec<Style<'_>> = y
        .iter()
        .map(|series| Style::of(&series.key, Some(CellKind::Number), &series.format, &values(&series.key)))
        .collect();
    let series = y.iter().zip(&styles).map(|(series, style)| {
        let drawn = |row: &&Object| {
            let (value, currency) = (member(row, &series.key), currency(style, row));
            let text = style.amount(value, currency, reader)?.text();
            let facts = RowFacts { row, columns: &[], reader };
            let tone = look::tone(&series.format.look.rules, &facts, OwnValue { value, style, currency });
            let to = pivot.as_ref().and_then(|pivot| pivot.link(&series.key, row));
            Some(Drawn { tone, to, ..Drawn::new(style.position(value, currency)?, text) })
        };
        let values = found.iter().map(drawn).collect();
        let SeriesSetting { axis, is_line, .. } = *series;
        Series { axis, is_line, ..Series::new(series.title.text(language).to_owned(), values) }
    });
    let mut series: Vec<Series> = series.collect();
    let times: Vec<Option<f64>> = found.iter().map(|row| seconds(&x, row, setting, reader)).collect();
    if let (Some(before), Some(first), Some(style)) = (before, y.first(), styles.first()) {
        // Without the previous numbers, the chart is still worth showing.
        if let Ok(values) = preceding::values(setting, (first, style), &times, before, period, reader) {
            series.push(Series::new(t!(language, "chart-before").to_owned(), values));
        }
    }
    let target = setting.target.as_ref().and_then(|target| number_at(target, answer));
    let target = target.zip(styles.first()).and_then(|(target, style)| {
        let currency = found.first().and_then(|row| currency(style, row));
        let text = style.amount(&target, currency, reader)?.text();
        Some(Drawn::new(style.position(&target, currency)?, text))
    });
    // An axis has the style of its first series, unless another one of it differs.
    let style_of = |axis: ChartAxis| {
        let mut of_axis = y.iter().zip(&styles).filter(|(series, _)| series.axis == axis);
        let (first, style) = of_axis.next()?;
        of_axis.all(|(series, _)| series.format == first.format).then_some(style)
    };
    let (left, right) = (style_of(ChartAxis::Left), style_of(ChartAxis::Right));
    let tick = |axis: ChartAxis, number: f64, decimals: usize| {
        let style = if axis == ChartAxis::Left { left } else { right };
        match style {
            Some(style) => style.tick(number, decimals, reader),
            None => reader.number(number, decimals),
        }
    };
    let title = setting.x_title.as_ref().map(|title| title.text(language).to_owned());
    let title = title.unwrap_or_else(|| title_from_key(&setting.x.key));
    let BarLayout { is_stacked, is_horizontal } = setting.bars;
    let has_before = series.len() > y.len();
    let drawing = Drawing { shape: setting.shape, is_stacked, is_horizontal, target, has_before };
    let mut chart = draw(language, drawing, title, points, series, &tick);
    if let Some(pivot) = pivot.filter(|pivot| pivot.left_out > 0) {
        let total = pivot.left_out + pivot.series.len();
        let words = t!(language, "chart-largest-series", shown = pivot.series.len(), total = total);
        chart.note = Some(chart.note.map_or_else(|| words.clone(), |note| format!("{note} {words}")));
    }
    Ok(chart)
}

/// The time of a row, in Unix seconds.
pub(super) fn seconds(
    x: &Style<'_>,
    row: &Object,
    setting: &ChartSetting,
    reader: &LocaleFormatter,
) -> Option<f64> {
    time(x, member(row, &setting.x.key)).map(|at| reader.unix_secs(at))
}

/// The style of the x axis. Numbers that look like Unix times are read as such.
pub(super) fn x_style<'s>(setting: &'s MemberSetting, values: &[&Value]) -> Style<'s> {
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

/// The first and the last day of a time on the axis, as the form of the period has them.
fn days(at: When, reader: &LocaleFormatter) -> Option<(String, String)> {
    let first = reader.day_of_when(at);
    let last = match at {
        When::Month(_) => first.last_of_month(),
        When::Week(_) => first.checked_add(6.days()).ok()?,
        When::Quarter(_) => first.checked_add(2.months()).ok()?.last_of_month(),
        When::Instant(_) | When::Local(_) | When::Day(_) => first,
    };
    Some((first.to_string(), last.to_string()))
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
            clock: reader.clock(at, unit),
            ..Point::default()
        },
        None => {
            let currency = currency(style, row);
            let label = style.text(x, currency, reader).unwrap_or_else(|| NONE.to_owned());
            let is_number = matches!(style.kind, CellKind::Number | CellKind::Percent);
            let at = is_number.then(|| style.position(x, currency)).flatten();
            Point { short: label.clone(), label, at, ..Point::default() }
        }
    }
}
