//! `/warehouse/deliveries`: what suppliers have announced, and what has arrived. An API of its own, with its own audience;
//! made up as the books are, with what was received since the start of the process on top.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};
use time::{Date, Duration};

use super::{
    Shared,
    bearer::{self, Needs},
    body::Fields,
    catalogue::{ARTICLES, Article, SUPPLIERS},
    desk::Dice,
    idempotency::Answer,
    query::Query,
};
use crate::reply;

const SEED: u64 = 0x0ca7_90a7_5eed_0003;
const DELIVERIES: u32 = 24;
const FIRST_NUMBER: u32 = 301;
const MAX_QUANTITY: u32 = 10_000;
const STATES: [(&str, bool); 2] = [("announced", false), ("arrived", true)];
const UNKNOWN: &str = "There is no such delivery.";

struct Delivery {
    id: String,
    article: &'static Article,
    quantity: u32,
    from: &'static str,
    expected_on: Date,
    /// How many have arrived, once they have.
    received: Option<u32>,
}

impl Delivery {
    fn shown(&self) -> Value {
        json!({
            "id": self.id, "article": self.article.name, "sku": self.article.sku, "quantity": self.quantity,
            "from": self.from, "expected_on": self.expected_on.to_string(),
            "state": if self.received.is_some() { "arrived" } else { "announced" }, "received": self.received,
        })
    }
}

/// What was received since the start: how many, by the delivery's id.
#[derive(Default)]
pub struct Received(Mutex<BTreeMap<String, u32>>);

impl Received {
    /// The deliveries as of a day, soonest first.
    fn deliveries(&self, today: Date) -> Vec<Delivery> {
        let received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = made_up(today);
        for delivery in &mut all {
            delivery.received = delivery.received.or(received.get(&delivery.id).copied());
        }
        all
    }

    /// Books what has arrived of an announced delivery.
    fn receive(&self, today: Date, id: &str, quantity: u32) -> Answer {
        let mut received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut delivery) = made_up(today).into_iter().find(|delivery| delivery.id == id) else {
            return Answer::problem(StatusCode::NOT_FOUND, UNKNOWN);
        };
        if delivery.received.is_some() || received.contains_key(id) {
            return Answer::problem(StatusCode::CONFLICT, &format!("{id} has already arrived."));
        }
        received.insert(id.to_owned(), quantity);
        delivery.received = Some(quantity);
        Answer::of(StatusCode::OK, delivery.shown())
    }
}

/// The same at every start; only the dates move with the day.
fn made_up(today: Date) -> Vec<Delivery> {
    let mut dice = Dice::new(SEED);
    let mut all: Vec<_> = (0..DELIVERIES)
        .map(|number| {
            let (article, from) = (dice.pick(&ARTICLES), *dice.pick(&SUPPLIERS));
            let quantity = 20 + 10 * u32::try_from(dice.roll(24)).unwrap_or(0);
            let days = i64::from(number) - 9;
            Delivery {
                id: format!("DEL-{}", FIRST_NUMBER + number),
                article,
                quantity,
                from,
                expected_on: today.saturating_add(Duration::days(days)),
                // Some are late.
                received: (days < 0 && dice.roll(5) > 0).then_some(quantity),
            }
        })
        .collect();
    all.sort_by_key(|delivery| delivery.expected_on);
    all
}

/// `GET /warehouse/deliveries`: soonest first; `state` narrows, `limit` and `offset` page.
pub async fn list(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    listed(&shared, &headers, query.as_deref()).await.unwrap_or_else(|refusal| *refusal)
}

async fn listed(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Response, Box<Response>> {
    bearer::access(shared, headers, query, Needs::Deliveries).await?;
    let query = Query::parse(query);
    let (has_arrived, page) = (query.word("state", &STATES)?, query.page()?);
    let mut all = shared.received.deliveries(shared.today());
    all.retain(|delivery| has_arrived.is_none_or(|has_arrived| delivery.received.is_some() == has_arrived));
    let deliveries = page.of(all.iter().map(Delivery::shown));
    let body = json!({
        "deliveries": deliveries, "total": all.len(), "limit": page.limit, "offset": page.offset,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

/// `POST /warehouse/deliveries/{id}/receive`: so many (`quantity`) have arrived. Answers with the delivery.
pub async fn receive(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    received(&shared, &id, request).await.unwrap_or_else(|refusal| *refusal)
}

async fn received(shared: &Shared, id: &str, request: Request) -> Result<Response, Box<Response>> {
    let (request, body) = request.into_parts();
    let access = bearer::access(shared, &request.headers, request.uri.query(), Needs::Receive).await?;
    let mut fields = Fields::read(&request.headers, body).await?;
    let quantity = fields.needed("quantity", |fields, name| fields.whole(name, 1..=MAX_QUANTITY));
    fields.check()?;
    shared
        .answers
        .once(&access.who, &request, &fields, || shared.received.receive(shared.today(), id, quantity))
}
