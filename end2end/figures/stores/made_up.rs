//! Rows of made-up sessions. Their encrypted columns have realistic sizes and contain noise, which is what encrypted
//! content looks like to a store.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use claimcheck_base::{
    clock::{Clock, UnixSecs},
    random,
};
use claimcheck_session::{CookieHash, Owner, RowKey, SealedBytes, SessionStore, StoredSession};
use tokio::task::JoinSet;

use crate::Failure;

/// Bytes of an encrypted record, of encrypted tokens and of a label: those of a demo user, signed in with either
/// provider.
const RECORD: usize = 1_000;
pub(crate) const TOKENS: usize = 2_000;
const LABEL: usize = 200;
/// Until the idle timeout; the absolute lifetime ends as long after that.
pub(crate) const IDLE_SECS: i64 = 43_200;
/// Concurrent sign-ins.
const AT_ONCE: usize = 16;
/// Each user has this many sessions.
const SESSIONS_OF_ONE: usize = 3;
/// The default of `sessions_per_person`.
const MOST_OF_ONE: u32 = 50;

/// The data needed to request a row.
pub(crate) struct Known {
    pub key: RowKey,
    pub cookie_hash: CookieHash,
    /// The version of its tokens.
    pub version: AtomicI64,
    /// Seconds that have passed for it: each touch is later than the one before.
    pub passed: AtomicI64,
}

/// This many bytes of noise.
pub(crate) fn noise(bytes: usize) -> Result<Vec<u8>, Failure> {
    let mut noise = Vec::with_capacity(bytes);
    while noise.len() < bytes {
        noise.extend(random::bytes::<50>()?);
    }
    noise.truncate(bytes);
    Ok(noise)
}

/// Adds this many sessions, and returns them.
pub(crate) async fn fill(store: Arc<dyn SessionStore>, sessions: usize) -> Result<Vec<Known>, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let now = Clock::default().now();
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (store, next) = (store.clone(), next.clone());
        workers.spawn(async move {
            let mut known = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= sessions {
                    return Ok::<_, Failure>(known);
                }
                let row = row(index, now)?;
                let (key, cookie_hash) = (row.key.clone(), row.cookie_hash);
                if store.insert(row, now, MOST_OF_ONE).await?.is_none() {
                    return Err("a session did not begin".into());
                }
                known.push(Known { key, cookie_hash, version: AtomicI64::new(1), passed: AtomicI64::new(1) });
            }
        });
    }
    let mut all = Vec::with_capacity(sessions);
    while let Some(known) = workers.join_next().await {
        all.extend(known??);
    }
    Ok(all)
}

fn row(index: usize, now: UnixSecs) -> Result<StoredSession, Failure> {
    Ok(StoredSession {
        key: RowKey::random()?,
        cookie_hash: CookieHash(random::bytes()?),
        owner: Owner {
            iss: "https://login.example.com".to_owned(),
            sub: format!("person-{}", index / SESSIONS_OF_ONE),
            sid: Some(random::text::<16>()?),
        },
        created_at: now,
        last_active_at: now,
        idle_until: now + IDLE_SECS,
        absolute_until: now + 2 * IDLE_SECS,
        label: noise(LABEL)?,
        record: SealedBytes { version: 1, bytes: noise(RECORD)? },
        tokens: SealedBytes { version: 1, bytes: noise(TOKENS)? },
    })
}
