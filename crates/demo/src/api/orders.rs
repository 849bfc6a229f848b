//! `GET /orders`: the list, filtered, sorted and paged.

use std::{cmp::Ordering, sync::Arc};

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::json;

use super::{
    bearer::Bearer,
    desk::{Order, Status},
    problem::Refusal,
    query::Query,
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

const Q_MAX_CHARS: usize = 100;

/// The sort keys of orders.
#[derive(Clone, Copy)]
enum Sort {
    Id,
    Customer,
    PlacedAt,
    Status,
    Items,
    Total,
    City,
}

const SORTS: [(&str, Sort); 7] = [
    ("id", Sort::Id),
    ("customer", Sort::Customer),
    ("placed_at", Sort::PlacedAt),
    ("status", Sort::Status),
    ("items", Sort::Items),
    ("total", Sort::Total),
    ("city", Sort::City),
];

impl Sort {
    fn compare(self, a: &Order, b: &Order) -> Ordering {
        match self {
            Self::Id => a.number.cmp(&b.number),
            Self::Customer => a.customer.cmp(b.customer),
            Self::PlacedAt => a.at.cmp(&b.at),
            Self::Status => a.status.word().cmp(b.status.word()),
            Self::Items => a.items.cmp(&b.items),
            Self::Total => a.cents.cmp(&b.cents),
            Self::City => a.city.cmp(b.city),
        }
    }
}

/// Orders, newest first unless `sort` and `order` (`asc`, `desc`) say otherwise. `status`, `country` and
/// `city` (each may be repeated), `customer` (an id), `min` (in euros), `q` (in id, customer or city), `from` and `to` filter; `limit` and
/// `offset` page.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let statuses = query.several("status")?;
    if statuses.iter().any(|word| Status::ALL.iter().all(|status| status.word() != *word)) {
        let all = Status::ALL.map(Status::word).join(", ");
        return Err(Refusal::bad_request(&format!("status must be one of {all}.")));
    }
    let (countries, cities, least) =
        (query.several("country")?, query.several("city")?, query.amount("min")?);
    let customer = query.one("customer")?;
    let words = query.one("q")?.unwrap_or_default();
    if words.chars().count() > Q_MAX_CHARS {
        return Err(Refusal::bad_request("q must not be longer than 100 characters."));
    }
    let words = words.to_lowercase();
    let (days, page) = (query.days()?, query.page()?);
    let sort = query.word("sort", &SORTS)?;
    let is_descending = query.word("order", &[("asc", false), ("desc", true)])?;
    let fits = |order: &&Order| {
        (statuses.is_empty() || statuses.contains(&order.status.word()))
            && (countries.is_empty() || countries.contains(&order.buyer.country))
            && (cities.is_empty() || cities.contains(&order.city))
            && customer.is_none_or(|id| order.customer_id == id)
            && least.is_none_or(|least| order.cents >= least)
            && days.hold(order.day())
            && [order.id.as_str(), order.customer, order.city]
                .iter()
                .any(|text| text.to_lowercase().contains(&words))
    };
    let desk = shared.desk();
    let mut all: Vec<&Order> = desk.orders.iter().filter(fits).collect();
    if sort.is_some() || is_descending.is_some() {
        let sort = sort.unwrap_or(Sort::PlacedAt);
        // Stable, so that equal ones stay newest first.
        all.sort_by(|a, b| match is_descending {
            Some(true) => sort.compare(b, a),
            _ => sort.compare(a, b),
        });
    }
    let total = all.len();
    let orders = page.of(all.into_iter());
    let body = json!({ "orders": orders, "total": total, "limit": page.limit, "offset": page.offset });
    Ok(reply::json(StatusCode::OK, &body))
}
