//! Markup that islands fetch and pages contain.

/// The form of an action.
pub mod action;
/// The user's claims.
pub mod claims;
/// Boards and actions to choose from.
pub mod finder;
/// What APIs have accepted.
pub mod job;
/// APIs that fail for several panels.
pub mod outage;
/// A panel.
pub mod panel;
/// A row of a table.
pub mod row;

use claimcheck_model::AppError;
use claimcheck_server::{rights, sign_in::authorization_options};

use crate::handlers::request;

/// The link that requests the access missing for this failure from the provider and then returns to `return_to`, if
/// requesting it may help; and whether the provider declined it before. `api` is the id of the API that fails.
pub fn access_request(api: &str, error: &AppError, return_to: &str) -> (Option<String>, bool) {
    let (Ok(state), Ok(signed_in)) = (request::state(), request::signed_in()) else {
        return (None, false);
    };
    let was_refused = rights::was_refused(&signed_in, error);
    (authorization_options::href(&state.sign_in, &signed_in, api, error, return_to), was_refused)
}
