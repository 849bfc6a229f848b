//! The rows of an answer as objects, whatever shape they have there.

use std::borrow::Cow;

use claimcheck_model::{AnswerProblem, PanelError, ValueShape};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    boards::cells::Object,
    config::kinds::rows::{Layout, ROW_NAME, ROW_VALUE, RowsSetting},
};

/// The rows of an answer, in order. An answer without content has none. Each is an object: values of lists are named by
/// their position or by `names`, a single value is [`ROW_VALUE`], and the key of a row in an object is [`ROW_NAME`].
/// JSONPaths into a row are members of that text.
///
/// # Errors
/// The shapes that came and were expected, if the settings do not fit the answer.
pub(in crate::boards) fn rows<'a>(
    setting: &RowsSetting,
    answer: &'a Value,
) -> Result<Vec<Cow<'a, Object>>, PanelError> {
    if answer.is_null() {
        return Ok(Vec::new());
    }
    let found = setting.path.query(answer).all();
    let names: Vec<String> =
        setting.names.iter().flat_map(|path| path.query(answer).all()).map(name).collect();
    let rows = match setting.layout {
        Layout::Rows => plain(setting, &found)?,
        Layout::Columns => each(&found, |value| columns(value, &names))?,
        Layout::Keys => each(&found, entries)?,
    };
    check(setting, &rows, &names)?;
    Ok(rows.into_iter().map(|row| object(setting, row, &names)).collect())
}

/// The one object at a path, with the JSONPaths of the settings; `None` if there is nothing.
///
/// # Errors
/// The shapes that came and were expected, if something else is there.
pub(in crate::boards) fn one_object<'a>(
    setting: &RowsSetting,
    answer: &'a Value,
) -> Result<Option<Cow<'a, Object>>, PanelError> {
    let found = setting.path.query(answer).all();
    match found.as_slice() {
        [] | [Value::Null] => Ok(None),
        [one] => match with_paths(setting, one) {
            None => Err(misfit(ValueShape::Object, of_one(one))),
            object => Ok(object),
        },
        _ => Err(misfit(ValueShape::Object, ValueShape::List)),
    }
}

/// A single row with the JSONPaths of the settings.
pub(super) fn with_paths<'a>(setting: &RowsSetting, row: &'a Value) -> Option<Cow<'a, Object>> {
    row.is_object().then(|| object(setting, (None, Cow::Borrowed(row)), &[]))
}

/// A row that was read, with the JSONPaths of other settings.
pub(in crate::boards) fn with_members(setting: &RowsSetting, row: Object) -> Object {
    let row = Value::Object(row);
    let further = setting.paths.iter().filter(|(text, _)| row.get(text).is_none());
    let further: Vec<_> =
        further.filter_map(|(text, path)| Some((text.clone(), value_at(path, &row)?))).collect();
    let mut members = match row {
        Value::Object(members) => members,
        _ => Object::new(),
    };
    members.extend(further);
    members
}

/// What a JSONPath finds in a row; several values are a list.
fn value_at(path: &JsonPath, row: &Value) -> Option<Value> {
    match path.query(row).all().as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        several => Some(Value::Array(several.iter().map(|value| (*value).clone()).collect())),
    }
}

/// A row, with its key if it is a member of an object.
type RawRow<'a> = (Option<&'a str>, Cow<'a, Value>);

/// Rows one after the other.
fn plain<'a>(setting: &RowsSetting, found: &[&'a Value]) -> Result<Vec<RawRow<'a>>, PanelError> {
    let items: Vec<&Value> = match found {
        [Value::Array(items)] if setting.is_singular => items.iter().collect(),
        [Value::Null] if setting.is_singular => Vec::new(),
        [value] if setting.is_singular && !value.is_object() => {
            return Err(misfit(ValueShape::List, of_one(value)));
        }
        found => found.to_vec(),
    };
    Ok(items.into_iter().map(|row| (None, Cow::Borrowed(row))).collect())
}

fn each<'a>(
    found: &[&'a Value],
    read: impl Fn(&'a Value) -> Result<Vec<RawRow<'a>>, PanelError>,
) -> Result<Vec<RawRow<'a>>, PanelError> {
    let mut rows = Vec::new();
    for value in found.iter().filter(|value| !value.is_null()) {
        rows.extend(read(value)?);
    }
    Ok(rows)
}

/// Rows from columns: an object of lists of one length, a list of such lists, or an object of objects with the same keys,
/// as pandas writes it. Other members of the object are not columns.
fn columns<'a>(value: &'a Value, names: &[String]) -> Result<Vec<RawRow<'a>>, PanelError> {
    let columns: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, values)| (name.clone(), values)).collect(),
        Value::Array(lists) => {
            let name = |index: usize| names.get(index).cloned().unwrap_or_else(|| index.to_string());
            lists.iter().enumerate().map(|(index, values)| (name(index), values)).collect()
        }
        other => return Err(misfit(ValueShape::Columns, of_one(other))),
    };
    let lists: Vec<(&String, &Vec<Value>)> =
        columns.iter().filter_map(|(name, values)| Some((name, values.as_array()?))).collect();
    let objects: Vec<(&String, &'a Object)> =
        columns.iter().filter_map(|(name, values)| Some((name, values.as_object()?))).collect();
    if let Some((_, first)) = lists.first() {
        if lists.iter().any(|(_, values)| values.len() != first.len()) {
            tracing::warn!(
                event = "columns differ in length",
                "the columns in the API's response differ in length"
            );
            return Err(misfit(ValueShape::Columns, ValueShape::Lists));
        }
        let row = |index: usize| {
            let values =
                lists.iter().filter_map(|(name, values)| Some(((*name).clone(), values.get(index)?.clone())));
            (None, Cow::Owned(Value::Object(values.collect())))
        };
        return Ok((0..first.len()).map(row).collect());
    }
    let Some((_, first)) = objects.first() else {
        return match columns.is_empty() {
            true => Ok(Vec::new()),
            false => Err(misfit(ValueShape::Columns, of_one(value))),
        };
    };
    let row = |key: &'a String| {
        let values =
            objects.iter().filter_map(|(name, values)| Some(((*name).clone(), values.get(key)?.clone())));
        (Some(key.as_str()), Cow::Owned(Value::Object(values.collect())))
    };
    Ok(first.keys().map(row).collect())
}

