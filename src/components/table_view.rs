//! The body of a table panel as it works with scripts off: filter form, sort links, count, rows, pages, export. Shows
//! `data` as given: the server has sorted it already.

use claimcheck_model::{
    Column, PanelQuery, SortOrder, SortedBy, Sums, TableData, is_match, parameter, part, paths,
};
use claimcheck_text::{parts, t};
use leptos::prelude::*;
use maud::{Markup, html};

use crate::components::{
    ActionResultView, Icon, PagerView, PanelUrl, TagIcon,
    cell::inert,
    icon, icon_markup, language, segments_markup,
    table_rows::{column_class, table_rows},
    tag_icon,
};

/// The table with its filter, count and pages.
#[component]
pub fn TableView(
    /// The panel's title: names the table for screen readers.
    title: String,
    data: TableData,
    here: PanelUrl,
) -> impl IntoView {
    let language = language();
    let TableData { columns, rows, count, previous, next, .. } = data;
    let TableData {
        is_searched_by_server,
        is_sorted_by_server,
        has_actions,
        results,
        is_partial,
        is_selected,
        ..
    } = data;
    let TableData { sorted, sums, note, .. } = data;
    let (query, name) = (here.query(), title.clone());
    // The rows are filtered already, so all are shown.
    let filter = if is_searched_by_server { String::new() } else { query.filter.clone() };
    let shown =
        rows.iter().filter(|row| is_match(row.cells.iter().map(|cell| cell.text.as_str()), &filter)).count();
    let all = count.clone();
    let count = match filter.trim().is_empty() {
        true => count,
        false => t!(language, "table-found", count = shown),
    };
    let has_filter = !query.filter.trim().is_empty();
    let table = if rows.is_empty() {
        match has_filter && is_searched_by_server {
            true => view! { <NoMatch here=here.clone() by_server=true is_hidden=false/> }.into_any(),
            false => view! { <TableEmpty is_selected is_past=query.page.is_some()/> }.into_any(),
        }
    } else {
        let order = (is_sorted_by_server, sorted.as_ref());
        let heads = inert(html! {
            @for (index, column) in columns.iter().enumerate() { (column_head(&here, index, column, order)) }
            @if has_actions { th.acts scope="col" { (t!(language, "table-actions")) } }
        });
        let foot = sums.map(|sums| sums_row(sums, &columns, has_actions));
        let region = t!(language, "table-rows", title = title.as_str());
        let body = inert(table_rows(columns, rows, &filter, Some(&here), has_actions));
        view! {
            <div id=here.id("rows") class="table-scroll" tabindex="0" role="region" aria-label=region hidden={shown == 0}>
                <table>
                    <caption class="visually-hidden">{title}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>
                        {body}
                    </tbody>
                    {foot}
                </table>
            </div>
            <NoMatch here=here.clone() by_server=is_searched_by_server is_hidden={shown > 0}/>
        }
        .into_any()
    };
    let results = results.into_iter().map(|result| view! { <ActionResultView result/> }).collect::<Vec<_>>();
    let export = export_links(&here, is_partial);
    view! {
        <div class="toolbar perf">
            <FilterForm title=name.clone() here=here.clone() is_searched_by_server/>
            <p class="count num" data-part=part::COUNT data-all=all role="status">
                {count}
            </p>
            <span data-part=part::EXPORT>{export}</span>
        </div>
        <div data-part=part::ROWS data-sorted-by-api=is_sorted_by_server.then_some("")>
            {results} {table} {note.map(|text| view! { <p class="more muted">{text}</p> })}
            <PagerView title=name previous next here/>
        </div>
    }
}

/// The link to the rows as a file; with pages, a menu of this page and all rows.
fn export_links(here: &PanelUrl, is_partial: bool) -> AnyView {
    let language = language();
    let page = view! {
        <a class="button" href=here.csv() data-follow="" download="">
            <Icon d=icon::DOWNLOAD/>
            {t!(language, "table-csv")}
        </a>
    };
    if !is_partial {
        return page.into_any();
    }
    let follow = format!("{}={}", paths::CSV_ROWS, paths::ALL_ROWS);
    let menu = here.id("export");
    let id = menu.clone();
    view! {
        <button class="button" type="button" popovertarget=menu>
            {t!(language, "table-export")}
            <Icon d=icon::CHEVRON/>
        </button>
        <div class="acts-menu" id=id popover="auto">
            {page}
            <a class="button" href=here.csv_of_all() data-follow=follow>
                <Icon d=icon::DOWNLOAD/>
                {t!(language, "table-csv-all")}
            </a>
        </div>
    }
    .into_any()
}

