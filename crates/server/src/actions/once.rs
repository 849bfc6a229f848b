//! Each submission runs once, however often it is sent. On any number of processes, the first call sends the request,
//! and all concurrent or later ones get its outcome.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{
    clock::UnixSecs,
    random::{self, NoRandomness},
};
use claimcheck_model::AppError;
use claimcheck_session::{ActionPlace, Finished, KeptForm, Outcome, Owner, RowKey, SessionRecord, SignedIn};
use claimcheck_text::{Language, t};
use sha2::{Digest, Sha256};

use crate::{
    actions::{Actions, NotReady, call::PATIENCE, carry_out, prepare, submitted::Submitted},
    locale::LocaleFormatter,
    single_flight::SingleFlight,
};

/// How often the session is polled for the outcome of a submission in another process.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// How long a user waits for the outcome. The request continues, and the board shows its outcome later.
const WAIT: Duration = PATIENCE.saturating_add(Duration::from_secs(4));
/// How long the replay cache keeps a submission: longer than any session, because a page may stay open longer.
const REMEMBERED_SECS: i64 = 7 * 86_400;
/// The number of earlier rounds for which it is checked whether the form was done after all.
const ROUNDS_BACK: u32 = 8;

/// The submissions running in this process.
pub(super) type Submissions = SingleFlight<(RowKey, String), Arc<Ran>>;

/// What became of a submission.
#[derive(Clone)]
pub(super) enum Ran {
    /// It was recorded, and has an outcome.
    Finished(Finished),
    /// It was refused before anything was recorded or sent.
    Refused(Outcome),
}

/// Identifies a submission: a random base, and the number of times the form was shown again.
pub struct SubmissionId {
    person: String,
    place: ActionPlace,
    base: String,
    round: u32,
    /// An earlier round may have been carried out.
    is_doubtful: bool,
}

impl SubmissionId {
    /// An id for a form that is shown for the first time.
    pub fn fresh() -> Result<String, NoRandomness> {
        Ok(format!("{}.0", random::text::<16>()?))
    }

    /// The id of a submitted form. It is bound to the user and not to the session, because a page may stay open longer
    /// than its session.
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

    /// The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header 2.2), a UUID. It is the same as
    /// long as a request of the form may have been done, also if the form was changed: an API that supports it does
    /// nothing twice, and reports that the request is another one.
    pub fn idempotency_key(&self) -> String {
        let hash = hash(&[b"key", self.base.as_bytes()]);
        let mut key = String::new();
        for (index, byte) in hash.iter().take(16).enumerate() {
            if [4, 6, 8, 10].contains(&index) {
                key.push('-');
            }
            // RFC 9562 5.8: a UUID with custom content.
            let byte = match index {
                6 => 0x80 | (byte & 0x0f),
                8 => 0x80 | (byte & 0x3f),
                _ => *byte,
            };
            key.push_str(&format!("{byte:02x}"));
        }
        key
    }

    /// The id that the form is sent with after this outcome. The base stays the same if the API may have the request,
    /// from now or from an earlier round, and if the API has not looked at it.
    pub fn next(&self, outcome: &Outcome) -> String {
        let is_doubtful = self.is_doubtful || matches!(outcome, Outcome::Unclear { .. });
        let base = match outcome {
            Outcome::StepUp(_) => self.base.clone(),
            _ if is_doubtful => self.base.clone(),
            // Not random: a form that was sent twice comes back as one.
            _ => {
                let next = hash(&[b"next", self.base.as_bytes(), &self.round.to_be_bytes()]);
                BASE64_URL_SAFE_NO_PAD.encode(&next[..16])
            }
        };
        format!("{base}.{}{}", self.round.saturating_add(1), if is_doubtful { DOUBT } else { "" })
    }

    /// The form as the session keeps it after this outcome.
    pub fn kept(&self, sent: &Submitted, outcome: Outcome, at: UnixSecs) -> KeptForm {
        let (place, values) = (sent.place.clone(), sent.values.clone());
        KeptForm { once: self.next(&outcome), place, values, outcome, at }
    }

    /// The known outcome, or that an earlier round was done after all.
    pub fn known<'a>(&self, record: &'a SessionRecord) -> Option<&'a Finished> {
        let earlier = (self.round.saturating_sub(ROUNDS_BACK)..self.round).rev();
        let is_done = |finished: &&Finished| matches!(finished.outcome, Outcome::Done { .. });
        let done_before = || earlier.filter_map(|round| record.finished(&self.mark(round))).find(is_done);
        record.finished(&self.mark(self.round)).or_else(done_before)
    }

    /// The replay cache entry of a round.
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

