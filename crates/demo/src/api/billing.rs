//! `GET /invoices` and `GET /subscriptions`: what customers are billed for, made up by fixed rules from the customers. Only
//! the dates move with the day.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Serialize;
use serde_json::{Value, json};
use time::{Date, Duration};

use super::{
    bearer::Bearer,
    catalogue::{CUSTOMERS, Customer},
    problem::Refusal,
    query::Query,
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

const INVOICES: usize = 160;
const Q_MAX_CHARS: usize = 100;
/// The days between the issue of an invoice and the day on which it is due.
const DAYS_TO_PAY: i64 = 14;
const STATES: [(&str, &str); 6] = [
    ("draft", "draft"),
    ("open", "open"),
    ("paid", "paid"),
    ("past_due", "past_due"),
    ("uncollectible", "uncollectible"),
    ("void", "void"),
];
const PLANS: [(&str, u64, u64); 3] = [("Starter", 4_900, 5), ("Team", 19_900, 25), ("Business", 89_900, 120)];
const GIGABYTE: u64 = 1_000_000_000;

/// An invoice. Amounts are in the smallest unit of its currency.
#[derive(Clone, Serialize)]
struct Invoice {
    id: String,
    customer: Value,
    status: &'static str,
    amount: u64,
    currency: &'static str,
    issued: String,
    due: String,
    paid_at: Option<String>,
    reminded: bool,
    labels: Vec<&'static str>,
    address: Value,
    plan: &'static str,
}

fn currency(country: &str) -> &'static str {
    match country {
        "GB" => "GBP",
        "NO" => "NOK",
        _ => "EUR",
    }
}

/// The region of a country.
fn region(country: &str) -> &'static str {
    match country {
        "NO" | "SE" | "EE" => "nordics",
        "ES" | "IT" | "PT" => "south",
        "GB" | "IE" => "isles",
        _ => "central",
    }
}

fn party(number: usize, who: &Customer) -> Value {
    json!({
        "id": format!("CUS-{:03}", number + 1), "name": who.name, "country": who.country,
        "region": region(who.country),
    })
}

fn invoice(number: usize, today: Date) -> Invoice {
    let buyer = number * 7 % CUSTOMERS.len();
    let who = &CUSTOMERS[buyer];
    let age = i64::try_from(number).unwrap_or_default() * 2;
    let issued = today - Duration::days(age);
    let due = issued + Duration::days(DAYS_TO_PAY);
    let status = match number {
        0 | 2 => "draft",
        number if number % 31 == 9 => "void",
        number if due >= today && number % 3 != 1 => "open",
        number if number % 37 == 20 => "uncollectible",
        number if due < today && number % 8 == 3 => "past_due",
        _ => "paid",
    };
    let (plan, price, _) = PLANS[buyer % PLANS.len()];
    let amount = price + (number as u64 * 4_637) % 9_000;
    let paid_at = (status == "paid")
        .then(|| format!("{}T09:{:02}:00Z", issued + Duration::days(age.min(9)), number % 60));
    let labels = [
        (buyer.is_multiple_of(4), "vip"),
        (buyer % 3 == 1, "reseller"),
        (number.is_multiple_of(9), "annual"),
    ];
    Invoice {
        id: format!("INV-{:05}", 20_400 - number),
        customer: party(buyer, who),
        status,
        amount,
        currency: currency(who.country),
        issued: issued.to_string(),
        due: due.to_string(),
        paid_at,
        reminded: status == "past_due" && number % 16 == 3,
        labels: labels.iter().filter(|(is, _)| *is).map(|(_, label)| *label).collect(),
        address: json!({ "street": who.street, "city": who.city, "country": who.country }),
        plan,
    }
}

fn invoices(today: Date) -> Vec<Invoice> {
    (0..INVOICES).map(|number| invoice(number, today)).collect()
}

