//! The refresh grant (RFC 6749 6) with rotation: an old refresh token ends its whole family (RFC 9700 4.14.2).

use serde_json::Value;

use super::{
    Client, Shared, mint,
    params::Params,
    store::{Data, Grant},
    token::Refused,
};
use crate::demo::{
    Error,
    crypto::{random_text, same, sha256_text},
};

/// Answers with tokens, or says why not.
pub async fn exchange(
    shared: &Shared,
    client: &Client,
    form: &Params,
) -> Result<Result<Value, Refused>, Error> {
    let Some(token) = form.get("refresh_token") else {
        return Ok(Err(("invalid_request", "refresh_token is missing")));
    };
    let grant_id = family(token);
    let next = format!("{grant_id}.{}", random_text::<32>()?);
    let now = shared.clock.now();
    let rotated =
        shared.store.change(|data| rotate(data, client, token, form.get("scope"), &next, now)).await?;
    Ok(match rotated {
        Ok((grant, scopes)) => Ok(mint::answer(shared, grant_id, &grant, &scopes, None, Some(next))?),
        Err(refused) => Err(refused),
    })
}

/// The grant a refresh token belongs to: its first half.
pub fn family(token: &str) -> &str {
    token.split_once('.').map_or("", |(family, _)| family)
}

/// Puts the next token in the place of this one.
fn rotate(
    data: &mut Data,
    client: &Client,
    token: &str,
    scope: Option<&str>,
    next: &str,
    now: i64,
) -> Result<(Grant, Vec<String>), Refused> {
    let grant = data
        .grants
        .get_mut(family(token))
        .filter(|grant| grant.client_id == client.id && !grant.revoked && grant.expires > now)
        .ok_or(("invalid_grant", "the refresh token is not good"))?;
    let current = grant.refresh.as_deref().ok_or(("invalid_grant", "the refresh token is not good"))?;
    if !same(current, &sha256_text(token)) {
        grant.revoked = true;
        tracing::warn!(client = %grant.client_id, "an old refresh token was used: its family is revoked");
        return Err(("invalid_grant", "the refresh token has been used"));
    }
    let scopes: Vec<String> = match scope {
        None => grant.scopes.clone(),
        Some(words) => words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
    };
    if scopes.iter().any(|scope| !grant.scopes.contains(scope)) {
        return Err(("invalid_scope", "scope is wider than what was granted"));
    }
    grant.refresh = Some(sha256_text(next));
    Ok((grant.clone(), scopes))
}
