//! Asks a signed-in user before a link from elsewhere, which may be about another account, replaces their session.

use claimcheck_text::{parts, t};
use leptos::prelude::*;

use crate::components::{language, segments};

/// The question, and a link for each answer.
#[component]
pub fn ReplaceSessionContent(
    /// The name of the signed-in user.
    #[prop(into)]
    name: String,
    /// Starts the sign-in of the link.
    #[prop(into)]
    go_on: String,
    /// The page of the link, with the current session.
    #[prop(into)]
    stay: String,
) -> impl IntoView {
    let language = language();
    let name = view! { <strong>{name}</strong> }.into_any();
    let what = segments(parts!(language, "replace-session-what", name = name));
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>{t!(language, "replace-session-title")}</h1>
                    <p>{what}</p>
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "what-to-do")}</h2>
                        <p>{t!(language, "replace-session-advice")}</p>
                    </div>
                    <p class="ways">
                        <a class="button primary" href=go_on>
                            {t!(language, "replace-session-go-on")}
                        </a>
                        <a class="button" href=stay>
                            {t!(language, "replace-session-stay")}
                        </a>
                    </p>
                </div>
            </article>
        </div>
    }
}
