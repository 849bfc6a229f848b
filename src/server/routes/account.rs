//! Who the person is: as the session knows it, and as the provider says it now.

use openidconnect::AccessToken;

use crate::{
    error::AppError,
    model::Account,
    server::{
        context,
        locale::Reader,
        oidc::userinfo::{self, NoUserInfo},
        reader, request,
        session::StoreError,
        signed_in,
        tokens::{Need, access_token},
        view,
    },
};

/// As the session knows it.
pub async fn account() -> Result<Account, AppError> {
    let (context, signed_in) = (context()?, signed_in()?);
    Ok(view::account(&context, &signed_in, &reader()))
}

/// As the provider says it now, by UserInfo or else by a new ID token; kept in the session for every page after this.
pub async fn refresh() -> Result<Account, AppError> {
    let (context, signed_in) = (context()?, signed_in()?);
    let token = access_token(&context, &signed_in, Need::Usable).await?;
    let asked = AccessToken::new(token.expose().to_owned());
    let claims = match userinfo::fetch(&context.provider, asked, &signed_in.owner.sub).await {
        Ok(claims) => claims,
        Err(NoUserInfo::NoEndpoint | NoUserInfo::Denied) => {
            // A refresh brings a new ID token, whose claims the session takes over (OpenID Connect Core 12.2).
            access_token(&context, &signed_in, Need::Renewed).await?;
            serde_json::Map::new()
        }
        Err(error) => {
            tracing::warn!(%error, "details cannot be refreshed");
            return Err(AppError::ProviderUnavailable);
        }
    };
    let now = context.clock.now();
    let updated = context.sessions.update_record(&signed_in.key, move |record| {
        if !claims.is_empty() {
            record.claims = userinfo::merge(std::mem::take(&mut record.claims), claims.clone());
            record.claims_read_at = now;
            record.profile_warning = None;
        }
    });
    updated.await.map_err(store_failed)?.ok_or(AppError::SignedOut)?;
    let signed_in = context.sessions.reload(&signed_in.key).await.map_err(store_failed)?;
    let signed_in = signed_in.ok_or(AppError::SignedOut)?;
    // Locale and zone may be among what is new.
    let reader = Reader::of(&signed_in.record.claims, &request()?.headers);
    Ok(view::account(&context, &signed_in, &reader))
}

fn store_failed(error: StoreError) -> AppError {
    tracing::error!(%error, "the session store does not answer");
    AppError::StoreUnavailable
}
