//! How a page shows its session: the notice before the end, the message after it, and the parts that are hidden then.

use std::cell::{Cell, RefCell};

use claimcheck_model::{
    OVER, UNREACHABLE, island_text,
    part::{self, MAIN},
    paths,
};
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDialogElement, Node};

use crate::islands::{dom, session_clock::Countdown, texts};

/// The window event when the user of this page is signed in again.
pub const WAKE: &str = "claimcheck-wake";
/// Seconds before the end: a dismissed notice appears again, and any notice is announced a second time.
pub const LAST_CALL: i64 = 30;
/// On the root element while the session of this page has ended, or may have; its value is the reason.
const ENDED: &str = "data-ended";
/// On a drawer that was closed by the end of the session, not by the user.
pub const SHUT: &str = "data-shut";
/// Focusable elements that are hidden after the end, as in `style/session.css`.
const HIDDEN: &str = "main :not(input, textarea, select, .field *), .menu *, dialog *, .told *";

/// The messages, and their place.
pub struct View {
    root: Element,
    /// The parent of `root` while no dialog is open.
    home: Option<Element>,
    notice: Element,
    ended: Element,
    /// The absolute lifetime whose time the notice contains; the server wrote the first one.
    named: Cell<i64>,
    /// How often the notice was announced.
    said: Cell<u8>,
    /// The document's title while its session runs: it may contain the user's data.
    title: RefCell<String>,
}

fn root() -> Option<Element> {
    document().document_element()
}

/// Why the session of this page has ended, or may have.
pub fn why_ended() -> Option<String> {
    root()?.get_attribute(ENDED)
}

fn open_dialog() -> Option<Element> {
    document().query_selector("dialog[open]").ok().flatten()
}

fn focus_main() {
    dom::focus(document().get_element_by_id(MAIN));
}

impl View {
    pub fn of(root: Element, absolute_until: i64) -> Option<Self> {
        let section = |name: &str| root.query_selector(name).ok().flatten();
        Some(Self {
            notice: section("#session-notice")?,
            ended: section("#session-ended")?,
            home: root.parent_element(),
            root,
            named: Cell::new(absolute_until),
            said: Cell::default(),
            title: RefCell::default(),
        })
    }

    /// Moves everything into the open dialog, because everything beside that is inert; and back when none is open.
    pub fn place(&self) {
        let Some(place) = open_dialog().or_else(|| self.home.clone()) else { return };
        if self.root.parent_element().as_ref() != Some(&place) {
            let _ = place.append_child(&self.root);
        }
    }

    /// Points the links to the current URL, which contains the current query.
    pub fn aim(&self) {
        let place = window().location();
        let (path, query) = (place.pathname().unwrap_or_default(), place.search().unwrap_or_default());
        let href = paths::sign_in(&(path + &query));
        for section in [&self.notice, &self.ended] {
            if let Some(link) = dom::part(section, part::AGAIN) {
                let _ = link.set_attribute("href", &href);
            }
        }
    }

    /// Whether the notice is visible.
    pub fn is_shown(&self) -> bool {
        !self.notice.has_attribute("hidden")
    }

    /// Shows the notice, `left` seconds before the end; with `absolute_until` if the end cannot be moved.
    pub fn show(&self, left: i64, absolute_until: Option<i64>, clock: &Countdown) {
        let (shown, hidden) = if absolute_until.is_some() {
            (part::ABSOLUTE, part::IDLE)
        } else {
            (part::IDLE, part::ABSOLUTE)
        };
        let Some(shown) = dom::part(&self.notice, shown) else { return };
        dom::set_hidden(&shown, false);
        if let Some(hidden) = dom::part(&self.notice, hidden) {
            dom::set_hidden(&hidden, true);
        }
        if let Some(until) = absolute_until {
            // The server knows the user's time format better.
            if self.named.replace(until) != until {
                dom::set_text(&self.notice, part::TIME, &dom::clock_time(&clock.local(until)));
            }
            self.set_not_now(left > LAST_CALL);
        } else {
            let (minutes, seconds) = (left / 60, left % 60);
            let zero = if seconds < 10 { "0" } else { "" };
            dom::set_text(&self.notice, part::COUNTDOWN, &format!("{minutes}:{zero}{seconds}"));
        }
        self.aim();
        dom::set_hidden(&self.notice, false);
        // Announced twice at most: the countdown itself is not announced.
        let due = if left <= LAST_CALL { 2 } else { 1 };
        if self.said.replace(due) < due {
            let words = shown.first_element_child().and_then(|words| words.text_content());
            self.say(&words.unwrap_or_default());
        }
    }

