//! Ending sessions, one or all of a user; and the lists of running and ended sessions. Every end is reported to the
//! subscribers of the session: in this process at once, in others within a moment.

use std::time::Instant;

use claimcheck_base::clock::UnixSecs;

use super::{
    column::{Place, open_column},
    ending::{EndReason, Ended, Ending, Logout},
    label::Label,
    sessions::{ASKED_AGAIN, ASKED_WITHIN, Sessions},
    store::StoreError,
    stored::{CookieHash, CookieId, Owner, RowKey, SessionHead, StoredSession},
    token_set::TokenSet,
    watch::Watch,
};

/// Rows in one page of a list of all users.
const PAGE: u32 = 500;
/// Rows in the list of one user, if fewer are allowed.
const LISTED_MIN: u32 = 100;
/// The sessions of one user that are ended in one step, with their records and tokens in memory.
const ENDED_AT_ONCE: u32 = 100;

/// After so many failures, the rest of them is left to the next attempt: each may take seconds.
const FAILURES_MAX: u32 = 3;

/// A running session in a list for its owner or an operator. Times are Unix seconds, as in [`StoredSession`].
#[derive(Clone, Debug)]
pub struct Listed {
    /// The key of its row.
    pub key: RowKey,
    /// Whose session it is.
    pub owner: Owner,
    /// Where and how the user signed in.
    pub label: Label,
    /// When the user last authenticated here.
    pub created_at: UnixSecs,
    /// When the user was last active.
    pub last_active_at: UnixSecs,
    /// The idle timeout.
    pub idle_until: UnixSecs,
    /// The absolute lifetime.
    pub absolute_until: UnixSecs,
}

/// An ended session in a list for its owner.
#[derive(Clone, Debug)]
pub struct ListedEnd {
    /// The key of its row.
    pub key: RowKey,
    /// Where and how the user had signed in.
    pub label: Label,
    /// Why it ended.
    pub why: EndReason,
    /// When it ended, in Unix seconds.
    pub at: UnixSecs,
}

/// A session that has just been ended, with its last tokens, so that they can be revoked.
#[derive(Debug)]
pub struct EndedNow {
    /// The key of its row.
    pub key: RowKey,
    /// Whose session and tokens they were.
    pub owner: Owner,
    /// Its tokens; `None` if they cannot be decrypted.
    pub tokens: Option<TokenSet>,
}

impl Sessions {
    /// Ends a session: from now on no request finds it and no write changes it. `None` if it had already ended.
    ///
    /// The store fails; this applies to every method here.
    pub async fn end(&self, key: &RowKey, why: EndReason) -> Result<Option<EndedNow>, StoreError> {
        self.end_surely(key, None, why).await
    }

    /// Ends a session if its tokens still have that version. `false` if they have another one, or it had already ended.
    pub async fn end_at(
        &self,
        key: &RowKey,
        tokens_version: i64,
        why: EndReason,
    ) -> Result<bool, StoreError> {
        Ok(self.end_surely(key, Some(tokens_version), why).await?.is_some())
    }

    /// If the store's answer is lost, the session may have ended or not, so the store is asked again. It does not find an
    /// ended session any more; what was read before then says which tokens are to be revoked.
    async fn end_surely(
        &self,
        key: &RowKey,
        tokens_version: Option<i64>,
        why: EndReason,
    ) -> Result<Option<EndedNow>, StoreError> {
        let ending = self.ending(why);
        let before = self.0.store.get(key).await?;
        let (begun, mut is_answer_lost) = (Instant::now(), false);
        loop {
            match self.0.store.end(key, tokens_version, ending).await {
                Ok(Some(row)) => return Ok(Some(self.ended_now(row, why))),
                Ok(None) if !is_answer_lost => return Ok(None),
                Ok(None) => {
                    let has_ended = self.0.store.get(key).await?.is_none();
                    return Ok(before.filter(|_| has_ended).map(|row| self.ended_now(row, why)));
                }
                Err(StoreError::Backend(_)) if before.is_some() && begun.elapsed() < ASKED_WITHIN => {
                    is_answer_lost = true;
                }
                Err(error) => return Err(error),
            }
            tokio::time::sleep(ASKED_AGAIN).await;
        }
    }

    /// Ends sessions of that issuer and subject except `spared`, some at a time: none are left once it returns none. Each
    /// step takes effect completely or not at all.
    pub async fn end_some(
        &self,
        of: (&str, &str),
        spared: Option<&RowKey>,
        why: EndReason,
    ) -> Result<Vec<EndedNow>, StoreError> {
        match self.0.store.end_of(of, spared, ENDED_AT_ONCE, self.ending(why)).await {
            Ok(rows) => Ok(rows.into_iter().map(|row| self.ended_now(row, why)).collect()),
            Err(error) => {
                // One row that the store cannot end must not keep the others alive.
                let ended = self.end_each(of, spared, why).await?;
                if ended.is_empty() { Err(error) } else { Ok(ended) }
            }
        }
    }

    /// The same one by one, as far as the store does it.
    async fn end_each(
        &self,
        of: (&str, &str),
        spared: Option<&RowKey>,
        why: EndReason,
    ) -> Result<Vec<EndedNow>, StoreError> {
        let rows = self.0.store.list(Some(of), None, ENDED_AT_ONCE, self.0.clock.now()).await?;
        let (mut ended, mut failures) = (Vec::new(), 0);
        for row in rows.iter().filter(|row| spared != Some(&row.key)) {
            match self.end(&row.key, why).await {
                Ok(now) => ended.extend(now),
                Err(_) if failures < FAILURES_MAX => failures += 1,
                Err(_) => break,
            }
        }
        Ok(ended)
    }

