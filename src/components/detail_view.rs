//! A whole row: its facts, and related data in tables.

use claimcheck_model::{DetailPart, RowDetail};
use leptos::prelude::*;

use crate::components::{TableRows, cell_content, kind_class};

/// The parts of a row.
#[component]
pub fn DetailView(detail: RowDetail) -> impl IntoView {
    let parts = detail.parts.into_iter().map(|part| view! { <Part part/> }).collect::<Vec<_>>();
    view! { <div class="parts">{parts}</div> }
}

#[component]
fn Part(part: DetailPart) -> impl IntoView {
    match part {
        DetailPart::Facts { title, facts } => {
            let facts = facts
                .into_iter()
                .map(|(column, cell)| {
                    view! {
                        <div>
                            <dt>{column.title}</dt>
                            <dd class=kind_class(column.kind)>{cell_content(column.kind, cell)}</dd>
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
                            <TableRows columns rows filter=String::new() here=None has_actions=false/>
                        </tbody>
                    </table>
                </div>
            }
            .into_any()
        }
    }
}
