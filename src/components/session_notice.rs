//! The notices about a page's session: that it is about to end, and that it has ended, with the reason. Hidden until the
//! island around them shows one; with scripts off neither is shown.

use claimcheck_model::{SessionState, functions, part, paths};
use claimcheck_text::{Language, parts, t};
use leptos::prelude::*;
use maud::html;

use crate::components::{cell::inert, duration, icon, icon_markup, language, segments_markup};

/// The notice appears this many seconds before the end, or a fifth of the idle timeout if that is shorter; at least
/// [`LEAST_WARNING`] (WCAG 2.2.1), but never before half of the idle timeout has passed.
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
    let language = language();
    // The island adds the current URL to return to.
    let again = paths::SIGN_IN.href();
    let countdown = html! { span.num data-part="countdown" {} };
    let end = html! { span.num data-part=(part::TIME.name()) { (ends_at) } };
    inert(html! {
        section.session-notice #session-notice aria-label=(t!(language, "session-label")) hidden data-state=(state)
            data-warning=(warning(idle_secs)) {
            (icon_markup(icon::WARNING))
            div data-part=(part::IDLE.name()) hidden {
                p { (segments_markup(parts!(language, "session-idle", time = countdown))) }
                p.trouble data-part="trouble" role="status" {}
                form method="post" action=(functions::STAY_SIGNED_IN.path.href()) {
                    button.button.primary type="submit" data-part="stay" { (t!(language, "session-stay")) }
                }
            }
            div data-part=(part::ABSOLUTE.name()) hidden {
                p { (segments_markup(parts!(language, "session-absolute", time = end))) }
                p.actions {
                    a.button.primary data-part=(part::AGAIN.name()) href=(again) { (t!(language, "sign-in-again")) }
                    button.button type="button" data-part="not-now" { (t!(language, "not-now")) }
                }
            }
        }
        section.session-ended #session-ended aria-label=(t!(language, "session-status-label")) hidden {
            (icon_markup(icon::WARNING))
            p role="alert" data-part="why" {}
            p.kept { (t!(language, "session-kept")) }
            a.button.primary data-part=(part::AGAIN.name()) href=(again) target="_blank" rel="noopener" {
                (t!(language, "session-sign-in-new-tab"))
            }
            ul hidden {
                @for why in claimcheck_model::ENDS.into_iter().chain([claimcheck_model::UNREACHABLE]) {
                    li data-why=(why) { (end_text(language, why, idle_secs)) }
                }
            }
        }
        p.visually-hidden role="status" data-part="said" {}
    })
}

/// How many seconds before the end the notice appears.
fn warning(idle_secs: i64) -> i64 {
    WARNING.min(idle_secs / 5).max(LEAST_WARNING).min(idle_secs / 2)
}

/// The text for the end of a session, by its reason: one of [`claimcheck_model::ENDS`].
fn end_text(language: Language, why: &str, idle_secs: i64) -> String {
    let text = match why {
        "signed-out" => t!(language, "session-ended-signed-out"),
        "elsewhere" => t!(language, "session-ended-elsewhere"),
        "provider" => t!(language, "session-ended-provider"),
        "operator" => t!(language, "session-ended-operator"),
        "refused" => t!(language, "session-ended-refused"),
        "not-allowed" => t!(language, "session-ended-not-allowed"),
        "too-many" => t!(language, "session-ended-too-many"),
        claimcheck_model::REPLACED => t!(language, "session-ended-replaced"),
        claimcheck_model::IDLE => {
            return t!(language, "session-ended-idle", time = duration::rounded(language, idle_secs));
        }
        claimcheck_model::ABSOLUTE => t!(language, "session-ended-absolute"),
        claimcheck_model::UNREACHABLE => t!(language, "session-unreachable"),
        _ => t!(language, "session-ended"),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Language, warning};

    fn end_text(why: &str, idle_secs: i64) -> String {
        super::end_text(Language::default(), why, idle_secs)
    }

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
    fn a_warning_leaves_time_to_act() {
        let cases = [(43_200, 120), (1800, 120), (600, 120), (300, 60), (90, 20), (40, 20), (20, 10), (1, 0)];
        for (idle_secs, before) in cases {
            assert_eq!(warning(idle_secs), before, "{idle_secs}");
        }
    }
}
