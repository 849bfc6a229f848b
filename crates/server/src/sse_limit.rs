//! The number of responses that stay open for long, event streams and downloads: limited per session and in total, because
//! each takes a connection and some memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use claimcheck_session::RowKey;

/// Streams of one session. A browser needs one for all its tabs; older browsers need one for each.
pub const MAX_OF_SESSION: usize = 8;
/// Streams in the whole process.
pub const MAX: usize = 8192;

/// Downloads of one session, and in the whole process: files of an API.
const FILES: (usize, usize) = (6, 128);
/// The same for files of all pages of a table, which are one request after the other.
const EXPORTS: (usize, usize) = (2, 32);

/// All open streams of one kind of this process.
#[derive(Clone)]
pub struct Streams(Arc<Mutex<Open>>);

struct Open {
    max_of_session: usize,
    max: usize,
    of_session: HashMap<RowKey, usize>,
    all: usize,
}

/// Why there is no permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The limit of this session is reached.
    Session,
    /// The limit of the process is reached.
    Process,
}

/// One open stream; closed when it is dropped.
pub struct StreamPermit {
    streams: Streams,
    key: RowKey,
}

/// The limits of event streams.
impl Default for Streams {
    fn default() -> Self {
        Self::limited((MAX_OF_SESSION, MAX))
    }
}

impl Streams {
    /// With the limits of downloads of files.
    pub fn of_files() -> Self {
        Self::limited(FILES)
    }

    /// With the limits of files of all pages of a table.
    pub fn of_exports() -> Self {
        Self::limited(EXPORTS)
    }

    fn limited((max_of_session, max): (usize, usize)) -> Self {
        let open = Open { max_of_session, max, of_session: HashMap::new(), all: 0 };
        Self(Arc::new(Mutex::new(open)))
    }

    /// Takes a permit for a stream of that session.
    pub fn seat(&self, key: &RowKey) -> Result<StreamPermit, Full> {
        let mut open = self.lock();
        if open.all >= open.max {
            return Err(Full::Process);
        }
        let max_of_session = open.max_of_session;
        let of_session = open.of_session.entry(key.clone()).or_default();
        if *of_session >= max_of_session {
            return Err(Full::Session);
        }
        *of_session += 1;
        open.all += 1;
        Ok(StreamPermit { streams: self.clone(), key: key.clone() })
    }

    /// The number of open streams.
    pub fn count(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        open.all = open.all.saturating_sub(1);
        if let Some(of_session) = open.of_session.get_mut(&self.key) {
            *of_session -= 1;
            if *of_session == 0 {
                open.of_session.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Full, MAX, MAX_OF_SESSION, RowKey, Streams};

    #[test]
    fn a_session_has_so_many_and_all_together_so_many() {
        let (streams, own) = (Streams::default(), RowKey::random().unwrap());
        let mut seats: Vec<_> = (0..MAX_OF_SESSION).map(|_| streams.seat(&own).ok().unwrap()).collect();
        assert_eq!(streams.seat(&own).err(), Some(Full::Session));
        seats.pop();
        seats.push(streams.seat(&own).ok().unwrap());
        while streams.count() < MAX {
            seats.push(streams.seat(&RowKey::random().unwrap()).ok().unwrap());
        }
        let other = RowKey::random().unwrap();
        assert_eq!(streams.seat(&other).err(), Some(Full::Process));
        seats.pop();
        assert!(streams.seat(&other).is_ok());
        drop(seats);
        assert_eq!((streams.count(), streams.lock().of_session.len()), (0, 0), "nothing is left behind");
    }
}
