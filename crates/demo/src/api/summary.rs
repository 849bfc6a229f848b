//! `GET /orders/summary`: counts and revenue of a period, in total and by group. Revenue excludes returned and
//! cancelled orders.

use std::{collections::BTreeMap, sync::Arc};

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};
use time::{Date, Weekday};

use super::{
    bearer::Bearer,
    curve,
    desk::{Desk, Order, Status, money},
    problem::Refusal,
    query::{Days, Query},
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

/// The criteria for groups.
#[derive(Clone, Copy)]
enum By {
    Day,
    Week,
    Month,
    Status,
    City,
}

const GROUPS: [(&str, By); 5] =
    [("day", By::Day), ("week", By::Week), ("month", By::Month), ("status", By::Status), ("city", By::City)];

/// The summary of the orders between `from` and `to`; `by` is `day` (the default), `week`, `month`, `status` or `city`.
pub(super) async fn summary(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let by = query.word("by", &GROUPS)?.unwrap_or(By::Day);
    let days = query.days()?;
    let desk = shared.desk();
    let orders: Vec<&Order> = desk.orders.iter().filter(|order| days.hold(order.day())).collect();
    let (name, group, rows) = match by {
        By::Day => ("day", "days", by_time(&desk, &days, &orders, |day| day, by_day)),
        By::Week => ("week", "weeks", by_time(&desk, &days, &orders, monday, by_week)),
        By::Month => ("month", "months", by_time(&desk, &days, &orders, first_of_month, by_month)),
        By::Status => ("status", "statuses", by_status(&orders)),
        By::City => ("city", "cities", by_city(&orders)),
    };
    let mut body = Sum::of(&orders).shown();
    body["by"] = json!(name);
    body["open"] = json!(orders.iter().filter(|order| order.status == Status::Open).count());
    body["currency"] = json!("EUR");
    body[group] = rows.into();
    Ok(reply::json(StatusCode::OK, &body))
}

/// The number of orders, and the revenue of those that count.
#[derive(Clone, Copy, Default)]
struct Sum {
    orders: usize,
    earning: u64,
    cents: u64,
}

impl Sum {
    fn of(orders: &[&Order]) -> Self {
        let mut sum = Self::default();
        orders.iter().for_each(|order| sum.add(order));
        sum
    }

    fn add(&mut self, order: &Order) {
        self.orders += 1;
        self.earning += u64::from(order.status.earns());
        self.cents += order.earned_cents();
    }

    fn shown(self) -> Value {
        let average = (self.cents + self.earning / 2) / self.earning.max(1);
        json!({ "orders": self.orders, "revenue": money(self.cents), "average": money(average) })
    }
}

/// Oldest first; every group between the requested days and within the books, even if it has no order.
fn by_time(
    desk: &Desk,
    days: &Days,
    orders: &[&Order],
    begin: fn(Date) -> Date,
    name: fn(Date, &mut Value),
) -> Vec<Value> {
    let first = days.from.map_or(desk.first, |from| from.max(desk.first));
    let last = days.to.map_or(desk.last, |to| to.min(desk.last));
    let mut groups: BTreeMap<Date, Sum> =
        curve::days(first, last).map(|day| (begin(day), Sum::default())).collect();
    for order in orders {
        groups.entry(begin(order.day())).or_default().add(order);
    }
    let row = |(begun, sum): (Date, Sum)| {
        let mut row = sum.shown();
        name(begun, &mut row);
        row
    };
    groups.into_iter().map(row).collect()
}

fn monday(day: Date) -> Date {
    if day.weekday() == Weekday::Monday { day } else { day.prev_occurrence(Weekday::Monday) }
}

fn first_of_month(day: Date) -> Date {
    day.replace_day(1).unwrap_or(day)
}

fn by_day(day: Date, row: &mut Value) {
    row["day"] = json!(day.to_string());
}

/// ISO 8601 weeks; `starts` is the Monday.
fn by_week(monday: Date, row: &mut Value) {
    let (year, week, _) = monday.to_iso_week_date();
    row["week"] = json!(format!("{year}-W{week:02}"));
    row["starts"] = json!(monday.to_string());
}

fn by_month(first: Date, row: &mut Value) {
    row["month"] = json!(format!("{}-{:02}", first.year(), u8::from(first.month())));
}

fn by_status(orders: &[&Order]) -> Vec<Value> {
    let row = |status: Status| {
        let of: Vec<_> = orders.iter().filter(|order| order.status == status).collect();
        let cents = of.iter().map(|order| order.cents).sum();
        json!({ "status": status, "orders": of.len(), "total": money(cents) })
    };
    Status::ALL.map(row).into()
}

/// Highest revenue first.
fn by_city(orders: &[&Order]) -> Vec<Value> {
    let mut cities: BTreeMap<&str, Sum> = BTreeMap::new();
    orders.iter().for_each(|order| cities.entry(order.city).or_default().add(order));
    let mut cities: Vec<_> = cities.into_iter().collect();
    cities.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.cents));
    let row = |(city, sum): (&str, Sum)| {
        let mut row = sum.shown();
        row["city"] = json!(city);
        row
    };
    cities.into_iter().map(row).collect()
}
