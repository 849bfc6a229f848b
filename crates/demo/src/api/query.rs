//! Query parameters of the API: known ones at most once and within bounds, unknown ones ignored. A refusal names the
//! parameter and does not quote its value.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use time::{Date, macros::format_description};
use url::form_urlencoded;

use super::problem::Refusal;

/// The decoded query of a request.
pub(super) struct Query(Vec<(String, String)>);

/// A part of a longer list.
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

/// Days, both inclusive; `None` means no bound.
#[derive(Clone, Copy)]
pub(super) struct Days {
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
}

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 1000;

fn refused<T>(detail: &str) -> Result<T, Refusal> {
    Err(Refusal::bad_request(detail))
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }
}

impl Query {
    /// The value of a parameter; an empty one counts as absent.
    pub(super) fn one(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return refused(&format!("{name} must not be repeated."));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// A parameter whose value is one of these words.
    pub(super) fn word<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(given) = self.one(name)? else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == given) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                refused(&format!("{name} must be one of {}.", all.join(", ")))
            }
        }
    }

    /// The values of a parameter that may be repeated; empty ones count as absent. At most 20.
    pub(super) fn several(&self, name: &'static str) -> Result<Vec<&str>, Refusal> {
        let values = self.0.iter().filter(|(key, value)| key == name && !value.is_empty());
        let values: Vec<_> = values.map(|(_, value)| value.as_str()).collect();
        match values.len() {
            0..=20 => Ok(values),
            _ => refused(&format!("{name} must not be repeated more than 20 times.")),
        }
    }

    /// The values of a parameter that may be repeated, each of which is one of these words.
    pub(super) fn among(
        &self,
        name: &'static str,
        words: &[&'static str],
    ) -> Result<Vec<&'static str>, Refusal> {
        let found =
            self.several(name)?.into_iter().map(|given| words.iter().find(|word| **word == given).copied());
        match found.collect() {
            Some(found) => Ok(found),
            None => refused(&format!("{name} must be one of {}.", words.join(", "))),
        }
    }

    /// A month, `YYYY-MM`.
    pub(super) fn month(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let day = Date::parse(&format!("{text}-01"), format_description!("[year]-[month]-[day]"));
        match day.is_ok() && text.len() == 7 {
            true => Ok(Some(text)),
            false => refused(&format!("{name} must be a month in the format YYYY-MM.")),
        }
    }

    /// An amount in euros, as cents.
    pub(super) fn amount(&self, name: &'static str) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let cents = text.parse::<f64>().ok().map(|euros| euros * 100.0);
        match cents.filter(|cents| (0.0..1e12).contains(cents)) {
            Some(cents) => Ok(Some(cents.round() as u64)),
            None => refused(&format!("{name} must be an amount in euros.")),
        }
    }

    fn number(&self, name: &'static str, detail: &str) -> Result<Option<usize>, Refusal> {
        match self.one(name)?.map(str::parse::<u32>) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number as usize)),
            Some(Err(_)) => refused(detail),
        }
    }

    pub(super) fn page(&self) -> Result<Page, Refusal> {
        let bounds = format!("limit must be a number from 1 to {MAX_LIMIT}.");
        let limit = self.number("limit", &bounds)?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return refused(&bounds);
        }
        let offset = self.number("offset", "offset must be a number.")?.unwrap_or(0);
        Ok(Page { limit, offset })
    }

    /// A day, `YYYY-MM-DD`.
    pub(super) fn day(&self, name: &'static str) -> Result<Option<Date>, Refusal> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let is_plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
        match day.filter(|_| is_plain) {
            Some(day) => Ok(Some(day)),
            None => refused(&format!("{name} must be a date in the format YYYY-MM-DD.")),
        }
    }

    /// `from` and `to`.
    pub(super) fn days(&self) -> Result<Days, Refusal> {
        let days = Days { from: self.day("from")?, to: self.day("to")? };
        match days {
            Days { from: Some(from), to: Some(to) } if from > to => refused("from must not be after to."),
            days => Ok(days),
        }
    }
}

impl Page {
    pub(super) fn of<T>(&self, items: impl Iterator<Item = T>) -> Vec<T> {
        items.skip(self.offset).take(self.limit).collect()
    }
}

impl Days {
    pub(super) fn hold(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}
