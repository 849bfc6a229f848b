//! `GET /departments/{name}/budget`: what a department may spend on office supplies this year.

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::json;

use super::{bearer::Bearer, problem::Refusal, scopes::ReadOrders};
use crate::reply;

/// Budget and expenses by department, in cents.
const BUDGETS: [(&str, u64, u64); 4] = [
    ("Finance", 240_000, 181_275),
    ("Guests", 10_000, 2_490),
    ("Logistics", 950_000, 702_340),
    ("Sales", 480_000, 455_020),
];

/// The budget of one department.
pub(super) async fn one(Path(name): Path<String>, _: Bearer<ReadOrders>) -> Result<Response, Refusal> {
    let found = BUDGETS.iter().find(|(department, ..)| *department == name);
    let (department, budget, spent) =
        found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "There is no such department."))?;
    let body = json!({
        "department": department, "budget": budget, "spent": spent, "left": budget.saturating_sub(*spent),
        "currency": "EUR",
    });
    Ok(reply::json(StatusCode::OK, &body))
}
