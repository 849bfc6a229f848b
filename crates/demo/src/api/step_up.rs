//! Step-up (RFC 9470): the strength and recency of the sign-in that a resource requires, in addition to the scope. The
//! resources that require it are in `scopes.rs`.

use super::token::Access;

/// The `acr` of a sign-in with a second factor, the same at both providers of the demo.
const SECOND_FACTOR: &str = "urn:harbour:acr:second-factor";

/// How the user must have signed in.
#[derive(Clone, Copy)]
pub(super) struct StepUp {
    acr: &'static str,
    /// Seconds since the sign-in.
    max_age: i64,
}

/// For payments: a second factor, at most five minutes ago.
pub(super) const FOR_MONEY: StepUp = StepUp { acr: SECOND_FACTOR, max_age: 300 };

impl StepUp {
    /// Whether a token proves such a sign-in; a token without these claims does not (RFC 9470 6.1).
    pub(super) fn is_met(self, access: &Access, now: i64) -> bool {
        let is_recent = |auth_time: f64| now as f64 - auth_time <= self.max_age as f64;
        access.acr.as_deref() == Some(self.acr) && access.auth_time.is_some_and(is_recent)
    }

    /// The parameters of the challenge (RFC 9470 3); `missing_scope` is the scope that the token lacks as well.
    pub(super) fn parameters(self, missing_scope: Option<&str>) -> String {
        let scope = missing_scope.map(|scope| format!(", scope=\"{scope}\"")).unwrap_or_default();
        format!(
            "error=\"insufficient_user_authentication\", error_description=\"A stronger, more recent sign-in is \
             required\", acr_values=\"{}\", max_age=\"{}\"{scope}",
            self.acr, self.max_age
        )
    }
}
