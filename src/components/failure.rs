//! The text of each failure: what it is, what to do about it, and the one thing to press. The only place with such texts,
//! so that a panel and a page show the same failure alike; why something is locked is in `reason.rs`.

use claimcheck_model::{AccessDenied, AppError, part, paths};
use leptos::prelude::*;

use crate::components::{TagIcon, TextPart, Tone, icon, reason};

/// What helps against a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same request may succeed later.
    TryAgain,
    /// A sign-in, which comes back to the same page.
    SignIn,
    /// Another page.
    Home,
    /// What the person has: as whom they are signed in, with which roles and scopes. Somebody else has to act.
    Account,
}

impl Remedy {
    /// Label and target of the button; `here` is the page to come back to.
    pub fn link(self, here: &str) -> (&'static str, String) {
        match self {
            Remedy::TryAgain => ("Try again", here.to_owned()),
            Remedy::SignIn => ("Sign in", paths::sign_in(here)),
            Remedy::Home => ("Home", paths::HOME.to_owned()),
            Remedy::Account => ("Your account", paths::ACCOUNT.to_owned()),
        }
    }
}

/// The text of a failure. Its title is the error's own `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureText {
    pub advice: &'static str,
    pub remedy: Remedy,
    pub tone: Tone,
    /// What is drawn on the tag.
    pub drawing: &'static str,
}

/// The text of a failure.
pub fn failure_text(error: &AppError) -> FailureText {
    use icon::{TAG_GONE, TAG_LOCK, TAG_SILENT};
    let (drawing, tone, remedy, advice) = match error {
        AppError::SignedOut => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::SignIn,
            "Your session has ended. Sign in and you come back to this page.",
        ),
        AppError::NotSameOrigin => (
            TAG_LOCK,
            Tone::Bad,
            Remedy::TryAgain,
            "It was refused for your safety, and nothing was changed. Open the page here and do it again.",
        ),
        AppError::Forbidden(AccessDenied::Scope(_)) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Account,
            "Ask whoever looks after your access for it, then sign out and in again.",
        ),
        AppError::Forbidden(AccessDenied::Token(_)) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Account,
            "Sign out and in again if it has just been set up. Else ask whoever looks after your access.",
        ),
        AppError::Forbidden(AccessDenied::RefreshToken(_)) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Account,
            "It would have to give a refresh token with your sign-in. Ask whoever looks after your access.",
        ),
        AppError::Forbidden(AccessDenied::StillRefused) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Account,
            "Signing in once more would not help. Tell the people who run the API.",
        ),
        AppError::Forbidden(AccessDenied::Role(_) | AccessDenied::Claim { .. }) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Account,
            "Ask whoever looks after your access for it, then refresh your details under Account.",
        ),
        AppError::Forbidden(_) => {
            (TAG_LOCK, Tone::Warn, Remedy::Account, "Ask whoever looks after your access.")
        }
        AppError::StepUp(_) => (TAG_LOCK, Tone::Warn, Remedy::Account, "Sign out, and in again in that way."),
        AppError::NotFound => (
            TAG_GONE,
            Tone::Warn,
            Remedy::Home,
            "No page answers to this address. It may have moved, or the link was mistyped.",
        ),
        AppError::Invalid => {
            (TAG_GONE, Tone::Warn, Remedy::Home, "Nothing was changed. Start again from the home page.")
        }
        AppError::ApiUnavailable => (
            TAG_SILENT,
            Tone::Bad,
            Remedy::TryAgain,
            "It is down, slow, or answered something this dashboard does not understand. You are still signed in.",
        ),
        AppError::ProviderUnavailable => (
            TAG_SILENT,
            Tone::Bad,
            Remedy::TryAgain,
            "It is down or slow. If you were signed in, you still are. Wait a moment and try again.",
        ),
        AppError::StoreUnavailable => (
            TAG_SILENT,
            Tone::Bad,
            Remedy::TryAgain,
            "This server cannot look up your session just now. Nothing is lost. Wait a moment and try again.",
        ),
        AppError::Busy => (
            TAG_SILENT,
            Tone::Bad,
            Remedy::TryAgain,
            "It has more to do than it can at once, or this took too long. Wait a moment and try again.",
        ),
        AppError::Offline => (
            TAG_SILENT,
            Tone::Bad,
            Remedy::TryAgain,
            "Your connection may be down. What you see may be old until it is back.",
        ),
        AppError::Internal => (
            TAG_SILENT,
            Tone::Bad,
            Remedy::TryAgain,
            "The fault is ours and has been written to the log. Trying again may help.",
        ),
    };
    FailureText { advice, remedy, tone, drawing }
}

