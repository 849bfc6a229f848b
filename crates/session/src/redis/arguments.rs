//! Arguments of the scripts.

use std::time::Duration;

use claimcheck_base::random;

use super::reply::encode;
use crate::{ending::subject_key, store::StoreError};

/// Lua's numbers are exact up to here.
const LONGEST_MS: u64 = 1 << 52;

/// The index of a subject's rows has the name of the subject's watermark.
pub(super) fn subject_index(iss: &str, sub: &str) -> String {
    encode(&subject_key(iss, sub))
}

/// A name for one request, which stays the same if it is sent again.
pub(super) fn request() -> Result<String, StoreError> {
    Ok(random::text::<16>()?)
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).min(LONGEST_MS)
}

/// An optional text as two arguments: the text, and a non-empty word if it is present.
pub(super) fn optional(text: Option<&String>) -> (&str, &'static str) {
    text.map_or(("", ""), |text| (text, "present"))
}
