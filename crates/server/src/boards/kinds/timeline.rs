//! Converts an API response into events by day.

use claimcheck_model::{CellKind, PanelError, Timeline, TimelineDay, TimelineEvent};
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member},
        condition::RowFacts,
        kinds::{NO_NAME, rows::rows},
        link::RowLink,
        look,
        value::Style,
    },
    config::{MemberSetting, kinds::timeline::TimelineSetting},
    locale::{LocaleFormatter, When},
};

/// The maximum number of events; the latest ones count.
const EVENTS_MAX: usize = 100;

/// The timeline of a response, according to the settings: the latest day first, and within it the latest event. Events
/// without a readable time are at the end, in the order of the answer.
///
/// # Errors
/// As [`rows`].
pub(super) fn from_answer(
    setting: &TimelineSetting,
    answer: &Value,
    link: RowLink<'_>,
    reader: &LocaleFormatter,
) -> Result<Timeline, PanelError> {
    let rows = rows(&setting.rows, answer)?;
    let found: Vec<&Object> = rows.iter().map(|row| &**row).collect();
    let values: Vec<&Value> = found.iter().map(|row| member(row, &setting.at.key)).collect();
    let at = Style::of(&setting.at.key, setting.at.kind, &setting.at.format, &values);
    let mut events: Vec<(Option<When>, &Object)> =
        found.iter().map(|row| (at.when(member(row, &setting.at.key)), *row)).collect();
    let position = |when: &Option<When>| when.map(|when| reader.unix_nanos(when));
    // `None` is the smallest, so that it is the last here.
    events.sort_by_key(|(when, _)| std::cmp::Reverse(position(when)));
    let more = events.len().saturating_sub(EVENTS_MAX);
    let more = (more > 0).then(|| reader.number(more as f64, 0));
    let mut days: Vec<TimelineDay> = Vec::new();
    for (when, row) in events.into_iter().take(EVENTS_MAX) {
        let day = when.map(|when| reader.day_of_when(when));
        let date = day.map(|day| day.to_string());
        if days.last().is_none_or(|last| last.date != date) {
            days.push(TimelineDay { day: day.map(|day| reader.date(day)), date, events: Vec::new() });
        }
        if let Some(last) = days.last_mut() {
            last.events.push(TimelineEvent { to: link(row), ..event(setting, when, row, reader) });
        }
    }
    Ok(Timeline { days, more })
}

fn event(
    setting: &TimelineSetting,
    when: Option<When>,
    row: &Object,
    reader: &LocaleFormatter,
) -> TimelineEvent {
    let facts = RowFacts { row, columns: &[], reader };
    let text = |setting: &MemberSetting| look::name(setting, &facts);
    let tag =
        |setting: &MemberSetting| look::name_cell(setting, setting.kind.or(Some(CellKind::Tag)), &facts);
    let time = when.filter(|when| matches!(when, When::Instant(_) | When::Local(_)));
    TimelineEvent {
        time: time.map(|when| {
            let secs = reader.unix_nanos(when).div_euclid(1_000_000_000);
            reader.minute_of_day(i64::try_from(secs).unwrap_or_default())
        }),
        label: text(&setting.label).unwrap_or_else(|| NO_NAME.to_owned()),
        note: setting.note.as_ref().and_then(text),
        tag: setting.tag.as_ref().and_then(tag),
        to: None,
    }
}
