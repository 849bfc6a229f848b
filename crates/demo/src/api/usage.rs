//! `GET /usage`: what customers use of the service, made up by fixed rules from the day, and what happened lately.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};
use time::{Date, Duration, Weekday};

use super::{
    bearer::Bearer,
    catalogue::CUSTOMERS,
    curve, customers,
    parties::{self, Party},
    plans::PLANS,
    problem::Refusal,
    query::Query,
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

const REGIONS: [(&str, u64); 4] = [("central", 46), ("isles", 27), ("nordics", 18), ("south", 9)];
/// The days of an answer without `from`, and the most of any answer.
const DAYS: i64 = 30;
const DAYS_MAX: usize = 400;
/// The months of the usage of a customer.
const MONTHS: usize = 12;
/// The calls that the plan includes in a day.
const DAILY_PLAN: u64 = 60_000;
const CUSTOMERS_SHOWN: usize = 8;
const EVENTS: [(&str, &str, &str); 6] = [
    ("Upgraded to Business", "Mei Tanaka", "done"),
    ("Payment failed", "Billing", "failed"),
    ("Trial started", "Jonas Lind", "trialing"),
    ("API key rotated", "Ada Okafor", "done"),
    ("Seat limit reached", "Monitoring", "pending"),
    ("Support ticket closed", "Sam Ortiz", "done"),
];

/// The usage between `from` and `to`, by day, by day and region, and by customer; and the events of these days.
pub(super) async fn usage(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let asked = query.days()?;
    let to = asked.to.unwrap_or_else(|| shared.today());
    let from = asked.from.unwrap_or(to - Duration::days(DAYS - 1));
    let days: Vec<Date> = curve::days(from, to).take(DAYS_MAX).collect();
    let calls: u64 = days.iter().map(|day| calls_of(*day)).sum();
    let plan = DAILY_PLAN * days.len() as u64;
    let by_day = days.iter().map(|day| json!({ "day": day.to_string(), "calls": calls_of(*day) }));
    let by_region = days.iter().flat_map(|day| {
        REGIONS.map(|(region, _)| {
            json!({ "day": day.to_string(), "region": region, "calls": in_region(*day, region) })
        })
    });
    let regions = REGIONS.map(|(region, _)| {
        json!({ "region": region, "calls": days.iter().map(|day| in_region(*day, region)).sum::<u64>() })
    });
    let body = json!({
        "calls": calls,
        "plan": plan,
        "daily_plan": DAILY_PLAN,
        "errors_percent": 0.4 + (calls % 17) as f64 / 20.0,
        "days": by_day.collect::<Vec<_>>(),
        "days_by_region": by_region.collect::<Vec<_>>(),
        "regions": regions,
        "customers": customers(calls),
        "events": events(to, days.len()),
        "account": {
            "plan": "Business", "seats": 120, "seats_used": 97, "owner": "Ada Okafor", "region": "eu-central",
            "price_cents": 89_900, "currency": "EUR", "renews": (to + Duration::days(41)).to_string(),
            "features": ["sso", "audit_log", "priority_support"],
        },
    });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `GET /customers/{id}/usage`: the usage of a customer in the last twelve months, oldest first.
pub(super) async fn of_customer(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let party = customers::find(&id)?;
    let mut first = shared.today().replace_day(1).unwrap_or_else(|_| shared.today());
    let mut months = Vec::with_capacity(MONTHS);
    for age in 0..MONTHS {
        months.push(month_of(&shared, party, first, age));
        first = (first - Duration::days(1)).replace_day(1).unwrap_or(first);
    }
    months.reverse();
    let included = PLANS.get(shared.accounts.plan(party.index)).map_or(0, |plan| plan.calls);
    let calls = months.last().map_or(Value::Null, |month| month["calls"].clone());
    let body = json!({ "data": months, "calls": calls, "included": included });
    Ok(reply::json(StatusCode::OK, &body))
}

fn month_of(shared: &Shared, party: Party, first: Date, age: usize) -> Value {
    let (number, age) = (party.index as u64, age as u64);
    let Some(plan) = PLANS.get(shared.accounts.plan(party.index)) else { return Value::Null };
    let month = u64::from(u8::from(first.month()));
    // It grows, and differs by month.
    let percent = 42 + number * 23 % 61 + (MONTHS as u64 - age) * 2 - month * 7 % 11;
    json!({
        "month": first.to_string().get(..7),
        "calls": plan.calls * percent / 100,
        "storage": plan.storage / 1_000 * (percent * 5 + number * 13 % 90),
        "seats": plan.seats * (25 + number * 37 % 76) / 100,
    })
}

/// The calls of a day: more on working days, and slowly growing.
fn calls_of(day: Date) -> u64 {
    REGIONS.iter().map(|(region, _)| in_region(day, region)).sum()
}

fn in_region(day: Date, region: &str) -> u64 {
    let number = u64::try_from(day.to_julian_day()).unwrap_or_default();
    let share = REGIONS.iter().find(|(name, _)| *name == region).map_or(0, |(_, share)| *share);
    let rest = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let base = if rest { 210 } else { 480 };
    let wave = number * (7 + share) % 97;
    share * (base + wave) + number % 365 * share / 4
}

/// The customers with the most calls.
fn customers(calls: u64) -> Vec<Value> {
    let row = |(index, customer): (usize, &super::catalogue::Customer)| {
        let share = 22_u64.saturating_sub(index as u64 * 5 / 2);
        json!({ "id": parties::at(index).id(), "name": customer.name, "reads": calls * share / 130, "writes": calls * share / 400 })
    };
    CUSTOMERS.iter().take(CUSTOMERS_SHOWN).enumerate().map(row).collect()
}

fn events(today: Date, days: usize) -> Vec<Value> {
    let row = |(index, (what, by, state)): (usize, &(&str, &str, &str))| {
        let day = today - Duration::days(i64::try_from(index * index / 3).unwrap_or_default());
        let who = CUSTOMERS.get(index * 3 % CUSTOMERS.len()).map_or("", |customer| customer.name);
        json!({
            "at": format!("{day}T{:02}:{:02}:00Z", 16 - index, index * 11 % 60),
            "what": format!("{what}: {who}"), "by": by, "state": state,
        })
    };
    EVENTS.iter().enumerate().filter(|(index, _)| index * index / 3 < days.max(1)).map(row).collect()
}
