//! The session of a page, alive: counts down to its end by the server's clock, says that it has ended, and wakes the page
//! when the same person is signed in again. The one voice about this: other islands ask it instead of speaking themselves.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::{
    ev::{self, MouseEvent, SubmitEvent},
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlDialogElement, Node};

use super::{
    dom,
    session_link::{self, Source},
};
use crate::{
    components::MAIN,
    error::AppError,
    model::{ABSOLUTE, IDLE, OVER, REPLACED, SessionNews, SessionState},
    paths,
    server_fns::{signed_in_until, stay_signed_in},
};

/// Told to the window when the person of this page is signed in again.
pub const WAKE: &str = "claimcheck-wake";
/// On the root while the session of this page is over; its value says why.
const ENDED: &str = "data-ended";
/// A notice that was put away comes back this many seconds before the end; and so is said a second time.
const LAST_CALL: i64 = 30;
/// Who hears that a session is over is told why within this time, or nobody knows.
const REASON_COMES: Duration = Duration::from_millis(1500);
/// Nobody waits longer for the answer to a sign-out.
const LEAVES: Duration = Duration::from_secs(10);
/// Seconds: no timer is longer, because browsers count milliseconds in 32 bits.
const LONGEST: i64 = 86_400;
/// A clock that is behind by more milliseconds than this is told so.
const BEHIND: f64 = 1500.0;

/// What is known of the session of this page.
struct Session {
    root: Element,
    notice: Element,
    ended: Element,
    /// Seconds before the end.
    warning: i64,
    state: RefCell<SessionState>,
    /// Milliseconds from this browser's clock to the server's.
    offset: Cell<f64>,
    /// The idle end that the server was asked about before the notice came.
    asked_about: Cell<i64>,
    /// The absolute end whose notice was put away.
    put_away: Cell<i64>,
    /// How often the notice was read out.
    said: Cell<u8>,
    is_asking: Cell<bool>,
    /// The word for why, as far as it was heard while the server is being asked.
    heard: RefCell<String>,
    /// This very page signs out: nothing is to be said about that.
    is_leaving: Cell<bool>,
    timer: Cell<Option<TimeoutHandle>>,
}

thread_local! {
    static SESSION: RefCell<Option<Rc<Session>>> = const { RefCell::new(None) };
}

fn session() -> Option<Rc<Session>> {
    SESSION.with_borrow(Clone::clone)
}

/// Around the notice of a signed-in page.
#[island]
pub fn SessionNotice(children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(root) = root.get() {
            begin(root.into());
        }
    });
    view! {
        <div node_ref=root class="session" on:submit=stay on:click=pressed>
            {children()}
        </div>
    }
}

/// Whether the session of this page is over.
pub fn is_ended() -> bool {
    root().is_some_and(|root| root.has_attribute(ENDED))
}

/// Somebody was answered that they are signed out: finds out whether that is so, and says it.
pub fn doubt() {
    check("");
}

fn root() -> Option<Element> {
    document().document_element()
}

fn begin(root: Element) -> Option<()> {
    let section = |name: &str| root.query_selector(name).ok().flatten();
    let (notice, ended) = (section("#session-notice")?, section("#session-ended")?);
    let state = SessionState::read(&notice.get_attribute("data-state")?)?;
    let session = Session {
        warning: dom::number(&notice, "data-warning")? as i64,
        offset: Cell::new(offset_of(&state)),
        state: RefCell::new(state.clone()),
        asked_about: Cell::default(),
        put_away: Cell::default(),
        said: Cell::default(),
        is_asking: Cell::default(),
        heard: RefCell::default(),
        is_leaving: Cell::default(),
        timer: Cell::default(),
        root,
        notice,
        ended,
    };
    SESSION.set(Some(Rc::new(session)));
    session_link::join(hear, || check(""));
    session_link::tell(&SessionNews::State(state));
    session_link::listen();
    tick();
    // Timers of a page out of sight come late, and the person may have signed in again meanwhile.
    window_event_listener(ev::visibilitychange, |_| {
        if !document().hidden() {
            if is_ended() { check("") } else { tick() }
        }
    });
    window_event_listener(ev::submit, |event| {
        let form = event.target().and_then(|form| form.dyn_into::<Element>().ok());
        if form.and_then(|form| form.get_attribute("action")).as_deref() == Some(paths::SIGN_OUT) {
            leave();
        }
    });
    Some(())
}

