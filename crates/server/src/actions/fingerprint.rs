//! The fingerprint of an action: a hash of everything that decides what its form asks and what a submission sends. Each form
//! has it. If the settings have changed since a form was made, nothing is sent, and the form is shown again as it is now.
//!
//! Not in it: the message after success and what follows it; access and condition, which are checked at each submission
//! anyway; and the values of headers, which are secrets.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_model::AppError;
use sha2::{Digest, Sha256};

use crate::{
    boards::offer::ResolvedAction,
    config::{Action, Api, Settings},
};

/// The fingerprint of an action. Processes with the same settings and the same version have the same.
///
/// # Errors
/// `Internal` if its API is not configured, which the settings do not allow.
pub(super) fn of(settings: &Settings, found: ResolvedAction<'_>) -> Result<String, AppError> {
    let api = settings.api(&found.action.api).ok_or(AppError::Internal)?;
    // Every member is named, so that a new one is decided on. Method and path are in the target.
    let Action {
        id: _,
        label,
        // The same form with another text on its button.
        submit: _,
        method: _,
        api: _,
        path: _,
        confirm,
        done: _,
        is_dangerous: _,
        needs: _,
        when: _,
        fields,
        if_match,
        after: _,
    } = found.action;
    let headers: Vec<(&str, Vec<&str>)> =
        api.headers.iter().map(|header| (header.name.as_str(), header.slots().collect())).collect();
    Ok(hash(&[
        &target_of(api, found.action),
        &format!("{label:?}"),
        &format!("{confirm:?}"),
        &format!("{fields:?} {if_match:?}"),
        &format!("{headers:?} {:?}", api.auth),
    ]))
}

/// The part of the fingerprint that says which operation it is, independent of its form.
pub(super) fn target_of(api: &Api, action: &Action) -> String {
    hash(&[action.method.as_str(), api.url.as_str(), &format!("{:?}", action.path)])
}

fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize().get(..16).unwrap_or_default())
}
