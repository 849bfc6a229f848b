//! Whether a user may see or do something, according to the settings; the API decides for itself. This controls both
//! what is shown and which requests are made.

use claimcheck_model::{AccessDenied, AppError};
use claimcheck_session::{DEFAULT_API, SessionRecord, SignedIn};

use crate::{
    claims::{has_no_role_claim, has_too_many_groups, roles},
    config::{Needs, Settings},
    tokens::may_have,
};

/// The missing access among these requirements.
pub fn missing_access(settings: &Settings, signed_in: &SignedIn, needs: &Needs) -> Option<AccessDenied> {
    missing_access_of_all(settings, signed_in, &[(DEFAULT_API, needs)])
}

/// The missing access among all of these requirements, such as those of a board and its panel, each with the id of its
/// API. Roles and claims come first, because they cannot be requested; then scopes, all at once.
pub fn missing_access_of_all(
    settings: &Settings,
    signed_in: &SignedIn,
    all: &[(&str, &Needs)],
) -> Option<AccessDenied> {
    let record = &signed_in.record;
    let mut of_roles =
        all.iter().map(|(_, needs)| &needs.roles).filter(|wanted| !wanted.is_empty()).peekable();
    if of_roles.peek().is_some() {
        let roles = roles(settings, record);
        if let Some(wanted) = of_roles.find(|wanted| !wanted.iter().any(|role| roles.contains(role))) {
            return Some(without_role(settings, record, wanted.clone()));
        }
    }
    let mut claims = all.iter().filter_map(|(_, needs)| needs.claim.as_ref());
    if let Some(claim) = claims.find(|claim| !claim.path.is_one_of(&record.claims, &claim.is)) {
        return Some(AccessDenied::Claim { name: claim.path.in_words(), is: claim.is.clone() });
    }
    let mut missing: Vec<&str> = Vec::new();
    let scopes = all.iter().flat_map(|(api, needs)| needs.scopes.iter().map(move |scope| (*api, scope)));
    for (api, scope) in scopes {
        if !may_have(signed_in, api, scope) && !missing.contains(&scope.as_str()) {
            missing.push(scope);
        }
    }
    (!missing.is_empty()).then(|| AccessDenied::Scope(missing.join(" ")))
}

/// Whether links lead to what has these requirements. Access that can still be requested from the provider is no obstacle:
/// the page offers that.
pub fn may_follow(settings: &Settings, signed_in: &SignedIn, all: &[(&str, &Needs)]) -> bool {
    matches!(missing_access_of_all(settings, signed_in, all), None | Some(AccessDenied::Scope(_)))
}

/// Whether a user may see what panels send and receive.
pub fn may_inspect(settings: &Settings, record: &SessionRecord) -> bool {
    let wanted = &settings.inspect_role;
    !wanted.is_empty() && roles(settings, record).iter().any(|role| wanted.contains(role))
}

/// The same for a request: nothing is there without the setting, and without the role it says what is missing.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub fn check_inspect(settings: &Settings, record: &SessionRecord) -> Result<(), AppError> {
    match may_inspect(settings, record) {
        true => Ok(()),
        false if settings.inspect_role.is_empty() => Err(AppError::NotFound),
        false => Err(AppError::Forbidden(without_role(settings, record, settings.inspect_role.clone()))),
    }
}

/// A missing role, with what is known about why.
fn without_role(settings: &Settings, record: &SessionRecord, wanted: Vec<String>) -> AccessDenied {
    if has_too_many_groups(settings, &record.claims) {
        AccessDenied::TooManyGroups(wanted)
    } else if has_no_role_claim(settings, record) {
        AccessDenied::NoRoles(wanted)
    } else {
        AccessDenied::Role(wanted)
    }
}

/// Whether the provider was asked for everything that this failure lacks, and did not grant it.
pub fn was_refused(signed_in: &SignedIn, error: &AppError) -> bool {
    let AppError::Forbidden(AccessDenied::Scope(scopes)) = error else { return false };
    signed_in.record.was_refused(&signed_in.tokens, scopes)
}
