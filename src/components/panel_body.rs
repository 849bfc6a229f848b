//! Selects the view for the content of a panel, by its kind.

use claimcheck_model::PanelBody;
use leptos::prelude::*;

use crate::components::{ChartView, ListView, PanelUrl, StatView, TableView};

/// The body of a panel whose API has responded.
#[component]
pub fn PanelBodyView(
    /// The panel's title: names charts and tables for screen readers.
    title: String,
    body: PanelBody,
    here: PanelUrl,
) -> impl IntoView {
    match body {
        PanelBody::Stat(stat) => view! { <StatView stat/> }.into_any(),
        PanelBody::List(list) => view! { <ListView list/> }.into_any(),
        PanelBody::Chart(chart) => {
            let id = here.id("chart");
            view! { <div class="perf"><ChartView title id chart/></div> }.into_any()
        }
        PanelBody::Table(data) => view! { <TableView title data here/> }.into_any(),
    }
}
