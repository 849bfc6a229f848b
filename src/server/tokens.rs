//! `access_token()`: the only way to a usable access token. Refreshes when needed, once for all who wait,
//! stores before it uses, and goes on when the browser that asked for it is gone.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use openidconnect::AccessToken as OidcAccessToken;
use tracing::Instrument;

use super::{
    Context,
    clock::UnixSecs,
    oidc::{
        id_token::{self, Expected, IdTokenError},
        revocation,
        token_endpoint::{self, TokenError},
    },
    secret::Secret,
    session::{AccessToken, DEFAULT_API, RowKey, SessionRecord, SignedIn, Swap, TokenSet},
};
use crate::error::AppError;

/// Refreshed this long before the end, or after 80 % of the lifetime, whichever is later.
const EARLY_SECS: i64 = 60;
/// After a failed refresh, whoever waited for it does not ask the provider again.
const COOLDOWN_SECS: i64 = 5;
/// Waits between attempts to store what a refresh brought.
const STORE_RETRIES: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1), Duration::from_secs(3)];

/// Whether a token that still looks good will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'a> {
    /// Any token that has not expired.
    Usable,
    /// Another than this one: the API has refused it.
    OtherThan(&'a Secret),
}

/// The refreshes of this process.
#[derive(Clone, Default)]
pub struct Refreshes {
    turns: Arc<Mutex<HashMap<RowKey, Weak<Turn>>>>,
    underway: Arc<AtomicUsize>,
}

/// One refresh at a time; what it holds is the last failure, for whoever waited through it.
type Turn = tokio::sync::Mutex<Option<(UnixSecs, AppError)>>;

impl Refreshes {
    fn of(&self, key: &RowKey) -> Arc<Turn> {
        let mut all = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = all.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        all.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        all.insert(key.clone(), Arc::downgrade(&turn));
        turn
    }

    /// Waits until none is under way, for the end of the program: what the provider has rotated must be stored.
    /// `false` if that took longer than `patience`.
    pub async fn drained(&self, patience: Duration) -> bool {
        let idle = async {
            while self.underway.load(Ordering::Relaxed) > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(patience, idle).await.is_ok()
    }
}

/// Counts a refresh for as long as it lives.
struct Underway(Arc<AtomicUsize>);

impl Underway {
    fn begin(refreshes: &Refreshes) -> Self {
        refreshes.underway.fetch_add(1, Ordering::Relaxed);
        Self(refreshes.underway.clone())
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A usable access token for the API.
///
/// # Errors
/// `SignedOut` when the session is gone or the provider has ended it, `ProviderUnavailable` when a needed refresh
/// got no answer (the session stands), `StoreUnavailable` when the store does not answer.
pub async fn access_token(
    context: &Context,
    signed_in: &SignedIn,
    need: Need<'_>,
) -> Result<Secret, AppError> {
    let (tokens, _) = load(context, &signed_in.key).await?;
    if let Some(token) = fit(context, &tokens, need, Hurry::No) {
        return Ok(token);
    }
    // Detached: a closed tab must not cut a refresh short after the provider has spent the old token.
    let (context, signed_in) = (context.clone(), signed_in.clone());
    let refused = match need {
        Need::OtherThan(token) => Some(token.clone()),
        Need::Usable => None,
    };
    let underway = Underway::begin(&context.refreshes);
    let refresh = async move {
        let _underway = underway;
        let need = refused.as_ref().map_or(Need::Usable, Need::OtherThan);
        in_turn(&context, &signed_in, need).await
    };
    let task = tokio::spawn(refresh.in_current_span());
    task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a refresh ended abnormally");
        Err(AppError::Internal)
    })
}

/// How soon a token must be replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hurry {
    /// When it is about to expire.
    No,
    /// Only when it has expired: the provider cannot be asked now.
    Expired,
}

