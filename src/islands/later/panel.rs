//! The content of a panel: filtered and sorted in place, refreshed, and marked as stale.

use std::time::Duration;

use claimcheck_model::{
    AppError, Markup, OUTAGE_FOLLOWS, island_text,
    part::{self, Part},
};
use leptos::{prelude::*, task::spawn_local};
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::{address, content, drawer, job, table::Table};
use crate::{
    islands::{
        dom,
        live_panel::{FAILURE, has_failed},
        session_notice, texts,
    },
    server_fns::panel_when_ready,
};

/// The pause in typing after which the API is searched.
const TYPING_RESTS: Duration = Duration::from_millis(300);
/// How often its user has typed or searched.
const TYPED: &str = "data-typed";
/// After a failure, a panel retries by itself.
const RETRY: Duration = Duration::from_secs(10);

/// Text was typed into the filter.
pub fn typed(root: HtmlElement) {
    let table = Table::of(&root);
    let Some(field) = table.filter_field() else { return };
    if !table.is_searched_by_api() {
        let text = field.value();
        table.filter(&text);
        address::set(&[(&field.name(), text.trim())]);
        return;
    }
    let count = count_typed(&root);
    set_timeout(
        move || {
            if dom::number(&root, TYPED) == Some(count) {
                search(&root, &field);
            }
        },
        TYPING_RESTS,
    );
}

fn count_typed(root: &Element) -> usize {
    let count = dom::number(root, TYPED).unwrap_or_default() + 1;
    let _ = root.set_attribute(TYPED, &count.to_string());
    count
}

/// The filter was submitted. A filter that the browser applies works while the user types.
pub fn submitted(root: &HtmlElement) {
    let table = Table::of(root);
    if let Some(field) = table.filter_field().filter(|_| table.is_searched_by_api()) {
        count_typed(root);
        search(root, &field);
    }
}

/// A link was pressed.
pub fn pressed(root: &HtmlElement, link: &Element) {
    let (table, page) = (Table::of(root), parameter("page", root));
    let name = dom::part_name(link);
    if let Some(head) = link.closest("th[data-key]").ok().flatten() {
        let key = head.get_attribute("data-key").unwrap_or_default();
        let word = if Table::is_ascending(&head) { "desc" } else { "asc" };
        let (sort, order) = (parameter("sort", root), parameter("order", root));
        address::set(&[(&sort, &key), (&order, word)]);
        if table.is_sorted_by_api() {
            address::set(&[(&page, "")]);
            reload(root, Trigger::ByPerson);
        } else {
            table.sort_by(&head);
        }
        return;
    }
    match Part::named(&name) {
        part::CLEAR => {
            let name = table.clear_filter();
            address::set(&[(&name.unwrap_or_default(), "")]);
            if table.is_searched_by_api() {
                address::set(&[(&page, "")]);
                reload(root, Trigger::ByPerson);
            }
        }
        part::PAGE => {
            address::set(&[(&page, &link.get_attribute("data-page").unwrap_or_default())]);
            reload(root, Trigger::ByPerson);
        }
        part::ROW => drawer::open(root, link),
        _ => reload(root, Trigger::ByPerson),
    }
}

/// Searches the API for the text in the field, from the first page.
fn search(root: &HtmlElement, field: &HtmlInputElement) {
    address::set(&[(&field.name(), field.value().trim()), (&parameter("page", root), "")]);
    reload(root, Trigger::ByPerson);
}

/// Marks the panel while the user waits for it.
const BY_PERSON: &str = "data-by-person";

/// The reason for refreshing a panel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    ByPerson,
    /// The timer, which does not count as activity.
    ByItself,
}

/// The name of one of this panel's query parameters.
fn parameter(name: &str, root: &Element) -> String {
    claimcheck_model::parameter(name, &root.get_attribute("data-panel").unwrap_or_default())
}

