//! `GET /usage`: what customers use of the service, made up by fixed rules from the day, and what happened lately. The
//! numbers of all customers add up to those of the regions and of the whole.

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
    curve, customers,
    parties::{self, Party, REGIONS},
    plans::{PLANS, Plan},
    problem::Refusal,
    query::Query,
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

/// The days of an answer without `from`, and the most of any answer.
const DAYS: i64 = 30;
const DAYS_MAX: usize = 400;
/// The months of the usage of a customer.
const MONTHS: usize = 12;
/// The days of a month of a plan, for its calls in a day.
const DAYS_OF_MONTH: u64 = 30;
const CUSTOMERS_SHOWN: usize = 8;
/// What happened: the text, who did it, the state, and the customer at this place of the catalogue.
const EVENTS: [(&str, &str, &str, usize); 6] = [
    ("Upgraded to Business", "Jonas Lind", "done", 2),
    ("Payment failed", "Billing", "failed", 6),
    ("Trial started", "Jonas Lind", "trialing", 3),
    ("API key rotated", "Ada Okafor", "done", 5),
    ("Nearly all seats in use", "Monitoring", "pending", 4),
    ("Support ticket closed", "Priya Raman", "done", 8),
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
    let users: Vec<User> = parties::all().filter_map(|party| User::of(&shared, party)).collect();
    let in_region = |day: Date, region: &str| -> u64 {
        users.iter().filter(|user| user.party.region() == region).map(|user| user.calls(day)).sum()
    };
    let all_on = |day: Date| -> u64 { users.iter().map(|user| user.calls(day)).sum() };
    let calls: u64 = days.iter().map(|day| all_on(*day)).sum();
    let daily_plan = users.iter().map(|user| user.plan.calls).sum::<u64>() / DAYS_OF_MONTH;
    let plan = daily_plan * days.len() as u64;
    let by_day = days.iter().map(|day| {
        let calls = all_on(*day);
        json!({ "day": day.to_string(), "calls": calls, "failed_percent": failed_percent(calls) })
    });
    let by_region = days.iter().flat_map(|day| {
        REGIONS.map(|region| {
            json!({ "day": day.to_string(), "region": region, "name": parties::title(region), "calls": in_region(*day, region) })
        })
    });
    let regions = REGIONS.map(|region| {
        json!({ "region": region, "name": parties::title(region), "calls": days.iter().map(|day| in_region(*day, region)).sum::<u64>() })
    });
    let body = json!({
        "calls": calls,
        "plan": plan,
        "daily_plan": daily_plan,
        "errors_percent": failed_percent(calls),
        "days": by_day.collect::<Vec<_>>(),
        "days_by_region": by_region.collect::<Vec<_>>(),
        "regions": regions,
        "customers": largest(&users, &days),
        "events": events(to, days.len()),
        "account": {
            "plan": "Scale", "seats": 120, "seats_used": 97, "owner": "Ada Okafor", "region": "eu-central",
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
    let user = User::of(&shared, customers::find(&id)?);
    let mut last = shared.today();
    let mut months = Vec::with_capacity(MONTHS);
    for _ in 0..MONTHS {
        let first = last.replace_day(1).unwrap_or(last);
        months.push(user.as_ref().map_or(Value::Null, |user| user.month(first, last)));
        last = first - Duration::days(1);
    }
    months.reverse();
    let calls = months.last().map_or(Value::Null, |month| month["calls"].clone());
    let included = user.as_ref().map_or(0, |user| user.plan.calls);
    Ok(reply::json(StatusCode::OK, &json!({ "data": months, "calls": calls, "included": included })))
}

/// The storage that a customer uses on a day, in bytes.
pub(super) fn storage(shared: &Shared, party: Party, day: Date) -> u64 {
    User::of(shared, party).map_or(0, |user| user.storage(day))
}

/// The seats in use.
pub(super) fn seats(plan: &Plan, party: Party) -> u64 {
    plan.seats * (25 + party.index as u64 * 37 % 76) / 100
}

/// A customer and its plan.
struct User {
    party: Party,
    plan: &'static Plan,
    today: Date,
}

impl User {
    fn of(shared: &Shared, party: Party) -> Option<Self> {
        PLANS.get(shared.accounts.plan(party.index)).map(|plan| Self { party, plan, today: shared.today() })
    }

    fn number(&self) -> u64 {
        self.party.index as u64
    }

    /// What is used of the plan on a day, in hundredths: it grows in the course of a year, and differs by customer.
    fn percent(&self, day: Date) -> u64 {
        let age = u64::try_from((self.today - day).whole_days()).unwrap_or_default();
        38 + self.number() * 23 % 51 + 24_u64.saturating_sub(age * 24 / 365)
    }

    /// The calls of a day: more on working days.
    fn calls(&self, day: Date) -> u64 {
        let number = u64::try_from(day.to_julian_day()).unwrap_or_default();
        let base = if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) { 40 } else { 105 };
        let wave = number * (7 + self.number()) % 31;
        self.plan.calls * self.percent(day) * (base + wave) / DAYS_OF_MONTH / 10_000
    }

    fn storage(&self, day: Date) -> u64 {
        self.plan.storage / 1_000 * (self.percent(day) * 6 + self.number() * 13 % 90)
    }

    /// The calls of these days of a month, and what was used at their end.
    fn month(&self, first: Date, last: Date) -> Value {
        json!({
            "month": first.to_string().get(..7),
            "calls": curve::days(first, last).map(|day| self.calls(day)).sum::<u64>(),
            "storage": self.storage(last),
            "seats": seats(self.plan, self.party),
        })
    }
}

/// The percentage of calls that failed.
fn failed_percent(calls: u64) -> f64 {
    0.4 + (calls % 17) as f64 / 20.0
}

/// The customers with the most calls.
fn largest(users: &[User], days: &[Date]) -> Vec<Value> {
    let calls = |user: &User| days.iter().map(|day| user.calls(*day)).sum::<u64>();
    let mut all: Vec<(u64, &User)> = users.iter().map(|user| (calls(user), user)).collect();
    all.sort_by_key(|(calls, _)| std::cmp::Reverse(*calls));
    let row = |(calls, user): (u64, &User)| {
        let writes = calls * (18 + user.number() * 7 % 17) / 100;
        let reads = calls - writes;
        json!({ "id": user.party.id(), "name": user.party.who.name, "calls": calls, "reads": reads, "writes": writes })
    };
    all.into_iter().take(CUSTOMERS_SHOWN).map(row).collect()
}

/// The events before a day, the latest first.
fn events(today: Date, days: usize) -> Vec<Value> {
    let age = |index: usize| 1 + index * index / 3;
    let row = |(index, (what, by, state, customer)): (usize, &(&str, &str, &str, usize))| {
        let day = today - Duration::days(i64::try_from(age(index)).unwrap_or_default());
        let party = parties::at(*customer);
        json!({
            "at": format!("{day}T{:02}:{:02}:00Z", 16 - index, index * 11 % 60),
            "what": format!("{what}: {}", party.who.name), "by": by, "state": state, "customer": party.id(),
        })
    };
    EVENTS.iter().enumerate().filter(|(index, _)| age(*index) < days.max(2)).map(row).collect()
}
