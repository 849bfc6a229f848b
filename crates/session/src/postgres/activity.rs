//! The lines of people in the table `activity`.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::PostgresStore;
use crate::{
    activity::{ActivityStore, LINES_PER_PERSON, StoredLine},
    servers::with_timeout,
    store::StoreError,
};

const ADD: &str = "INSERT INTO claimcheck.activity (id, person, at_us, until, line) \
     SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bytea[]) ON CONFLICT (id) DO NOTHING";
/// Skips locked rows, so it cannot deadlock. A separate statement, so that it sees the rows that were added.
const TRIM: &str = "DELETE FROM claimcheck.activity WHERE id = ANY(ARRAY(SELECT id FROM claimcheck.activity WHERE id IN \
     (SELECT id FROM (SELECT id, until, row_number() OVER (PARTITION BY person ORDER BY at_us DESC, id DESC) AS place \
     FROM claimcheck.activity WHERE person = ANY($1)) AS placed WHERE place > $2 OR until <= $3) \
     FOR UPDATE SKIP LOCKED))";
const LIST: &str = "SELECT line FROM claimcheck.activity WHERE person = $1 AND until > $2 ORDER BY at_us DESC, id DESC LIMIT $3";
const FORGET: &str = "DELETE FROM claimcheck.activity WHERE person = $1";

#[async_trait]
impl ActivityStore for PostgresStore {
    async fn add_lines(&self, lines: &[StoredLine], now: UnixSecs) -> Result<(), StoreError> {
        let people: Vec<Vec<u8>> = lines.iter().map(|line| line.person.to_vec()).collect();
        with_timeout(async {
            sqlx::query(ADD)
                .bind(lines.iter().map(|line| line.id.to_vec()).collect::<Vec<_>>())
                .bind(&people)
                .bind(lines.iter().map(|line| line.at_us).collect::<Vec<_>>())
                .bind(lines.iter().map(StoredLine::until).collect::<Vec<_>>())
                .bind(lines.iter().map(|line| line.line.clone()).collect::<Vec<_>>())
                .execute(&self.database)
                .await?;
            let trim = sqlx::query(TRIM).bind(&people).bind(i64::from(LINES_PER_PERSON)).bind(now);
            trim.execute(&self.database).await?;
            Ok(())
        })
        .await
    }

    async fn lines(&self, person: [u8; 32], now: UnixSecs) -> Result<Vec<Vec<u8>>, StoreError> {
        let query = sqlx::query_scalar(LIST).bind(person.to_vec()).bind(now);
        let query = query.bind(i64::from(LINES_PER_PERSON));
        with_timeout(async { Ok(query.fetch_all(&self.database).await?) }).await
    }

    async fn forget_lines(&self, person: [u8; 32]) -> Result<u64, StoreError> {
        let query = sqlx::query(FORGET).bind(person.to_vec());
        with_timeout(async { Ok(query.execute(&self.database).await?.rows_affected()) }).await
    }
}
