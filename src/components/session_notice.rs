//! The notices about a page's session: that it is about to end, and that it has ended, with the reason. Hidden until the
//! island around them shows one; with scripts off neither is shown.

use claimcheck_model::{SessionState, functions, part, paths};
use leptos::prelude::*;

use crate::components::{Icon, icon};

/// A notice comes this many seconds before the end, or a fifth of the idle time where that is shorter; at least
/// [`LEAST_WARNING`] (WCAG 2.2.1), but never before half of the idle time is over.
const WARNING: i64 = 120;
/// Seconds (WCAG 2.2.1).
const LEAST_WARNING: i64 = 20;

/// The notice, the texts for every end, and a line for screen readers.
#[component]
pub fn SessionNoticeView(
    state: SessionState,
    /// The idle timeout, in seconds.
    idle_secs: i64,
    /// The end of the absolute lifetime, in the user's locale.
    ends_at: String,
) -> impl IntoView {
    // The island adds the current URL to return to.
    let again = paths::SIGN_IN;
    let texts = claimcheck_model::ENDS
        .into_iter()
        .chain([claimcheck_model::UNREACHABLE])
        .map(|why| view! { <li data-why=why>{end_text(why, idle_secs)}</li> })
        .collect::<Vec<_>>();
    view! {
        <section
            class="session-notice"
            id="session-notice"
            aria-label="Your session"
            hidden
            data-state=state.to_string()
            data-warning=warning(idle_secs)
        >
            <Icon d=icon::WARNING/>
            <div data-part=part::IDLE hidden>
                <p>
                    "You will be signed out in " <span class="num" data-part="countdown"></span>
                    " because nothing has happened here."
                </p>
                <p class="trouble" data-part="trouble" role="status"></p>
                <form method="post" action=functions::STAY_SIGNED_IN.path>
                    <button class="button primary" type="submit" data-part="stay">
                        "Stay signed in"
                    </button>
                </form>
            </div>
            <div data-part=part::ABSOLUTE hidden>
                <p>
                    "Your session ends at " <span class="num" data-part=part::TIME>{ends_at}</span>
                    " whatever you do. To go on after that, sign in again."
                </p>
                <p class="actions">
                    <a class="button primary" data-part=part::AGAIN href=again>
                        "Sign in again"
                    </a>
                    <button class="button" type="button" data-part="not-now">
                        "Not now"
                    </button>
                </p>
            </div>
        </section>
        <section class="session-ended" id="session-ended" aria-label="Whether you are signed in" hidden>
            <Icon d=icon::WARNING/>
            <p role="alert" data-part="why"></p>
            <p class="kept">
                "What you typed is still here. Sign in again in a new tab, and your data show here, too."
            </p>
            <a class="button primary" data-part=part::AGAIN href=again target="_blank" rel="noopener">
                "Sign in again in a new tab"
            </a>
            <ul hidden>{texts}</ul>
        </section>
        <p class="visually-hidden" role="status" data-part="said"></p>
    }
}

/// How many seconds before its end.
fn warning(idle_secs: i64) -> i64 {
    WARNING.min(idle_secs / 5).max(LEAST_WARNING).min(idle_secs / 2)
}

/// The text for the end of a session, by its reason: one of [`claimcheck_model::ENDS`].
fn end_text(why: &str, idle_secs: i64) -> String {
    match why {
        "signed-out" => "You signed out in another window.".to_owned(),
        "elsewhere" => "You ended this session from another place.".to_owned(),
        "provider" => "Your sign-in provider signed you out.".to_owned(),
        "operator" => "The people who run this service ended your session.".to_owned(),
        "refused" => "Your sign-in provider no longer renews your access.".to_owned(),
        claimcheck_model::REPLACED => {
            "Somebody signed in anew in this browser, so this page's session is over.".to_owned()
        }
        claimcheck_model::IDLE => format!("Your session ended because nothing happened here for {}.", time(idle_secs)),
        claimcheck_model::ABSOLUTE => "Your session has lasted as long as a session may.".to_owned(),
        claimcheck_model::UNREACHABLE => {
            "This server cannot be reached, and your session may be over. What you typed is still here; your data \
             show again when the server answers that you are signed in."
                .to_owned()
        }
        _ => "Your session has ended.".to_owned(),
    }
}

/// A number of seconds as a person says it.
fn time(secs: i64) -> String {
    let (number, unit) = match secs {
        ..120 => (secs, "second"),
        120..7200 => ((secs + 30) / 60, "minute"),
        _ => ((secs + 1800) / 3600, "hour"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{end_text, time, warning};

    #[test]
    fn every_end_has_words_of_its_own() {
        let all: BTreeSet<_> = claimcheck_model::ENDS.iter().map(|why| end_text(why, 1800)).collect();
        assert_eq!(all.len(), claimcheck_model::ENDS.len());
        let unreachable = end_text(claimcheck_model::UNREACHABLE, 1800);
        assert!(!all.contains(&unreachable) && !unreachable.contains("has ended"), "it claims no end");
        assert!(all.iter().any(|words| words.contains("for 30 minutes.")));
        assert_eq!(
            end_text("new", 1800),
            end_text(claimcheck_model::OVER, 1800),
            "a word of tomorrow is no lie"
        );
    }

    #[test]
    fn times_read_as_people_say_them() {
        for (secs, said) in [
            (1, "1 second"),
            (45, "45 seconds"),
            (120, "2 minutes"),
            (1800, "30 minutes"),
            (5400, "90 minutes"),
            (7200, "2 hours"),
            (43_200, "12 hours"),
        ] {
            assert_eq!(time(secs), said);
        }
    }

    #[test]
    fn a_warning_leaves_time_to_act() {
        let cases = [(43_200, 120), (1800, 120), (600, 120), (300, 60), (90, 20), (40, 20), (20, 10), (1, 0)];
        for (idle_secs, before) in cases {
            assert_eq!(warning(idle_secs), before, "{idle_secs}");
        }
    }
}
