//! What users changed since the start of the process: new invoices, reminders, voided invoices, plans, addresses and
//! notes on tickets. In memory, and bounded.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use time::{Date, OffsetDateTime};

use super::addresses::Address;

/// The most invoices that can be created, and the most notes on one ticket.
const CREATED_MAX: usize = 500;
const NOTES_MAX: usize = 50;

/// An invoice that a user created.
#[derive(Clone)]
pub(super) struct Created {
    /// The customer's index in the catalogue.
    pub(super) customer: usize,
    pub(super) cents: u64,
    pub(super) currency: &'static str,
    pub(super) issued: Date,
    pub(super) due: Date,
    pub(super) reference: Option<String>,
    pub(super) is_draft: bool,
}

/// A note on a ticket.
#[derive(Clone)]
pub(super) struct Note {
    pub(super) at: OffsetDateTime,
    pub(super) text: String,
    /// The state that the ticket has since.
    pub(super) status: Option<&'static str>,
}

/// No more can be stored: a demo is not an archive.
pub(super) struct Full;

#[derive(Default)]
struct Changes {
    created: Vec<Created>,
    /// The times by the id of the invoice.
    reminded: BTreeMap<String, OffsetDateTime>,
    voided: BTreeMap<String, OffsetDateTime>,
    /// The plan by the customer's index.
    plans: BTreeMap<usize, usize>,
    /// The address by the customer's index.
    addresses: BTreeMap<usize, Address>,
    /// By the number of the ticket.
    notes: BTreeMap<usize, Vec<Note>>,
}

/// The changes since the start.
#[derive(Default)]
pub(super) struct Accounts(Mutex<Changes>);

impl Accounts {
    fn with<T>(&self, act: impl FnOnce(&mut Changes) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The created invoices, oldest first.
    pub(super) fn created(&self) -> Vec<Created> {
        self.with(|changes| changes.created.clone())
    }

    /// Adds an invoice, and returns its index.
    pub(super) fn create(&self, invoice: Created) -> Result<usize, Full> {
        self.with(|changes| {
            if changes.created.len() >= CREATED_MAX {
                return Err(Full);
            }
            changes.created.push(invoice);
            Ok(changes.created.len() - 1)
        })
    }

    /// When reminders were sent and invoices voided, by the id of the invoice.
    pub(super) fn reminded_and_voided(&self) -> [BTreeMap<String, OffsetDateTime>; 2] {
        self.with(|changes| [changes.reminded.clone(), changes.voided.clone()])
    }

    /// The caller has checked that the invoice exists, which bounds their number.
    pub(super) fn remind(&self, id: &str, at: OffsetDateTime) {
        self.with(|changes| changes.reminded.insert(id.to_owned(), at));
    }

    /// As [`Self::remind`].
    pub(super) fn void(&self, id: &str, at: OffsetDateTime) {
        self.with(|changes| changes.voided.insert(id.to_owned(), at));
    }

    /// The plan of a customer, by their indexes.
    pub(super) fn plan(&self, customer: usize) -> usize {
        self.with(|changes| changes.plans.get(&customer).copied().unwrap_or(customer % 3))
    }

    pub(super) fn change_plan(&self, customer: usize, plan: usize) {
        self.with(|changes| changes.plans.insert(customer, plan));
    }

    /// The address of a customer, if somebody changed it.
    pub(super) fn address(&self, customer: usize) -> Option<Address> {
        self.with(|changes| changes.addresses.get(&customer).cloned())
    }

    pub(super) fn move_to(&self, customer: usize, address: Address) {
        self.with(|changes| changes.addresses.insert(customer, address));
    }

    /// The notes on a ticket, oldest first.
    pub(super) fn notes(&self, ticket: usize) -> Vec<Note> {
        self.with(|changes| changes.notes.get(&ticket).cloned().unwrap_or_default())
    }

    pub(super) fn add_note(&self, ticket: usize, note: Note) -> Result<(), Full> {
        self.with(|changes| {
            let notes = changes.notes.entry(ticket).or_default();
            if notes.len() >= NOTES_MAX {
                return Err(Full);
            }
            notes.push(note);
            Ok(())
        })
    }
}
