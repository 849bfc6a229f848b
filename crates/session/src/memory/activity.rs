//! The lines of people in the memory of the process.

use async_trait::async_trait;
use claimcheck_base::clock::UnixSecs;

use super::{MemoryStore, held::count};
use crate::{
    activity::{ActivityStore, LINES_PER_PERSON, StoredLine},
    store::StoreError,
};

#[async_trait]
impl ActivityStore for MemoryStore {
    async fn add_lines(&self, lines: &[StoredLine], now: UnixSecs) -> Result<(), StoreError> {
        let mut held = self.held();
        for line in lines {
            let person = line.person;
            let mut all = held.lines.remove(&person).unwrap_or_default();
            if all.iter().all(|known| known.id != line.id) {
                all.push(line.clone());
            }
            all.sort_unstable_by_key(|line| (line.at_us, line.id));
            all.retain(|line| now < line.until());
            let surplus = all.len().saturating_sub(count(LINES_PER_PERSON));
            all.drain(..surplus);
            let Some(until) = all.last().map(StoredLine::until) else { continue };
            while held.lines.len() >= self.bounds.people.max(1) {
                held.lines.pop_expired(UnixSecs::MAX);
            }
            held.lines.set(person, all, until);
        }
        Ok(())
    }

    async fn lines(&self, person: [u8; 32], now: UnixSecs) -> Result<Vec<Vec<u8>>, StoreError> {
        let held = self.held();
        let lines = held.lines.get(&person).into_iter().flatten().rev();
        Ok(lines.filter(|line| now < line.until()).map(|line| line.line.clone()).collect())
    }

    async fn forget_lines(&self, person: [u8; 32]) -> Result<u64, StoreError> {
        let lines = self.held().lines.remove(&person);
        Ok(lines.map_or(0, |lines| u64::try_from(lines.len()).unwrap_or(u64::MAX)))
    }
}
