//! The values of claims for the slots of a request: `{claim.customer_id}`. A claim that has no usable value locks what
//! needs it, and nothing is sent.

use std::collections::BTreeMap;

use claimcheck_model::{AccessDenied, AppError};
use serde_json::{Map, Value};

use crate::config::{ClaimGap, ClaimSlots, claim_name, title_from_key};

/// The values of claims, by the names of their slots.
pub type ClaimValues = BTreeMap<String, String>;

/// The values for those of these slots that are for claims.
///
/// # Errors
/// `Forbidden` if a claim has no single text or number.
pub fn slot_values<'a>(
    settings: &ClaimSlots,
    claims: &Map<String, Value>,
    slots: impl Iterator<Item = &'a str>,
) -> Result<ClaimValues, AppError> {
    let mut values = ClaimValues::new();
    for slot in slots.filter(|slot| claim_name(slot).is_some()) {
        let found = settings.find(slot).ok_or(ClaimGap::Missing).and_then(|path| path.single(claims));
        values.insert(slot.to_owned(), found.map_err(|gap| locked(slot, gap))?);
    }
    Ok(values)
}

/// The failure of a request whose claim cannot be used.
pub fn locked(slot: &str, gap: ClaimGap) -> AppError {
    let name = claim_name(slot).unwrap_or(slot);
    tracing::warn!(event = "claim not usable", claim = name, reason = %gap, "a request needs a claim of the user");
    AppError::Forbidden(AccessDenied::Claim { name: title_from_key(name), is: Vec::new() })
}
