//! What a page says over itself for a while: that something was done, and that something had been begun. Empty and hidden
//! until the island around it has a word to say.

use leptos::prelude::*;

/// A line for what was done, and the way back to a form that was left for a sign-in.
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