fn fit(context: &Context, tokens: &TokenSet, need: Need<'_>, hurry: Hurry) -> Option<Secret> {
    let access = tokens.access.get(DEFAULT_API)?;
    if matches!(need, Need::OtherThan(refused) if *refused == access.token) {
        return None;
    }
    let is_fit = match access.expires_at {
        // Unknown lifetime: good until the API says otherwise (RFC 6749 5.1).
        None => true,
        Some(expires_at) => {
            let margin = match hurry {
                Hurry::Expired => 0,
                Hurry::No => EARLY_SECS.min((expires_at - access.obtained_at) / 5),
            };
            context.clock.now() < expires_at - margin
        }
    };
    is_fit.then(|| access.token.clone())
}

async fn load(context: &Context, key: &RowKey) -> Result<(TokenSet, i64), AppError> {
    match context.sessions.tokens(key).await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(AppError::SignedOut),
        Err(error) => {
            tracing::error!(%error, "tokens cannot be read");
            Err(AppError::StoreUnavailable)
        }
    }
}

async fn in_turn(context: &Context, signed_in: &SignedIn, need: Need<'_>) -> Result<Secret, AppError> {
    let turn = context.refreshes.of(&signed_in.key);
    let mut failed = turn.lock().await;
    // Someone may have refreshed while this one waited for its turn.
    let (tokens, version) = load(context, &signed_in.key).await?;
    if let Some(token) = fit(context, &tokens, need, Hurry::No) {
        return Ok(token);
    }
    // Or have failed to: the provider is not asked again by each who waited.
    if let Some((at, error)) = &*failed
        && context.clock.now() - at < COOLDOWN_SECS
    {
        return fit(context, &tokens, need, Hurry::Expired).ok_or_else(|| error.clone());
    }
    let outcome = refresh(context, signed_in, need, tokens, version).await;
    *failed = outcome.as_ref().err().map(|error| (context.clock.now(), error.clone()));
    outcome
}

async fn refresh(
    context: &Context,
    signed_in: &SignedIn,
    need: Need<'_>,
    tokens: TokenSet,
    version: i64,
) -> Result<Secret, AppError> {
    let Some(refresh_token) = tokens.refresh_token.clone() else {
        return match (fit(context, &tokens, need, Hurry::Expired), need) {
            (Some(token), _) => Ok(token),
            // The API does not want a token that has not ended: no reason to end the session, and none to ask for another.
            (None, Need::OtherThan(_)) if fit(context, &tokens, Need::Usable, Hurry::Expired).is_some() => {
                Err(AppError::ApiUnavailable)
            }
            (None, _) => {
                Err(end(context, &signed_in.key, "the access token ended, and there is no refresh token")
                    .await)
            }
        };
    };
    match token_endpoint::refresh(context, &refresh_token).await {
        Ok(fresh) => keep(context, signed_in, need, tokens, version, fresh).await,
        Err(TokenError::Refused(cause)) => {
            // Only an answer for the tokens that are stored now may end the session.
            let (current, current_version) = load(context, &signed_in.key).await?;
            if current_version != version {
                return fit(context, &current, need, Hurry::Expired).ok_or(AppError::ProviderUnavailable);
            }
            Err(end(context, &signed_in.key, &format!("refresh refused: {cause}")).await)
        }
        Err(error) => {
            // Also when the client is refused: that is for an operator to mend, not a reason to sign everyone out.
            tracing::error!(event = "refresh failed", %error);
            fit(context, &tokens, need, Hurry::Expired).ok_or(AppError::ProviderUnavailable)
        }
    }
}

