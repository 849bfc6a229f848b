//! Whether somebody may see or do what the boards show, as far as the settings say: the API decides for itself.
//! What is shown and what is hidden follows from this; so does every request, whatever was shown.

use serde_json::{Map, Value};

use super::{
    config::{Needs, Settings},
    oidc::demand,
    session::SignedIn,
};
use crate::{error::AppError, model::Lack};

/// A person's roles, as `role_claims` finds them in these claims: in that order, each once.
pub fn roles(settings: &Settings, claims: &Map<String, Value>) -> Vec<String> {
    let mut roles = Vec::new();
    for role in settings.role_claims.iter().flat_map(|path| path.values(claims)) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// What this person lacks of what is needed.
pub fn lacking(settings: &Settings, signed_in: &SignedIn, needs: &Needs) -> Option<Lack> {
    lacking_of_all(settings, signed_in, &[needs])
}

/// What this person lacks of what all of these need, such as a board and its panel: first what nobody can ask for, a role
/// or a claim; then scopes, all at once.
pub fn lacking_of_all(settings: &Settings, signed_in: &SignedIn, all: &[&Needs]) -> Option<Lack> {
    let record = &signed_in.record;
    if all.iter().any(|needs| !needs.roles.is_empty()) {
        let roles = roles(settings, &record.claims);
        let is_other = |needs: &&&Needs| !needs.roles.iter().any(|role| roles.contains(role));
        if let Some(needs) = all.iter().filter(|needs| !needs.roles.is_empty()).find(is_other) {
            return Some(Lack::Role(needs.roles.clone()));
        }
    }
    let mut claims = all.iter().filter_map(|needs| needs.claim.as_ref());
    if let Some(claim) = claims.find(|claim| !claim.path.is_one_of(&record.claims, &claim.is)) {
        return Some(Lack::Claim { name: claim.path.in_words(), is: claim.is.clone() });
    }
    let mut missing: Vec<&str> = Vec::new();
    for scope in all.iter().flat_map(|needs| &needs.scopes) {
        if !record.granted_scopes.contains(scope) && !missing.contains(&scope.as_str()) {
            missing.push(scope);
        }
    }
    (!missing.is_empty()).then(|| Lack::Scope(missing.join(" ")))
}

/// Whether the provider was asked for all that this failure lacks and did not grant it.
pub fn was_refused(signed_in: &SignedIn, error: &AppError) -> bool {
    let AppError::Forbidden(Lack::Scope(scopes)) = error else { return false };
    demand::was_refused(&signed_in.record, scopes)
}
