//! The rows of all pages of a table, up to a bound: added up, and, if the API does not do that itself, selected, searched,
//! sorted and divided into pages here.

use std::sync::Arc;

use claimcheck_model::{AppError, PanelError, PanelQuery, SortOrder, TableData, is_match};
use claimcheck_text::t;
use serde_json::Value;

use crate::{
    api::{Fetched, Freshness},
    boards::{
        cells::Object,
        kinds::{
            PanelRequest,
            columns::{ShownColumn, arrange, columns},
            order::compare,
            paged::AllPages,
            pages::{PagePlace, place_here, range_here},
            sums::{self, SumsOf},
            table::{Extras, content, count, find, row_key},
        },
    },
    config::kinds::{
        pages::PageSetting,
        table::{ColumnSetting, TableSetting},
    },
    locale::LocaleFormatter,
};

/// The rows that a panel needs beyond the page of its query.
pub(super) struct Reach {
    /// The pages of the API, if all are needed.
    pub all: Option<AllPages>,
    /// The page of the query is one that is made here from all rows.
    pub is_arranged: bool,
}

impl Reach {
    /// Reads all pages if the panel needs them. `fetched` is the answer to the panel's own request.
    ///
    /// # Errors
    /// As [`PagedRead::all`](super::paged::PagedRead::all).
    pub(super) async fn of(
        setting: &TableSetting,
        panel: &PanelRequest<'_>,
        fetched: &Arc<Fetched>,
    ) -> Result<Self, PanelError> {
        let is_arranged = panel.is_arranged();
        let all = match (panel.rows_to_read(), panel.paged(setting)?) {
            (Some(rows), Some(paged)) => {
                let is_first = is_arranged || panel.query.page.is_none();
                Some(paged.all(rows, is_first.then(|| fetched.clone())).await?)
            }
            _ => None,
        };
        Ok(Self { all, is_arranged })
    }
}

impl PanelRequest<'_> {
    /// Whether the rows of all pages are selected, searched or sorted here.
    pub(super) fn is_arranged(&self) -> bool {
        let Some(setting) = self.panel.kind.as_table().filter(|_| !self.is_one_page) else { return false };
        if setting.page.as_ref().is_none_or(|page| page.all.is_none()) {
            return false;
        }
        let is_searched = setting.search.is_none() && !self.query.filter.trim().is_empty();
        is_searched || self.is_sorted_here(setting) || self.request.row_selection(setting).is_active()
    }

    fn is_sorted_here(&self, setting: &TableSetting) -> bool {
        let Some(sort) = self.query.sort.as_ref().filter(|_| setting.order.is_none()) else { return false };
        let is_it = |column: &ColumnSetting| column.is_sortable && column.key == *sort;
        setting.columns.as_ref().is_none_or(|columns| columns.iter().any(is_it))
    }

    /// The row with that key: that of the panel's answer, or of any page if the rows of all pages are arranged here. The API
    /// is asked: an action may depend on the row.
    ///
    /// # Errors
    /// `NotFound` if there is none; the failure of a request.
    pub(in crate::boards) async fn row(
        &self,
        setting: &TableSetting,
        name: &str,
    ) -> Result<Object, PanelError> {
        let find = |answer: &Value| find(setting, answer, name);
        let paged = if self.is_arranged() { self.paged(setting)? } else { None };
        let (Some(mut paged), Some(rows)) = (paged, self.rows_to_read()) else {
            let answer = self.answer(Freshness::Now).await?;
            return find(&answer.value)?.ok_or_else(|| AppError::NotFound.into());
        };
        let recent = paged.all(rows, None).await?;
        paged.freshness = Freshness::Now;
        if let Some((page, _)) = recent.find(find)?
            && let Some(row) = find(&paged.fetch(page, None).await?.0.value)?
        {
            return Ok(row);
        }
        // It is on another page now.
        let now = paged.all(rows, None).await?;
        now.find(find)?.map(|(_, row)| row).ok_or_else(|| AppError::NotFound.into())
    }

    /// The most rows of all pages that are read, if they are needed.
    pub(super) fn rows_to_read(&self) -> Option<usize> {
        let setting = self.panel.kind.as_table().filter(|_| !self.is_one_page)?;
        let all = setting.page.as_ref()?.all?;
        let has_sums = || setting.columns.iter().flatten().any(|column| column.is_summed);
        (has_sums() || self.is_arranged()).then_some(all as usize)
    }
}