fn leave() {
    let Some(session) = session() else { return };
    session.is_leaving.set(true);
    set_timeout(move || session.is_leaving.set(false), LEAVES);
}

/// How far the server's clock is before this browser's, if `state` was said just now.
fn offset_of(state: &SessionState) -> f64 {
    state.now as f64 * 1000.0 - js_sys::Date::now()
}

impl Session {
    /// The time by the server's clock, in Unix seconds.
    fn now(&self) -> i64 {
        ((js_sys::Date::now() + self.offset.get()) / 1000.0) as i64
    }

    /// Comes back to [`tick`] after so many seconds, and not before.
    fn later(&self, secs: i64) {
        let secs = Duration::from_secs(secs.clamp(1, LONGEST) as u64);
        let timer = set_timeout_with_handle(tick, secs).ok();
        if let Some(old) = self.timer.replace(timer) {
            old.clear();
        }
    }

    /// What is known, said by the server's clock as it is now.
    fn known(&self) -> SessionNews {
        SessionNews::State(SessionState { now: self.now(), ..self.state.borrow().clone() })
    }
}

/// Shows what the clock says now, and comes back when it says something else.
fn tick() {
    let Some(session) = session().filter(|_| !is_ended()) else { return };
    let SessionState { idle_until, absolute_until, .. } = *session.state.borrow();
    let left = idle_until - session.now();
    let is_last = idle_until >= absolute_until;
    if left > session.warning {
        session.hide();
        session.later(left - session.warning);
    } else if left <= 0 {
        // Another tab or device may have moved the end.
        check(if is_last { ABSOLUTE } else { IDLE });
    } else if session.asked_about.replace(idle_until) != idle_until {
        check("");
    } else if is_last && left > LAST_CALL && session.put_away.get() == absolute_until {
        session.hide();
        session.later(left - LAST_CALL);
    } else {
        session.show(left, is_last, absolute_until);
        session.later(1);
    }
}

impl Session {
    /// The links lead to the address as it stands now: what was asked of the page meanwhile is in it.
    fn aim(&self) {
        let place = window().location();
        let (path, query) = (place.pathname().unwrap_or_default(), place.search().unwrap_or_default());
        let href = paths::sign_in(&(path + &query));
        for section in [&self.notice, &self.ended] {
            if let Some(link) = dom::part(section, "again") {
                let _ = link.set_attribute("href", &href);
            }
        }
    }

    fn show(&self, left: i64, is_last: bool, absolute_until: i64) {
        let (shown, hidden) = if is_last { ("absolute", "idle") } else { ("idle", "absolute") };
        let Some(shown) = dom::part(&self.notice, shown) else { return };
        dom::set_hidden(&shown, false);
        if let Some(hidden) = dom::part(&self.notice, hidden) {
            dom::set_hidden(&hidden, true);
        }
        if is_last {
            let at = js_sys::Date::new(&JsValue::from(absolute_until as f64 * 1000.0 - self.offset.get()));
            dom::set_text(&self.notice, "time", &dom::clock_time(&at));
        } else {
            let (minutes, seconds) = (left / 60, left % 60);
            let zero = if seconds < 10 { "0" } else { "" };
            dom::set_text(&self.notice, "countdown", &format!("{minutes}:{zero}{seconds}"));
        }
        self.aim();
        dom::set_hidden(&self.notice, false);
        // Twice and no more: the countdown itself is not read out.
        let due = if left <= LAST_CALL { 2 } else { 1 };
        if self.said.replace(due) < due {
            let words = shown.first_element_child().and_then(|words| words.text_content());
            dom::set_text(&self.root, "said", &words.unwrap_or_default());
        }
    }

    fn hide(&self) {
        self.said.set(0);
        if self.notice.has_attribute("hidden") {
            return;
        }
        let focused = document().active_element().map(Node::from);
        let had_focus = self.notice.contains(focused.as_ref());
        dom::set_hidden(&self.notice, true);
        for part in ["said", "trouble"] {
            dom::set_text(&self.root, part, "");
        }
        if had_focus {
            dom::focus(document().get_element_by_id(MAIN));
        }
    }
}

/// Something was told, by the server's stream or by another tab.
fn hear(text: &str, source: Source) {
    let Some(news) = SessionNews::read(text) else { return };
    if source == Source::Server {
        session_link::tell(&news);
    }
    match news {
        SessionNews::State(state) => take(state, source),
        SessionNews::Ended(why) => check(&why),
    }
}

