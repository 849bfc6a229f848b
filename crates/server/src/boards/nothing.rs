//! Paths of a panel that match nothing, although the answer has other content: told apart from an empty answer, on the page
//! and in the log.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use claimcheck_model::{Cell, ListItem, Misfit, PanelBody, TimelineEvent, UnmatchedPath, ValueShape};
use serde_json::Value;

use crate::{
    boards::{
        cells::Object,
        kinds::{Finding, Found, NO_NAME, PanelRequest, rows::of_one},
        unmatched::{WhyNothing, at_path, why_nothing},
    },
    config::{
        PanelKind,
        kinds::{place::NumberPlace, stat::Before},
    },
    sanitize::sanitize,
};

/// How many members of an answer are named, and how many letters of each.
const MEMBERS_MAX: usize = 12;
const MEMBER_MAX_CHARS: usize = 40;
/// How many paths are remembered as logged.
const LOGGED_MAX: usize = 1000;

/// The paths that were logged already: each once, until the boards change. Cheap to clone.
#[derive(Clone, Default)]
pub struct LoggedPaths(Arc<Mutex<HashSet<[String; 3]>>>);

impl LoggedPaths {
    /// Whether this path of that part of the board was not logged before.
    pub fn is_new(&self, board: &str, panel: &str, path: &str) -> bool {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.len() >= LOGGED_MAX {
            logged.clear();
        }
        logged.insert([board, panel, path].map(str::to_owned))
    }
}

/// Whether paths of the panel may match nothing: it shows nothing, or one of its parts has no value anywhere. Looks at the body
/// only, because most panels are complete.
pub(super) fn may_be_unmatched(kind: &PanelKind, body: &PanelBody) -> bool {
    let is_blank = |cell: Option<&Cell>| cell.is_none_or(|cell| cell.text.is_empty());
    match (kind, body) {
        (_, body) if body.is_empty() => true,
        (_, PanelBody::Table(data)) => {
            let mut columns = 0..data.columns.len();
            columns.any(|column| data.rows.iter().all(|row| is_blank(row.cells.get(column))))
        }
        (PanelKind::List(setting), PanelBody::List(list)) => {
            let has_none = |is_none: fn(&ListItem) -> bool| list.items.iter().all(is_none);
            has_none(|item| item.label == NO_NAME)
                || setting.note.is_some() && has_none(|item| item.note.is_none())
                || setting.value.is_some() && has_none(|item| item.value.is_none())
                || setting.tag.is_some() && has_none(|item| item.tag.is_none())
        }
        (PanelKind::Timeline(setting), PanelBody::Timeline(timeline)) => {
            let has_none = |is_none: fn(&TimelineEvent) -> bool| {
                timeline.days.iter().flat_map(|day| &day.events).all(is_none)
            };
            timeline.days.iter().all(|day| day.day.is_none())
                || has_none(|event| event.label == NO_NAME)
                || setting.note.is_some() && has_none(|event| event.note.is_none())
                || setting.tag.is_some() && has_none(|event| event.tag.is_none())
        }
        (_, PanelBody::Share(share)) => share.parts.iter().all(|part| part.label == NO_NAME),
        (_, PanelBody::Facts(facts)) => facts.facts.iter().any(|(_, cell)| is_blank(Some(cell))),
        (_, PanelBody::Chart(chart)) => {
            chart.series.iter().any(|series| series.values.iter().all(|value| value.at.is_none()))
        }
        (PanelKind::Stat(setting), PanelBody::Stat(stat)) => {
            matches!(setting.before, Before::Path(_)) && stat.change.is_none()
        }
        (PanelKind::Meter(setting), PanelBody::Meter(meter)) => {
            matches!(setting.target, NumberPlace::Path(_)) && meter.target.is_none()
        }
        _ => false,
    }
}

