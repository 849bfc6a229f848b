//! A user's sessions as text: where they are signed in, where and why sessions ended, and the history of this session.

use std::cmp::Reverse;

use claimcheck_base::clock::UnixSecs;
use claimcheck_session::{
    Became, ClaimChange, DEFAULT_API, EndReason, Happening, Label, Listed, ListedEnd, SignedIn, What,
};

use claimcheck_text::{Language, t};

use crate::{
    device::{self, Kind},
    locale::{self, LocaleFormatter},
    view::{account, activity::ActivityEntry},
};

/// Further sessions are counted, not shown.
const SHOWN_MAX: usize = 100;

/// The content of the sessions page.
#[derive(Clone, Debug)]
pub struct SessionList {
    pub this: SessionEntry,
    /// The most recently active first.
    pub others: Vec<SessionEntry>,
    /// The number of sessions that are not in `others`, because there are too many.
    pub more: usize,
    /// The most recent first.
    pub ended: Vec<EndedSessionEntry>,
    /// The history of this session, newest first.
    pub history: Vec<HistoryEntry>,
    /// The user's activity in all sessions, newest first; `None` if it could not be read.
    pub activity: Option<Vec<ActivityEntry>>,
}

/// A session in which the user is signed in.
#[derive(Clone, Debug)]
pub struct SessionEntry {
    /// The session's key in forms.
    pub key: String,
    pub device: String,
    pub kind: Kind,
    /// The authentication methods, if the provider named them.
    pub how: Option<String>,
    pub since: Time,
    pub active: Time,
}

/// An ended session.
#[derive(Clone, Debug)]
pub struct EndedSessionEntry {
    pub device: String,
    pub kind: Kind,
    pub why: &'static str,
    pub at: Time,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    pub what: String,
    pub at: Time,
}

/// A time in the user's locale, and in RFC 3339 for a `<time>` element.
#[derive(Clone, Debug)]
pub struct Time {
    pub words: String,
    pub at: String,
}

impl Time {
    pub(super) fn new(reader: &LocaleFormatter, at: UnixSecs) -> Self {
        Self { words: reader.date_time_at(at), at: locale::instant(at).to_string() }
    }
}

/// The sessions of the user of `signed_in`.
pub fn sessions(
    signed_in: &SignedIn,
    running: Vec<Listed>,
    ended: Vec<ListedEnd>,
    activity: Option<Vec<ActivityEntry>>,
    reader: &LocaleFormatter,
) -> SessionList {
    let (own, mut others): (Vec<_>, Vec<_>) =
        running.into_iter().partition(|session| session.key == signed_in.key);
    others.sort_by_key(|session| Reverse((session.last_active_at, session.created_at)));
    // The list was read after the session, which may have ended in the meantime; this page is the last it shows.
    let label = own.into_iter().next().map(|session| session.label).unwrap_or_default();
    SessionList {
        this: place(
            signed_in.key.as_str(),
            &label,
            (signed_in.record.signed_in_at, signed_in.last_active_at),
            reader,
        ),
        more: others.len().saturating_sub(SHOWN_MAX),
        others: others
            .iter()
            .take(SHOWN_MAX)
            .map(|session| {
                let times = (session.created_at, session.last_active_at);
                place(session.key.as_str(), &session.label, times, reader)
            })
            .collect(),
        ended: ended.iter().map(|session| ended_place(session, reader)).collect(),
        history: history(signed_in, reader),
        activity,
    }
}

fn place(
    key: &str,
    label: &Label,
    (since, active): (UnixSecs, UnixSecs),
    reader: &LocaleFormatter,
) -> SessionEntry {
    let language = reader.language();
    let device = device::device(language, label.user_agent.as_deref());
    SessionEntry {
        key: key.to_owned(),
        device: device.words,
        kind: device.kind,
        how: account::how(language, &label.amr),
        since: Time::new(reader, since),
        active: Time::new(reader, active),
    }
}

fn ended_place(session: &ListedEnd, reader: &LocaleFormatter) -> EndedSessionEntry {
    let language = reader.language();
    let device = device::device(language, session.label.user_agent.as_deref());
    EndedSessionEntry {
        device: device.words,
        kind: device.kind,
        why: why(language, session.why),
        at: Time::new(reader, session.at),
    }
}

