//! The connections of a listener. Beyond the limit there is a small reserve: it answers health checks, and everything
//! else gets a quick refusal instead of silence. If places are short, idle connections are closed to make room, those of
//! the largest networks first.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{Full, NETWORK, Party, Permit, Pool, Share, network};

/// The interval at which the log repeats that connections are refused.
const SAID_FOR: Duration = Duration::from_secs(60);
/// How often idle connections are closed at most, and how many at a time: one of so many places.
const CLOSED_FOR: Duration = Duration::from_millis(50);
const CLOSED_PART: usize = 64;
/// A connection without a request for so long is closed for others, too: clients send their first request at once.
const SILENT_FOR: Duration = Duration::from_secs(2);

/// The connections of one listener. Clones are the same.
#[derive(Clone)]
pub struct Connections(Arc<Inner>);

struct Inner {
    places: Pool,
    reserve: Pool,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    /// By network, and then by number. Connections of trusted proxies are not listed: they carry the requests of many
    /// people, and are never closed for others.
    of_network: HashMap<IpAddr, HashMap<u64, Arc<Line>>>,
    /// Those in the reserve, the oldest first.
    in_reserve: VecDeque<(Option<IpAddr>, Arc<Line>)>,
    next: u64,
    closed_at: Option<Instant>,
    said_at: Option<Instant>,
}

/// What is known about an open connection.
struct Line {
    /// Whether a request has come, and whether one is being answered.
    has_asked: AtomicBool,
    is_busy: AtomicBool,
    /// Cancelled if it should end after the current response.
    ends: CancellationToken,
    opened: Instant,
    /// Its place in the reserve.
    reserve: Mutex<Option<Permit>>,
}

/// An accepted connection; its place is free again when this is dropped.
pub struct Admitted {
    connections: Connections,
    /// `None` for a trusted proxy, whose clients are not the peer.
    client: Option<IpAddr>,
    number: u64,
    line: Arc<Line>,
    /// A place, at once or when one became free.
    place: OnceLock<Permit>,
}

impl Connections {
    pub(super) fn new(places: Pool, reserve: Pool) -> Self {
        Self(Arc::new(Inner { places, reserve, open: Mutex::default() }))
    }

    /// Connections without a budget, for a listener of its own: so many places, and so many in the reserve.
    pub fn of(places: usize, reserve: usize) -> Self {
        Self::new(Pool::new("connections", places), Pool::new("reserve", reserve))
    }

    /// A place for a new connection of that address, or one in the reserve. `client` is `None` for a trusted proxy, which
    /// no share limits. The connection should end when `ends` is cancelled, or [`Admitted::ends`].
    pub fn admit(&self, client: Option<IpAddr>, ends: CancellationToken) -> Option<Admitted> {
        let client = client.map(network);
        let taken = self.take(client);
        let reserve = match taken {
            Ok(_) => None,
            Err(full) => {
                self.note_full(full);
                self.make_room(client.filter(|_| full != Full::All));
                Some(self.reserve(client)?)
            }
        };
        let is_in_reserve = reserve.is_some();
        let line = Arc::new(Line {
            has_asked: false.into(),
            is_busy: false.into(),
            ends,
            opened: Instant::now(),
            reserve: Mutex::new(reserve),
        });
        let mut open = self.lock();
        let number = open.next;
        open.next += 1;
        if is_in_reserve {
            open.in_reserve.push_back((client, line.clone()));
        }
        if let Some(client) = client {
            open.of_network.entry(client).or_default().insert(number, line.clone());
        }
        drop(open);
        let place = taken.map_or_else(|_| OnceLock::new(), OnceLock::from);
        Some(Admitted { connections: self.clone(), client, number, line, place })
    }

    /// A place in the reserve. If there is none, the oldest silent connection in it gives way: a health check sends its
    /// request at once.
    fn reserve(&self, client: Option<IpAddr>) -> Option<Permit> {
        let claim = client.map(|client| claim(&self.0.reserve, client));
        let full = match self.0.reserve.take(1, claim.as_slice()) {
            Ok(permit) => return Some(permit),
            Err(full) => full,
        };
        let open = self.lock();
        let is_such = |of: &Option<IpAddr>| full == Full::All || *of == client;
        let mut silent = open.in_reserve.iter().filter(|(of, line)| is_such(of) && line.is_silent());
        let (_, line) = silent.next()?;
        line.ends.cancel();
        line.leave_reserve();
        self.0.reserve.take(1, claim.as_slice()).ok()
    }

