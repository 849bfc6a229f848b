//! The field that finds boards and actions. It leads to a page of results, without a script.

use claimcheck_model::paths;
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language};

/// The longest text to find, in characters.
pub const FIND_MAX_CHARS: usize = 100;

/// A form with one field.
#[component]
pub fn FindField(
    /// The id of the field.
    id: &'static str,
    /// The text that was sought.
    value: String,
) -> impl IntoView {
    let label = t!(language(), "find-label");
    view! {
        <form class="find" method="get" action=paths::BOARDS.href() role="search" aria-label=label>
            <label class="visually-hidden" for=id>
                {label}
            </label>
            <div class="field">
                <Icon d=icon::SEARCH/>
                <input
                    id=id
                    type="search"
                    name=paths::FIND
                    value=value
                    placeholder=t!(language(), "find-hint")
                    maxlength=FIND_MAX_CHARS.to_string()
                    autocomplete="off"
                />
            </div>
        </form>
    }
}
