//! The user's account: from the session, or refreshed from the provider.

use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{Account, AppError};
use claimcheck_oidc::userinfo::UserInfoError;
use claimcheck_server::{claims, flash::leave_message, tokens::Need, view};
use claimcheck_session::{SessionRecord, What};
use claimcheck_text::t;
use serde_json::{Map, Value};

use crate::handlers::{
    forms,
    request::{language, reader, reader_of, request, signed_in, state, store_failed},
};

/// The account as stored in the session.
pub async fn account() -> Result<Account, AppError> {
    let (state, signed_in) = (state()?, signed_in()?);
    Ok(view::account(&state.settings, &signed_in, &reader()))
}

/// The account with current data from the provider: from UserInfo and, if that is not complete, from a new ID token.
/// The session stores it for all later pages. Returns a message if no newer data is available.
pub async fn refresh() -> Result<(Account, Option<&'static str>), AppError> {
    let (state, before) = (state()?, signed_in()?);
    let asked_at = state.clock.now();
    // A refresh returns a new ID token, whose claims the session takes over (OpenID Connect Core 12.2).
    let renews_first = claims::is_more_in_id_token(&before.record);
    let need = if renews_first { Need::Renewed } else { Need::Usable };
    let api = &state.settings.apis.default;
    let token = state.tokens.access_token(&before, api, need).await?;
    match state.relying_party.fetch_userinfo(&token, &before.owner.sub).await {
        Ok(said) => {
            let settings = state.settings.clone();
            let take = move |record: &mut SessionRecord| {
                let before = claims::roles(&settings, record);
                take_userinfo(record, said.clone(), asked_at);
                (before, claims::roles(&settings, record))
            };
            let taken = state.sessions.update_record(&before.key, take);
            let roles = taken.await.map_err(store_failed)?.ok_or(AppError::SignedOut)?;
            state.tokens.record_roles(&before, roles);
            state.tokens.end_if_not_allowed(&before.key).await;
        }
        Err(UserInfoError::NoEndpoint | UserInfoError::Denied) if renews_first => {}
        Err(UserInfoError::NoEndpoint | UserInfoError::Denied) => {
            state.tokens.access_token(&before, api, Need::Renewed).await?;
        }
        Err(error) => {
            tracing::warn!(%error, "claims cannot be refreshed");
            return Err(AppError::ProviderUnavailable);
        }
    }
    let signed_in = state.sessions.reload(&before.key).await.map_err(store_failed)?;
    let signed_in = signed_in.ok_or(AppError::SignedOut)?;
    let is_older = signed_in.record.claims_read_at < asked_at;
    let nothing_newer = is_older.then(|| t!(language(), "account-not-refreshed"));
    let request = request()?;
    if let Some(words) = nothing_newer.filter(|_| forms::accepts_page(&request.headers)) {
        leave_message(&state.sessions, &signed_in, words).await;
    }
    // Locale and zone may have changed, too.
    let reader = reader_of(&state, &signed_in.record.claims, &request.headers);
    Ok((view::account(&state.settings, &signed_in, &reader), nothing_newer))
}

fn take_userinfo(record: &mut SessionRecord, said: Map<String, Value>, asked_at: UnixSecs) {
    let before = record.claims.clone();
    claims::take_userinfo(record, said, asked_at);
    let changed = claims::changes(&before, &record.claims);
    if !changed.is_empty() {
        record.note(asked_at, What::Changed { claims: changed });
    }
}
