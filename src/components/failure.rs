//! Turns what went wrong into words: what it is, what to do about it, and the one thing to press.
//! The only place with such words, so that a panel and a page never tell the same failure differently.

use leptos::prelude::*;

use crate::components::{TagIcon, Tone, icon};
use crate::error::AppError;
use crate::model::Lack;
use crate::paths;

/// What helps against a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same request may succeed later.
    TryAgain,
    /// A sign-in, which comes back to the same page.
    SignIn,
    /// Another page.
    Home,
    /// Nothing the person can press.
    Nothing,
}

impl Remedy {
    /// Label and target of the button; `here` is the page to come back to.
    pub fn link(self, here: &str) -> Option<(&'static str, String)> {
        match self {
            Remedy::TryAgain => Some(("Try again", here.to_owned())),
            Remedy::SignIn => Some(("Sign in", paths::sign_in(here))),
            Remedy::Home => Some(("Home", paths::HOME.to_owned())),
            Remedy::Nothing => None,
        }
    }
}

/// A failure in words. Its title is the error's own `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    pub advice: &'static str,
    pub remedy: Remedy,
    pub tone: Tone,
    /// What is drawn on the tag.
    pub drawing: &'static str,
}

/// The words for a failure.
pub fn words(error: &AppError) -> Words {
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
        AppError::Forbidden(Lack::Scope(_)) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Nothing,
            "Ask whoever looks after your access for it, then sign out and in again.",
        ),
        AppError::Forbidden(Lack::Token(_)) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Nothing,
            "Sign out and in again if it has just been set up. Else ask whoever looks after your access.",
        ),
        AppError::Forbidden(Lack::RefreshToken(_)) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Nothing,
            "It would have to give a refresh token with your sign-in. Ask whoever looks after your access.",
        ),
        AppError::Forbidden(_) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Nothing,
            "The API keeps this from your account. Ask whoever looks after your access.",
        ),
        AppError::StepUp(_) => (
            TAG_LOCK,
            Tone::Warn,
            Remedy::Nothing,
            "The API shows this only after a stronger or a fresher sign-in.",
        ),
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
    Words { advice, remedy, tone, drawing }
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
) -> impl IntoView {
    let Words { advice, remedy, tone, drawing } = words(&error);
    let missing = match &error {
        AppError::Forbidden(Lack::Scope(scope)) => {
            Some(view! { "Your sign-in does not include " <code>{scope.clone()}</code> ". " }.into_any())
        }
        AppError::Forbidden(Lack::Token(title) | Lack::RefreshToken(title)) => {
            Some(format!("Your sign-in provider gives no access to {title}. ").into_any())
        }
        _ => None,
    };
    let action = remedy.link(&retry_href).map(|(label, href)| {
        view! {
            <a class="button" id=retry_id href=href data-part=(remedy == Remedy::TryAgain).then_some("retry")>
                {label}
            </a>
        }
    });
    view! {
        <div class="state perf" data-tone=tone.name() role=(tone == Tone::Bad).then_some("alert")>
            <TagIcon d=drawing/>
            <h3>{error.to_string()}</h3>
            <p>{missing} {advice}</p>
            {action}
        </div>
    }
}
