//! Actions in the browser: a link opens its form over the page, the form is sent without leaving it, and the result is
//! shown in place. If any of that fails, links and forms open pages as with scripts off.

use claimcheck_model::part::{self, Part};
use leptos::{
    ev::{self, MouseEvent, SubmitEvent},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlAnchorElement, HtmlFormElement};

use super::{
    dom, drafts,
    later::{self, Work},
};

/// The form of an action.
pub const FORM: &str = "form[data-draft]";
/// What a page goes on with: such a form, or a message about what an API is working on.
const BEGUN: &str = "form[data-draft],[data-wait]";

/// Begins the parameter of the address that names the row in the drawer. Others may end like this: then nothing opens.
const OPEN_ROW: &str = "row=";

/// Once on every page for a signed-in user, around the messages; `data-person` identifies the user for drafts.
#[island]
pub fn Actions(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(root) = root.get() {
            begin(root.into());
        }
    });
    view! {
        <div node_ref=root class="told" id="told">
            {children()}
        </div>
    }
}

fn begin(root: Element) {
    let has_drafts = drafts::forget_others(&root.get_attribute("data-person").unwrap_or_default());
    if has_drafts || document().query_selector(BEGUN).is_ok_and(|begun| begun.is_some()) {
        later::run(Work::ResumeDraft(root), || ());
    }
    if dom::query().includes(OPEN_ROW, 0) {
        later::run(Work::OpenRow, || ());
    }
    window_event_listener(ev::click, clicked);
    window_event_listener(ev::submit, submitted);
    for name in ["input", "change"] {
        window_event_listener_untyped(name, |event| {
            if let Some(form) = form_of(&event) {
                later::run(Work::KeepDraft(form), || ());
            }
        });
    }
}

fn form_of(event: &Event) -> Option<HtmlFormElement> {
    dom::target_element(event)?.closest(FORM).ok().flatten()?.dyn_into().ok()
}

fn clicked(event: MouseEvent) {
    if event.default_prevented() || dom::is_for_browser(&event) {
        return;
    }
    let pressed = dom::target_element(&event).and_then(|target| target.closest("[data-part]").ok().flatten());
    let Some(pressed) = pressed else { return };
    let work = match Part::named(&dom::part_name(&pressed)) {
        part::ACT => match pressed.clone().dyn_into::<HtmlAnchorElement>() {
            Ok(link) if dom::is_busy(&link) => None,
            Ok(link) => {
                dom::set_busy(&link, true);
                Some(Work::OpenForm(link))
            }
            Err(_) => return,
        },
        part::CLOSE if pressed.closest("dialog").is_ok_and(|dialog| dialog.is_none()) => return,
        part::CLOSE | part::BEGUN_LATER | part::ANEW => Some(Work::PressForm(pressed.clone())),
        _ => return,
    };
    event.prevent_default();
    if let Some(work) = work {
        later::run(work, move || dom::follow(&pressed));
    }
}

fn submitted(event: SubmitEvent) {
    let Some(form) = form_of(&event) else { return };
    event.prevent_default();
    // Pressing twice submits once.
    if !dom::is_busy(&form) {
        dom::set_busy(&form, true);
        later::run(Work::SendForm(form), move || dom::send_form(&event));
    }
}
