//! The claims from a refresh, and its entry in the history: written after the tokens are stored, in one write. Callers
//! wait for it at most a second.

use std::time::Duration;

use claimcheck_base::secret::Secret;
use claimcheck_session::{DEFAULT_API, EndReason, RowKey, SessionRecord, SignedIn, What};
use serde_json::{Map, Value};
use tracing::Instrument;

use crate::{
    audit::{self, Event},
    claims::{self, RolesOfToken},
    requester,
    tokens::Tokens,
};

/// How long a caller that waits for the token also waits for the claims, so that its page shows the latest ones.
const WAIT: Duration = Duration::from_secs(1);
/// A response this old cannot still be on its way. If the record seems newer by more, a clock was set back.
const OVERTAKEN_SECS: i64 = 60;

/// Applies the claims of a refreshed ID token, and fetches UserInfo with this access token if that is useful. If
/// neither has anything new, nothing is written: `obtained_at` of the access token then records the refresh.
///
/// `is_default`: the access token is for the sign-in's own API, so that it may have roles.
pub(super) async fn renew(
    tokens: &Tokens,
    before: &SignedIn,
    id_token: Option<Map<String, Value>>,
    token: &Secret,
    is_default: bool,
    asks_userinfo: bool,
) {
    let asks_userinfo = asks_userinfo && claims::is_userinfo_of_use(&before.record);
    let reads_roles = tokens.settings.access_token_roles.is_some() && is_default;
    if id_token.is_none() && !asks_userinfo && !reads_roles {
        return;
    }
    let asked = asks_userinfo.then(|| token.clone());
    let of_token = reads_roles.then(|| token.clone());
    let work = read_and_keep(tokens.clone(), before.clone(), id_token, asked, of_token);
    let task = tokens.tasks.spawn(requester::carry(work.in_current_span()));
    let _ = tokio::time::timeout(WAIT, task).await;
}

async fn read_and_keep(
    tokens: Tokens,
    current: SignedIn,
    id_token: Option<Map<String, Value>>,
    asked: Option<Secret>,
    of_token: Option<Secret>,
) {
    let key = &current.key;
    let now = tokens.clock.now();
    let userinfo = match asked {
        Some(token) => match tokens.relying_party.fetch_userinfo(&token, &current.owner.sub).await {
            Ok(said) => Some(said),
            Err(error) => {
                tracing::warn!(%error, "UserInfo could not be fetched again; the previous claims are kept");
                None
            }
        },
        None => None,
    };
    let roles = match of_token {
        Some(token) => {
            let claims = id_token.as_ref().unwrap_or(&current.record.sources.id_token);
            roles_of(&tokens, &current, &token, claims).await
        }
        None => None,
    };
    if id_token.is_none() && userinfo.is_none() && roles.is_none() {
        return;
    }
    let settings = tokens.settings.clone();
    let take = move |record: &mut SessionRecord| {
        if (1..OVERTAKEN_SECS).contains(&(record.claims_read_at - now)) {
            // A later request was faster.
            return Default::default();
        }
        let (before, roles_before) = (record.claims.clone(), claims::roles(&settings, record));
        id_token.clone().into_iter().for_each(|said| claims::take_id_token(record, said, now));
        userinfo.clone().into_iter().for_each(|said| claims::take_userinfo(record, said, now));
        roles.iter().for_each(|read| claims::take_token_roles(record, read, now));
        record.note(now, What::Renewed);
        let changed = claims::changes(&before, &record.claims);
        if !changed.is_empty() {
            record.note(now, What::Changed { claims: changed });
        }
        (roles_before, claims::roles(&settings, record))
    };
    match tokens.sessions.update_record(key, take).await {
        Ok(roles) => {
            tokens.record_roles(&current, roles.unwrap_or_default());
            tokens.end_if_not_allowed(key).await;
        }
        Err(error) => tracing::warn!(%error, "refreshed claims could not be stored"),
    }
}

/// What this access token of the sign-in's own API says about roles.
async fn roles_of(
    tokens: &Tokens,
    current: &SignedIn,
    token: &Secret,
    id_token: &Map<String, Value>,
) -> Option<RolesOfToken> {
    let who = (current.owner.iss.as_str(), current.owner.sub.as_str());
    claims::read_token_roles(&tokens.settings, &tokens.relying_party, token, who, id_token).await
}

impl Tokens {
    /// Ends a session to whose user the rules about who may sign in do not apply any more. Call it when claims have
    /// changed.
    pub async fn end_if_not_allowed(&self, key: &RowKey) {
        if self.settings.allow.is_empty() {
            return;
        }
        let current = match self.sessions.reload(key).await {
            Ok(Some(current)) => current,
            Ok(None) => return,
            Err(error) => return tracing::warn!(%error, "a session could not be read"),
        };
        let Some(hint) = claims::not_allowed(&self.settings, &current.record) else { return };
        match self.sessions.end(key, EndReason::NotAllowed).await {
            Ok(ended) => {
                let reason = format!("the user meets none of the rules in [[allow]] any more{hint}");
                tracing::warn!(event = "session ended", reason);
                if let Some(tokens) = ended.and_then(|ended| ended.tokens) {
                    drop(self.revoke(tokens));
                }
            }
            Err(error) => tracing::error!(%error, "a session could not be ended"),
        }
    }

    /// Records in the audit log which roles a user has gained and lost.
    pub fn record_roles(&self, of: &SignedIn, (before, after): (Vec<String>, Vec<String>)) {
        let only = |some: &[String], others: &[String]| -> Vec<String> {
            some.iter().filter(|role| !others.contains(role)).cloned().collect()
        };
        let (gained, lost) = (only(&after, &before), only(&before, &after));
        if !gained.is_empty() || !lost.is_empty() {
            self.audit.record(Event::success(audit::Occurrence::RolesChanged { gained, lost }).of(of));
        }
    }

    /// Tries again to verify the access token whose key was unknown. Returns the session as it is then, if something
    /// has changed.
    pub async fn reread_roles(&self, current: &SignedIn) -> Option<SignedIn> {
        let is_pending = current.record.token_roles.as_ref().is_some_and(|roles| roles.until.is_some());
        let access = current.tokens.access.get(DEFAULT_API).filter(|_| is_pending)?;
        let read = roles_of(self, current, &access.token, &current.record.sources.id_token).await?;
        if read == RolesOfToken::KeyUnknown {
            return None;
        }
        let now = self.clock.now();
        let taken = self.sessions.update_record(&current.key, |record| {
            let before = claims::roles(&self.settings, record);
            claims::take_token_roles(record, &read, now);
            (before, claims::roles(&self.settings, record))
        });
        match taken.await {
            Ok(roles) => self.record_roles(current, roles.unwrap_or_default()),
            Err(error) => {
                tracing::warn!(%error, "roles could not be stored");
                return None;
            }
        }
        self.sessions.reload(&current.key).await.ok().flatten()
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
