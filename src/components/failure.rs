//! The text of each failure: what happened, what to do, and the button. All such texts are here, so that panels and
//! pages show a failure in the same way. The reasons for denied access are in `reason.rs`.

use claimcheck_model::{AccessDenied, AnswerProblem, AppError, part, paths};
use claimcheck_text::{Language, parts, t};
use leptos::prelude::*;

use crate::components::{
    TagIcon, TextPart, Tone, answer_problem::problem_text, icon, language, reason, segments,
};

/// What helps with a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same request may succeed later.
    TryAgain,
    /// A sign-in, which returns to the same page.
    SignIn,
    /// Another page.
    Home,
    /// The account page: the user sees their account, roles and scopes, and someone else has to act.
    Account,
}

impl Remedy {
    /// Label and target of the button; `here` is the page to return to.
    pub fn link(self, language: Language, here: &str) -> (&'static str, String) {
        match self {
            Remedy::TryAgain => (t!(language, "try-again"), here.to_owned()),
            Remedy::SignIn => (t!(language, "sign-in"), paths::sign_in(here)),
            Remedy::Home => (t!(language, "home"), paths::HOME.href()),
            Remedy::Account => (t!(language, "account"), paths::ACCOUNT.href()),
        }
    }
}

/// The advice of a failure; its title is [`failure_title`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureText {
    pub advice: &'static str,
    pub remedy: Remedy,
    pub tone: Tone,
    /// The drawing on the tag.
    pub drawing: &'static str,
}

/// The title of a failure on pages.
pub fn failure_title(language: Language, error: &AppError) -> &'static str {
    match error {
        AppError::SignedOut => t!(language, "failure-signed-out-title"),
        AppError::NotSameOrigin => t!(language, "failure-not-same-origin-title"),
        AppError::Forbidden(_) => t!(language, "failure-forbidden-title"),
        AppError::StepUp(_) => t!(language, "failure-step-up-title"),
        AppError::NotFound => t!(language, "failure-not-found-title"),
        AppError::Invalid => t!(language, "failure-invalid-title"),
        AppError::ApiUnavailable => t!(language, "failure-api-unavailable-title"),
        AppError::ProviderUnavailable => t!(language, "failure-provider-unavailable-title"),
        AppError::SignInExpired => t!(language, "failure-sign-in-expired-title"),
        AppError::ClientRefused => t!(language, "failure-client-refused-title"),
        AppError::StoreUnavailable => t!(language, "failure-store-unavailable-title"),
        AppError::Busy => t!(language, "failure-busy-title"),
        AppError::Offline => t!(language, "failure-offline-title"),
        AppError::Internal => t!(language, "failure-internal-title"),
    }
}

/// What to do about a failure.
pub fn failure_text(language: Language, error: &AppError) -> FailureText {
    use icon::{TAG_GONE, TAG_LOCK, TAG_SILENT};
    let advice = match error {
        AppError::SignedOut => t!(language, "failure-signed-out"),
        AppError::NotSameOrigin => t!(language, "failure-not-same-origin"),
        AppError::Forbidden(denied) => match denied {
            AccessDenied::Scope(_) => t!(language, "failure-forbidden-scope"),
            AccessDenied::ScopeNotRequested(_) => t!(language, "failure-forbidden-scope-not-requested"),
            AccessDenied::Token(_) => t!(language, "failure-forbidden-token"),
            AccessDenied::RefreshToken(_) => t!(language, "failure-forbidden-refresh-token"),
            AccessDenied::StillRefused => t!(language, "failure-forbidden-still-refused"),
            AccessDenied::NoRoles(_) => t!(language, "failure-forbidden-no-roles"),
            AccessDenied::TooManyGroups(_) => t!(language, "failure-forbidden-too-many-groups"),
            AccessDenied::Role(_) | AccessDenied::Claim { .. } => t!(language, "failure-forbidden-role"),
            AccessDenied::Said(_) | AccessDenied::Unsaid => t!(language, "failure-forbidden"),
        },
        AppError::StepUp(_) => t!(language, "failure-step-up"),
        AppError::NotFound => t!(language, "failure-not-found"),
        AppError::Invalid => t!(language, "failure-invalid"),
        AppError::ApiUnavailable => t!(language, "failure-api-unavailable"),
        AppError::ProviderUnavailable => t!(language, "failure-provider-unavailable"),
        AppError::SignInExpired => t!(language, "failure-sign-in-expired"),
        AppError::ClientRefused => t!(language, "failure-client-refused"),
        AppError::StoreUnavailable => t!(language, "failure-store-unavailable"),
        AppError::Busy => t!(language, "failure-busy"),
        AppError::Offline => t!(language, "failure-offline"),
        AppError::Internal => t!(language, "failure-internal"),
    };
    let (drawing, tone, remedy) = match error {
        AppError::SignedOut | AppError::SignInExpired => (TAG_LOCK, Tone::Warn, Remedy::SignIn),
        AppError::NotSameOrigin => (TAG_LOCK, Tone::Bad, Remedy::TryAgain),
        AppError::Forbidden(_) | AppError::StepUp(_) => (TAG_LOCK, Tone::Warn, Remedy::Account),
        AppError::NotFound | AppError::Invalid => (TAG_GONE, Tone::Warn, Remedy::Home),
        AppError::ApiUnavailable
        | AppError::ProviderUnavailable
        | AppError::ClientRefused
        | AppError::StoreUnavailable
        | AppError::Busy
        | AppError::Offline
        | AppError::Internal => (TAG_SILENT, Tone::Bad, Remedy::TryAgain),
    };
    FailureText { advice, remedy, tone, drawing }
}

