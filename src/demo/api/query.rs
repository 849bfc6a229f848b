//! Query parameters of the API: known ones at most once and within bounds, unknown ones ignored.

use axum::response::Response;
use url::form_urlencoded;

use super::problem;

/// The decoded query of a request.
pub struct Query(Vec<(String, String)>);

/// A part of a longer list.
pub struct Page {
    pub limit: usize,
    pub offset: usize,
}

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;

impl Query {
    pub fn parse(raw: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The value of a parameter; an empty one counts as absent.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Box<Response>> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return Err(Box::new(problem::bad_request("A parameter is repeated.")));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    fn number(&self, name: &str, detail: &str) -> Result<Option<usize>, Box<Response>> {
        self.one(name)?
            .map(|text| text.parse::<u32>().map(|n| n as usize))
            .transpose()
            .map_err(|_| Box::new(problem::bad_request(detail)))
    }

    pub fn page(&self) -> Result<Page, Box<Response>> {
        let limit = self.number("limit", "limit must be a number from 1 to 200.")?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Box::new(problem::bad_request("limit must be a number from 1 to 200.")));
        }
        let offset = self.number("offset", "offset must be a number.")?.unwrap_or(0);
        Ok(Page { limit, offset })
    }
}

impl Page {
    pub fn of<T>(&self, items: impl Iterator<Item = T>) -> Vec<T> {
        items.skip(self.offset).take(self.limit).collect()
    }
}
