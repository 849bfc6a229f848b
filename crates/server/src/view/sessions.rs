//! A person's sessions in words: where they are signed in, where no longer and why, and what happened in this session.

use std::cmp::Reverse;

use claimcheck_base::clock::UnixSecs;
use claimcheck_session::{
    Became, ClaimChange, DEFAULT_API, EndReason, Happening, Label, Listed, ListedEnd, SignedIn, What,
};

use crate::{
    locale::{self, LocaleFormatter},
    view::{
        account,
        device::{self, Kind},
    },
};

/// More of the other sessions are counted, not shown.
const SHOWN_MAX: usize = 100;

/// All that the page of sessions shows.
#[derive(Clone, Debug)]
pub struct SessionList {
    pub this: SessionEntry,
    /// The last active first.
    pub others: Vec<SessionEntry>,
    /// Sessions that are not among `others`, because there are so many.
    pub more: usize,
    /// The last ones first.
    pub ended: Vec<EndedSessionEntry>,
    /// What happened in this session, newest first.
    pub history: Vec<HistoryEntry>,
}

/// Where a person is signed in.
#[derive(Clone, Debug)]
pub struct SessionEntry {
    /// The session's name in forms.
    pub key: String,
    pub device: String,
    pub kind: Kind,
    /// By which methods, where the provider said so.
    pub how: Option<String>,
    pub since: Time,
    pub active: Time,
}

/// Where a person is signed in no longer.
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

/// A time as the person reads it, and in RFC 3339 for a `<time>` element.
#[derive(Clone, Debug)]
pub struct Time {
    pub words: String,
    pub at: String,
}

impl Time {
    fn new(reader: &LocaleFormatter, at: UnixSecs) -> Self {
        Self { words: reader.date_time_at(at), at: locale::instant(at).to_string() }
    }
}

/// The sessions of the person behind `signed_in`.
pub fn sessions(
    signed_in: &SignedIn,
    running: Vec<Listed>,
    ended: Vec<ListedEnd>,
    reader: &LocaleFormatter,
) -> SessionList {
    let (own, mut others): (Vec<_>, Vec<_>) =
        running.into_iter().partition(|session| session.key == signed_in.key);
    others.sort_by_key(|session| Reverse((session.last_active_at, session.created_at)));
    // The list was read after the session: it may be over by now, and its page is the last it shows.
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
    }
}

fn place(
    key: &str,
    label: &Label,
    (since, active): (UnixSecs, UnixSecs),
    reader: &LocaleFormatter,
) -> SessionEntry {
    let device = device::device(label.user_agent.as_deref());
    SessionEntry {
        key: key.to_owned(),
        device: device.words,
        kind: device.kind,
        how: account::how(&label.amr),
        since: Time::new(reader, since),
        active: Time::new(reader, active),
    }
}

fn ended_place(session: &ListedEnd, reader: &LocaleFormatter) -> EndedSessionEntry {
    let device = device::device(session.label.user_agent.as_deref());
    EndedSessionEntry {
        device: device.words,
        kind: device.kind,
        why: why(session.why),
        at: Time::new(reader, session.at),
    }
}

/// Why a session ended, to the person whose it was.
fn why(reason: EndReason) -> &'static str {
    match reason {
        EndReason::SignedOut => "You signed out there",
        EndReason::Elsewhere => "You ended it from another place",
        EndReason::Provider => "Your provider signed you out",
        EndReason::Operator => "The people who run this dashboard ended it",
        EndReason::Refused => "Your provider stopped renewing it",
        EndReason::Replaced => "Somebody signed in anew in that browser",
    }
}

/// Newest first. A refresh that brought nothing but tokens is in no record; the access token says when it came.
fn history(signed_in: &SignedIn, reader: &LocaleFormatter) -> Vec<HistoryEntry> {
    let record = &signed_in.record;
    let mut moments: Vec<(UnixSecs, String)> = record
        .history
        .iter()
        .rev()
        .filter_map(|happening| Some((happening.at, in_words(happening)?)))
        .collect();
    let obtained = signed_in.tokens.access.get(DEFAULT_API).map(|access| access.obtained_at);
    let noted = record.history.iter().filter(|happening| happening.what == What::Renewed).map(|h| h.at).max();
    let is_known = |at: &UnixSecs| *at <= record.signed_in_at || noted.is_some_and(|noted| *at <= noted);
    if let Some(at) = obtained.filter(|at| !is_known(at)) {
        moments.push((at, renewed(1)));
        moments.sort_by_key(|(at, _)| Reverse(*at));
    }
    moments.into_iter().map(|(at, what)| HistoryEntry { what, at: Time::new(reader, at) }).collect()
}

fn in_words(happening: &Happening) -> Option<String> {
    Some(match &happening.what {
        What::SignedIn { amr, again } => {
            let begin = if *again { "Signed in again" } else { "Signed in" };
            account::how(amr).map_or_else(|| begin.to_owned(), |how| format!("{begin} with {how}"))
        }
        What::Renewed => renewed(happening.times),
        What::NotRenewed => "Access to the API could not be renewed: your provider did not answer".to_owned(),
        What::Changed { claims } => {
            let changes: Vec<_> = claims.iter().map(changed).collect();
            format!("Details changed at your provider. {}", changes.join(". "))
        }
        What::EndedOthers { count: 1 } => "You ended another session".to_owned(),
        What::EndedOthers { count } => format!("You ended {count} other sessions"),
        What::Unknown => return None,
    })
}

fn renewed(times: u32) -> String {
    if times > 1 {
        format!("Access to the API renewed, {times} times")
    } else {
        "Access to the API renewed".to_owned()
    }
}

/// "Roles: finance removed", "Name: changed".
fn changed(change: &ClaimChange) -> String {
    let ClaimChange { claim, how, added, removed } = change;
    let lists = [(added, "added"), (removed, "removed")];
    let parts: Vec<_> = lists
        .iter()
        .filter(|(items, _)| !items.is_empty())
        .map(|(items, verb)| format!("{} {verb}", items.join(", ")))
        .collect();
    let parts = match (parts.is_empty(), how) {
        (false, _) => parts.join("; "),
        (true, Became::New) => "added".to_owned(),
        (true, Became::Other) => "changed".to_owned(),
        (true, Became::Gone) => "removed".to_owned(),
    };
    format!("{}: {parts}", account::label(claim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_by_the_claims_label_and_its_items() {
        let change = |claim: &str, how, added: &[&str], removed: &[&str]| {
            let owned = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
            changed(&ClaimChange { claim: claim.into(), how, added: owned(added), removed: owned(removed) })
        };
        assert_eq!(change("roles", Became::Other, &[], &["finance"]), "Roles: finance removed");
        assert_eq!(change("roles", Became::Other, &["a", "b"], &["c"]), "Roles: a, b added; c removed");
        assert_eq!(change("name", Became::Other, &[], &[]), "Name: changed");
        assert_eq!(change("email", Became::Gone, &[], &[]), "Email address: removed");
        assert_eq!(change("https://x.example/cost_centre", Became::New, &[], &[]), "Cost centre: added");
    }

    #[test]
    fn every_end_has_words_of_its_own() {
        let words: std::collections::BTreeSet<_> = EndReason::ALL.iter().map(|reason| why(*reason)).collect();
        assert_eq!(words.len(), EndReason::ALL.len());
    }
}