    /// Whether the notice can be dismissed, which is no longer possible at the last call.
    fn set_not_now(&self, is_offered: bool) {
        let Some(not_now) = dom::part(&self.notice, part::NOT_NOW) else { return };
        if !is_offered && document().active_element().as_ref() == Some(&not_now) {
            dom::focus(dom::part(&self.notice, part::AGAIN));
        }
        dom::set_hidden(&not_now, !is_offered);
    }

    pub fn hide(&self) {
        self.said.set(0);
        if !self.is_shown() {
            return;
        }
        let had_focus = holds_focus(&self.notice);
        dom::set_hidden(&self.notice, true);
        self.say("");
        self.say_trouble("");
        if had_focus {
            match open_dialog() {
                Some(dialog) => dom::focus(dialog.query_selector("button, a").ok().flatten()),
                None => focus_main(),
            }
        }
    }

    /// Announces a message to screen readers.
    pub fn say(&self, words: &str) {
        dom::set_text(&self.root, part::SAID, words);
    }

    /// Shows a problem in the notice.
    pub fn say_trouble(&self, words: &str) {
        dom::set_text(&self.notice, part::TROUBLE, words);
    }

    /// Shows why the session has ended, and hides the user's data. Input stays where it is.
    pub fn end(&self, why: &str) {
        let Some(root) = root() else { return };
        self.hide();
        let words = |why: &str| self.ended.query_selector(&format!("[data-why={why}]")).ok().flatten();
        let words = words(why).or_else(|| words(OVER)).and_then(|words| words.text_content());
        if why_ended().is_none() {
            self.title.replace(document().title());
        }
        document().set_title(&texts::text(if why == UNREACHABLE {
            island_text::TITLE_UNREACHABLE
        } else {
            island_text::TITLE_SIGNED_OUT
        }));
        let loses_focus =
            document().active_element().is_some_and(|focused| focused.matches(HIDDEN).unwrap_or_default());
        let _ = root.set_attribute(ENDED, why);
        if let Some(drawer) = open_dialog() {
            // Its input is shown again with everything else.
            if drawer.query_selector("form[data-draft]").ok().flatten().is_some() {
                let _ = drawer.set_attribute(SHUT, "");
            }
            drawer.unchecked_into::<HtmlDialogElement>().close();
            self.place();
        }
        if loses_focus {
            focus_main();
        }
        self.aim();
        dom::set_hidden(&self.ended, false);
        dom::set_text(&self.ended, part::WHY, &words.unwrap_or_default());
    }

    /// The same user has a running session, this one or another: everything is shown again.
    pub fn wake(&self) {
        if let Some(root) = root() {
            let _ = root.remove_attribute(ENDED);
        }
        document().set_title(&self.title.take());
        let had_focus = holds_focus(&self.ended);
        dom::set_text(&self.ended, part::WHY, "");
        dom::set_hidden(&self.ended, true);
        if had_focus {
            focus_main();
        }
        if let Ok(Some(drawer)) = document().query_selector("dialog[data-shut]") {
            let _ = drawer.remove_attribute(SHUT);
            let _ = drawer.unchecked_into::<HtmlDialogElement>().show_modal();
            self.place();
        }
        self.say(&texts::text(island_text::SIGNED_IN));
        if let Ok(event) = Event::new(WAKE) {
            let _ = window().dispatch_event(&event);
        }
    }
}

fn holds_focus(section: &Element) -> bool {
    section.contains(document().active_element().map(Node::from).as_ref())
}
