//! The invoices: made up by fixed rules from the customers, and those that users created. Only the dates of the first
//! move with the day.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{accounts::Created, desk::money, parties, plans::PLANS, shared::Shared};

const INVOICES: usize = 160;
const LAST_NUMBER: usize = 20_400;
/// The days between the issue of an invoice and the day on which it is due.
pub(super) const DAYS_TO_PAY: i64 = 14;
pub(super) const STATES: [&str; 6] = ["draft", "open", "paid", "past_due", "uncollectible", "void"];
pub(super) const CURRENCIES: [&str; 3] = ["EUR", "GBP", "NOK"];

/// An invoice. Amounts are in the smallest unit of its currency.
#[derive(Clone, Serialize)]
pub(super) struct Invoice {
    pub(super) id: String,
    pub(super) customer: Value,
    pub(super) status: &'static str,
    pub(super) amount: u64,
    pub(super) currency: &'static str,
    pub(super) issued: String,
    pub(super) due: String,
    pub(super) paid_at: Option<String>,
    pub(super) reminded: bool,
    pub(super) labels: Vec<&'static str>,
    pub(super) address: Value,
    pub(super) plan: &'static str,
    pub(super) reference: Option<String>,
    /// When a user sent a reminder, and voided it.
    #[serde(skip)]
    reminded_at: Option<String>,
    #[serde(skip)]
    voided_at: Option<String>,
}

impl Invoice {
    /// A text member of its customer, such as `id`.
    pub(super) fn customer(&self, member: &str) -> &str {
        self.customer.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// The time of the issue: invoices are issued at night.
    pub(super) fn issued_at(&self) -> String {
        format!("{}T00:05:00Z", self.issued)
    }

    /// Whether money is still expected.
    pub(super) fn is_due(&self) -> bool {
        matches!(self.status, "open" | "past_due")
    }

    /// The invoice with its lines, whose amounts are not in the smallest unit, and its history.
    pub(super) fn full(&self) -> Value {
        let mut body = json!(self);
        let usage = self.amount / 10;
        body["lines"] = json!([
            { "text": format!("Plan {}, one month", self.plan), "quantity": 1, "total": money(self.amount - usage) },
            { "text": "Usage above the plan", "quantity": 1 + usage % 7, "total": money(usage) },
        ]);
        let mut history = vec![json!({ "at": self.issued_at(), "event": "issued", "by": "Billing" })];
        if self.reminded {
            let at = self.reminded_at.clone().unwrap_or_else(|| format!("{}T09:00:00Z", self.due));
            history.push(json!({ "at": at, "event": "reminded", "by": "Billing" }));
        }
        if let Some(at) = &self.voided_at {
            history.push(json!({ "at": at, "event": "voided", "by": "Billing" }));
        }
        if let Some(paid) = &self.paid_at {
            history.push(json!({ "at": paid, "event": "paid", "by": self.customer("name") }));
        }
        body["history"] = history.into();
        body
    }
}

/// All invoices as of today, newest first.
pub(super) fn all(shared: &Shared) -> Vec<Invoice> {
    let today = shared.today();
    let created = shared.accounts.created();
    let plan = |customer: usize| PLANS.get(shared.accounts.plan(customer)).map_or("", |plan| plan.name);
    let [reminded, voided] = shared.accounts.reminded_and_voided();
    let of_users =
        created.iter().enumerate().rev().map(|(index, one)| of_user(index, one, plan(one.customer), today));
    let mut all: Vec<Invoice> = of_users.chain((0..INVOICES).map(|number| made_up(number, today))).collect();
    for invoice in &mut all {
        let of = |times: &BTreeMap<String, OffsetDateTime>| times.get(&invoice.id)?.format(&Rfc3339).ok();
        (invoice.reminded_at, invoice.voided_at) = (of(&reminded), of(&voided));
        invoice.reminded |= invoice.reminded_at.is_some();
        if invoice.voided_at.is_some() {
            invoice.status = "void";
        }
    }
    all
}

pub(super) fn find(shared: &Shared, id: &str) -> Option<Invoice> {
    all(shared).into_iter().find(|invoice| invoice.id == id)
}

/// The id of an invoice that a user created, by its index.
pub(super) fn id_of_created(index: usize) -> String {
    format!("INV-{:05}", LAST_NUMBER + 1 + index)
}

fn of_user(index: usize, one: &Created, plan: &'static str, today: Date) -> Invoice {
    let party = parties::at(one.customer);
    Invoice {
        id: id_of_created(index),
        customer: party.short(),
        status: match (one.is_draft, one.due < today) {
            (true, _) => "draft",
            (false, true) => "past_due",
            (false, false) => "open",
        },
        amount: one.cents,
        currency: one.currency,
        issued: one.issued.to_string(),
        due: one.due.to_string(),
        paid_at: None,
        reminded: false,
        labels: party.tags(),
        address: address(party),
        plan,
        reference: one.reference.clone(),
        reminded_at: None,
        voided_at: None,
    }
}

fn made_up(number: usize, today: Date) -> Invoice {
    let party = parties::at(number * 7);
    let age = i64::try_from(number).unwrap_or_default() * 2;
    let issued = today - Duration::days(age);
    let due = issued + Duration::days(DAYS_TO_PAY);
    let status = match number {
        0 | 2 => "draft",
        number if number % 31 == 9 => "void",
        number if due >= today && number % 3 != 1 => "open",
        number if number % 37 == 20 => "uncollectible",
        number if due < today && number % 8 == 3 => "past_due",
        _ => "paid",
    };
    let (plan, price) = PLANS.get(party.index % PLANS.len()).map_or(("", 0), |plan| (plan.name, plan.price));
    let paid_at = (status == "paid")
        .then(|| format!("{}T09:{:02}:00Z", issued + Duration::days((age - 1).clamp(0, 9)), number % 60));
    let mut labels = party.tags();
    if number.is_multiple_of(9) {
        labels.push("annual");
    }
    Invoice {
        id: format!("INV-{:05}", LAST_NUMBER - number),
        customer: party.short(),
        status,
        amount: price + (number as u64 * 4_637) % 9_000,
        currency: party.currency(),
        issued: issued.to_string(),
        due: due.to_string(),
        paid_at,
        reminded: status == "past_due" && number % 16 == 3,
        labels,
        address: address(party),
        plan,
        reference: number.is_multiple_of(5).then(|| format!("PO-{}", 7_000 + number)),
        reminded_at: None,
        voided_at: None,
    }
}

fn address(party: parties::Party) -> Value {
    json!({ "street": party.who.street, "city": party.who.city, "country": party.who.country })
}
