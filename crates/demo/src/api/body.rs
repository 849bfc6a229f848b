//! Request bodies: a JSON object of at most 16 KiB, whose fields are checked one by one. A refusal points at every
//! invalid field (RFC 9457 3), and quotes none of them.

use std::ops::RangeInclusive;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Map, Value, json};
use time::{Date, macros::format_description};

use super::problem::{self, Refusal};
use crate::crypto::{b64, sha256};

const MAX_BYTES: usize = 16 * 1024;

/// The fields of a body. An empty text and `null` count as absent, unknown fields are ignored.
pub(super) struct Fields {
    /// Identifies the body, to compare it with others.
    pub(super) digest: String,
    members: Map<String, Value>,
    errors: Vec<Value>,
}

impl Fields {
    /// Reads a body; an empty one is an object without fields.
    ///
    /// # Errors
    /// 413, 415, and 400 for a body that is not a JSON object.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Refusal> {
        let bytes = to_bytes(body, MAX_BYTES).await;
        let bytes = bytes.map_err(|_| {
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The request body must not be larger than 16 KiB.")
        })?;
        let digest = b64(sha256(&bytes));
        if bytes.is_empty() {
            return Ok(Self { digest, members: Map::new(), errors: Vec::new() });
        }
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The request body must be application/json.",
            ));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self { digest, members, errors: Vec::new() }),
            _ => Err(Refusal::new(StatusCode::BAD_REQUEST, "The request body must be a JSON object.")),
        }
    }

    /// A member; slashes lead into objects.
    fn given(&self, name: &str) -> Option<&Value> {
        let mut names = name.split('/');
        let first = self.members.get(names.next()?);
        let found = names.try_fold(first?, |value, name| value.get(name));
        found.filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    fn refuse(&mut self, name: &str, detail: &str) {
        self.errors.push(json!({ "pointer": format!("/{name}"), "detail": detail }));
    }

    /// Parses a present field with `read`. If that fails, the field is refused with this text.
    fn read_as<T>(&mut self, name: &str, detail: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let found = read(self.given(name)?);
        if found.is_none() {
            self.refuse(name, detail);
        }
        found
    }

    /// A required field.
    pub(super) fn needed<T: Default>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> T {
        if self.given(name).is_none() {
            self.refuse(name, "This field is required.");
        }
        read(self, name).unwrap_or_default()
    }

    /// A line of text.
    pub(super) fn text(&mut self, name: &str, max_chars: usize) -> Option<String> {
        let detail = format!("Enter a single line of at most {max_chars} characters.");
        self.read_as(name, &detail, |value| {
            let text = value.as_str()?.trim();
            let is_good =
                !text.is_empty() && text.chars().count() <= max_chars && !text.contains(char::is_control);
            is_good.then(|| text.to_owned())
        })
    }

    /// A text of several lines.
    pub(super) fn lines(&mut self, name: &str, max_chars: usize) -> Option<String> {
        let detail = format!("Enter a text of at most {max_chars} characters.");
        self.read_as(name, &detail, |value| {
            let text = value.as_str()?.trim();
            let is_strange = |c: char| c.is_control() && c != '\n';
            let is_good = !text.is_empty() && text.chars().count() <= max_chars && !text.contains(is_strange);
            is_good.then(|| text.to_owned())
        })
    }

    /// A required id, with what it is the id of.
    pub(super) fn found<T>(
        &mut self,
        name: &str,
        detail: &str,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        if self.given(name).is_none() {
            self.refuse(name, "This field is required.");
        }
        self.read_as(name, detail, |value| find(value.as_str()?))
    }

    /// A box to tick; `false` if it is absent.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.read_as(name, "Must be true or false.", Value::as_bool).unwrap_or_default()
    }

    /// One of these words.
    pub(super) fn word(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let detail = format!("Choose one of these: {}.", words.join(", "));
        self.read_as(name, &detail, |value| words.iter().find(|word| value == *word).copied())
    }

    pub(super) fn whole(&mut self, name: &str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let detail = format!("Enter a whole number from {} to {}.", bounds.start(), bounds.end());
        self.read_as(name, &detail, |value| {
            u32::try_from(value.as_u64()?).ok().filter(|number| bounds.contains(number))
        })
    }

    /// A positive amount of money, in cents.
    pub(super) fn cents(&mut self, name: &str, max: u32) -> Option<u64> {
        let detail = format!("Enter a number from 0.01 to {} with at most two decimal places.", max / 100);
        self.read_as(name, &detail, |value| {
            let cents = value.as_f64()? * 100.0;
            let is_good =
                (1.0..=f64::from(max)).contains(&cents.round()) && (cents - cents.round()).abs() < 1e-6;
            is_good.then(|| cents.round() as u64)
        })
    }

    /// A day, `YYYY-MM-DD`.
    pub(super) fn day(&mut self, name: &str, bounds: RangeInclusive<Date>) -> Option<Date> {
        let detail = format!("Enter a date from {} to {}.", bounds.start(), bounds.end());
        self.read_as(name, &detail, |value| {
            let day = Date::parse(value.as_str()?, format_description!("[year]-[month]-[day]")).ok()?;
            bounds.contains(&day).then_some(day)
        })
    }

    /// Checks that no field was refused.
    ///
    /// # Errors
    /// 422 with a pointer and a detail for each refused field.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let mut body = problem::body(status, "Some fields are invalid.");
        body["errors"] = json!(self.errors);
        Err(Refusal::with(status, &body))
    }
}
