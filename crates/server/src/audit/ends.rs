//! The ends of sessions: one event for each, from the one place that every end passes.

use claimcheck_session::{EndReason, ObservedEnd};

use crate::{
    audit::{EndedBy, Event, Occurrence, Who},
    requester::Requester,
};

/// The event of this end, in a request of this sender.
pub(super) fn of(ended: &ObservedEnd<'_>, by: Option<&Requester>) -> Event {
    let from = by.and_then(Requester::session).filter(|session| *session != ended.key);
    let is_elsewhere = ended.why == Some(EndReason::Elsewhere);
    let what = Occurrence::SessionEnded {
        by: ended.why.map_or(EndedBy::Server, EndedBy::from),
        ended_from: from.filter(|_| is_elsewhere).map(|session| session.reference()),
        via: by.and_then(Requester::via).filter(|_| ended.why == Some(EndReason::Provider)),
    };
    let who = match ended.record {
        Some(record) => Who::of(ended.owner, ended.key, record),
        None => {
            let subject = Who::subject(&ended.owner.iss, &ended.owner.sub);
            Who { session: Some(ended.key.reference()), ..subject }
        }
    };
    Event { reason: Some(reason(ended).to_owned()), ..Event::success(what).of(who) }
}

fn reason(ended: &ObservedEnd<'_>) -> &'static str {
    match ended.why {
        Some(EndReason::SignedOut) => "signed_out",
        Some(EndReason::Elsewhere) => "ended_elsewhere",
        Some(EndReason::Provider) => "provider_logout",
        Some(EndReason::Operator) => "operator",
        Some(EndReason::Refused) => "refresh_refused",
        Some(EndReason::Replaced) => "replaced",
        Some(EndReason::NotAllowed) => "not_allowed",
        Some(EndReason::TooMany) => "too_many_sessions",
        None if ended.is_idle => "idle_timeout",
        None => "absolute_timeout",
    }
}
