//! What an API has accepted and does later: the page asks for its state until it has ended, and then reads its panels again.

use std::{cell::Cell, time::Duration};

use claimcheck_model::AppError;
use leptos::{
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::{document, window},
    task::spawn_local,
};
use web_sys::{Element, Event};

use super::form;
use crate::{
    islands::{dom, session_notice},
    server_fns::job_state,
};

/// On a message about what is not done yet: the URL that asks for its state; empty if that cannot be asked.
const JOB: &str = "data-job";
/// On the same: the seconds until then. Without it, the page does not ask by itself.
const WAIT: &str = "data-wait";
/// The longest pause in seconds after failures.
const WAIT_MAX: usize = 60;

thread_local! {
    /// The timer that asks next, and its seconds.
    static NEXT: Cell<Option<(usize, TimeoutHandle)>> = const { Cell::new(None) };
}

/// Asks later for everything that messages on the page are waiting for, unless that is planned with the same or a shorter
/// pause. A longer one, as an API may demand, must not hold up a new message.
pub fn follow() {
    let Some(secs) = jobs().iter().filter_map(|job| dom::number(job, WAIT)).min() else { return };
    let planned = NEXT.get();
    if planned.is_some_and(|(planned, _)| planned <= secs) {
        return;
    }
    if let Some((_, timer)) = planned {
        timer.clear();
    }
    let ask = || {
        NEXT.set(None);
        ask();
    };
    let timer = set_timeout_with_handle(ask, Duration::from_secs(secs as u64)).ok();
    NEXT.set(timer.map(|timer| (secs, timer)));
}

fn jobs() -> Vec<Element> {
    document().body().map(|body| dom::all(&body, "[data-wait]")).unwrap_or_default()
}

fn ask() {
    // Nothing is lost: the session may run again.
    if session_notice::is_ended() {
        return follow();
    }
    let mut pages: Vec<String> = jobs().iter().filter_map(|job| job.get_attribute(JOB)).collect();
    pages.sort_unstable();
    pages.dedup();
    spawn_local(async move {
        let mut has_ended = false;
        for page in pages {
            let of_page =
                || jobs().into_iter().filter(|job| job.get_attribute(JOB).as_deref() == Some(&page));
            if page.is_empty() {
                has_ended = true;
                of_page().for_each(|job| drop(job.remove_attribute(WAIT)));
                continue;
            }
            match job_state(page.clone()).await {
                Ok(state) => {
                    of_page().for_each(|job| job.set_outer_html(&state.html));
                    if !state.html.contains(WAIT) {
                        has_ended = true;
                        if !state.html.is_empty() {
                            form::say_for_a_while(&state.html);
                        }
                    }
                }
                // The board is gone, or no longer for this user.
                Err(AppError::NotFound | AppError::Forbidden(_)) => {
                    of_page().for_each(|job| drop(job.remove_attribute(WAIT)));
                }
                Err(_) => of_page().for_each(|job| {
                    let secs = dom::number(&job, WAIT).unwrap_or(1) * 2;
                    let _ = job.set_attribute(WAIT, &secs.min(WAIT_MAX).to_string());
                }),
            }
        }
        if has_ended && let Ok(event) = Event::new(session_notice::WAKE) {
            let _ = window().dispatch_event(&event);
        }
        follow();
    });
}
