//! One refresh, for one API: requested, validated, stored, and only then returned. It runs as its own task. The lease
//! ensures that there is only one per session, across APIs and processes. New tokens replace exactly the ones that were
//! read.

use std::time::{Duration, Instant};

use claimcheck_base::secret::Secret;
use claimcheck_model::AppError;
use claimcheck_oidc::{
    id_token::{Expected, Refreshed},
    token_endpoint::{TokenError, TokenResponse, refresh_timeout},
};
use claimcheck_session::{AccessToken, EndReason, RowKey, SignedIn, StoreError, Swap, TokenSet};
use serde_json::{Map, Value};
use tracing::Span;

use crate::{
    audit::{AuditOutcome, Event, Occurrence},
    config::{Api, TokenSource},
    tokens::{
        Need, Seen, TokenId, Tokens, WAIT, claims, exchange,
        lease::Turn,
        meant_for,
        measured::{LeaseWait, measured},
        out_of_reach, refused, scopes, session_access_token, usable,
    },
};

/// A token that was fetched because the API rejected the previous one is not replaced again for this long.
const FORCED_AGAIN_SECS: i64 = 60;
/// How long storing new tokens is retried: longer than a store takes to restart.
const STORED_WITHIN: Duration = Duration::from_secs(40);
/// The interval of these retries. A lease cannot be extended while the store is unavailable, so no other process may
/// write first when it is back.
const STORE_AGAIN: Duration = Duration::from_millis(250);

/// The longest duration of a refresh: its turn, the request, fetching keys, and storing with all retries.
pub fn longest(provider_timeout: Duration) -> Duration {
    refresh_timeout(provider_timeout)
        .saturating_add(provider_timeout)
        .saturating_add(STORED_WITHIN)
        .saturating_add(WAIT)
}

/// Refreshes once, and records the outcome.
pub(super) async fn one(tokens: Tokens, key: RowKey, api: Api, seen: Seen) -> Result<Secret, AppError> {
    let outcome = attempt(&tokens, &key, &api, seen).await;
    let (failed, id) = (&tokens.failed, TokenId { session: key, api: api.id });
    match &outcome {
        Err(error @ AppError::StoreUnavailable) => failed.failed(&id, tokens.clock.now(), error.clone()),
        // Recorded where the provider was asked: a caller that only waited for another process has not asked it.
        Err(
            AppError::ProviderUnavailable
            | AppError::SignInExpired
            | AppError::ClientRefused
            | AppError::Forbidden(_),
        ) => {}
        _ => failed.forget(&id),
    }
    outcome
}

/// The state of a session for a caller that has the turn or waits for it.
enum Read {
    /// Nothing needs to be requested.
    Known(Result<Secret, AppError>),
    Due(SignedIn),
}

async fn attempt(tokens: &Tokens, key: &RowKey, api: &Api, seen: Seen) -> Result<Secret, AppError> {
    let (turn, begun) = (Turn::of(tokens, key)?, Instant::now());
    let mut wait = LeaseWait { tokens, since: None, span: Span::none() };
    loop {
        let is_ours = turn.take().await?;
        // After the turn was taken: the previous holder may have refreshed.
        match read(tokens, key, api, &seen).await {
            Read::Due(current) if is_ours => {
                drop(wait);
                return turn.keep(measured(tokens, api, refresh(tokens, current, api, &seen.need))).await;
            }
            Read::Known(outcome) => {
                if is_ours {
                    turn.give_back();
                }
                return outcome;
            }
            // No caller waits any longer; the next one finds the other process's result.
            Read::Due(_) if begun.elapsed() > WAIT => return Err(AppError::ProviderUnavailable),
            Read::Due(_) => {
                wait.begin();
                turn.wait().await;
            }
        }
    }
}