/// A page that is made here from the rows of all pages.
///
/// # Errors
/// As [`AllPages::rows`].
pub(super) fn arranged(
    (setting, page): (&TableSetting, &PageSetting),
    all: &AllPages,
    query: &PanelQuery,
    reader: &LocaleFormatter,
    extras: &Extras<'_>,
) -> Result<TableData, PanelError> {
    let (rows, language) = (all.rows(&setting.rows)?, reader.language());
    let mut found: Vec<&Object> = rows.iter().map(|row| &**row).collect();
    let came = found.len();
    if let Some(is_selected) = extras.selection {
        found.retain(|row| is_selected(row));
    }
    let shown_columns = columns(setting, &found, language);
    let key = row_key(setting, &shown_columns, &found);
    if setting.search.is_none() && !query.filter.trim().is_empty() {
        let cells = arrange(&shown_columns, &found, setting.columns.as_deref().unwrap_or_default(), reader);
        let matches =
            cells.iter().map(|cells| is_match(cells.iter().map(|cell| cell.text.as_str()), &query.filter));
        let mut matches = matches.collect::<Vec<_>>().into_iter();
        found.retain(|_| matches.next().unwrap_or_default());
    }
    if setting.order.is_none() {
        sort(&mut found, setting, &shown_columns, query, reader);
    }
    let selected = found.len();
    let range = range_here(page, query);
    let on_page = found.get(range.start.min(selected)..range.end.min(selected)).unwrap_or_default();
    let place = place_here(page, query, on_page.len() as u64, selected as u64);
    let PagePlace { first, previous, next, .. } = place;
    let is_partial = previous.is_some() || next.is_some() || all.is_cut;
    let number = |number: usize| reader.number(number as f64, 0);
    let count = match extras.selection {
        Some(_) if previous.is_none() && next.is_none() => {
            t!(language, "table-selected", rows = number(selected), came = number(came))
        }
        _ => {
            let first = first.filter(|_| previous.is_some() || next.is_some());
            count(first, on_page.len() as u64, Some(selected as u64), reader)
        }
    };
    let note = all.is_cut.then(|| match all.total.filter(|total| *total > came as u64) {
        Some(total) => {
            t!(language, "table-covers-of", rows = number(came), total = reader.number(total as f64, 0))
        }
        None => t!(language, "table-covers", count = came, rows = number(came)),
    });
    let is_narrowed = found.len() < came;
    let which = if is_partial && !is_narrowed { SumsOf::all(all.is_cut) } else { SumsOf::Rows };
    let data = content(setting, &shown_columns, (on_page, key), query, reader, extras);
    Ok(TableData {
        count,
        sums: sums::of(setting, &shown_columns, &found, which, reader),
        total: Some(selected as u64),
        is_partial,
        is_selected: extras.selection.is_some() && came > 0,
        previous,
        next,
        note,
        ..data
    })
}

/// Sorts rows by the column of the query, as the rows of one page are sorted.
fn sort(
    rows: &mut Vec<&Object>,
    setting: &TableSetting,
    columns: &[ShownColumn<'_>],
    query: &PanelQuery,
    reader: &LocaleFormatter,
) {
    let is_it =
        |shown: &&ShownColumn<'_>| shown.column.is_sortable && query.sort.as_ref() == Some(&shown.column.key);
    let Some(column) = columns.iter().find(is_it) else { return };
    let declared = setting.columns.as_deref().unwrap_or_default();
    let cells = arrange(std::slice::from_ref(column), rows, declared, reader);
    let mut keyed: Vec<_> =
        cells.into_iter().filter_map(|cells| cells.into_iter().next()).zip(&*rows).collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let ordering = compare(a, b);
        if query.order == SortOrder::Descending { ordering.reverse() } else { ordering }
    });
    *rows = keyed.into_iter().map(|(_, row)| *row).collect();
}
