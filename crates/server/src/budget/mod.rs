//! One budget of resources: how much of each one the process has, and how much of it one client network, one person or
//! one session can take. Everything that comes in is counted here: connections, event streams, downloads, requests under
//! way, bodies. The numbers follow the machine (`limits.rs`), shares follow one rule (`rule.rs`).

use std::{net::IpAddr, ops::Deref, sync::Arc};

use claimcheck_session::SignedIn;

mod apis;
mod connections;
pub mod limits;
mod machine;
mod network;
mod open_responses;
mod pool;
mod report;
mod rule;

pub use apis::{ApiClaimant, ApiPools};
pub use connections::{Admitted, Connections};
pub use limits::BudgetLimits;
pub use machine::Machine;
pub use network::network;
pub use open_responses::OpenResponses;
pub use pool::{Full, Party, Permit, Pool, Share};
pub use rule::{NETWORK, Rule};

/// All bounded resources of the process. Cheap to clone.
#[derive(Clone)]
pub struct Budget(Arc<Resources>);

impl Deref for Budget {
    type Target = Resources;

    fn deref(&self) -> &Resources {
        &self.0
    }
}

/// The bounded resources.
pub struct Resources {
    pub machine: Machine,
    /// Connections of the public listener, and of the admin listener.
    pub connections: Connections,
    pub admin: Connections,
    /// Event streams.
    pub streams: OpenResponses,
    /// Files of APIs that are being passed on, and files of all pages of a table.
    pub files: OpenResponses,
    pub exports: OpenResponses,
    /// Images that are being read and passed on.
    pub images: OpenResponses,
    /// Requests that are being answered.
    pub requests: Pool,
    /// Bodies that are being read, and their bytes until the request is answered.
    pub bodies: Pool,
    pub body_bytes: Pool,
    /// Logout tokens that are being checked.
    pub logout_tokens: Pool,
    /// Requests to APIs, and the memory for their answers.
    pub apis: ApiPools,
}

impl Budget {
    /// With limits that follow the machine.
    pub fn of(machine: Machine) -> Self {
        Self::new(machine, BudgetLimits::of(machine))
    }

    /// With these limits.
    pub fn new(machine: Machine, limits: BudgetLimits) -> Self {
        let admin = limits.admin;
        Self(Arc::new(Resources {
            machine,
            connections: Connections::new(
                Pool::new("connections", limits.connections),
                Pool::new("reserve", limits.reserve),
            ),
            admin: Connections::new(
                Pool::new("admin_connections", admin),
                Pool::new("admin_reserve", limits::ADMIN_RESERVE),
            ),
            streams: OpenResponses::new(
                Pool::new("event_streams", limits.streams),
                limits::STREAMS_OF_SESSION,
                limits::STREAMS_OF_PERSON,
            ),
            files: OpenResponses::new(
                Pool::new("files", limits.files),
                limits::FILES_OF_SESSION,
                limits::FILES_OF_PERSON,
            ),
            exports: OpenResponses::new(
                Pool::new("exports", limits.exports),
                limits::EXPORTS_OF_SESSION,
                limits::EXPORTS_OF_PERSON,
            ),
            images: OpenResponses::new(
                Pool::new("images", limits.images),
                limits::IMAGES_OF_SESSION,
                limits::IMAGES_OF_PERSON,
            ),
            requests: Pool::new("requests", limits.requests),
            bodies: Pool::new("bodies", limits.bodies),
            body_bytes: Pool::new("body_bytes", limits.body_bytes),
            logout_tokens: Pool::new("logout_tokens", limits::MAX_LOGOUT_TOKENS),
            apis: ApiPools::of(machine, limits.requests),
        }))
    }

    /// A place for a request of that client.
    ///
    /// # Errors
    /// The network has its share, or all places are taken.
    pub fn request(&self, client: IpAddr) -> Result<Permit, Full> {
        self.requests.take(1, &[self.requests.claim(Party::Network, network(client), NETWORK)])
    }

    /// Counts a request for its session and its person.
    ///
    /// # Errors
    /// One of them has its share, and requests are short.
    pub fn request_of(&self, signed_in: &SignedIn) -> Result<Permit, Full> {
        let (session, owner) = (&signed_in.key, &signed_in.owner);
        let of_session = Rule::at_least(limits::REQUESTS_OF_SESSION);
        let of_person = Rule::at_least(limits::REQUESTS_OF_PERSON);
        self.requests.join(&[
            self.requests.claim(Party::Session, session, of_session),
            self.requests.claim(Party::Person, (&owner.iss, &owner.sub), of_person),
        ])
    }

    /// A place for a logout token of that client.
    ///
    /// # Errors
    /// The network has its share, or all places are taken.
    pub fn logout_token(&self, client: IpAddr) -> Result<Permit, Full> {
        let claim = self.logout_tokens.claim(Party::Network, network(client), NETWORK);
        self.logout_tokens.take(1, &[claim])
    }

    /// A place for a body of that client, and its bytes.
    ///
    /// # Errors
    /// The network has its share, or all places or bytes are taken.
    pub fn body(&self, client: IpAddr, bytes: usize) -> Result<(Permit, Permit), Full> {
        let client = network(client);
        let of = |pool: &Pool| pool.claim(Party::Network, client, NETWORK);
        let place = self.bodies.take(1, &[of(&self.bodies)])?;
        Ok((place, self.body_bytes.take(bytes, &[of(&self.body_bytes)])?))
    }
}
