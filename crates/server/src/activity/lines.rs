//! Which events a user sees, and what the line of each says. A new kind of line is a variant of [`Deed`], a row here, and
//! its words in `view/activity.rs`.

use claimcheck_session::{ActivityLine, Deed, LinePlace};

use crate::{
    activity::writer::OwnLine,
    audit::{AuditOutcome, EndedBy, Occurrence, Recorded, SignInKind},
};

/// The line of this event; `None` for an event that is not shown, or that is nobody's.
pub(super) fn of(recorded: &Recorded) -> Option<OwnLine> {
    let event = &recorded.event;
    let who = event.who.as_ref()?;
    let outcome = || word(event.outcome).to_owned();
    let reason = || event.reason.clone().unwrap_or_default();
    let is_done = event.outcome == AuditOutcome::Success;
    let what = match &event.what {
        // The provider is away, or the settings are wrong: nothing that concerns the account.
        Occurrence::SignIn { .. } if event.outcome == AuditOutcome::Failed => return None,
        Occurrence::SignIn { kind: SignInKind::Doctor, .. } => Deed::DoctorRun { outcome: outcome() },
        Occurrence::SignIn { kind: SignInKind::StepUp, .. } if is_done => {
            Deed::SteppedUp { amr: who.amr.clone() }
        }
        Occurrence::SignIn { kind: SignInKind::StepUp, .. } => Deed::StepUpRefused { reason: reason() },
        Occurrence::SignIn { .. } if is_done => Deed::SignedIn { amr: who.amr.clone() },
        Occurrence::SignIn { .. } => Deed::SignInRefused { reason: reason() },
        Occurrence::SessionEnded { .. } => Deed::Ended { why: reason(), count: 1 },
        Occurrence::Action { board, panel, action, row, place, .. } => {
            let place = LinePlace {
                board: board.clone(),
                panel: panel.clone(),
                action: Some(action.clone()),
                row_key: place.as_ref().and_then(|place| place.row.clone()),
                subject: place.as_ref().and_then(|place| place.subject.clone()),
            };
            Deed::Acted { place, row: row.clone(), outcome: outcome() }
        }
        Occurrence::Download { board, panel, rows, .. } => {
            let (board, panel) = (board.clone(), Some(panel.clone()));
            let place = LinePlace { board, panel, ..LinePlace::default() };
            Deed::Downloaded { place, rows: *rows, outcome: outcome() }
        }
        _ => return None,
    };
    let mut line = ActivityLine::new(recorded.at_millis.div_euclid(1000), what);
    line.session = who.session.clone();
    if let Some(by) = recorded.requester.as_ref().filter(|_| is_sent_by_user(&event.what)) {
        line.user_agent = by.user_agent().map(str::to_owned);
        line.address = Some(by.client().to_string());
    }
    Some(OwnLine { iss: who.iss.clone(), sub: who.sub.clone(), line })
}

/// The outcome's word in the log.
fn word(outcome: AuditOutcome) -> &'static str {
    match outcome {
        AuditOutcome::Success => "success",
        AuditOutcome::Refused => "refused",
        AuditOutcome::Failed => "failed",
        AuditOutcome::Accepted => "accepted",
        AuditOutcome::Unclear => "unclear",
    }
}

/// Whether the request was sent by the user. An operator's command, a logout of the provider and a limit of this program end
/// sessions in requests of others.
fn is_sent_by_user(what: &Occurrence) -> bool {
    match what {
        Occurrence::SessionEnded { by, .. } => matches!(by, EndedBy::Person | EndedBy::PersonElsewhere),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::{Event, Who},
        requester::Requester,
    };

    fn line(event: Event) -> Option<ActivityLine> {
        let agent = axum::http::HeaderValue::from_static("Browser/1");
        let requester = Requester::new([203, 0, 113, 7].into(), "r".into(), Some(agent));
        let event = event.of(Who { session: Some("0123".to_owned()), ..Who::subject("i", "ada") });
        of(&Recorded { at_millis: 7_999, event, requester: Some(requester) }).map(|own| own.line)
    }

    fn sign_in(kind: SignInKind) -> Occurrence {
        Occurrence::SignIn { kind, allowed_by: Vec::new(), error: None }
    }

    #[test]
    fn my_09_a_refusal_is_a_line_and_an_outage_is_none() {
        let refused = |kind| Event::not_done(sign_in(kind), AuditOutcome::Refused, "not_allowed");
        let reason = "not_allowed".to_owned();
        let found = line(refused(SignInKind::New)).unwrap();
        assert_eq!((found.at, &found.what), (7, &Deed::SignInRefused { reason: reason.clone() }));
        assert_eq!(
            (found.user_agent.as_deref(), found.address.as_deref()),
            (Some("Browser/1"), Some("203.0.113.7"))
        );
        assert_eq!(line(refused(SignInKind::StepUp)).unwrap().what, Deed::StepUpRefused { reason });
        let away = Event::not_done(sign_in(SignInKind::New), AuditOutcome::Failed, "provider_unavailable");
        assert!(line(away).is_none());
        assert!(
            of(&Recorded { at_millis: 0, event: refused(SignInKind::New), requester: None }).is_none(),
            "nobody's"
        );
        assert_eq!(
            line(Event::success(sign_in(SignInKind::StepUp))).unwrap().what,
            Deed::SteppedUp { amr: vec![] }
        );
    }

    #[test]
    fn my_09_an_end_by_others_does_not_tell_where_they_were() {
        let end = |by| {
            let what = Occurrence::SessionEnded { by, ended_from: None, via: None };
            let found = line(Event { reason: Some("x".to_owned()), ..Event::success(what) }).unwrap();
            assert_eq!(found.session.as_deref(), Some("0123"));
            (found.user_agent.is_some(), found.address.is_some())
        };
        for by in [EndedBy::Person, EndedBy::PersonElsewhere] {
            assert_eq!(end(by), (true, true), "{by:?}");
        }
        for by in [EndedBy::Operator, EndedBy::Provider, EndedBy::Server] {
            assert_eq!(end(by), (false, false), "{by:?}");
        }
    }
}
