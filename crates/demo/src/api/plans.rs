//! `GET /plans`: the plans of the service, and how many customers have each.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{bearer::Bearer, parties, problem::Refusal, scopes::ReadOrders, shared::Shared};
use crate::reply;

/// A plan.
pub(super) struct Plan {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// The price of a month, in cents.
    pub(super) price: u64,
    pub(super) seats: u64,
    /// The storage that it includes, in bytes.
    pub(super) storage: u64,
    /// The calls that it includes in a month.
    pub(super) calls: u64,
}

const GIGABYTE: u64 = 1_000_000_000;

/// From the smallest to the largest.
pub(super) static PLANS: [Plan; 3] = [
    Plan { id: "starter", name: "Starter", price: 4_900, seats: 5, storage: 10 * GIGABYTE, calls: 20_000 },
    Plan { id: "team", name: "Team", price: 19_900, seats: 25, storage: 100 * GIGABYTE, calls: 120_000 },
    Plan {
        id: "business",
        name: "Business",
        price: 89_900,
        seats: 120,
        storage: 1_000 * GIGABYTE,
        calls: 900_000,
    },
];

impl Plan {
    pub(super) fn find(id: &str) -> Option<usize> {
        PLANS.iter().position(|plan| plan.id == id)
    }
}

/// The plans, from the smallest to the largest.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let of: Vec<usize> = parties::all().map(|party| shared.accounts.plan(party.index)).collect();
    let shown = |(index, plan): (usize, &Plan)| {
        json!({
            "id": plan.id, "name": plan.name, "price_cents": plan.price, "currency": "EUR", "seats": plan.seats,
            "customers": of.iter().filter(|plan| **plan == index).count(),
        })
    };
    let plans: Vec<Value> = PLANS.iter().enumerate().map(shown).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "plans": plans })))
}
