//! Ends of several sessions in one transaction. If the answer to its commit is lost, the tokens of these sessions must still
//! be revoked, so it is found out whether they have ended.

use std::time::Duration;

use super::{
    database::{Database, Work},
    is_there,
    locks::lock_of,
    statements::{END_ALL, LOCK_COVERED, LOCK_LOGOUT, LOCK_OF, MARK_USED, RAISE_WATERMARK},
};
use crate::{
    ending::{Ending, Logout},
    sql::SessionRow,
    store::StoreError,
    stored::{RowKey, StoredSession},
};

/// How often, and after what time, the database is asked again after the answer to a commit was lost.
const ASKED: u32 = 5;
const ASKED_AGAIN: Duration = Duration::from_millis(300);

/// Ends the sessions with these keys, which are locked.
pub(super) async fn end_all(
    work: &mut Work<'_>,
    keys: Vec<String>,
    ending: Ending,
) -> Result<Vec<StoredSession>, StoreError> {
    let (why, cause) = ending.why.stored();
    let rows = sqlx::query_as(END_ALL).bind(keys).bind(why).bind(cause).bind(ending.at);
    rows.fetch_all(work).await?.into_iter().map(SessionRow::decode).collect()
}

/// Commits the end of these sessions.
async fn commit(
    database: &Database,
    work: Work<'static>,
    ended: Vec<StoredSession>,
) -> Result<Vec<StoredSession>, StoreError> {
    let Err(error) = work.commit().await else { return Ok(ended) };
    let Some(first) = ended.first() else { return Err(error.into()) };
    for _ in 0..ASKED {
        tokio::time::sleep(ASKED_AGAIN).await;
        if let Ok(is_there) = is_there(database, &first.key).await {
            return if is_there { Err(error.into()) } else { Ok(ended) };
        }
    }
    Err(error.into())
}

/// [`SessionStore::end_of`](crate::SessionStore::end_of)
pub(super) async fn end_of(
    database: &Database,
    (iss, sub): (&str, &str),
    spared: Option<&RowKey>,
    limit: u32,
    ending: Ending,
) -> Result<Vec<StoredSession>, StoreError> {
    let mut work = database.begin().await?;
    let meant = sqlx::query_scalar(LOCK_OF).bind(iss).bind(sub);
    let meant = meant.bind(spared.map_or("", RowKey::as_str)).bind(ending.at).bind(i64::from(limit));
    let keys = meant.fetch_all(&mut work).await?;
    let ended = end_all(&mut work, keys, ending).await?;
    commit(database, work, ended).await
}

/// [`SessionStore::log_out`](crate::SessionStore::log_out)
pub(super) async fn log_out(
    database: &Database,
    logout: &Logout,
    ending: Ending,
) -> Result<Option<Vec<StoredSession>>, StoreError> {
    let mut work = database.begin().await?;
    let watermark = logout.watermark_key();
    if let Some(watermark) = watermark {
        sqlx::query(LOCK_LOGOUT).bind(lock_of(watermark)).execute(&mut work).await?;
    }
    if let Some(entry) = logout.replay_key {
        let marked = sqlx::query(MARK_USED).bind(entry.to_vec()).bind(logout.until);
        if marked.execute(&mut work).await?.rows_affected() == 0 {
            return Ok(None);
        }
    }
    let mut ended = Vec::new();
    if let Some(watermark) = watermark {
        let raised = sqlx::query(RAISE_WATERMARK).bind(&watermark[..]).bind(logout.issued_at);
        raised.bind(logout.until).execute(&mut work).await?;
        let covered = sqlx::query_scalar(LOCK_COVERED).bind(&logout.iss).bind(&logout.sub);
        let covered = covered.bind(&logout.sid).bind(logout.latest_iat());
        let keys: Vec<String> = covered.fetch_all(&mut work).await?;
        ended = end_all(&mut work, keys, ending).await?;
    }
    commit(database, work, ended).await.map(Some)
}
