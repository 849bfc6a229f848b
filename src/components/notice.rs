//! A line that tells the person something about the page as a whole.
//! Good news and warnings are read out when convenient, bad news at once.

use leptos::prelude::*;

use crate::components::{Icon, icon};

/// How a notice is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Good,
    Warn,
    Bad,
}

impl Tone {
    /// The value of `data-tone`, by which `style/` colours it.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }
}

/// A notice: an icon and whatever it has to say.
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
