//! Token exchange (RFC 8693): an access token for another API, in return for one that this client holds.

use serde_json::Value;

use super::{
    clients::Client,
    mint,
    params::{Params, Refused},
    resource,
    shared::Shared,
    store::Grant,
};
use crate::Error;

pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Returns an access token, or an error.
pub(super) fn exchange(
    shared: &Shared,
    client: &Client,
    form: &Params,
) -> Result<Result<Value, Refused>, Error> {
    let subject = match subject(shared, client, form) {
        Ok(subject) => subject,
        Err(refused) => return Ok(Err(refused)),
    };
    let (grant_id, grant) = subject;
    let all = &shared.options.resources;
    let mut named = form.all("audience").chain(form.all("resource"));
    let resource = match (named.next(), named.next()) {
        (Some(name), None) => resource::find(all, name),
        (Some(_), Some(_)) => Err(("invalid_target", "an access token can be issued for one API only")),
        (None, _) => Err(("invalid_request", "audience or resource is needed")),
    };
    let resource = match resource {
        Ok(resource) => resource,
        Err(refused) => return Ok(Err(refused)),
    };
    let scopes: Vec<String> = match form.get("scope") {
        None => grant.scopes.clone(),
        Some(words) => words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
    };
    if scopes.iter().any(|scope| !grant.scopes.contains(scope)) {
        return Ok(Err(("invalid_scope", "scope exceeds what was granted")));
    }
    let issue = mint::Issue { grant_id: &grant_id, grant: &grant, resource, scopes: &scopes };
    Ok(Ok(mint::exchanged(shared, &issue, ACCESS_TOKEN)?))
}

/// The grant behind the token to exchange, which must be this client's and still valid.
fn subject(shared: &Shared, client: &Client, form: &Params) -> Result<(String, Grant), Refused> {
    const INVALID: Refused = ("invalid_request", "the subject token is invalid");
    let is_access = |name: &str| form.get(name) == Some(ACCESS_TOKEN);
    if !is_access("subject_token_type")
        || form.get("requested_token_type").is_some_and(|it| it != ACCESS_TOKEN)
    {
        return Err(("invalid_request", "only access tokens are exchanged"));
    }
    let token = form.get("subject_token").ok_or(("invalid_request", "subject_token is missing"))?;
    let token = shared.keys.open("at+jwt", token).ok_or(INVALID)?;
    let is_valid = token["iss"] == shared.options.issuer.as_str()
        && token["client_id"] == client.id.as_str()
        && token["exp"].as_i64().is_some_and(|exp| exp > shared.clock.now());
    let grant_id = token["jti"].as_str().and_then(|id| id.split_once('.')).ok_or(INVALID)?.0;
    let grant = shared.store.read(|data| data.grants.get(grant_id).filter(|grant| !grant.revoked).cloned());
    grant.filter(|_| is_valid).map(|grant| (grant_id.to_owned(), grant)).ok_or(INVALID)
}
