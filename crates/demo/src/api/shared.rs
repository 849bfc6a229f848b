//! The options of a demo API, and the state shared by its resources.

use std::{net::SocketAddr, sync::Arc};

use time::Date;

use super::{
    accounts::Accounts,
    books::{Books, moment},
    desk::Desk,
    idempotency::Answers,
    keys::Issuers,
    ledger::Ledger,
    warehouse::Received,
};
use crate::{Clock, Error};

/// The options of a demo API.
#[derive(Clone, Debug)]
pub struct Options {
    /// Loopback only; port 0 picks a free port.
    pub listen: SocketAddr,
    /// This API's identifier, which access tokens must carry in `aud`.
    pub audience: String,
    /// The identifier of the API below `/warehouse`, which accepts different tokens.
    pub warehouse_audience: String,
    /// Issuers whose tokens are accepted; their keys are fetched when the first token arrives.
    pub issuers: Vec<String>,
    /// Certificate authorities to trust in addition, for requests to issuers.
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

/// The state shared by the resources.
pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) clock: Clock,
    pub(super) keys: Issuers,
    pub(super) books: Books,
    pub(super) ledger: Ledger,
    pub(super) received: Received,
    pub(super) accounts: Accounts,
    pub(super) answers: Answers,
}

impl Shared {
    /// Creates the data, and the client that fetches keys.
    ///
    /// # Errors
    /// The client cannot be created.
    pub(super) fn new(options: Options, clock: Clock) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            keys: Issuers::new(&options.issuers, &options.authorities)?,
            books: Books::default(),
            ledger: Ledger::default(),
            received: Received::default(),
            accounts: Accounts::default(),
            answers: Answers::default(),
            options,
            clock,
        }))
    }

    /// The books of today.
    pub(super) fn desk(&self) -> Arc<Desk> {
        self.books.at(self.clock.now())
    }

    /// The current day in UTC, like every time here.
    pub(super) fn today(&self) -> Date {
        moment(self.clock.now()).date()
    }
}
