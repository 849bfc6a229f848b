//! Filters that select rows which are already here, by a member of the row.

use claimcheck_model::is_match;
use serde_json::Value;

use super::Filters;
use crate::{
    boards::{
        BoardRequest,
        cells::{Object, as_decimal, member, when},
    },
    config::{FilterKind, FilterSetting, kinds::table::TableSetting},
    decimal::Decimal,
    locale::LocaleFormatter,
};

/// The filters that select the rows of a table.
pub(in crate::boards) struct RowSelection<'r> {
    filters: Vec<(&'r FilterSetting, Vec<String>)>,
    reader: &'r LocaleFormatter,
}

impl BoardRequest<'_> {
    /// The filters with values that select rows of this table: those whose member the table has.
    pub(in crate::boards) fn row_selection(&self, table: &TableSetting) -> RowSelection<'_> {
        RowSelection { filters: selecting(&self.board.filters, &self.filters, table), reader: self.reader() }
    }
}

fn selecting<'r>(
    settings: &'r [FilterSetting],
    filters: &Filters,
    table: &TableSetting,
) -> Vec<(&'r FilterSetting, Vec<String>)> {
    let has = |name: &str| match &table.columns {
        None => true,
        Some(columns) => {
            table.key.as_deref() == Some(name) || columns.iter().any(|column| column.key == name)
        }
    };
    let selecting = settings.iter().enumerate().filter_map(|(position, filter)| {
        let name = filter.member.as_deref()?;
        let chosen = &filters.state(position)?.chosen;
        let values: Vec<String> = chosen.iter().map(|choice| choice.value.clone()).collect();
        (has(name) && !values.is_empty()).then_some((filter, values))
    });
    selecting.collect()
}

impl RowSelection<'_> {
    /// Whether any filter selects rows.
    pub(in crate::boards) fn is_active(&self) -> bool {
        !self.filters.is_empty()
    }

    /// Whether a row has the values of all filters.
    pub(in crate::boards) fn has(&self, row: &Object) -> bool {
        self.filters.iter().all(|(filter, values)| {
            let value = member(row, filter.member.as_deref().unwrap_or_default());
            self.fits(&filter.kind, value, values)
        })
    }

    fn fits(&self, kind: &FilterKind, value: &Value, wanted: &[String]) -> bool {
        if let Value::Array(items) = value {
            return items.iter().any(|item| self.fits(kind, item, wanted));
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(is) => is.to_string(),
            _ => return false,
        };
        let is_any = |fits: &dyn Fn(&str) -> bool| wanted.iter().any(|wanted| fits(wanted));
        let day = || when(value).map(|when| self.reader.day_of_when(when).to_string());
        match kind {
            FilterKind::Choice(_) | FilterKind::Choices(_) | FilterKind::Toggle => {
                is_any(&|wanted| text == wanted)
            }
            FilterKind::Text => is_any(&|wanted| is_match([text.as_str()].into_iter(), wanted)),
            FilterKind::Number => {
                is_any(&|wanted| as_decimal(value).is_some_and(|is| Decimal::parse(wanted) == Some(is)))
            }
            FilterKind::Date => day().is_some_and(|day| is_any(&|wanted| day == wanted)),
            FilterKind::Month => {
                let month = day().unwrap_or(text.clone());
                is_any(&|wanted| month.starts_with(wanted))
            }
        }
    }
}
