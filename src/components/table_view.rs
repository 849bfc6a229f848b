//! The body of a table panel as it works with scripts off: filter form, sort links, count, rows, pages, export.
//! It shows `data` as given: the server has sorted it already.

use claimcheck_model::{Column, PanelQuery, SortOrder, TableData, is_match, parameter, part, paths};
use leptos::prelude::*;

use crate::components::{ActionResultView, Icon, PagerView, PanelUrl, TableRows, TagIcon, icon, kind_class};

/// The table with its filter, count and pages.
#[component]
pub fn TableView(
    /// The panel's title: names the table for screen readers.
    title: String,
    data: TableData,
    here: PanelUrl,
) -> impl IntoView {
    let TableData { columns, rows, count, previous, next, .. } = data;
    let TableData { is_searched_by_api, is_sorted_by_api, has_actions, results, .. } = data;
    let (query, name) = (here.query(), title.clone());
    // All rows that the API found are shown.
    let filter = if is_searched_by_api { String::new() } else { query.filter.clone() };
    let shown =
        rows.iter().filter(|row| is_match(row.cells.iter().map(|cell| cell.text.as_str()), &filter)).count();
    let all = count.clone();
    let count = match filter.trim().is_empty() {
        true => count,
        false => format!("{shown} {} found", if shown == 1 { "row" } else { "rows" }),
    };
    let has_filter = !query.filter.trim().is_empty();
    let table = if rows.is_empty() {
        match has_filter && is_searched_by_api {
            true => view! { <NoMatch here=here.clone() by_api=true is_hidden=false/> }.into_any(),
            false => view! { <TableEmpty is_past=query.page.is_some()/> }.into_any(),
        }
    } else {
        let heads = columns
            .iter()
            .enumerate()
            .map(|(index, column)| column_head(&here, index, column, is_sorted_by_api))
            .collect::<Vec<_>>();
        let region = format!("{title}, rows");
        let of_rows = Some(here.clone());
        view! {
            <div id=here.id("rows") class="table-scroll" tabindex="0" role="region" aria-label=region hidden={shown == 0}>
                <table>
                    <caption class="visually-hidden">{title}</caption>
                    <thead>
                        <tr>{heads} {has_actions.then(|| view! { <th scope="col" class="acts">"Actions"</th> })}</tr>
                    </thead>
                    <tbody>
                        <TableRows columns rows filter here=of_rows has_actions/>
                    </tbody>
                </table>
            </div>
            <NoMatch here=here.clone() by_api=is_searched_by_api is_hidden={shown > 0}/>
        }
        .into_any()
    };
    let results = results.into_iter().map(|result| view! { <ActionResultView result/> }).collect::<Vec<_>>();
    view! {
        <div class="toolbar perf">
            <FilterForm title=name.clone() here=here.clone() is_searched_by_api/>
            <p class="count num" data-part=part::COUNT data-all=all role="status">
                {count}
            </p>
            <a class="button" href=here.csv() data-part=part::EXPORT data-follow="" download="">
                <Icon d=icon::DOWNLOAD/>
                "CSV"
            </a>
        </div>
        <div data-part=part::ROWS data-sorted-by-api=is_sorted_by_api.then_some("")>
            {results} {table} <PagerView title=name previous next here/>
        </div>
    }
}

/// A field that hides rows while the user types; with scripts off, after the button.
#[component]
fn FilterForm(title: String, here: PanelUrl, is_searched_by_api: bool) -> impl IntoView {
    let field = here.id("filter");
    let name = parameter("q", here.panel);
    let page = here.query().page.filter(|_| !is_searched_by_api);
    let kept = PanelQuery { filter: String::new(), page, ..here.query() };
    let kept = here.question.with_panel(here.panel, kept).pairs();
    let kept = kept
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    let (label, hint) =
        if is_searched_by_api { ("Search", "Search all rows") } else { ("Filter", "Filter these rows") };
    let action = match here.panel {
        0 => paths::board(&here.board),
        panel => format!("{}#{}", paths::board(&here.board), paths::panel_id(panel)),
    };
    view! {
        <form method="get" action=action role="search" aria-label=format!("{label}: {title}")>
            <label class="visually-hidden" for=field.clone()>
                {label}
            </label>
            <div class="field">
                <Icon d=icon::SEARCH/>
                <input
                    id=field
                    type="search"
                    name=name
                    value=here.query().filter
                    placeholder=hint
                    autocomplete="off"
                    data-remote=is_searched_by_api.then_some("")
                />
            </div>
            {kept}
            <button class="button" type="submit">
                {label}
            </button>
        </form>
    }
}

/// A table without rows.
#[component]
fn TableEmpty(is_past: bool) -> impl IntoView {
    let text = match is_past {
        true => "There are no rows on this page. Go back to the one before.",
        false => "The API answered, and there is nothing to show yet.",
    };
    view! {
        <div class="state rule" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>"No rows"</h3>
            <p>{text}</p>
        </div>
    }
}

/// The message that the filter hides all rows, and a link that clears it. Hidden as long as a row is shown.
#[component]
fn NoMatch(here: PanelUrl, by_api: bool, is_hidden: bool) -> impl IntoView {
    let query = here.query();
    let page = query.page.clone().filter(|_| !by_api);
    let text = match by_api {
        true => "The API has searched all rows. Try fewer letters, or another word.",
        false => "The rows are still there, only hidden.",
    };
    let clear_href = here.with_query(PanelQuery { filter: String::new(), page, ..query.clone() });
    view! {
        <div class="state rule" role="status" data-part=part::NONE hidden=is_hidden>
            <TagIcon d=icon::TAG_HANGER/>
            <h3>"No row contains “" <span data-part=part::SOUGHT>{query.filter}</span> "”"</h3>
            <p>{text}</p>
            <a class="button" href=clear_href data-part=part::CLEAR>
                "Clear filter"
            </a>
        </div>
    }
}

/// The head of a column: a link that sorts by it, or reverses the order.
fn column_head(here: &PanelUrl, index: usize, column: &Column, by_api: bool) -> impl IntoView + use<> {
    let query = here.query();
    let sorted = (query.sort.as_ref() == Some(&column.key)).then_some(query.order);
    let (aria_sort, order) = match sorted {
        None => (None, SortOrder::Ascending),
        Some(SortOrder::Ascending) => (Some("ascending"), SortOrder::Descending),
        Some(SortOrder::Descending) => (Some("descending"), SortOrder::Ascending),
    };
    // Another order of all rows changes every page; of the rows here it does not.
    let page = query.page.clone().filter(|_| !by_api);
    let href = here.with_query(PanelQuery { sort: Some(column.key.clone()), order, page, ..query });
    let id = here.id(&format!("sort-{index}"));
    view! {
        <th scope="col" class=kind_class(column.kind) aria-sort=aria_sort data-key=column.key.clone()>
            <a href=href id=id>{column.title.clone()}</a>
        </th>
    }
}
