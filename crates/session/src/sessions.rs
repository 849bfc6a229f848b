//! The repository: the only module that turns a cookie into a signed-in user, and that starts, renews and changes
//! sessions. The application gives it the id from a cookie, and puts the ids that it returns into cookies.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use claimcheck_base::clock::{Clock, UnixSecs};
use tokio::sync::Mutex;

use super::{
    column::{open_column, seal_column},
    label::Label,
    record::SessionRecord,
    sealing::Keyring,
    store::{SessionStore, StoreError},
    stored::{CookieHash, CookieId, Holder, Lease, Owner, Renewal, RowKey, SealedBytes, StoredSession, Swap},
    token_set::TokenSet,
    watch::Watchers,
};

/// How long a session may run, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// The idle timeout: without activity of the user.
    pub idle_secs: i64,
    /// The absolute lifetime: since the user last authenticated.
    pub absolute_secs: i64,
}

/// Activity is written when this fraction (one in 20) of the idle timeout has passed since the last write, not on every
/// request.
const TOUCH_PART: i64 = 20;
/// Every failed attempt is another writer's success, so this many in succession mean that something is wrong.
const ATTEMPTS: u32 = 200;
/// A successful write proves for this long that the store accepts writes.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The user of a request, and their session. Times are Unix seconds, as in [`StoredSession`].
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The key of the row.
    pub key: RowKey,
    /// Whose session it is.
    pub owner: Owner,
    /// Its record.
    pub record: Arc<SessionRecord>,
    /// The record's version.
    pub record_version: i64,
    /// Its tokens as they were when the session was loaded; another request may have refreshed them since.
    pub tokens: Arc<TokenSet>,
    /// The tokens' version.
    pub tokens_version: i64,
    /// When the user last authenticated here.
    pub created_at: UnixSecs,
    /// When the user was last active.
    pub last_active_at: UnixSecs,
    /// The idle timeout.
    pub idle_until: UnixSecs,
    /// The absolute lifetime.
    pub absolute_until: UnixSecs,
    /// The cookie it was found by, which a renewal compares.
    cookie_hash: CookieHash,
}

/// The result of a completed sign-in.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The record to store.
    pub record: SessionRecord,
    /// The tokens to store.
    pub tokens: TokenSet,
    /// The label to store.
    pub label: Label,
    /// The provider's own session, if the ID token named one.
    pub sid: Option<String>,
    /// The `iat` of the ID token, in Unix seconds by the provider's clock. A logout at the provider since then prevents the
    /// session.
    pub issued_at: UnixSecs,
}

/// A session that was started or renewed. The user is signed in only once the response sets a cookie with this id.
#[must_use = "the response must set a cookie with the id"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The key of the row.
    pub key: RowKey,
    /// The id for the cookie.
    pub id: CookieId,
}

/// All sessions of this installation.
///
/// # Errors
/// Every method that returns a [`StoreError`] does so if the store fails.
#[derive(Clone)]
pub struct Sessions(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    lifetimes: Lifetimes,
    pub(super) watchers: Arc<Watchers>,
    /// When the store last accepted a write of [`Sessions::ping`]. One caller probes, and others wait for it.
    probed: Mutex<Option<Instant>>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("lifetimes", &self.0.lifetimes).finish_non_exhaustive()
    }
}

impl Sessions {
    /// The sessions in that store, encrypted with these keys. The clock decides when they expire.
    pub fn new(store: Arc<dyn SessionStore>, keyring: Keyring, clock: Clock, lifetimes: Lifetimes) -> Self {
        let watchers = Watchers::new(store.clone());
        let probed = Mutex::default();
        Self(Arc::new(Inner { store, keyring, clock, lifetimes, watchers, probed }))
    }

    /// The signed-in user of a request with that id in its cookie. Changes nothing.
    pub async fn current(&self, cookie: Option<CookieId>) -> Result<Option<SignedIn>, StoreError> {
        let Some(id) = cookie else { return Ok(None) };
        let row = self.0.store.find(CookieHash::of(id), self.0.clock.now()).await?;
        Ok(row.and_then(|row| self.open(row)))
    }