    fn take(&self, client: Option<IpAddr>) -> Result<Permit, Full> {
        let claim = client.map(|client| claim(&self.0.places, client));
        self.0.places.take(1, claim.as_slice())
    }

    /// Ends some idle connections: those of that network, or of the largest ones.
    fn make_room(&self, of: Option<IpAddr>) {
        let mut open = self.lock();
        if open.closed_at.is_some_and(|at| at.elapsed() < CLOSED_FOR) {
            return;
        }
        open.closed_at = Some(Instant::now());
        let mut left = (self.0.places.total() / CLOSED_PART).max(1);
        let mut largest: Vec<_> = match of {
            Some(network) => open.of_network.get(&network).into_iter().collect(),
            None => open.of_network.values().collect(),
        };
        largest.sort_unstable_by_key(|lines| std::cmp::Reverse(lines.len()));
        for line in largest.into_iter().flat_map(HashMap::values).filter(|line| line.is_idle()) {
            line.ends.cancel();
            left -= 1;
            if left == 0 {
                return;
            }
        }
    }

    fn note_full(&self, full: Full) {
        let mut open = self.lock();
        if open.said_at.is_none_or(|at| at.elapsed() > SAID_FOR) {
            open.said_at = Some(Instant::now());
            drop(open);
            let reason = match full {
                Full::All => "all places are taken",
                Full::Share(_) => "a client network has its share",
            };
            let limit = self.0.places.total();
            tracing::warn!(event = "connections refused", reason, limit, "connections are short");
        }
    }