/// A field that hides rows while the user types; with scripts off, after pressing the button.
#[component]
fn FilterForm(title: String, here: PanelUrl, is_searched_by_server: bool) -> impl IntoView {
    let field = here.id("filter");
    let name = parameter("q", &here.panel);
    let page = here.query().page.filter(|_| !is_searched_by_server);
    let kept = PanelQuery { filter: String::new(), page, ..here.query() };
    let kept = here.question.with_panel(&here.panel, kept).pairs();
    let language = language();
    let (label, hint, name_of_form) = match is_searched_by_server {
        true => (
            t!(language, "table-search"),
            t!(language, "table-search-hint"),
            t!(language, "table-search-titled", title = title),
        ),
        false => (
            t!(language, "table-filter"),
            t!(language, "table-filter-hint"),
            t!(language, "table-filter-titled", title = title),
        ),
    };
    let action = format!("{}#{}", paths::board(&here.board), paths::panel_id(&here.panel));
    inert(html! {
        form method="get" action=(action) role="search" aria-label=(name_of_form) {
            label.visually-hidden for=(field) { (label) }
            div.field {
                (icon_markup(icon::SEARCH))
                input id=(field) type="search" name=(name) value=(here.query().filter) placeholder=(hint)
                    autocomplete="off" data-remote=[is_searched_by_server.then_some("")];
            }
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            button.button type="submit" { (label) }
        }
    })
}

/// A table without rows.
#[component]
fn TableEmpty(
    /// There are rows, but the filters of the board select none.
    is_selected: bool,
    is_past: bool,
) -> impl IntoView {
    let language = language();
    let text = match (is_selected, is_past) {
        (true, _) => t!(language, "table-empty-selected"),
        (false, true) => t!(language, "table-empty-page"),
        (false, false) => t!(language, "table-empty"),
    };
    view! {
        <div class="state rule" role="status">
            <TagIcon d=icon::TAG_HANGER/>
            <h3>{t!(language, "table-empty-title")}</h3>
            <p>{text}</p>
        </div>
    }
}

/// The message that the filter hides all rows, and a link that clears it. Hidden as long as a row is shown.
#[component]
fn NoMatch(here: PanelUrl, by_server: bool, is_hidden: bool) -> impl IntoView {
    let query = here.query();
    let page = query.page.clone().filter(|_| !by_server);
    let language = language();
    let text = match by_server {
        true => t!(language, "table-no-match-search"),
        false => t!(language, "table-no-match"),
    };
    let clear_href = here.with_query(PanelQuery { filter: String::new(), page, ..query.clone() });
    let sought = html! { span data-part=(part::SOUGHT.name()) { (query.filter) } };
    inert(html! {
        div.state.rule role="status" data-part=(part::NONE.name()) hidden[is_hidden] {
            (tag_icon(icon::TAG_HANGER))
            h3 { (segments_markup(parts!(language, "table-no-match-title", text = sought))) }
            p { (text) }
            a.button href=(clear_href) data-part=(part::CLEAR.name()) { (t!(language, "table-clear")) }
        }
    })
}

/// The head of a column: a link that sorts by it, or reverses the order.
fn column_head(
    here: &PanelUrl,
    index: usize,
    column: &Column,
    (by_server, sorted): (bool, Option<&SortedBy>),
) -> Markup {
    let (class, Column { key, title, .. }) = (column_class(column), column);
    if !column.is_sortable {
        return html! { th scope="col" class=(class) data-key=(key) { (title) } };
    }
    let sorted = sorted.filter(|sorted| sorted.key == *key).map(|sorted| sorted.is_descending);
    let (aria_sort, order) = match sorted {
        None => (None, SortOrder::Ascending),
        Some(false) => (Some("ascending"), SortOrder::Descending),
        Some(true) => (Some("descending"), SortOrder::Ascending),
    };
    let query = here.query();
    // Another order of all rows changes every page; another order of the rows on this page does not.
    let page = query.page.clone().filter(|_| !by_server);
    let href = here.with_query(PanelQuery { sort: Some(key.clone()), order, page, ..query });
    html! {
        th scope="col" class=(class) aria-sort=[aria_sort] data-key=(key) {
            a href=(href) id=(here.id(&format!("sort-{index}"))) { (title) }
        }
    }
}

/// The last row: the totals of columns, and which rows they count.
fn sums_row(sums: Sums, columns: &[Column], has_actions: bool) -> impl IntoView + use<> {
    let total = |(total, column): (String, &Column)| {
        let label = (!total.is_empty()).then(|| column.title.clone());
        view! { <td class=column_class(column) data-label=label>{total}</td> }
    };
    let totals = sums.totals.into_iter().zip(columns.iter().skip(1)).map(total).collect::<Vec<_>>();
    view! {
        <tfoot>
            <tr>
                <th scope="row">{sums.label}</th>
                {totals}
                {has_actions.then(|| view! { <td class="acts"></td> })}
            </tr>
        </tfoot>
    }
}
