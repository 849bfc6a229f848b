//! The message of a form that was posted from a page, shown when the page loads again.

use claimcheck_server::flash::Flash;
use leptos::prelude::*;

use crate::components::{Notice, Tone};

/// The message, if there is one.
#[component]
pub fn Said(message: Option<Flash>) -> impl IntoView {
    message.map(|Flash { text, is_good }| {
        let tone = if is_good { Tone::Good } else { Tone::Warn };
        view! { <Notice tone>{text}</Notice> }
    })
}
