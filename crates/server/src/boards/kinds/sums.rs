//! The totals of a table's columns, exact as the numbers that the API wrote: those of the rows shown, which the label says.

use std::collections::BTreeMap;

use claimcheck_model::Sums;
use claimcheck_text::t;

use crate::{
    boards::{
        cells::{Object, member},
        kinds::{columns::ShownColumn, currency},
    },
    config::kinds::table::{ColumnSetting, TableSetting},
    decimal::Decimal,
    locale::LocaleFormatter,
};

/// Amounts in more currencies than these have no total that anybody reads.
const CURRENCIES_MAX: usize = 4;

/// Which rows are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SumsOf {
    /// The rows of a table without further pages.
    Rows,
    /// Those of one page of several.
    Page,
    /// The first ones of all pages; there are more.
    First,
    /// Those of all pages.
    All,
}

impl SumsOf {
    /// The rows of all pages, unless there are more.
    pub(super) fn all(is_cut: bool) -> Self {
        if is_cut { Self::First } else { Self::All }
    }
}

/// The totals of these rows.
pub(super) fn of(
    setting: &TableSetting,
    columns: &[ShownColumn<'_>],
    rows: &[&Object],
    which: SumsOf,
    reader: &LocaleFormatter,
) -> Option<Sums> {
    let declared = setting.columns.as_ref()?;
    if rows.is_empty() || declared.iter().all(|column| !column.is_summed) {
        return None;
    }
    let sum = |(column, shown): (&ColumnSetting, &ShownColumn<'_>)| match column.is_summed {
        true => total(shown, rows, reader),
        false => String::new(),
    };
    let totals = declared.iter().zip(columns).skip(1).map(sum).collect();
    let (count, number) = (rows.len(), reader.number(rows.len() as f64, 0));
    let language = reader.language();
    let label = match which {
        SumsOf::Rows => t!(language, "table-sum", count = count, rows = number),
        SumsOf::Page => t!(language, "table-sum-of-page", count = count, rows = number),
        SumsOf::First => t!(language, "table-sum-of-first", count = count, rows = number),
        SumsOf::All => t!(language, "table-sum-of-all", count = count, rows = number),
    };
    Some(Sums { label, totals })
}

fn total(shown: &ShownColumn<'_>, rows: &[&Object], reader: &LocaleFormatter) -> String {
    let mut sums: BTreeMap<Option<String>, Decimal> = BTreeMap::new();
    for row in rows {
        let value = member(row, &shown.column.key);
        let Some((code, number)) = shown.style.addend(value, currency(&shown.style, row)) else { continue };
        let sum = sums.entry(code).or_insert_with(|| Decimal::whole(0));
        *sum = sum.plus(&number);
    }
    if sums.len() > CURRENCIES_MAX {
        return t!(reader.language(), "table-sum-currencies").to_owned();
    }
    let texts = sums.iter().map(|(code, sum)| shown.style.total(sum, code.as_deref(), reader));
    texts.collect::<Vec<_>>().join(" + ")
}
