//! A bounded resource of the process, with the number of places of each holder. A place costs a request a few hash
//! lookups: the counters of holders are in shards with their own locks, which are held for one lookup.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::rule::Rule;

const SHARDS: usize = 16;
/// Network, person and session.
const MAX_CLAIMS: usize = 3;

/// The kind of a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// A client network: an IPv4 address, or a /64 of IPv6.
    Network,
    Person,
    Session,
    /// A host that this program sends requests to.
    Host,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// All places are taken.
    All,
    /// This holder has its share.
    Share(Party),
}

/// A holder of places in one pool, and its share.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// A keyed hash of the holder: nobody can choose a name that falls on another's.
    id: u64,
    holder: Party,
    rule: Rule,
}

/// A bounded resource. Clones are the same resource.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    name: &'static str,
    total: usize,
    used: AtomicUsize,
    refused: AtomicU64,
    hasher: RandomState,
    shards: [Mutex<Counters>; SHARDS],
}

type Counters = HashMap<u64, usize, BuildHasherDefault<AsIs>>;

/// The ids are hashes already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = id;
    }
}

/// Places in a pool; given back when it is dropped.
pub struct Permit {
    pool: Pool,
    /// Places of the pool; 0 if it only counts for its holders.
    amount: usize,
    /// Places of each holder.
    of_holder: usize,
    holders: [Option<u64>; MAX_CLAIMS],
}

impl Pool {
    pub fn new(name: &'static str, total: usize) -> Self {
        Self(Arc::new(Inner {
            name,
            total,
            used: AtomicUsize::new(0),
            refused: AtomicU64::new(0),
            hasher: RandomState::new(),
            shards: Default::default(),
        }))
    }

    /// The claim of a holder, by whatever identifies it.
    pub fn claim(&self, holder: Party, who: impl Hash, rule: Rule) -> Share {
        Share { id: self.0.hasher.hash_one((holder, who)), holder, rule }
    }

    /// Takes `amount` places at once, for at most three holders.
    ///
    /// # Errors
    /// Fewer are free, or one of the holders has its share. Nothing is taken.
    pub fn take(&self, amount: usize, claims: &[Share]) -> Result<Permit, Full> {
        let taken = self.0.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| {
            used.checked_add(amount).filter(|used| *used <= self.0.total)
        });
        let Ok(used) = taken else {
            self.0.refused.fetch_add(1, Ordering::Relaxed);
            return Err(Full::All);
        };
        let permit = Permit { pool: self.clone(), amount, of_holder: amount, holders: [None; MAX_CLAIMS] };
        self.enter(permit, self.0.total - used, claims)
    }

    /// Counts one place for further holders of something that has its place in the pool already, such as the session of
    /// a request.
    ///
    /// # Errors
    /// One of the holders has its share.
    pub fn join(&self, claims: &[Share]) -> Result<Permit, Full> {
        let permit = Permit { pool: self.clone(), amount: 0, of_holder: 1, holders: [None; MAX_CLAIMS] };
        self.enter(permit, self.free(), claims)
    }

    /// Counts the places for the holders. If one of them has its share, dropping the permit gives back the rest.
    fn enter(&self, mut permit: Permit, free: usize, claims: &[Share]) -> Result<Permit, Full> {
        for (claim, held) in claims.iter().zip(&mut permit.holders) {
            let mut shard = self.shard(claim.id);
            let own = shard.get(&claim.id).copied().unwrap_or_default();
            if !claim.rule.admits(own, free) {
                drop(shard);
                self.0.refused.fetch_add(1, Ordering::Relaxed);
                return Err(Full::Share(claim.holder));
            }
            shard.insert(claim.id, own + permit.of_holder);
            *held = Some(claim.id);
        }
        Ok(permit)
    }

    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The number of places.
    pub fn total(&self) -> usize {
        self.0.total
    }

    /// The number of places in use.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Acquire)
    }

    /// The number of places that are free.
    pub fn free(&self) -> usize {
        self.0.total.saturating_sub(self.used())
    }

    /// How often something was refused since the start.
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    fn shard(&self, id: u64) -> MutexGuard<'_, Counters> {
        let [first, ..] = &self.0.shards;
        // Not the bits that a map uses, the lowest and the highest.
        let index = (id >> 32) as usize % SHARDS;
        self.0.shards.get(index).unwrap_or(first).lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, id: u64, amount: usize) {
        if let Entry::Occupied(mut own) = self.shard(id).entry(id) {
            *own.get_mut() = own.get().saturating_sub(amount);
            if *own.get() == 0 {
                own.remove();
            }
        }
    }
}