    /// Ends all sessions of that issuer and subject except `spared`.
    pub async fn end_all(
        &self,
        iss: &str,
        sub: &str,
        spared: Option<&RowKey>,
        why: EndReason,
    ) -> Result<Vec<EndedNow>, StoreError> {
        let mut all = Vec::new();
        loop {
            let some = self.end_some((iss, sub), spared, why).await?;
            if some.is_empty() {
                return Ok(all);
            }
            all.extend(some);
        }
    }

    /// Ends the sessions that a provider's logout covers, and prevents those that it covers and that have not started yet.
    /// `None` if this logout was processed before; then nothing happens.
    pub async fn log_out(&self, logout: &Logout) -> Result<Option<Vec<EndedNow>>, StoreError> {
        let why = EndReason::Provider;
        let rows = self.0.store.log_out(logout, self.ending(why)).await?;
        Ok(rows.map(|rows| rows.into_iter().map(|row| self.ended_now(row, why)).collect()))
    }

    /// Subscribes to the end of that session, by this process or another.
    pub fn watch(&self, key: &RowKey) -> Watch {
        self.0.watchers.watch(key)
    }

    /// Why the session of that cookie ended; `None` if it has not, or is no longer kept.
    pub async fn why_ended(&self, cookie: Option<CookieId>) -> Result<Option<EndReason>, StoreError> {
        let Some(id) = cookie else { return Ok(None) };
        Ok(self.0.store.ended(CookieHash::of(id)).await?.map(|ended| ended.ending.why))
    }

    /// The running session with that key.
    pub async fn one(&self, key: &RowKey) -> Result<Option<Listed>, StoreError> {
        let row = self.row(key).await?.filter(|row| row.is_live(self.0.clock.now()));
        Ok(row.map(|row| self.listed(row.into())))
    }

    /// The running sessions of that issuer and subject for a list: as many as there may be, and at least 100. There are
    /// more only after the limit was lowered.
    pub async fn of(&self, iss: &str, sub: &str) -> Result<Vec<Listed>, StoreError> {
        let most = self.0.sessions_per_person.max(LISTED_MIN);
        let rows = self.0.store.list(Some((iss, sub)), None, most, self.0.clock.now()).await?;
        Ok(self.listed_of(Some((iss, sub)), rows))
    }

    /// One page of running sessions in the order of their keys, starting after the key `after`. With `of`, only those of
    /// that issuer and subject.
    pub async fn page(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
    ) -> Result<Vec<Listed>, StoreError> {
        let rows = self.0.store.list(of, after, PAGE, self.0.clock.now()).await?;
        Ok(self.listed_of(of, rows))
    }

    /// The ended sessions of that issuer and subject that are kept, the most recent first, at most `limit`.
    pub async fn ended_of(&self, iss: &str, sub: &str, limit: u32) -> Result<Vec<ListedEnd>, StoreError> {
        let ended = self.0.store.ended_of(iss, sub, limit, self.0.clock.now()).await?;
        let own = ended.into_iter().filter(|ended| is_of(&ended.owner, Some((iss, sub))));
        Ok(own.map(|ended| self.listed_end(ended)).collect())
    }

    /// A store may find rows by an index of its own, which somebody may have changed. Users see only their own sessions.
    fn listed_of(&self, of: Option<(&str, &str)>, rows: Vec<SessionHead>) -> Vec<Listed> {
        rows.into_iter().filter(|row| is_of(&row.owner, of)).map(|row| self.listed(row)).collect()
    }

    fn listed(&self, row: SessionHead) -> Listed {
        Listed {
            label: self.label(row.place(), &row.label),
            key: row.key,
            owner: row.owner,
            created_at: row.created_at,
            last_active_at: row.last_active_at,
            idle_until: row.idle_until,
            absolute_until: row.absolute_until,
        }
    }

    fn listed_end(&self, ended: Ended) -> ListedEnd {
        let label = self.label(ended.place(), &ended.label);
        ListedEnd { key: ended.key, label, why: ended.ending.why, at: ended.ending.at }
    }

    /// Empty if the label cannot be decrypted, or the session is older than labels.
    fn label(&self, place: Place<'_>, sealed: &[u8]) -> Label {
        if sealed.is_empty() {
            return Label::default();
        }
        open_column(&self.0.keyring, place, sealed).map(|opened| opened.content).unwrap_or_default()
    }

    pub(super) fn ended_now(&self, row: StoredSession, why: EndReason) -> EndedNow {
        self.0.watchers.notify(&row.key, why);
        self.tell_end(&row, why);
        EndedNow {
            tokens: open_column(&self.0.keyring, row.place(), &row.tokens.bytes).map(|opened| opened.content),
            owner: row.owner,
            key: row.key,
        }
    }

    fn ending(&self, why: EndReason) -> Ending {
        Ending { why, at: self.0.clock.now() }
    }
}

/// Whether it is the owner of those sessions; without an owner, everyone is.
fn is_of(owner: &Owner, of: Option<(&str, &str)>) -> bool {
    of.is_none_or(|(iss, sub)| owner.iss == iss && owner.sub == sub)
}
