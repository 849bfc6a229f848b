//! However often a form is sent, it is done once: on any number of processes the first one sends the request, and all who
//! come later, or at the same time, hear how that went.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{
    call::{self, PATIENCE, Request},
    submitted::Submitted,
};
use crate::{
    error::AppError,
    server::{
        Context,
        flights::Flights,
        random::{self, NoRandomness},
        session::{ActionPlace, Finished, Outcome, RowKey, SessionRecord, SignedIn},
    },
};

/// How often the session is asked for the outcome of what another process does.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// How long a person waits for it. The request itself goes on, and the board says how it went.
const WAIT: Duration = PATIENCE.saturating_add(Duration::from_secs(5));

/// What is under way in this process.
pub type Acts = Flights<(RowKey, String), Arc<Outcome>>;

/// By what a form is told apart from others: a random base, and how often it came back to its person undecided.
pub struct Once {
    base: String,
    round: u32,
    /// What the store remembers of it.
    mark: [u8; 32],
}

impl Once {
    /// For a form that is shown for the first time.
    pub fn fresh() -> Result<String, NoRandomness> {
        Ok(format!("{}.0", random::text::<16>()?))
    }

    /// Of a form that was sent.
    pub fn of(signed_in: &SignedIn, sent: &Submitted) -> Self {
        let (base, round) = sent.once.rsplit_once('.').unwrap_or((&sent.once, "0"));
        let place = &sent.place;
        let mark = hash(&[
            b"action",
            signed_in.key.as_str().as_bytes(),
            sent.once.as_bytes(),
            place.board.as_bytes(),
            format!("{:?} {}", place.panel, place.action).as_bytes(),
            place.row.as_deref().unwrap_or_default().as_bytes(),
        ]);
        Self { base: base.to_owned(), round: round.parse().unwrap_or_default(), mark }
    }

    /// The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header 2.2), a UUID: the same for the same request
    /// of a form whose outcome is not known, so that an API which heeds it does nothing twice.
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

    /// What the form is sent with when it is sent again after this outcome. The base stays where the API may still have the
    /// request, or has not looked at it.
    pub fn next(&self, outcome: &Outcome) -> String {
        let base = match outcome {
            Outcome::Unclear { .. } | Outcome::StepUp(_) => self.base.clone(),
            // Not by chance: a form that was sent twice comes back as one.
            _ => BASE64_URL_SAFE_NO_PAD
                .encode(&hash(&[b"next", self.base.as_bytes(), &self.round.to_be_bytes()])[..16]),
        };
        format!("{base}.{}", self.round.saturating_add(1))
    }

    /// How it went, where that is known.
    pub fn known<'a>(&self, signed_in: &'a SignedIn) -> Option<&'a Outcome> {
        signed_in.record.outcome_of(&self.name())
    }

    /// The mark as a text.
    fn name(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.mark)
    }
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Makes the call, unless it was made before; in a task of its own, so that a browser that goes away cuts nothing short.
///
/// # Errors
/// What kept the request from being sent: nothing was done then.
pub async fn run(
    context: &Context,
    signed_in: &SignedIn,
    once: &Once,
    place: ActionPlace,
    request: Request,
) -> Result<Outcome, AppError> {
    let id = (signed_in.key.clone(), once.name());
    let (context_then, signed_in, mark) = (context.clone(), signed_in.clone(), once.mark);
    let name = once.name();
    let work = async move {
        let context = context_then;
        // Before the request: a process that ends in between leaves an outcome that nobody knows, not a second request.
        match context.sessions.consume(mark, signed_in.absolute_until).await {
            Ok(true) => {}
            Ok(false) => return of_another_process(&context, &signed_in, &name).await.map(Arc::new),
            Err(error) => {
                tracing::error!(%error, "it cannot be made sure that an action is done once");
                return Err(AppError::StoreUnavailable);
            }
        }
        let outcome = call::make(&context, &signed_in, &place, request).await;
        let finished = Finished { mark: name, place, at: context.clock.now(), outcome: outcome.clone() };
        let finish = move |record: &mut SessionRecord| record.finish(finished.clone());
        if let Err(error) = context.sessions.update_record(&signed_in.key, finish).await {
            tracing::error!(%error, "how an action went could not be stored");
        }
        Ok(Arc::new(outcome))
    };
    let underway = tokio::time::timeout(WAIT, context.acts.join(id, work));
    match underway.await {
        Ok(outcome) => outcome.map(|outcome| (*outcome).clone()),
        Err(_) => Ok(Outcome::Unclear { why: "It takes longer than usual and goes on.".to_owned() }),
    }
}

/// Sent before, and not from here or no longer: its outcome stands in the session once it is known.
async fn of_another_process(
    context: &Context,
    signed_in: &SignedIn,
    name: &str,
) -> Result<Outcome, AppError> {
    let asked = tokio::time::timeout(WAIT, async {
        loop {
            match context.sessions.reload(&signed_in.key).await {
                Ok(Some(current)) => {
                    if let Some(outcome) = current.record.outcome_of(name) {
                        return Ok(outcome.clone());
                    }
                }
                Ok(None) => return Err(AppError::SignedOut),
                Err(error) => tracing::warn!(%error, "the outcome of an action cannot be looked up"),
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    });
    asked.await.unwrap_or_else(|_| {
        let why = "It was sent before, and how that went is not known here.".to_owned();
        Ok(Outcome::Unclear { why })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once(base: &str, round: u32) -> Once {
        Once { base: base.to_owned(), round, mark: [0; 32] }
    }

    #[test]
    fn an_unclear_request_keeps_its_key_and_a_refused_one_does_not() {
        let unclear = Outcome::Unclear { why: String::new() };
        let refused = Outcome::Lacking(crate::model::Lack::Unsaid);
        let first = once("a", 0);
        assert_eq!(first.next(&unclear), "a.1");
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