impl Permit {
    /// Gives back all places but `amount`: less was needed.
    pub fn reduce_to(&mut self, amount: usize) {
        let spare = self.amount.saturating_sub(amount);
        self.amount -= spare;
        self.of_holder = self.of_holder.saturating_sub(spare);
        self.pool.0.used.fetch_sub(spare, Ordering::AcqRel);
        self.holders.iter().flatten().for_each(|id| self.pool.give_back(*id, spare));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.pool.0.used.fetch_sub(self.amount, Ordering::AcqRel);
        self.holders.iter().flatten().for_each(|id| self.pool.give_back(*id, self.of_holder));
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{super::rule::NETWORK, Full, Party, Pool, Rule};

    impl Pool {
        /// The number of holders with a place.
        fn holders(&self) -> usize {
            self.0.shards.iter().map(|shard| shard.lock().unwrap().len()).sum()
        }
    }

    #[test]
    fn f02_f07_places_are_given_back_and_nothing_is_left_behind() {
        let pool = Pool::new("test", 8);
        let of = |who: &'static str| pool.claim(Party::Network, who, NETWORK);
        let mut large: Vec<_> = (0..6).map(|_| pool.take(1, &[of("large")]).ok().unwrap()).collect();
        assert_eq!(pool.take(1, &[of("large")]).err(), Some(Full::Share(Party::Network)));
        assert_eq!((pool.used(), pool.refused()), (6, 1), "a refusal takes nothing");
        let small = [pool.take(1, &[of("small")]).ok().unwrap(), pool.take(1, &[of("other")]).ok().unwrap()];
        assert_eq!(pool.take(1, &[of("third")]).err(), Some(Full::All));
        large.pop();
        assert!(pool.take(1, &[of("third")]).is_ok());
        drop((large, small));
        assert_eq!((pool.used(), pool.holders()), (0, 0));
    }

    #[test]
    fn f02_each_of_several_holders_must_have_room() {
        let pool = Pool::new("test", 100);
        let claims = |person: u32, session: u32| {
            let person = pool.claim(Party::Person, person, Rule::at_most(3));
            [person, pool.claim(Party::Session, session, Rule::at_most(2))]
        };
        let _two = [pool.take(1, &claims(1, 1)).ok().unwrap(), pool.take(1, &claims(1, 1)).ok().unwrap()];
        assert_eq!(pool.take(1, &claims(1, 1)).err(), Some(Full::Share(Party::Session)));
        // The refusal has not counted for the person.
        let third = pool.take(1, &claims(1, 2)).ok().unwrap();
        assert_eq!(pool.take(1, &claims(1, 3)).err(), Some(Full::Share(Party::Person)));
        assert!(pool.take(1, &claims(2, 1)).is_err(), "the same session");
        assert!(pool.take(1, &claims(2, 4)).is_ok());
        drop(third);
        assert!(pool.take(1, &claims(1, 3)).is_ok());
    }

    #[test]
    fn f07_what_joins_counts_for_its_holder_alone() {
        let pool = Pool::new("test", 4);
        let session = pool.claim(Party::Session, 7, Rule::at_least(1));
        let slots: Vec<_> = (0..4).map(|_| pool.take(1, &[]).ok().unwrap()).collect();
        let first = pool.join(&[session]).ok().unwrap();
        assert_eq!(pool.join(&[session]).err(), Some(Full::Share(Party::Session)));
        assert_eq!(pool.used(), 4);
        drop(slots);
        assert!(pool.join(&[session]).is_ok(), "while there is room, a share does not limit");
        drop(first);
        assert_eq!((pool.used(), pool.holders()), (0, 0));
    }

    #[test]
    fn f07_bytes_are_reserved_and_given_back_when_fewer_came() {
        let pool = Pool::new("bytes", 1000);
        let claim = pool.claim(Party::Network, "a", NETWORK);
        let mut body = pool.take(900, &[claim]).ok().unwrap();
        assert_eq!(pool.take(200, &[]).err(), Some(Full::All));
        body.reduce_to(100);
        body.reduce_to(500);
        assert_eq!(pool.used(), 100);
        assert!(pool.take(900, &[claim]).is_ok());
        drop(body);
        assert_eq!((pool.used(), pool.holders()), (0, 0));
    }

    #[test]
    fn f02_f07_the_sum_never_exceeds_the_total_also_between_threads() {
        let pool = Pool::new("test", 50);
        thread::scope(|scope| {
            for who in 0..8 {
                let pool = pool.clone();
                scope.spawn(move || {
                    let mut held = Vec::new();
                    for step in 0..5000 {
                        if step % 7 == who % 7 {
                            held.clear();
                        }
                        held.extend(pool.take(1, &[pool.claim(Party::Network, who, NETWORK)]).ok());
                        assert!(pool.used() <= pool.total());
                    }
                });
            }
        });
        assert_eq!((pool.used(), pool.holders()), (0, 0));
    }
}
