//! What is asked of the API for a panel: the configured path, with the period in its places and the person's search,
//! order and page in the parameters that the settings name. Nothing else of a question reaches the API.

use super::period::Period;
use crate::{
    model::{PanelQuery, SortOrder},
    paths::with_query,
    server::{
        config::{DayFormat, PageBy, Panel, PanelKind, TableSetting, Template, Unfit},
        locale::LocaleFormatter,
    },
};

/// An API need not count further than this.
const PAGES_MAX: u64 = 1_000_000;

/// A period as the API hears of it.
pub struct PeriodParams<'a> {
    pub period: Option<Period>,
    pub format: DayFormat,
    pub reader: &'a LocaleFormatter,
}

impl PeriodParams<'_> {
    /// A path with the period in its places.
    ///
    /// # Errors
    /// As [`Template::fill`].
    pub fn fill(&self, get: &Template) -> Result<String, Unfit> {
        get.fill(|name| self.period?.slot(name, self.format, self.reader))
    }
}

/// Path and query of the request for a panel.
///
/// # Errors
/// As [`Template::fill`].
pub fn path(panel: &Panel, heard: &PeriodParams<'_>, asked: &PanelQuery) -> Result<String, Unfit> {
    let path = heard.fill(&panel.get)?;
    let PanelKind::Table(table) = &panel.kind else { return Ok(path) };
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if let Some(search) = &table.search {
        pairs.push((search, asked.filter.trim().to_owned()));
    }
    if let Some((order, key)) = table.order.as_ref().zip(sort_key(table, asked)) {
        let is_descending = asked.order == SortOrder::Descending;
        match &order.order {
            Some(parameter) => {
                pairs.push((&order.by, key.to_owned()));
                pairs.push((parameter, if is_descending { "desc" } else { "asc" }.to_owned()));
            }
            None => pairs.push((&order.by, format!("{}{key}", if is_descending { "-" } else { "" }))),
        }
    }
    if let Some(page) = &table.page {
        if let Some(limit) = &page.limit {
            pairs.push((limit, page.size.to_string()));
        }
        match &page.by {
            PageBy::Offset(parameter) => {
                let offset = (page_number(asked) - 1) * u64::from(page.size);
                pairs.push((parameter, if offset == 0 { String::new() } else { offset.to_string() }));
            }
            PageBy::Number { parameter, first } => {
                pairs.push((parameter, (page_number(asked) - 1 + u64::from(*first)).to_string()));
            }
            PageBy::Cursor { parameter, .. } => {
                pairs.push((parameter, asked.page.clone().unwrap_or_default()));
            }
        }
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(with_query(&path, &pairs))
}

/// The page that is asked for, from one; the first where that makes no sense.
pub fn page_number(asked: &PanelQuery) -> u64 {
    let number = asked.page.as_deref().and_then(|page| page.parse().ok());
    number.filter(|number| (1..=PAGES_MAX).contains(number)).unwrap_or(1)
}

/// The declared column to sort by: no other word reaches the API.
fn sort_key<'a>(table: &TableSetting, asked: &'a PanelQuery) -> Option<&'a str> {
    let sort = asked.sort.as_deref()?;
    let columns = table.columns.as_ref()?;
    columns.iter().any(|column| column.key == sort).then_some(sort)
}
