//! From a cookie to a signed-in user: finds the row, decrypts it, and refuses what was changed in the store. A session that an
//! earlier version of this program has written is bound to its place when it is first loaded.

use std::{sync::Arc, time::Duration};

use super::{
    column::{changed, open_column, seal_column},
    label::Label,
    record::SessionRecord,
    sessions::{Sessions, SignedIn},
    store::StoreError,
    stored::{Contents, CookieHash, CookieId, RowKey, StoredSession},
    token_set::TokenSet,
};

/// A record of an earlier version is not bound to its place, but says when its user signed in. The session was stored at
/// most this much later, in seconds.
const STORED_WITHIN_SECS: i64 = 300;
/// A request waits no longer than this for a session to be bound. The next one tries again.
const BOUND_WITHIN: Duration = Duration::from_secs(1);

impl Sessions {
    /// The signed-in user of a request with that id in its cookie. Changes nothing, except that a session that an earlier
    /// version has written is bound to its place.
    pub async fn current(&self, cookie: Option<CookieId>) -> Result<Option<SignedIn>, StoreError> {
        let Some(id) = cookie else { return Ok(None) };
        let hash = CookieHash::of(id);
        let Some(row) = self.0.store.find(hash, self.0.clock.now()).await? else { return Ok(None) };
        if row.cookie_hash != hash {
            // A store that finds rows by an index of its own, which says something else than the row.
            return Ok(changed(&row.key, "cookie", "it was found by another cookie than its own"));
        }
        let label = row.label.clone();
        let Some((signed_in, is_bound)) = self.open(row) else { return Ok(None) };
        if !is_bound {
            self.bind(&signed_in, &label).await;
        }
        Ok(Some(signed_in))
    }

    /// The session with that key as it is now; `None` if it is over.
    pub async fn reload(&self, key: &RowKey) -> Result<Option<SignedIn>, StoreError> {
        let now = self.0.clock.now();
        let row = self.row(key).await?.filter(|row| {
            let is_live = row.is_live(now);
            if !is_live {
                self.tell_timeout(row, now);
            }
            is_live
        });
        Ok(row.and_then(|row| self.open(row)).map(|(signed_in, _)| signed_in))
    }

    /// The row with that key.
    pub(super) async fn row(&self, key: &RowKey) -> Result<Option<StoredSession>, StoreError> {
        let row = self.0.store.get(key).await?;
        Ok(row.and_then(|row| match row.key == *key {
            true => Some(row),
            false => changed(key, "key", "it was found by another key than its own"),
        }))
    }

    /// Decrypts both columns or nothing, and says whether both are bound to their place. After a key was removed, one of
    /// them may still decrypt; a session with a user and without tokens would look signed in and never have data.
    fn open(&self, row: StoredSession) -> Option<(SignedIn, bool)> {
        let (mut record, is_record_bound) = self.open_record(&row)?;
        if let Some(roles) = &mut record.token_roles {
            roles.expire(self.0.clock.now());
        }
        let tokens = open_column::<TokenSet>(&self.0.keyring, row.place(), &row.tokens.bytes)?;
        let is_bound = is_record_bound && tokens.is_bound;
        if !is_bound && !self.may_be_unbound(&row, &record) {
            return None;
        }
        let signed_in = SignedIn {
            record: Arc::new(record),
            record_version: row.record.version,
            tokens: Arc::new(tokens.content),
            tokens_version: row.tokens.version,
            key: row.key,
            owner: row.owner,
            created_at: row.created_at,
            last_active_at: row.last_active_at,
            idle_until: row.idle_until,
            absolute_until: row.absolute_until,
            cookie_hash: row.cookie_hash,
        };
        Some((signed_in, is_bound))
    }

    /// The record of a row, and whether it is bound to its place.
    pub(super) fn open_record(&self, row: &StoredSession) -> Option<(SessionRecord, bool)> {
        let opened = open_column::<SessionRecord>(&self.0.keyring, row.place(), &row.record.bytes)?;
        if !opened.is_bound && !self.may_be_unbound(row, &opened.content) {
            return None;
        }
        Some((opened.content, opened.is_bound))
    }

    /// Whether columns that are not bound to their place may be those of an earlier version: the record proves the owner, and
    /// the row ends when a session of that sign-in ends. So they are of no use once the sessions of the earlier version have
    /// ended, whatever else the row says.
    fn may_be_unbound(&self, row: &StoredSession, record: &SessionRecord) -> bool {
        let longest = self.0.lifetimes.absolute_secs.saturating_add(STORED_WITHIN_SECS);
        if row.absolute_until > record.signed_in_at.saturating_add(longest) {
            return changed::<()>(
                &row.key,
                "record",
                "it is not bound to its cookie, and lasts longer than absolute_secs",
            )
            .is_some();
        }
        let is_said = |name: &str, text: &str| record.claims.get(name).is_none_or(|claim| claim == text);
        if !is_said("iss", &row.owner.iss) || !is_said("sub", &row.owner.sub) {
            return changed::<()>(&row.key, "record", "its claims are of another user").is_some();
        }
        true
    }

    /// Binds the columns of a session to their place, without a change of their content. If others write at the same time,
    /// they bind what they write, and the next request binds the rest.
    async fn bind(&self, session: &SignedIn, label: &[u8]) {
        let (keyring, place) = (&self.0.keyring, session.place());
        let bound = || {
            let label = match label {
                [] => Vec::new(),
                label => {
                    let label = open_column::<Label>(keyring, place, label).map(|opened| opened.content);
                    seal_column(keyring, place, &label.unwrap_or_default())?
                }
            };
            Ok::<_, StoreError>(Contents {
                label,
                record: seal_column(keyring, place, &*session.record)?,
                tokens: seal_column(keyring, place, &*session.tokens)?,
            })
        };
        let versions = (session.record_version, session.tokens_version);
        let stored = match bound() {
            Ok(columns) => {
                let reseal = self.0.store.reseal(&session.key, versions, columns);
                let in_time = tokio::time::timeout(BOUND_WITHIN, reseal).await;
                in_time.unwrap_or_else(|_| Err(StoreError::backend("no response in time")))
            }
            Err(error) => Err(error),
        };
        match stored {
            Ok(is_stored) => {
                tracing::debug!(is_stored, "a session of an earlier version was bound to its place")
            }
            Err(error) => {
                tracing::debug!(%error, "a session of an earlier version is not bound to its place yet")
            }
        }
    }
}
