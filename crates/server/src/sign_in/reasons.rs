//! The words for why a sign-in failed: in the log, in the audit log and in metrics.

use crate::sign_in::problem::SignInProblem;

impl SignInProblem {
    /// All that [`Self::reason`] says.
    pub const REASONS: [&str; 19] = [
        "too_many",
        "malformed",
        "lost",
        "provider_error",
        "declined",
        "not_allowed",
        "foreign_issuer",
        "provider_unavailable",
        "misconfigured",
        "algorithms",
        "code_refused",
        "id_token",
        "somebody_else",
        "not_as_demanded",
        "logged_out",
        "signed_out",
        "doctor_run",
        "store",
        "internal",
    ];

    /// A short code for the log.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooMany(_) => "too_many",
            Self::Malformed(_) => "malformed",
            Self::Lost => "lost",
            Self::ProviderSaid { .. } => "provider_error",
            Self::Declined { .. } => "declined",
            Self::NotAllowed(_) => "not_allowed",
            Self::ForeignIssuer => "foreign_issuer",
            Self::ProviderUnavailable(_) => "provider_unavailable",
            Self::Misconfigured(_) => "misconfigured",
            Self::Algorithms(_) => "algorithms",
            Self::CodeRefused(_) => "code_refused",
            Self::IdToken(_) => "id_token",
            Self::SomebodyElse => "somebody_else",
            Self::NotAsDemanded(_) => "not_as_demanded",
            Self::LoggedOut => "logged_out",
            Self::SignedOut => "signed_out",
            Self::DoctorRun(_) => "doctor_run",
            Self::Store(_) => "store",
            Self::Internal(_) => "internal",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn mt_01_every_reason_of_a_failed_sign_in_is_in_the_list_of_them() {
        // What `reason` can say, from this file: a variant cannot be added without a word, nor a word without the list.
        let said: BTreeSet<_> = include_str!("reasons.rs")
            .lines()
            .filter(|line| line.trim_start().starts_with("Self::") && line.contains("=> \""))
            .filter_map(|line| line.split('"').nth(1))
            .collect();
        assert_eq!(said, SignInProblem::REASONS.into_iter().collect::<BTreeSet<_>>());
    }
}
