//! Toasts: messages shown over the page for a short time, and the reminder of an unfinished form. Empty and hidden
//! until the island around them shows one.

use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// The container for toasts, and the link back to a form that the user left for a sign-in.
#[component]
pub fn ToastView() -> impl IntoView {
    let language = language();
    view! {
        <div data-part="told" role="status"></div>
        <div role="status">
            <p class="said" data-part="begun" hidden>
                {t!(language, "act-unfinished")} " "
                <a class="button" id="begun" data-part="act" href="">
                    {t!(language, "act-continue")}
                </a>
                <button class="button" type="button" data-part="begun-later">
                    {t!(language, "not-now")}
                </button>
            </p>
        </div>
    }
}
