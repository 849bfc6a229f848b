//! The end of sessions, one or all of a person's, by whoever may end them; and the lists of those that run and ended.
//! What ends here is told to the pages that wait for it, in this process at once and in others within a moment.

use tower_sessions::Session;

use super::{
    ending::{EndReason, Ended, Ending, Logout},
    label::Label,
    record::{self, TokenSet},
    row::{CookieHash, Owner, Row, RowKey},
    sessions::Sessions,
    store::StoreError,
    watch::Watch,
};
use claimcheck_base::clock::UnixSecs;

/// Rows asked for at a time.
const AT_ONCE: u32 = 500;
/// A list of one person's shows no more than these.
const MOST: usize = 5_000;

/// A running session, as its owner or an operator sees it in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub key: RowKey,
    pub owner: Owner,
    pub label: Label,
    pub created_at: UnixSecs,
    pub last_active_at: UnixSecs,
    pub idle_until: UnixSecs,
    pub absolute_until: UnixSecs,
}

/// A session that ended, as its owner sees it in a list.
#[derive(Clone, Debug)]
pub struct ListedEnd {
    pub label: Label,
    pub why: EndReason,
    pub at: UnixSecs,
}

/// A session that has just been ended, and the tokens it held at that very moment, to be given back; none if they cannot
/// be read.
#[derive(Debug)]
pub struct EndedNow {
    pub key: RowKey,
    /// Whose it was, and whose tokens these are.
    pub owner: Owner,
    pub tokens: Option<TokenSet>,
}

impl Sessions {
    /// Ends a session: from now on no request finds it and no write reaches it. `None` if it was over already.
    pub async fn end(&self, key: &RowKey, why: EndReason) -> Result<Option<EndedNow>, StoreError> {
        let row = self.0.store.end(key, None, self.ending(why)).await?;
        Ok(row.map(|row| self.ended_now(row, why)))
    }

    /// Ends a session if its tokens still have that version. `false` if somebody was faster, or it was over already.
    pub async fn end_at(
        &self,
        key: &RowKey,
        tokens_version: i64,
        why: EndReason,
    ) -> Result<bool, StoreError> {
        let row = self.0.store.end(key, Some(tokens_version), self.ending(why)).await?;
        Ok(row.map(|row| self.ended_now(row, why)).is_some())
    }

    /// Ends all sessions of that issuer and subject but `spared`.
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

    /// Ends what a provider's logout means, and keeps from beginning what it means and is about to begin.
    /// `None` if this very logout was heard before: then nothing is done.
    pub async fn log_out(&self, logout: &Logout) -> Result<Option<Vec<EndedNow>>, StoreError> {
        let why = EndReason::Provider;
        let rows = self.0.store.log_out(logout, self.ending(why)).await?;
        Ok(rows.map(|rows| rows.into_iter().map(|row| self.ended_now(row, why)).collect()))
    }

    /// Completes when that session is ended, by this process or another.
    pub fn watch(&self, key: &RowKey) -> Watch {
        self.0.watchers.watch(key)
    }

    /// Why the session of that cookie ended, while it is remembered and the cookie opens none.
    pub async fn why_ended(&self, layer: &Session) -> Result<Option<EndReason>, StoreError> {
        let Some(id) = layer.id() else { return Ok(None) };
        Ok(self.0.store.ended(CookieHash::of(id)).await?.map(|ended| ended.ending.why))
    }

    /// The running session of that name.
    pub async fn one(&self, key: &RowKey) -> Result<Option<Listed>, StoreError> {
        let row = self.0.store.get(key).await?.filter(|row| row.is_live(self.0.clock.now()));
        Ok(row.map(|row| self.listed(row)))
    }

    /// The running sessions of that issuer and subject, for a list: of very many, the first ones.
    pub async fn of(&self, iss: &str, sub: &str) -> Result<Vec<Listed>, StoreError> {
        let mut all: Vec<Listed> = Vec::new();
        loop {
            let after = all.last().map(|session| session.key.clone());
            let more = self.page(Some((iss, sub)), after.as_ref()).await?;
            let is_last = more.len() < AT_ONCE as usize;
            all.extend(more);
            if is_last || all.len() >= MOST {
                return Ok(all);
            }
        }
    }

    /// Running sessions of that issuer and subject, or of everybody, in the order of their keys, from behind `after` on.
    pub async fn page(
        &self,
        of: Option<(&str, &str)>,
        after: Option<&RowKey>,
    ) -> Result<Vec<Listed>, StoreError> {
        let rows = self.0.store.list(of, after, AT_ONCE, self.0.clock.now()).await?;
        Ok(rows.into_iter().map(|row| self.listed(row)).collect())
    }

    /// The sessions of that issuer and subject that ended lately, the last ones first, at most `limit`.
    pub async fn ended_of(&self, iss: &str, sub: &str, limit: u32) -> Result<Vec<ListedEnd>, StoreError> {
        let ended = self.0.store.ended_of(iss, sub, limit, self.0.clock.now()).await?;
        Ok(ended.into_iter().map(|ended| self.listed_end(&ended)).collect())
    }

    fn listed(&self, row: Row) -> Listed {
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

    /// Nothing is said of a session whose label cannot be read.
    fn label(&self, key: &RowKey, sealed: &[u8]) -> Label {
        if sealed.is_empty() {
            return Label::default();
        }
        record::open(&self.0.keyring, key, sealed).unwrap_or_default()
    }

    fn ended_now(&self, row: Row, why: EndReason) -> EndedNow {
        self.0.watchers.tell(&row.key, why);
        EndedNow {
            tokens: record::open(&self.0.keyring, &row.key, &row.tokens.bytes),
            owner: row.owner,
            key: row.key,
        }
    }

    fn ending(&self, why: EndReason) -> Ending {
        Ending { why, at: self.0.clock.now() }
    }
}
