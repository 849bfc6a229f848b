//! `GET /reports/revenue`: the revenue of orders by region and month, for the finance role and with its own scope.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    bearer::Bearer,
    desk::Order,
    parties::{REGIONS, region, title},
    problem::Refusal,
    query::Query,
    scopes::ReadReports,
    shared::Shared,
};
use crate::reply;

/// The target of a month, in hundredths of the revenue of a month on average.
const TARGET_PERCENT: u64 = 105;

#[derive(Clone, Copy, Default)]
struct Sum {
    orders: u64,
    revenue: u64,
    cost: u64,
}

impl Sum {
    fn add(&mut self, order: &Order) {
        self.orders += 1;
        self.revenue += order.cents;
        self.cost += order.cost_cents;
    }

    /// Amounts in cents; the margin as a part of one.
    fn shown(self) -> Value {
        let margin = self.revenue.saturating_sub(self.cost);
        let part = (margin * 1_000 / self.revenue.max(1)) as f64 / 1_000.0;
        json!({
            "orders": self.orders, "revenue": self.revenue, "cost": self.cost, "margin": margin, "margin_part": part,
        })
    }
}

/// Revenue of all months and regions, of one `month` or of one `region`. `months` has a row for each month and region,
/// `regions` for each region.
pub(super) async fn revenue(
    State(shared): State<Arc<Shared>>,
    Bearer { access, .. }: Bearer<ReadReports>,
    query: Query,
) -> Result<Response, Refusal> {
    if !access.has_role("finance") {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This report requires the finance role."));
    }
    let (month, regions) = (query.month("month")?, query.among("region", &REGIONS)?);
    let desk = shared.desk();
    let mut cells: BTreeMap<(String, &str), Sum> = BTreeMap::new();
    for order in desk.orders.iter().filter(|order| order.status.earns()) {
        let region = region(order.buyer.country);
        if regions.is_empty() || regions.contains(&region) {
            let of_month = order.day().to_string().get(..7).unwrap_or_default().to_owned();
            cells.entry((of_month, region)).or_default().add(order);
        }
    }
    let is_asked = |of: &str| month.is_none_or(|month| of == month);
    let (mut total, mut by_region) = (Sum::default(), BTreeMap::<&str, Sum>::new());
    for ((_, region), sum) in cells.iter().filter(|((of, _), _)| is_asked(of)) {
        for all in [&mut total, by_region.entry(region).or_default()] {
            all.orders += sum.orders;
            all.revenue += sum.revenue;
            all.cost += sum.cost;
        }
    }
    let of_month = |((month, region), sum): (&(String, &str), &Sum)| {
        let mut row = row(*sum, region);
        row["month"] = json!(month);
        row
    };
    let months: Vec<Value> = cells.iter().map(of_month).collect();
    let of_regions: Vec<Value> = by_region.iter().map(|(region, sum)| row(*sum, region)).collect();
    let mut body = total.shown();
    body["currency"] = json!("EUR");
    let all_months: BTreeSet<&str> = cells.keys().map(|(of, _)| of.as_str()).collect();
    let asked = all_months.iter().filter(|of| is_asked(of)).count() as u64;
    let ever: u64 = cells.values().map(|sum| sum.revenue).sum();
    body["target"] = json!(ever * asked * TARGET_PERCENT / 100 / (all_months.len() as u64).max(1));
    body["months"] = months.into();
    body["regions"] = of_regions.into();
    Ok(reply::json(StatusCode::OK, &body))
}

fn row(sum: Sum, region: &str) -> Value {
    let mut row = sum.shown();
    row["currency"] = json!("EUR");
    row["region"] = json!(region);
    row["name"] = json!(title(region));
    row
}
