//! What a refused refresh means for a session. A grant that has ended ends it at once. Any other refusal by the
//! provider ends it if it repeats after the access token has expired, unless it is an outage: several sessions are
//! refused alike, and no refresh has succeeded since. In all other cases the user can sign in again meanwhile.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use claimcheck_base::{clock::UnixSecs, secret::Secret};
use claimcheck_model::{AccessDenied, AppError};
use claimcheck_oidc::refusal::{Meaning, TokenRefusal};
use claimcheck_session::{DEFAULT_API, RowKey, SignedIn};
use claimcheck_text::Language;

use crate::{
    config::{Api, TokenSource},
    tokens::{Need, TokenId, Tokens, claims, refresh, usable},
};

/// The number of refusals after which a session ends, at the earliest [`ENDS_AFTER_SECS`] after the first.
const REFUSALS_MAX: u32 = 5;
/// A fault of the provider that lasts no longer than this ends no session.
const ENDS_AFTER_SECS: i64 = 60;
/// How long a refusal is remembered if no further one follows.
const REMEMBERED_SECS: i64 = 86_400;
/// The number of different refusals that are told apart; with more, they count as alike.
const KINDS_MAX: usize = 32;

/// What a refusal looks like: status and error code.
type Kind = (u16, String);

struct Refused {
    times: u32,
    first: UnixSecs,
    last: UnixSecs,
}

#[derive(Default)]
struct State {
    /// The refusals since the last success of each session, after its access token has expired.
    by_session: HashMap<RowKey, Refused>,
    /// The sessions that were refused alike since any refresh has succeeded.
    alike: HashMap<Kind, HashSet<RowKey>>,
}

/// The refusals that this process has seen.
#[derive(Clone, Default)]
pub(super) struct Refusals(Arc<Mutex<State>>);

impl Refusals {
    /// Records a refusal; `has_expired` if the access token has. Returns whether the session has been refused often
    /// enough to end.
    fn record(&self, session: &RowKey, kind: Kind, has_expired: bool, now: UnixSecs) -> bool {
        let mut state = self.lock();
        state.by_session.retain(|_, refused| (now - refused.last).abs() < REMEMBERED_SECS);
        let kind = if state.alike.len() < KINDS_MAX { kind } else { Kind::default() };
        let alike = state.alike.entry(kind).or_default();
        alike.insert(session.clone());
        let is_outage = alike.len() > 1;
        if !has_expired {
            return false;
        }
        let new = Refused { times: 0, first: now, last: now };
        let refused = state.by_session.entry(session.clone()).or_insert(new);
        refused.times = refused.times.saturating_add(1);
        refused.last = now;
        !is_outage && refused.times >= REFUSALS_MAX && (now - refused.first).abs() >= ENDS_AFTER_SECS
    }

    /// A refresh of this session has succeeded, so the provider works.
    pub(super) fn succeeded(&self, session: &RowKey) {
        let mut state = self.lock();
        state.by_session.remove(session);
        state.alike.clear();
    }