/// Fetches the panel and shows the result, or marks it as stale. One fetch at a time.
pub fn reload(root: &HtmlElement, asked: Trigger) {
    let (Some(board), Some(panel)) = (root.get_attribute("data-board"), root.get_attribute("data-panel"))
    else {
        return;
    };
    // The query is in the URL: the page fetches it when its session runs again.
    if session_notice::is_ended() {
        return;
    }
    if asked == Trigger::ByPerson {
        let _ = root.set_attribute(BY_PERSON, "");
    }
    if dom::is_busy(root) {
        return;
    }
    dom::set_busy(root, true);
    let root = root.clone();
    spawn_local(async move {
        // If the query changes while the response is on its way, that response is outdated.
        let came = loop {
            let (question, by_person) = (address::asked_of(&panel), root.has_attribute(BY_PERSON));
            let ask = || panel_when_ready(board.clone(), panel.clone(), address::query(), by_person);
            let mut came = ask().await;
            if came == Err(AppError::SignedOut) {
                // Another tab may have signed in just now, so this is checked once more.
                came = ask().await;
            }
            // A response to the timer's request does not answer the user's: their activity has to be recorded.
            if question == address::asked_of(&panel) && by_person == root.has_attribute(BY_PERSON) {
                break came;
            }
        };
        dom::set_busy(&root, false);
        let by_person = root.has_attribute(BY_PERSON);
        let _ = root.remove_attribute(BY_PERSON);
        match came {
            // The next refresh shows it.
            Ok(_) if !by_person && content::has_open_menu(&root) => retry(root),
            Ok(mut markup) => {
                if by_person {
                    session_notice::acted();
                }
                let outage = outage_of(&mut markup);
                match show(&root, &markup) {
                    Some(why) => stale(root.clone(), &why),
                    None if has_failed(&root) => retry(root.clone()),
                    None => {}
                }
                notify(&root, outage);
                job::follow();
            }
            // The page's notice checks that, shows the result, and triggers this again. No input is lost.
            Err(AppError::SignedOut) => {
                dom::say_stale(&root, "");
                if session_notice::doubt() {
                    retry(root);
                } else if by_person {
                    // The page itself redirects through the sign-in and back.
                    dom::reload_page();
                }
            }
            Err(error) => stale(root, &texts::failure(&error)),
        }
    });
}

/// Marks the content as stale, and retries later; one timer per panel.
fn stale(root: HtmlElement, why: &str) {
    dom::say_stale(&root, &texts::filled(&texts::text(island_text::RETRYING), why));
    retry(root);
}

/// Retries later, if the content is stale or a failure then.
pub fn retry(root: HtmlElement) {
    if root.has_attribute("data-retrying") {
        return;
    }
    let _ = root.set_attribute("data-retrying", "");
    if let Some(notice) = notice_of(&root) {
        count_down(&notice);
    }
    set_timeout(
        move || {
            let _ = root.remove_attribute("data-retrying");
            if has_failed(&root) && !document().hidden() {
                reload(&root, Trigger::ByItself);
            }
        },
        RETRY,
    );
}

/// Takes the text for the notice of the board from the failure of a panel.
fn outage_of(markup: &mut Markup) -> Option<String> {
    let failure = markup.failure.as_mut()?;
    let text = failure.split_off(failure.find(OUTAGE_FOLLOWS)?);
    Some(text)
}

/// Shows this in the notice about the panel's API, or hides the notice if no panel of that API fails.
fn notify(root: &Element, outage: Option<String>) {
    let Some(notice) = notice_of(root) else { return };
    if let Some(text) = outage {
        let (words, marks) = (text.trim_start_matches(OUTAGE_FOLLOWS), text.matches(OUTAGE_FOLLOWS).count());
        dom::set_text(&notice, part::OUTAGE, words);
        let _ = notice.toggle_attribute_with_force(TIMED, marks > 1);
        dom::set_hidden(&notice, false);
        count_down(&notice);
        return;
    }
    let failing = ["[data-outage=", &notice.id(), "]:is([data-stale],[data-failure])"].concat();
    if let Ok(None) = document().query_selector(&failing) {
        dom::set_hidden(&notice, true);
    }
}

/// The notice about the panel's API, if the board has one.
fn notice_of(root: &Element) -> Option<Element> {
    document().get_element_by_id(&root.get_attribute("data-outage")?)
}

/// The API named the time at which it is asked again, so there is no countdown.
const TIMED: &str = "data-timed";

/// Counts the seconds until panels try again, in a visible notice.
fn count_down(notice: &Element) {
    if notice.has_attribute("hidden") || notice.has_attribute(TIMED) || notice.has_attribute(COUNTING) {
        return;
    }
    let _ = notice.set_attribute(COUNTING, "");
    tick(notice.clone(), RETRY.as_secs());
}

/// Marks a notice that counts.
const COUNTING: &str = "data-counting";

fn tick(notice: Element, left: u64) {
    if left == 0 || notice.has_attribute("hidden") {
        dom::set_text(&notice, part::COUNTDOWN, "");
        let _ = notice.remove_attribute(COUNTING);
        return;
    }
    dom::set_text(&notice, part::COUNTDOWN, &[&left.to_string(), "\u{a0}s"].concat());
    set_timeout(move || tick(notice, left - 1), Duration::from_secs(1));
}

/// Shows the response. If it is a failure and there is data, the data stays, and the failure is returned. A failure
/// that is already shown is not announced again.
fn show(root: &Element, markup: &Markup) -> Option<String> {
    let failure = markup.failure.clone();
    if failure.is_some() && content::has_data(root) {
        return failure;
    }
    let said = root.get_attribute(FAILURE);
    if failure.is_none() || failure != said || dom::is_stale(root) {
        content::take_over(root, &markup.html);
    }
    let _ = match &failure {
        Some(failure) => root.set_attribute(FAILURE, failure),
        None => root.remove_attribute(FAILURE),
    };
    None
}
