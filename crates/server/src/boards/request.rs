//! The path of a panel's request: the configured path with the period in its slots, and the user's search, order and
//! page in the configured parameters. Nothing else of a board query reaches the API.

use claimcheck_model::{PanelQuery, paths::with_query};

use crate::{
    boards::{kinds::table, period::Period},
    config::{DayFormat, Panel, Template, Unfit},
    locale::LocaleFormatter,
};

/// A period in the form that the API expects.
pub(super) struct PeriodParams<'a> {
    pub period: Option<Period>,
    pub format: DayFormat,
    pub reader: &'a LocaleFormatter,
}

impl PeriodParams<'_> {
    /// A path with the period in its slots.
    ///
    /// # Errors
    /// As [`Template::fill`].
    pub(super) fn fill(&self, get: &Template) -> Result<String, Unfit> {
        get.fill(|name| self.period?.slot(name, self.format, self.reader))
    }
}

/// Path and query of the request for a panel.
///
/// # Errors
/// As [`Template::fill`].
pub(super) fn path(panel: &Panel, period: &PeriodParams<'_>, query: &PanelQuery) -> Result<String, Unfit> {
    let path = period.fill(&panel.get)?;
    let Some(setting) = panel.kind.as_table() else { return Ok(path) };
    let parameters = table::parameters(setting, query);
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(with_query(&path, &pairs))
}
