//! Advisory locks: which of sign-ins and logouts wait for each other.

use super::{
    database::Work,
    statements::{LOCK_PERSON, LOCK_SIGN_IN},
};
use crate::{ending::watermark_keys, store::StoreError, stored::Owner};

/// The advisory lock of a watermark. Two watermarks with the same number only wait for each other.
pub(super) fn lock_of(watermark: [u8; 32]) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = watermark;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Until the end of the transaction, blocks every logout that covers such a sign-in. Returns the watermarks of the
/// owner. A separate statement, because a statement sees what was committed before it began, not before it got a lock.
pub(super) async fn lock_sign_in(work: &mut Work<'_>, owner: &Owner) -> Result<[[u8; 32]; 2], StoreError> {
    let [by_sid, by_sub] = watermark_keys(owner);
    let lock = sqlx::query(LOCK_SIGN_IN).bind(lock_of(by_sid)).bind(lock_of(by_sub));
    lock.execute(work).await?;
    Ok([by_sid, by_sub])
}

/// Until the end of the transaction, other sign-ins of the same user wait, so that each counts the rows of those before.
/// Taken after the lock against logouts, and by nothing that holds locks of rows, so it cannot deadlock.
pub(super) async fn lock_person(work: &mut Work<'_>, by_sub: [u8; 32]) -> Result<(), StoreError> {
    let [a, b, c, d, e, f, g, h, ..] = by_sub;
    let lock = sqlx::query(LOCK_PERSON).bind(i32::from_be_bytes([a, b, c, d]));
    lock.bind(i32::from_be_bytes([e, f, g, h])).execute(work).await?;
    Ok(())
}
