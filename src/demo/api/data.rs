//! The order desk's books: made up by a fixed rule, the same at every start, dated from a fixed day.

use serde::Serialize;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};

/// The last moment of the books; they go back from here.
const NOW: OffsetDateTime = datetime!(2026-09-30 16:40 UTC);
const ORDERS: usize = 320;
const SEED: u64 = 0x5eed_0f0a_0a4b_0a75;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Packed,
    Shipped,
    Returned,
    Cancelled,
}

impl Status {
    pub const ALL: [Self; 5] = [Self::Open, Self::Packed, Self::Shipped, Self::Returned, Self::Cancelled];

    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether its total counts as revenue.
    pub fn earns(self) -> bool {
        !matches!(self, Self::Returned | Self::Cancelled)
    }
}

/// An order as the API shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    pub id: String,
    pub customer: &'static str,
    pub placed_at: String,
    pub status: Status,
    pub items: u32,
    pub total: f64,
    pub currency: &'static str,
    pub city: &'static str,
    #[serde(skip)]
    pub cents: u64,
    #[serde(skip)]
    pub cost_cents: u64,
}

impl Order {
    /// The day it was placed, `YYYY-MM-DD`.
    pub fn day(&self) -> &str {
        self.placed_at.get(..10).unwrap_or_default()
    }

    /// The month it was placed, `YYYY-MM`.
    pub fn month(&self) -> &str {
        self.placed_at.get(..7).unwrap_or_default()
    }

    pub fn earned_cents(&self) -> u64 {
        if self.status.earns() { self.cents } else { 0 }
    }
}

/// Who orders, and where it goes.
pub static CUSTOMERS: [(&str, &str); 20] = [
    ("Albers & Zonen", "Rotterdam"),
    ("Atelier Moreau", "Lyon"),
    ("Bakkerij De Haven", "Antwerp"),
    ("Brightwell Stores", "Bristol"),
    ("Café Lindgren", "Gothenburg"),
    ("Casa Ferrer", "Valencia"),
    ("Dockside Supplies", "Liverpool"),
    ("Fjord Interiør", "Bergen"),
    ("Galerie Nord", "Hamburg"),
    ("Hafenkontor Krüger", "Bremen"),
    ("Isola Design", "Genoa"),
    ("Jansen Optiek", "Utrecht"),
    ("Kowalski i Córki", "Gdańsk"),
    ("Maison Lambert", "Marseille"),
    ("Nordic Paper", "Malmö"),
    ("Oliveira & Filhos", "Porto"),
    ("Papeterie du Port", "Le Havre"),
    ("Quayside Books", "Dublin"),
    ("Rossi Ceramiche", "Trieste"),
    ("Saar Tooling", "Tallinn"),
];

/// All the books.
pub struct Desk {
    /// Newest first.
    pub orders: Vec<Order>,
}

/// Marsaglia's xorshift64: enough to make books look lived in.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides.max(1)
    }
}

impl Desk {
    /// Makes the books up.
    pub fn open() -> Self {
        let mut dice = Dice(SEED);
        let mut at = NOW;
        let orders = (0..ORDERS)
            .map(|age| {
                // About three and a half orders a day, fewer at night.
                at -= Duration::minutes(i64::try_from(60 + dice.roll(700)).unwrap_or(60));
                order(age, at, &mut dice)
            })
            .collect();
        Self { orders }
    }
}

fn order(age: usize, at: OffsetDateTime, dice: &mut Dice) -> Order {
    let who = usize::try_from(dice.roll(CUSTOMERS.len() as u64)).unwrap_or(0);
    let (customer, city) = CUSTOMERS.get(who).copied().unwrap_or(CUSTOMERS[0]);
    let status = match (age, dice.roll(100)) {
        (_, 0..4) => Status::Cancelled,
        (0..14, _) => Status::Open,
        (14..40, 4..50) => Status::Open,
        (14..40, _) | (40..64, 4..55) => Status::Packed,
        (64.., 4..10) => Status::Returned,
        _ => Status::Shipped,
    };
    let items = 1 + dice.roll(4) + dice.roll(5);
    let cents: u64 = (0..items).map(|_| 890 + 100 * dice.roll(119) + 10 * dice.roll(10)).sum();
    let cost_cents = cents * (54 + dice.roll(18)) / 100;
    Order {
        id: format!("ORD-{}", 1000 + ORDERS - age),
        customer,
        placed_at: at.format(&Rfc3339).unwrap_or_default(),
        status,
        items: u32::try_from(items).unwrap_or(1),
        total: money(cents),
        currency: "EUR",
        city,
        cents,
        cost_cents,
    }
}

/// Cents as the number that is shown.
pub fn money(cents: u64) -> f64 {
    cents as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::{Desk, ORDERS, Status};

    #[test]
    fn the_books_are_the_same_at_every_start_and_hold_every_status() {
        let (one, two) = (Desk::open(), Desk::open());
        assert_eq!(serde_json::to_string(&one.orders).unwrap(), serde_json::to_string(&two.orders).unwrap());
        assert_eq!(one.orders.len(), ORDERS);
        assert!(one.orders.is_sorted_by(|a, b| a.placed_at > b.placed_at));
        for status in Status::ALL {
            assert!(one.orders.iter().filter(|order| order.status == status).count() > 4, "{status:?}");
        }
    }
}