/// `GET /invoices`: newest first unless `sort` (`id`, `amount`, `due`, `issued`, with a minus for descending) says
/// otherwise. `status`, `region`, `customer` and `q` (in id or customer) filter; `limit` and `offset` page.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let status = query.word("status", &STATES)?;
    let (region, customer) = (query.one("region")?, query.one("customer")?);
    let words = query.one("q")?.unwrap_or_default().to_lowercase();
    if words.chars().count() > Q_MAX_CHARS {
        return Err(Refusal::bad_request("q must not be longer than 100 characters."));
    }
    let page = query.page()?;
    let mut all = invoices(shared.today());
    all.retain(|invoice| {
        let of = |member: &str| invoice.customer[member].as_str().unwrap_or_default();
        status.is_none_or(|status| invoice.status == status)
            && region.is_none_or(|region| of("region") == region)
            && customer.is_none_or(|id| of("id") == id)
            && (invoice.id.to_lowercase().contains(&words) || of("name").to_lowercase().contains(&words))
    });
    let sort = query.one("sort")?.unwrap_or("-issued");
    let (key, is_descending) = sort.strip_prefix('-').map_or((sort, false), |key| (key, true));
    match key {
        "id" | "issued" => all.sort_by(|a, b| a.id.cmp(&b.id)),
        "amount" => all.sort_by_key(|invoice| invoice.amount),
        "due" => all.sort_by(|a, b| a.due.cmp(&b.due)),
        "status" => all.sort_by_key(|invoice| invoice.status),
        _ => return Err(Refusal::bad_request("sort must be one of id, issued, amount, due, status.")),
    }
    if is_descending {
        all.reverse();
    }
    let total = all.len();
    let body = json!({
        "data": page.of(all.into_iter()), "total": total, "limit": page.limit, "offset": page.offset,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `GET /invoices/{id}`: one invoice, in an envelope.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let found = invoices(shared.today()).into_iter().find(|invoice| invoice.id == id);
    let found = found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "There is no such invoice."))?;
    Ok(reply::json(StatusCode::OK, &json!(found)))
}

/// `GET /subscriptions`: one for each customer, by name. `status` and `region` filter.
pub(super) async fn subscriptions(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let (status, region) = (query.one("status")?, query.one("region")?);
    let (now, today) = (shared.clock.now(), shared.today());
    let mut all: Vec<Value> =
        CUSTOMERS.iter().enumerate().map(|(n, who)| subscription(n, who, now, today)).collect();
    all.retain(|one| {
        status.is_none_or(|status| one["status"] == status)
            && region.is_none_or(|region| one["customer"]["region"] == region)
    });
    let mrr: u64 = all.iter().filter_map(|one| one["mrr"].as_u64()).sum();
    let body = json!({ "data": all, "total": all.len(), "mrr": mrr, "currency": "EUR" });
    Ok(reply::json(StatusCode::OK, &body))
}

fn subscription(number: usize, who: &Customer, now: i64, today: Date) -> Value {
    let (plan, price, seats) = PLANS[number % PLANS.len()];
    let of = number as u64;
    let status = match number % 10 {
        3 => "trialing",
        6 => "past_due",
        9 => "canceled",
        _ => "active",
    };
    let quota = [10, 100, 1_000][number % 3] * GIGABYTE;
    let features =
        [(true, "sso"), (number.is_multiple_of(2), "audit_log"), (number % 3 == 2, "priority_support")];
    let features: Vec<_> = features.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
    json!({
        "id": format!("SUB-{:03}", number + 1),
        "customer": party(number, who),
        "plan": plan,
        "status": status,
        "auto_renew": status != "canceled",
        "mrr": if matches!(status, "trialing" | "canceled") { 0 } else { price },
        "currency": "EUR",
        "seats": seats,
        "seats_used": seats * (25 + of * 37 % 81) / 100,
        "storage": quota / 1000 * (40 + of * 173 % 960),
        "quota": quota,
        "session": 45 + of * 977 % 9_000,
        "features": features,
        "last_seen": now - i64::from(u32::try_from(number * number * 2_900 + 40).unwrap_or_default()),
        "renews": (today + Duration::days(i64::try_from(number * 11 % 90).unwrap_or_default())).to_string(),
    })
}
