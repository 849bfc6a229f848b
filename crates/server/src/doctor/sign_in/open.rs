//! Opens a link in a browser, if somebody sits at a terminal. It is a help only: the link is printed in any case.

use std::{
    io::{self, IsTerminal},
    process::{Command, Stdio},
    thread,
};

/// The program that opens links on this system.
const PROGRAM: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Opens the link, if standard error is a terminal. Failures are ignored.
pub fn open_link(link: &str) {
    if io::stderr().is_terminal() {
        let quiet = Stdio::null;
        let started = Command::new(PROGRAM).arg(link).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
        if let Ok(mut browser) = started {
            thread::spawn(move || browser.wait());
        }
    }
}
