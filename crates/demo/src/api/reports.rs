//! `GET /reports/margin`: for the finance role, and with its own scope.

use std::{collections::BTreeMap, sync::Arc};

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    bearer::Bearer,
    desk::{Order, money},
    problem::Refusal,
    scopes::ReadReports,
    shared::Shared,
};
use crate::reply;

/// Margins by month. The token needs the scope, and the user the role.
pub(super) async fn margin(
    State(shared): State<Arc<Shared>>,
    Bearer { access, .. }: Bearer<ReadReports>,
) -> Result<Response, Refusal> {
    if !access.has_role("finance") {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This report requires the finance role."));
    }
    let body = json!({ "months": by_month(&shared.desk().orders), "currency": "EUR" });
    Ok(reply::json(StatusCode::OK, &body))
}

/// Oldest month first.
fn by_month(orders: &[Order]) -> Vec<Value> {
    let mut months: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for order in orders.iter().filter(|order| order.status.earns()) {
        let month = months.entry(month(order)).or_default();
        *month = (month.0 + order.cents, month.1 + order.cost_cents);
    }
    months
        .into_iter()
        .map(|(month, (revenue, cost))| {
            let margin = revenue.saturating_sub(cost);
            json!({
                "month": month,
                "revenue": money(revenue),
                "cost": money(cost),
                "margin": money(margin),
                "margin_percent": (money(margin * 10_000 / revenue.max(1)) * 10.0).round() / 10.0,
            })
        })
        .collect()
}

/// `YYYY-MM`
fn month(order: &Order) -> String {
    format!("{}-{:02}", order.at.year(), u8::from(order.at.month()))
}