impl PanelRequest<'_> {
    /// The paths of the panel that match nothing in this answer. Each is logged once.
    pub(super) fn unmatched(&self, answer: &Value, logged: &LoggedPaths) -> Vec<UnmatchedPath> {
        let findings = self.findings(answer).into_iter();
        let unmatched: Vec<_> = findings.filter_map(|finding| self.unmatched_by(answer, finding)).collect();
        let (board, panel) = (self.request.board.id.as_str(), self.panel);
        for UnmatchedPath { setting, path, there, misfit } in &unmatched {
            if logged.is_new(board, &panel.id, path) {
                if let Some(Misfit { expected, came }) = misfit {
                    let (expected, came) = (expected.name(), came.name());
                    tracing::warn!(
                        event = "path leads to another shape",
                        board,
                        panel = panel.id,
                        setting,
                        json_path = path,
                        expected,
                        came,
                        "a path of the settings leads to something else in the API's answer than the panel needs"
                    );
                    continue;
                }
                let (members, api) = (there.join(", "), panel.api.as_str());
                let request =
                    panel.read.as_ref().map(|read| format!("{} {}", read.method(), read.path.label()));
                tracing::warn!(
                    event = "path matches nothing",
                    board,
                    panel = panel.id,
                    setting,
                    json_path = path,
                    members,
                    api,
                    request,
                    "the API's answer has nothing at a path of the settings; the members that it has there are named"
                );
            }
        }
        unmatched
    }

    fn unmatched_by(
        &self,
        answer: &Value,
        Finding { setting, path, found }: Finding,
    ) -> Option<UnmatchedPath> {
        if matches!(found, Found::List(_) | Found::Object(_) | Found::NotNumber(_) | Found::Several(_)) {
            let expected = if setting == "count" { ValueShape::List } else { ValueShape::Number };
            let came = match at_path(&path, answer).as_slice() {
                [one] => of_one(one),
                _ => ValueShape::List,
            };
            let misfit = Some(Misfit { expected, came });
            return Some(UnmatchedPath { setting: setting.to_owned(), path, there: Vec::new(), misfit });
        }
        let there = match found {
            Found::Rows(0) | Found::Nothing | Found::Count(0) => match why_nothing(&path, answer) {
                WhyNothing::Unmatched { until, .. } => {
                    at_path(&until, answer).first().map(|value| members(value))
                }
                _ => None,
            },
            Found::Filled(0, 1..) => self.absent(answer, &path),
            _ => None,
        }?;
        Some(UnmatchedPath { setting: setting.to_owned(), path, there, misfit: None })
    }

    /// The members of the rows, if none has this one. A member that is `null` is there.
    fn absent(&self, answer: &Value, key: &str) -> Option<Vec<String>> {
        let rows = self.rows(answer)?;
        // The paths into a row have become members.
        if key.starts_with('$') || rows.iter().any(|row| has(row, key)) {
            return None;
        }
        Some(rows.first().map(|row| names(row)).unwrap_or_default())
    }
}

fn has(row: &Object, key: &str) -> bool {
    if row.contains_key(key) {
        return true;
    }
    let mut names = key.split('.');
    let mut at = names.next().and_then(|name| row.get(name));
    for name in names {
        at = match at {
            // There may be a member if there were an object.
            Some(Value::Null) => return true,
            Some(Value::Array(items)) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
            Some(value) => value.get(name),
            None => None,
        };
    }
    at.is_some()
}

/// The names of the members of an object, or of the first object of a list.
fn members(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => names(members),
        Value::Array(items) => items.first().map(members).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn names(members: &Object) -> Vec<String> {
    let short = |name: &String| Some(sanitize(name)?.chars().take(MEMBER_MAX_CHARS).collect());
    members.keys().filter_map(short).take(MEMBERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wb_01_a_member_that_is_null_is_there_and_one_that_no_row_has_is_not() {
        let row = json!({ "a": null, "b": { "c": 1, "d": null }, "e.f": 1, "g": [{ "h": 1 }], "i": null });
        let row = row.as_object().unwrap();
        for there in ["a", "b", "b.c", "b.d", "e.f", "g.0.h", "i.j.k"] {
            assert!(has(row, there), "{there}");
        }
        for absent in ["x", "b.x", "b.c.x", "g.1.h", "g.h", "A"] {
            assert!(!has(row, absent), "{absent}");
        }
        assert_eq!(members(&json!([{ "a\n\u{202e}": 1 }])), ["a"]);
        assert_eq!(members(&json!(7)), Vec::<String>::new());
    }

    #[test]
    fn wb_01_each_path_is_logged_once() {
        let logged = LoggedPaths::default();
        assert!(logged.is_new("a", "b", "$.c") && !logged.is_new("a", "b", "$.c"));
        assert!(logged.is_new("a", "c", "$.c") && logged.clone().is_new("b", "b", "$.c"));
    }
}
