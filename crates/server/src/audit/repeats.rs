//! Refusals that anyone can cause. The first of a kind from a network is written at once; those that follow within a minute
//! are counted, and the count is one line.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    audit::{AuditOutcome, Occurrence, Recorded},
    budget::network,
};

/// How long refusals are counted before their number is written.
const WINDOW_MILLIS: i64 = 60_000;
/// The kinds that are told apart; with more, those of all networks are one.
const KINDS_MAX: usize = 1000;

/// What makes two refusals alike.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Kind {
    event: &'static str,
    outcome: AuditOutcome,
    reason: Option<String>,
    /// The error code of the provider.
    error: Option<&'static str>,
    network: IpAddr,
}

struct Counted {
    until: i64,
    /// How many were not written.
    count: u64,
    /// The last of them.
    last: Option<Recorded>,
}

/// What happens with an event.
pub(super) enum Verdict {
    /// It has a line.
    Written(Box<Recorded>),
    /// It is counted.
    Counted,
}

/// The refusals of the last minute.
#[derive(Default)]
pub(super) struct Repeats(Mutex<HashMap<Kind, Counted>>);

impl Repeats {
    /// Decides about an event.
    pub(super) fn admit(&self, recorded: Recorded) -> Verdict {
        if !recorded.event.is_for_anyone() {
            return Verdict::Written(Box::new(recorded));
        }
        let event = &recorded.event;
        let client = recorded.requester.as_ref().map(|by| network(by.client()));
        let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let mut kind = Kind {
            event: event.name(),
            outcome: event.outcome,
            reason: event.reason.clone(),
            error: match event.what {
                Occurrence::SignIn { error, .. } => error,
                _ => None,
            },
            network: client.unwrap_or(everywhere),
        };
        let mut counted = self.lock();
        if counted.len() >= KINDS_MAX && !counted.contains_key(&kind) {
            kind.network = everywhere;
        }
        match counted.get_mut(&kind) {
            Some(known) => {
                known.count = known.count.saturating_add(1);
                known.last = Some(recorded);
                Verdict::Counted
            }
            None => {
                let until = recorded.at_millis.saturating_add(WINDOW_MILLIS);
                counted.insert(kind, Counted { until, count: 0, last: None });
                Verdict::Written(Box::new(recorded))
            }
        }
    }

    /// The counts that are due at this time, in milliseconds since 1970, each with the last event that it stands for. A new
    /// minute begins with each.
    pub(super) fn due(&self, now: i64) -> Vec<(Recorded, u64)> {
        let mut due = Vec::new();
        self.lock().retain(|_, counted| {
            // A clock that was set back ends it, too.
            if (counted.until - WINDOW_MILLIS..counted.until).contains(&now) {
                return true;
            }
            let Some(last) = counted.last.take() else { return false };
            due.push((last, std::mem::take(&mut counted.count)));
            counted.until = now.saturating_add(WINDOW_MILLIS);
            true
        });
        due
    }

    /// All counts, at the end.
    pub(super) fn rest(&self) -> Vec<(Recorded, u64)> {
        self.lock().drain().filter_map(|(_, counted)| Some((counted.last?, counted.count))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Kind, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::{Event, SignInKind, Who},
        requester::Requester,
    };

    fn refused(at_millis: i64, client: &str, outcome: AuditOutcome, reason: &str) -> Recorded {
        let what = Occurrence::SignIn { kind: SignInKind::New, allowed_by: Vec::new(), error: None };
        let requester = Requester::new(client.parse().unwrap(), "r".into(), None);
        Recorded { at_millis, event: Event::not_done(what, outcome, reason), requester: Some(requester) }
    }

    #[test]
    fn au_07_the_same_refusal_from_one_network_is_one_line_and_a_count_each_minute() {
        let repeats = Repeats::default();
        let is_written = |at: i64, client: &str, reason: &str| {
            matches!(repeats.admit(refused(at, client, AuditOutcome::Refused, reason)), Verdict::Written(_))
        };
        assert!(is_written(0, "203.0.113.7", "malformed"));
        assert!(!is_written(1, "203.0.113.7", "malformed"));
        assert!(is_written(2, "203.0.113.8", "malformed"), "another network");
        assert!(is_written(3, "203.0.113.7", "lost"), "another reason");
        assert!(is_written(4, "2001:db8::1", "lost") && !is_written(5, "2001:db8::2", "lost"), "one /64");
        for at in 6..100 {
            assert!(!is_written(at, "203.0.113.7", "malformed"));
        }
        assert!(repeats.due(59_999).is_empty());
        let mut due: Vec<_> =
            repeats.due(60_010).into_iter().map(|(last, count)| (last.at_millis, count)).collect();
        due.sort_unstable();
        assert_eq!(due, [(5, 1), (99, 95)]);
        assert!(!is_written(60_020, "203.0.113.7", "malformed"), "the next minute is one count, too");
        assert_eq!(repeats.due(120_010).len(), 1);
        assert!(repeats.due(180_010).is_empty() && is_written(180_020, "203.0.113.7", "malformed"));
        assert!(repeats.rest().is_empty());
    }

    #[test]
    fn au_07_many_networks_do_not_fill_the_memory_and_what_was_done_is_always_written() {
        let repeats = Repeats::default();
        let mut written = 0;
        for number in 0..5000_u32 {
            let client = Ipv4Addr::from_bits(0xcb00_0000 + number).to_string();
            let verdict = repeats.admit(refused(0, &client, AuditOutcome::Refused, "malformed"));
            written += usize::from(matches!(verdict, Verdict::Written(_)));
        }
        assert_eq!((written, repeats.lock().len()), (KINDS_MAX + 1, KINDS_MAX + 1));
        for _ in 0..3 {
            let mut of_user = refused(0, "203.0.113.7", AuditOutcome::Refused, "not_allowed");
            of_user.event.who = Some(Who::subject("https://id.example", "ada"));
            assert!(matches!(repeats.admit(of_user), Verdict::Written(_)), "the provider knows them");
            let done = refused(0, "203.0.113.7", AuditOutcome::Success, "");
            assert!(matches!(repeats.admit(done), Verdict::Written(_)));
        }
    }
}
