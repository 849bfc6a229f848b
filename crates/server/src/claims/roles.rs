//! The roles of a user: in the claims of ID token and UserInfo, and, if the settings say so, in the access token of the
//! sign-in's own API. Of an access token, only the roles are kept.

use claimcheck_base::{clock::UnixSecs, secret::Secret};
use claimcheck_oidc::{
    RelyingParty,
    access_token::{AccessClaims, ExpectedAccess},
};
use claimcheck_session::{SessionRecord, TokenRoles};
use serde_json::{Map, Value};

use crate::config::Settings;

/// How long the last verified roles hold while the key of a newer access token is unknown.
const HOLD_SECS: i64 = 600;

/// The roles that `role_claims` finds in these claims: in that order, each once.
pub fn roles_in(settings: &Settings, claims: &Map<String, Value>) -> Vec<String> {
    let mut roles = Vec::new();
    for role in settings.role_claims.iter().flat_map(|path| path.values(claims, &settings.role_separators)) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// All roles of a user.
pub fn roles(settings: &Settings, record: &SessionRecord) -> Vec<String> {
    let mut roles = roles_in(settings, &record.claims);
    let of_token = record.token_roles.as_ref().filter(|_| settings.access_token_roles.is_some());
    for role in of_token.into_iter().flat_map(|of_token| &of_token.roles) {
        if !roles.contains(role) {
            roles.push(role.clone());
        }
    }
    roles
}

/// Whether nothing of `role_claims` is there, whatever its value.
pub fn has_no_role_claim(settings: &Settings, record: &SessionRecord) -> bool {
    let of_token = record.token_roles.as_ref().is_some_and(|of_token| of_token.is_there);
    !of_token && !settings.role_claims.iter().any(|path| path.is_there(&record.claims))
}

/// Whether a claim with roles was left out because the user is in too many groups: Entra then writes `hasgroups`, or
/// names the claim in `_claim_names` (OpenID Connect Core 5.6.2) in place of the groups.
pub fn has_too_many_groups(settings: &Settings, claims: &Map<String, Value>) -> bool {
    let named = claims.get("_claim_names").and_then(Value::as_object);
    let is_marked = claims.get("hasgroups").is_some_and(|has| *has == true || *has == "true");
    let names = named.into_iter().flat_map(|named| named.keys().map(String::as_str));
    let mut left_out = names.chain(is_marked.then_some("groups")).filter(|name| !claims.contains_key(*name));
    left_out.any(|name| settings.role_claims.iter().any(|path| path.begins_with(name)))
}

/// Logs what keeps the provider from sending roles, once per sign-in.
pub fn report_missing_roles(settings: &Settings, record: &SessionRecord) {
    if has_too_many_groups(settings, &record.claims) {
        tracing::warn!(
            event = "groups not sent",
            "the user is in too many groups, so the provider sent none (at Entra: assign groups to the application and \
             send only those, or use app roles)"
        );
    }
}

/// What an access token says about roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RolesOfToken {
    /// These, and whether any of `role_claims` is there.
    Verified { roles: Vec<String>, is_there: bool },
    /// It is opaque or not valid: no roles.
    None,
    /// Its key is not known now.
    KeyUnknown,
}

/// Reads the roles in an access token of the sign-in's own API; `None` if the settings do not say so. `id_token` are the
/// claims of the ID token of the same user.
pub async fn read_token_roles(
    settings: &Settings,
    relying_party: &RelyingParty,
    token: &Secret,
    (iss, sub): (&str, &str),
    id_token: &Map<String, Value>,
) -> Option<RolesOfToken> {
    let person_claim = settings.access_token_roles.as_deref()?;
    let person = match person_claim {
        "sub" => Some(sub),
        name => id_token.get(name).and_then(Value::as_str),
    };
    let refused = |reason: &str| {
        tracing::warn!(event = "no roles from the access token", reason, "see access_token_roles");
        RolesOfToken::None
    };
    let Some(person) = person.filter(|person| !person.is_empty()) else {
        return Some(refused(&format!("the ID token has no {person_claim}")));
    };
    let expected = ExpectedAccess { iss, person_claim, person };
    Some(match relying_party.read_access_token(token, &expected).await {
        AccessClaims::Verified(claims) => {
            if has_too_many_groups(settings, &claims) {
                refused("the user is in too many groups, so the provider sent none");
            }
            let is_there = settings.role_claims.iter().any(|path| path.is_there(&claims));
            RolesOfToken::Verified { roles: roles_in(settings, &claims), is_there }
        }
        AccessClaims::Unusable(reason) => refused(&reason),
        AccessClaims::KeyUnknown(reason) => {
            tracing::warn!(
                event = "access token not verified",
                reason,
                "its key is unknown; the last verified roles hold for ten minutes"
            );
            RolesOfToken::KeyUnknown
        }
    })
}

/// Applies what the newest access token says.
pub fn take_token_roles(record: &mut SessionRecord, read: &RolesOfToken, now: UnixSecs) {
    let taken = match read {
        RolesOfToken::Verified { roles, is_there } => {
            TokenRoles { roles: roles.clone(), is_there: *is_there, until: None }
        }
        RolesOfToken::None => TokenRoles::default(),
        RolesOfToken::KeyUnknown => {
            let mut last = record.token_roles.take().unwrap_or_default();
            last.until.get_or_insert(now + HOLD_SECS);
            last
        }
    };
    record.token_roles = Some(taken);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::testing::accepts;

    fn record(claims: Value) -> SessionRecord {
        SessionRecord { claims: claims.as_object().unwrap().clone(), ..SessionRecord::default() }
    }

    #[test]
    fn r13_roles_of_an_unknown_key_hold_from_the_first_failure_on() {
        let mut record = record(json!({}));
        let verified = RolesOfToken::Verified { roles: vec!["a".to_owned()], is_there: true };
        take_token_roles(&mut record, &verified, 100);
        take_token_roles(&mut record, &RolesOfToken::KeyUnknown, 200);
        take_token_roles(&mut record, &RolesOfToken::KeyUnknown, 500);
        let of = |record: &SessionRecord| record.token_roles.clone().unwrap();
        assert_eq!((of(&record).until, of(&record).roles), (Some(200 + HOLD_SECS), vec!["a".to_owned()]));
        take_token_roles(&mut record, &verified, 600);
        assert_eq!(of(&record).until, None);
        take_token_roles(&mut record, &RolesOfToken::None, 700);
        assert_eq!(of(&record), TokenRoles::default());
        let settings = accepts(&[]);
        take_token_roles(&mut record, &verified, 800);
        assert!(roles(&settings, &record).is_empty(), "the setting was removed");
    }

    #[test]
    fn too_many_groups_are_told_from_none() {
        let settings = accepts(&[("CLAIMCHECK_ROLE_CLAIMS", "groups $['teams'][*]")]);
        let is = |claims: Value| has_too_many_groups(&settings, claims.as_object().unwrap());
        assert!(is(json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": {} })));
        assert!(is(json!({ "hasgroups": true })) && is(json!({ "hasgroups": "true" })));
        assert!(is(json!({ "_claim_names": { "teams": "src1" } })));
        for claims in [
            json!({}),
            json!({ "hasgroups": false }),
            json!({ "_claim_names": { "address": "src1" } }),
            json!({ "_claim_names": { "groups": "src1" }, "groups": ["a"] }),
            json!({ "_claim_names": "groups" }),
        ] {
            assert!(!is(claims.clone()), "{claims}");
        }
        assert!(!has_too_many_groups(&accepts(&[]), json!({ "hasgroups": true }).as_object().unwrap()));
    }
}