/// Rows that are the members of an object.
fn entries(value: &Value) -> Result<Vec<RawRow<'_>>, PanelError> {
    match value {
        Value::Object(members) => {
            Ok(members.iter().map(|(key, row)| (Some(key.as_str()), Cow::Borrowed(row))).collect())
        }
        other => Err(misfit(ValueShape::Entries, of_one(other))),
    }
}

fn object<'a>(setting: &RowsSetting, (key, row): RawRow<'a>, names: &[String]) -> Cow<'a, Object> {
    if let (Cow::Borrowed(value), None, true) = (&row, key, setting.paths.is_empty())
        && let Value::Object(members) = *value
    {
        return Cow::Borrowed(members);
    }
    let mut members = Object::new();
    if let Some(key) = key {
        members.insert(ROW_NAME.to_owned(), Value::String(key.to_owned()));
    }
    match &*row {
        Value::Object(own) => members.extend(own.iter().map(|(name, value)| (name.clone(), value.clone()))),
        Value::Array(values) => {
            let name = |index: usize| names.get(index).cloned().unwrap_or_else(|| index.to_string());
            members.extend(values.iter().enumerate().map(|(index, value)| (name(index), value.clone())));
        }
        value => _ = members.insert(ROW_VALUE.to_owned(), value.clone()),
    }
    members
        .extend(setting.paths.iter().filter_map(|(text, path)| Some((text.clone(), value_at(path, &row)?))));
    Cow::Owned(members)
}

/// Whether the members that the panel shows can be in these rows.
fn check(setting: &RowsSetting, rows: &[RawRow<'_>], names: &[String]) -> Result<(), PanelError> {
    let mut shapes = rows.iter().map(|(_, row)| of_one(row)).filter(|shape| *shape != ValueShape::Nothing);
    let Some(first) = shapes.next() else { return Ok(()) };
    let is_uniform = shapes.all(|shape| shape == first);
    let declared: Vec<&String> = setting.members.iter().filter(|name| *name != ROW_NAME).collect();
    if declared.is_empty() || declared.len() < setting.members.len() || !setting.paths.is_empty() {
        return Ok(());
    }
    let is_position = |name: &str| name.parse::<usize>().is_ok();
    let are_positions = declared.iter().all(|name| is_position(name));
    let came = if is_uniform { several(first) } else { ValueShape::Mixed };
    let fits = match came {
        // A path of names may begin with a position.
        ValueShape::Lists => {
            !names.is_empty()
                || declared.iter().any(|name| is_position(name.split('.').next().unwrap_or_default()))
        }
        ValueShape::Objects => {
            let has = |name: &String| {
                rows.iter().any(|(_, row)| row.as_object().is_some_and(|row| row.contains_key(name)))
            };
            !are_positions || declared.iter().any(|name| has(name))
        }
        ValueShape::Mixed => rows.iter().any(|(_, row)| row.is_object() || row.is_array()),
        _ => false,
    };
    match fits {
        true => Ok(()),
        false => Err(misfit(if are_positions { ValueShape::Lists } else { ValueShape::Objects }, came)),
    }
}

/// The failure of an answer with another shape than the settings expect.
pub(in crate::boards) fn misfit(expected: ValueShape, came: ValueShape) -> PanelError {
    let (wanted, found) = (expected.name(), came.name());
    tracing::warn!(
        event = "answer does not fit",
        expected = wanted,
        came = found,
        "the API's response has another shape than the panel expects"
    );
    PanelError::of_answer(AnswerProblem::ValueShape { expected, came })
}

/// The shape of a value.
pub(in crate::boards) fn of_one(value: &Value) -> ValueShape {
    match value {
        Value::Null => ValueShape::Nothing,
        Value::Bool(_) => ValueShape::Boolean,
        Value::Number(_) => ValueShape::Number,
        Value::String(_) => ValueShape::Text,
        Value::Array(_) => ValueShape::List,
        Value::Object(_) => ValueShape::Object,
    }
}

fn several(shape: ValueShape) -> ValueShape {
    match shape {
        ValueShape::Boolean => ValueShape::Booleans,
        ValueShape::Number => ValueShape::Numbers,
        ValueShape::Text => ValueShape::Texts,
        ValueShape::List => ValueShape::Lists,
        ValueShape::Object => ValueShape::Objects,
        other => other,
    }
}

fn name(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // `{ "name": "id", "type": "integer" }`, as many query APIs describe their columns.
        Value::Object(members) => {
            let named = ["name", "id", "key", "field"].iter().find_map(|key| members.get(*key)?.as_str());
            named.unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    }
}
