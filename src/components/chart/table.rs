//! The table of a chart: all values, for screen readers and for the read-out. A row has the place of its point, and a
//! cell that of its value, so that nothing is in the page twice.

use claimcheck_model::{Chart, ValueTone, part};
use claimcheck_text::t;
use leptos::prelude::*;

use super::percent;
use crate::components::{language, linked};

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
                .map(|value| {
                    let tone = value.tone.map(ValueTone::name);
                    let text = linked(value.to.clone(), value.text.clone());
                    view! { <td class="num" data-y=value.at.map(percent) data-tone=tone>{text}</td> }
                })
                .collect();
            let (from, to) = point.days.clone().unzip();
            let to = to.filter(|to| Some(to) != from.as_ref());
            view! {
                <tr data-x=percent(point.at) data-from=from data-to=to>
                    <th scope="row">{linked(point.to.clone(), point.label.clone())}</th>
                    {cells}
                </tr>
            }
        })
        .collect();
    let language = language();
    let region = t!(language, "chart-values", title = title.as_str());
    view! {
        <details class="chart-table">
            <summary>{t!(language, "chart-show-table")}</summary>
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
