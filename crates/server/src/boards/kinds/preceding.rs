//! The values of the preceding period in a chart, each at the place of the value that it is compared with.

use claimcheck_model::PanelError;
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member},
        kinds::{
            chart::{seconds, x_style},
            currency,
            rows::rows,
        },
        period::Period,
        value::Style,
    },
    config::kinds::chart::{ChartSetting, SeriesSetting},
    locale::LocaleFormatter,
    view::chart::Drawn,
};

/// The distance of two rows, in seconds, if no answer has two of them.
const DAY: f64 = 86_400.0;

/// The earlier value of each row, whose times are `times`, in Unix seconds. Times are compared by their distance from the
/// begin of their own period, other positions by their rank.
///
/// # Errors
/// As [`rows`].
pub(super) fn values(
    setting: &ChartSetting,
    (series, style): (&SeriesSetting, &Style<'_>),
    times: &[Option<f64>],
    before: &Value,
    period: Option<Period>,
    reader: &LocaleFormatter,
) -> Result<Vec<Option<Drawn>>, PanelError> {
    let rows = rows(&setting.rows, before)?;
    let keys: Vec<&Value> = rows.iter().map(|row| member(row, &setting.x.key)).collect();
    let x = x_style(&setting.x, &keys);
    let drawn = |row: &Object| {
        let (value, currency) = (member(row, &series.key), currency(style, row));
        let text = style.amount(value, currency, reader)?.text();
        Some(Drawn::new(style.position(value, currency)?, text))
    };
    let all_drawn = || rows.iter().map(|row| drawn(row)).collect::<Vec<_>>();
    let at = rows.iter().map(|row| seconds(&x, row, setting, reader)).collect::<Option<Vec<f64>>>();
    let now = times.iter().copied().collect::<Option<Vec<f64>>>();
    let (Some(at), Some(now)) = (at, now) else {
        let mut found = all_drawn();
        found.resize(times.len(), None);
        return Ok(found);
    };
    let mut found: Vec<(f64, Option<Drawn>)> = at.into_iter().zip(all_drawn()).collect();
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let begin = |period: Period| reader.day_start(period.from) as f64;
    let begins = period.and_then(|period| Some((begin(period), begin(period.before()?))));
    let by_distance = begins.and_then(|begins| by_distance(&now, &found, begins));
    // An API may give the days of the preceding period the dates of this one.
    Ok(by_distance.unwrap_or_else(|| by_rank(&now, found)))
}

/// For each time the earlier value at the same distance from the begin of its period. Weeks and months do not begin on
/// the same day of both periods, so the nearest row within half a step counts. `None` if there is none at all.
fn by_distance(
    now: &[f64],
    before: &[(f64, Option<Drawn>)],
    (begin, begin_before): (f64, f64),
) -> Option<Vec<Option<Drawn>>> {
    let mut sorted = now.to_vec();
    sorted.sort_by(f64::total_cmp);
    let gaps = sorted.iter().zip(sorted.iter().skip(1)).map(|(a, b)| b - a);
    let gaps_before = before.iter().zip(before.iter().skip(1)).map(|((a, _), (b, _))| b - a);
    let step = gaps.chain(gaps_before).filter(|gap| *gap > 0.0).min_by(f64::total_cmp).unwrap_or(DAY);
    let mut is_any = false;
    let nearest = |at: &f64| {
        let at = at - begin + begin_before;
        let next = before.partition_point(|(other, _)| *other < at);
        let near =
            [next.checked_sub(1), Some(next)].into_iter().flatten().filter_map(|index| before.get(index));
        let (other, value) = near.min_by(|(a, _), (b, _)| (a - at).abs().total_cmp(&(b - at).abs()))?;
        let is_near = (other - at).abs() < step / 2.0;
        is_any |= is_near;
        is_near.then(|| value.clone()).flatten()
    };
    let found = now.iter().map(nearest).collect();
    is_any.then_some(found)
}

/// For each time the earlier value of the same rank.
fn by_rank(now: &[f64], before: Vec<(f64, Option<Drawn>)>) -> Vec<Option<Drawn>> {
    let mut order: Vec<(usize, &f64)> = now.iter().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let mut found = vec![None; now.len()];
    for ((index, _), (_, value)) in order.into_iter().zip(before) {
        if let Some(place) = found.get_mut(index) {
            *place = value;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(days: &[i32]) -> Vec<(f64, Option<Drawn>)> {
        days.iter().map(|day| (f64::from(*day) * DAY, Some(Drawn::new(0.0, day.to_string())))).collect()
    }

    fn compared(now: &[i32], before: &[i32]) -> Option<Vec<String>> {
        let now: Vec<f64> = now.iter().map(|day| f64::from(*day) * DAY).collect();
        let found = by_distance(&now, &drawn(before), (30.0 * DAY, 0.0))?;
        Some(found.into_iter().map(|drawn| drawn.map_or_else(String::new, |drawn| drawn.text)).collect())
    }

    #[test]
    fn a_day_is_compared_with_the_same_day_of_the_preceding_period() {
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        for (now, before, expected) in [
            (&[30, 31, 32][..], &[0, 1, 2][..], texts(&["0", "1", "2"])),
            (&[30, 31, 32, 33], &[0, 2, 3], texts(&["0", "", "2", "3"])),
            (&[33, 30, 31], &[0, 1, 2, 3], texts(&["3", "0", "1"])),
            // Weeks.
            (&[24, 31, 38], &[-4, 3, 10], texts(&["-4", "3", "10"])),
            (&[30], &[0], texts(&["0"])),
            (&[30], &[1], None),
            (&[30, 31], &[30, 31], None),
            (&[30], &[], None),
        ] {
            assert_eq!(compared(now, before), expected, "{now:?} {before:?}");
        }
        let ranked = by_rank(&[2.0, 1.0, 3.0], drawn(&[7, 8]));
        let ranked: Vec<_> = ranked.into_iter().map(|drawn| drawn.map(|drawn| drawn.text)).collect();
        assert_eq!(ranked, [Some("8".to_owned()), Some("7".to_owned()), None]);
    }
}
