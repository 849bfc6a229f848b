//! The repository: the only room that turns a cookie into a signed-in person and back into nobody.
//! From tower-sessions it takes the id; rows, lifetimes, sealing and compare-and-swap are its own.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::HeaderValue;
use tokio::sync::Mutex;
use tower_sessions::{Session, session::Id};

use super::{
    label::Label,
    layer::{self, CookieSettings},
    record::{self, SessionRecord, TokenSet},
    row::{CookieHash, Holder, Lease, Owner, Renewal, Row, RowKey, Sealed, Swap},
    sealing::Keyring,
    store::{SessionStore, StoreError},
    watch::Watchers,
};
use claimcheck_base::{
    clock::{Clock, UnixSecs},
    random,
};

/// How long a session may run, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Without activity of the person.
    pub idle_secs: i64,
    /// Since the person last authenticated.
    pub absolute_secs: i64,
}

/// Activity is written down when this part of the idle time has passed since the last time, not on every request.
const TOUCH_PART: i64 = 20;
/// Every failed attempt is another writer's success, so so many in a row mean that something is wrong.
const ATTEMPTS: u32 = 200;
/// What the store has taken says for so long that it takes more.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The person behind a request.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub key: RowKey,
    pub owner: Owner,
    pub record: Arc<SessionRecord>,
    pub record_version: i64,
    /// As they were when the session was loaded; `tokens::access_token` knows when that will do.
    pub tokens: Arc<TokenSet>,
    pub tokens_version: i64,
    pub created_at: UnixSecs,
    pub last_active_at: UnixSecs,
    pub idle_until: UnixSecs,
    pub absolute_until: UnixSecs,
    /// The cookie it was found by: what a renewal swaps against.
    cookie_hash: CookieHash,
}

/// What a completed sign-in puts into a session.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub record: SessionRecord,
    pub tokens: TokenSet,
    pub label: Label,
    /// The provider's own session, where the ID token named one.
    pub sid: Option<String>,
    /// When the provider issued the ID token, by its clock: what a logout of its later than that ends.
    pub issued_at: UnixSecs,
}

/// All sessions of this installation.
#[derive(Clone)]
pub struct Sessions(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    lifetimes: Lifetimes,
    cookie: CookieSettings,
    pub(super) watchers: Arc<Watchers>,
    /// When the store last took a write of [`Sessions::ping`]; one asks, others wait for it.
    probed: Mutex<Option<Instant>>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("lifetimes", &self.0.lifetimes)
            .field("cookie", &self.0.cookie)
            .finish_non_exhaustive()
    }
}

impl Sessions {
    pub fn new(
        store: Arc<dyn SessionStore>,
        keyring: Keyring,
        clock: Clock,
        lifetimes: Lifetimes,
        cookie: CookieSettings,
    ) -> Self {
        let watchers = Watchers::new(store.clone());
        let probed = Mutex::default();
        Self(Arc::new(Inner { store, keyring, clock, lifetimes, cookie, watchers, probed }))
    }

    /// Who is signed in, if anybody is. Changes nothing, and makes the layer send nothing.
    pub async fn current(&self, layer: &Session) -> Result<Option<SignedIn>, StoreError> {
        let Some(id) = layer.id() else { return Ok(None) };
        let row = self.0.store.find(CookieHash::of(id), self.0.clock.now()).await?;
        Ok(row.and_then(|row| self.open(row)))
    }

    /// The session of that name as it is now; `None` if it is over.
    pub async fn reload(&self, key: &RowKey) -> Result<Option<SignedIn>, StoreError> {
        let row = self.0.store.get(key).await?.filter(|row| row.is_live(self.0.clock.now()));
        Ok(row.and_then(|row| self.open(row)))
    }

    /// Both columns or nothing: with a key that is gone one of them may open still, and a session that shows a person
    /// but has no tokens would look signed in for ever and never have data.
    pub(super) fn open(&self, row: Row) -> Option<SignedIn> {
        Some(SignedIn {
            record: Arc::new(record::open(&self.0.keyring, &row.key, &row.record.bytes)?),
            record_version: row.record.version,
            tokens: Arc::new(record::open(&self.0.keyring, &row.key, &row.tokens.bytes)?),
            tokens_version: row.tokens.version,
            key: row.key,
            owner: row.owner,
            created_at: row.created_at,
            last_active_at: row.last_active_at,
            idle_until: row.idle_until,
            absolute_until: row.absolute_until,
            cookie_hash: row.cookie_hash,
        })
    }

