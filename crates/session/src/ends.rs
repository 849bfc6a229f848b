//! Ending sessions, one or all of a user; and the lists of running and ended sessions. Every end is reported to the
//! subscribers of the session: in this process at once, in others within a moment.

use claimcheck_base::clock::UnixSecs;

use super::{
    column::open_column,
    ending::{EndReason, Ended, Ending, Logout},
    label::Label,
    sessions::Sessions,
    store::StoreError,
    stored::{CookieHash, CookieId, Owner, RowKey, StoredSession},
    token_set::TokenSet,
    watch::Watch,
};

/// Rows in one page of a list.
const PAGE: u32 = 500;
/// The list of one user ends after about this many rows.
const MOST: usize = 5_000;

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
        let row = self.0.store.end(key, None, self.ending(why)).await?;
        Ok(row.map(|row| self.ended_now(row, why)))
    }

    /// Ends a session if its tokens still have that version. `false` if they have another one, or it had already ended.
    pub async fn end_at(
        &self,
        key: &RowKey,
        tokens_version: i64,
        why: EndReason,
    ) -> Result<bool, StoreError> {
        let row = self.0.store.end(key, Some(tokens_version), self.ending(why)).await?;
        Ok(row.map(|row| self.ended_now(row, why)).is_some())
    }

    /// Ends all sessions of that issuer and subject except `spared`.
    pub async fn end_all(
        &self,
        iss: &str,
        sub: &str,
        spared: Option<&RowKey>,
        why: EndReason,
    ) -> Result<Vec<EndedNow>, StoreError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(Some((iss, sub)), after.as_ref()).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.key.clone());
            for session in page.iter().filter(|session| spared != Some(&session.key)) {
                all.extend(self.end(&session.key, why).await?);
            }
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
        let row = self.0.store.get(key).await?.filter(|row| row.is_live(self.0.clock.now()));
        Ok(row.map(|row| self.listed(row)))
    }

    /// The running sessions of that issuer and subject for a list, which is cut off if there are very many.
    pub async fn of(&self, iss: &str, sub: &str) -> Result<Vec<Listed>, StoreError> {
        let mut all: Vec<Listed> = Vec::new();
        loop {
            let after = all.last().map(|session| session.key.clone());
            let more = self.page(Some((iss, sub)), after.as_ref()).await?;
            let is_last = more.len() < PAGE as usize;
            all.extend(more);
            if is_last || all.len() >= MOST {
                return Ok(all);
            }
        }
    }

    /// One page of running sessions in the order of their keys, starting after the key `after`. With `of`, only those of
    /// that issuer and subject.
    pub async fn page(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
    ) -> Result<Vec<Listed>, StoreError> {
        let rows = self.0.store.list(of, after, PAGE, self.0.clock.now()).await?;
        Ok(rows.into_iter().map(|row| self.listed(row)).collect())
    }

    /// The ended sessions of that issuer and subject that are kept, the most recent first, at most `limit`.
    pub async fn ended_of(&self, iss: &str, sub: &str, limit: u32) -> Result<Vec<ListedEnd>, StoreError> {
        let ended = self.0.store.ended_of(iss, sub, limit, self.0.clock.now()).await?;
        Ok(ended.into_iter().map(|ended| self.listed_end(&ended)).collect())
    }

    fn listed(&self, row: StoredSession) -> Listed {
        Listed {
            label: self.label(&row.key, &row.label),
            key: row.key,
            owner: row.owner,
            created_at: row.created_at,
            last_active_at: row.last_active_at,
            idle_until: row.idle_until,
            absolute_until: row.absolute_until,
        }
    }

    fn listed_end(&self, ended: &Ended) -> ListedEnd {
        let label = self.label(&ended.key, &ended.label);
        ListedEnd { label, why: ended.ending.why, at: ended.ending.at }
    }

    /// Empty if the label cannot be decrypted, or the session is older than labels.
    fn label(&self, key: &RowKey, sealed: &[u8]) -> Label {
        if sealed.is_empty() {
            return Label::default();
        }
        open_column(&self.0.keyring, key, sealed).unwrap_or_default()
    }

    fn ended_now(&self, row: StoredSession, why: EndReason) -> EndedNow {
        self.0.watchers.notify(&row.key, why);
        EndedNow {
            tokens: open_column(&self.0.keyring, &row.key, &row.tokens.bytes),
            owner: row.owner,
            key: row.key,
        }
    }

    fn ending(&self, why: EndReason) -> Ending {
        Ending { why, at: self.0.clock.now() }
    }
}
