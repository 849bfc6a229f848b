//! Reads an access token, for roles only and only if the settings say so. An access token is opaque to a client (RFC 6749
//! 1.4); with many providers it is a JWT (RFC 9068), which is verified here like every other token of the provider.

use claimcheck_base::secret::Secret;
use serde_json::{Map, Value};

use crate::{
    id_token::LEEWAY_SECS,
    jws::{Jws, ParseError, UNKNOWN_KEY, UniqueClaims, Unverified, secs},
    relying_party::RelyingParty,
};

/// The longest token that is read.
const TOKEN_MAX_LEN: usize = 64 * 1024;
/// Claims that name the client of a token: RFC 9068 2.2, OpenID Connect Core 2, Okta, and Entra's older tokens.
const CLIENT_CLAIMS: [&str; 4] = ["client_id", "azp", "cid", "appid"];

/// What an access token must say.
pub struct ExpectedAccess<'a> {
    /// The issuer of the session.
    pub iss: &'a str,
    /// The claim that is equal in the ID token and in the access token, such as `sub`.
    pub person_claim: &'a str,
    /// Its value in the ID token.
    pub person: &'a str,
}

/// What an access token proves. The texts are for the log and never quote the token.
pub enum AccessClaims {
    /// It is valid; these are its claims.
    Verified(Map<String, Value>),
    /// Its key is not known now.
    KeyUnknown(String),
    /// It is opaque, not valid, or about another user or client.
    Unusable(String),
}

impl RelyingParty {
    /// Reads an access token that the provider issued for the sign-in's own API.
    pub async fn read_access_token(&self, token: &Secret, expected: &ExpectedAccess<'_>) -> AccessClaims {
        if token.expose().len() > TOKEN_MAX_LEN {
            return AccessClaims::Unusable("it is too long".to_owned());
        }
        let token = match Jws::parse(token.expose(), &self.accepted_algs()) {
            Ok(token) => token,
            Err(ParseError::Unsigned(rule) | ParseError::Unreadable(rule)) => {
                return AccessClaims::Unusable(rule.to_owned());
            }
        };
        if !token.typ().is_some_and(|typ| ["at+jwt", "jwt"].contains(&typ.as_str())) {
            return AccessClaims::Unusable("typ is neither at+jwt nor JWT".to_owned());
        }
        let Some(UniqueClaims(claims)) = token.claims() else {
            return AccessClaims::Unusable("the claims cannot be read".to_owned());
        };
        if let Err(rule) = check_claims(&claims, expected, &self.settings().client_id, self.clock().now()) {
            return AccessClaims::Unusable(rule);
        }
        match token.verify(self).await {
            Ok(()) => AccessClaims::Verified(claims),
            Err(Unverified::Refused(rule)) => AccessClaims::Unusable(rule.to_owned()),
            Err(Unverified::UnknownKey) => AccessClaims::KeyUnknown(UNKNOWN_KEY.to_owned()),
            Err(Unverified::Provider(error)) => AccessClaims::KeyUnknown(error.to_string()),
        }
    }
}

fn check_claims(
    claims: &Map<String, Value>,
    expected: &ExpectedAccess<'_>,
    client_id: &str,
    now: i64,
) -> Result<(), String> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.iss) {
        return Err("iss is not the issuer".to_owned());
    }
    if secs(claims.get("exp")).is_none_or(|exp| exp <= now - LEEWAY_SECS) {
        return Err("exp has passed, or is missing".to_owned());
    }
    if claims.contains_key("nbf") && secs(claims.get("nbf")).is_none_or(|nbf| nbf > now + LEEWAY_SECS) {
        return Err("nbf is in the future".to_owned());
    }
    if text(expected.person_claim) != Some(expected.person) {
        return Err(format!("{} is not that of the ID token", expected.person_claim));
    }
    let is_foreign = |name: &&&str| claims.contains_key(**name) && text(name) != Some(client_id);
    match CLIENT_CLAIMS.iter().find(is_foreign) {
        Some(name) => Err(format!("{name} is not this client")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn r13_an_access_token_is_of_this_issuer_user_and_client() {
        let good = json!({ "iss": "i", "exp": 1000, "sub": "ada", "oid": "o-1" });
        let check = |changes: Value, person_claim: &str, person: &str| {
            let mut claims = good.as_object().unwrap().clone();
            claims.extend(changes.as_object().unwrap().clone());
            claims.retain(|_, value| !value.is_null());
            check_claims(&claims, &ExpectedAccess { iss: "i", person_claim, person }, "app", 900)
        };
        for changes in [
            json!({}),
            json!({ "azp": "app" }),
            json!({ "client_id": "app", "cid": "app" }),
            json!({ "exp": 841 }),
            json!({ "nbf": 960 }),
            json!({ "aud": "any" }),
        ] {
            assert_eq!(check(changes.clone(), "sub", "ada"), Ok(()), "{changes}");
        }
        assert_eq!(check(json!({ "sub": "another per API" }), "oid", "o-1"), Ok(()));
        for changes in [
            json!({ "iss": "j" }),
            json!({ "exp": 840 }),
            json!({ "exp": null }),
            json!({ "exp": "1000" }),
            json!({ "nbf": 961 }),
            json!({ "sub": "eve" }),
            json!({ "sub": null }),
            json!({ "azp": "other" }),
            json!({ "client_id": ["app"] }),
            json!({ "azp": "app", "client_id": "other" }),
            json!({ "cid": "other" }),
        ] {
            assert!(check(changes.clone(), "sub", "ada").is_err(), "{changes}");
        }
        assert!(check(json!({}), "oid", "o-2").is_err());
    }
}
