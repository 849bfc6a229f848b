//! What a resource demands of the person's sign-in beside scopes: how strong and how recent it must be (RFC 9470).
//! Demands stand here and in `bearer.rs`, not in the resources.

use super::token::Access;

/// A sign-in with a second factor, as both providers of the demo name it.
const SECOND_FACTOR: &str = "urn:harbour:acr:second-factor";

/// How someone must have signed in.
#[derive(Clone, Copy)]
pub struct Demand {
    acr: &'static str,
    /// Seconds since the sign-in.
    max_age: i64,
}

/// For what moves money: a second factor, not longer ago than five minutes.
pub const FOR_MONEY: Demand = Demand { acr: SECOND_FACTOR, max_age: 300 };

impl Demand {
    /// Whether a token says as much; one that says nothing of it does not (RFC 9470 6.1).
    pub fn is_met(self, access: &Access, now: i64) -> bool {
        let is_recent = |auth_time: f64| now as f64 - auth_time <= self.max_age as f64;
        access.acr.as_deref() == Some(self.acr) && access.auth_time.is_some_and(is_recent)
    }

    /// The parameters of the challenge (RFC 9470 3); `lacking` is the scope that is missing as well.
    pub fn parameters(self, lacking: Option<&str>) -> String {
        let scope = lacking.map(|scope| format!(", scope=\"{scope}\"")).unwrap_or_default();
        format!(
            "error=\"insufficient_user_authentication\", error_description=\"A stronger and more recent sign-in is \
             needed\", acr_values=\"{}\", max_age=\"{}\"{scope}",
            self.acr, self.max_age
        )
    }
}
