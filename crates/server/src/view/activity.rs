//! A user's own activity as text: what happened, where, with which outcome, and from where. Links lead only to boards and
//! rows that are there and that the user may see.

use claimcheck_model::paths;
use claimcheck_session::{ActivityLine, DEFAULT_API, Deed, LinePlace, SignedIn};
use claimcheck_text::{Language, t};

use crate::{
    config::{Board, Panel, Settings, title_from_key},
    device::{self, Kind},
    locale::LocaleFormatter,
    rights,
    view::{account, sessions::Time},
};

/// One line of the activity.
#[derive(Clone, Debug)]
pub struct ActivityEntry {
    /// What happened.
    pub what: String,
    /// The row's name, and its page.
    pub row: Option<PlaceLink>,
    /// Further facts: why, the outcome, how many.
    pub notes: Vec<String>,
    /// The board, and its page.
    pub board: Option<PlaceLink>,
    /// The browser.
    pub device: Option<String>,
    pub kind: Kind,
    pub address: Option<String>,
    /// It happened in the session that the page is shown in.
    pub is_this_session: bool,
    /// The user may want to look into it.
    pub is_unusual: bool,
    pub at: Time,
}

/// A name, and where it leads if the user may go there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceLink {
    pub name: String,
    pub href: Option<String>,
}

/// The activity of the user of `signed_in`.
pub fn activity(
    settings: &Settings,
    signed_in: &SignedIn,
    lines: Vec<ActivityLine>,
    reader: &LocaleFormatter,
) -> Vec<ActivityEntry> {
    let this = signed_in.key.reference();
    lines.into_iter().filter_map(|line| entry(settings, signed_in, &this, line, reader)).collect()
}

/// `None` for what a later version has written.
fn entry(
    settings: &Settings,
    signed_in: &SignedIn,
    this: &str,
    line: ActivityLine,
    reader: &LocaleFormatter,
) -> Option<ActivityEntry> {
    let language = reader.language();
    let device = line.user_agent.as_deref().map(|name| device::device(language, Some(name)));
    let mut entry = ActivityEntry {
        what: in_words(language, &line.what)?,
        row: None,
        notes: notes(language, &line.what),
        board: None,
        kind: device.as_ref().map_or(Kind::Computer, |device| device.kind),
        device: device.map(|device| device.words),
        address: line.address,
        is_this_session: line.session.as_deref() == Some(this),
        is_unusual: is_unusual(&line.what),
        at: Time::new(reader, line.at),
    };
    if let Deed::Acted { place, .. } | Deed::Downloaded { place, .. } = &line.what {
        let found = Place::find(settings, signed_in, place);
        let title = found.title(language, place);
        entry.what = match &line.what {
            Deed::Acted { .. } => title,
            _ => t!(language, "activity-downloaded", panel = title),
        };
        entry.board = Some(found.board_link(language, place));
        if let Deed::Acted { row: Some(name), .. } = &line.what {
            entry.row = Some(PlaceLink { href: found.row_href(place), name: name.clone() });
        }
    }
    Some(entry)
}

/// What is left of a place.
struct Place<'a> {
    board: Option<&'a Board>,
    panel: Option<&'a Panel>,
    may_see_board: bool,
    may_see_panel: bool,
}

impl<'a> Place<'a> {
    fn find(settings: &'a Settings, signed_in: &SignedIn, place: &LinePlace) -> Self {
        let board = settings.board(&place.board);
        let panel = board.and_then(|board| board.panel(place.panel.as_deref()?));
        let of_board = board.map(|board| (DEFAULT_API, &board.needs));
        let of_panel = panel.map(|panel| (panel.api.as_str(), &panel.needs));
        let may = |needs: &[_]| rights::may_follow(settings, signed_in, needs);
        let may_see_board = of_board.is_some_and(|needs| may(&[needs]));
        let may_see_panel = of_board.zip(of_panel).is_some_and(|(board, panel)| may(&[board, panel]));
        Self { board, panel, may_see_board, may_see_panel }
    }

    /// The title of the action or the panel; if it is gone, its id in words.
    fn title(&self, language: Language, place: &LinePlace) -> String {
        let (id, title) = match &place.action {
            Some(id) => {
                let action = match (&place.panel, self.panel) {
                    (Some(_), panel) => panel.and_then(|panel| panel.action(id)),
                    (None, _) => self.board.and_then(|board| board.action(id)),
                };
                (Some(id), action.map(|action| action.label.text(language)))
            }
            None => (place.panel.as_ref(), self.panel.map(|panel| panel.title.text(language))),
        };
        title.map_or_else(|| title_from_key(id.map_or("", String::as_str)), str::to_owned)
    }

    fn board_link(&self, language: Language, place: &LinePlace) -> PlaceLink {
        let title = self.board.map(|board| board.title.text(language).to_owned());
        PlaceLink {
            name: title.unwrap_or_else(|| title_from_key(&place.board)),
            href: self.may_see_board.then(|| with_subject(paths::board(&place.board), place)),
        }
    }

