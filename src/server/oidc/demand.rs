//! What is asked of the provider beyond an ordinary sign-in: a scope that is missing, or a sign-in as strong and as fresh as
//! an API demands (RFC 9470 4). It travels sealed, so that no link but one of ours can ask for it.

use crate::{
    error::AppError,
    model::Demand,
    server::{
        Context,
        session::{SessionRecord, SignedIn},
    },
};

/// The link that asks the provider for what this failure lacks and then comes back to `return_to`, a path of this site;
/// `None` where asking would not help.
pub fn href(
    _context: &Context,
    _signed_in: &SignedIn,
    _error: &AppError,
    _return_to: &str,
) -> Option<String> {
    None
}

/// Whether a sign-in is as an API demands it.
pub fn is_met(_demand: &Demand, _record: &SessionRecord, _now: i64) -> bool {
    false
}