/// The access that can be requested from the provider: the label of the button, and the advice beside it.
pub fn invitation(
    language: Language,
    error: &AppError,
    was_refused: bool,
) -> Option<(&'static str, &'static str)> {
    match error {
        AppError::Forbidden(AccessDenied::Scope(_)) if was_refused => {
            Some((t!(language, "access-request-again"), t!(language, "access-request-again-advice")))
        }
        AppError::Forbidden(AccessDenied::Scope(_)) => {
            Some((t!(language, "access-request"), t!(language, "access-request-advice")))
        }
        AppError::StepUp(_) => Some((t!(language, "access-confirm"), t!(language, "access-confirm-advice"))),
        _ => None,
    }
}

/// A panel that cannot show its data, inside a `PanelFrame`.
#[component]
pub fn PanelFailure(
    error: AppError,
    /// This page, to load it again; a sign-in returns here, too.
    #[prop(into)]
    retry_href: String,
    /// The id of its link, to restore the focus.
    #[prop(optional, into)]
    retry_id: Option<String>,
    /// The link that requests the missing access from the provider, if that may help.
    #[prop(optional_no_strip)]
    ask: Option<String>,
    /// The provider did not grant it when it was asked before.
    #[prop(optional)]
    was_refused: bool,
    /// The reference under which the cause is in the log.
    #[prop(optional_no_strip)]
    reference: Option<String>,
    /// What is wrong with the API's answer, if that is the cause.
    #[prop(optional_no_strip)]
    problem: Option<AnswerProblem>,
) -> impl IntoView {
    let language = language();
    let reference = reference.map(|reference| {
        let id = view! { <span class="num">{reference}</span> }.into_any();
        view! { <p class="reference">{segments(parts!(language, "reference", id = id))}</p> }
    });
    let FailureText { advice, remedy, tone, drawing } = failure_text(language, &error);
    let may_pass = remedy == Remedy::TryAgain;
    // The script of a panel retries; other pages have no id for their link. The text may have named a time.
    let has_time = matches!(
        problem,
        Some(
            AnswerProblem::Later { .. }
                | AnswerProblem::NotPrepared { .. }
                | AnswerProblem::Unfinished { .. }
        )
    );
    let retries = (may_pass && retry_id.is_some() && !has_time)
        .then(|| view! { <p class="retries">{t!(language, "failure-retries")}</p> });
    let is_of_api = |problem: &AnswerProblem| {
        matches!(problem, AnswerProblem::Down(_) | AnswerProblem::Refused { status: 500.., .. })
    };
    let if_again = (may_pass && problem.as_ref().is_none_or(is_of_api) && reference.is_some())
        .then(|| view! { <p>{t!(language, "failure-if-again")}</p> });
    let problem = problem.map(|problem| problem_text(language, &problem));
    let title = problem.as_ref().map_or_else(|| failure_title(language, &error), |problem| problem.title);
    let advice = problem.as_ref().map_or(advice, |problem| problem.advice);
    let pieces = reason(language, &error, was_refused).into_iter().map(TextPart::view).collect::<Vec<_>>();
    let why = (!pieces.is_empty()).then(|| view! { <p>{pieces}</p> });
    let what = problem.map(|problem| view! { <p>{problem.what}</p> });
    let invited = ask.zip(invitation(language, &error, was_refused));
    let advice = invited.as_ref().map_or(advice, |(_, (_, advice))| advice);
    let asking = invited.map(|(href, (label, _))| (label, href));
    let (label, href) = asking.unwrap_or_else(|| remedy.link(language, &retry_href));
    // Waiting does not always help: a sign-in brings new tokens.
    let or_sign_in = (error == AppError::ProviderUnavailable).then(|| {
        let (label, href) = (t!(language, "sign-in-again"), paths::sign_in(&retry_href));
        view! { <p><a href=href>{label}</a></p> }
    });
    let action = view! {
        <a class="button" id=retry_id href=href data-part=(remedy == Remedy::TryAgain).then_some(part::RETRY.name())>
            {label}
        </a>
    };
    view! {
        <div class="state perf" data-tone=tone.name() role=(tone == Tone::Bad).then_some("alert")>
            <TagIcon d=drawing/>
            <h3>{title}</h3>
            {why}
            {what}
            <p>{advice}</p>
            {retries}
            {action}
            {or_sign_in}
            {if_again}
            {reference}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use claimcheck_model::StepUpChallenge;

    fn shown(error: AppError, ask: Option<&str>, was_refused: bool) -> String {
        let ask = ask.map(str::to_owned);
        view! { <PanelFailure error retry_href="/boards/orders" ask was_refused/> }.to_html()
    }

    #[test]
    fn ac_06_what_is_missing_can_be_asked_for_where_asking_helps_and_nowhere_else() {
        let scope = || AppError::Forbidden(AccessDenied::Scope("gold:read".into()));
        let link = "href=\"/auth/sign-in?ask=x\"";
        let html = shown(scope(), Some("/auth/sign-in?ask=x"), false);
        assert!(
            html.contains(link) && html.contains("Request access") && html.contains("<code>gold:read</code>"),
            "{html}"
        );
        let html = shown(scope(), Some("/auth/sign-in?ask=x"), true);
        assert!(
            html.contains(link) && html.contains("Request access again") && html.contains("didn’t grant"),
            "{html}"
        );
        let html = shown(scope(), None, false);
        assert!(!html.contains("/auth/sign-in") && html.contains("Ask an administrator"), "{html}");
        for lack in
            [AccessDenied::Role(vec!["a".into()]), AccessDenied::Said("No.".into()), AccessDenied::Unsaid]
        {
            let html = shown(AppError::Forbidden(lack), Some("/auth/sign-in?ask=x"), false);
            assert!(!html.contains("/auth/sign-in") && html.contains("href=\"/account\""), "{html}");
        }
    }

    #[test]
    fn ac_07_a_sign_in_that_the_api_wants_is_offered_with_the_reason() {
        let demand =
            StepUpChallenge { acr_values: vec!["x:mfa".into()], max_age_secs: Some(300), scope: None };
        let html = shown(AppError::StepUp(demand.clone()), Some("/auth/sign-in?ask=x"), false);
        assert!(html.contains("Confirm it’s you") && html.contains(">Confirm</a>"), "{html}");
        let why = "The API requires a second factor and a sign-in no more than 5 minutes ago.";
        let text = html.replace("<!>", "");
        assert!(text.contains(why), "{html}");
        assert!(!shown(AppError::StepUp(demand), None, false).contains("/auth/sign-in"));
    }

    #[test]
    fn r02_a_sign_in_leads_on_where_tokens_are_the_problem() {
        let link = "href=\"/auth/sign-in?return_to=%2Fboards%2Forders\"";
        for (error, offers) in [
            (AppError::SignInExpired, true),
            (AppError::ProviderUnavailable, true),
            (AppError::ClientRefused, false),
            (AppError::ApiUnavailable, false),
        ] {
            let html = shown(error.clone(), None, false);
            assert_eq!(html.contains(link), offers, "{error:?}: {html}");
            let tries = html.contains(part::RETRY.name());
            assert_eq!(tries, error != AppError::SignInExpired, "{error:?}: {html}");
        }
    }

    #[test]
    fn a_failure_that_may_pass_says_what_to_do_and_whom_to_tell() {
        let panel = |error: AppError, id: Option<&str>, reference: Option<&str>| {
            let (retry_id, reference) =
                (id.map(str::to_owned).unwrap_or_default(), reference.map(str::to_owned));
            match id {
                Some(_) => view! { <PanelFailure error retry_href="/b" retry_id reference/> }.to_html(),
                None => view! { <PanelFailure error retry_href="/b" reference/> }.to_html(),
            }
        };
        let html = panel(AppError::ApiUnavailable, Some("retry-0"), Some("x1"));
        for part in
            ["try again", "tries again automatically", "contact an administrator", "x1", ">Try again</a>"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        // On a page without a script that retries, and without a reference in the log.
        let html = panel(AppError::ApiUnavailable, None, None);
        assert!(!html.contains("automatically") && !html.contains("contact an administrator"), "{html}");
        let html = panel(AppError::NotFound, Some("retry-0"), Some("x1"));
        assert!(!html.contains("automatically"), "{html}");
    }

    #[test]
    fn what_an_api_says_is_text() {
        let html = shown(AppError::Forbidden(AccessDenied::Said("<b>No</b>".into())), None, false);
        assert!(html.contains("<q>&lt;b&gt;No&lt;/b&gt;</q>"), "{html}");
    }
}
