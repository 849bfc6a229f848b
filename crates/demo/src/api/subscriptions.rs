//! `/subscriptions`: one for each customer. A page has the URL of the next one.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};
use time::Duration;

use super::{
    bearer::Bearer,
    body::Fields,
    idempotency::Answer,
    parties::{self, Party},
    plans::{PLANS, Plan},
    problem::Refusal,
    query::Query,
    scopes::{ReadOrders, Serve},
    shared::Shared,
    usage,
};
use crate::reply;

const UNKNOWN: &str = "There is no such subscription.";

/// The state of a customer's subscription, which is also that of the customer.
pub(super) fn status(party: Party) -> &'static str {
    match party.index % 10 {
        3 => "trialing",
        6 => "past_due",
        9 => "canceled",
        _ => "active",
    }
}

/// What a customer pays for a month, in cents of euros.
pub(super) fn mrr(shared: &Shared, party: Party) -> u64 {
    match status(party) {
        "trialing" | "canceled" => 0,
        _ => PLANS.get(shared.accounts.plan(party.index)).map_or(0, |plan| plan.price),
    }
}

/// `GET /subscriptions`: by name of the customer. `status`, `region` and `customer` (an id) filter; `limit` and `after` (an
/// id) page. `links.next` is the URL of the next page.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let (status, region) = (query.one("status")?, query.one("region")?);
    let (customer, after) = (query.one("customer")?, query.one("after")?);
    let limit = query.page()?.limit;
    let mut all: Vec<Value> = parties::all().map(|party| shown(&shared, party)).collect();
    all.retain(|one| {
        status.is_none_or(|status| one["status"] == status)
            && region.is_none_or(|region| one["customer"]["region"] == region)
            && customer.is_none_or(|id| one["customer"]["id"] == id)
    });
    let mrr: u64 = all.iter().filter_map(|one| one["mrr"].as_u64()).sum();
    let total = all.len();
    let mut page = all.into_iter().filter(|one| after.is_none_or(|after| one["id"].as_str() > Some(after)));
    let data: Vec<Value> = page.by_ref().take(limit).collect();
    let last = data.last().and_then(|one| one["id"].as_str()).filter(|_| page.next().is_some());
    let next = last.map(|last| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let kept = [("status", status), ("region", region), ("customer", customer), ("after", Some(last))];
        for (name, value) in kept.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            query.append_pair(name, value);
        }
        format!("/subscriptions?{}&limit={limit}", query.finish())
    });
    let body = json!({
        "data": data, "total": total, "mrr": mrr, "currency": "EUR", "links": { "next": next },
    });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `POST /subscriptions/{id}/plan`: changes the `plan` (an id) of a subscription that has not ended.
pub(super) async fn change_plan(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<Serve>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let mut fields = Fields::read(&request.headers, body).await?;
    let plan = fields.found("plan", "There is no plan with this id.", Plan::find);
    fields.check()?;
    shared.answers.once(&access.who, &request, &fields, || {
        let Some(party) = parties::all().find(|party| id_of(*party) == id) else {
            return Answer::problem(StatusCode::NOT_FOUND, UNKNOWN);
        };
        if status(party) == "canceled" {
            return Answer::problem(StatusCode::CONFLICT, &format!("{id} has been canceled."));
        }
        if let Some(plan) = plan {
            shared.accounts.change_plan(party.index, plan);
        }
        Answer::of(StatusCode::OK, shown(&shared, party))
    })
}

fn id_of(party: Party) -> String {
    format!("SUB-{:03}", party.index + 1)
}

/// The subscription of a customer.
pub(super) fn shown(shared: &Shared, party: Party) -> Value {
    let (number, of) = (party.index, party.index as u64);
    let Some(plan) = PLANS.get(shared.accounts.plan(number)) else { return Value::Null };
    let features =
        [(true, "sso"), (number.is_multiple_of(2), "audit_log"), (plan.id == "business", "priority_support")];
    let features: Vec<_> = features.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
    let status = status(party);
    let seen = i64::try_from(number * number * 2_900 + 40).unwrap_or_default();
    let renews = shared.today() + Duration::days(i64::try_from(number * 11 % 90).unwrap_or_default());
    json!({
        "id": id_of(party),
        "customer": party.short(),
        "plan": plan.name,
        "status": status,
        "auto_renew": status != "canceled",
        "mrr": mrr(shared, party),
        "currency": "EUR",
        "seats": plan.seats,
        "seats_used": usage::seats(plan, party),
        "storage": usage::storage(shared, party, shared.today()),
        "quota": plan.storage,
        "session": 45 + of * 977 % 9_000,
        "features": features,
        "last_seen": shared.clock.now() - seen,
        "renews": renews.to_string(),
    })
}
