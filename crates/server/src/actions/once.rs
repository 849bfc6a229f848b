//! Each submission runs once, however often it is sent. On any number of processes, the first call sends the request,
//! and all concurrent or later ones get its outcome.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{
    clock::UnixSecs,
    random::{self, NoRandomness},
};
use claimcheck_model::AppError;
use claimcheck_session::{
    ActionPlace, Attempt, Finished, KeptForm, Outcome, Owner, RowKey, SessionRecord, SignedIn, StoreError,
};
use claimcheck_text::{Language, t};
use sha2::{Digest, Sha256};

use crate::{
    actions::{Actions, NotReady, call::PATIENCE, carry_out, left, prepare, submitted::Submitted},
    guard::TooMany,
    locale::LocaleFormatter,
    single_flight::SingleFlight,
};

/// The first and the longest pause between two looks at the session for the outcome of a submission in another process.
const ASK_SOON: Duration = Duration::from_millis(250);
const ASK_LATER: Duration = Duration::from_secs(3);
/// The clocks of two processes may differ by this.
const CLOCK_SLACK_SECS: i64 = 150;
/// How long a user waits for the outcome. The request continues, and the board shows its outcome later.
const WAIT: Duration = PATIENCE.saturating_add(Duration::from_secs(4));
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
    /// nothing twice, and reports that the request is another one. Another operation has another key, because an API
    /// could answer it with the outcome of the first: `target` identifies it.
    pub fn idempotency_key(&self, target: &str) -> String {
        let hash = hash(&[b"key", self.base.as_bytes(), target.as_bytes()]);
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
        KeptForm { once: self.next(&outcome), ..left::form(sent, outcome, at) }
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
            // Panels have ids that are not empty.
            self.place.panel.as_deref().unwrap_or_default().as_bytes(),
            self.place.action.as_bytes(),
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
    let work = {
        let (actions, signed_in, sent) = (actions.clone(), signed_in.clone(), sent.clone());
        let begun = begin(actions.clone(), signed_in.clone(), reader.clone(), again, sent.clone());
        async move {
            let ran = begun.await;
            actions.record_unsent(&signed_in, &sent.place, &ran);
            ran.map(Arc::new)
        }
    };
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
    let (mark, place, digest) = (once.mark(once.round), sent.place.clone(), sent.digest.clone());
    Finished { mark, place, digest, at: actions.clock.now(), outcome, told: None }
}

/// Counts one submission of this user, unless it is under way in this process already.
///
/// # Errors
/// The user has submitted too many forms.
pub(super) fn count(actions: &Actions, signed_in: &SignedIn, once: &SubmissionId) -> Result<(), TooMany> {
    let key = (signed_in.key.clone(), once.mark(once.round));
    match actions.submissions.is_underway(&key) {
        true => Ok(()),
        false => actions.rate.count_of(&once.person),
    }
}

async fn begin(
    actions: Actions,
    signed_in: SignedIn,
    reader: LocaleFormatter,
    once: SubmissionId,
    sent: Submitted,
) -> Result<Ran, AppError> {
    // Everything is checked first. What is refused here was not sent, and needs no record.
    let entry = once.mark_bytes(once.round);
    let of_another = async |at| {
        let finished = of_another(&actions, &signed_in, reader.language(), &once, (&sent, at)).await?;
        Ok(Ran::Finished(finished))
    };
    let ready = match prepare(&actions, &signed_in, &reader, &once, &sent).await? {
        Ok(ready) => ready,
        Err(NotReady::Refused(outcome)) => return Ok(Ran::Refused(outcome)),
        Err(NotReady::Changed(outcome)) => {
            let ran = recorded(&actions, &signed_in, reader.language(), &once, &sent).await?;
            return Ok(ran.map_or(Ran::Refused(outcome), Ran::Finished));
        }
    };
    // Recorded before the request: if the process ends in between, the outcome is unknown, but there is no second
    // request.
    let attempt = Attempt::random().map_err(|_| AppError::Internal)?;
    match actions.sessions.record_submission(&signed_in, entry, attempt).await {
        Ok(None) => {}
        Ok(Some(at)) => return of_another(at).await,
        Err(error) => {
            // It may be recorded all the same, and then the form could not be sent again.
            left::withdraw(&actions, entry, attempt);
            return Err(unrecorded(error));
        }
    }
    let outcome = carry_out(&actions, &signed_in, &sent, ready).await;
    let is_undone = !matches!(outcome, Outcome::Done { .. } | Outcome::Unclear { .. });
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
    match actions.sessions.update_record(&signed_in.key, &finish).await {
        Ok(Some(())) => {}
        // The session is over, and with it the outcome. What was certainly not done may be sent again from the next one.
        Ok(None) if is_undone => left::withdraw(&actions, entry, attempt),
        Ok(None) => {}
        Err(error) => {
            tracing::error!(%error, "the outcome of an action could not be stored; it is tried again");
            let (sessions, key) = (actions.sessions.clone(), signed_in.key.clone());
            let write = async move || sessions.update_record(&key, &finish).await.map(drop);
            actions.tasks.spawn(left::persist(write));
        }
    }
    Ok(Ran::Finished(finished))
}

