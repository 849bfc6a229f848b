//! An order desk's API to try things with: a resource server that trusts access tokens of given issuers (RFC 9068).
//! A file a resource; who may call is decided in `bearer.rs`, what is answered comes from `books.rs`.

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    routing::{get, post},
};
use time::Date;
use tokio::net::TcpListener;

use super::{Clock, Error, listen};

mod bearer;
mod body;
mod books;
mod catalogue;
mod curve;
mod customers;
mod deliveries;
mod desk;
mod idempotency;
mod keys;
mod ledger;
mod order;
mod orders;
mod payouts;
mod problem;
mod query;
mod reports;
mod ship;
mod step_up;
mod stock;
mod summary;
#[cfg(test)]
mod tests;
mod token;

/// How a demo API is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Loopback only; port 0 picks a free port.
    pub listen: SocketAddr,
    /// This API's identifier, which access tokens must carry in `aud`.
    pub audience: String,
    /// That of the API below `/warehouse`, whose tokens are others.
    pub warehouse_audience: String,
    /// Whose tokens are accepted; their keys are fetched when the first token arrives.
    pub issuers: Vec<String>,
    /// Further certificate authorities that issuers may have their certificates of.
    pub authorities: Vec<reqwest::Certificate>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9100)),
            audience: String::new(),
            warehouse_audience: String::new(),
            issuers: Vec::new(),
            authorities: Vec::new(),
        }
    }
}

/// What the resources share.
pub struct Shared {
    options: Options,
    clock: Clock,
    keys: keys::Issuers,
    books: books::Books,
    ledger: ledger::Ledger,
    received: deliveries::Received,
    answers: idempotency::Answers,
}

impl Shared {
    /// Makes the data and the client that fetches keys.
    pub fn new(options: Options, clock: Clock) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            keys: keys::Issuers::new(&options.issuers, &options.authorities)?,
            books: books::Books::default(),
            ledger: ledger::Ledger::default(),
            received: deliveries::Received::default(),
            answers: idempotency::Answers::default(),
            options,
            clock,
        }))
    }

    /// The books of this day.
    fn desk(&self) -> Arc<desk::Desk> {
        self.books.at(self.clock.now())
    }

    /// In UTC, as everything here.
    fn today(&self) -> Date {
        books::moment(self.clock.now()).date()
    }
}

/// The API's routes.
pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/orders", get(orders::list))
        .route("/orders/summary", get(summary::summary))
        .route("/orders/{id}", get(order::one))
        .route("/orders/{id}/ship", post(ship::ship))
        .route("/customers", get(customers::list))
        .route("/stock", get(stock::list))
        .route("/reports/margin", get(reports::margin))
        .route("/payouts", get(payouts::list).post(payouts::order))
        .route("/payouts/{id}", get(payouts::one))
        .route("/payouts/{id}/cancel", post(payouts::cancel))
        .route("/warehouse/deliveries", get(deliveries::list))
        .route("/warehouse/deliveries/{id}/receive", post(deliveries::receive))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::wrong_method)
        .with_state(shared)
}

/// A demo API that has its port and is ready to serve.
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
        let (listener, addr) = listen::bind(options.listen).await?;
        Ok(Self { listener, addr, shared: Shared::new(options, clock)? })
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves until `shutdown` resolves.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
        tracing::info!(addr = %self.addr, audience = %self.shared.options.audience, "the demo API listens");
        listen::serve(self.listener, router(self.shared), shutdown).await
    }
}
