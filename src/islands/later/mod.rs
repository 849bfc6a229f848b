//! Code that is loaded on first use: a second WebAssembly file, which cargo-leptos splits off. It contains everything
//! that only [`Work`] reaches. Code that other modules use as well is in the first file.
//!
//! A new piece is a variant of [`Work`], its arm in [`Work::run`], and a module here. Islands call [`run`] with it and
//! say what happens if the file cannot be loaded: usually what happens with scripts off.

mod address;
mod chart;
mod chart_days;
mod claims;
mod content;
mod draft;
mod drawer;
mod finder;
mod form;
mod job;
mod load;
mod newest;
mod panel;
mod session;
mod table;

use std::{cell::Cell, time::Duration};

use claimcheck_model::part;
use leptos::{
    ev,
    prelude::{set_timeout, window, window_event_listener},
    task::spawn_local,
};
use web_sys::{Element, Event, HtmlAnchorElement, HtmlElement, HtmlFormElement};

use super::dom;

pub use form::ACTED;

/// How long a page that is not touched waits with the second file.
const UNTOUCHED: Duration = Duration::from_secs(5);

/// What the second file does.
pub enum Work {
    /// Nothing yet: it is only loaded.
    Load,
    /// A chart is read at the pointer or by keys.
    ReadChart(HtmlElement, Event),
    /// A panel is fetched again: `true` if the user asked for it.
    ReloadPanel(HtmlElement, bool),
    /// A panel that failed is fetched again later.
    RetryPanel(HtmlElement),
    /// Text was typed into the filter of a panel.
    TypeFilter(HtmlElement),
    /// The filter of a panel was submitted.
    SendFilter(HtmlElement),
    /// A link of a panel was pressed.
    PressPanel(HtmlElement, Element),
    /// A file is chosen in this menu of a panel.
    CloseMenu(Element),
    /// The page opens with a row in its address.
    OpenRow,
    /// The page opens with a form, or after a form was left: the island around the messages.
    ResumeDraft(Element),
    /// Something in a form changed.
    KeepDraft(HtmlFormElement),
    /// The user leaves for a sign-in while this form is open.
    LeaveDraft(Element),
    /// The finder opens.
    Find,
    /// The form of an action opens.
    OpenForm(HtmlAnchorElement),
    /// A button around or in a form was pressed.
    PressForm(Element),
    /// The form of an action is sent.
    SendForm(HtmlFormElement),
    /// The claims are refetched: the island around them.
    RefreshClaims(Element),
    /// The server is asked for the state of the session: the number of the check.
    CheckSession(u32),
    /// The session is extended.
    StaySignedIn,
}

impl Work {
    /// Called in the second file only.
    fn run(self) {
        match self {
            Self::Load => {}
            Self::ReadChart(panel, event) => chart::read(&panel, &event),
            Self::ReloadPanel(panel, true) => panel::reload(&panel, panel::Trigger::ByPerson),
            Self::ReloadPanel(panel, false) => panel::reload(&panel, panel::Trigger::ByItself),
            Self::RetryPanel(panel) => panel::retry(panel),
            Self::TypeFilter(panel) => panel::typed(panel),
            Self::SendFilter(panel) => panel::submitted(&panel),
            Self::PressPanel(panel, link) => panel::pressed(&panel, &link),
            Self::CloseMenu(menu) => content::close_menu(&menu),
            Self::OpenRow => drawer::follow_address(),
            Self::ResumeDraft(root) => form::resume(&root),
            Self::KeepDraft(form) => draft::keep(&form),
            Self::LeaveDraft(form) => draft::leave(&form),
            Self::Find => finder::open(),
            Self::OpenForm(link) => form::open(link),
            Self::PressForm(element) => form::pressed(&element),
            Self::SendForm(form) => form::send(form),
            Self::RefreshClaims(root) => claims::refresh(root),
            Self::CheckSession(number) => session::check(number),
            Self::StaySignedIn => session::stay(),
        }
    }
}

/// The second file could not be loaded.
pub struct Missing;

/// Does `work` as soon as the second file is loaded; `otherwise` if it cannot be loaded, such as after a new version was
/// deployed. The next call tries again.
pub fn run(work: Work, otherwise: impl FnOnce() + 'static) {
    run_boxed(work, Box::new(otherwise));
}

// Not generic, because each caller would add its own copy to the first file.
fn run_boxed(work: Work, otherwise: Box<dyn FnOnce()>) {
    spawn_local(async move {
        if load::second_file(work).await.is_err() {
            otherwise();
        }
    });
}

/// Loads the second file when the user first touches the page, so that it is there before the press ends; or a while after
/// the page, so that it is there if the server is not. A first view does not wait for it.
pub fn load_soon() {
    thread_local! {
        static IS_LOADING: Cell<bool> = const { Cell::new(false) };
    }
    let load = || {
        if !IS_LOADING.replace(true) {
            run(Work::Load, || ());
        }
    };
    window_event_listener(ev::pointerover, move |_| load());
    window_event_listener(ev::pointerdown, move |_| load());
    window_event_listener(ev::keydown, move |event| {
        load();
        super::shortcuts::pressed(&event);
    });
    set_timeout(load, UNTOUCHED);
    // The link that reloads all panels is not in one of them.
    window_event_listener(ev::click, |event| {
        let link = dom::link_of(&event).filter(|link| dom::is_part(link, part::RELOAD_ALL));
        if link.is_some() && !dom::is_for_browser(&event) && !event.default_prevented() {
            event.prevent_default();
            if let Ok(acted) = Event::new(ACTED) {
                let _ = window().dispatch_event(&acted);
            }
        }
    });
}
