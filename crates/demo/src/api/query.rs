//! Query parameters of the API: known ones at most once and within bounds, unknown ones ignored. A refusal names the
//! parameter, and repeats nothing of its value.

use axum::response::Response;
use time::{Date, macros::format_description};
use url::form_urlencoded;

use super::problem;

/// The decoded query of a request.
pub struct Query(Vec<(String, String)>);

/// A part of a longer list.
pub struct Page {
    pub limit: usize,
    pub offset: usize,
}

/// Days, both included; none is no bound.
#[derive(Clone, Copy)]
pub struct Days {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 1000;

fn refused<T>(detail: &str) -> Result<T, Box<Response>> {
    Err(Box::new(problem::bad_request(detail)))
}

impl Query {
    pub fn parse(raw: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The value of a parameter; an empty one counts as absent.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, Box<Response>> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return refused(&format!("{name} must not be repeated."));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// A parameter that is one of a few words.
    pub fn word<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, Box<Response>> {
        let Some(given) = self.one(name)? else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == given) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                refused(&format!("{name} must be one of {}.", all.join(", ")))
            }
        }
    }

    fn number(&self, name: &'static str, detail: &str) -> Result<Option<usize>, Box<Response>> {
        match self.one(name)?.map(str::parse::<u32>) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number as usize)),
            Some(Err(_)) => refused(detail),
        }
    }

    pub fn page(&self) -> Result<Page, Box<Response>> {
        let bounds = format!("limit must be a number from 1 to {MAX_LIMIT}.");
        let limit = self.number("limit", &bounds)?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return refused(&bounds);
        }
        let offset = self.number("offset", "offset must be a number.")?.unwrap_or(0);
        Ok(Page { limit, offset })
    }

    fn day(&self, name: &'static str) -> Result<Option<Date>, Box<Response>> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let is_plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
        match day.filter(|_| is_plain) {
            Some(day) => Ok(Some(day)),
            None => refused(&format!("{name} must be a day, YYYY-MM-DD.")),
        }
    }

    /// `from` and `to`.
    pub fn days(&self) -> Result<Days, Box<Response>> {
        let days = Days { from: self.day("from")?, to: self.day("to")? };
        match days {
            Days { from: Some(from), to: Some(to) } if from > to => refused("from must not be after to."),
            days => Ok(days),
        }
    }
}

impl Page {
    pub fn of<T>(&self, items: impl Iterator<Item = T>) -> Vec<T> {
        items.skip(self.offset).take(self.limit).collect()
    }
}

impl Days {
    pub fn hold(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}