async fn read(tokens: &Tokens, key: &RowKey, api: &Api, seen: &Seen) -> Read {
    match load(tokens, key).await {
        Ok(current) => match known(tokens, &current, api, seen) {
            Some(outcome) => Read::Known(outcome),
            None => Read::Due(current),
        },
        Err(error) => Read::Known(Err(error)),
    }
}

/// The provider was asked and failed.
pub(super) fn provider_failed<T>(
    tokens: &Tokens,
    current: &SignedIn,
    api: &Api,
    cause: &dyn std::fmt::Display,
) -> Result<T, AppError> {
    tracing::error!(event = "refresh failed", api = api.id, error = %cause);
    Err(refused::failed(tokens, current, api, AppError::ProviderUnavailable))
}

/// A result that needs no request, because another process has refreshed in the meantime, or because it would not help.
fn known(tokens: &Tokens, current: &SignedIn, api: &Api, seen: &Seen) -> Option<Result<Secret, AppError>> {
    let access = current.tokens.access.get(&api.id).filter(|access| !access.is_foreign)?;
    let is_refused = seen.need == Need::OtherThan(access.token.clone());
    if seen.token.as_ref() != Some(&access.token) && !is_refused {
        return Some(Ok(access.token.clone()));
    }
    // Clocks of processes differ slightly: a token of another process may seem to come from the future here.
    let age = tokens.clock.now() - access.obtained_at;
    if is_refused && access.forced && (-FORCED_AGAIN_SECS..FORCED_AGAIN_SECS).contains(&age) {
        tracing::warn!("the API rejected the token of a refresh that followed its last rejection");
        return Some(Err(AppError::ApiUnavailable));
    }
    None
}

pub(super) async fn refresh(
    tokens: &Tokens,
    current: SignedIn,
    api: &Api,
    need: &Need,
) -> Result<Secret, AppError> {
    if api.token == TokenSource::Exchange {
        return exchange::exchange(tokens, current, api, need).await;
    }
    let Some(refresh_token) = &current.tokens.refresh_token else {
        return without_refresh_token(tokens, &current, api, need).await;
    };
    let mut named = scopes::named(&tokens.settings, &current, api);
    let mut answer = tokens.relying_party.refresh(refresh_token, api.token_target(&named.all)).await;
    if let Err(TokenError::Refused(refusal)) = &answer
        && let Some(fewer) = named.after(refusal, api)
    {
        named.all = fewer;
        answer = tokens.relying_party.refresh(refresh_token, api.token_target(&named.all)).await;
    }
    match answer {
        Ok(fresh) => keep(tokens, current, api, need, fresh, named.all).await,
        Err(TokenError::Refused(refusal)) => refused::handle(tokens, current, api, need, refusal).await,
        Err(error) => provider_failed(tokens, &current, api, &error),
    }
}

pub(super) async fn load(tokens: &Tokens, key: &RowKey) -> Result<SignedIn, AppError> {
    let loaded = tokens.sessions.reload(key).await.map_err(|error| {
        tracing::error!(%error, "a session could not be read");
        AppError::StoreUnavailable
    })?;
    loaded.ok_or(AppError::SignedOut)
}

async fn without_refresh_token(
    tokens: &Tokens,
    current: &SignedIn,
    api: &Api,
    need: &Need,
) -> Result<Secret, AppError> {
    let now = tokens.clock.now();
    // A token for another API proves that the sign-in has not ended.
    let is_foreign =
        |access: &AccessToken| access.is_foreign && access.expires_at.is_none_or(|end| now < end);
    if current.tokens.access.get(&api.id).is_some_and(is_foreign) {
        return Err(refused::lock(tokens, current, api, "its access token is for another API"));
    }
    match (usable(&current.tokens, &api.id, &Need::Usable, now), need) {
        // The API rejects a token that has not expired: no reason to end the session, and no reason to request another.
        (Some(_), Need::OtherThan(_)) => Err(AppError::ApiUnavailable),
        (Some(access), _) => Ok(access.token.clone()),
        (None, _) if !api.is_default() => Err(out_of_reach(api)),
        (None, _) => {
            let reason = "the access token expired and there is no refresh token";
            end(tokens, current, api, ("no_refresh_token", reason)).await
        }
    }
}

