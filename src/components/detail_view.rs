//! A whole row: its facts, and related data in tables.

use claimcheck_model::{DetailPart, RowDetail, ValueTone};
use leptos::prelude::*;

use crate::components::{
    PanelUrl,
    cell::{cell_content, file_link, inert, kind_class, tone_around, tone_word},
    table_rows::table_rows,
};

/// The parts of a row; `here` is the URL of its panel, for links to its files.
#[component]
pub fn DetailView(detail: RowDetail, here: PanelUrl) -> impl IntoView {
    let RowDetail { key, parts, .. } = detail;
    let files = here.files();
    let file = |column: &str| files(column, &key);
    let parts = parts.into_iter().map(|part| part_view(part, &file)).collect::<Vec<_>>();
    view! { <div class="parts">{parts}</div> }
}

fn part_view(part: DetailPart, file: &dyn Fn(&str) -> String) -> AnyView {
    match part {
        DetailPart::Facts { title, facts } => {
            let facts = facts
                .into_iter()
                .map(|(column, mut cell)| {
                    // There is room for the exact time.
                    if let Some(hint) = cell.take_hint() {
                        cell.text = format!("{} ({hint})", cell.text);
                    }
                    let href = (column.is_file && !cell.text.is_empty()).then(|| file(&column.key));
                    let tone = tone_around(column.kind, &cell);
                    let content = match href {
                        Some(href) => file_link(&href, &cell.text),
                        None => cell_content(column.kind, &cell),
                    };
                    view! {
                        <div>
                            <dt>{column.title}</dt>
                            <dd class=kind_class(column.kind) data-tone=tone.map(ValueTone::name)>{inert(content)} {inert(tone_word(tone))}</dd>
                        </div>
                    }
                })
                .collect::<Vec<_>>();
            view! {
                {title.map(|title| view! { <h3>{title}</h3> })}
                <dl class="pairs">{facts}</dl>
            }
            .into_any()
        }
        DetailPart::Table { title, columns, rows } => {
            let heads = columns
                .iter()
                .map(|column| {
                    view! {
                        <th scope="col" class=kind_class(column.kind)>
                            {column.title.clone()}
                        </th>
                    }
                })
                .collect::<Vec<_>>();
            let region = title.clone();
            view! {
                <h3>{title.clone()}</h3>
                <div class="table-scroll" tabindex="0" role="region" aria-label=region>
                    <table>
                        <caption class="visually-hidden">{title}</caption>
                        <thead>
                            <tr>{heads}</tr>
                        </thead>
                        <tbody>
                            {inert(table_rows(columns, rows, "", None, false))}
                        </tbody>
                    </table>
                </div>
            }
            .into_any()
        }
    }
}
