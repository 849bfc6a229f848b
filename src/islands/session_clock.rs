//! The server's clock, as well as a page can know it: what the server said last, and the time since then by whichever of
//! the browser's two clocks went further. One can be set back, the other may stand still while the machine sleeps.

use std::cell::Cell;

use js_sys::Date;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// `performance.now()`: milliseconds, never set back.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn run_time() -> f64;
}

/// All in milliseconds.
pub struct Countdown {
    /// What the server said.
    said: Cell<f64>,
    /// What this browser's clocks said then.
    date: Cell<f64>,
    run: Cell<f64>,
}

impl Countdown {
    /// The server says that it is `now`, in Unix seconds.
    pub fn new(now: i64) -> Self {
        let clock = Self { said: Cell::default(), date: Cell::default(), run: Cell::default() };
        clock.set(now);
        clock
    }

    /// As [`Countdown::new`], once more.
    pub fn set(&self, now: i64) {
        self.said.set(now as f64 * 1000.0);
        self.date.set(Date::now());
        self.run.set(run_time());
    }

    /// Milliseconds since the server said what time it is.
    pub fn elapsed(&self) -> f64 {
        (Date::now() - self.date.get()).max(run_time() - self.run.get())
    }

    /// The time by the server's clock, in Unix milliseconds.
    pub fn millis(&self) -> f64 {
        self.said.get() + self.elapsed()
    }

    /// The time by the server's clock, in Unix seconds.
    pub fn now(&self) -> i64 {
        (self.millis() / 1000.0) as i64
    }

    /// A time of the server's, in Unix seconds, by this browser's clock.
    pub fn local(&self, at: i64) -> Date {
        Date::new(&JsValue::from(Date::now() + at as f64 * 1000.0 - self.millis()))
    }
}
