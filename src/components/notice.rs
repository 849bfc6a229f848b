//! A message to the user about the page as a whole. Screen readers announce success and warnings politely, and failures
//! at once.

use leptos::prelude::*;

use crate::components::{Icon, icon};

/// The tone of a notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Good,
    Warn,
    Bad,
}

impl Tone {
    /// The value of `data-tone`, which `style/` uses for the colour.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }
}

/// A notice: an icon and a message.
#[component]
pub fn Notice(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    let drawing = if tone == Tone::Good { icon::DONE } else { icon::WARNING };
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class="notice" data-tone=tone.name() role=role>
            <Icon d=drawing/>
            <p>{children()}</p>
        </div>
    }
}
