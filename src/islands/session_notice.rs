//! The session of a page in the browser: counts down to its end by the server's clock, shows that it has ended, and
//! restores the page when the same user signs in again. Other islands use it instead of showing their own messages.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use claimcheck_model::{
    ABSOLUTE, AppError, IDLE, OVER, REPLACED, SessionNews, SessionState, UNREACHABLE, island_text, part,
    paths,
};
use js_sys::Date;
use leptos::{
    ev::{self, MouseEvent, SubmitEvent},
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::islands::{
    dom, drafts,
    later::{self, Work},
    session_clock::Countdown,
    session_link::{self, Source},
    session_view::{LAST_CALL, View, why_ended},
    texts,
};

pub use crate::islands::session_view::WAKE;

/// After it is known that a session has ended, the reason arrives within this time, or not at all.
const REASON_COMES: Duration = Duration::from_millis(1500);
/// The longest wait for the response to a sign-out or to a check.
const ANSWER_COMES: Duration = Duration::from_secs(10);
/// Seconds: how long to wait before asking again if the server is unreachable at the end.
const ASK_AGAIN: i64 = 5;
/// Seconds: timers are never longer, because they may stop while the machine sleeps.
const LONGEST: i64 = 20;
/// Milliseconds: a timer later than this was stopped. In hidden pages, all timers are up to a minute late.
const LATE: f64 = 90_000.0;
/// Milliseconds: a state older than this is checked again when the user returns.
const FRESH: f64 = 20_000.0;
/// Milliseconds: a clock that is further behind is corrected.
const BEHIND: f64 = 1500.0;

/// The known state of this page's session.
struct Session {
    view: View,
    /// Seconds before the end.
    warning: i64,
    state: RefCell<SessionState>,
    clock: Countdown,
    /// The idle timeout that was checked with the server before the notice.
    asked_about: Cell<i64>,
    /// The absolute lifetime whose notice was dismissed.
    put_away: Cell<i64>,
    /// The number of checks, and whether the last one is pending.
    asked: Cell<u32>,
    is_asking: Cell<bool>,
    /// The reason, as far as it is known while the server is being asked.
    heard: RefCell<String>,
    /// This page is signing out, so nothing is shown.
    is_leaving: Cell<bool>,
    timer: Cell<Option<TimeoutHandle>>,
    /// When it is due by this browser's clock, in milliseconds.
    due: Cell<f64>,
}

thread_local! {
    static SESSION: RefCell<Option<Rc<Session>>> = const { RefCell::new(None) };
}

fn session() -> Option<Rc<Session>> {
    SESSION.with_borrow(Clone::clone)
}

/// Around the notice of a page for a signed-in user.
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

/// Whether the session of this page has ended, or may have.
pub fn is_ended() -> bool {
    why_ended().is_some()
}

/// A response says that the user is signed out: checks whether that is true, and shows it. `false` if there is no
/// session on this page.
pub fn doubt() -> bool {
    check("");
    session().is_some()
}

/// The user was active, so a visible notice may be outdated.
pub fn acted() {
    if session().is_some_and(|session| session.view.is_shown()) {
        check("");
    }
}

/// A dialog was opened or closed: the notice must stay reachable.
pub fn place() {
    if let Some(session) = session() {
        session.view.place();
    }
}

fn begin(root: Element) -> Option<()> {
    let notice = root.query_selector("#session-notice").ok().flatten()?;
    let state = SessionState::read(&notice.get_attribute("data-state")?)?;
    let session = Session {
        warning: dom::number(&notice, "data-warning")? as i64,
        view: View::of(root, state.absolute_until)?,
        clock: Countdown::new(state.now),
        state: RefCell::new(state.clone()),
        asked_about: Cell::default(),
        put_away: Cell::default(),
        asked: Cell::default(),
        is_asking: Cell::default(),
        heard: RefCell::default(),
        is_leaving: Cell::default(),
        timer: Cell::default(),
        due: Cell::new(f64::INFINITY),
    };
    SESSION.set(Some(Rc::new(session)));
    session_link::join(hear, || check(""));
    session_link::tell(&SessionNews::State(state));
    session_link::listen();
    tick();
    window_event_listener(ev::visibilitychange, |_| look());
    window_event_listener(ev::focus, |_| look());
    window_event_listener(ev::online, |_| look());
    window_event_listener(ev::submit, |event| {
        let form = event.target().and_then(|form| form.dyn_into::<Element>().ok());
        if form.and_then(|form| form.get_attribute("action")) == Some(paths::SIGN_OUT.href()) {
            leave();
        }
    });
    Some(())
}

/// The user or the network is back: the machine may have slept, and the user may have signed in again meanwhile.
fn look() {
    let Some(session) = session().filter(|_| !document().hidden()) else { return };
    if is_ended() || session.clock.elapsed() > FRESH { check("") } else { tick() }
}

fn leave() {
    let Some(session) = session() else { return };
    session.is_leaving.set(true);
    drafts::forget_all();
    set_timeout(move || session.is_leaving.set(false), ANSWER_COMES);
}

impl Session {
    /// Runs [`tick`] after this many seconds, and not before.
    fn later(&self, secs: i64) {
        let secs = secs.clamp(1, LONGEST);
        self.due.set(Date::now() + secs as f64 * 1000.0);
        let timer = set_timeout_with_handle(tick, Duration::from_secs(secs as u64)).ok();
        if let Some(old) = self.timer.replace(timer) {
            old.clear();
        }
    }

    /// The known state, at the server's current time.
    fn known(&self) -> SessionNews {
        SessionNews::State(SessionState { now: self.clock.now(), ..self.state.borrow().clone() })
    }
}

/// Shows the current state, and schedules the next change.
fn tick() {
    let Some(session) = session() else { return };
    if let Some(why) = why_ended() {
        if why == UNREACHABLE {
            check(OVER);
            session.later(ASK_AGAIN);
        }
        return;
    }
    if Date::now() > session.due.get() + LATE {
        check("");
    }
    let SessionState { idle_until, absolute_until, .. } = *session.state.borrow();
    let left = idle_until - session.clock.now();
    let is_last = idle_until >= absolute_until;
    session.later(if left > session.warning {
        session.view.hide();
        left - session.warning
    } else if left <= 0 {
        // Another tab or device may have moved the end.
        check(if is_last { ABSOLUTE } else { IDLE });
        ASK_AGAIN
    } else if session.asked_about.replace(idle_until) != idle_until {
        check("");
        1
    } else if is_last && left > LAST_CALL && session.put_away.get() == absolute_until {
        session.view.hide();
        left - LAST_CALL
    } else {
        session.view.show(left, is_last.then_some(absolute_until), &session.clock);
        1
    });
}

/// Handles a message from the server's stream or from another tab.
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

/// Applies the times of the session. If a message from another tab would change the state of this page, the server is
/// asked first: it may be about another user, or outdated.
fn take(state: SessionState, source: Source) {
    let Some(session) = session() else { return };
    let is_known = session.state.borrow().tag == state.tag;
    if source == Source::Tab {
        if !is_known || is_ended() {
            return check("");
        }
        // Messages take time, never less than none, so the clock that is ahead is right.
        let (told, known) = (state.now as f64 * 1000.0, session.clock.millis());
        if told + BEHIND < known {
            session_link::tell(&session.known());
        } else if told > known {
            session.clock.set(state.now);
        }
        let mut last = session.state.borrow_mut();
        last.absolute_until = last.absolute_until.max(state.absolute_until);
        last.idle_until = last.idle_until.max(state.idle_until);
        drop(last);
        return tick();
    }
    if !is_known {
        return end(REPLACED);
    }
    session.clock.set(state.now);
    session.state.replace(state);
    if is_ended() {
        session.view.wake();
    }
    session_link::listen();
    tick();
}

/// Asks the server once before a message is trusted; `why` is the reason in the message, if any.
fn check(why: &str) {
    let Some(session) = session().filter(|session| !session.is_leaving.get()) else { return };
    // A reported reason takes precedence over the clock.
    if !why.is_empty() && (session.heard.borrow().is_empty() || ![IDLE, ABSOLUTE, OVER].contains(&why)) {
        session.heard.replace(why.to_owned());
    }
    if session.is_asking.replace(true) {
        return;
    }
    let number = session.asked.get() + 1;
    session.asked.set(number);
    later::run(Work::CheckSession(number), move || answered(number, Err(AppError::Offline)));
    set_timeout(move || answered(number, Err(AppError::Offline)), ANSWER_COMES);
}

/// The response to that check, or its timeout, whichever comes first.
pub fn answered(number: u32, came: Result<SessionState, AppError>) {
    let Some(session) = session() else { return };
    if session.asked.get() != number || !session.is_asking.replace(false) {
        return;
    }
    let why = session.heard.take();
    let (left, known) = {
        let state = session.state.borrow();
        (state.idle_until - session.clock.now(), state.idle_until)
    };
    match came {
        Ok(state) => {
            if state.idle_until != known {
                session_link::tell(&SessionNews::State(state.clone()));
            }
            take(state, Source::Server);
        }
        Err(AppError::SignedOut) if !why.is_empty() => end(&why),
        Err(AppError::SignedOut) if left <= 0 => tick(),
        // The reason is still on its way.
        Err(AppError::SignedOut) if !is_ended() => set_timeout(|| check(OVER), REASON_COMES),
        Err(AppError::SignedOut) => {}
        Err(_) if why.is_empty() => tick(),
        // It may have ended or been extended: nothing is shown, and it is checked again.
        Err(_) => {
            session.heard.replace(why);
            end(UNREACHABLE);
            session.later(ASK_AGAIN);
        }
    }
}

/// The session has ended, or may have: shown once, and again if more is known.
fn end(why: &str) {
    let Some(session) = session().filter(|session| !session.is_leaving.get()) else { return };
    if drafts::goes_with(why) {
        drafts::forget_all();
    }
    let is_news = match why_ended().as_deref() {
        None => true,
        Some(UNREACHABLE) => why != UNREACHABLE,
        Some(OVER) => why != OVER && why != UNREACHABLE,
        Some(_) => false,
    };
    if is_news {
        session_link::rest();
        session.view.end(why);
    }
}

/// "Stay signed in": one request, and every tab is informed.
fn stay(event: SubmitEvent) {
    event.prevent_default();
    later::run(Work::StaySignedIn, move || dom::send_form(&event));
}

/// The response to that request.
pub fn stayed(came: Result<SessionState, AppError>) {
    let Some(session) = session() else { return };
    match came {
        Ok(state) => {
            session_link::tell(&SessionNews::State(state.clone()));
            take(state, Source::Server);
            if !is_ended() {
                session.view.say(&texts::text(island_text::SIGNED_IN));
            }
        }
        Err(AppError::SignedOut) => check(""),
        Err(error) => {
            session
                .view
                .say_trouble(&texts::filled(&texts::text(island_text::FAILED), &texts::failure(&error)));
        }
    }
}

fn pressed(event: MouseEvent) {
    let Some(session) = session() else { return };
    if dom::link_of(&event).is_some() {
        session.view.aim();
        if let Ok(Some(form)) = document().query_selector("dialog[open] form[data-draft]") {
            later::run(Work::LeaveDraft(form), || ());
        }
    } else if dom::target(&event)
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|target| dom::is_part(&target, part::NOT_NOW))
    {
        session.put_away.set(session.state.borrow().absolute_until);
        tick();
    }
}