fn unrecorded(error: StoreError) -> AppError {
    tracing::error!(%error, "an action was not started: the submission could not be recorded");
    AppError::StoreUnavailable
}

/// The outcome of a submission that was recorded by another process or before; `None` if it was not.
///
/// # Errors
/// `StoreUnavailable` if that is not known.
pub(super) async fn recorded(
    actions: &Actions,
    signed_in: &SignedIn,
    language: Language,
    once: &SubmissionId,
    sent: &Submitted,
) -> Result<Option<Finished>, AppError> {
    let entry = once.mark_bytes(once.round);
    match actions.sessions.submission(entry).await.map_err(unrecorded)? {
        Some(at) => of_another(actions, signed_in, language, once, (sent, at)).await.map(Some),
        None => Ok(None),
    }
}

/// Already sent by another process or before, when it was recorded: the session has its outcome once it is known. It is
/// not waited for longer than the other process can take, and not at all if that was in an earlier session.
///
/// # Errors
/// `StoreUnavailable` if the record was withdrawn: nothing was sent.
async fn of_another(
    actions: &Actions,
    signed_in: &SignedIn,
    language: Language,
    once: &SubmissionId,
    (sent, at): (&Submitted, UnixSecs),
) -> Result<Finished, AppError> {
    let age = actions.clock.now().saturating_sub(at);
    let is_over = age > CLOCK_SLACK_SECS || signed_in.created_at > at.saturating_add(CLOCK_SLACK_SECS);
    let asked = tokio::time::timeout(WAIT, async {
        let mut pause = ASK_SOON;
        loop {
            match actions.sessions.reload(&signed_in.key).await {
                Ok(Some(current)) => {
                    if let Some(finished) = once.known(&current.record) {
                        return Ok(Some(finished.clone()));
                    }
                }
                Ok(None) => return Ok(None),
                Err(error) => tracing::warn!(%error, "the outcome of an action could not be read"),
            }
            if is_over {
                return Ok(None);
            }
            if let Ok(None) = actions.sessions.submission(once.mark_bytes(once.round)).await {
                return Err(AppError::StoreUnavailable);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(ASK_LATER);
        }
    });
    Ok(asked.await.unwrap_or(Ok(None))?.unwrap_or_else(|| {
        let why = t!(language, "act-sent-before").to_owned();
        finished(actions, once, sent, Outcome::Unclear { why })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once(base: &str, round: u32) -> SubmissionId {
        let place =
            ActionPlace { board: "b".into(), panel: None, action: "close".into(), row: None, subject: None };
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
        let key = first.idempotency_key("ship");
        assert_eq!(once("a", 1).idempotency_key("ship"), key, "also for a changed form");
        assert_ne!(once("b", 0).idempotency_key("ship"), key);
        assert_ne!(once("a", 1).idempotency_key("cancel"), key, "another operation");
        let parts: Vec<_> = key.split('-').map(str::len).collect();
        assert_eq!((parts, key.as_bytes()[14]), (vec![8, 4, 4, 4, 12], b'8'), "{key}");
    }
}
