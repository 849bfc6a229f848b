//! The refresh grant (RFC 6749 6) with rotation: use of an old refresh token ends its whole family (RFC 9700 4.14.2).

use serde_json::Value;

use super::{
    clients::Client,
    mint,
    options::Options,
    params::{Params, Refused},
    resource::Resource,
    shared::Shared,
    store::{Data, Grant},
};
use crate::{
    Error,
    crypto::{random_text, same, sha256_text},
};

/// Returns tokens, or an error.
pub(super) async fn exchange(
    shared: &Shared,
    client: &Client,
    form: &Params,
) -> Result<Result<Value, Refused>, Error> {
    let Some(token) = form.get("refresh_token") else {
        return Ok(Err(("invalid_request", "refresh_token is missing")));
    };
    let grant_id = family(token);
    let next = format!("{grant_id}.{}", random_text::<32>()?);
    let presented = Presented { client, token, form, options: &shared.options, now: shared.clock.now() };
    let rotated = shared.store.change(|data| rotate(data, &presented, &next)).await?;
    let (grant, scopes, resource) = match rotated {
        Ok(rotated) => rotated,
        Err(refused) => return Ok(Err(refused)),
    };
    let issue = mint::Issue { grant_id, grant: &grant, resource, scopes: &scopes };
    Ok(Ok(mint::answer(shared, &issue, None, Some(next))?))
}

/// The grant of a refresh token: its first half.
pub(super) fn family(token: &str) -> &str {
    token.split_once('.').map_or("", |(family, _)| family)
}

struct Presented<'a> {
    client: &'a Client,
    token: &'a str,
    form: &'a Params,
    options: &'a Options,
    now: i64,
}

/// Replaces this token by the next one.
fn rotate<'a>(
    data: &mut Data,
    presented: &Presented<'a>,
    next: &str,
) -> Result<(Grant, Vec<String>, &'a Resource), Refused> {
    let Presented { client, token, form, options, now } = *presented;
    let grant = data
        .grants
        .get_mut(family(token))
        .filter(|grant| grant.client_id == client.id && !grant.revoked && grant.expires > now)
        .ok_or(("invalid_grant", "the refresh token is invalid"))?;
    let current = grant.refresh.as_deref().ok_or(("invalid_grant", "the refresh token is invalid"))?;
    if !same(current, &sha256_text(token)) {
        grant.revoked = true;
        tracing::warn!(client = %grant.client_id, "a rotated refresh token was reused; its family has been revoked");
        return Err(("invalid_grant", "the refresh token has already been used"));
    }
    let scopes: Vec<String> = match form.get("scope") {
        None => grant.scopes.clone(),
        Some(words) => words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
    };
    if scopes.iter().any(|scope| !grant.scopes.contains(scope)) {
        return Err(("invalid_scope", "scope exceeds what was granted"));
    }
    let resource = grant.named.choose(&options.resources, form)?;
    grant.refresh = Some(sha256_text(next));
    Ok((grant.clone(), scopes, resource))
}
