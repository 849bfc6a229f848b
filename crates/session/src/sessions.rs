//! The repository: starts, renews and changes sessions; `loading.rs` turns a cookie into a signed-in user. The application gives it the id from a cookie, and puts the ids that it returns into cookies.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicI64},
    time::{Duration, Instant},
};

use claimcheck_base::clock::{Clock, UnixSecs};
use tokio::sync::Mutex;

use super::{
    column::{Place, seal_column},
    end_observer::EndSlot,
    ending::EndReason,
    ends::EndedNow,
    label::Label,
    record::SessionRecord,
    sealing::Keyring,
    store::{SessionStore, StoreError},
    stored::{
        Contents, CookieHash, CookieId, Holder, Lease, Mark, Owner, Renewal, RowKey, SealedBytes,
        StoredSession, Swap,
    },
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
/// For how long, and how often, the store is asked whether something has happened, after an answer was lost. A user waits
/// for this.
pub(super) const ASKED_WITHIN: Duration = Duration::from_secs(3);
pub(super) const ASKED_AGAIN: Duration = Duration::from_millis(200);

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
    pub(super) cookie_hash: CookieHash,
}

impl SignedIn {
    /// The place that its columns are bound to.
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            key: &self.key,
            cookie_hash: self.cookie_hash,
            owner: &self.owner,
            created_at: self.created_at,
            absolute_until: self.absolute_until,
        }
    }
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
#[derive(Debug)]
pub struct Started {
    /// The key of the row.
    pub key: RowKey,
    /// The id for the cookie.
    pub id: CookieId,
    /// The user's other sessions that ended because there were too many, so that their tokens can be revoked.
    pub ended: Vec<EndedNow>,
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
    pub(super) lifetimes: Lifetimes,
    /// The live sessions that one user may have.
    pub(super) sessions_per_person: u32,
    pub(super) watchers: Arc<Watchers>,
    /// The time of the last line of a person's activity, in microseconds since 1970.
    pub(super) last_line: AtomicI64,
    pub(super) end_slot: EndSlot,
    /// When the store last accepted a write of [`Sessions::ping`]. One caller probes, and others wait for it.
    pub(super) probed: Mutex<Option<Instant>>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("lifetimes", &self.0.lifetimes).finish_non_exhaustive()
    }
}

impl Sessions {
    /// The sessions in that store, encrypted with these keys, so many of one user at a time. The clock decides when they
    /// expire.
    pub fn new(
        store: Arc<dyn SessionStore>,
        keyring: Keyring,
        clock: Clock,
        lifetimes: Lifetimes,
        sessions_per_person: u32,
    ) -> Self {
        let watchers = Watchers::new(store.clone());
        let (probed, last_line) = (Mutex::default(), AtomicI64::new(i64::MIN));
        Self(Arc::new(Inner {
            store,
            keyring,
            clock,
            lifetimes,
            sessions_per_person,
            watchers,
            last_line,
            end_slot: EndSlot::default(),
            probed,
        }))
    }

    /// Signs a user in: a new row under a new id, whatever the browser sent. The row is written at once; the caller sets
    /// the cookie. An earlier session is not touched: if it belongs to another user, the caller ends it. If the user has
    /// more sessions than allowed, those that are unused for longest end. `None` if the provider has logged this sign-in
    /// out in the meantime; then nobody is signed in.
    pub async fn start(
        &self,
        iss: String,
        sub: String,
        sign_in: &NewSession,
    ) -> Result<Option<Started>, StoreError> {
        self.start_as(iss, sub, sign_in, RowKey::random()?, None, self.0.sessions_per_person).await
    }

