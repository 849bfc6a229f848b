//! What a form that was posted from a page has to say when the page is there again.

use claimcheck_server::flash::Flash;
use leptos::prelude::*;

use crate::components::{Notice, Tone};

/// The message, where there is one.
#[component]
pub fn Said(message: Option<Flash>) -> impl IntoView {
    message.map(|Flash { text, is_good }| {
        let tone = if is_good { Tone::Good } else { Tone::Warn };
        view! { <Notice tone>{text}</Notice> }
    })
}
