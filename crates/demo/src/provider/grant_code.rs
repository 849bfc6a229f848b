//! The authorization code grant (RFC 6749 4.1.3, RFC 7636 4.6): a code is valid once, briefly, for one client.

use serde_json::Value;

use super::{
    clients::Client,
    mint,
    options::Options,
    params::{Params, Refused},
    resource::Resource,
    shared::Shared,
    store::{CODE_SECS, Code, Data, Grant},
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
    let (Some(code), Some(redirect_uri), Some(verifier)) =
        (form.get("code"), form.get("redirect_uri"), form.get("code_verifier"))
    else {
        return Ok(Err(("invalid_request", "code, redirect_uri and code_verifier are needed")));
    };
    let key = sha256_text(code);
    let presented =
        Presented { client, redirect_uri, verifier, form, options: &shared.options, now: shared.clock.now() };
    let grant_id = random_text::<16>()?;
    let refresh = format!("{grant_id}.{}", random_text::<32>()?);
    let lifetimes = Lifetimes {
        access: i64::from(shared.options.access_token_secs),
        refresh: i64::from(shared.options.refresh_token_absolute_secs),
    };
    let redeemed =
        shared.store.change(|data| redeem(data, &key, &presented, &lifetimes, &grant_id, &refresh)).await?;
    let (grant, nonce, resource) = match redeemed {
        Ok(redeemed) => redeemed,
        Err(refused) => return Ok(Err(refused)),
    };
    let refresh = grant.refresh.is_some().then_some(refresh);
    let issue = mint::Issue { grant_id: &grant_id, grant: &grant, resource, scopes: &grant.scopes };
    Ok(Ok(mint::answer(shared, &issue, nonce.as_deref(), refresh)?))
}

struct Presented<'a> {
    client: &'a Client,
    redirect_uri: &'a str,
    verifier: &'a str,
    form: &'a Params,
    options: &'a Options,
    now: i64,
}

struct Lifetimes {
    access: i64,
    refresh: i64,
}

/// Uses a code up. A second use revokes the tokens of the first (RFC 6749 4.1.2).
fn redeem<'a>(
    data: &mut Data,
    key: &str,
    presented: &Presented<'a>,
    lifetimes: &Lifetimes,
    grant_id: &str,
    refresh: &str,
) -> Result<(Grant, Option<String>, &'a Resource), Refused> {
    let Data { codes, grants, visits, .. } = data;
    let code = codes
        .get_mut(key)
        .filter(|code| code.client_id == presented.client.id)
        .ok_or(("invalid_grant", "the code is invalid"))?;
    if let Some(first) = &code.used_for {
        if let Some(grant) = grants.get_mut(first) {
            grant.revoked = true;
        }
        tracing::warn!(client = %code.client_id, "a code was used twice; its grant has been revoked");
        return Err(("invalid_grant", "the code has already been used"));
    }
    check(code, presented)?;
    let resource = code.named.choose(&presented.options.resources, presented.form)?;
    code.used_for = Some(grant_id.to_owned());
    let offline = code.scopes.iter().any(|scope| scope == "offline_access");
    let grant = Grant {
        client_id: code.client_id.clone(),
        session: code.session.clone(),
        scopes: code.scopes.clone(),
        named: code.named.clone(),
        expires: presented.now + if offline { lifetimes.refresh } else { lifetimes.access },
        refresh: offline.then(|| sha256_text(refresh)),
        revoked: false,
    };
    grants.insert(grant_id.to_owned(), grant.clone());
    visits.entry(code.session.sid.clone()).or_default().insert(code.client_id.clone());
    Ok((grant, code.nonce.clone(), resource))
}

fn check(code: &Code, presented: &Presented<'_>) -> Result<(), Refused> {
    if presented.now - code.issued >= CODE_SECS {
        return Err(("invalid_grant", "the code has expired"));
    }
    if code.redirect_uri != presented.redirect_uri {
        return Err(("invalid_grant", "redirect_uri is not that of the authorization request"));
    }
    if !same(&code.challenge, &sha256_text(presented.verifier)) {
        return Err(("invalid_grant", "code_verifier does not fit the challenge"));
    }
    Ok(())
}
