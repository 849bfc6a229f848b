//! The lines of people in the table `activity`.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::SqliteStore;
use crate::{
    activity::{ActivityStore, LINES_PER_PERSON, StoredLine},
    store::StoreError,
};

const ADD: &str = "INSERT INTO activity (id, person, at_us, until, line) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";
const TRIM: &str = "DELETE FROM activity WHERE person = ?1 AND (until <= ?2 OR id IN \
     (SELECT id FROM activity WHERE person = ?1 ORDER BY at_us DESC, id DESC LIMIT -1 OFFSET ?3))";
const LIST: &str =
    "SELECT line FROM activity WHERE person = ? AND until > ? ORDER BY at_us DESC, id DESC LIMIT ?";
const FORGET: &str = "DELETE FROM activity WHERE person = ?";

#[async_trait]
impl ActivityStore for SqliteStore {
    async fn add_lines(&self, lines: &[StoredLine], now: UnixSecs) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for line in lines {
            let query = sqlx::query(ADD).bind(&line.id[..]).bind(&line.person[..]).bind(line.at_us);
            query.bind(line.until()).bind(&line.line).execute(&mut *transaction).await?;
        }
        for person in people(lines) {
            let query = sqlx::query(TRIM).bind(person.to_vec()).bind(now).bind(LINES_PER_PERSON);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    async fn lines(&self, person: [u8; 32], now: UnixSecs) -> Result<Vec<Vec<u8>>, StoreError> {
        let query = sqlx::query_scalar(LIST).bind(&person[..]).bind(now).bind(LINES_PER_PERSON);
        Ok(query.fetch_all(&self.pool).await?)
    }

    async fn forget_lines(&self, person: [u8; 32]) -> Result<u64, StoreError> {
        Ok(sqlx::query(FORGET).bind(&person[..]).execute(&self.writer).await?.rows_affected())
    }
}

fn people(lines: &[StoredLine]) -> std::collections::BTreeSet<[u8; 32]> {
    lines.iter().map(|line| line.person).collect()
}
