//! The values of a row that an action's texts, fields and path use: as the API wrote them, and as the user reads them.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderValue;
use claimcheck_model::AppError;
use claimcheck_session::ActionPlace;
use serde_json::{Map, Value};

use crate::{
    actions::{
        once,
        validator::{ANY, entity_tag},
    },
    boards::{
        BoardRequest,
        cells::{self, slot_text},
        condition::{RowFacts, holds},
        look, name_of,
        offer::ResolvedAction,
        value::{Style, UNDECLARED},
    },
    claims::{ClaimValues, slot_values},
    config::{
        Action, FieldKind, FieldSetting, IfMatch, Local, PanelKind, Sentence, claim_name, is_path_value,
        kinds::table::{ColumnSetting, TableSetting},
    },
    decimal::Decimal,
    locale::LocaleFormatter,
    sanitize::{is_right_to_left, isolated},
};

/// The name of the `ETag` in a digest: no slot has braces in it.
const TAG: &str = "{etag}";

/// All slots of an action.
fn all_slots(action: &Action) -> impl Iterator<Item = &str> {
    let texts = action.confirm.iter().chain(&action.done).flat_map(Local::all);
    let fields = action.fields.iter().filter_map(|field| field.value.as_ref());
    let of_version = action.if_match.iter().flat_map(IfMatch::slots);
    let of_texts = texts.chain(fields).flat_map(Sentence::slots);
    action.path.slots().chain(of_texts).chain(of_version).chain(action.after.slots_of_subject())
}

/// The values of an action's slots for what its board is about: parameters of the address, unless the action is one of
/// rows, and members as the API has them now; and the `ETag` of that answer if the action needs it.
///
/// # Errors
/// As [`BoardRequest::subject_now`]; `NotFound` if a value must not be in the path.
async fn subject_values(
    look: &BoardRequest<'_>,
    found: ResolvedAction<'_>,
) -> Result<(BTreeMap<String, Value>, Option<String>), AppError> {
    let (board, action, mut values) = (found.board, found.action, BTreeMap::new());
    let (mut members, mut tag) = (None, None);
    if found.panel.is_none() && action.if_match == Some(IfMatch::Tag) {
        let (object, found) = look.tagged_subject().await?;
        (members, tag) = (Some(object), found);
    }
    for slot in all_slots(action) {
        if let Some(value) = look.parameter(slot).filter(|_| found.panel.is_none()) {
            values.insert(slot.to_owned(), Value::String(value.to_owned()));
        } else if let Some(key) = board.subject_member(slot) {
            if members.is_none() {
                members = Some(look.subject_now().await?);
            }
            let value = members.as_ref().map(|object| cells::member(object, key).clone());
            values.insert(slot.to_owned(), value.unwrap_or_default());
        }
    }
    let is_unfit = |slot: &String| {
        values.get(slot).is_some_and(|value| !slot_text(value).is_some_and(|text| is_path_value(&text)))
    };
    match action.path.path_slots().iter().any(is_unfit) {
        true => Err(AppError::NotFound),
        false => Ok((values, tag)),
    }
}

/// The values for the slots of an action's texts: from a row, from claims, or none.
pub(super) struct RowValues<'a> {
    table: Option<&'a TableSetting>,
    /// The member with the row key, and the key.
    name: Option<(&'a str, &'a str)>,
    row: Option<Map<String, Value>>,
    /// The values of slots for what the board is about.
    subject: BTreeMap<String, Value>,
    /// The user's claims that the action uses.
    claims: ClaimValues,
    /// The `ETag` of the answer with the row, or with what the board is about, if the action needs it.
    tag: Option<String>,
}

/// The version that a request changes.
pub(super) enum Version {
    /// The action says nothing about it.
    Any,
    Of(HeaderValue),
    /// The row does not say it, or not in a form that can be sent.
    Unknown,
}

