//! The order desk's books: made up by a fixed rule, so that ids, amounts and order are the same at every start. Only
//! the dates move, back from the start of the day.

use serde::Serialize;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    catalogue::{ARTICLES, Article, CUSTOMERS, Customer},
    curve,
    dice::Dice,
    parties,
};

pub(super) const ORDERS: usize = 1500;
const SEED: u64 = 0x5eed_0f0a_0a4b_0a75;

/// The carriers; the first is the default.
pub(super) const CARRIERS: [&str; 3] = ["Post", "DHL", "Schenker"];

/// How an order was shipped.
#[derive(Clone)]
pub(super) struct Shipment {
    pub(super) carrier: &'static str,
    pub(super) note: Option<String>,
    pub(super) parcels: Option<u32>,
    pub(super) at: OffsetDateTime,
}

/// The state of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Open,
    Packed,
    Shipped,
    Returned,
    Cancelled,
}

impl Status {
    pub(super) const ALL: [Self; 5] =
        [Self::Open, Self::Packed, Self::Shipped, Self::Returned, Self::Cancelled];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether its total counts as revenue.
    pub(super) fn earns(self) -> bool {
        !matches!(self, Self::Returned | Self::Cancelled)
    }
}

/// An order as the API shows it in lists.
#[derive(Clone, Serialize)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) customer: &'static str,
    pub(super) customer_id: String,
    pub(super) placed_at: String,
    pub(super) status: Status,
    pub(super) items: u32,
    pub(super) total: f64,
    pub(super) currency: &'static str,
    pub(super) city: &'static str,
    /// The number of its invoice; cancelled orders have none.
    pub(super) invoice: Option<String>,
    /// The number in its id.
    #[serde(skip)]
    pub(super) number: usize,
    #[serde(skip)]
    pub(super) at: OffsetDateTime,
    #[serde(skip)]
    pub(super) buyer: &'static Customer,
    #[serde(skip)]
    pub(super) lines: Vec<(&'static Article, u32)>,
    /// Its state before it was shipped at the desk, and how it was shipped; `None` for made-up data.
    #[serde(skip)]
    pub(super) left: Option<(Status, Shipment)>,
    #[serde(skip)]
    pub(super) cents: u64,
    #[serde(skip)]
    pub(super) cost_cents: u64,
}

impl Order {
    /// The day it was placed, in UTC.
    pub(super) fn day(&self) -> Date {
        self.at.date()
    }

    pub(super) fn earned_cents(&self) -> u64 {
        if self.status.earns() { self.cents } else { 0 }
    }
}

/// The complete books.
#[derive(Clone)]
pub(super) struct Desk {
    /// The first and the last day they cover.
    pub(super) first: Date,
    pub(super) last: Date,
    /// Newest first.
    pub(super) orders: Vec<Order>,
}

impl Desk {
    /// Makes up the books as of the start of `today`.
    pub(super) fn open(today: Date) -> Self {
        let last = today.previous_day().unwrap_or(today);
        let mut dice = Dice::new(SEED);
        let moments = curve::moments(last, ORDERS).into_iter().enumerate();
        let orders = moments.map(|(age, at)| order(age, at, &mut dice)).collect();
        Self { first: curve::first_day(last), last, orders }
    }
}

fn order(age: usize, at: OffsetDateTime, dice: &mut Dice) -> Order {
    // Some orders are more frequent than others.
    let (first, second) = (dice.pick(&CUSTOMERS), dice.pick(&CUSTOMERS));
    let buyer = if first.postcode < second.postcode { first } else { second };
    let status = match (age, dice.roll(100)) {
        (_, 0..3) => Status::Cancelled,
        (0..10, _) => Status::Open,
        (10..28, 3..55) => Status::Open,
        (10..28, _) | (28..44, 3..50) => Status::Packed,
        (60.., 3..8) => Status::Returned,
        _ => Status::Shipped,
    };
    let mut lines: Vec<(&Article, u32)> = Vec::new();
    for _ in 0..1 + dice.roll(3) {
        let (article, wanted) = (dice.pick(&ARTICLES), dice.roll(4) + dice.roll(4));
        // Expensive articles are not bought by the dozen.
        let quantity = 1 + u32::try_from(wanted * 2000 / article.price.max(1000)).unwrap_or(0);
        match lines.iter_mut().find(|(found, _)| found.sku == article.sku) {
            Some((_, already)) => *already += quantity,
            None => lines.push((article, quantity)),
        }
    }
    let sum = |of: fn(&Article) -> u64| lines.iter().map(|(article, n)| of(article) * u64::from(*n)).sum();
    let (cents, cost_cents): (u64, u64) = (sum(|article| article.price), sum(|article| article.cost));
    let number = 1000 + ORDERS - age;
    Order {
        id: format!("ORD-{number}"),
        customer: buyer.name,
        customer_id: parties::named(buyer.name).map(parties::Party::id).unwrap_or_default(),
        placed_at: at.format(&Rfc3339).unwrap_or_default(),
        status,
        items: lines.iter().map(|(_, quantity)| quantity).sum(),
        total: money(cents),
        currency: "EUR",
        city: buyer.city,
        invoice: (status != Status::Cancelled).then(|| format!("INV-{number}")),
        number,
        at,
        buyer,
        lines,
        left: None,
        cents,
        cost_cents,
    }
}

/// Cents as the amount that is shown.
pub(super) fn money(cents: u64) -> f64 {
    cents as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::{Desk, ORDERS, Order, Status};

    #[test]
    fn the_books_are_the_same_at_every_start_and_hold_every_status() {
        let (one, two) = (Desk::open(date!(2027 - 05 - 04)), Desk::open(date!(2027 - 05 - 04)));
        assert_eq!(serde_json::to_string(&one.orders).unwrap(), serde_json::to_string(&two.orders).unwrap());
        assert_eq!(one.orders.len(), ORDERS);
        assert!(one.orders.is_sorted_by(|a, b| a.at > b.at));
        assert!(one.orders.iter().all(|order| one.first <= order.day() && order.day() <= one.last));
        assert_eq!(one.last, date!(2027 - 05 - 03));
        for status in Status::ALL {
            assert!(one.orders.iter().filter(|order| order.status == status).count() > 4, "{status:?}");
        }
    }

    #[test]
    fn another_day_moves_the_dates_and_nothing_else() {
        let (one, two) = (Desk::open(date!(2027 - 05 - 04)), Desk::open(date!(2027 - 12 - 25)));
        let timeless = |order: &Order| (order.id.clone(), order.customer, order.status, order.cents);
        assert!(one.orders.iter().map(timeless).eq(two.orders.iter().map(timeless)));
        assert!(one.orders.iter().zip(&two.orders).all(|(one, two)| one.at < two.at));
    }
}
