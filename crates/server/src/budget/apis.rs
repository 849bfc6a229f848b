//! What requests to APIs take: connections, places to wait, and memory. An API that is slow, hangs or sends huge answers
//! takes at most three quarters of each, so that panels of other APIs go on.

use claimcheck_session::RowKey;

use super::{Machine, NETWORK, Party, Pool, Rule, Share};

/// The most requests to APIs at a time. Each takes a connection, and while it connects perhaps a thread that resolves the
/// name: the runtime has 512 of them.
const MAX_REQUESTS: usize = 384;
/// Requests of one session that are sent, and that wait to be sent, while such places are short.
const REQUESTS_OF_SESSION: usize = 8;
const QUEUED_OF_SESSION: usize = 16;
/// Requests of one session's browsers that wait for an API for long, while such places are short.
const WAITS_OF_SESSION: usize = 4;
/// The part of the memory that answers of APIs may take, and the least.
const MEMORY_SHARE: u64 = 8;
const MIN_MEMORY: u64 = 64 << 20;
/// The part of it for bodies that are arriving; the rest is for parsed answers.
const BODY_SHARE: usize = 4;

/// The bounded resources of requests to APIs.
pub struct ApiPools {
    /// Requests that are sent, until the response is complete.
    pub requests: Pool,
    /// Requests that wait for a place among them.
    pub queue: Pool,
    /// Requests of browsers that have waited for an API for longer than a page waits.
    pub waits: Pool,
    /// Bytes of answers that are arriving.
    pub bodies: Pool,
    /// Bytes of parsed answers: being shown, kept for the API to confirm, and kept for people who inspect panels.
    pub answers: Pool,
}

/// Who takes something from one of these pools.
#[derive(Clone, Debug)]
pub struct ApiClaimant {
    /// Host and port of the API.
    pub host: String,
    pub session: RowKey,
}

impl ApiPools {
    /// With limits that follow the machine, and the number of requests of browsers that are answered at a time.
    pub fn of(machine: Machine, browser_requests: usize) -> Self {
        // A quarter of the files is left by the listeners; half of it is for connections to APIs that are kept idle, and
        // for the store and the provider.
        let requests = (machine.open_files / 8).clamp(8, MAX_REQUESTS);
        let memory = (machine.memory / MEMORY_SHARE).max(MIN_MEMORY);
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        Self {
            requests: Pool::new("api_requests", requests),
            queue: Pool::new("api_queue", 4 * requests),
            waits: Pool::new("api_waits", (browser_requests / 2).max(4)),
            bodies: Pool::new("api_body_bytes", memory / BODY_SHARE),
            answers: Pool::new("api_answer_bytes", memory - memory / BODY_SHARE),
        }
    }

    /// All of them.
    pub fn all(&self) -> [&Pool; 5] {
        [&self.requests, &self.queue, &self.waits, &self.bodies, &self.answers]
    }

    /// The claims for one of the requests that are sent.
    pub fn on_requests(&self, who: &ApiClaimant) -> [Share; 2] {
        claims(&self.requests, who, Rule::at_least(REQUESTS_OF_SESSION))
    }

    /// The claims for a place in the queue.
    pub fn on_queue(&self, who: &ApiClaimant) -> [Share; 2] {
        claims(&self.queue, who, Rule::at_least(QUEUED_OF_SESSION))
    }

    /// The claims for a long wait.
    pub fn on_waits(&self, who: &ApiClaimant) -> [Share; 2] {
        claims(&self.waits, who, Rule::at_least(WAITS_OF_SESSION))
    }

    /// The claims for bytes of a body that is arriving, or of a parsed answer. A session has a small share in any case.
    pub fn on_bytes(pool: &Pool, who: &ApiClaimant) -> [Share; 2] {
        claims(pool, who, Rule::at_least(pool.total() / 64))
    }
}

fn claims(pool: &Pool, who: &ApiClaimant, of_session: Rule) -> [Share; 2] {
    // A session that waits for one host still has its share of another.
    let session = pool.claim(Party::Session, (&who.host, &who.session), of_session);
    [pool.claim(Party::Host, &who.host, NETWORK), session]
}

#[cfg(test)]
mod tests {
    use claimcheck_session::RowKey;

    use super::{ApiClaimant, ApiPools, Machine};

    fn who(host: &str, session: &RowKey) -> ApiClaimant {
        ApiClaimant { host: host.to_owned(), session: session.clone() }
    }

    #[test]
    fn f27_numbers_follow_the_machine() {
        for (open_files, memory, requests, answers) in
            [(65_536, 4 << 30, 384, 384 << 20), (1024, 1 << 30, 128, 96 << 20), (64, 64 << 20, 8, 48 << 20)]
        {
            let pools = ApiPools::of(Machine { open_files, memory }, 1024);
            assert_eq!((pools.requests.total(), pools.answers.total()), (requests, answers));
            assert_eq!((pools.waits.total(), pools.queue.total()), (512, 4 * requests));
            assert!(
                pools.requests.total() * 4 <= open_files.max(32),
                "a quarter of the files is left for it"
            );
        }
    }

    #[test]
    fn f27_one_host_leaves_places_for_another_and_one_session_for_others() {
        let pools = ApiPools::of(Machine { open_files: 1024, memory: 1 << 30 }, 512);
        let sessions: Vec<_> = (0..200).map(|_| RowKey::random().unwrap()).collect();
        // All sessions wait for the host that hangs.
        let mut held = Vec::new();
        while let Some(permit) =
            sessions.iter().find_map(|key| pools.requests.take(1, &pools.on_requests(&who("slow", key))).ok())
        {
            held.push(permit);
        }
        assert_eq!(held.len(), 96, "three quarters of 128");
        for key in &sessions[..20] {
            let other = pools.requests.take(1, &pools.on_requests(&who("fast", key)));
            held.push(other.unwrap_or_else(|full| panic!("{full:?}")));
        }
        held.clear();
        // One session alone.
        while let Ok(permit) = pools.requests.take(1, &pools.on_requests(&who("slow", &sessions[0]))) {
            held.push(permit);
        }
        assert_eq!(held.len(), 64);
        assert!(pools.requests.take(1, &pools.on_requests(&who("slow", &sessions[1]))).is_ok());
    }

    #[test]
    fn f27_bytes_of_one_session_leave_room_for_others() {
        let pools = ApiPools::of(Machine { open_files: 1024, memory: 1 << 30 }, 512);
        let (one, other) = (RowKey::random().unwrap(), RowKey::random().unwrap());
        let mut held = Vec::new();
        let take =
            |key, bytes| pools.answers.take(bytes, &ApiPools::on_bytes(&pools.answers, &who("api", key)));
        while let Ok(permit) = take(&one, 8 << 20) {
            held.push(permit);
        }
        assert!(pools.answers.used() <= pools.answers.total() * 5 / 8, "{}", pools.answers.used());
        assert!(take(&other, 8 << 20).is_ok());
        drop(held);
        assert_eq!(pools.answers.used(), 0);
        assert!(take(&one, 8 << 20).is_ok());
    }
}
