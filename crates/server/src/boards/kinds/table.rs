//! Converts an API response into a table: the rows that a JSONPath selects (RFC 9535), paging, and the order for pages
//! without scripts. Also the parameters that a table adds to its request.

use std::{collections::HashSet, sync::Arc};

use claimcheck_model::{
    ActionLink, ActionResult, Cell, CellKind, PanelError, PanelQuery, Row, SortOrder, SortedBy, TableData,
    is_match,
};
use claimcheck_text::{Language, t};
use serde_json::Value;

use crate::{
    api::{Fetched, Freshness},
    boards::{
        cells::{Object, member, name_of},
        kinds::{
            PanelRequest,
            arranged::{Reach, arranged},
            columns::{ShownColumn, arrange, columns},
            order::sort,
            pages::{self, PageContext, PagePlace},
            rows::{rows, with_paths},
            sums::{self, SumsOf},
        },
        link::TableLinks,
        offer,
    },
    config::{
        Parameter, is_path_value,
        kinds::table::{KEY, TableSetting},
    },
    locale::LocaleFormatter,
};

/// More rows are cut off: a table is for people to read.
const ROWS_MAX: usize = 2000;

/// The actions of a table, and their results.
pub(crate) struct Extras<'a> {
    pub has_actions: bool,
    /// The actions offered for a row.
    pub offered: &'a dyn Fn(&Object) -> Vec<ActionLink>,
    /// The results of the last actions, by row key, the latest first.
    pub results: &'a [(Option<String>, ActionResult)],
    /// The links of its settings.
    pub links: Option<&'a TableLinks<'a>>,
    /// More rows are cut off.
    pub rows_max: usize,
    /// As [`PageContext::rows_follow`].
    pub rows_follow: bool,
    /// Search and order apply to the rows of all pages, also if they are not those of the API.
    pub is_of_all: bool,
    /// Whether filters of the board select rows here, and which rows they select.
    pub selection: Option<&'a dyn Fn(&Object) -> bool>,
}

/// The table, sorted and paged as the panel's query says, with the actions offered for its rows.
pub(super) async fn body(
    setting: &TableSetting,
    panel: &PanelRequest<'_>,
    fetched: &Arc<Fetched>,
) -> Result<TableData, PanelError> {
    let reach = Reach::of(setting, panel, fetched).await?;
    let rows_follow = match reach.is_arranged {
        true => false,
        false => rows_follow(setting, panel, fetched).await?,
    };
    let results = offer::results(panel.request, Some(&panel.panel.id));
    let links = panel.request.table_links(panel.panel, setting);
    let selection = panel.request.row_selection(setting);
    let is_selected = |row: &Object| selection.has(row);
    let extras = Extras {
        has_actions: !panel.panel.actions.is_empty(),
        offered: &|row| offer::of_row(panel.request, panel.panel, row),
        results: &results,
        links: links.as_ref(),
        rows_max: ROWS_MAX,
        rows_follow,
        is_of_all: setting.page.as_ref().is_some_and(|page| page.all.is_some()),
        selection: selection.is_active().then_some(&is_selected),
    };
    match (&setting.page, &reach.all) {
        (Some(page), Some(all)) if reach.is_arranged => {
            arranged((setting, page), all, &panel.query, panel.reader(), &extras)
        }
        (_, all) => {
            let data = page(setting, panel, fetched, &panel.query, &extras)?;
            let Some(all) = all.as_ref().filter(|_| data.is_partial) else { return Ok(data) };
            let (rows, reader) = (all.rows(&setting.rows)?, panel.reader());
            let rows: Vec<&Object> = rows.iter().map(|row| &**row).collect();
            let columns = columns(setting, &rows, reader.language());
            let sums = sums::of(setting, &columns, &rows, SumsOf::all(all.is_cut), reader);
            Ok(TableData { sums, ..data })
        }
    }
}

