//! The ordered payouts, in memory of the process. Each belongs to the user who ordered it.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{desk::money, token::Who};

/// A payout.
#[derive(Clone)]
pub(super) struct Payout {
    /// The user who ordered it.
    pub(super) owner: Who,
    pub(super) to: String,
    pub(super) cents: u64,
    pub(super) reference: String,
    /// The day on which it is paid.
    pub(super) on: Date,
    pub(super) ordered_at: OffsetDateTime,
    pub(super) is_cancelled: bool,
}

impl Payout {
    fn state(&self, today: Date) -> &'static str {
        match self.is_cancelled {
            true => "cancelled",
            false if self.on < today => "paid",
            false => "scheduled",
        }
    }
}

/// Why a payout cannot be cancelled.
pub(super) enum Uncancellable {
    /// There is none, or it is another user's.
    Unknown,
    /// It is too late; this is its current state.
    Is(&'static str),
}

/// All payouts, oldest first; their index is the id.
#[derive(Default)]
pub(super) struct Ledger(Mutex<Vec<Payout>>);

const FIRST_NUMBER: usize = 1001;

impl Ledger {
    fn with<T>(&self, act: impl FnOnce(&mut Vec<Payout>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds one; returns its id and how it is shown.
    pub(super) fn add(&self, payout: Payout, today: Date) -> (String, Value) {
        self.with(|all| {
            let index = all.len();
            let body = shown(index, &payout, today);
            all.push(payout);
            (id(index), body)
        })
    }

    /// A user's own payouts, newest first.
    pub(super) fn of(&self, owner: &Who, today: Date) -> Vec<Value> {
        self.with(|all| {
            let theirs = all.iter().enumerate().rev().filter(|(_, payout)| payout.owner == *owner);
            theirs.map(|(index, payout)| shown(index, payout, today)).collect()
        })
    }

    /// One of a user's own payouts.
    pub(super) fn one(&self, owner: &Who, id: &str, today: Date) -> Option<Value> {
        self.with(|all| find(all, owner, id).map(|(index, payout)| shown(index, payout, today)))
    }

    /// Cancels one of a user's own payouts if it has not been paid.
    pub(super) fn cancel(&self, owner: &Who, id: &str, today: Date) -> Result<Value, Uncancellable> {
        self.with(|all| {
            let (index, payout) = find(all, owner, id).ok_or(Uncancellable::Unknown)?;
            match payout.state(today) {
                "scheduled" => {
                    payout.is_cancelled = true;
                    Ok(shown(index, payout, today))
                }
                other => Err(Uncancellable::Is(other)),
            }
        })
    }
}

fn id(index: usize) -> String {
    format!("PAY-{}", FIRST_NUMBER + index)
}

fn find<'a>(all: &'a mut [Payout], owner: &Who, wanted: &str) -> Option<(usize, &'a mut Payout)> {
    all.iter_mut().enumerate().find(|(index, payout)| id(*index) == wanted && payout.owner == *owner)
}

fn shown(index: usize, payout: &Payout, today: Date) -> Value {
    json!({
        "id": id(index),
        "to": payout.to,
        "amount": money(payout.cents),
        "currency": "EUR",
        "reference": payout.reference,
        "on": payout.on.to_string(),
        "state": payout.state(today),
        "ordered_at": payout.ordered_at.format(&Rfc3339).unwrap_or_default(),
    })
}