/// Validates the response, stores it, and only then returns the token.
async fn keep(
    tokens: &Tokens,
    before: SignedIn,
    api: &Api,
    need: &Need,
    fresh: TokenResponse,
    scopes: Vec<String>,
) -> Result<Secret, AppError> {
    let now = tokens.clock.now();
    let scopes = if scopes.is_empty() { granted(&before, api) } else { scopes };
    let mut access = session_access_token(&fresh, now, &scopes);
    access.forced = matches!(need, Need::OtherThan(_));
    let token = access.token.clone();
    let mut after = TokenSet::clone(&before.tokens);
    after.refresh_token = fresh.refresh_token.clone().or(after.refresh_token);
    let said = match proof(tokens, &before, &fresh).await {
        Proof::Given(said) => said,
        Proof::Wrong(cause) => {
            // OpenID Connect Core 12.2: these tokens are another user's, so they must not be used.
            let reason = format!("refreshed ID token rejected: {cause}");
            let outcome = end(tokens, &before, api, ("id_token", &reason)).await;
            if matches!(outcome, Err(AppError::SignedOut)) {
                after.access.insert(api.id.clone(), access);
                drop(tokens.revoke(after));
            }
            return outcome;
        }
        Proof::None(cause) => {
            // The new access token is not used without proof, but the invalidated refresh token is replaced.
            store(tokens, &before, &after).await?;
            let cause = format!("refreshed ID token: {cause}");
            return provider_failed(tokens, &before, api, &cause);
        }
    };
    tokens.refusals.succeeded(&before.key);
    if let (Some(id_token), Some(_)) = (&fresh.id_token, &said) {
        after.id_token = id_token.clone();
    }
    if let Err(reason) = meant_for::check(&tokens.settings, &before.tokens, api, &token) {
        // Not revoked: it may be the current token of the other API, or end the whole grant.
        return match store(tokens, &before, &after).await? {
            Swap::Gone => Err(AppError::SignedOut),
            _ => Err(refused::lock(tokens, &before, api, reason)),
        };
    }
    after.access.insert(api.id.clone(), access);
    // A caller that wants the provider's current data fetches UserInfo itself. UserInfo needs the token of the
    // sign-in's own API.
    let asks_userinfo = api.is_default() && *need != Need::Renewed;
    match store(tokens, &before, &after).await? {
        Swap::Swapped { .. } => {
            claims::renew(tokens, &before, said, &token, api.is_default(), asks_userinfo).await;
            Ok(token)
        }
        Swap::Gone => {
            // Signed out in the meantime: nothing is stored, and the new tokens are revoked.
            drop(tokens.revoke(after));
            Err(AppError::SignedOut)
        }
        Swap::Stale => {
            let newest = newest(tokens, &before.key, api).await?;
            if newest == token {
                // It was stored; only the response was lost.
                claims::renew(tokens, &before, said, &token, api.is_default(), asks_userinfo).await;
            }
            Ok(newest)
        }
    }
}

/// The scopes of a token whose response names none (RFC 6749 5.1) if none were requested: all that were granted.
fn granted(before: &SignedIn, api: &Api) -> Vec<String> {
    let access = before.tokens.access.get(&api.id);
    access.map_or_else(|| before.record.granted_scopes.clone(), |access| access.scopes.clone())
}

/// The token that another process has stored. The tokens of this refresh are dropped, not revoked: if the provider
/// revokes everything that a user has at a client, that token would be revoked, too.
pub(super) async fn newest(tokens: &Tokens, key: &RowKey, api: &Api) -> Result<Secret, AppError> {
    let current = load(tokens, key).await?;
    let access = usable(&current.tokens, &api.id, &Need::Usable, tokens.clock.now());
    access.map(|access| access.token.clone()).ok_or(AppError::ProviderUnavailable)
}

