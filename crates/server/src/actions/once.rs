//! However often a form is sent, it is done once: on any number of processes the first one sends the request, and all who
//! come later, or at the same time, hear how that went.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{
    clock::UnixSecs,
    random::{self, NoRandomness},
};
use claimcheck_model::AppError;
use claimcheck_session::{ActionPlace, Finished, KeptForm, Outcome, Owner, RowKey, SessionRecord, SignedIn};
use sha2::{Digest, Sha256};

use crate::{
    actions::{Actions, attempt, call::PATIENCE, submitted::Submitted},
    locale::LocaleFormatter,
    single_flight::SingleFlight,
};

/// How often the session is asked for the outcome of what another process does.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// How long a person waits for it. The request itself goes on, and the board says how it went.
const WAIT: Duration = PATIENCE.saturating_add(Duration::from_secs(4));
/// How long it is remembered that a form was sent: longer than any session, for a page outlasts it.
const REMEMBERED_SECS: i64 = 7 * 86_400;
/// So many rounds back it is looked whether the form was done after all.
const ROUNDS_BACK: u32 = 8;

/// What is under way in this process.
pub(super) type Submissions = SingleFlight<(RowKey, String), Arc<Finished>>;

/// By what a form is told apart from others: a random base, and how often it came back to its person.
pub struct SubmissionId {
    person: String,
    place: ActionPlace,
    base: String,
    round: u32,
    /// An earlier round may have been done.
    is_doubtful: bool,
}

impl SubmissionId {
    /// For a form that is shown for the first time.
    pub fn fresh() -> Result<String, NoRandomness> {
        Ok(format!("{}.0", random::text::<16>()?))
    }

    /// Of a form that was sent. It is the person's, not the session's: a page outlasts its session.
    pub fn of(owner: &Owner, sent: &Submitted) -> Self {
        let (base, rest) = sent.once.rsplit_once('.').unwrap_or((&sent.once, "0"));
        Self {
            person: owner.person(),
            place: sent.place.clone(),
            base: base.to_owned(),
            round: rest.trim_end_matches(DOUBT).parse().unwrap_or_default(),
            is_doubtful: is_doubtful(&sent.once),
        }
    }

    /// The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header 2.2), a UUID: the same for the same request
    /// of a form that may have been done, so that an API which heeds it does nothing twice.
    pub fn idempotency_key(&self, path: &str, body: &[u8]) -> String {
        let hash = hash(&[b"key", self.base.as_bytes(), path.as_bytes(), body]);
        let mut key = String::new();
        for (index, byte) in hash.iter().take(16).enumerate() {
            if [4, 6, 8, 10].contains(&index) {
                key.push('-');
            }
            // RFC 9562 5.8: a UUID of one's own making.
            let byte = match index {
                6 => 0x80 | (byte & 0x0f),
                8 => 0x80 | (byte & 0x3f),
                _ => *byte,
            };
            key.push_str(&format!("{byte:02x}"));
        }
        key
    }

    /// What the form is sent with when it is sent again after this outcome. The base stays where the API may have the
    /// request, now or from an earlier round, and where it has not looked at it.
    pub fn next(&self, outcome: &Outcome) -> String {
        let is_doubtful = self.is_doubtful || matches!(outcome, Outcome::Unclear { .. });
        let base = match outcome {
            Outcome::StepUp(_) => self.base.clone(),
            _ if is_doubtful => self.base.clone(),
            // Not by chance: a form that was sent twice comes back as one.
            _ => {
                let next = hash(&[b"next", self.base.as_bytes(), &self.round.to_be_bytes()]);
                BASE64_URL_SAFE_NO_PAD.encode(&next[..16])
            }
        };
        format!("{base}.{}{}", self.round.saturating_add(1), if is_doubtful { DOUBT } else { "" })
    }

    /// The form, as the session keeps it after this outcome.
    pub fn kept(&self, sent: &Submitted, outcome: Outcome, at: UnixSecs) -> KeptForm {
        let (place, values) = (sent.place.clone(), sent.values.clone());
        KeptForm { once: self.next(&outcome), place, values, outcome, at }
    }

    /// How it went, where that is known; or that an earlier round was done after all.
    pub fn known<'a>(&self, record: &'a SessionRecord) -> Option<&'a Finished> {
        let earlier = (self.round.saturating_sub(ROUNDS_BACK)..self.round).rev();
        let is_done = |finished: &&Finished| matches!(finished.outcome, Outcome::Done { .. });
        let done_before = || earlier.filter_map(|round| record.finished(&self.mark(round))).find(is_done);
        record.finished(&self.mark(self.round)).or_else(done_before)
    }

    /// What the store remembers of a round.
    fn mark(&self, round: u32) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.mark_bytes(round))
    }

    fn mark_bytes(&self, round: u32) -> [u8; 32] {
        hash(&[
            b"action",
            self.person.as_bytes(),
            self.base.as_bytes(),
            &round.to_be_bytes(),
            self.place.board.as_bytes(),
            format!("{:?} {}", self.place.panel, self.place.action).as_bytes(),
            self.place.row.as_deref().unwrap_or_default().as_bytes(),
        ])
    }
}

/// Ends the name of a form of which an earlier round may have been done.
const DOUBT: &str = "u";

/// Whether what a form will be sent with says so.
pub(super) fn is_doubtful(once: &str) -> bool {
    once.ends_with(DOUBT) && once.contains('.')
}

