//! Who the person is: as the session knows it, and as the provider says it now.

use openidconnect::AccessToken;

use crate::{
    error::AppError,
    model::Account,
    server::{
        Context, context,
        oidc::userinfo::{self, NoUserInfo},
        session::{SignedIn, StoreError},
        signed_in,
        tokens::{Need, access_token},
        view,
    },
};

/// As the session knows it.
pub async fn account() -> Result<Account, AppError> {
    let (context, signed_in) = (context()?, signed_in()?);
    show(&context, &signed_in).await
}

/// As UserInfo says it now; kept in the session for every page after this.
pub async fn refresh() -> Result<Account, AppError> {
    let (context, signed_in) = (context()?, signed_in()?);
    let token = access_token(&context, &signed_in, Need::Usable).await?;
    let asked =
        userinfo::fetch(&context.provider, AccessToken::new(token.expose().to_owned()), &signed_in.owner.sub);
    let claims = match asked.await {
        Ok(claims) => claims,
        Err(NoUserInfo::NoEndpoint) => serde_json::Map::new(),
        Err(error) => {
            tracing::warn!(%error, "details cannot be refreshed");
            return Err(AppError::ProviderUnavailable);
        }
    };
    let now = context.clock.now();
    let updated = context.sessions.update_record(&signed_in.key, move |record| {
        record.claims = userinfo::merge(std::mem::take(&mut record.claims), claims.clone());
        record.claims_read_at = now;
        record.profile_warning = None;
        record.clone()
    });
    let record = updated.await.map_err(store_failed)?.ok_or(AppError::SignedOut)?;
    show(&context, &signed_in.with_record(record)).await
}

async fn show(context: &Context, signed_in: &SignedIn) -> Result<Account, AppError> {
    let tokens = context.sessions.tokens(&signed_in.key).await.map_err(store_failed)?;
    Ok(view::account(context, signed_in, tokens.as_ref().map(|(tokens, _)| tokens)))
}

fn store_failed(error: StoreError) -> AppError {
    tracing::error!(%error, "the session store does not answer");
    AppError::StoreUnavailable
}