/// What the provider can be asked for: the label of the button, and what to say beside it.
pub fn invitation(error: &AppError, was_refused: bool) -> Option<(&'static str, &'static str)> {
    match error {
        AppError::Forbidden(AccessDenied::Scope(_)) if was_refused => {
            Some(("Ask again", "Ask whoever looks after your access; then your provider can be asked again."))
        }
        AppError::Forbidden(AccessDenied::Scope(_)) => {
            Some(("Ask for it", "Your provider can be asked for it, and you come back to this page."))
        }
        AppError::StepUp(_) => Some(("Confirm", "You do that at your provider, and come back to this page.")),
        _ => None,
    }
}

/// A panel that cannot show its data, inside a `PanelFrame`.
#[component]
pub fn PanelFailure(
    error: AppError,
    /// This page, once more; also where a sign-in comes back to.
    #[prop(into)]
    retry_href: String,
    /// The id of its link, by which the focus finds it again.
    #[prop(optional, into)]
    retry_id: Option<String>,
    /// Asks the provider for what is lacking, where that may help.
    #[prop(optional_no_strip)]
    ask: Option<String>,
    /// The provider was asked for it and did not grant it.
    #[prop(optional)]
    was_refused: bool,
    /// Under which the log has the cause.
    #[prop(optional_no_strip)]
    reference: Option<String>,
) -> impl IntoView {
    let reference = reference.map(|reference| {
        view! {
            <p class="reference">
                "Reference "
                <span class="num">{reference}</span>
            </p>
        }
    });
    let FailureText { advice, remedy, tone, drawing } = failure_text(&error);
    let pieces = reason(&error, was_refused).into_iter().map(TextPart::view).collect::<Vec<_>>();
    let why = (!pieces.is_empty()).then(|| view! { <p>{pieces}</p> });
    let invited = ask.zip(invitation(&error, was_refused));
    let advice = invited.as_ref().map_or(advice, |(_, (_, advice))| advice);
    let asking = invited.map(|(href, (label, _))| (label, href));
    let (label, href) = asking.unwrap_or_else(|| remedy.link(&retry_href));
    let action = view! {
        <a class="button" id=retry_id href=href data-part=(remedy == Remedy::TryAgain).then_some(part::RETRY.name())>
            {label}
        </a>
    };
    view! {
        <div class="state perf" data-tone=tone.name() role=(tone == Tone::Bad).then_some("alert")>
            <TagIcon d=drawing/>
            <h3>{error.to_string()}</h3>
            {why}
            <p>{advice}</p>
            {action}
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
            html.contains(link) && html.contains("Ask for it") && html.contains("<code>gold:read</code>"),
            "{html}"
        );
        let html = shown(scope(), Some("/auth/sign-in?ask=x"), true);
        assert!(
            html.contains(link) && html.contains("Ask again") && html.contains("did not grant"),
            "{html}"
        );
        let html = shown(scope(), None, false);
        assert!(
            !html.contains("/auth/sign-in") && html.contains("Ask whoever looks after your access"),
            "{html}"
        );
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
        assert!(html.contains("Confirm that it is you") && html.contains(">Confirm</a>"), "{html}");
        let why = "The API wants a second factor and a sign-in at most 5 minutes ago.";
        let text = html.replace("<!>", "");
        assert!(text.contains(why), "{html}");
        assert!(!shown(AppError::StepUp(demand), None, false).contains("/auth/sign-in"));
    }

    #[test]
    fn what_an_api_says_is_text() {
        let html = shown(AppError::Forbidden(AccessDenied::Said("<b>No</b>".into())), None, false);
        assert!(html.contains("<q>&lt;b&gt;No&lt;/b&gt;</q>"), "{html}");
    }
}
