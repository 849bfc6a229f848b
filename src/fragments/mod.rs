//! Markup that islands fetch, and that pages contain: rendered here once, for both.

/// The form of an action.
pub mod action;
/// The claims of the person.
pub mod claims;
/// A panel.
pub mod panel;
/// A row of a table.
pub mod row;

use crate::{
    handlers::request,
    model::AppError,
    server::{oidc::demand, rights},
};

/// The link that asks the provider for the access that this failure is about and then comes back to `return_to`, where asking may
/// help; and whether the provider declined it before.
pub fn access_request(error: &AppError, return_to: &str) -> (Option<String>, bool) {
    let (Ok(context), Ok(signed_in)) = (request::context(), request::signed_in()) else {
        return (None, false);
    };
    let was_refused = rights::was_refused(&signed_in, error);
    (demand::href(&context, &signed_in, error, return_to), was_refused)
}
