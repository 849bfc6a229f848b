//! Responses that stay open for long, event streams and downloads: limited per session, per person, per client network
//! and in total, because each takes a connection and some memory.

use std::{net::IpAddr, time::Duration};

use claimcheck_session::{RowKey, SignedIn};
use tokio::time::{Instant, sleep};

use super::{Full, NETWORK, Party, Permit, Pool, Rule, Share, network};

/// How often one that waits for a place looks for it.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The open responses of one kind.
#[derive(Clone)]
pub struct OpenResponses {
    pool: Pool,
    of_session: Rule,
    of_person: Rule,
}

impl OpenResponses {
    pub(super) fn new(pool: Pool, of_session: usize, of_person: usize) -> Self {
        Self { pool, of_session: Rule::at_most(of_session), of_person: Rule::at_most(of_person) }
    }

    /// Takes a place for a response to this user at that address.
    ///
    /// # Errors
    /// The session, the person or the network has its share, or all places are taken.
    pub fn open(&self, signed_in: &SignedIn, client: IpAddr) -> Result<Permit, Full> {
        let owner = &signed_in.owner;
        self.take(&signed_in.key, (&owner.iss, &owner.sub), client)
    }

    /// The same; waits for a place for at most `within`.
    ///
    /// # Errors
    /// As [`OpenResponses::open`], if there was none in time.
    pub async fn open_within(
        &self,
        signed_in: &SignedIn,
        client: IpAddr,
        within: Duration,
    ) -> Result<Permit, Full> {
        let end = Instant::now() + within;
        loop {
            match self.open(signed_in, client) {
                Err(_) if Instant::now() < end => sleep(LOOK_AGAIN).await,
                result => return result,
            }
        }
    }

    fn take(&self, session: &RowKey, person: (&str, &str), client: IpAddr) -> Result<Permit, Full> {
        let claims: [Share; 3] = [
            self.pool.claim(Party::Session, session, self.of_session),
            self.pool.claim(Party::Person, person, self.of_person),
            self.pool.claim(Party::Network, network(client), NETWORK),
        ];
        self.pool.take(1, &claims)
    }

    /// The number of open responses.
    pub fn count(&self) -> usize {
        self.pool.used()
    }

    /// How many are open.
    pub fn in_use(&self) -> usize {
        self.pool.used()
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }
}

#[cfg(test)]
mod tests {
    use super::{Full, IpAddr, OpenResponses, Party, Pool, RowKey};

    #[test]
    fn f02_a_session_has_so_many_a_person_so_many_and_all_together_so_many() {
        let streams = OpenResponses::new(Pool::new("streams", 100), 8, 24);
        let client = |last| IpAddr::from([203, 0, 113, last]);
        let sessions: Vec<_> = (0..5).map(|_| RowKey::random().unwrap()).collect();
        let mut open = Vec::new();
        for session in &sessions[..3] {
            open.extend((0..8).map(|_| streams.take(session, ("iss", "ada"), client(1)).ok().unwrap()));
            let one_more = streams.take(session, ("iss", "ada"), client(1));
            assert_eq!(one_more.err(), Some(Full::Share(Party::Session)));
        }
        let fourth = streams.take(&sessions[3], ("iss", "ada"), client(1));
        assert_eq!(fourth.err(), Some(Full::Share(Party::Person)));
        // Another person at the same address has the next one, and so has the same subject of another issuer.
        open.push(streams.take(&sessions[4], ("iss", "jonas"), client(1)).ok().unwrap());
        open.push(streams.take(&sessions[3], ("other", "ada"), client(1)).ok().unwrap());
        open.truncate(23);
        assert!(streams.take(&sessions[2], ("iss", "ada"), client(1)).is_ok());
        // Many people at one address leave a quarter to others.
        while let Ok(seat) =
            streams.take(&RowKey::random().unwrap(), (&open.len().to_string(), "b"), client(1))
        {
            open.push(seat);
        }
        assert_eq!(open.len(), 75);
        assert!(streams.take(&RowKey::random().unwrap(), ("iss", "mei"), client(2)).is_ok());
        drop(open);
        assert_eq!(streams.count(), 0);
    }
}
