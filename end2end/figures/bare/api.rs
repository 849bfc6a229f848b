//! An API for boards: orders, a series, a few numbers, and orders with a delay. It does not validate tokens, it only
//! requires one. The bare page has the same orders.

use std::{sync::LazyLock, time::Duration};

use axum::{
    Json, Router,
    extract::{Query, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::{Date, Month};

/// An order, as in the demo's API.
#[derive(Serialize)]
pub(crate) struct Order {
    pub id: String,
    pub customer: &'static str,
    pub placed_at: String,
    pub status: &'static str,
    pub items: usize,
    pub total: f64,
    pub city: &'static str,
}

const CUSTOMERS: [(&str, &str); 8] = [
    ("Albers & Zonen", "Rotterdam"),
    ("Atelier Moreau", "Lyon"),
    ("Bakkerij De Haven", "Antwerp"),
    ("Brightwell Stores", "Bristol"),
    ("Café Lindgren", "Gothenburg"),
    ("Fjord & Fell Outfitters", "Bergen"),
    ("Harbour Street Books", "Cork"),
    ("Weinhandlung Krone", "Vienna"),
];
const STATUSES: [&str; 5] = ["open", "packed", "shipped", "returned", "cancelled"];

/// More than any board here shows.
pub(crate) static ORDERS: LazyLock<Vec<Order>> = LazyLock::new(|| {
    let orders = CUSTOMERS.iter().cycle().zip(STATUSES.iter().cycle()).enumerate().take(2000);
    orders
        .map(|(index, ((customer, city), status))| Order {
            id: format!("A-{}", 9_000 - index),
            customer,
            placed_at: format!("2026-{:02}-{:02}T09:{:02}:00Z", 9 - index / 250, 28 - index % 28, index % 60),
            status,
            items: 1 + index % 9,
            total: f64::from(u32::try_from(index * 7_919 % 250_000).unwrap_or_default()) / 100.0,
            city,
        })
        .collect()
});

#[derive(Deserialize)]
struct Count {
    #[serde(default)]
    count: usize,
}

/// `GET /rows`, `/slow` (the same with the delay), `/series`, each with `?count=`; `GET /numbers`.
pub(crate) fn router(slow_ms: u64) -> Router {
    Router::new()
        .route("/rows", get(rows))
        .route("/slow", get(slow))
        .route("/series", get(series))
        .route("/numbers", get(numbers))
        .layer(from_fn(bearer_only))
        .with_state(Duration::from_millis(slow_ms))
}

async fn bearer_only(request: Request, next: Next) -> Result<Response, StatusCode> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match bearer.is_some_and(|value| value.starts_with("Bearer ") && value.len() > 20) {
        true => Ok(next.run(request).await),
        false => Err(StatusCode::UNAUTHORIZED),
    }
}

async fn rows(Query(Count { count }): Query<Count>) -> Json<Value> {
    let orders: Vec<_> = ORDERS.iter().take(count).collect();
    Json(json!({ "orders": orders, "total": ORDERS.len(), "limit": count, "offset": 0 }))
}

async fn slow(State(slow): State<Duration>, count: Query<Count>) -> Json<Value> {
    tokio::time::sleep(slow).await;
    rows(count).await
}

/// Days from a fixed date.
async fn series(Query(Count { count }): Query<Count>) -> Json<Value> {
    let first = Date::from_calendar_date(2026, Month::August, 1).unwrap_or(Date::MIN);
    let days = std::iter::successors(Some(first), |day| day.next_day()).zip(ORDERS.iter()).take(count);
    let days: Vec<_> =
        days.map(|(day, order)| json!({ "day": day.to_string(), "revenue": order.total * 31.0 })).collect();
    Json(json!({ "days": days }))
}

async fn numbers() -> Json<Value> {
    Json(json!({ "orders": ORDERS.len(), "open": 412, "revenue": 48_210.55, "returned": 37 }))
}