    /// The session with that key as it is now; `None` if it is over.
    pub async fn reload(&self, key: &RowKey) -> Result<Option<SignedIn>, StoreError> {
        let row = self.0.store.get(key).await?.filter(|row| row.is_live(self.0.clock.now()));
        Ok(row.and_then(|row| self.open(row)))
    }

    /// Decrypts both columns or nothing. After a key was removed, one of them may still decrypt; a session with a user
    /// and without tokens would look signed in and never have data.
    fn open(&self, row: StoredSession) -> Option<SignedIn> {
        let mut record: SessionRecord = open_column(&self.0.keyring, &row.key, &row.record.bytes)?;
        if let Some(roles) = &mut record.token_roles {
            roles.expire(self.0.clock.now());
        }
        Some(SignedIn {
            record: Arc::new(record),
            record_version: row.record.version,
            tokens: Arc::new(open_column(&self.0.keyring, &row.key, &row.tokens.bytes)?),
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

    /// Signs a user in: a new row under a new id, whatever the browser sent. The row is written at once; the caller sets
    /// the cookie. An earlier session is not touched: if it belongs to another user, the caller ends it. `None` if the
    /// provider has logged this sign-in out in the meantime; then nobody is signed in.
    pub async fn start(
        &self,
        iss: String,
        sub: String,
        sign_in: &NewSession,
    ) -> Result<Option<Started>, StoreError> {
        let (key, id) = (RowKey::random()?, CookieId::random()?);
        let (now, idle_until, absolute_until) = self.lifetimes_from_now();
        let row = StoredSession {
            cookie_hash: CookieHash::of(id),
            owner: Owner { iss, sub, sid: sign_in.sid.clone() },
            created_at: now,
            last_active_at: now,
            idle_until,
            absolute_until,
            label: seal_column(&self.0.keyring, &key, &sign_in.label)?,
            record: SealedBytes { version: 1, bytes: seal_column(&self.0.keyring, &key, &sign_in.record)? },
            tokens: SealedBytes { version: 1, bytes: seal_column(&self.0.keyring, &key, &sign_in.tokens)? },
            key: key.clone(),
        };
        if !self.0.store.insert(row, sign_in.issued_at).await? {
            return Ok(None);
        }
        Ok(Some(Started { key, id }))
    }

    /// The same user signs in again: the session continues in its row with a new id, and the old id finds nothing from now
    /// on. Record, tokens, the provider's `sid` and both lifetimes are those of the new authentication. The old tokens are
    /// dropped, not revoked: some providers revoke everything that a user has at a client, including the new tokens.
    ///
    /// If another tab renewed the session first, this one starts its own, so that neither response signs the other out.
    /// `None` if the session was ended in the meantime, or the provider has logged this sign-in out; then nobody is signed
    /// in, and nothing is written.
    pub async fn renew(
        &self,
        current: &SignedIn,
        sign_in: &NewSession,
    ) -> Result<Option<Started>, StoreError> {
        let id = CookieId::random()?;
        let (now, idle_until, absolute_until) = self.lifetimes_from_now();
        let renewal = Renewal {
            cookie_hash: CookieHash::of(id),
            sid: sign_in.sid.clone(),
            created_at: now,
            idle_until,
            absolute_until,
            label: seal_column(&self.0.keyring, &current.key, &sign_in.label)?,
            record: seal_column(&self.0.keyring, &current.key, &sign_in.record)?,
            tokens: seal_column(&self.0.keyring, &current.key, &sign_in.tokens)?,
        };
        match self.0.store.renew(&current.key, current.cookie_hash, renewal, sign_in.issued_at).await? {
            Swap::Swapped { .. } => Ok(Some(Started { key: current.key.clone(), id })),
            Swap::Stale => {
                let Owner { iss, sub, .. } = current.owner.clone();
                self.start(iss, sub, sign_in).await
            }
            Swap::Gone => Ok(None),
        }
    }

    /// The user was active: slides the idle timeout, never beyond the absolute lifetime. Written only now and then.
    /// Returns the idle timeout that now applies, in Unix seconds. Not for polling and background work (ASVS 7.3.1).
    pub async fn touch(&self, current: &SignedIn) -> Result<UnixSecs, StoreError> {
        let now = self.0.clock.now();
        if now - current.last_active_at < self.0.lifetimes.idle_secs / TOUCH_PART {
            return Ok(current.idle_until);
        }
        let until = now.saturating_add(self.0.lifetimes.idle_secs).min(current.absolute_until);
        let touched = self.0.store.touch(&current.key, now, until).await?;
        Ok(if touched { until } else { current.idle_until })
    }

    /// The user asks to stay signed in: slides the idle timeout at once, however little time has passed since the last
    /// write. Returns the session as it is now; `None` if it is over.
    pub async fn stay(&self, current: &SignedIn) -> Result<Option<SignedIn>, StoreError> {
        let now = self.0.clock.now();
        let until = now.saturating_add(self.0.lifetimes.idle_secs).min(current.absolute_until);
        self.0.store.touch(&current.key, now, until).await?;
        self.reload(&current.key).await
    }

    /// Replaces the tokens if they still have that version. Call it before the first use of a new token.
    pub async fn swap_tokens(
        &self,
        key: &RowKey,
        expected_version: i64,
        tokens: &TokenSet,
    ) -> Result<Swap, StoreError> {
        let bytes = seal_column(&self.0.keyring, key, tokens)?;
        self.0.store.save_tokens(key, expected_version, bytes).await
    }

    /// Changes the record, on top of concurrent changes: `change` may run more than once. Returns its result for the record
    /// as written; `None` if the session is over.
    ///
    /// # Errors
    /// Also [`StoreError::Contended`], after very many concurrent changes.
    pub async fn update_record<R>(
        &self,
        key: &RowKey,
        change: impl Fn(&mut SessionRecord) -> R,
    ) -> Result<Option<R>, StoreError> {
        for attempt in 0..ATTEMPTS {
            let Some(row) = self.0.store.get(key).await? else { return Ok(None) };
            let Some(before) = open_column::<SessionRecord>(&self.0.keyring, key, &row.record.bytes) else {
                return Ok(None);
            };
            let mut after = before.clone();
            let result = change(&mut after);
            if after == before {
                return Ok(Some(result));
            }
            let bytes = seal_column(&self.0.keyring, key, &after)?;
            match self.0.store.save_record(key, row.record.version, bytes).await? {
                Swap::Swapped { .. } => return Ok(Some(result)),
                Swap::Gone => return Ok(None),
                Swap::Stale => tokio::time::sleep(Duration::from_millis(u64::from(attempt.min(20)))).await,
            }
        }
        Err(StoreError::Contended)
    }

    /// Adds an entry to the replay cache, to be kept until `until`, in Unix seconds. `true` for the first caller only, on
    /// any number of replicas.
    pub async fn mark_used(&self, entry: [u8; 32], until: UnixSecs) -> Result<bool, StoreError> {
        self.0.store.mark_used(entry, until, self.0.clock.now()).await
    }

    /// Deletes everything that has expired. Returns the number of sessions and replay cache entries.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        self.0.store.purge(self.0.clock.now()).await
    }

    /// Whether the store responds, and has accepted a write within the last second. Cheap enough for health checks that
    /// anyone may call often.
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

    /// Takes the lease of that session for `term` from now: only its holder refreshes the tokens, on any number of
    /// processes. The same holder may take it again. Storing new tokens releases it.
    pub async fn lease(&self, key: &RowKey, holder: Holder, term: Duration) -> Result<Lease, StoreError> {
        self.0.store.lease(key, holder, term).await
    }

    /// Releases a lease, if this holder has it.
    pub async fn release(&self, key: &RowKey, holder: Holder) -> Result<(), StoreError> {
        self.0.store.release(key, holder).await
    }

    /// The session keys, for other data that is encrypted under its own context.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// The lifetimes of sessions.
    pub fn lifetimes(&self) -> Lifetimes {
        self.0.lifetimes
    }

    /// Now, and the idle timeout and absolute lifetime of a session that starts now.
    fn lifetimes_from_now(&self) -> (UnixSecs, UnixSecs, UnixSecs) {
        let now = self.0.clock.now();
        let absolute_until = now.saturating_add(self.0.lifetimes.absolute_secs);
        (now, now.saturating_add(self.0.lifetimes.idle_secs).min(absolute_until), absolute_until)
    }
}
