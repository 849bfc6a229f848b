//! The books of the day, including orders shipped at the desk since the start of the process. The underlying data is
//! made up in `desk.rs` and does not change.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use time::{Date, OffsetDateTime};

use super::desk::{Desk, Order, Shipment, Status};

/// Why an order cannot be shipped.
pub(super) enum Unshippable {
    Unknown,
    /// Its state does not allow it.
    Is(Status),
}

/// The books, made up at the first request of a day.
#[derive(Default)]
pub(super) struct Books(Mutex<State>);

#[derive(Default)]
struct State {
    desk: Option<(Date, Arc<Desk>)>,
    /// By the order's number.
    shipments: BTreeMap<usize, Shipment>,
}

impl State {
    fn at(&mut self, today: Date) -> &mut Arc<Desk> {
        let kept = self.desk.take().filter(|(day, _)| *day == today);
        let desk = kept.map_or_else(|| Arc::new(open(today, &self.shipments)), |(_, desk)| desk);
        &mut self.desk.insert((today, desk)).1
    }
}

impl Books {
    /// The books as of `now`, in seconds since 1970.
    pub(super) fn at(&self, now: i64) -> Arc<Desk> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.at(moment(now).date()).clone()
    }

    /// Ships an open or packed order, and returns the updated books.
    pub(super) fn ship(&self, id: &str, shipment: Shipment) -> Result<Arc<Desk>, Unshippable> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let desk = state.at(shipment.at.date());
        let order = desk.orders.iter().find(|order| order.id == id).ok_or(Unshippable::Unknown)?;
        if !matches!(order.status, Status::Open | Status::Packed) {
            return Err(Unshippable::Is(order.status));
        }
        let number = order.number;
        let orders = &mut Arc::make_mut(desk).orders;
        orders.iter_mut().filter(|order| order.number == number).for_each(|order| leave(order, &shipment));
        let desk = desk.clone();
        state.shipments.insert(number, shipment);
        Ok(desk)
    }
}

/// Seconds since 1970 as a date-time.
pub(super) fn moment(now: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(now).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn open(today: Date, shipments: &BTreeMap<usize, Shipment>) -> Desk {
    let mut desk = Desk::open(today);
    for order in &mut desk.orders {
        if let Some(shipment) = shipments.get(&order.number) {
            leave(order, shipment);
        }
    }
    desk
}

fn leave(order: &mut Order, shipment: &Shipment) {
    order.left = Some((order.status, shipment.clone()));
    order.status = Status::Shipped;
}
