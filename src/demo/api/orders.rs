//! `GET /orders` and `GET /orders/{id}`

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{
    Shared,
    bearer::{self, Needs},
    data::{Order, Status},
    problem,
    query::Query,
};
use crate::demo::reply;

/// Orders, newest first; `status` and `q` (in id, customer or city) narrow, `limit` and `offset` page.
pub async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    match listed(&shared, &headers, query.as_deref()).await {
        Ok(response) => response,
        Err(response) => *response,
    }
}

async fn listed(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Response, Box<Response>> {
    bearer::access(shared, headers, query, Needs::Orders).await?;
    let query = Query::parse(query);
    let status = match query.one("status")? {
        None => None,
        Some(word) => {
            Some(Status::ALL.into_iter().find(|status| status.word() == word).ok_or_else(|| {
                Box::new(problem::bad_request("status must be open, packed, shipped, returned or cancelled."))
            })?)
        }
    };
    let words = query.one("q")?.unwrap_or_default();
    if words.chars().count() > 100 {
        return Err(Box::new(problem::bad_request("q must not be longer than 100 characters.")));
    }
    let words = words.to_lowercase();
    let page = query.page()?;
    let fits = |order: &&Order| {
        status.is_none_or(|status| order.status == status)
            && [order.id.as_str(), order.customer, order.city]
                .iter()
                .any(|text| text.to_lowercase().contains(&words))
    };
    let all: Vec<&Order> = shared.desk.orders.iter().filter(fits).collect();
    let total = all.len();
    let orders = page.of(all.into_iter());
    let body = json!({ "orders": orders, "total": total, "limit": page.limit, "offset": page.offset });
    Ok(reply::json(StatusCode::OK, &body))
}

/// One order.
pub async fn one(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    Path(id): Path<String>,
) -> Response {
    if let Err(response) = bearer::access(&shared, &headers, query.as_deref(), Needs::Orders).await {
        return *response;
    }
    match shared.desk.orders.iter().find(|order| order.id == id) {
        Some(order) => reply::json(StatusCode::OK, &json!(order)),
        None => problem::problem(StatusCode::NOT_FOUND, "There is no such order."),
    }
}