/// What was filled in, told from other values.
pub(super) fn digest(values: &BTreeMap<String, String>) -> String {
    let parts: Vec<&[u8]> =
        values.iter().flat_map(|(key, value)| [key.as_bytes(), value.as_bytes()]).collect();
    BASE64_URL_SAFE_NO_PAD.encode(&hash(&parts)[..16])
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Does it, unless that was begun before; in a task of its own, so that a browser that goes away cuts nothing short.
///
/// # Errors
/// What kept it from being begun: nothing was sent then.
pub(super) async fn run(
    actions: &Actions,
    signed_in: &SignedIn,
    reader: &LocaleFormatter,
    once: &SubmissionId,
    sent: &Submitted,
) -> Result<Finished, AppError> {
    let mark = once.mark(once.round);
    let again = SubmissionId::of(&signed_in.owner, sent);
    let work = begin(actions.clone(), signed_in.clone(), reader.clone(), again, sent.clone());
    let underway = actions.submissions.join((signed_in.key.clone(), mark.clone()), work);
    match tokio::time::timeout(WAIT, underway).await {
        Ok(finished) => finished.map(|finished| (*finished).clone()),
        Err(_) => {
            let why = "It takes longer than usual, and goes on.".to_owned();
            Ok(finished(actions, once, sent, Outcome::Unclear { why }))
        }
    }
}

fn finished(actions: &Actions, once: &SubmissionId, sent: &Submitted, outcome: Outcome) -> Finished {
    let (mark, place, digest) = (once.mark(once.round), sent.place.clone(), digest(&sent.values));
    Finished { mark, place, digest, at: actions.clock.now(), outcome }
}

async fn begin(
    actions: Actions,
    signed_in: SignedIn,
    reader: LocaleFormatter,
    once: SubmissionId,
    sent: Submitted,
) -> Result<Arc<Finished>, AppError> {
    let until = actions.clock.now() + REMEMBERED_SECS;
    // Before the request: a process that ends in between leaves an outcome that nobody knows, not a second request.
    match actions.sessions.mark_used(once.mark_bytes(once.round), until).await {
        Ok(true) => {}
        Ok(false) => return Ok(Arc::new(of_another(&actions, &signed_in, &once, &sent).await)),
        Err(error) => {
            tracing::error!(%error, "it cannot be made sure that an action is done once");
            return Err(AppError::StoreUnavailable);
        }
    }
    let outcome = attempt(&actions, &signed_in, &reader, &once, &sent).await?;
    let finished = finished(&actions, &once, &sent, outcome.clone());
    let (stored, kept) = (finished.clone(), once.kept(&sent, outcome, actions.clock.now()));
    let undecided = once.next(&Outcome::Unclear { why: String::new() });
    let finish = move |record: &mut SessionRecord| {
        record.drop_form(&sent.once);
        record.drop_form(&undecided);
        if !matches!(kept.outcome, Outcome::Done { .. }) {
            record.keep_form(kept.clone());
        }
        record.finish(stored.clone());
    };
    if let Err(error) = actions.sessions.update_record(&signed_in.key, finish).await {
        tracing::error!(%error, "how an action went could not be stored");
    }
    Ok(Arc::new(finished))
}

/// Keeps a form in the session, as far as there is one.
pub(super) async fn keep(actions: &Actions, signed_in: &SignedIn, form: KeptForm) {
    let keep = move |record: &mut SessionRecord| {
        if !record.has_form(&form.once) {
            record.keep_form(form.clone());
        }
    };
    if let Err(error) = actions.sessions.update_record(&signed_in.key, keep).await {
        tracing::error!(%error, "a form could not be kept");
    }
}

/// Sent before, and not from here or no longer: its outcome stands in the session once it is known.
async fn of_another(
    actions: &Actions,
    signed_in: &SignedIn,
    once: &SubmissionId,
    sent: &Submitted,
) -> Finished {
    let asked = tokio::time::timeout(WAIT, async {
        loop {
            match actions.sessions.reload(&signed_in.key).await {
                Ok(Some(current)) => {
                    if let Some(finished) = once.known(&current.record) {
                        return Some(finished.clone());
                    }
                }
                Ok(None) => return None,
                Err(error) => tracing::warn!(%error, "the outcome of an action cannot be looked up"),
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    });
    asked.await.ok().flatten().unwrap_or_else(|| {
        let why = "It was sent before, and how that went is not known here.".to_owned();
        finished(actions, once, sent, Outcome::Unclear { why })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once(base: &str, round: u32) -> SubmissionId {
        let place = ActionPlace { board: "b".into(), panel: None, action: 0, row: None };
        SubmissionId { person: "p".into(), place, base: base.to_owned(), round, is_doubtful: false }
    }

    #[test]
    fn an_unclear_request_keeps_its_key_and_a_refused_one_does_not() {
        let unclear = Outcome::Unclear { why: String::new() };
        let refused = Outcome::Lacking(claimcheck_session::MissingAccess::Unsaid);
        let first = once("a", 0);
        assert_eq!(first.next(&unclear), "a.1u");
        let doubtful = SubmissionId { is_doubtful: true, ..once("a", 1) };
        assert_eq!(doubtful.next(&refused), "a.2u", "a later refusal says nothing of the round before");
        let next = first.next(&refused);
        assert!(next.ends_with(".1") && !next.starts_with("a."), "{next}");
        assert_eq!(first.next(&refused), next, "sent twice, it comes back as one");
        let key = first.idempotency_key("/orders", b"{}");
        assert_eq!(once("a", 1).idempotency_key("/orders", b"{}"), key);
        for other in [
            once("b", 0).idempotency_key("/orders", b"{}"),
            first.idempotency_key("/orders/1", b"{}"),
            first.idempotency_key("/orders", b"{ }"),
        ] {
            assert_ne!(other, key);
        }
        let parts: Vec<_> = key.split('-').map(str::len).collect();
        assert_eq!((parts, key.as_bytes()[14]), (vec![8, 4, 4, 4, 12], b'8'), "{key}");
    }
}
