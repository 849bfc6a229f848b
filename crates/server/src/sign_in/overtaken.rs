//! Whether an error of the provider means that the sign-in should start again: this attempt was overtaken by another tab,
//! or its page was open for too long. Nobody has decided anything then.

/// The provider is busy, or has no use for this attempt any more: Keycloak sends it with `authentication_expired` for a
/// login page that was overtaken by another tab or left open (RFC 6749 4.1.2.1).
const AGAIN: &str = "temporarily_unavailable";
/// Decisions of the user, or of the provider about the user or this client. They stay decisions, whatever the description
/// says (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6, RFC 8707 2).
const DECISIONS: [&str; 12] = [
    "access_denied",
    "consent_required",
    "invalid_client",
    "invalid_grant",
    "invalid_resource",
    "invalid_scope",
    "invalid_target",
    "registration_not_supported",
    "request_not_supported",
    "unauthorized_client",
    "unmet_authentication_requirements",
    "unsupported_response_type",
];
/// Words for an end by time, and for the parts of an attempt that may end so.
const EXPIRED: [&str; 4] = ["expired", "timed out", "timeout", "time-out"];
const ATTEMPTS: [&str; 11] = [
    "authentication",
    "authorization",
    "flow",
    "interaction",
    "log in",
    "login",
    "page",
    "request",
    "session",
    "sign in",
    "transaction",
];
/// Other things that expire, which another attempt does not renew.
const OTHERS: [&str; 7] = ["account", "certificate", "client", "consent", "license", "password", "secret"];
/// Words for an attempt that another one has overtaken.
const OVERTAKEN: [&str; 5] = [
    "already logged in",
    "already signed in",
    "already authenticated",
    "already been completed",
    "already completed",
];

/// Whether this `error` with this `error_description` means that the sign-in should start again.
pub(super) fn means_again(error: &str, description: Option<&str>) -> bool {
    if error == AGAIN {
        return true;
    }
    !DECISIONS.contains(&error) && [Some(error), description].into_iter().flatten().any(is_over)
}

/// Whether a text says so.
fn is_over(text: &str) -> bool {
    let text = text.to_ascii_lowercase().replace(['_', '-'], " ");
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    (has(&EXPIRED) && has(&ATTEMPTS) && !has(&OTHERS)) || has(&OVERTAKEN)
}

#[cfg(test)]
mod tests {
    use super::means_again;

    #[test]
    fn r06_an_error_means_again_if_the_attempt_was_overtaken_or_waited_too_long() {
        for (error, description) in [
            ("temporarily_unavailable", "authentication_expired"),
            ("temporarily_unavailable", ""),
            ("login_required", "The login page has expired. Please try again."),
            ("request_unauthorized", "The login request has expired, please restart it."),
            ("server_error", "authentication_expired"),
            ("interaction_required", "Session timed out"),
            ("session_expired", ""),
            ("invalid_request", "You are already logged in."),
            ("already_logged_in", ""),
        ] {
            assert!(means_again(error, Some(description)), "{error} {description}");
        }
        assert!(means_again("temporarily_unavailable", None) && means_again("login_timeout", None));
    }

    #[test]
    fn r06_a_decision_stays_one_whatever_its_description_says() {
        for (error, description) in [
            ("access_denied", "The session has expired"),
            ("access_denied", "User cancelled"),
            ("consent_required", "authentication_expired"),
            ("unauthorized_client", "the login request timed out"),
            ("unmet_authentication_requirements", "session expired"),
            ("invalid_scope", "request expired"),
            ("login_required", ""),
            ("interaction_required", "AADSTS50076: you must use multi-factor authentication"),
            ("interaction_required", "Your password has expired, change it at the login page"),
            ("invalid_request", "The account expired; login is not possible"),
            ("server_error", "internal"),
            ("something_new", "no"),
            ("", ""),
        ] {
            assert!(!means_again(error, Some(description)), "{error} {description}");
        }
    }
}
