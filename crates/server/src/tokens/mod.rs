//! `Tokens`: the only source of usable access tokens. It decides when a refresh is due, and all callers that need the
//! token wait for the same refresh.

/// Pauses after failed refreshes.
mod backoff;
/// The claims from a refresh.
mod claims;
/// Token exchange.
mod exchange;
/// One process at a time.
mod lease;
/// Tokens for the wrong API.
mod meant_for;
/// Counting refreshes.
mod measured;
/// From a token response to the stored access token.
mod obtained;
/// One refresh: requested, validated, stored, and only then returned.
mod refresh;
/// Refused refreshes.
mod refused;
/// Revocation of tokens that are no longer needed.
mod revoke;
/// The scopes that token requests name.
mod scopes;

pub use meant_for::is_foreign;
pub use obtained::session_access_token;
pub use refresh::longest;

use std::{sync::Arc, time::Duration};

use claimcheck_base::{
    clock::{Clock, UnixSecs},
    secret::Secret,
};
use claimcheck_model::{AccessDenied, AppError};
use claimcheck_oidc::RelyingParty;
use claimcheck_session::{AccessToken, DEFAULT_API, RowKey, Sessions, SignedIn, TokenSet};
use claimcheck_text::Language;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    audit::Audit,
    config::{Api, Settings, TokenSource},
    metrics::Metrics,
    single_flight::SingleFlight,
    tokens::{backoff::Backoff, refused::Refusals, revoke::Waiting},
};

/// A token that expires later than this still reaches the API, so callers do not wait for the refresh that is due.
const REACHES_API_SECS: i64 = 10;
/// How long a request waits for a refresh. The refresh itself continues, because the provider may already have
/// invalidated the old token.
const WAIT: Duration = Duration::from_secs(12);

/// The token that a caller needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Any token that has not expired.
    Usable,
    /// Another one than this, which the API has rejected.
    OtherThan(Secret),
    /// A newly refreshed one, because the user wants the provider's current data.
    Renewed,
}

/// The session, and the id of the API.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TokenId {
    session: RowKey,
    api: String,
}

impl TokenId {
    fn of(signed_in: &SignedIn, api: &Api) -> Self {
        Self { session: signed_in.key.clone(), api: api.id.clone() }
    }
}

/// The tokens of all sessions: provides access tokens, refreshes them, and revokes those no longer needed. Cheap to
/// clone.
#[derive(Clone)]
pub struct Tokens {
    sessions: Sessions,
    relying_party: RelyingParty,
    clock: Clock,
    /// Refreshes and revocations continue without callers; the program waits for them before it exits.
    tasks: TaskTracker,
    underway: SingleFlight<TokenId, Secret>,
    failed: Backoff,
    refusals: Refusals,
    waiting: Waiting,
    /// The sign-in's own API.
    default_api: Arc<Api>,
    settings: Arc<Settings>,
    metrics: Metrics,
    audit: Audit,
}

impl Tokens {
    /// The tokens of these sessions, issued by this provider. Once `stopping` is cancelled, revocations that have failed are
    /// tried once more, and no later.
    pub fn new(
        sessions: Sessions,
        relying_party: RelyingParty,
        clock: Clock,
        tasks: TaskTracker,
        stopping: CancellationToken,
        settings: Arc<Settings>,
    ) -> Self {
        let underway = SingleFlight::new(&tasks);
        let (failed, refusals, default_api) =
            (Backoff::default(), Refusals::default(), Arc::new(settings.apis.default.clone()));
        let waiting = Waiting::new(stopping);
        Self {
            sessions,
            relying_party,
            clock,
            tasks,
            underway,
            failed,
            refusals,
            waiting,
            default_api,
            settings,
            metrics: Metrics::default(),
            audit: Audit::default(),
        }
    }