impl<'a> RowValues<'a> {
    /// The values of the row. The API is only asked if `is_whole` is set, or if the row key is not enough.
    pub(super) async fn of(
        look: &BoardRequest<'a>,
        found: ResolvedAction<'a>,
        place: &'a ActionPlace,
        is_whole: bool,
    ) -> Result<Self, AppError> {
        let mut values = Self::name_only(found, place);
        let claims = &look.signed_in().record.claims;
        values.claims = slot_values(&look.settings().claim_slots, claims, all_slots(found.action))?;
        (values.subject, values.tag) = subject_values(look, found).await?;
        let (Some(panel), Some(name)) = (place.panel.as_deref(), place.row.as_deref()) else {
            return Ok(values);
        };
        if found.action.if_match == Some(IfMatch::Tag) {
            let (row, tag) = look.tagged_row(panel, name).await?;
            (values.row, values.tag) = (Some(row), tag);
        } else if is_whole || values.needs_row(found.action) {
            values.row = Some(look.row_object(panel, name).await?);
        }
        Ok(values)
    }

    /// Only the row key.
    pub(super) fn name_only(found: ResolvedAction<'a>, place: &'a ActionPlace) -> Self {
        let table = match found.panel.map(|panel| &panel.kind) {
            Some(PanelKind::Table(table)) => Some(table),
            _ => None,
        };
        let key = table.and_then(TableSetting::name_key);
        let (name, subject) = (key.zip(place.row.as_deref()), BTreeMap::new());
        Self { table, name, row: None, subject, claims: ClaimValues::new(), tag: None }
    }

    /// Whether an action needs more of its row than the key: its condition and the fields from the row are always
    /// decided by the API's own row, whatever a browser names.
    fn needs_row(&self, action: &Action) -> bool {
        action.when.is_some()
            || action.fields.iter().any(|field| field.kind == FieldKind::Row)
            || self.slots(action).any(|slot| !self.subject.contains_key(slot))
            || action
                .done
                .iter()
                .flat_map(Local::all)
                .flat_map(Sentence::slots)
                .any(|slot| !self.is_key(slot) && !self.subject.contains_key(slot))
    }

    /// The slots that decide what is confirmed and what is sent, without the row key.
    fn slots<'s>(&'s self, action: &'s Action) -> impl Iterator<Item = &'s str> {
        let of_question = action.confirm.iter().flat_map(Local::all).flat_map(Sentence::slots);
        let of_fields = action.fields.iter().filter(|field| field.kind == FieldKind::Row);
        let of_fields = of_fields.flat_map(|field| field.value.iter().flat_map(Sentence::slots));
        let of_version = action.if_match.iter().flat_map(IfMatch::slots);
        let all = action.path.slots().chain(of_question).chain(of_fields).chain(of_version);
        all.filter(|slot| !self.is_key(slot))
    }

    fn is_key(&self, slot: &str) -> bool {
        self.name.is_some_and(|(key, _)| key == slot)
    }

    /// A digest of the values that decide what is confirmed and what is sent; empty if there are none. The form has it,
    /// and a submission is carried out only if it is still the same.
    pub(super) fn digest(&self, action: &Action) -> String {
        let mut slots: BTreeSet<&str> = self.slots(action).collect();
        let currencies: Vec<&str> =
            slots.iter().filter_map(|slot| self.style(slot, &Value::Null).currency_member()).collect();
        slots.extend(currencies);
        if slots.is_empty() && self.tag.is_none() {
            return String::new();
        }
        let text = |slot: &str| self.value(slot).map(|value| value.to_string()).unwrap_or_default();
        let tag = self.tag.iter().map(|tag| (TAG.to_owned(), tag.clone()));
        once::digest(&slots.into_iter().map(|slot| (slot.to_owned(), text(slot))).chain(tag).collect())
    }

    /// The version that the action changes, as `If-Match`. It is in the digest, so it is the one that the form was shown
    /// with.
    pub(super) fn version(&self, action: &Action) -> Version {
        let tag = match &action.if_match {
            None => return Version::Any,
            Some(IfMatch::Any) => return Version::Of(ANY),
            Some(IfMatch::Tag) => self.tag.clone(),
            Some(IfMatch::Members(text)) => {
                let has_value = |slot: &str| self.raw(slot).is_some_and(|value| !value.trim().is_empty());
                text.slots().all(has_value).then(|| text.fill(|slot| self.raw(slot)))
            }
        };
        tag.and_then(|tag| entity_tag(&tag)).map_or(Version::Unknown, Version::Of)
    }