/// The suffix of an id if an earlier round may have been done.
const DOUBT: &str = "u";

/// Whether an id has that suffix.
pub(super) fn is_doubtful(once: &str) -> bool {
    once.ends_with(DOUBT) && once.contains('.')
}

/// A hash of the submitted values, to compare them with others.
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

/// Carries it out unless that has already begun; in its own task, so that a closed browser does not interrupt it.
///
/// # Errors
/// The reason why it did not begin; nothing was sent then.
pub(super) async fn run(
    actions: &Actions,
    signed_in: &SignedIn,
    reader: &LocaleFormatter,
    once: &SubmissionId,
    sent: &Submitted,
) -> Result<Ran, AppError> {
    let mark = once.mark(once.round);
    let again = SubmissionId::of(&signed_in.owner, sent);
    let work = begin(actions.clone(), signed_in.clone(), reader.clone(), again, sent.clone());
    let underway = actions.submissions.join((signed_in.key.clone(), mark.clone()), work);
    match tokio::time::timeout(WAIT, underway).await {
        Ok(ran) => ran.map(|ran| (*ran).clone()),
        Err(_) => {
            let why = t!(reader.language(), "act-takes-long").to_owned();
            Ok(Ran::Finished(finished(actions, once, sent, Outcome::Unclear { why })))
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
) -> Result<Arc<Ran>, AppError> {
    // Everything is checked first. What is refused here was not sent, and needs no record.
    let ready = match prepare(&actions, &signed_in, &reader, &once, &sent).await? {
        Ok(ready) => Ok(ready),
        Err(NotReady::Refused(outcome)) => return Ok(Arc::new(Ran::Refused(outcome))),
        Err(NotReady::OtherRow(outcome)) => Err(outcome),
    };
    let until = actions.clock.now() + REMEMBERED_SECS;
    // Recorded before the request: if the process ends in between, the outcome is unknown, but there is no second
    // request. A row that is no longer the same may be so because another process was faster.
    match actions.sessions.mark_used(once.mark_bytes(once.round), until).await {
        Ok(true) => {}
        Ok(false) => {
            let finished = of_another(&actions, &signed_in, reader.language(), &once, &sent).await;
            return Ok(Arc::new(Ran::Finished(finished)));
        }
        Err(error) => {
            tracing::error!(%error, "an action was not started: the submission could not be recorded");
            return Err(AppError::StoreUnavailable);
        }
    }
    let outcome = match ready {
        Ok(ready) => carry_out(&actions, &signed_in, &sent, ready).await,
        Err(outcome) => outcome,
    };
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
        tracing::error!(%error, "the outcome of an action could not be stored");
    }
    Ok(Arc::new(Ran::Finished(finished)))
}

/// Keeps the form of a submission that was refused before it was recorded: under the same id, which is still unused.
pub(super) async fn keep_refused(
    actions: &Actions,
    signed_in: &SignedIn,
    sent: &Submitted,
    outcome: Outcome,
) {
    let (place, values, at) = (sent.place.clone(), sent.values.clone(), actions.clock.now());
    let form = KeptForm { once: sent.once.clone(), place, values, outcome, at };
    let keep = move |record: &mut SessionRecord| {
        record.drop_form(&form.once);
        record.keep_form(form.clone());
    };
    if let Err(error) = actions.sessions.update_record(&signed_in.key, keep).await {
        tracing::error!(%error, "a submitted form could not be stored");
    }
}

/// Keeps a form in the session, if it still runs.
pub(super) async fn keep(actions: &Actions, signed_in: &SignedIn, form: KeptForm) {
    let keep = move |record: &mut SessionRecord| {
        if !record.has_form(&form.once) {
            record.keep_form(form.clone());
        }
    };
    if let Err(error) = actions.sessions.update_record(&signed_in.key, keep).await {
        tracing::error!(%error, "a submitted form could not be stored");
    }
}

/// Already sent by another process or before: the session has its outcome once it is known.
async fn of_another(
    actions: &Actions,
    signed_in: &SignedIn,
    language: Language,
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
                Err(error) => tracing::warn!(%error, "the outcome of an action could not be read"),
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    });
    asked.await.ok().flatten().unwrap_or_else(|| {
        let why = t!(language, "act-sent-before").to_owned();
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
        let key = first.idempotency_key();
        assert_eq!(once("a", 1).idempotency_key(), key, "also for a changed form");
        assert_ne!(once("b", 0).idempotency_key(), key);
        let parts: Vec<_> = key.split('-').map(str::len).collect();
        assert_eq!((parts, key.as_bytes()[14]), (vec![8, 4, 4, 4, 12], b'8'), "{key}");
    }
}
