//! The customers as parties of orders, invoices, subscriptions and tickets: one id, region, currency and set of tags for
//! each, which is the same in every answer.

use serde_json::{Value, json};

use super::catalogue::{CUSTOMERS, Customer};

/// The regions, in the order of reports.
pub(super) const REGIONS: [&str; 4] = ["central", "isles", "nordics", "south"];

/// A customer and its place in the catalogue.
#[derive(Clone, Copy)]
pub(super) struct Party {
    /// Its index in the catalogue.
    pub(super) index: usize,
    pub(super) who: &'static Customer,
}

/// All customers, by name.
pub(super) fn all() -> impl Iterator<Item = Party> {
    CUSTOMERS.iter().enumerate().map(|(index, who)| Party { index, who })
}

/// The customer at this place of the catalogue, counted round and round.
pub(super) fn at(number: usize) -> Party {
    let index = number % CUSTOMERS.len();
    Party { index, who: &CUSTOMERS[index] }
}

/// The customer with that id.
pub(super) fn find(id: &str) -> Option<Party> {
    all().find(|party| party.id() == id)
}

/// The customer with that name.
pub(super) fn named(name: &str) -> Option<Party> {
    all().find(|party| party.who.name == name)
}

/// The region of a country.
pub(super) fn region(country: &str) -> &'static str {
    match country {
        "NO" | "SE" | "EE" => "nordics",
        "ES" | "IT" | "PT" => "south",
        "GB" | "IE" => "isles",
        _ => "central",
    }
}

/// The name of a region.
pub(super) fn title(region: &str) -> String {
    let (first, rest) = region.split_at(region.len().min(1));
    format!("{}{rest}", first.to_uppercase())
}

impl Party {
    pub(super) fn id(self) -> String {
        format!("CUS-{:03}", self.index + 1)
    }

    pub(super) fn region(self) -> &'static str {
        region(self.who.country)
    }

    /// The currency of its invoices.
    pub(super) fn currency(self) -> &'static str {
        match self.who.country {
            "GB" => "GBP",
            "NO" => "NOK",
            _ => "EUR",
        }
    }

    pub(super) fn tags(self) -> Vec<&'static str> {
        let tags = [
            (self.index.is_multiple_of(4), "vip"),
            (self.index % 3 == 1, "reseller"),
            (self.index % 5 == 2, "pilot"),
        ];
        tags.iter().filter(|(has, _)| *has).map(|(_, tag)| *tag).collect()
    }

    /// The customer in the answers of other resources.
    pub(super) fn short(self) -> Value {
        json!({
            "id": self.id(), "name": self.who.name, "country": self.who.country, "region": self.region(),
        })
    }
}
