//! The head of a drawer: its title, and the button that closes it without a script.

use claimcheck_model::part;
use claimcheck_text::t;
use leptos::prelude::*;

use super::{Icon, icon, language};

/// Title and close button; for a row also buttons to the rows around it, which scripts show, and a link to its page. On
/// the form's own page all of it is hidden by CSS.
#[component]
pub fn DrawerHead(
    title: String,
    /// The page of the row.
    #[prop(optional, into)]
    page: Option<String>,
) -> impl IntoView {
    let language = language();
    let of_row = page.map(|page| {
        view! {
            <button class="tool" type="button" data-part=part::BEFORE aria-label=t!(language, "row-before") aria-keyshortcuts="k" hidden>
                <Icon d=icon::UP/>
            </button>
            <button class="tool" type="button" data-part=part::AFTER aria-label=t!(language, "row-after") aria-keyshortcuts="j" hidden>
                <Icon d=icon::CHEVRON/>
            </button>
            <a class="tool" href=page aria-label=t!(language, "row-as-page") title=t!(language, "row-as-page")>
                <Icon d=icon::OUTSIDE/>
            </a>
        }
    });
    view! {
        <header class="panel-head">
            <h2>{title}</h2>
            {of_row}
            <form method="dialog">
                <button class="tool" type="submit" aria-label=t!(language, "close")>
                    <Icon d=icon::CLOSE/>
                </button>
            </form>
        </header>
    }
}