/// Whether rows follow a page of the API, see [`PagedRead::rows_follow`](super::paged::PagedRead::rows_follow).
async fn rows_follow(
    setting: &TableSetting,
    panel: &PanelRequest<'_>,
    fetched: &Fetched,
) -> Result<bool, PanelError> {
    let Some(paged) = panel.paged(setting)? else { return Ok(false) };
    Ok(paged.rows_follow(panel.query.page.as_deref(), fetched).await)
}

/// The rows of a page for a file of all pages: in the order of the API, at most `rows_max`, without actions.
pub(in crate::boards) async fn page_for_file(
    setting: &TableSetting,
    panel: &PanelRequest<'_>,
    rows_max: usize,
) -> Result<TableData, PanelError> {
    let panel = &PanelRequest { is_one_page: true, query: panel.query.clone(), ..*panel };
    let fetched = panel.answer(Freshness::AsApiSays).await?;
    let rows_follow = rows_follow(setting, panel, &fetched).await?;
    let selection = panel.request.row_selection(setting);
    let is_selected = |row: &Object| selection.has(row);
    let extras = Extras {
        has_actions: false,
        offered: &|_| Vec::new(),
        results: &[],
        links: None,
        rows_max,
        rows_follow,
        is_of_all: false,
        selection: selection.is_active().then_some(&is_selected),
    };
    let query = PanelQuery { sort: None, ..panel.query.clone() };
    page(setting, panel, &fetched, &query, &extras)
}

/// The table of this answer, without actions and without a request for further rows.
///
/// # Errors
/// As [`rows`].
pub(in crate::boards) fn first_page(
    setting: &TableSetting,
    panel: &PanelRequest<'_>,
    fetched: &Fetched,
) -> Result<TableData, PanelError> {
    let (offered, results) = (&|_: &Object| Vec::new(), &[]);
    let selection = panel.request.row_selection(setting);
    let is_selected = |row: &Object| selection.has(row);
    let extras = Extras {
        has_actions: false,
        offered,
        results,
        links: None,
        rows_max: ROWS_MAX,
        rows_follow: false,
        is_of_all: false,
        selection: selection.is_active().then_some(&is_selected),
    };
    page(setting, panel, fetched, &panel.query, &extras)
}

fn page(
    setting: &TableSetting,
    panel: &PanelRequest<'_>,
    fetched: &Fetched,
    query: &PanelQuery,
    extras: &Extras<'_>,
) -> Result<TableData, PanelError> {
    let context = PageContext { rows_follow: extras.rows_follow, ..panel.pages()? };
    let path = panel.own_request()?.path;
    let total = pages::total(setting, fetched);
    let place = |shown| match &setting.page {
        Some(page) => pages::place(page, &panel.query, fetched, &path, (shown, total), &context),
        None => PagePlace::default(),
    };
    from_answer(setting, &fetched.value, query, panel.reader(), extras, (total, &place))
}

/// The parameters of the API that a query fills, and their values; empty ones are left out.
pub(crate) fn parameters(
    setting: &TableSetting,
    query: &PanelQuery,
    context: &PageContext<'_>,
) -> Vec<(String, Parameter)> {
    let mut pairs = Vec::new();
    let mut text = |name: &String, value: String| pairs.push((name.clone(), Parameter::Text(value)));
    if let Some(search) = &setting.search {
        text(search, query.filter.trim().to_owned());
    }
    if let Some((order, key)) = setting.order.as_ref().zip(sort_key(setting, query)) {
        let is_descending = query.order == SortOrder::Descending;
        match (&order.order, &order.descending) {
            (Some(parameter), _) => {
                text(&order.by, key.to_owned());
                text(parameter, if is_descending { "desc" } else { "asc" }.to_owned());
            }
            (None, Some(form)) if is_descending => text(&order.by, form.replace(KEY, key)),
            (None, None) if is_descending => text(&order.by, format!("-{key}")),
            (None, _) => text(&order.by, key.to_owned()),
        }
    }
    if let Some(page) = &setting.page {
        pairs.extend(pages::parameters(page, query, context));
    }
    pairs
}

