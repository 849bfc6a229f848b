//! How a page receives news about its session: one event stream per browser, opened by the tab that holds a Web Lock,
//! which forwards messages to the others by BroadcastChannel. When it closes, the next tab takes over. In browsers
//! without locks, each tab has its own.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use claimcheck_model::{SessionNews, paths, storage::own_name};
use js_sys::{Function, Promise};
use leptos::{ev, leptos_dom::helpers::window_event_listener, prelude::set_timeout};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

const LOCK: &str = "claimcheck-events";
const CHANNEL: &str = "claimcheck";
/// The pause before a stream that the server closed for good is opened again; it grows each time.
const AGAIN_SECS: u64 = 5;
const AGAIN_SECS_MAX: u64 = 60;

/// The sender of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Server,
    Tab,
}

/// Handles a message and its sender.
pub type Hear = fn(&str, Source);

#[wasm_bindgen]
extern "C" {
    /// Fails if the browser has no locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, work: &JsValue) -> Result<JsValue, JsValue>;
}

/// The state of this tab.
#[derive(Default)]
struct Link {
    hear: Cell<Option<Hear>>,
    closed: Cell<Option<fn()>>,
    channel: RefCell<Option<BroadcastChannel>>,
    stream: RefCell<Option<EventSource>>,
    /// Passes the lock to the next tab.
    release: RefCell<Option<Function>>,
    /// This tab wants news about its session.
    is_wanted: Cell<bool>,
    /// This tab holds the lock, so it opens the stream.
    is_its_turn: Cell<bool>,
    /// It is about to open the stream again.
    is_pausing: Cell<bool>,
    failures: Cell<u32>,
}

thread_local! {
    static LINK: Link = Link::default();
}

/// From now on `hear` is called with each message, and `closed` when the server has closed the stream for good.
pub fn join(hear: Hear, closed: fn()) {
    LINK.with(|link| {
        link.hear.set(Some(hear));
        link.closed.set(Some(closed));
        if let Ok(channel) = BroadcastChannel::new(&own_name(CHANNEL)) {
            channel.set_onmessage(Some(&on_message(Source::Tab)));
            link.channel.replace(Some(channel));
        }
    });
    // A page that is left releases the lock at once, even if the browser keeps the page for later.
    window_event_listener(ev::pagehide, |_| rest());
}

/// Sends a message to the other tabs.
pub fn tell(news: &SessionNews) {
    LINK.with(|link| {
        if let Some(channel) = &*link.channel.borrow() {
            let _ = channel.post_message(&news.to_string().into());
        }
    });
}

/// Ensures that this tab or another has the stream open.
pub fn listen() {
    LINK.with(|link| {
        if link.is_wanted.replace(true) {
            if link.is_its_turn.get() && link.stream.borrow().is_none() {
                again(link);
            }
            return;
        }
        let granted = Closure::<dyn FnMut() -> JsValue>::new(granted).into_js_value();
        if request_lock(&own_name(LOCK), &granted).is_err() {
            link.is_its_turn.set(true);
            open();
        }
    });
}

/// This tab needs no news for now, so another may take over.
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

/// This tab holds the lock while the promise that this returns is pending.
fn granted() -> JsValue {
    LINK.with(|link| {
        // It was requested before the session ended, or twice.
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
    let Ok(stream) = EventSource::new(&paths::EVENTS.href()) else { return };
    stream.set_onmessage(Some(&on_message(Source::Server)));
    let failed = Closure::<dyn FnMut()>::new(|| {
        LINK.with(|link| {
            // Otherwise the browser reconnects by itself.
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

/// Opens the stream again later, if this tab still holds the lock then.
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
                // After the end, the server sends nothing more.
                if let Some(stream) = link.stream.borrow_mut().take_if(|_| text.starts_with("ended")) {
                    stream.close();
                }
            });
        }
        hear(&text, source);
    });
    told.into_js_value().unchecked_into()
}
