//! One line of the log: the members that all events have, those of the event, and the bounds of both.

use claimcheck_text::Language;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{
    audit::{AuditOutcome, Occurrence, Recorded, Who},
    device,
};

/// The version of the schema: it grows when a member is removed or gets another meaning, not when one is added.
pub const VERSION: u32 = 1;
/// Bytes of a text; longer ones are cut at a character.
const TEXT_MAX: usize = 512;
/// Members of a list.
const LIST_MAX: usize = 64;

/// A line before it is written.
#[derive(Serialize)]
pub struct AuditLine<'a> {
    v: u32,
    /// RFC 3339 with milliseconds, in UTC.
    time: String,
    #[serde(flatten)]
    what: &'a Occurrence,
    outcome: AuditOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(flatten)]
    who: Option<&'a Who>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    /// The client's device, as on the sessions page, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// The user who ran an operator command, as the command states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a str>,
    /// How many events of this kind the line stands for, if more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

impl<'a> AuditLine<'a> {
    /// The line of this event, which stands for that many.
    pub fn new(recorded: &'a Recorded, count: u64) -> Self {
        let (event, by) = (&recorded.event, recorded.requester.as_ref());
        let device = |name: &str| device::device(Language::default(), Some(name)).words;
        Self {
            v: VERSION,
            time: time(recorded.at_millis),
            what: &event.what,
            outcome: event.outcome,
            reason: event.reason.as_deref(),
            who: event.who.as_ref(),
            client: by.map(|by| by.client().to_string()),
            device: by.and_then(|by| by.user_agent()).map(device),
            operator: by.and_then(|by| by.operator()),
            request: by.map(|by| by.request()),
            trace: by.and_then(|by| by.trace()),
            count: (count > 1).then_some(count),
        }
    }

    /// As JSON with a line feed at the end; texts and lists that are too long are cut.
    pub fn to_json(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        cut(&mut value);
        format!("{value}\n")
    }
}

fn time(millis: i64) -> String {
    let at = Timestamp::from_millisecond(millis).unwrap_or_default();
    format!("{at:.3}")
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > TEXT_MAX => {
            let end = text.floor_char_boundary(TEXT_MAX);
            text.truncate(end);
            text.push('…');
        }
        Value::Array(list) => {
            list.truncate(LIST_MAX);
            list.iter_mut().for_each(cut);
        }
        Value::Object(members) => members.values_mut().for_each(cut),
        _ => {}
    }
}
