//! Whether somebody may see or do what the boards show, as far as the settings say: the API decides for itself.

use super::{config::Needs, session::SignedIn};
use crate::model::Lack;

/// What this person lacks of what is needed.
pub fn lacking(signed_in: &SignedIn, needs: &Needs) -> Option<Lack> {
    let scope = needs.scope.as_ref()?;
    let is_granted = signed_in.record.granted_scopes.contains(scope);
    (!is_granted).then(|| Lack::Scope(scope.clone()))
}
