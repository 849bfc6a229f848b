//! Converts the view models of refusals to and from the stored format, so that each can change independently.

use claimcheck_model::{AccessDenied, StepUpChallenge};
use claimcheck_session::{MissingAccess, RequiredSignIn};

/// The stored format of a refusal.
pub(super) fn missing_access(denied: AccessDenied) -> MissingAccess {
    use MissingAccess as Stored;
    match denied {
        // The format has no name of its own for the second: whether a scope may be requested is decided again when it is shown.
        AccessDenied::Scope(scopes) | AccessDenied::ScopeNotRequested(scopes) => Stored::Scope(scopes),
        AccessDenied::Role(roles) | AccessDenied::NoRoles(roles) | AccessDenied::TooManyGroups(roles) => {
            Stored::Role(roles)
        }
        AccessDenied::Claim { name, is } => Stored::Claim { name, is },
        AccessDenied::Token(api) => Stored::Token(api),
        AccessDenied::RefreshToken(api) => Stored::RefreshToken(api),
        AccessDenied::Said(reason) => Stored::Said(reason),
        AccessDenied::StillRefused => Stored::StillRefused,
        AccessDenied::Unsaid => Stored::Unsaid,
    }
}

/// The view model of a stored refusal.
pub(super) fn access_denied(missing: MissingAccess) -> AccessDenied {
    use AccessDenied as Shown;
    match missing {
        MissingAccess::Scope(scopes) => Shown::Scope(scopes),
        MissingAccess::Role(roles) => Shown::Role(roles),
        MissingAccess::Claim { name, is } => Shown::Claim { name, is },
        MissingAccess::Token(api) => Shown::Token(api),
        MissingAccess::RefreshToken(api) => Shown::RefreshToken(api),
        MissingAccess::Said(reason) => Shown::Said(reason),
        MissingAccess::StillRefused => Shown::StillRefused,
        MissingAccess::Unsaid => Shown::Unsaid,
    }
}

/// The stored format of a challenge.
pub(super) fn required_sign_in(challenge: StepUpChallenge) -> RequiredSignIn {
    let StepUpChallenge { acr_values, max_age_secs, scope } = challenge;
    RequiredSignIn { acr_values, max_age_secs, scope }
}

/// The view model of a stored challenge.
pub(super) fn step_up_challenge(required: RequiredSignIn) -> StepUpChallenge {
    let RequiredSignIn { acr_values, max_age_secs, scope } = required;
    StepUpChallenge { acr_values, max_age_secs, scope }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_of_a_refusal_comes_back_as_it_was() {
        for denied in [
            AccessDenied::Scope("a b".into()),
            AccessDenied::Role(vec!["clerk".into()]),
            AccessDenied::Claim { name: "tier".into(), is: vec!["gold".into()] },
            AccessDenied::Token("Stock".into()),
            AccessDenied::RefreshToken("Stock".into()),
            AccessDenied::Said("no".into()),
            AccessDenied::StillRefused,
            AccessDenied::Unsaid,
        ] {
            assert_eq!(access_denied(missing_access(denied.clone())), denied);
        }
        let challenge = StepUpChallenge {
            acr_values: vec!["gold".into()],
            max_age_secs: Some(5),
            scope: Some("pay".into()),
        };
        assert_eq!(step_up_challenge(required_sign_in(challenge.clone())), challenge);
    }
}
