//! Between the view models of refusals and what a session stores of them: each may change without the other.

use claimcheck_session::{MissingAccess, RequiredSignIn};

use crate::model::{AccessDenied, StepUpChallenge};

impl From<AccessDenied> for MissingAccess {
    fn from(denied: AccessDenied) -> Self {
        match denied {
            AccessDenied::Scope(scopes) => Self::Scope(scopes),
            AccessDenied::Role(roles) => Self::Role(roles),
            AccessDenied::Claim { name, is } => Self::Claim { name, is },
            AccessDenied::Token(api) => Self::Token(api),
            AccessDenied::RefreshToken(api) => Self::RefreshToken(api),
            AccessDenied::Said(reason) => Self::Said(reason),
            AccessDenied::StillRefused => Self::StillRefused,
            AccessDenied::Unsaid => Self::Unsaid,
        }
    }
}

impl From<MissingAccess> for AccessDenied {
    fn from(missing: MissingAccess) -> Self {
        match missing {
            MissingAccess::Scope(scopes) => Self::Scope(scopes),
            MissingAccess::Role(roles) => Self::Role(roles),
            MissingAccess::Claim { name, is } => Self::Claim { name, is },
            MissingAccess::Token(api) => Self::Token(api),
            MissingAccess::RefreshToken(api) => Self::RefreshToken(api),
            MissingAccess::Said(reason) => Self::Said(reason),
            MissingAccess::StillRefused => Self::StillRefused,
            MissingAccess::Unsaid => Self::Unsaid,
        }
    }
}

impl From<StepUpChallenge> for RequiredSignIn {
    fn from(challenge: StepUpChallenge) -> Self {
        let StepUpChallenge { acr_values, max_age_secs, scope } = challenge;
        Self { acr_values, max_age_secs, scope }
    }
}

impl From<RequiredSignIn> for StepUpChallenge {
    fn from(required: RequiredSignIn) -> Self {
        let RequiredSignIn { acr_values, max_age_secs, scope } = required;
        Self { acr_values, max_age_secs, scope }
    }
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
            assert_eq!(AccessDenied::from(MissingAccess::from(denied.clone())), denied);
        }
        let challenge = StepUpChallenge {
            acr_values: vec!["gold".into()],
            max_age_secs: Some(5),
            scope: Some("pay".into()),
        };
        assert_eq!(StepUpChallenge::from(RequiredSignIn::from(challenge.clone())), challenge);
    }
}