    /// Signs a person in: a fresh row under a fresh id, whatever the browser sent. The row is written at once; the layer
    /// sets the cookie on this response, whatever its status. A session of before is not touched: if it is
    /// another person's, `end` it. `None` if the provider has ended this sign-in meanwhile: then nobody is signed in.
    pub async fn start(
        &self,
        layer: &Session,
        iss: String,
        sub: String,
        sign_in: &SignIn,
    ) -> Result<Option<RowKey>, StoreError> {
        let (key, id) = (RowKey::random()?, fresh_id()?);
        let (now, idle_until, absolute_until) = self.lifetimes_from_now();
        let row = Row {
            cookie_hash: CookieHash::of(id),
            owner: Owner { iss, sub, sid: sign_in.sid.clone() },
            created_at: now,
            last_active_at: now,
            idle_until,
            absolute_until,
            label: record::seal(&self.0.keyring, &key, &sign_in.label)?,
            record: Sealed { version: 1, bytes: record::seal(&self.0.keyring, &key, &sign_in.record)? },
            tokens: Sealed { version: 1, bytes: record::seal(&self.0.keyring, &key, &sign_in.tokens)? },
            key: key.clone(),
        };
        if !self.0.store.insert(row, sign_in.issued_at).await? {
            return Ok(None);
        }
        layer::bind(layer, id).await?;
        Ok(Some(key))
    }

    /// Another request of the same browser, which waited for the same sign-in, gets the id that the first was given.
    pub async fn share(&self, layer: &Session, first: &Session) -> Result<(), StoreError> {
        match first.id() {
            Some(id) if layer.id() != Some(id) => layer::bind(layer, id).await,
            _ => Ok(()),
        }
    }

    /// The same person signs in again: the session goes on in its row with a new id, and the old id is dead at once.
    /// Record, tokens, the provider's `sid` and both lifetimes are those of the new authentication. The old tokens are
    /// forgotten, not revoked: where revoking ends all that a person has at a client, the new ones would go too.
    ///
    /// If another tab was first, this one gets a row of its own, so that neither answer signs the other out.
    /// `None` if the session was ended in the meantime: then nobody is signed in, and nothing is written.
    pub async fn renew(
        &self,
        layer: &Session,
        current: &SignedIn,
        sign_in: &SignIn,
    ) -> Result<Option<RowKey>, StoreError> {
        let id = fresh_id()?;
        let (now, idle_until, absolute_until) = self.lifetimes_from_now();
        let renewal = Renewal {
            cookie_hash: CookieHash::of(id),
            sid: sign_in.sid.clone(),
            created_at: now,
            idle_until,
            absolute_until,
            label: record::seal(&self.0.keyring, &current.key, &sign_in.label)?,
            record: record::seal(&self.0.keyring, &current.key, &sign_in.record)?,
            tokens: record::seal(&self.0.keyring, &current.key, &sign_in.tokens)?,
        };
        match self.0.store.renew(&current.key, current.cookie_hash, renewal, sign_in.issued_at).await? {
            Swap::Swapped { .. } => {
                layer::bind(layer, id).await?;
                Ok(Some(current.key.clone()))
            }
            Swap::Stale => {
                let Owner { iss, sub, .. } = current.owner.clone();
                self.start(layer, iss, sub, sign_in).await
            }
            Swap::Gone => Ok(None),
        }
    }

    /// The `Set-Cookie` of a sign-out, and of nothing else: a late answer to a request with an old id must not
    /// take away a new session's cookie.
    pub fn removal_cookie(&self) -> HeaderValue {
        self.0.cookie.removal()
    }

    /// The person did something: slides the idle end, never beyond the absolute one, and writes it down now and then.
    /// Returns the idle end that holds now. Not for polling and background work (ASVS 7.3.1).
    pub async fn touch(&self, current: &SignedIn) -> Result<UnixSecs, StoreError> {
        let now = self.0.clock.now();
        if now - current.last_active_at < self.0.lifetimes.idle_secs / TOUCH_PART {
            return Ok(current.idle_until);
        }
        let until = now.saturating_add(self.0.lifetimes.idle_secs).min(current.absolute_until);
        let touched = self.0.store.touch(&current.key, now, until).await?;
        Ok(if touched { until } else { current.idle_until })
    }