/// Validates what came, stores it, and only then hands it out.
async fn keep(
    context: &Context,
    signed_in: &SignedIn,
    need: Need<'_>,
    before: TokenSet,
    version: i64,
    fresh: token_endpoint::Tokens,
) -> Result<Secret, AppError> {
    let claims = match validated_claims(context, signed_in, &fresh).await {
        Ok(claims) => claims,
        Err(IdTokenError::Refused(cause)) => {
            return Err(end(context, &signed_in.key, &format!("refreshed ID token refused: {cause}")).await);
        }
        Err(IdTokenError::Provider(error)) => {
            // Its keys cannot be had: the new access token is not used unproven, but the spent refresh token is replaced.
            tracing::error!(event = "refresh failed", %error);
            let mut after = before;
            after.refresh_token = fresh.refresh_token.or(after.refresh_token);
            store(context, &signed_in.key, version, &after).await?;
            return fit(context, &after, need, Hurry::Expired).ok_or(AppError::ProviderUnavailable);
        }
    };
    let granted = before.access.get(DEFAULT_API).map(|access| access.scopes.clone()).unwrap_or_default();
    let access: AccessToken = fresh.to_kept(context.clock.now(), &granted);
    let token = access.token.clone();
    let mut after = before;
    after.access.insert(DEFAULT_API.to_owned(), access);
    if let Some(id_token) = &fresh.id_token {
        after.id_token = Secret::new(id_token.to_string());
    }
    if let Some(refresh_token) = fresh.refresh_token {
        after.refresh_token = Some(refresh_token);
    }
    match store(context, &signed_in.key, version, &after).await? {
        Swap::Swapped { .. } => {
            if let Some(claims) = claims {
                renew_claims(context, &signed_in.key, claims).await;
            }
            Ok(token)
        }
        Swap::Gone => {
            // Signed out in the meantime: nothing is stored, and what came is given back.
            revocation::revoke(context, &after).await;
            Err(AppError::SignedOut)
        }
        Swap::Stale => {
            let (current, _) = load(context, &signed_in.key).await?;
            fit(context, &current, Need::Usable, Hurry::Expired).ok_or(AppError::ProviderUnavailable)
        }
    }
}

/// Stores tokens over the version they came from; tries again for a moment, because the provider has spent the old ones.
async fn store(context: &Context, key: &RowKey, version: i64, tokens: &TokenSet) -> Result<Swap, AppError> {
    for wait in STORE_RETRIES {
        match context.sessions.swap_tokens(key, version, tokens).await {
            Ok(swap) => return Ok(swap),
            Err(error) => tracing::error!(%error, "refreshed tokens cannot be stored yet"),
        }
        tokio::time::sleep(wait).await;
    }
    revocation::revoke(context, tokens).await;
    Err(AppError::StoreUnavailable)
}

type Claims = serde_json::Map<String, serde_json::Value>;

/// The claims of a refreshed ID token; none is normal (OpenID Connect Core 12.2).
async fn validated_claims(
    context: &Context,
    signed_in: &SignedIn,
    fresh: &token_endpoint::Tokens,
) -> Result<Option<Claims>, IdTokenError> {
    let Some(id_token) = &fresh.id_token else { return Ok(None) };
    let access_token = OidcAccessToken::new(fresh.access_token.secret().clone());
    let expected = Expected::Refresh {
        sub: &signed_in.owner.sub,
        auth_time: signed_in.record.auth_time,
        nonce: &signed_in.record.nonce,
    };
    let now = context.clock.now();
    id_token::validate(&context.provider, &context.settings, now, id_token, &access_token, expected)
        .await
        .map(|valid| Some(valid.claims))
}

/// A refreshed ID token says the newest about the person; what UserInfo had added stays beneath it.
async fn renew_claims(context: &Context, key: &RowKey, claims: Claims) {
    let now = context.clock.now();
    let merge = move |record: &mut SessionRecord| {
        // How and when the person signed in is not changed by a refresh (RFC 9470 6.1).
        record.claims.extend(
            claims
                .clone()
                .into_iter()
                .filter(|(name, _)| !["acr", "amr", "auth_time"].contains(&name.as_str())),
        );
        record.claims_read_at = now;
    };
    if let Err(error) = context.sessions.update_record(key, merge).await {
        tracing::warn!(%error, "refreshed claims cannot be stored");
    }
}

/// Ends the session, for a reason that goes into the log.
async fn end(context: &Context, key: &RowKey, reason: &str) -> AppError {
    tracing::warn!(event = "session ended", reason);
    if let Err(error) = context.sessions.end(key).await {
        tracing::error!(%error, "a session cannot be ended");
    }
    AppError::SignedOut
}