    pub(super) fn pools(&self) -> [&Pool; 2] {
        [&self.0.places, &self.0.reserve]
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn claim(pool: &Pool, client: IpAddr) -> Share {
    pool.claim(Party::Network, client, NETWORK)
}

impl Line {
    fn is_idle(&self) -> bool {
        let is_idle = match self.has_asked.load(Ordering::Relaxed) {
            true => !self.is_busy.load(Ordering::Relaxed),
            false => self.opened.elapsed() > SILENT_FOR,
        };
        is_idle && !self.ends.is_cancelled()
    }

    fn is_silent(&self) -> bool {
        !self.has_asked.load(Ordering::Relaxed) && !self.ends.is_cancelled()
    }

    fn leave_reserve(&self) {
        *self.reserve.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Admitted {
    /// Whether the connection has a place, or gets one now.
    pub fn has_place(&self) -> bool {
        if self.place.get().is_some() {
            return true;
        }
        match self.connections.take(self.client) {
            Ok(permit) => {
                self.line.leave_reserve();
                self.place.set(permit).is_ok()
            }
            Err(_) => false,
        }
    }

    /// Whether it was admitted to the reserve, and has no place yet.
    pub fn is_in_reserve(&self) -> bool {
        self.place.get().is_none()
    }

    /// Whether a request has come.
    pub fn has_asked(&self) -> bool {
        self.line.has_asked.load(Ordering::Relaxed)
    }

    /// A request has come.
    pub fn begin(&self) {
        self.line.is_busy.store(true, Ordering::Relaxed);
        self.line.has_asked.store(true, Ordering::Relaxed);
    }

    /// The head of its response is there. An event stream keeps the connection busy until the next request.
    pub fn answered(&self, is_stream: bool) {
        self.line.is_busy.store(is_stream, Ordering::Relaxed);
    }

    /// Completes if the connection should end after the current response.
    pub async fn ends(&self) {
        self.line.ends.cancelled().await;
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.in_reserve.retain(|(_, line)| !Arc::ptr_eq(line, &self.line));
        let Some(client) = self.client else { return };
        if let Some(lines) = open.of_network.get_mut(&client) {
            lines.remove(&self.number);
            if lines.is_empty() {
                open.of_network.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Admitted, CancellationToken, Connections, IpAddr, Ordering};

    fn client(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([203, 0, 113, last]))
    }

    fn admit(connections: &Connections, client: Option<IpAddr>) -> Option<Admitted> {
        connections.admit(client, CancellationToken::new())
    }

    fn ending(held: &[Admitted]) -> usize {
        held.iter().filter(|admitted| admitted.line.ends.is_cancelled()).count()
    }

    #[test]
    fn f02_a_network_has_three_quarters_and_others_get_in() {
        let connections = Connections::of(100, 8);
        let mut large: Vec<_> = (0..75).filter_map(|_| admit(&connections, client(1))).collect();
        assert!(large.iter().all(|admitted| !admitted.is_in_reserve()));
        let reserved: Vec<_> = (0..100).filter_map(|_| admit(&connections, client(1))).collect();
        assert!(reserved.len() == 100 && reserved.iter().all(|admitted| admitted.is_in_reserve()));
        assert!(!reserved[0].has_place());
        assert!(!admit(&connections, client(2)).unwrap().is_in_reserve());
        // When one is closed, what waits in the reserve gets its place.
        large.pop();
        assert!(reserved[0].has_place() && !reserved[0].is_in_reserve() && !reserved[1].has_place());
        // A further one displaces the oldest silent one of its network.
        let displaced =
            |reserved: &[Admitted]| reserved.iter().filter(|one| one.line.ends.is_cancelled()).count();
        assert_eq!(displaced(&reserved), 94);
        reserved[99].begin();
        let last = admit(&connections, client(1)).unwrap();
        assert!(last.is_in_reserve() && !reserved[99].line.ends.is_cancelled());
        assert_eq!((displaced(&reserved), connections.pools()[1].used()), (95, 6));
        drop((large, reserved, last));
        assert_eq!(connections.pools().map(|pool| pool.used()), [0, 0]);
        assert!(connections.lock().of_network.is_empty());
    }

    #[test]
    fn f02_a_trusted_proxy_has_all_places_and_is_never_closed() {
        let connections = Connections::of(100, 8);
        let proxy: Vec<_> = (0..100).filter_map(|_| admit(&connections, None)).collect();
        proxy.iter().for_each(|admitted| {
            admitted.begin();
            admitted.answered(false);
        });
        assert!(proxy.iter().all(|admitted| !admitted.is_in_reserve()));
        assert!(admit(&connections, client(1)).unwrap().is_in_reserve());
        assert_eq!(ending(&proxy), 0);
    }

    #[test]
    fn f02_idle_connections_of_the_largest_network_make_room() {
        let connections = Connections::of(64, 8);
        let large: Vec<_> = (0..40).filter_map(|_| admit(&connections, client(1))).collect();
        let small: Vec<_> = (2..26).filter_map(|last| admit(&connections, client(last))).collect();
        for admitted in large.iter().chain(&small) {
            admitted.begin();
        }
        let newcomer = admit(&connections, client(99)).unwrap();
        assert!(newcomer.is_in_reserve());
        assert_eq!(ending(&large) + ending(&small), 0, "all of them are busy");
        for admitted in large.iter().chain(&small) {
            admitted.answered(false);
        }
        large[0].answered(true);
        for expected in 1..=5 {
            connections.lock().closed_at = None;
            let _late = admit(&connections, client(98)).unwrap();
            assert_eq!((ending(&large), ending(&small)), (expected, 0));
        }
        assert!(!large[0].line.ends.is_cancelled(), "an event stream is not idle");
        let of_one = large.into_iter().filter(|admitted| !admitted.line.ends.is_cancelled());
        let left: Vec<_> = of_one.collect();
        assert!(newcomer.has_place() && left.len() == 35);
    }

    #[test]
    fn f02_a_connection_that_has_not_asked_yet_is_not_closed_for_another() {
        let connections = Connections::of(4, 2);
        let held: Vec<_> = (0..4).filter_map(|last| admit(&connections, client(last))).collect();
        let _late = admit(&connections, client(9));
        assert_eq!(ending(&held), 0);
        held[3].begin();
        held[3].answered(false);
        connections.lock().closed_at = None;
        let _later = admit(&connections, client(10));
        assert!(held[3].line.ends.is_cancelled() && held[3].has_asked());
        assert!(!held[0].line.has_asked.load(Ordering::Relaxed));
    }
}
