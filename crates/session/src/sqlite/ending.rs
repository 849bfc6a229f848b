//! How sessions end within a transaction: one, or those of a user that are too many.

use claimcheck_base::clock::UnixSecs;
use sqlx::SqliteConnection;

use super::statements::{ADD_ENDED, END, TOO_MANY, TRIM_ENDED};
use crate::{
    ending::{EndReason, Ending},
    sql::SessionRow,
    store::{ENDED_PER_PERSON, LIMITED_AT_ONCE, StoreError},
    stored::{Owner, RowKey, StoredSession},
};

/// Keeps that a session has ended.
pub(super) async fn add_ended(
    connection: &mut SqliteConnection,
    row: &StoredSession,
    ending: Ending,
) -> Result<(), StoreError> {
    let (why, cause) = ending.why.stored();
    sqlx::query(ADD_ENDED)
        .bind(row.key.as_str())
        .bind(&row.cookie_hash.0[..])
        .bind(&row.owner.iss)
        .bind(&row.owner.sub)
        .bind(&row.owner.sid)
        .bind(&row.label)
        .bind(why)
        .bind(cause)
        .bind(ending.at)
        .bind(row.absolute_until)
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a session, and keeps that it ended.
pub(super) async fn end_one(
    connection: &mut SqliteConnection,
    key: &str,
    tokens_version: Option<i64>,
    ending: Ending,
) -> Result<Option<StoredSession>, StoreError> {
    let query = sqlx::query_as(END).bind(key).bind(tokens_version);
    let ended = query.fetch_optional(&mut *connection).await?.map(SessionRow::decode).transpose()?;
    if let Some(ended) = &ended {
        add_ended(connection, ended, ending).await?;
    }
    Ok(ended)
}

/// Ends the sessions of the owner of a new one that are too many, and forgets the oldest ended ones.
pub(super) async fn limit(
    connection: &mut SqliteConnection,
    new: &RowKey,
    Owner { iss, sub, .. }: &Owner,
    most: u32,
    now: UnixSecs,
) -> Result<Vec<StoredSession>, StoreError> {
    let query = sqlx::query_scalar(TOO_MANY).bind(iss).bind(sub).bind(new.as_str()).bind(now);
    let query = query.bind(most.saturating_sub(1)).bind(LIMITED_AT_ONCE);
    let keys: Vec<String> = query.fetch_all(&mut *connection).await?;
    let ending = Ending { why: EndReason::TooMany, at: now };
    let mut all = Vec::new();
    for key in keys {
        all.extend(end_one(connection, &key, None, ending).await?);
    }
    let trim = sqlx::query(TRIM_ENDED).bind(iss).bind(sub).bind(ENDED_PER_PERSON).bind(LIMITED_AT_ONCE);
    trim.execute(connection).await?;
    Ok(all)
}