    /// The session is over, or has the tokens of another sign-in.
    pub(super) fn forget(&self, session: &RowKey) {
        let mut state = self.lock();
        state.by_session.remove(session);
        state.alike.retain(|_, sessions| {
            sessions.remove(session);
            !sessions.is_empty()
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handles a refused refresh.
pub(super) async fn handle(
    tokens: &Tokens,
    current: SignedIn,
    api: &Api,
    need: &Need,
    refusal: TokenRefusal,
) -> Result<Secret, AppError> {
    if !api.is_default() && is_of_api(&refusal) {
        return refused_for_api(tokens, current, api, &refusal).await;
    }
    let (status, code, remedy) = (refusal.status(), refusal.code(), refusal.remedy());
    match refusal.meaning() {
        Meaning::GrantEnded => end(tokens, &current, api, &refusal).await,
        Meaning::Client => {
            tracing::error!(event = "client refused", api = api.id, code, status, remedy);
            Err(failed(tokens, &current, api, AppError::ClientRefused))
        }
        Meaning::Unclear if api.is_default() => {
            let kind = (status, code.to_owned());
            let (now, has_expired) = (tokens.clock.now(), has_expired(tokens, &current, api, need));
            if tokens.refusals.record(&current.key, kind, has_expired, now) {
                return end(tokens, &current, api, &refusal).await;
            }
            tracing::error!(event = "refresh refused", api = api.id, code, status, remedy);
            Err(failed(tokens, &current, api, AppError::SignInExpired))
        }
        Meaning::Unclear | Meaning::NotOfProvider | Meaning::Temporary => {
            tracing::error!(event = "refresh refused", api = api.id, code, status, remedy);
            Err(failed(tokens, &current, api, AppError::SignInExpired))
        }
    }
}

/// Whether the session has no usable access token: it has expired, or its lifetime is unknown and the API rejects it.
fn has_expired(tokens: &Tokens, current: &SignedIn, api: &Api, need: &Need) -> bool {
    let access = usable(&current.tokens, &api.id, &Need::Usable, tokens.clock.now());
    access.is_none_or(|access| access.expires_at.is_none() && *need == Need::OtherThan(access.token.clone()))
}

/// The provider is not asked again for a while, and the history has a note for the user.
pub(super) fn failed(tokens: &Tokens, current: &SignedIn, api: &Api, error: AppError) -> AppError {
    tokens.failed.failed(&TokenId::of(current, api), tokens.clock.now(), error.clone());
    claims::note_failure(tokens, &current.key);
    error
}

async fn end(
    tokens: &Tokens,
    current: &SignedIn,
    api: &Api,
    refusal: &TokenRefusal,
) -> Result<Secret, AppError> {
    let outcome =
        refresh::end(tokens, current, api, ("refused", &format!("refresh refused: {refusal}"))).await;
    if matches!(outcome, Err(AppError::SignedOut)) {
        tokens.refusals.forget(&current.key);
    }
    outcome
}

/// The provider issues no token for a further API. Some providers say `invalid_grant` then, so the grant is tried for
/// the sign-in's own API, which decides about the session.
async fn refused_for_api(
    tokens: &Tokens,
    current: SignedIn,
    api: &Api,
    refusal: &TokenRefusal,
) -> Result<Secret, AppError> {
    let now = tokens.clock.now();
    if usable(&current.tokens, DEFAULT_API, &Need::Usable, now).is_none() {
        let default = tokens.default_api.clone();
        let id = TokenId::of(&current, &default);
        if let Some(error) = tokens.failed.lately(&id, now) {
            return Err(error);
        }
        Box::pin(refresh::refresh(tokens, current.clone(), &default, &Need::Usable)).await?;
    }
    Err(lock(tokens, &current, api, &reason(api, refusal)))
}

/// Why there is no token for a further API, for the log.
pub(super) fn reason(api: &Api, refusal: &TokenRefusal) -> String {
    let (code, status) = (refusal.code(), refusal.status());
    let remedy = match api.token {
        TokenSource::Refresh => {
            "check its resource, audience and scopes, and what the provider allows this client"
        }
        TokenSource::Exchange => {
            "check its audience, resource and scopes, and allow token exchange for this client at the provider"
        }
    };
    format!("error code {code}, status {status}: {remedy}")
}

/// Whether a refusal of a request for a further API is about that API. A client that may not have this token may have
/// others.
pub(super) fn is_of_api(refusal: &TokenRefusal) -> bool {
    match refusal.meaning() {
        Meaning::Client => ["unauthorized_client", "access_denied"].contains(&refusal.code()),
        meaning => meaning != Meaning::NotOfProvider,
    }
}

/// There is no token for this API. The provider is asked again after a while; other APIs are not concerned.
pub(super) fn lock(tokens: &Tokens, current: &SignedIn, api: &Api, reason: &str) -> AppError {
    tracing::error!(event = "no access token", api = api.id, reason, "the provider issues none for this API");
    let error = AppError::Forbidden(AccessDenied::Token(api.title.text(Language::default()).to_owned()));
    tokens.failed.refused(&TokenId::of(current, api), tokens.clock.now(), error.clone());
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> Kind {
        (400, "invalid_request".to_owned())
    }

    #[test]
    fn r02_a_session_ends_after_five_refusals_over_a_minute() {
        let (refusals, key) = (Refusals::default(), RowKey::random().unwrap());
        for second in [0, 2, 6, 14, 22, 59] {
            assert!(!refusals.record(&key, kind(), true, second), "{second}");
        }
        assert!(refusals.record(&key, kind(), true, 60));
        refusals.succeeded(&key);
        for minute in 0..4 {
            assert!(!refusals.record(&key, kind(), true, minute * 600));
        }
        assert!(refusals.record(&key, kind(), true, 2400), "however long it takes");
        refusals.forget(&key);
        for second in 0..1000 {
            assert!(!refusals.record(&key, kind(), false, second), "its access token is valid");
        }
    }

    #[test]
    fn r02_sessions_that_are_refused_alike_are_an_outage_until_a_refresh_succeeds() {
        let (refusals, [first, second, third]) =
            (Refusals::default(), [(); 3].map(|()| RowKey::random().unwrap()));
        for minute in 0..20 {
            for key in [&first, &second] {
                assert!(!refusals.record(key, kind(), true, minute * 60), "{minute}");
            }
        }
        let other = (403, "access_denied".to_owned());
        assert!(!refusals.record(&third, other.clone(), true, 0));
        refusals.succeeded(&third);
        assert!(refusals.record(&first, kind(), true, 1200), "the provider works, and refuses this one");
        refusals.forget(&first);
        assert!(refusals.record(&second, kind(), true, 1200), "the first has ended and is no outage");
    }
}
