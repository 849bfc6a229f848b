//! A whole table panel as it works with scripts off: filter form, sort links, reload, count, time, rows.
//! It shows `data` as it is given: whoever reads the query has filtered and sorted it.

use leptos::prelude::*;

use crate::components::table_rows::kind_class;
use crate::components::{Icon, TableRows, TagIcon, icon, panel_id, with_query};
use crate::model::{Column, PanelData, PanelQuery, SortOrder};
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
        with_query(&paths::board(board), &[("q", &query.filter), ("sort", sort), ("order", order)]);
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
    let count = count_text(rows.len(), total, !query.filter.is_empty());
    let table = if rows.is_empty() {
        let clear_href = table_href(&board, panel, &PanelQuery { filter: String::new(), ..query.clone() });
        view! { <TableEmpty filter=query.filter.clone() clear_href/> }.into_any()
    } else {
        let heads =
            columns.iter().map(|column| column_head(&board, panel, &query, column)).collect::<Vec<_>>();
        let label = if title.is_empty() { "Table".to_owned() } else { title };
        let region = format!("{label}, rows");
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label=region>
                <table>
                    <caption class="visually-hidden">{label}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>
                        <TableRows columns rows/>
                    </tbody>
                </table>
            </div>
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
                <span class="num" data-part="count" role="status">
                    {count}
                </span>
                <span class="num" data-part="as-of">
                    {format!("as of {as_of}")}
                </span>
            </p>
            <a class="button" href=reload data-part="reload">
                <Icon d=icon::RELOAD/>
                "Reload"
            </a>
        </div>
        {table}
    }
}

/// A table without rows: why, and the way back where a filter is the reason.
#[component]
pub fn TableEmpty(
    /// What the person filtered by; empty where the API has no rows.
    #[prop(into)]
    filter: String,
    /// The table without its filter.
    #[prop(into)]
    clear_href: String,
) -> impl IntoView {
    let (title, words, clear) = if filter.is_empty() {
        ("No rows".to_owned(), "The API answered, and there is nothing to show yet.", None)
    } else {
        let clear = view! {
            <a class="button" href=clear_href>
                "Clear filter"
            </a>
        };
        (format!("No row contains “{filter}”"), "The rows are still there, only hidden.", Some(clear))
    };
    view! {
        <div class="state rule" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>{title}</h3>
            <p>{words}</p>
            {clear}
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
