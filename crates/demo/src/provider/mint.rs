//! Tokens: the content of ID tokens (Core 2) and access tokens (RFC 9068 2) of this provider.

use serde_json::{Map, Value, json};

use super::{
    people,
    resource::Resource,
    shared::Shared,
    store::{Grant, Session},
};
use crate::crypto::{b64, random_text, sha256};

/// An ID token is read at once, so its lifetime does not depend on that of access tokens.
const ID_TOKEN_SECS: i64 = 300;
/// Back-Channel Logout 2.4: preferably at most two minutes.
const LOGOUT_TOKEN_SECS: i64 = 120;

/// The data of a token response.
pub(super) struct Issue<'a> {
    pub(super) grant_id: &'a str,
    pub(super) grant: &'a Grant,
    /// The API that the access token is for.
    pub(super) resource: &'a Resource,
    /// May be narrower than those of the grant.
    pub(super) scopes: &'a [String],
}

/// The response of the token endpoint (RFC 6749 5.1, Core 3.1.3.3).
pub(super) fn answer(
    shared: &Shared,
    issue: &Issue<'_>,
    nonce: Option<&str>,
    refresh_token: Option<String>,
) -> Result<Value, getrandom::Error> {
    let scope = issue.resource.narrow(&shared.options.resources, issue.scopes).join(" ");
    let access = access_token(shared, issue, &scope)?;
    let mut body = json!({
        "token_type": "Bearer",
        "expires_in": shared.options.access_token_secs,
        "scope": scope,
        "id_token": id_token(shared, issue.grant, issue.scopes, nonce, &access),
        "access_token": access,
    });
    if let Some(refresh) = refresh_token {
        body["refresh_token"] = json!(refresh);
    }
    Ok(body)
}

/// The response to a token exchange (RFC 8693 2.2.1): an access token, and nothing else.
pub(super) fn exchanged(shared: &Shared, issue: &Issue<'_>, kind: &str) -> Result<Value, getrandom::Error> {
    let scope = issue.resource.narrow(&shared.options.resources, issue.scopes).join(" ");
    Ok(json!({
        "access_token": access_token(shared, issue, &scope)?,
        "issued_token_type": kind,
        "token_type": "Bearer",
        "expires_in": shared.options.access_token_secs,
        "scope": scope,
    }))
}

fn access_token(shared: &Shared, issue: &Issue<'_>, scope: &str) -> Result<String, getrandom::Error> {
    let Issue { grant_id, grant, resource, .. } = issue;
    let now = shared.clock.now();
    let person = people::by_sub(&grant.session.sub);
    let roles = person.map(|person| shared.roles.of(person)).unwrap_or_default();
    let claims = json!({
        "iss": shared.options.issuer,
        "aud": resource.audience,
        "sub": grant.session.sub,
        "client_id": grant.client_id,
        "iat": now,
        "exp": now + i64::from(shared.options.access_token_secs),
        // Starts with the grant's id, so that UserInfo can check whether it has been revoked.
        "jti": format!("{grant_id}.{}", random_text::<12>()?),
        "scope": scope,
        "auth_time": grant.session.auth_time,
        "acr": grant.session.strength.acr(),
        "amr": grant.session.strength.amr(),
        "roles": roles,
    });
    Ok(shared.keys.sign("at+jwt", &claims))
}

fn id_token(shared: &Shared, grant: &Grant, scopes: &[String], nonce: Option<&str>, access: &str) -> String {
    let now = shared.clock.now();
    let digest = sha256(access.as_bytes());
    let person = people::by_sub(&grant.session.sub);
    let mut claims: Map<String, Value> =
        person.map(|person| person.claims(scopes, &shared.roles)).unwrap_or_default();
    let fixed = [
        ("iss", json!(shared.options.issuer)),
        ("sub", json!(grant.session.sub)),
        ("aud", json!(grant.client_id)),
        ("iat", json!(now)),
        ("exp", json!(now + ID_TOKEN_SECS)),
        ("auth_time", json!(grant.session.auth_time)),
        ("sid", json!(grant.session.sid)),
        ("acr", json!(grant.session.strength.acr())),
        ("amr", json!(grant.session.strength.amr())),
        // Core 3.1.3.6
        ("at_hash", json!(b64(digest.split_at(16).0))),
    ];
    claims.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    shared.keys.sign("JWT", &Value::Object(claims))
}

/// A logout token: notifies a client that a session has ended (Back-Channel Logout 2.4).
pub(super) fn logout_token(
    shared: &Shared,
    client_id: &str,
    session: &Session,
) -> Result<String, getrandom::Error> {
    let now = shared.clock.now();
    let claims = json!({
        "iss": shared.options.issuer,
        "sub": session.sub,
        "sid": session.sid,
        "aud": client_id,
        "iat": now,
        "exp": now + LOGOUT_TOKEN_SECS,
        "jti": random_text::<16>()?,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    Ok(shared.keys.sign("logout+jwt", &claims))
}
