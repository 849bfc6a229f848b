//! Where a page hears of its session: one event stream a browser, opened by the tab that holds a Web Lock, which passes on
//! what it hears to the others by BroadcastChannel; when it goes, the next one takes over. Browsers without locks: one a tab.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use claimcheck_model::{SessionNews, paths};
use js_sys::{Function, Promise};
use leptos::{ev, leptos_dom::helpers::window_event_listener, prelude::set_timeout};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

const LOCK: &str = "claimcheck-events";
const CHANNEL: &str = "claimcheck";
/// A stream that the server closed for good is opened again after so long, and longer each time.
const AGAIN_SECS: u64 = 5;
const AGAIN_SECS_MAX: u64 = 60;

/// Who said something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Server,
    Tab,
}

/// Takes what was told, and who told it.
pub type Hear = fn(&str, Source);

#[wasm_bindgen]
extern "C" {
    /// Fails where the browser has no locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, work: &JsValue) -> Result<JsValue, JsValue>;
}

/// This tab's part in it.
#[derive(Default)]
struct Link {
    hear: Cell<Option<Hear>>,
    closed: Cell<Option<fn()>>,
    channel: RefCell<Option<BroadcastChannel>>,
    stream: RefCell<Option<EventSource>>,
    /// Gives the lock to the next tab.
    release: RefCell<Option<Function>>,
    /// This tab wants to know what happens to its session.
    is_wanted: Cell<bool>,
    /// It is this tab's to have the stream open.
    is_its_turn: Cell<bool>,
    /// It is about to open it again.
    is_pausing: Cell<bool>,
    failures: Cell<u32>,
}

thread_local! {
    static LINK: Link = Link::default();
}

/// From now on `hear` is called with what is told, and `closed` when the server has closed the stream for good.
pub fn join(hear: Hear, closed: fn()) {
    LINK.with(|link| {
        link.hear.set(Some(hear));
        link.closed.set(Some(closed));
        if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
            channel.set_onmessage(Some(&on_message(Source::Tab)));
            link.channel.replace(Some(channel));
        }
    });
    // A page that is left gives its turn to the next at once, also where the browser keeps it for later.
    window_event_listener(ev::pagehide, |_| rest());
}

/// Tells the other tabs.
pub fn tell(news: &SessionNews) {
    LINK.with(|link| {
        if let Some(channel) = &*link.channel.borrow() {
            let _ = channel.post_message(&news.to_string().into());
        }
    });
}

/// Sees to it that this tab or another has the stream open.
pub fn listen() {
    LINK.with(|link| {
        if link.is_wanted.replace(true) {
            if link.is_its_turn.get() && link.stream.borrow().is_none() {
                again(link);
            }
            return;
        }
        let granted = Closure::<dyn FnMut() -> JsValue>::new(granted).into_js_value();
        if request_lock(LOCK, &granted).is_err() {
            link.is_its_turn.set(true);
            open();
        }
    });
}

/// This tab need not hear anything for now: another may have its turn.
pub fn rest() {
    LINK.with(|link| {
        link.is_wanted.set(false);
        link.is_its_turn.set(false);
        if let Some(stream) = link.stream.take() {
            stream.close();
        }
        if let Some(release) = link.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    });
}

/// The lock is this tab's for as long as the promise that this returns is open.
fn granted() -> JsValue {
    LINK.with(|link| {
        // It was asked for before the session ended, or twice.
        if !link.is_wanted.get() || link.is_its_turn.replace(true) {
            return JsValue::UNDEFINED;
        }
        open();
        let mut keep = |release: Function, _: Function| {
            link.release.replace(Some(release));
        };
        Promise::new(&mut keep).into()
    })
}

fn open() {
    let Ok(stream) = EventSource::new(paths::EVENTS) else { return };
    stream.set_onmessage(Some(&on_message(Source::Server)));
    let failed = Closure::<dyn FnMut()>::new(|| {
        LINK.with(|link| {
            // Else the browser itself comes back.
            let is_closed = link
                .stream
                .borrow()
                .as_ref()
                .is_some_and(|stream| stream.ready_state() == EventSource::CLOSED);
            if is_closed {
                link.stream.take();
                again(link);
                if let Some(closed) = link.closed.get() {
                    closed();
                }
            }
        });
    });
    stream.set_onerror(Some(failed.into_js_value().unchecked_ref()));
    LINK.with(|link| link.stream.replace(Some(stream)));
}

/// Opens the stream again in a while, if it is still this tab's turn then.
fn again(link: &Link) {
    if link.is_pausing.replace(true) {
        return;
    }
    let failures = link.failures.get();
    link.failures.set(failures + 1);
    let secs = (AGAIN_SECS << failures.min(4)).min(AGAIN_SECS_MAX);
    set_timeout(
        || {
            LINK.with(|link| {
                link.is_pausing.set(false);
                if link.is_its_turn.get() && link.stream.borrow().is_none() {
                    open();
                }
            });
        },
        Duration::from_secs(secs),
    );
}

fn on_message(source: Source) -> Function {
    let told = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let (Some(text), Some(hear)) = (event.data().as_string(), LINK.with(|link| link.hear.get())) else {
            return;
        };
        if source == Source::Server {
            LINK.with(|link| {
                link.failures.set(0);
                // After its end the server has no more to say.
                if let Some(stream) = link.stream.borrow_mut().take_if(|_| text.starts_with("ended")) {
                    stream.close();
                }
            });
        }
        hear(&text, source);
    });
    told.into_js_value().unchecked_into()
}