    /// Whether the action is offered for the row; also if there is no row to ask.
    pub(super) fn is_offered(&self, action: &Action, reader: &LocaleFormatter) -> bool {
        match (&action.when, &self.row) {
            (Some(when), Some(row)) => {
                let columns = self.table.and_then(|table| table.columns.as_deref()).unwrap_or_default();
                holds(when, &RowFacts { row, columns, reader }, None)
            }
            _ => true,
        }
    }

    /// A value as it is sent.
    pub(super) fn value(&self, slot: &str) -> Option<Value> {
        if claim_name(slot).is_some() {
            return self.claims.get(slot).cloned().map(Value::String);
        }
        if let Some(value) = self.subject.get(slot) {
            return Some(value.clone()).filter(|value| !value.is_null());
        }
        match (self.name, &self.row) {
            (Some((key, name)), None) => (key == slot).then(|| Value::String(name.to_owned())),
            (_, Some(row)) => Some(cells::member(row, slot).clone()).filter(|value| !value.is_null()),
            (None, None) => None,
        }
    }

    /// A value as plain text, for a path or a field.
    pub(super) fn raw(&self, slot: &str) -> Option<String> {
        match self.value(slot)? {
            Value::Bool(is) => Some(is.to_string()),
            value => name_of(&value),
        }
    }

    /// The number that a field begins with, and its text in the user's locale.
    pub(super) fn number(&self, field: &FieldSetting, reader: &LocaleFormatter) -> Option<(Decimal, String)> {
        let slot = field.value.as_ref()?.only_slot()?;
        let number = cells::as_decimal(&self.value(slot)?)?;
        let text = reader.typed(&number);
        Some((number, text))
    }

    /// A text with the values of its slots as the user reads them. They cannot change the order in which the text around
    /// them is read.
    pub(super) fn fill(&self, text: &Sentence, reader: &LocaleFormatter) -> String {
        let filled = text.fill(|slot| self.reads(slot, reader));
        match is_right_to_left(&filled) {
            true => text.fill(|slot| self.reads(slot, reader).map(|value| isolated(&value))),
            false => filled,
        }
    }

    /// The name of the row: the text of its first column, as in the head of its page. `None` without a row, and if only
    /// its key is known, which is in another column.
    pub(super) fn title(&self, reader: &LocaleFormatter) -> Option<String> {
        let (key, name) = self.name?;
        let first = self.table.and_then(|table| table.columns.as_ref()?.first());
        match (first, &self.row) {
            (Some(first), _) => self.reads(&first.key, reader).filter(|text| !text.is_empty()),
            (None, Some(_)) => self.reads(key, reader),
            (None, None) => Some(name.to_owned()),
        }
    }

    /// A value as the user reads it in the table.
    fn reads(&self, slot: &str, reader: &LocaleFormatter) -> Option<String> {
        let value = self.value(slot)?;
        let style = self.style(slot, &value);
        let currency = style.currency_member().and_then(|member| self.value(member));
        match &self.row {
            Some(row) => {
                let columns = self.table.and_then(|table| table.columns.as_deref()).unwrap_or_default();
                look::text(&value, &style, &RowFacts { row, columns, reader })
            }
            None => style.text(&value, currency.as_ref(), reader),
        }
    }

    fn style(&self, slot: &str, value: &Value) -> Style<'_> {
        let is_it = |column: &&ColumnSetting| column.key == slot;
        let column = self.table.and_then(|table| table.columns.as_ref()?.iter().find(is_it));
        let format = column.map_or(&*UNDECLARED, |column| &column.format);
        Style::of(slot, column.and_then(|column| column.kind), format, &[value])
    }
}
