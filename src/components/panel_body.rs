//! Selects the view for the content of a panel, by its kind.

use claimcheck_model::PanelBody;
use leptos::prelude::*;

use crate::components::{
    ChartView, FactsView, LinksView, ListView, MeterView, PanelUrl, ShareView, StatView, TableView, TextView,
    TimelineView,
};

/// The body of a panel whose API has responded.
#[component]
pub fn PanelBodyView(
    /// The panel's title: names charts and tables for screen readers.
    title: String,
    body: PanelBody,
    here: PanelUrl,
    /// The panel is in a section, so headings in it are one level lower.
    #[prop(optional)]
    is_in_section: bool,
) -> impl IntoView {
    match body {
        PanelBody::Stat(stat) => view! { <StatView stat/> }.into_any(),
        PanelBody::List(list) => view! { <ListView list/> }.into_any(),
        PanelBody::Chart(chart) => {
            let id = here.id("chart");
            view! { <div class="perf"><ChartView title id chart/></div> }.into_any()
        }
        PanelBody::Facts(facts) => view! { <FactsView facts/> }.into_any(),
        PanelBody::Meter(meter) => view! { <MeterView meter/> }.into_any(),
        PanelBody::Share(share) => {
            let id = here.id("share");
            view! { <ShareView title id share/> }.into_any()
        }
        PanelBody::Timeline(timeline) => view! { <TimelineView timeline is_in_section/> }.into_any(),
        PanelBody::Text(html) => view! { <TextView html/> }.into_any(),
        PanelBody::Links(links) => view! { <LinksView links/> }.into_any(),
        PanelBody::Table(data) => view! { <TableView title data here/> }.into_any(),
    }
}
