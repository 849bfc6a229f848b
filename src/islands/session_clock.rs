//! The server's clock, as well as a page can know it: the last time from the server, plus the time since then by
//! whichever of the browser's two clocks advanced further. One can be set back, the other may stop while the machine
//! sleeps.

use std::cell::Cell;

use js_sys::Date;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// `performance.now()`: milliseconds, never set back.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn run_time() -> f64;
}

/// All times in milliseconds.
pub struct Countdown {
    /// The time from the server.
    said: Cell<f64>,
    /// The times of this browser's clocks then.
    date: Cell<f64>,
    run: Cell<f64>,
}

impl Countdown {
    /// The server's time is `now`, in Unix seconds.
    pub fn new(now: i64) -> Self {
        let clock = Self { said: Cell::default(), date: Cell::default(), run: Cell::default() };
        clock.set(now);
        clock
    }

    /// Updates the server's time, as in [`Countdown::new`].
    pub fn set(&self, now: i64) {
        self.said.set(now as f64 * 1000.0);
        self.date.set(Date::now());
        self.run.set(run_time());
    }

    /// Milliseconds since the last time from the server.
    pub fn elapsed(&self) -> f64 {
        (Date::now() - self.date.get()).max(run_time() - self.run.get())
    }

    /// The server's time, in Unix milliseconds.
    pub fn millis(&self) -> f64 {
        self.said.get() + self.elapsed()
    }

    /// The server's time, in Unix seconds.
    pub fn now(&self) -> i64 {
        (self.millis() / 1000.0) as i64
    }

    /// A time of the server, in Unix seconds, by this browser's clock.
    pub fn local(&self, at: i64) -> Date {
        Date::new(&JsValue::from(Date::now() + at as f64 * 1000.0 - self.millis()))
    }
}
