//! Whether the rules about who may sign in (`[[allow]]`) apply to a user.

use claimcheck_session::SessionRecord;

use crate::{
    claims::is_of_before,
    config::{AllowRule, Settings, is_allowed, met_rule},
};

/// Why the settings do not let a user with these claims sign in, as a hint for the log; `None` if they may.
pub fn not_allowed(settings: &Settings, record: &SessionRecord) -> Option<&'static str> {
    let is_verified = is_email_verified(record);
    if is_allowed(&settings.allow, &record.claims, is_verified) {
        return None;
    }
    let would_be = !is_verified && is_allowed(&settings.allow, &record.claims, true);
    Some(if would_be { ": their e-mail address is not verified" } else { "" })
}

/// The claims in the rule that lets a user with these claims sign in, without their values; none without rules.
pub fn allowed_by(settings: &Settings, record: &SessionRecord) -> Vec<String> {
    let rule = met_rule(&settings.allow, &record.claims, is_email_verified(record));
    rule.map(AllowRule::claims).unwrap_or_default()
}

/// Whether the provider says of the e-mail address that it is verified: the newest source that says anything about this
/// very address counts. Cognito's UserInfo writes the value as a text.
pub fn is_email_verified(record: &SessionRecord) -> bool {
    let SessionRecord { claims, sources, .. } = record;
    let Some(email) = claims.get("email") else { return false };
    let userinfo = sources.userinfo.as_ref();
    let by_age = match (is_of_before(record), sources.userinfo_is_newer) {
        (true, _) => [Some(claims), None],
        (false, true) => [userinfo, Some(&sources.id_token)],
        (false, false) => [Some(&sources.id_token), userinfo],
    };
    let mut said = by_age.into_iter().flatten().filter(|source| source.get("email") == Some(email));
    let verified = said.find_map(|source| source.get("email_verified"));
    verified.is_some_and(|verified| *verified == true || *verified == "true")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::claims::tests::signed_in;

    #[test]
    fn an_address_is_verified_if_the_newest_source_about_it_says_so() {
        let is = |id_token: Value, userinfo: Option<Value>| is_email_verified(&signed_in(id_token, userinfo));
        let verified = json!({ "email": "a@x.example", "email_verified": true });
        assert!(is(verified.clone(), None));
        assert!(is(verified.clone(), Some(json!({ "email": "a@x.example" }))), "said by the other source");
        assert!(is(json!({}), Some(json!({ "email": "a@x.example", "email_verified": "true" }))), "Cognito");
        for (id_token, userinfo) in [
            (json!({ "email": "a@x.example" }), None),
            (json!({ "email_verified": true }), None),
            (json!({ "email": "a@x.example", "email_verified": 1 }), None),
            (json!({ "email": "a@x.example", "email_verified": "yes" }), None),
            (
                json!({ "email": "a@x.example", "email_verified": false }),
                Some(json!({ "email_verified": true })),
            ),
            (verified.clone(), Some(json!({ "email": "evil@y.example" }))),
            (verified.clone(), Some(json!({ "email": "a@x.example", "email_verified": false }))),
        ] {
            assert!(!is(id_token.clone(), userinfo.clone()), "{id_token} {userinfo:?}");
        }
    }
}
