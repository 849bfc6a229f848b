//! The lines of people: a sorted set for each, by time. It expires by itself some minutes after its last line.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::{
    RedisStore,
    reply::encode,
    scripts::{ADD_LINES, FORGET_LINES, LINES},
};
use crate::{
    activity::{ActivityStore, LINES_KEPT_SECS, LINES_PER_PERSON, StoredLine, expired_at},
    store::StoreError,
};

#[async_trait]
impl ActivityStore for RedisStore {
    async fn add_lines(&self, lines: &[StoredLine], now: UnixSecs) -> Result<(), StoreError> {
        let mut script = ADD_LINES.arg(expired_at(now));
        script.arg(LINES_PER_PERSON).arg(LINES_KEPT_SECS);
        for line in lines {
            // Each has its own nonce, so two are never equal, and the same one is stored once.
            script.arg(encode(&line.person)).arg(line.at_us).arg(&line.line);
        }
        self.run_idempotent::<i64>(&script).await.map(drop)
    }

    async fn lines(&self, person: [u8; 32], now: UnixSecs) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut script = LINES.arg(encode(&person));
        self.run_idempotent(script.arg(expired_at(now)).arg(LINES_PER_PERSON)).await
    }

    async fn forget_lines(&self, person: [u8; 32]) -> Result<u64, StoreError> {
        self.write(&FORGET_LINES.arg(encode(&person))).await
    }
}
