//! The claims from a refresh, and its entry in the history: written after the tokens are stored, in one write. Callers
//! wait for it at most a second.

use std::time::Duration;

use claimcheck_base::secret::Secret;
use claimcheck_session::{RowKey, SessionRecord, SignedIn, What};
use serde_json::{Map, Value};
use tracing::Instrument;

use crate::{claims, tokens::Tokens};

/// How long a caller that waits for the token also waits for the claims, so that its page shows the latest ones.
const WAIT: Duration = Duration::from_secs(1);
/// A response this old cannot still be on its way. If the record seems newer by more, a clock was set back.
const OVERTAKEN_SECS: i64 = 60;

/// Applies the claims of a refreshed ID token, and fetches UserInfo with this access token if that is useful. If
/// neither has anything new, nothing is written: `obtained_at` of the access token then records the refresh.
pub(super) async fn renew(
    tokens: &Tokens,
    before: &SignedIn,
    id_token: Option<Map<String, Value>>,
    token: &Secret,
    asks_userinfo: bool,
) {
    let asks_userinfo = asks_userinfo && claims::is_userinfo_of_use(&before.record);
    if id_token.is_none() && !asks_userinfo {
        return;
    }
    let asked = asks_userinfo.then(|| token.clone());
    let work = read_and_keep(tokens.clone(), before.key.clone(), before.owner.sub.clone(), id_token, asked);
    let task = tokens.tasks.spawn(work.in_current_span());
    let _ = tokio::time::timeout(WAIT, task).await;
}

async fn read_and_keep(
    tokens: Tokens,
    key: RowKey,
    sub: String,
    id_token: Option<Map<String, Value>>,
    asked: Option<Secret>,
) {
    let now = tokens.clock.now();
    let userinfo = match asked {
        Some(token) => match tokens.relying_party.fetch_userinfo(&token, &sub).await {
            Ok(said) => Some(said),
            Err(error) => {
                tracing::warn!(%error, "UserInfo could not be fetched again; the previous claims are kept");
                None
            }
        },
        None => None,
    };
    if id_token.is_none() && userinfo.is_none() {
        return;
    }
    let take = move |record: &mut SessionRecord| {
        if (1..OVERTAKEN_SECS).contains(&(record.claims_read_at - now)) {
            // A later request was faster.
            return;
        }
        let before = record.claims.clone();
        id_token.clone().into_iter().for_each(|said| claims::take_id_token(record, said, now));
        userinfo.clone().into_iter().for_each(|said| claims::take_userinfo(record, said, now));
        record.note(now, What::Renewed);
        let changed = claims::changes(&before, &record.claims);
        if !changed.is_empty() {
            record.note(now, What::Changed { claims: changed });
        }
    };
    if let Err(error) = tokens.sessions.update_record(&key, take).await {
        tracing::warn!(%error, "refreshed claims could not be stored");
    }
}

/// Notes in the history that the provider did not respond, without making the caller wait.
pub(super) fn note_failure(tokens: &Tokens, key: &RowKey) {
    let (then, key) = (tokens.clone(), key.clone());
    let note = async move {
        let now = then.clock.now();
        let noted = then.sessions.update_record(&key, |record| record.note(now, What::NotRenewed));
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a failed refresh could not be recorded");
        }
    };
    tokens.tasks.spawn(note.in_current_span());
}
