//! The page after a sign-out. The session here has already ended, and the page says so before it goes on: to the
//! provider's end session endpoint (OpenID Connect RP-Initiated Logout 1.0, 2), or home. It goes on by itself, also with
//! scripts off, and has links for browsers that do not.

use claimcheck_model::{base_path::base_path, paths, storage};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// Submits the form.
const SUBMIT: &str = "document.forms.leave.submit()";
/// How long the page is shown before the provider's. The provider may end on an error page of its own, so the user must
/// have seen that they are signed out here. Nothing can be lost when the time is over.
const SHOWN_SECS: u8 = 1;

/// Where the browser goes after a sign-out. Not `Debug`: it may contain the ID token.
#[derive(Clone)]
pub enum SignOutStep {
    /// The provider's end session endpoint, with all parameters.
    Provider(String),
    /// The same by a form: the endpoint, and names and values of the fields.
    Form(String, Vec<(String, String)>),
    /// The home page.
    Home(String),
    /// A sign-in that leads to the list of sessions.
    Sessions(String),
}

impl SignOutStep {
    /// The content of `<meta http-equiv="refresh">`; the form submits itself.
    pub(super) fn refresh(&self) -> Option<String> {
        match self {
            Self::Provider(url) => Some(format!("{SHOWN_SECS}; url={url}")),
            Self::Home(path) | Self::Sessions(path) => Some(format!("0; url={path}")),
            Self::Form(..) => None,
        }
    }
}

/// The sign-out page.
#[component]
pub fn SignOutContent(
    step: SignOutStep,
    /// The nonce of this response's content security policy.
    #[prop(into)]
    nonce: String,
) -> impl IntoView {
    let language = language();
    let is_provider = matches!(step, SignOutStep::Provider(_) | SignOutStep::Form(..));
    let (what, advice) = match &step {
        SignOutStep::Provider(_) | SignOutStep::Form(..) => {
            (t!(language, "sign-out-page-what"), t!(language, "sign-out-page-advice"))
        }
        SignOutStep::Home(_) => {
            (t!(language, "sign-out-page-here"), t!(language, "sign-out-page-here-advice"))
        }
        SignOutStep::Sessions(_) => {
            (t!(language, "sign-out-page-sessions"), t!(language, "sign-out-page-here-advice"))
        }
    };
    let go_on = match step {
        SignOutStep::Form(action, fields) => {
            view! { <LeaveForm action fields nonce=nonce.clone()/> }.into_any()
        }
        SignOutStep::Provider(href) | SignOutStep::Home(href) | SignOutStep::Sessions(href) => view! {
            <p class="ways">
                <a class="button primary" href=href rel="noreferrer">
                    {t!(language, "sign-out-page-continue")}
                </a>
            </p>
        }
        .into_any(),
    };
    // At the root of an origin, a header of the response does that.
    let forget = (!base_path().is_empty()).then(|| view! { <script nonce=nonce>{forget_drafts()}</script> });
    let home = is_provider.then(|| {
        view! {
            <p>
                {t!(language, "sign-out-page-stuck")} " "
                <a href=paths::HOME.href()>{t!(language, "sign-out-page-home")}</a>
            </p>
        }
    });
    view! {
        {forget}
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>{t!(language, "sign-out-page-heading")}</h1>
                    <p role="status">{what}</p>
                </div>
                <div class="check">
                    <p>{advice}</p>
                    {go_on}
                    {home}
                </div>
            </article>
        </div>
    }
}

/// Deletes all drafts in the tab's storage, which other applications use as well. A browser without storage has none.
fn forget_drafts() -> String {
    format!(
        "try {{ for (const key of Object.keys(sessionStorage)) \
           if (key.startsWith(\"{}\")) sessionStorage.removeItem(key); }} catch {{}}",
        storage::drafts()
    )
}

/// The form that signs the user out at the provider: it submits itself, or is submitted by hand with scripts off.
#[component]
fn LeaveForm(action: String, fields: Vec<(String, String)>, nonce: String) -> impl IntoView {
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    view! {
        <form method="post" name="leave" action=action>
            {fields}
            <button class="button primary" type="submit">
                {t!(language(), "sign-out-page-continue")}
            </button>
        </form>
        <script nonce=nonce>{SUBMIT}</script>
    }
}
