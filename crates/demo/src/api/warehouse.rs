//! The deliveries of the warehouse: made up like the books, plus those received since the start of the process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use axum::http::StatusCode;
use serde_json::{Value, json};
use time::{Date, Duration};

use super::{
    catalogue::{ARTICLES, Article, SUPPLIERS},
    dice::Dice,
    idempotency::Answer,
};

const SEED: u64 = 0x0ca7_90a7_5eed_0003;
const DELIVERIES: u32 = 24;
const FIRST_NUMBER: u32 = 301;
const UNKNOWN: &str = "There is no such delivery.";

/// A delivery that a supplier has announced.
pub(super) struct Delivery {
    id: String,
    article: &'static Article,
    quantity: u32,
    from: &'static str,
    expected_on: Date,
    /// The received quantity, once it has arrived.
    pub(super) received: Option<u32>,
}

impl Delivery {
    /// The delivery as the API shows it.
    pub(super) fn shown(&self) -> Value {
        json!({
            "id": self.id, "article": self.article.name, "sku": self.article.sku, "quantity": self.quantity,
            "from": self.from, "expected_on": self.expected_on.to_string(),
            "state": if self.received.is_some() { "arrived" } else { "announced" }, "received": self.received,
        })
    }
}

/// The deliveries received since the start: the quantity by the delivery's id.
#[derive(Default)]
pub(super) struct Received(Mutex<BTreeMap<String, u32>>);

impl Received {
    /// The deliveries as of a day, soonest first.
    pub(super) fn deliveries(&self, today: Date) -> Vec<Delivery> {
        let received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = made_up(today);
        for delivery in &mut all {
            delivery.received = delivery.received.or(received.get(&delivery.id).copied());
        }
        all
    }

    /// Books the arrival of an announced delivery.
    pub(super) fn receive(&self, today: Date, id: &str, quantity: u32) -> Answer {
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
