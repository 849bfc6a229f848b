//! Toasts: messages over the page for a while, and the reminder of an unfinished form. Empty and hidden until the island
//! around them shows one.

use leptos::prelude::*;

/// The place of toasts, and the link back to a form that the user left for a sign-in.
#[component]
pub fn ToastView() -> impl IntoView {
    view! {
        <div data-part="told" role="status"></div>
        <div role="status">
            <p class="said" data-part="begun" hidden>
                "You had begun to fill something in. "
                <a class="button" id="begun" data-part="act" href="">
                    "Go on with it"
                </a>
                <button class="button" type="button" data-part="begun-later">
                    "Not now"
                </button>
            </p>
        </div>
    }
}
