//! The limit of live sessions of one user, which a sign-in enforces within its transaction.

use claimcheck_base::clock::UnixSecs;

use super::{database::Work, ends::end_all, statements::*};
use crate::{
    ending::{EndReason, Ending},
    store::{ENDED_PER_PERSON, LIMITED_AT_ONCE, StoreError},
    stored::{Owner, RowKey, StoredSession},
};

/// Ends the sessions of the owner of a new one that are too many, and forgets the oldest ended ones.
pub(super) async fn enforce(
    work: &mut Work<'_>,
    new: &RowKey,
    Owner { iss, sub, .. }: &Owner,
    most: u32,
    now: UnixSecs,
) -> Result<Vec<StoredSession>, StoreError> {
    let query = sqlx::query_scalar(TOO_MANY).bind(iss).bind(sub).bind(new.as_str()).bind(now);
    let query = query.bind(i64::from(most.saturating_sub(1))).bind(i64::from(LIMITED_AT_ONCE));
    let keys: Vec<String> = query.fetch_all(&mut *work).await?;
    let mut ended = Vec::new();
    if !keys.is_empty() {
        let lock = sqlx::query_scalar(LOCK_ALL).bind(keys);
        let keys: Vec<String> = lock.fetch_all(&mut *work).await?;
        ended = end_all(work, keys, Ending { why: EndReason::TooMany, at: now }).await?;
    }
    let trim = sqlx::query(TRIM_ENDED).bind(iss).bind(sub);
    let trim = trim.bind(i64::from(ENDED_PER_PERSON)).bind(i64::from(LIMITED_AT_ONCE));
    trim.execute(work).await?;
    Ok(ended)
}
