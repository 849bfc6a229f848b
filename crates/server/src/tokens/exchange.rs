//! The token of an API that takes an exchange (RFC 8693). The subject is only ever the token of the sign-in's own API,
//! which is refreshed first if it has ended. No failure of an exchange says anything about the session.

use claimcheck_base::secret::Secret;
use claimcheck_model::AppError;
use claimcheck_oidc::{
    refusal::{Meaning, TokenRefusal},
    token_endpoint::{TokenError, TokenResponse},
};
use claimcheck_session::{AccessToken, DEFAULT_API, SignedIn, Swap, TokenSet};

use crate::{
    config::Api,
    tokens::{
        Need, REACHES_API_SECS, TokenId, Tokens, meant_for, out_of_reach, refresh, refused, scopes,
        session_access_token, usable,
    },
};

/// A subject token that is younger than this is not replaced because of a refusal.
const SUBJECT_RENEWED_SECS: i64 = 300;

/// Exchanges, stores the result, and only then returns it. The caller has the lease.
pub(super) async fn exchange(
    tokens: &Tokens,
    mut current: SignedIn,
    api: &Api,
    need: &Need,
) -> Result<Secret, AppError> {
    let mut is_renewed = !has_good_subject(tokens, &current);
    if is_renewed {
        current = renew_subject(tokens, current, api).await?;
    }
    let mut named = scopes::named(&tokens.settings, &current, api);
    loop {
        let Some(subject) = subject(tokens, &current).cloned() else { return Err(out_of_reach(api)) };
        match tokens.relying_party.exchange_token(&subject.token, api.token_target(&named.all)).await {
            Ok(fresh) => return keep(tokens, current, api, need, fresh, &named.all).await,
            Err(TokenError::Refused(refusal)) => {
                if let Some(fewer) = named.after(&refusal, api) {
                    named.all = fewer;
                } else if !is_renewed && is_about_subject(tokens, &current, &subject, &refusal) {
                    // The provider may have ended it early.
                    current = renew_subject(tokens, current, api).await?;
                    is_renewed = true;
                } else {
                    return Err(refuse(tokens, &current, api, &refusal));
                }
            }
            Err(error @ TokenError::Unacceptable(_)) => {
                return Err(refused::lock(tokens, &current, api, &error.to_string()));
            }
            Err(error) => return refresh::provider_failed(tokens, &current, api, &error),
        }
    }
}

fn subject<'a>(tokens: &Tokens, current: &'a SignedIn) -> Option<&'a AccessToken> {
    usable(&current.tokens, DEFAULT_API, &Need::Usable, tokens.clock.now())
}

/// Whether the token of the sign-in's own API lasts until the provider reads it, or cannot be refreshed anyway.
fn has_good_subject(tokens: &Tokens, current: &SignedIn) -> bool {
    let lasts = |end| tokens.clock.now() + REACHES_API_SECS < end;
    let may_refresh = current.tokens.refresh_token.is_some();
    subject(tokens, current).is_some_and(|access| !may_refresh || access.expires_at.is_none_or(lasts))
}

/// Whether another subject token may be accepted: this one is not new, and the code may be about it (RFC 8693 2.2.2).
fn is_about_subject(
    tokens: &Tokens,
    current: &SignedIn,
    subject: &AccessToken,
    refusal: &TokenRefusal,
) -> bool {
    let age = tokens.clock.now() - subject.obtained_at;
    current.tokens.refresh_token.is_some()
        && age >= SUBJECT_RENEWED_SECS
        && ["invalid_request", "invalid_grant", "invalid_token"].contains(&refusal.code())
}

/// Refreshes the token of the sign-in's own API, which decides about the session.
async fn renew_subject(tokens: &Tokens, current: SignedIn, api: &Api) -> Result<SignedIn, AppError> {
    if current.tokens.refresh_token.is_none() {
        return Err(out_of_reach(api));
    }
    let (default, key) = (tokens.default_api.clone(), current.key.clone());
    if let Some(error) = tokens.failed.lately(&TokenId::of(&current, &default), tokens.clock.now()) {
        return Err(error);
    }
    Box::pin(refresh::refresh(tokens, current, &default, &Need::Usable)).await?;
    refresh::load(tokens, &key).await
}

fn refuse(tokens: &Tokens, current: &SignedIn, api: &Api, refusal: &TokenRefusal) -> AppError {
    let (status, code, remedy) = (refusal.status(), refusal.code(), refusal.remedy());
    let error = match refusal.meaning() {
        Meaning::NotOfProvider | Meaning::Temporary => AppError::ProviderUnavailable,
        _ if refused::is_of_api(refusal) => {
            return refused::lock(tokens, current, api, &refused::reason(api, refusal));
        }
        _ => AppError::ClientRefused,
    };
    tracing::error!(event = "token exchange refused", api = api.id, code, status, remedy);
    refused::failed(tokens, current, api, error)
}

async fn keep(
    tokens: &Tokens,
    before: SignedIn,
    api: &Api,
    need: &Need,
    fresh: TokenResponse,
    scopes: &[String],
) -> Result<Secret, AppError> {
    let mut access = session_access_token(&fresh, tokens.clock.now(), scopes);
    access.forced = matches!(need, Need::OtherThan(_));
    if let Some(refresh_token) =
        fresh.refresh_token.filter(|token| before.tokens.refresh_token.as_ref() != Some(token))
    {
        // Nobody asked for it, and it could outlive the session.
        tracing::info!(event = "refresh token not kept", api = api.id, "the response to an exchange had one");
        tokens.revoke_refresh_token(refresh_token);
    }
    if let Err(reason) = meant_for::check(&tokens.settings, &before.tokens, api, &access.token) {
        return Err(refused::lock(tokens, &before, api, reason));
    }
    let token = access.token.clone();
    let mut after = TokenSet::clone(&before.tokens);
    after.access.insert(api.id.clone(), access);
    match refresh::store(tokens, &before, &after).await? {
        Swap::Swapped { .. } => Ok(token),
        Swap::Gone => {
            drop(tokens.revoke(after));
            Err(AppError::SignedOut)
        }
        Swap::Stale => refresh::newest(tokens, &before.key, api).await,
    }
}
