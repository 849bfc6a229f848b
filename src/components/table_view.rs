//! A whole table panel as it works with scripts off: filter form, sort links, reload, count, time, rows.
//! It shows `data` as it is given: whoever reads the query has filtered and sorted it.

use leptos::prelude::*;

use crate::components::table_rows::kind_class;
use crate::components::{Icon, TableRows, TagIcon, icon, panel_id};
use crate::model::{Column, PanelData, PanelQuery, SortOrder, is_match};
use crate::paths;

/// The page of a board with a question to one of its tables.
pub fn table_href(board: &str, panel: usize, query: &PanelQuery) -> String {
    let order = match (&query.sort, query.order) {
        (Some(_), SortOrder::Descending) => "desc",
        (Some(_), SortOrder::Ascending) => "asc",
        (None, _) => "",
    };
    let sort = query.sort.as_deref().unwrap_or_default();
    let mut link =
        paths::with_query(&paths::board(board), &[("q", &query.filter), ("sort", sort), ("order", order)]);
    // The first panel is in sight anyway.
    if panel > 0 {
        link.push('#');
        link.push_str(&panel_id(panel));
    }
    link
}

/// The table with all that belongs to it, inside a `PanelFrame`.
#[component]
pub fn TableView(
    /// The board's id.
    #[prop(into)]
    board: String,
    /// The panel's place on the board.
    panel: usize,
    /// The panel's title: names the table for screen readers.
    #[prop(optional, into)]
    title: String,
    data: PanelData,
    query: PanelQuery,
) -> impl IntoView {
    let PanelData { columns, rows, total, as_of } = data;
    let field = format!("filter-{panel}");
    let action = table_href(&board, panel, &PanelQuery::default());
    let reload = table_href(&board, panel, &query);
    let hidden = query.sort.clone().map(|sort| {
        let order = if query.order == SortOrder::Descending { "desc" } else { "asc" };
        view! {
            <input type="hidden" name="sort" value=sort/>
            <input type="hidden" name="order" value=order/>
        }
    });
    let shown =
        rows.iter().filter(|row| is_match(row.iter().map(|cell| cell.text.as_str()), &query.filter)).count();
    let count = count_text(shown, total, !query.filter.trim().is_empty());
    let table = if rows.is_empty() {
        view! { <TableEmpty/> }.into_any()
    } else {
        let clear_href = table_href(&board, panel, &PanelQuery { filter: String::new(), ..query.clone() });
        let filter = query.filter.clone();
        let heads =
            columns.iter().map(|column| column_head(&board, panel, &query, column)).collect::<Vec<_>>();
        let label = if title.is_empty() { "Table".to_owned() } else { title };
        let region = format!("{label}, rows");
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label=region hidden={shown == 0}>
                <table>
                    <caption class="visually-hidden">{label}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>
                        <TableRows columns rows filter=filter.clone()/>
                    </tbody>
                </table>
            </div>
            <NoMatch filter clear_href is_hidden={shown > 0}/>
        }
        .into_any()
    };
    view! {
        <div class="toolbar perf">
            <form method="get" action=action>
                <label class="visually-hidden" for=field.clone()>
                    "Filter"
                </label>
                <div class="field">
                    <Icon d=icon::SEARCH/>
                    <input
                        id=field
                        type="search"
                        name="q"
                        value=query.filter
                        placeholder="Filter these rows"
                        autocomplete="off"
                    />
                </div>
                {hidden}
                <button class="button" type="submit">
                    "Filter"
                </button>
            </form>
            <p class="facts">
                <span class="num" data-part="count" data-total=total.map(|total| total.to_string()) role="status">
                    {count}
                </span>
                <span class="num" data-part="as-of">
                    {format!("as of {as_of}")}
                </span>
                <span class="stale" data-part="stale" role="status"></span>
            </p>
            <a class="button" href=reload data-part="reload">
                <Icon d=icon::RELOAD/>
                "Reload"
            </a>
        </div>
        {table}
    }
}

/// A table without rows.
#[component]
fn TableEmpty() -> impl IntoView {
    view! {
        <div class="state rule" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>"No rows"</h3>
            <p>"The API answered, and there is nothing to show yet."</p>
        </div>
    }
}

/// A table whose rows are all hidden by the filter, and the way back. Stands there hidden as long as a row is shown.
#[component]
fn NoMatch(filter: String, clear_href: String, is_hidden: bool) -> impl IntoView {
    view! {
        <div class="state rule" role="status" data-part="none" hidden=is_hidden>
            <TagIcon d=icon::TAG_HANGER/>
            <h3>"No row contains “" <span data-part="sought">{filter}</span> "”"</h3>
            <p>"The rows are still there, only hidden."</p>
            <a class="button" href=clear_href data-part="clear">
                "Clear filter"
            </a>
        </div>
    }
}

/// The head of a column: a link that sorts by it, and turns the order round when it already does.
fn column_head(board: &str, panel: usize, query: &PanelQuery, column: &Column) -> impl IntoView + use<> {
    let sorted = (query.sort.as_ref() == Some(&column.key)).then_some(query.order);
    let (aria_sort, next) = match sorted {
        None => (None, SortOrder::Ascending),
        Some(SortOrder::Ascending) => (Some("ascending"), SortOrder::Descending),
        Some(SortOrder::Descending) => (Some("descending"), SortOrder::Ascending),
    };
    let asked = PanelQuery { filter: query.filter.clone(), sort: Some(column.key.clone()), order: next };
    let class = kind_class(column.kind);
    view! {
        <th scope="col" class=class aria-sort=aria_sort data-key=column.key.clone()>
            <a href=table_href(board, panel, &asked)>{column.title.clone()}</a>
        </th>
    }
}

/// How many rows stand here, and of how many.
fn count_text(shown: usize, total: Option<u64>, filtered: bool) -> String {
    let rows = if shown == 1 { "row" } else { "rows" };
    match total {
        _ if filtered => format!("{shown} {rows} found"),
        Some(total) if total > shown as u64 => format!("{shown} of {total} rows"),
        _ => format!("{shown} {rows}"),
    }
}