/// Stores tokens in place of those they came from. Retries for a while, because the provider has invalidated the old
/// ones.
pub(super) async fn store(tokens: &Tokens, before: &SignedIn, after: &TokenSet) -> Result<Swap, AppError> {
    let begun = Instant::now();
    let mut is_told = false;
    loop {
        match tokens.sessions.swap_tokens(before, after).await {
            Ok(swap) => return Ok(swap),
            Err(error) if begun.elapsed() > STORED_WITHIN => {
                tracing::error!(%error, "refreshed tokens are lost: they could not be stored");
                break;
            }
            Err(error) if !is_told => {
                tracing::error!(%error, "refreshed tokens could not be stored yet; trying again");
                is_told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(STORE_AGAIN).await;
    }
    // Not revoked: if the provider does not rotate refresh tokens, the stored one is still valid.
    Err(AppError::StoreUnavailable)
}

/// Whether the tokens of a refresh are this user's.
enum Proof {
    /// They are; the claims of the ID token, if they may be taken over.
    Given(Option<Map<String, Value>>),
    /// It cannot be decided.
    None(String),
    /// They are not.
    Wrong(String),
}

/// What the refreshed ID token proves; it is normal to get none (OpenID Connect Core 12.2).
async fn proof(tokens: &Tokens, before: &SignedIn, fresh: &TokenResponse) -> Proof {
    let Some(id_token) = &fresh.id_token else { return Proof::Given(None) };
    let expected =
        Expected::Refresh { iss: &before.owner.iss, sub: &before.owner.sub, nonce: &before.record.nonce };
    let checked =
        tokens.relying_party.check_refreshed_id_token(id_token, &fresh.access_token, expected).await;
    match checked {
        Refreshed::Valid(valid) => {
            if valid.auth_time.is_some() && valid.auth_time != before.record.auth_time {
                tracing::info!(
                    event = "auth_time changed",
                    "the user authenticated again at the provider; the one of the sign-in is kept"
                );
            }
            Proof::Given(Some(valid.claims))
        }
        Refreshed::Untimely(rule) => {
            tracing::error!(
                event = "refreshed ID token not used",
                reason = rule,
                "check the clocks of this server and of the provider; the session continues"
            );
            Proof::Given(None)
        }
        Refreshed::Unverified(cause) if fresh.is_from_provider => {
            tracing::warn!(
                event = "refreshed ID token not used",
                reason = cause,
                "its signature could not be checked; the session continues"
            );
            Proof::Given(None)
        }
        Refreshed::Unverified(cause) => {
            Proof::None(format!("{cause}; the connection to token_endpoint has no TLS"))
        }
        Refreshed::Unusable(cause) => Proof::None(cause),
        Refreshed::Wrong(cause) => Proof::Wrong(cause),
    }
}

/// Ends the session and logs the reason, which has a short code for the audit log, but only if it still has the tokens that the reason is about.
pub(super) async fn end(
    tokens: &Tokens,
    current: &SignedIn,
    api: &Api,
    (code, reason): (&str, &str),
) -> Result<Secret, AppError> {
    match tokens.sessions.end_at(&current.key, current.tokens_version, EndReason::Refused).await {
        Ok(true) => {
            tracing::warn!(event = "session ended", reason);
            let what = Occurrence::TokenRefresh { api: api.id.clone() };
            tokens.audit.record(Event::not_done(what, AuditOutcome::Refused, code).of(current));
            Err(AppError::SignedOut)
        }
        Ok(false) => newest(tokens, &current.key, api).await,
        Err(error) => Err(cannot_end(&error)),
    }
}

fn cannot_end(error: &StoreError) -> AppError {
    tracing::error!(%error, "a session could not be ended");
    AppError::StoreUnavailable
}