/// Takes over how long the session lasts. What another tab says is asked of the server where it would change what this
/// page is: it may be about another person, or older than it looks.
fn take(state: SessionState, source: Source) {
    let Some(session) = session() else { return };
    let is_known = session.state.borrow().tag == state.tag;
    if source == Source::Tab {
        if !is_known || is_ended() {
            return check("");
        }
        // It takes time to be told, never less than none: of two clocks the one that is ahead is right.
        let offset = offset_of(&state);
        if offset + BEHIND < session.offset.get() {
            session_link::tell(&session.known());
        }
        session.offset.set(offset.max(session.offset.get()));
        let mut last = session.state.borrow_mut();
        last.absolute_until = last.absolute_until.max(state.absolute_until);
        last.idle_until = last.idle_until.max(state.idle_until);
        drop(last);
        return tick();
    }
    if !is_known {
        return end(REPLACED);
    }
    session.offset.set(offset_of(&state));
    session.state.replace(state);
    if is_ended() {
        wake(&session);
    }
    session_link::listen();
    tick();
}

/// Asks the server, once, before anything is believed; `why` is the word for what was heard, if any.
fn check(why: &str) {
    let Some(session) = session() else { return };
    if !why.is_empty() {
        session.heard.replace(why.to_owned());
    }
    if session.is_asking.replace(true) {
        return;
    }
    spawn_local(async move {
        let came = signed_in_until().await;
        session.is_asking.set(false);
        let why = session.heard.take();
        let left = session.state.borrow().idle_until - session.now();
        match came {
            Ok(state) => take(state, Source::Server),
            Err(AppError::SignedOut) if !why.is_empty() => end(&why),
            Err(AppError::SignedOut) if left <= 0 => tick(),
            // Why is still on its way.
            Err(AppError::SignedOut) if !is_ended() => set_timeout(|| check(OVER), REASON_COMES),
            Err(AppError::SignedOut) => {}
            // By the clock it is over, whoever can be reached; and what the server told it need not repeat.
            Err(_) if !why.is_empty() => end(&why),
            Err(_) => tick(),
        }
    });
}

/// The session is over: says why, and hides what is the person's. What they typed stays where it is.
fn end(why: &str) {
    let (Some(session), Some(root)) = (session(), root()) else { return };
    if session.is_leaving.get() || root.get_attribute(ENDED).is_some_and(|said| said != OVER || why == OVER) {
        return;
    }
    session_link::rest();
    session.hide();
    let words = |why: &str| session.ended.query_selector(&format!("[data-why={why}]")).ok().flatten();
    let words = words(why).or_else(|| words(OVER)).and_then(|words| words.text_content());
    let _ = root.set_attribute(ENDED, why);
    if let Ok(Some(drawer)) = document().query_selector("dialog[open]") {
        drawer.unchecked_into::<HtmlDialogElement>().close();
    }
    session.aim();
    dom::set_hidden(&session.ended, false);
    dom::set_text(&session.ended, "why", &words.unwrap_or_default());
}

/// The same person is signed in again.
fn wake(session: &Session) {
    if let Some(root) = root() {
        let _ = root.remove_attribute(ENDED);
    }
    dom::set_text(&session.ended, "why", "");
    dom::set_hidden(&session.ended, true);
    dom::set_text(&session.root, "said", "You are signed in again.");
    if let Ok(event) = Event::new(WAKE) {
        let _ = window().dispatch_event(&event);
    }
}

/// "Stay signed in": one request, and every tab knows.
fn stay(event: SubmitEvent) {
    event.prevent_default();
    spawn_local(async {
        match stay_signed_in().await {
            Ok(state) => {
                session_link::tell(&SessionNews::State(state.clone()));
                take(state, Source::Server);
                if let Some(session) = session() {
                    dom::set_text(&session.root, "said", "You stay signed in.");
                }
            }
            Err(AppError::SignedOut) => check(""),
            Err(error) => {
                if let Some(session) = session() {
                    dom::set_text(&session.notice, "trouble", &format!("{error}. Try again."));
                }
            }
        }
    });
}

fn pressed(event: MouseEvent) {
    let Some(session) = session() else { return };
    if dom::link_of(&event).is_some() {
        session.aim();
    } else if dom::target(&event)
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|target| dom::is_part(&target, "not-now"))
    {
        session.put_away.set(session.state.borrow().absolute_until);
        tick();
    }
}
