//! The texts for a provider's errors (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6), which depend on the code and on
//! the consequences for the user.

use claimcheck_model::Problem;
use claimcheck_server::sign_in::problem::{SignInProblem, Ways};

fn page(problem: &SignInProblem, is_signed_in: bool) -> Problem {
    let back = is_signed_in.then(|| "/boards/orders".to_owned());
    problem.to_page(claimcheck_text::Language::default(), Ways { again: "/again".into(), back }, None)
}

#[test]
fn cb_04_each_answer_of_the_provider_has_words_of_its_own() {
    const NOT_SET_UP: &str = "Sign-in isn’t set up correctly";
    const NOT_ENOUGH: &str = "A stronger sign-in is required";
    const UNMET: &str = "unmet_authentication_requirements";
    for (code, title, to_whom_is_signed_in) in [
        ("access_denied", "You didn’t sign in", "Nothing was changed"),
        (UNMET, NOT_ENOUGH, NOT_ENOUGH),
        (
            "temporarily_unavailable",
            "There’s a problem at your sign-in provider",
            "There’s a problem at your sign-in provider",
        ),
        (
            "server_error",
            "There’s a problem at your sign-in provider",
            "There’s a problem at your sign-in provider",
        ),
        ("invalid_scope", NOT_SET_UP, NOT_SET_UP),
        ("unauthorized_client", NOT_SET_UP, NOT_SET_UP),
        ("invalid_request", NOT_SET_UP, NOT_SET_UP),
        ("unsupported_response_type", NOT_SET_UP, NOT_SET_UP),
        ("invalid_target", NOT_SET_UP, NOT_SET_UP),
        ("login_required", "You’re not signed in", "You’re not signed in"),
        ("of its own", "You’re not signed in", "You’re not signed in"),
    ] {
        let problem = SignInProblem::provider_said(code, None);
        assert_eq!(page(&problem, false).title, title, "{code}");
        assert_eq!(page(&problem, true).title, to_whom_is_signed_in, "{code}");
    }
    for problem in [
        SignInProblem::provider_said("access_denied", None),
        SignInProblem::provider_said(UNMET, None),
        SignInProblem::SomebodyElse,
        SignInProblem::NotAsDemanded("acr"),
    ] {
        assert!(page(&problem, true).advice.contains("still signed in"), "{problem}");
        assert!(!page(&problem, false).advice.contains("still signed in"), "{problem}");
    }
}