/// Why a session ended, for its user.
fn why(language: Language, reason: EndReason) -> &'static str {
    match reason {
        EndReason::SignedOut => t!(language, "session-end-signed-out"),
        EndReason::Elsewhere => t!(language, "session-end-elsewhere"),
        EndReason::Provider => t!(language, "session-end-provider"),
        EndReason::Operator => t!(language, "session-end-operator"),
        EndReason::Refused => t!(language, "session-end-refused"),
        EndReason::Replaced => t!(language, "session-end-replaced"),
        EndReason::NotAllowed => t!(language, "session-end-not-allowed"),
        EndReason::TooMany => t!(language, "session-end-too-many"),
    }
}

/// Newest first. A refresh that returned only tokens has no entry; its time is that of the access token.
fn history(signed_in: &SignedIn, reader: &LocaleFormatter) -> Vec<HistoryEntry> {
    let (record, language) = (&signed_in.record, reader.language());
    let mut moments: Vec<(UnixSecs, String)> = record
        .history
        .iter()
        .rev()
        .filter_map(|happening| Some((happening.at, in_words(language, happening)?)))
        .collect();
    let obtained = signed_in.tokens.access.get(DEFAULT_API).map(|access| access.obtained_at);
    let noted = record.history.iter().filter(|happening| happening.what == What::Renewed).map(|h| h.at).max();
    let is_known = |at: &UnixSecs| *at <= record.signed_in_at || noted.is_some_and(|noted| *at <= noted);
    if let Some(at) = obtained.filter(|at| !is_known(at)) {
        moments.push((at, t!(language, "history-renewed", count = 1)));
        moments.sort_by_key(|(at, _)| Reverse(*at));
    }
    moments.into_iter().map(|(at, what)| HistoryEntry { what, at: Time::new(reader, at) }).collect()
}

fn in_words(language: Language, happening: &Happening) -> Option<String> {
    Some(match &happening.what {
        What::SignedIn { amr, again } => match (account::how(language, amr), again) {
            (Some(how), false) => t!(language, "history-signed-in-with", how = how),
            (Some(how), true) => t!(language, "history-signed-in-again-with", how = how),
            (None, false) => t!(language, "history-signed-in").to_owned(),
            (None, true) => t!(language, "history-signed-in-again").to_owned(),
        },
        What::Renewed => t!(language, "history-renewed", count = happening.times.max(1)),
        What::NotRenewed => t!(language, "history-not-renewed").to_owned(),
        What::Changed { claims } => {
            let changes: Vec<_> = claims.iter().map(|change| changed(language, change)).collect();
            t!(language, "history-changed", changes = changes.join(". "))
        }
        What::EndedOthers { count } => t!(language, "history-ended-others", count = *count),
        What::Unknown => return None,
    })
}

/// "Roles: finance removed", "Name: changed".
fn changed(language: Language, change: &ClaimChange) -> String {
    let claim = account::label(language, &change.claim);
    let (added, removed) = (change.added.join(", "), change.removed.join(", "));
    match (added.is_empty(), removed.is_empty(), change.how) {
        (false, false, _) => {
            t!(language, "change-items", claim = claim, added = added, removed = removed)
        }
        (false, true, _) => t!(language, "change-items-added", claim = claim, added = added),
        (true, false, _) => t!(language, "change-items-removed", claim = claim, removed = removed),
        (true, true, Became::New) => t!(language, "change-new", claim = claim),
        (true, true, Became::Other) => t!(language, "change-other", claim = claim),
        (true, true, Became::Gone) => t!(language, "change-gone", claim = claim),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_by_the_claims_label_and_its_items() {
        let change = |claim: &str, how, added: &[&str], removed: &[&str]| {
            let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
            let change =
                ClaimChange { claim: claim.into(), how, added: owned(added), removed: owned(removed) };
            changed(Language::default(), &change)
        };
        assert_eq!(change("roles", Became::Other, &[], &["finance"]), "Roles: finance removed");
        assert_eq!(change("roles", Became::Other, &["a", "b"], &["c"]), "Roles: a, b added; c removed");
        assert_eq!(change("name", Became::Other, &[], &[]), "Name: changed");
        assert_eq!(change("email", Became::Gone, &[], &[]), "Email address: removed");
        assert_eq!(change("https://x.example/cost_centre", Became::New, &[], &[]), "Cost centre: added");
    }

    #[test]
    fn every_end_has_words_of_its_own() {
        for language in Language::all() {
            let words: std::collections::BTreeSet<_> =
                EndReason::ALL.iter().map(|reason| why(language, *reason)).collect();
            assert_eq!(words.len(), EndReason::ALL.len(), "{language:?}");
        }
    }
}
