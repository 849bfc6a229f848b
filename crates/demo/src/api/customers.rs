//! `/customers`: the customers with their orders, invoices and plans, and what happened to each.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use time::Duration;

use super::{
    addresses,
    bearer::Bearer,
    desk::{Desk, Order, money},
    invoices::{self, Invoice},
    parties::{self, Party},
    plans::PLANS,
    problem::Refusal,
    query::{Days, Query},
    scopes::ReadOrders,
    shared::Shared,
    subscriptions, tickets,
};
use crate::{
    crypto::{b64, sha256},
    reply,
};

const UNKNOWN: &str = "There is no such customer.";
const EVENTS_MAX: usize = 8;
/// The people to talk to: given name, family name, position.
const CONTACTS: [(&str, &str, &str); 7] = [
    ("Ines", "Albers", "Purchasing"),
    ("Tomasz", "Berg", "Accounts payable"),
    ("Noor", "Castel", "Managing director"),
    ("Elin", "Dahl", "IT"),
    ("Paulo", "Esteves", "Purchasing"),
    ("Grace", "Finch", "Accounts payable"),
    ("Henrik", "Gram", "Operations"),
];

/// `GET /customers`: by name, in pages; `from` and `to` limit the orders that are counted, not the customers. `status`,
/// `plan`, `region`, `country` and `q` (in the name or the city) filter.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let (days, page) = (query.days()?, query.page()?);
    let (status, plan) = (query.one("status")?, query.one("plan")?);
    let (region, country) = (query.one("region")?, query.one("country")?);
    let words = query.one("q")?.unwrap_or_default().to_lowercase();
    let fits = |party: &Party| {
        status.is_none_or(|status| subscriptions::status(*party) == status)
            && plan.is_none_or(|id| plan_id(&shared, *party) == id)
            && region.is_none_or(|region| party.region() == region)
            && country.is_none_or(|country| party.who.country == country)
            && [party.who.name, &addresses::of(&shared, *party).city]
                .iter()
                .any(|text| text.to_lowercase().contains(&words))
    };
    let all: Vec<Party> = parties::all().filter(fits).collect();
    let (desk, invoices) = (shared.desk(), invoices::all(&shared));
    let shown = all.iter().map(|party| listed(&shared, *party, &desk.orders, &days, &invoices));
    let body = json!({
        "customers": page.of(shown), "total": all.len(), "limit": page.limit, "offset": page.offset,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `GET /customers/{id}`: one customer with address, contacts and plan, in an envelope. Its `ETag` is what a change names.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let (body, tag) = full(&shared, find(&id)?);
    let mut response = reply::json(StatusCode::OK, &body);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// One customer in an envelope, and its entity tag.
pub(super) fn full(shared: &Shared, party: Party) -> (Value, String) {
    let (desk, invoices) = (shared.desk(), invoices::all(shared));
    let days = Days { from: None, to: None };
    let mut body = listed(shared, party, &desk.orders, &days, &invoices);
    let subscription = subscriptions::shown(shared, party);
    body["since"] = json!((shared.today() - Duration::days(400 + party.index as i64 * 61)).to_string());
    body["website"] = json!(format!("https://{}.example/", slug(party.who.name)));
    body["contacts"] = contacts(party);
    body["manager"] = tickets::agent(party.index);
    body["subscription"] = subscription;
    let body = json!({ "data": body });
    let tag = format!("\"{}\"", b64(sha256(body.to_string().as_bytes())));
    (body, tag)
}

/// `GET /customers/{id}/events`: its orders, invoices and tickets, the latest first.
pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let party = find(&id)?;
    let mut events = of_orders(&shared.desk(), party);
    for invoice in invoices::all(&shared).iter().filter(|invoice| invoice.customer("id") == id) {
        let text = format!("Invoice {}", invoice.id);
        events.push(
            json!({ "at": invoice.issued_at(), "what": text, "state": invoice.status, "kind": "invoice", "by": "Billing" }),
        );
        if let Some(paid) = &invoice.paid_at {
            let text = format!("Payment for {}", invoice.id);
            events.push(
                json!({ "at": paid, "what": text, "state": "paid", "kind": "payment", "by": party.who.name }),
            );
        }
    }
    events.extend(tickets::events_of(&shared, party));
    let at = |event: &Value| event["at"].as_str().unwrap_or_default().to_owned();
    events.sort_by_key(|event| std::cmp::Reverse(at(event)));
    events.truncate(EVENTS_MAX);
    Ok(reply::json(StatusCode::OK, &json!({ "events": events })))
}

/// The customer with that id.
pub(super) fn find(id: &str) -> Result<Party, Refusal> {
    parties::find(id).ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, UNKNOWN))
}

fn plan_id(shared: &Shared, party: Party) -> &'static str {
    PLANS.get(shared.accounts.plan(party.index)).map_or("", |plan| plan.id)
}

fn listed(shared: &Shared, party: Party, orders: &[Order], days: &Days, invoices: &[Invoice]) -> Value {
    let (who, address) = (party.who, addresses::of(shared, party));
    let of = |order: &&Order| order.customer == who.name && days.hold(order.day());
    let of: Vec<_> = orders.iter().filter(of).collect();
    let (id, plan) = (party.id(), PLANS.get(shared.accounts.plan(party.index)));
    let theirs = invoices.iter().filter(|invoice| invoice.customer("id") == id);
    let due: Vec<&Invoice> = theirs.filter(|invoice| invoice.is_due()).collect();
    json!({
        "id": id,
        "name": who.name,
        "city": address.city,
        "country": who.country,
        "region": party.region(),
        "address": {
            "street": address.street, "postcode": address.postcode, "city": address.city, "country": who.country,
        },
        "status": subscriptions::status(party),
        "tags": party.tags(),
        "plan": plan.map(|plan| json!({ "id": plan.id, "name": plan.name, "price_cents": plan.price })),
        "mrr_cents": subscriptions::mrr(shared, party),
        "orders": of.len(),
        "revenue": money(of.iter().map(|order| order.earned_cents()).sum()),
        "currency": "EUR",
        "balance_cents": due.iter().map(|invoice| invoice.amount).sum::<u64>(),
        "balance_currency": party.currency(),
        "open_invoices": due.len(),
        "last_order_at": of.first().map(|order| &order.placed_at),
    })
}

fn contacts(party: Party) -> Value {
    let contact = |offset: usize| {
        let (given, family, position) = CONTACTS[(party.index * 2 + offset) % CONTACTS.len()];
        let email =
            format!("{}.{}@{}.example", given.to_lowercase(), family.to_lowercase(), slug(party.who.name));
        json!({ "name": format!("{given} {family}"), "position": position, "email": email })
    };
    (0..1 + party.index % 3).map(contact).collect()
}

/// The letters of a name, for made-up addresses.
fn slug(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_lowercase()
}

fn of_orders(desk: &Desk, party: Party) -> Vec<Value> {
    let orders = desk.orders.iter().filter(|order| order.customer == party.who.name).take(EVENTS_MAX);
    orders
        .map(|order| {
            let (text, state) = (format!("Order {}", order.id), order.status);
            json!({ "at": order.placed_at, "what": text, "state": state, "kind": "order", "by": party.who.name })
        })
        .collect()
}
