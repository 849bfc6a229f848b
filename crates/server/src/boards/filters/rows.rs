//! Filters that select rows which are already here, by a member of the row.

use claimcheck_model::is_match;
use serde_json::Value;

use super::Filters;
use crate::{
    boards::{
        BoardRequest,
        cells::{Object, member},
        condition::{OwnValue, RowFacts, number_of},
    },
    config::{
        FilterKind, FilterSetting,
        kinds::table::{ColumnSetting, TableSetting},
    },
    decimal::Decimal,
    locale::LocaleFormatter,
};

/// The filters that select the rows of a table.
pub(in crate::boards) struct RowSelection<'r> {
    filters: Vec<(&'r FilterSetting, Vec<String>)>,
    /// They say how members are shown.
    columns: &'r [ColumnSetting],
    reader: &'r LocaleFormatter,
}

impl BoardRequest<'_> {
    /// The filters with values that select rows of this table: those whose member the table has.
    pub(in crate::boards) fn row_selection<'r>(&'r self, table: &'r TableSetting) -> RowSelection<'r> {
        RowSelection {
            filters: selecting(&self.board.filters, &self.filters, table),
            columns: table.columns.as_deref().unwrap_or_default(),
            reader: self.reader(),
        }
    }
}

fn selecting<'r>(
    settings: &'r [FilterSetting],
    filters: &Filters,
    table: &TableSetting,
) -> Vec<(&'r FilterSetting, Vec<String>)> {
    let selecting = settings.iter().enumerate().filter_map(|(position, filter)| {
        let name = filter.member.as_deref()?;
        let chosen = &filters.state(position)?.chosen;
        let values: Vec<String> = chosen.iter().map(|choice| choice.value.clone()).collect();
        (table.has_member(name) && !values.is_empty()).then_some((filter, values))
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
        let facts = RowFacts { row, columns: self.columns, reader: self.reader };
        self.filters.iter().all(|(filter, values)| {
            let key = filter.member.as_deref().unwrap_or_default();
            let value = member(row, key);
            let style = &facts.style(key, value);
            let own = OwnValue { value, style, currency: facts.currency(style) };
            self.fits(&filter.kind, own, values, &facts)
        })
    }

    fn fits(&self, kind: &FilterKind, own: OwnValue<'_>, wanted: &[String], facts: &RowFacts<'_>) -> bool {
        let value = own.value;
        if let Value::Array(items) = value {
            return items.iter().any(|value| self.fits(kind, OwnValue { value, ..own }, wanted, facts));
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(is) => is.to_string(),
            _ => return false,
        };
        let is_any = |fits: &dyn Fn(&str) -> bool| wanted.iter().any(|wanted| fits(wanted));
        let day = || own.style.when(value).map(|when| self.reader.day_of_when(when).to_string());
        match kind {
            FilterKind::Choice(_) | FilterKind::Choices(_) | FilterKind::Toggle => {
                is_any(&|wanted| text == wanted)
            }
            FilterKind::Text => is_any(&|wanted| is_match([text.as_str()].into_iter(), wanted)),
            FilterKind::Number => {
                let number = number_of(own, facts);
                number.is_some_and(|is| is_any(&|wanted| Decimal::parse(wanted).as_ref() == Some(&is)))
            }
            FilterKind::Date => day().is_some_and(|day| is_any(&|wanted| day == wanted)),
            FilterKind::Month => {
                let month = day().unwrap_or(text.clone());
                is_any(&|wanted| month.starts_with(wanted))
            }
        }
    }
}