    /// The same tokens, whose refreshes are counted there.
    #[must_use]
    pub fn with_metrics(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// The same tokens, whose events are recorded there.
    #[must_use]
    pub fn with_audit(self, audit: Audit) -> Self {
        Self { audit, ..self }
    }

    /// Where events are recorded.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// The same tokens, for other boards.
    #[must_use]
    pub fn with_settings(&self, settings: &Arc<Settings>) -> Self {
        Self { settings: settings.clone(), ..self.clone() }
    }

    /// Forgets failed refreshes of a session, because it has tokens of another sign-in now.
    pub fn reset_backoff(&self, session: &RowKey) {
        self.failed.forget_all_of(session);
        self.refusals.forget(session);
    }

    /// A usable access token for this API: the stored token if it is good enough; else all callers wait for one
    /// refresh.
    ///
    /// # Errors
    /// `SignedOut` if the session is gone or the provider has ended it, `ProviderUnavailable` if a needed refresh got
    /// no usable response (the session continues), `SignInExpired` if it was refused and a new sign-in helps,
    /// `ClientRefused` if the provider does not accept this client, `Forbidden` if the provider issues none for this API, `ApiUnavailable` if
    /// another token would not change the API's refusal, `StoreUnavailable` if the store does not respond.
    pub async fn access_token(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        need: Need,
    ) -> Result<Secret, AppError> {
        let now = self.clock.now();
        let at_hand = usable(&signed_in.tokens, &api.id, &need, now);
        let may_refresh = may_obtain(signed_in, api, now);
        let is_due = |access: &AccessToken| may_refresh && access.refresh_at.is_some_and(|due| due <= now);
        if let Some(access) = at_hand.filter(|access| !is_due(access)) {
            return Ok(access.token.clone());
        }
        if at_hand.is_none() && !may_refresh && !api.is_default() {
            return Err(out_of_reach(api));
        }
        let id = TokenId::of(signed_in, api);
        if let Some(error) = self.failed.lately(&id, now) {
            return at_hand.map(|access| access.token.clone()).ok_or(error);
        }
        if let Some(access) = at_hand.filter(|access| access.expires_at > Some(now + REACHES_API_SECS)) {
            drop(self.join_refresh(signed_in, api, &need));
            return Ok(access.token.clone());
        }
        let mut outcome = self.join_refresh(signed_in, api, &need).await;
        // A refresh that was already running may not meet this need; then there is one more.
        if outcome.as_ref().is_ok_and(|token| is_unmet(signed_in, api, &need, token)) {
            outcome = self.join_refresh(signed_in, api, &need).await;
        }
        match (outcome, at_hand) {
            (Err(AppError::SignedOut), _) => Err(AppError::SignedOut),
            (Err(_), Some(access)) => Ok(access.token.clone()),
            (Ok(token), _) if need == Need::OtherThan(token.clone()) => Err(AppError::ApiUnavailable),
            (outcome, _) => outcome,
        }
    }

    /// The session as it is now, with the tokens and claims of the latest refresh.
    ///
    /// # Errors
    /// `SignedOut` if it is over, `StoreUnavailable` if the store does not respond.
    pub async fn reload(&self, signed_in: &SignedIn) -> Result<SignedIn, AppError> {
        match self.sessions.reload(&signed_in.key).await {
            Ok(current) => current.ok_or(AppError::SignedOut),
            Err(error) => {
                tracing::error!(%error, "the session store is not responding");
                Err(AppError::StoreUnavailable)
            }
        }
    }

    /// Joins the refresh of that token, or starts it. It runs from here on; the future only waits for a limited time.
    fn join_refresh(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        need: &Need,
    ) -> impl Future<Output = Result<Secret, AppError>> + use<> {
        let seen = Seen { token: newest(&signed_in.tokens, api).cloned(), need: need.clone() };
        let work = refresh::one(self.clone(), signed_in.key.clone(), api.clone(), seen);
        let underway = self.underway.join(TokenId::of(signed_in, api), work);
        async move { tokio::time::timeout(WAIT, underway).await.unwrap_or(Err(AppError::ProviderUnavailable)) }
    }
}

/// Whether a refresh returned nothing new to this caller.
fn is_unmet(signed_in: &SignedIn, api: &Api, need: &Need, token: &Secret) -> bool {
    match need {
        Need::Usable => false,
        Need::OtherThan(refused) => refused == token,
        Need::Renewed => newest(&signed_in.tokens, api) == Some(token),
    }
}

/// The latest access token, valid or not.
fn newest<'a>(tokens: &'a TokenSet, api: &Api) -> Option<&'a Secret> {
    tokens.access.get(&api.id).map(|access| &access.token)
}

/// Whether the sign-in includes a scope at the API of that id, as far as is known. A response names the scopes of its
/// own token (RFC 6749 5.1), so those at another API are known once there is a token for it.
pub fn may_have(signed_in: &SignedIn, api: &str, scope: &str) -> bool {
    let holds = |scopes: &[String]| scopes.iter().any(|held| held == scope);
    match api {
        DEFAULT_API => holds(&signed_in.record.granted_scopes),
        other => signed_in.tokens.access.get(other).is_none_or(|access| holds(&access.scopes)),
    }
}

/// The failure for an API whose token requires a refresh token, if there is none.
fn out_of_reach(api: &Api) -> AppError {
    AppError::Forbidden(AccessDenied::RefreshToken(api.title.text(Language::default()).to_owned()))
}

/// Whether another token for this API can be requested.
fn may_obtain(signed_in: &SignedIn, api: &Api, now: UnixSecs) -> bool {
    let has_subject = || usable(&signed_in.tokens, DEFAULT_API, &Need::Usable, now).is_some();
    signed_in.tokens.refresh_token.is_some() || api.token == TokenSource::Exchange && has_subject()
}

/// The stored token, if it is for this API, has not expired and meets the need.
fn usable<'a>(tokens: &'a TokenSet, api: &str, need: &Need, now: UnixSecs) -> Option<&'a AccessToken> {
    let is_wanted = |access: &&AccessToken| match need {
        Need::Usable => true,
        Need::OtherThan(refused) => *refused != access.token,
        Need::Renewed => false,
    };
    // Unknown lifetime: valid until the API says otherwise (RFC 6749 5.1).
    let runs = |access: &&AccessToken| access.expires_at.is_none_or(|end| now < end);
    tokens.access.get(api).filter(|access| !access.is_foreign).filter(is_wanted).filter(runs)
}

/// What the caller of a refresh has seen. If there is another token by now, another process has refreshed.
struct Seen {
    token: Option<Secret>,
    need: Need,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rf_09_a_token_is_usable_until_the_second_in_which_it_ends() {
        let mut tokens = TokenSet::new(Secret::new("id"));
        let token = Secret::new("access");
        let obtained = |end| AccessToken::obtained(token.clone(), 100, end, Vec::new());
        let is_usable = |tokens: &TokenSet, need, now| usable(tokens, "api", &need, now).is_some();
        assert!(!is_usable(&tokens, Need::Usable, 100), "there is none");
        tokens.access.insert("api".to_owned(), obtained(Some(200)));
        assert!(is_usable(&tokens, Need::Usable, 199) && !is_usable(&tokens, Need::Usable, 200));
        assert!(!is_usable(&tokens, Need::Renewed, 100));
        assert!(!is_usable(&tokens, Need::OtherThan(token.clone()), 100));
        assert!(is_usable(&tokens, Need::OtherThan(Secret::new("other")), 100));
        tokens.access.insert("api".to_owned(), obtained(None));
        assert!(is_usable(&tokens, Need::Usable, i64::MAX), "until the API says otherwise");
    }
}