    /// Only rows of tables have a page.
    fn row_href(&self, place: &LinePlace) -> Option<String> {
        let panel = self.panel.filter(|panel| self.may_see_panel && panel.kind.as_table().is_some())?;
        let path = paths::row(&place.board, &panel.id);
        Some(with_subject(paths::with_query(&path, &[(paths::ROW_KEY, place.row_key.as_deref()?)]), place))
    }
}

fn with_subject(mut href: String, place: &LinePlace) -> String {
    if let Some(subject) = place.subject.as_deref().filter(|subject| !subject.is_empty()) {
        href.push(if href.contains('?') { '&' } else { '?' });
        href.push_str(subject);
    }
    href
}

fn in_words(language: Language, what: &Deed) -> Option<String> {
    Some(match what {
        Deed::SignedIn { amr } => match account::how(language, amr) {
            Some(how) => t!(language, "history-signed-in-with", how = how),
            None => t!(language, "history-signed-in").to_owned(),
        },
        Deed::SignInRefused { .. } => t!(language, "activity-sign-in-refused").to_owned(),
        Deed::SteppedUp { amr } => match account::how(language, amr) {
            Some(how) => t!(language, "activity-stepped-up-with", how = how),
            None => t!(language, "activity-stepped-up").to_owned(),
        },
        Deed::StepUpRefused { .. } => t!(language, "activity-step-up-refused").to_owned(),
        Deed::Ended { why, count } if why == "signed_out" && *count <= 1 => {
            t!(language, "activity-signed-out").to_owned()
        }
        Deed::Ended { count, .. } => t!(language, "activity-ended", count = (*count).max(1)),
        Deed::DoctorRun { .. } => t!(language, "activity-doctor").to_owned(),
        // Its place says it.
        Deed::Acted { .. } | Deed::Downloaded { .. } => String::new(),
        Deed::Unknown => return None,
    })
}

fn notes(language: Language, what: &Deed) -> Vec<String> {
    let note = match what {
        Deed::SignInRefused { reason } | Deed::StepUpRefused { reason } => refusal(language, reason),
        Deed::Ended { why, .. } => end(language, why),
        Deed::Acted { outcome, .. } | Deed::DoctorRun { outcome } => outcome_in_words(language, outcome),
        Deed::Downloaded { rows, outcome, .. } => {
            let rows = rows.map(|rows| t!(language, "activity-rows", count = rows));
            let failed = outcome_in_words(language, outcome).filter(|_| outcome != "success");
            return rows.into_iter().chain(failed.map(str::to_owned)).collect();
        }
        Deed::SignedIn { .. } | Deed::SteppedUp { .. } | Deed::Unknown => None,
    };
    note.map(str::to_owned).into_iter().collect()
}

/// The words for the outcome of an event in the audit log.
fn outcome_in_words(language: Language, outcome: &str) -> Option<&'static str> {
    Some(match outcome {
        "success" => t!(language, "activity-outcome-done"),
        "refused" => t!(language, "activity-outcome-refused"),
        "failed" => t!(language, "activity-outcome-failed"),
        "accepted" => t!(language, "activity-outcome-accepted"),
        "unclear" => t!(language, "activity-outcome-unclear"),
        _ => return None,
    })
}

/// The words for the reason of a refused sign-in in the audit log.
fn refusal(language: Language, reason: &str) -> Option<&'static str> {
    Some(match reason {
        "not_allowed" => t!(language, "activity-refused-not-allowed"),
        "not_as_demanded" => t!(language, "activity-refused-too-weak"),
        "somebody_else" => t!(language, "activity-refused-somebody-else"),
        "logged_out" => t!(language, "activity-refused-logged-out"),
        _ => return None,
    })
}

/// The words for the reason of an end in the audit log.
fn end(language: Language, why: &str) -> Option<&'static str> {
    Some(match why {
        "ended_elsewhere" => t!(language, "activity-end-elsewhere"),
        "provider_logout" => t!(language, "session-end-provider"),
        "operator" => t!(language, "activity-end-operator"),
        "refresh_refused" => t!(language, "activity-end-refused"),
        "replaced" => t!(language, "session-end-replaced"),
        "not_allowed" => t!(language, "session-end-not-allowed"),
        "too_many_sessions" => t!(language, "activity-end-too-many"),
        "idle_timeout" => t!(language, "activity-end-idle"),
        "absolute_timeout" => t!(language, "activity-end-absolute"),
        _ => return None,
    })
}

/// What the user, or an attacker, did not bring about by using this program as usual.
fn is_unusual(what: &Deed) -> bool {
    match what {
        Deed::SignInRefused { .. } | Deed::StepUpRefused { .. } => true,
        Deed::Ended { why, .. } => matches!(why.as_str(), "operator" | "not_allowed"),
        _ => false,
    }
}