/// The declared column to sort by: no other word reaches the API.
fn sort_key<'a>(setting: &TableSetting, query: &'a PanelQuery) -> Option<&'a str> {
    let sort = query.sort.as_deref()?;
    let columns = setting.columns.as_ref()?;
    let is_path = sort.starts_with('$');
    (!is_path && columns.iter().any(|column| column.key == sort && column.is_sortable)).then_some(sort)
}

/// The table of a response, according to the settings and `query`.
///
/// # Errors
/// As [`rows`].
pub(crate) fn from_answer(
    setting: &TableSetting,
    answer: &Value,
    query: &PanelQuery,
    reader: &LocaleFormatter,
    extras: &Extras<'_>,
    (total, place): (Option<u64>, &dyn Fn(u64) -> PagePlace),
) -> Result<TableData, PanelError> {
    let all = rows(&setting.rows, answer)?;
    let mut found: Vec<&Object> = all.iter().map(|row| &**row).collect();
    let came = found.len() as u64;
    if let Some(is_selected) = extras.selection {
        found.retain(|row| is_selected(row));
    }
    let selected = found.len() as u64;
    found.truncate(extras.rows_max);
    let columns = columns(setting, &found, reader.language());
    let key = row_key(setting, &columns, &found);
    let data = content(setting, &columns, (&found, key), query, reader, extras);
    let PagePlace { first, previous, next, is_cut } = place(came);
    let is_truncated = selected > found.len() as u64;
    let total = total.or(is_truncated.then_some(came));
    let is_paged = previous.is_some() || next.is_some() || is_cut;
    let mut count = match extras.selection {
        None => count(first.filter(|_| is_paged), data.rows.len() as u64, total, reader),
        Some(_) => {
            let (rows, came) = (reader.number(selected as f64, 0), reader.number(came as f64, 0));
            match is_paged {
                true => t!(reader.language(), "table-selected-page", rows = rows, came = came),
                false => t!(reader.language(), "table-selected", rows = rows, came = came),
            }
        }
    };
    if is_cut {
        count = t!(reader.language(), "table-pages-cut", count = count);
    }
    let is_partial = is_paged || is_truncated;
    let of_page = if is_partial { SumsOf::Page } else { SumsOf::Rows };
    let data = TableData {
        count,
        sums: sums::of(setting, &columns, &found, of_page, reader),
        total,
        is_partial,
        is_selected: extras.selection.is_some() && came > 0,
        is_cut,
        previous,
        next,
        note: is_partial.then(|| page_only(&data, reader.language())).flatten(),
        ..data
    };
    Ok(if setting.order.is_some() { data } else { sort(data) })
}

/// The rows of a table, with its columns and its order.
pub(super) fn content(
    setting: &TableSetting,
    columns: &[ShownColumn<'_>],
    (found, key): (&[&Object], Option<&str>),
    query: &PanelQuery,
    reader: &LocaleFormatter,
    extras: &Extras<'_>,
) -> TableData {
    let keys = found.iter().map(|row| key.and_then(|key| name_of(member(row, key))));
    let declared = setting.columns.as_deref().unwrap_or_default();
    let cells = arrange(columns, found, declared, reader);
    let result =
        |key: &Option<String>| extras.results.iter().find(|(row, _)| row == key).map(|(_, result)| result);
    let row = |((key, mut cells), row): ((Option<String>, Vec<Cell>), &&Object)| Row {
        lead: extras.links.map(|links| links.apply(row, &mut cells)).unwrap_or_default(),
        actions: if key.is_some() { (extras.offered)(row) } else { Vec::new() },
        result: key.is_some().then(|| result(&key).cloned()).flatten(),
        key,
        cells,
    };
    let rows: Vec<Row> = keys.zip(cells).zip(found).map(row).collect();
    let elsewhere = extras.results.iter().filter(|(row, _)| rows.iter().all(|here| here.key != *row));
    let elsewhere: Vec<ActionResult> = elsewhere.map(|(_, result)| result.clone()).collect();
    let is_sorted = |column: &&ShownColumn<'_>| {
        column.column.is_sortable && query.sort.as_ref() == Some(&column.column.key)
    };
    let sorted = columns.iter().find(is_sorted).map(|column| SortedBy {
        key: column.column.key.clone(),
        is_descending: query.order == SortOrder::Descending,
    });
    TableData {
        sorted,
        columns: columns.iter().map(|shown| shown.column.clone()).collect(),
        rows,
        is_searched_by_server: extras.is_of_all || setting.search.is_some(),
        is_sorted_by_server: extras.is_of_all || setting.order.is_some(),
        has_actions: extras.has_actions,
        results: elsewhere,
        ..TableData::default()
    }
}

