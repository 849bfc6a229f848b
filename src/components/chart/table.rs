//! The table behind a chart: every value of it, for who reads rather than looks, and for the read-out.
//! A row tells where its point lies, a cell where its value does: nothing of it stands in the page twice.

use claimcheck_model::{Chart, part};
use leptos::prelude::*;

use super::percent;

#[component]
pub fn ChartTable(title: String, chart: Chart) -> impl IntoView {
    let heads: Vec<_> = chart
        .series
        .iter()
        .map(|series| view! { <th scope="col" class="num">{series.title.clone()}</th> })
        .collect();
    let rows: Vec<_> = chart
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| {
            let cells: Vec<_> = chart
                .series
                .iter()
                .filter_map(|series| series.values.get(index))
                .map(|value| view! { <td class="num" data-y=value.at.map(percent)>{value.text.clone()}</td> })
                .collect();
            view! {
                <tr data-x=percent(point.at)>
                    <th scope="row">{point.label.clone()}</th>
                    {cells}
                </tr>
            }
        })
        .collect();
    let region = format!("{title}, values");
    view! {
        <details class="chart-table">
            <summary>"Show as table"</summary>
            <div class="table-scroll" tabindex="0" role="region" aria-label=region>
                <table data-part=part::VALUES>
                    <caption class="visually-hidden">{title}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{chart.x_title}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}
