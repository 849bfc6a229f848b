//! A demo API of a trader with an order desk, a service and a support team: a resource server that trusts access tokens of given issuers (RFC 9068). Each resource
//! has its own file. `bearer.rs` controls access; the data comes from `books.rs`, `ledger.rs` and `warehouse.rs`.

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    routing::{get, post},
};
use tokio::net::TcpListener;

use self::shared::Shared;
use crate::{Clock, Error, listen};

mod accounts;
mod addresses;
mod articles;
mod bearer;
mod billing;
mod body;
mod books;
mod budgets;
mod catalogue;
mod counts;
mod curve;
mod customers;
mod deliveries;
mod desk;
mod dice;
mod idempotency;
mod invoice;
mod invoices;
mod keys;
mod ledger;
mod order;
mod orders;
mod parties;
mod payouts;
mod picture;
mod places;
mod plans;
mod problem;
mod query;
mod reports;
mod revenue;
mod scopes;
mod shared;
mod ship;
mod step_up;
mod stock;
mod subscriptions;
mod summary;
#[cfg(test)]
mod tests;
mod tickets;
mod token;
mod usage;
mod warehouse;

pub use shared::Options;

/// The API's routes.
fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/orders", get(orders::list))
        .route("/orders/summary", get(summary::summary))
        .route("/orders/{id}", get(order::one))
        .route("/orders/{id}/invoice", get(invoice::one))
        .route("/orders/{id}/ship", post(ship::ship))
        .route("/customers", get(customers::list))
        .route("/customers/{id}", get(customers::one).patch(addresses::change))
        .route("/customers/{id}/events", get(customers::events))
        .route("/customers/{id}/usage", get(usage::of_customer))
        .route("/countries", get(places::countries))
        .route("/countries/{code}/cities", get(places::cities))
        .route("/invoices", get(billing::list).post(billing::create))
        .route("/invoices/{id}", get(billing::one))
        .route("/invoices/{id}/remind", post(billing::remind))
        .route("/invoices/{id}/void", post(billing::void))
        .route("/plans", get(plans::list))
        .route("/subscriptions", get(subscriptions::list))
        .route("/subscriptions/{id}/plan", post(subscriptions::change_plan))
        .route("/tickets", get(tickets::list))
        .route("/tickets/{id}", get(tickets::one))
        .route("/tickets/{id}/notes", post(tickets::add_note))
        .route("/agents", get(tickets::agents))
        .route("/usage", get(usage::usage))
        .route("/stock", get(stock::list))
        .route("/stock/counts", post(counts::begin))
        .route("/stock/counts/{id}", get(counts::one))
        .route("/articles/search", post(articles::search))
        .route("/articles/{sku}/picture", get(picture::one))
        .route("/departments/{name}/budget", get(budgets::one))
        .route("/reports/margin", get(reports::margin))
        .route("/reports/revenue", get(revenue::revenue))
        .route("/payouts", get(payouts::list).post(payouts::order))
        .route("/payouts/{id}", get(payouts::one))
        .route("/payouts/{id}/cancel", post(payouts::cancel))
        .route("/warehouse/deliveries", get(deliveries::list))
        .route("/warehouse/deliveries/{id}/receive", post(deliveries::receive))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::wrong_method)
        .with_state(shared)
}

/// A demo API with an open port, ready to serve.
pub struct Api {
    listener: TcpListener,
    addr: SocketAddr,
    shared: Arc<Shared>,
}

impl Api {
    /// Opens the port.
    pub async fn bind(options: Options) -> Result<Self, Error> {
        Self::bind_with_clock(options, Clock::default()).await
    }

    /// The same with a clock that can be moved.
    pub async fn bind_with_clock(options: Options, clock: Clock) -> Result<Self, Error> {
        let (listener, addr) = listen::bind(options.listen, false).await?;
        Ok(Self { listener, addr, shared: Shared::new(options, clock)? })
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves until `shutdown` resolves.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        tracing::info!(addr = %self.addr, audience = %self.shared.options.audience, "the demo API is listening");
        listen::serve(self.listener, router(self.shared), shutdown).await
    }
}