/// Says what covers this page only, if there are others.
fn page_only(data: &TableData, language: Language) -> Option<String> {
    let text = match (data.is_searched_by_server, data.is_sorted_by_server) {
        (true, true) => return None,
        (false, false) => t!(language, "table-page-only"),
        (false, true) => t!(language, "table-page-only-filter"),
        (true, false) => t!(language, "table-page-only-order"),
    };
    Some(text.to_owned())
}

/// The row with that key, if the response has it.
pub(crate) fn find(setting: &TableSetting, answer: &Value, name: &str) -> Result<Option<Object>, PanelError> {
    let all = rows(&setting.rows, answer)?;
    let found: Vec<&Object> = all.iter().map(|row| &**row).collect();
    let columns = columns(setting, &found, Language::default());
    let Some(key) = row_key(setting, &columns, &found) else { return Ok(None) };
    Ok(found.into_iter().find(|row| name_of(member(row, key)).as_deref() == Some(name)).cloned())
}

/// Whether a single row, requested by its key, is that row. An answer without the key is, unless a gateway may have taken
/// the key for a path.
pub(crate) fn has_key(setting: &TableSetting, row: &Value, name: &str) -> bool {
    let row = with_paths(&setting.rows, row);
    let key = setting.name_key().and_then(|key| name_of(member(row.as_deref()?, key)));
    key.map_or_else(|| is_path_value(name), |key| key == name)
}

/// Removes the rows that the filter would hide, for a file, where hidden rows make no sense.
pub(crate) fn matching(mut data: TableData, filter: &str) -> TableData {
    if !data.is_searched_by_server {
        data.rows.retain(|row| is_match(row.cells.iter().map(|cell| cell.text.as_str()), filter));
    }
    data
}

/// The member that holds the row key: the declared one, else that of the first column if its values are unique.
pub(super) fn row_key<'a>(
    setting: &'a TableSetting,
    columns: &'a [ShownColumn<'_>],
    rows: &[&Object],
) -> Option<&'a str> {
    let first = || {
        let first = columns.first().map(|shown| &shown.column);
        let key = first.filter(|column| column.kind != CellKind::Link)?.key.as_str();
        let mut names = HashSet::new();
        rows.iter().all(|row| name_of(member(row, key)).is_some_and(|name| names.insert(name))).then_some(key)
    };
    setting.key.as_deref().or_else(first)
}

/// The range of rows, from `first`, and the total.
pub(super) fn count(first: Option<u64>, shown: u64, total: Option<u64>, reader: &LocaleFormatter) -> String {
    let (number, language) = (|number: u64| reader.number(number as f64, 0), reader.language());
    let span = first
        .filter(|_| shown > 0)
        .map(|first| format!("{}\u{2013}{}", number(first), number(first + shown - 1)));
    match (span, total) {
        (Some(span), Some(total)) => {
            t!(language, "table-span-of", span = span, total = number(total), count = total)
        }
        (Some(span), None) => t!(language, "table-span", span = span),
        (None, Some(total)) if total > shown => {
            t!(language, "table-count-of", rows = number(shown), total = number(total))
        }
        (None, _) => t!(language, "table-count", rows = number(shown), count = shown),
    }
}
