//! The cost of a page of a board's size without a board: a Leptos application as generated from its template, with
//! router, head and one page of tables whose rows are in memory. No session, no API, no layers.

use axum::{Router, body::Body, http::Request};
use http_body_util::BodyExt;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use leptos_meta::{MetaTags, Stylesheet, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router as Pages, Routes},
    path,
};
use tower::ServiceExt;

use crate::{
    Failure,
    api::{ORDERS, Order},
};

#[derive(Clone, Copy)]
struct Wanted {
    panels: usize,
    /// The number of rows in the last panel; the others have one row each.
    rows: usize,
}

/// `GET /`: this many panels, the last of which has enough rows to reach this many bytes.
pub(crate) async fn router(panels: usize, bytes: usize) -> Result<Router, Failure> {
    let (none, hundred) =
        (size(Wanted { panels, rows: 0 }).await?, size(Wanted { panels, rows: 100 }).await?);
    let rows = bytes.saturating_sub(none) * 100 / hundred.saturating_sub(none).max(1);
    Ok(serving(Wanted { panels, rows }))
}

async fn size(wanted: Wanted) -> Result<usize, Failure> {
    let answer = serving(wanted).oneshot(Request::get("/").body(Body::empty())?).await?;
    Ok(answer.into_body().collect().await?.to_bytes().len())
}

fn serving(wanted: Wanted) -> Router {
    let options = LeptosOptions::builder().output_name("bare").site_root("").build();
    let routes = generate_route_list(App);
    let context = move || provide_context(wanted);
    Router::new().leptos_routes_with_context(&options, routes, context, shell).with_state(options)
}

fn shell() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[component]
fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Stylesheet href="/pkg/bare.css"/>
        <Title text="Board · Bare"/>
        <header class="bar">
            <a href="/">"Bare"</a>
            <nav>
                <a href="/boards/orders">"Orders"</a>
                <a href="/boards/reports">"Reports"</a>
            </nav>
        </header>
        <Pages>
            <main>
                <Routes fallback=|| "Not found.">
                    <Route path=path!("/") view=Board ssr=SsrMode::Async/>
                </Routes>
            </main>
        </Pages>
    }
}

#[component]
fn Board() -> impl IntoView {
    let Wanted { panels, rows } = use_context().unwrap_or(Wanted { panels: 1, rows: 50 });
    let panel = move |index| {
        let rows = if index + 1 == panels { rows } else { 1 };
        view! { <Panel index orders=ORDERS.get(..rows).unwrap_or(&ORDERS)/> }
    };
    view! {
        <h1>"Board"</h1>
        <div class="panels">{(0..panels).map(panel).collect::<Vec<_>>()}</div>
    }
}

#[component]
fn Panel(index: usize, orders: &'static [Order]) -> impl IntoView {
    let field = format!("filter-{index}");
    let count = orders.len();
    view! {
        <section class="panel" aria-label="Orders">
            <header class="panel-head">
                <h2>"Orders"</h2>
            </header>
            <div class="toolbar">
                <form method="get" action="/">
                    <label class="visually-hidden" for=field.clone()>"Filter"</label>
                    <input id=field type="search" name="q" placeholder="Filter these rows" autocomplete="off"/>
                    <button class="button" type="submit">"Filter"</button>
                </form>
                <p class="facts">{count}" rows"</p>
                <a class="button" href="/">"Reload"</a>
            </div>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Orders, rows">
                <table>
                    <caption class="visually-hidden">"Orders"</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="text">"Order"</th>
                            <th scope="col" class="text">"Customer"</th>
                            <th scope="col" class="date">"Placed"</th>
                            <th scope="col" class="word">"Status"</th>
                            <th scope="col" class="num">"Items"</th>
                            <th scope="col" class="num">"Total"</th>
                            <th scope="col" class="text">"City"</th>
                        </tr>
                    </thead>
                    <tbody>{orders.iter().map(row).collect::<Vec<_>>()}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(order: &'static Order) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="text">{order.id.as_str()}</th>
            <td class="text">{order.customer}</td>
            <td class="date" data-sort=order.placed_at.as_str()>{order.placed_at.as_str()}</td>
            <td class="word">
                <span class="tag" data-tag=order.status>{order.status}</span>
            </td>
            <td class="num" data-sort=order.items>{order.items}</td>
            <td class="num" data-sort=order.total>{format!("{:.2}", order.total)}</td>
            <td class="text">{order.city}</td>
        </tr>
    }
}
