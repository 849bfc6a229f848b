//! Whether somebody may see or do what the boards show, as far as the settings say: the API decides for itself.

use super::{config::Needs, session::SignedIn, tokens::may_have};
use crate::model::Lack;

/// What this person lacks of what is needed at the API of that id.
pub fn lacking(signed_in: &SignedIn, api: &str, needs: &Needs) -> Option<Lack> {
    let scope = needs.scope.as_ref()?;
    (!may_have(signed_in, api, scope)).then(|| Lack::Scope(scope.clone()))
}