    /// The same under this key, until then at most, beside so many sessions of the user.
    pub(super) async fn start_as(
        &self,
        iss: String,
        sub: String,
        sign_in: &NewSession,
        key: RowKey,
        until: Option<UnixSecs>,
        most: u32,
    ) -> Result<Option<Started>, StoreError> {
        let id = CookieId::random()?;
        let (now, idle_until, absolute_until) = self.lifetimes_from_now();
        let latest = until.unwrap_or(absolute_until);
        let (idle_until, absolute_until) = (idle_until.min(latest), absolute_until.min(latest));
        let (cookie_hash, owner) = (CookieHash::of(id), Owner { iss, sub, sid: sign_in.sid.clone() });
        let place = Place { key: &key, cookie_hash, owner: &owner, created_at: now, absolute_until };
        let Contents { label, record, tokens } = self.seal(place, sign_in)?;
        let row = StoredSession {
            cookie_hash,
            owner: owner.clone(),
            created_at: now,
            last_active_at: now,
            idle_until,
            absolute_until,
            label,
            record: SealedBytes { version: 1, bytes: record },
            tokens: SealedBytes { version: 1, bytes: tokens },
            key: key.clone(),
        };
        let inserted = self.0.store.insert(row, sign_in.issued_at, most).await;
        let Some(rows) = self.unless_stored(inserted, &key, cookie_hash, || Some(Vec::new())).await? else {
            return Ok(None);
        };
        let ended = rows.into_iter().map(|row| self.ended_now(row, EndReason::TooMany)).collect();
        Ok(Some(Started { key, id, ended }))
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
        let cookie_hash = CookieHash::of(id);
        let owner = Owner { sid: sign_in.sid.clone(), ..current.owner.clone() };
        let place = Place { key: &current.key, cookie_hash, owner: &owner, created_at: now, absolute_until };
        let Contents { label, record, tokens } = self.seal(place, sign_in)?;
        let renewal = Renewal {
            cookie_hash,
            sid: owner.sid,
            created_at: now,
            idle_until,
            absolute_until,
            label,
            record,
            tokens,
        };
        let swap = self.0.store.renew(&current.key, current.cookie_hash, renewal, sign_in.issued_at).await;
        let swapped = || Swap::Swapped { version: current.tokens_version + 1 };
        match self.unless_stored(swap, &current.key, cookie_hash, swapped).await? {
            Swap::Swapped { .. } => Ok(Some(Started { key: current.key.clone(), id, ended: Vec::new() })),
            Swap::Stale => {
                let Owner { iss, sub, .. } = current.owner.clone();
                self.start(iss, sub, sign_in).await
            }
            Swap::Gone => Ok(None),
        }
    }

    /// The result of a write that gives a row this cookie. If the store fails, its answer may be lost, and then the row
    /// tells: with `stored` as the result, the user is not signed out by a cookie that they never get.
    async fn unless_stored<T>(
        &self,
        result: Result<T, StoreError>,
        key: &RowKey,
        cookie_hash: CookieHash,
        stored: impl FnOnce() -> T,
    ) -> Result<T, StoreError> {
        let Err(StoreError::Backend(_)) = &result else { return result };
        let begun = Instant::now();
        while begun.elapsed() < ASKED_WITHIN {
            tokio::time::sleep(ASKED_AGAIN).await;
            if let Ok(row) = self.0.store.get(key).await {
                return if row.is_some_and(|row| row.cookie_hash == cookie_hash) {
                    Ok(stored())
                } else {
                    result
                };
            }
        }
        result
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

    /// Replaces the tokens if they still have the version that `before` has. Call it before the first use of a new token.
    ///
    /// They are bound to the place of `before`. If the user signed in again meanwhile, so that the session has another
    /// cookie and another lifetime, its tokens have another version, too, and nothing is written.
    pub async fn swap_tokens(&self, before: &SignedIn, tokens: &TokenSet) -> Result<Swap, StoreError> {
        let bytes = seal_column(&self.0.keyring, before.place(), tokens)?;
        self.0.store.save_tokens(&before.key, before.tokens_version, bytes).await
    }

    /// The columns of a completed sign-in, for that place.
    fn seal(&self, place: Place<'_>, sign_in: &NewSession) -> Result<Contents, StoreError> {
        let keyring = &self.0.keyring;
        Ok(Contents {
            label: seal_column(keyring, place, &sign_in.label)?,
            record: seal_column(keyring, place, &sign_in.record)?,
            tokens: seal_column(keyring, place, &sign_in.tokens)?,
        })
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
            let Some(row) = self.row(key).await? else { return Ok(None) };
            let Some((before, _)) = self.open_record(&row) else { return Ok(None) };
            let mut after = before.clone();
            let result = change(&mut after);
            if after == before {
                return Ok(Some(result));
            }
            let bytes = seal_column(&self.0.keyring, row.place(), &after)?;
            match self.0.store.save_record(key, row.record.version, bytes).await? {
                Swap::Swapped { .. } => return Ok(Some(result)),
                Swap::Gone => return Ok(None),
                Swap::Stale => tokio::time::sleep(Duration::from_millis(u64::from(attempt.min(20)))).await,
            }
        }
        Err(StoreError::Contended)
    }

    /// Adds a mark to the replay cache. `true` for the first caller only, on any number of replicas.
    pub async fn mark_used(&self, mark: Mark<'_>) -> Result<bool, StoreError> {
        self.0.store.mark_used(mark, self.0.clock.now()).await
    }

    /// Deletes everything that has expired. Returns the number of sessions and replay cache entries.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        self.0.store.purge(self.0.clock.now()).await
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
