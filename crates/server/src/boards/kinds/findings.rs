//! What each JSONPath and each member of a panel finds in an answer, for people who may inspect the panel.

use std::{borrow::Cow, collections::BTreeSet};

use claimcheck_model::{AnswerProblem, AppError, PanelError};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    api::ReadRequest,
    boards::{
        cells::{Object, as_decimal, as_text, member},
        kinds::{PanelRequest, rows::rows},
    },
    config::{
        MemberSetting, PanelKind,
        kinds::{
            place::NumberPlace,
            rows::RowsSetting,
            stat::{Before, CountPath, StatSetting, StatValue},
            table::TableSetting,
        },
        row_slots,
    },
};

/// What one setting of a panel finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key of the setting, such as `rows`.
    pub setting: &'static str,
    /// The JSONPath, or the name of the member of a row.
    pub path: String,
    pub found: Found,
}

/// What a path finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// So many rows.
    Rows(usize),
    /// A value in so many rows of all.
    Filled(usize, usize),
    /// A value that can be shown.
    Value(String),
    /// A value that should be a number.
    NotNumber(String),
    /// So many values where one is needed.
    Several(usize),
    /// A list of so many elements where one value is needed.
    List(usize),
    /// An object of so many members where one value is needed.
    Object(usize),
    /// So many values or entries.
    Count(usize),
    Nothing,
    /// The path cannot apply to this answer.
    Unfit(AnswerProblem),
}

impl PanelRequest<'_> {
    /// The requests that the panel makes: its own, and that for the preceding period.
    ///
    /// # Errors
    /// `Forbidden` if a claim is missing.
    pub(in crate::boards) fn requests(&self) -> Result<Vec<ReadRequest>, AppError> {
        let mut all = vec![self.own_request()?];
        if self.has_before() {
            all.extend(self.request_before()?);
        }
        Ok(all)
    }

    /// The rows of this answer, if the panel has rows and the answer has their shape.
    pub(in crate::boards) fn rows<'a>(&self, answer: &'a Value) -> Option<Vec<Cow<'a, Object>>> {
        rows(self.panel.kind.rows()?, answer).ok()
    }

    /// What the settings of the panel find in this answer.
    pub(in crate::boards) fn findings(&self, answer: &Value) -> Vec<Finding> {
        let of_subject = self.panel.shows_subject.then(|| self.request.subject_object(answer));
        let answer = match &of_subject {
            None => answer,
            Some(Ok(object)) => object,
            Some(Err(failure)) => {
                let found = failure.problem.clone().map_or(Found::Nothing, Found::Unfit);
                return vec![Finding { setting: "item", path: String::new(), found }];
            }
        };
        let mut all = self.of_kind(answer);
        all.extend(self.of_links(answer));
        all
    }

    /// The members of rows in the addresses of links.
    fn of_links(&self, answer: &Value) -> Vec<Finding> {
        let (board, kind) = (self.request.board, &self.panel.kind);
        let Some(setting) = kind.rows() else { return Vec::new() };
        let links = self.panel.row_links().flat_map(|link| row_slots(board, link, kind));
        let slots: BTreeSet<&str> = links.collect();
        // The first finding is that of the rows.
        of_rows(setting, answer, slots.into_iter().map(|slot| ("to", slot))).into_iter().skip(1).collect()
    }

    fn of_kind(&self, answer: &Value) -> Vec<Finding> {
        match &self.panel.kind {
            PanelKind::Stat(stat) => of_stat(stat, answer),
            PanelKind::Table(table) => of_table(table, answer),
            PanelKind::Chart(chart) => {
                let y = chart.y.iter().map(|series| ("y", series.key.as_str()));
                let series = chart.series.iter().map(|member| ("series", member.key.as_str()));
                of_rows(&chart.rows, answer, [("x", chart.x.key.as_str())].into_iter().chain(y).chain(series))
            }
            PanelKind::Facts(facts) => {
                let fields = facts.fields.iter().map(|fact| ("fields", fact.key.as_str()));
                of_rows(&facts.item, answer, fields)
            }
            PanelKind::Meter(meter) => {
                let target = match &meter.target {
                    NumberPlace::Path(path) => Some(finding("target", path, number(path, answer))),
                    NumberPlace::Fixed(_) => None,
                };
                let value = finding("value", &meter.value, number(&meter.value, answer));
                [value].into_iter().chain(target).collect()
            }
            PanelKind::Share(share) => {
                let members = [("label", share.label.key.as_str()), ("value", share.value.key.as_str())];
                of_rows(&share.rows, answer, members.into_iter())
            }
            PanelKind::Timeline(timeline) => {
                let optional = [("note", timeline.note.as_ref()), ("tag", timeline.tag.as_ref())];
                let optional = optional.iter().filter_map(|(name, member)| Some((*name, (*member)?)));
                let members = [("at", &timeline.at), ("label", &timeline.label)].into_iter().chain(optional);
                of_rows(&timeline.rows, answer, members.map(|(name, member)| (name, member.key.as_str())))
            }
            PanelKind::Text(_) | PanelKind::Links(_) => Vec::new(),
            PanelKind::List(list) => {
                let key = |name: &'static str, member: Option<&'_ MemberSetting>| {
                    member.map(|member| (name, member.key.clone()))
                };
                let members = [
                    key("label", Some(&list.label)),
                    key("note", list.note.as_ref()),
                    key("value", list.value.as_ref()),
                    key("tag", list.tag.as_ref()),
                ];
                of_rows(&list.rows, answer, members.iter().flatten().map(|(name, key)| (*name, key.as_str())))
            }
        }
    }
}

