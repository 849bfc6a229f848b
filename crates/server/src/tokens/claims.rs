//! What a refresh says anew of the person, and its line in the history: written after the tokens are stored, all at once,
//! and nobody waits for it longer than a second.

use std::time::Duration;

use claimcheck_base::secret::Secret;
use claimcheck_session::{RowKey, SessionRecord, SignedIn, What};
use serde_json::{Map, Value};
use tracing::Instrument;

use crate::{claims, tokens::Tokens};

/// Who waits for the token waits so long for the claims as well, so that the page it is for shows the newest.
const WAIT: Duration = Duration::from_secs(1);
/// An answer as old as this is no longer on its way: where the record seems newer by more, a clock was set back.
const OVERTAKEN_SECS: i64 = 60;

/// Takes over the claims of a refreshed ID token, and with this access token asks UserInfo again where that is of use. Where
/// neither has anything to say, nothing is written: then `obtained_at` of the access token tells of the refresh.
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
                tracing::warn!(%error, "UserInfo cannot be read anew; what it said before stays");
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
            // Somebody who asked later was faster.
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
        tracing::warn!(%error, "refreshed claims cannot be stored");
    }
}

/// Notes that a refresh got no answer; nobody waits for that.
pub(super) fn note_failure(tokens: &Tokens, key: &RowKey) {
    let (then, key) = (tokens.clone(), key.clone());
    let note = async move {
        let now = then.clock.now();
        let noted = then.sessions.update_record(&key, |record| record.note(now, What::NotRenewed));
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a failed refresh cannot be noted");
        }
    };
    tokens.tasks.spawn(note.in_current_span());
}