    /// The person says that they are still there: slides the idle end at once, however little time has passed since the
    /// last time. Returns the session as it is now; `None` if it is over.
    pub async fn stay(&self, current: &SignedIn) -> Result<Option<SignedIn>, StoreError> {
        let now = self.0.clock.now();
        let until = now.saturating_add(self.0.lifetimes.idle_secs).min(current.absolute_until);
        self.0.store.touch(&current.key, now, until).await?;
        self.reload(&current.key).await
    }

    /// Replaces the tokens if they still have that version. Do it before the first use of a new token.
    pub async fn swap_tokens(
        &self,
        key: &RowKey,
        expected_version: i64,
        tokens: &TokenSet,
    ) -> Result<Swap, StoreError> {
        let bytes = record::seal(&self.0.keyring, key, tokens)?;
        self.0.store.save_tokens(key, expected_version, bytes).await
    }

    /// Changes the record, on top of whatever others changed meanwhile: `change` may run more than once.
    /// Returns what it said about the record as written; `None` if the session is over.
    pub async fn update_record<R>(
        &self,
        key: &RowKey,
        change: impl Fn(&mut SessionRecord) -> R,
    ) -> Result<Option<R>, StoreError> {
        for attempt in 0..ATTEMPTS {
            let Some(row) = self.0.store.get(key).await? else { return Ok(None) };
            let Some(before) = record::open::<SessionRecord>(&self.0.keyring, key, &row.record.bytes) else {
                return Ok(None);
            };
            let mut after = before.clone();
            let said = change(&mut after);
            if after == before {
                return Ok(Some(said));
            }
            let bytes = record::seal(&self.0.keyring, key, &after)?;
            match self.0.store.save_record(key, row.record.version, bytes).await? {
                Swap::Swapped { .. } => return Ok(Some(said)),
                Swap::Gone => return Ok(None),
                Swap::Stale => tokio::time::sleep(Duration::from_millis(u64::from(attempt.min(20)))).await,
            }
        }
        Err(StoreError::Contended)
    }

    /// Marks something as used until then: `true` for the first caller only, on any number of replicas.
    pub async fn consume(&self, mark: [u8; 32], until: UnixSecs) -> Result<bool, StoreError> {
        self.0.store.consume(mark, until, self.0.clock.now()).await
    }

    /// Forgets sessions and marks that are over. How many.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        self.0.store.purge(self.0.clock.now()).await
    }

    /// Whether the store answers, and took what was written within the last second: anybody may ask this, often.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut probed = self.0.probed.lock().await;
        if probed.is_some_and(|at| at.elapsed() < PROBE_EVERY) {
            drop(probed);
            return self.0.store.ping().await;
        }
        self.0.store.probe().await?;
        *probed = Some(Instant::now());
        Ok(())
    }

    /// For `term` from now on, only this holder refreshes the tokens of that session, on any number of processes; who has
    /// the lease may take it again. Storing new tokens gives it back.
    pub async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        self.0.store.lease(key, holder, term).await
    }

    /// Gives a lease back, if this holder has it.
    pub async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        self.0.store.release(key, holder).await
    }

    /// The keys, for what else must be sealed under a context of its own.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// The lifetimes in force.
    pub fn lifetimes(&self) -> Lifetimes {
        self.0.lifetimes
    }

    /// The cookie of this installation.
    pub fn cookie(&self) -> CookieSettings {
        self.0.cookie
    }

    /// Now, the idle and the absolute end of a session that starts now.
    fn lifetimes_from_now(&self) -> (UnixSecs, UnixSecs, UnixSecs) {
        let now = self.0.clock.now();
        let absolute_until = now.saturating_add(self.0.lifetimes.absolute_secs);
        (now, now.saturating_add(self.0.lifetimes.idle_secs).min(absolute_until), absolute_until)
    }
}

/// 128 bits from the operating system (ASVS 7.2.3), in the type that the layer writes as 22 characters.
fn fresh_id() -> Result<Id, StoreError> {
    Ok(Id(i128::from_le_bytes(random::bytes()?)))
}