fn of_stat(stat: &StatSetting, answer: &Value) -> Vec<Finding> {
    let mut all = match &stat.value {
        StatValue::Number(path) => vec![finding("value", path, number(path, answer))],
        StatValue::Count(CountPath { path, is_singular }) => {
            let nodes = path.query(answer).all();
            let found = match (nodes.as_slice(), is_singular) {
                ([], true) => Found::Nothing,
                ([Value::Array(items)], true) => Found::Count(items.len()),
                ([Value::Object(members)], true) => Found::Count(members.len()),
                ([Value::Null], true) => Found::Count(0),
                ([value], true) => Found::NotNumber(as_text(value)),
                (nodes, _) => Found::Count(nodes.len()),
            };
            vec![finding("count", path, found)]
        }
    };
    if let Before::Path(path) = &stat.before {
        all.push(finding("before", path, number(path, answer)));
    }
    all
}

fn of_table(table: &TableSetting, answer: &Value) -> Vec<Finding> {
    let columns = table.columns.iter().flatten().map(|column| ("columns", column.key.as_str()));
    let key = table.key.as_deref().map(|key| ("key", key));
    let mut all = of_rows(&table.rows, answer, columns.chain(key));
    if let Some(total) = &table.total {
        all.push(finding("total", total, number(total, answer)));
    }
    all
}

fn of_rows<'m>(
    setting: &RowsSetting,
    answer: &Value,
    members: impl Iterator<Item = (&'static str, &'m str)>,
) -> Vec<Finding> {
    let rows = match rows(setting, answer) {
        Ok(rows) => rows,
        Err(PanelError { problem: Some(problem), .. }) => {
            return vec![finding("rows", &setting.path, Found::Unfit(problem))];
        }
        Err(_) => return vec![finding("rows", &setting.path, Found::Nothing)],
    };
    let is_filled = |row: &Object, key: &str| !member(row, key).is_null();
    let mut all = vec![finding("rows", &setting.path, Found::Rows(rows.len()))];
    all.extend(members.map(|(setting, key)| {
        let filled = rows.iter().filter(|row| is_filled(row, key)).count();
        Finding { setting, path: key.to_owned(), found: Found::Filled(filled, rows.len()) }
    }));
    all
}

fn number(path: &JsonPath, answer: &Value) -> Found {
    let nodes = path.query(answer).all();
    match nodes.as_slice() {
        [] | [Value::Null] => Found::Nothing,
        [Value::Array(items)] => Found::List(items.len()),
        [Value::Object(members)] => Found::Object(members.len()),
        [value] if as_decimal(value).is_some() => Found::Value(as_text(value)),
        [value] => Found::NotNumber(as_text(value)),
        several => Found::Several(several.len()),
    }
}

fn finding(setting: &'static str, path: &JsonPath, found: Found) -> Finding {
    Finding { setting, path: path.to_string(), found }
}
