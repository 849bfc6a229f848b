//! The claims of a user. Those of the ID token and of UserInfo are stored separately, so that a claim that its source
//! no longer contains is removed; merged, the newer source takes precedence. Rules: OpenID Connect Core 5.1, 5.3.2 and
//! 12.2.

mod allow;
mod roles;
mod slots;

pub use allow::{allowed_by, is_email_verified, not_allowed};
pub use roles::{
    RolesOfToken, has_no_role_claim, has_too_many_groups, read_token_roles, report_missing_roles, roles,
    roles_in, take_token_roles,
};
pub use slots::{ClaimValues, locked, slot_values};

use claimcheck_base::clock::UnixSecs;
use claimcheck_oidc::quirks::VOLATILE_CLAIMS;
use claimcheck_session::{Became, ClaimChange, SessionRecord, Sources};
use serde_json::{Map, Value};

/// Claims that only the ID token may contain, and that mean nothing to users.
pub const PROTOCOL_CLAIMS: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "acr",
    "amr",
    "auth_time",
    "sid",
    "nonce",
    "azp",
    "at_hash",
];
/// How and when the user signed in: unchanged by a refresh (RFC 9470 6.1).
const OF_THE_SIGN_IN: [&str; 3] = ["acr", "amr", "auth_time"];
/// The standard claims (OpenID Connect Core 5.1). The ID token of a refresh may omit them although they still apply.
const STANDARD: [&str; 19] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
];
/// Claims about another claim, which apply only as long as that one is unchanged.
const SAID_OF: [(&str, &str); 2] = [("email_verified", "email"), ("phone_number_verified", "phone_number")];
/// More changes at once are not listed one by one.
const CHANGES_MAX: usize = 8;
const ITEM_MAX_CHARS: usize = 40;

/// The claims at sign-in, and their sources.
pub fn at_sign_in(
    id_token: Map<String, Value>,
    userinfo: Option<Map<String, Value>>,
) -> (Map<String, Value>, Sources) {
    let userinfo = userinfo.map(without_protocol);
    let sources = Sources { id_token, userinfo, userinfo_is_newer: true };
    (merged(&sources), sources)
}

/// Whether UserInfo is known to have claims about this user, so that a refresh fetches it again.
pub fn is_userinfo_of_use(record: &SessionRecord) -> bool {
    record.sources.userinfo.is_some() || is_of_before(record)
}

/// Whether the ID token has claims about the user that UserInfo lacks, so that only another ID token updates them.
pub fn is_more_in_id_token(record: &SessionRecord) -> bool {
    let Sources { id_token, userinfo, .. } = &record.sources;
    let is_only_there = |name: &String| {
        is_of_the_person(name) && !userinfo.as_ref().is_some_and(|said| said.contains_key(name))
    };
    id_token.keys().any(is_only_there)
}

/// Applies the ID token of a refresh, which replaces the previous one. Profile claims that it omits stay; any other
/// claim that it omits, such as a role, is removed.
pub fn take_id_token(record: &mut SessionRecord, said: Map<String, Value>, read_at: UnixSecs) {
    let before = std::mem::take(&mut settled(record).id_token);
    let still_holds = |name: &String, value: &Value| {
        let is_of_same = SAID_OF
            .iter()
            .filter(|(name_of, _)| name_of == name)
            .all(|(_, of)| said.get(*of).is_none_or(|now| Some(now) == before.get(*of)));
        let stays = STANDARD.contains(&name.as_str()) && !said.contains_key(name) && is_of_same;
        (stays || OF_THE_SIGN_IN.contains(&name.as_str())).then(|| (name.clone(), value.clone()))
    };
    let kept: Vec<_> = before.iter().filter_map(|(name, value)| still_holds(name, value)).collect();
    let mut id_token = said;
    id_token.retain(|name, _| !OF_THE_SIGN_IN.contains(&name.as_str()));
    id_token.extend(kept);
    record.sources.id_token = id_token;
    record.sources.userinfo_is_newer = false;
    settle(record, read_at);
}

/// Applies a new UserInfo response, which replaces the previous one.
pub fn take_userinfo(record: &mut SessionRecord, said: Map<String, Value>, read_at: UnixSecs) {
    let sources = settled(record);
    sources.userinfo = Some(without_protocol(said));
    sources.userinfo_is_newer = true;
    record.profile_warning = None;
    settle(record, read_at);
}

/// The changes between two sets of claims that mean something to the user.
pub fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<ClaimChange> {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let told = names.filter(|name| is_of_the_person(name) && !VOLATILE_CLAIMS.contains(&name.as_str()));
    told.filter_map(|name| change(name, before.get(name), after.get(name))).take(CHANGES_MAX).collect()
}

fn change(name: &str, before: Option<&Value>, after: Option<&Value>) -> Option<ClaimChange> {
    let how = match (before, after) {
        (before, after) if before == after => return None,
        (None, _) => Became::New,
        (_, None) => Became::Gone,
        _ => Became::Other,
    };
    let items = |value: Option<&Value>| match value {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(short).collect(),
        Some(Value::String(words)) if name == "roles" => words.split_whitespace().map(short).collect(),
        _ => Vec::new(),
    };
    let (had, has): (Vec<String>, Vec<String>) = (items(before), items(after));
    let only = |these: &[String], those: &[String]| {
        these.iter().filter(|item| !those.contains(item)).take(CHANGES_MAX).cloned().collect()
    };
    Some(ClaimChange { claim: short(name), how, added: only(&has, &had), removed: only(&had, &has) })
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(ITEM_MAX_CHARS).collect()
}

fn is_of_the_person(name: &str) -> bool {
    !PROTOCOL_CLAIMS.contains(&name)
}

/// Whether the record is older than separate sources.
fn is_of_before(record: &SessionRecord) -> bool {
    record.sources.id_token.is_empty()
}

/// The sources. In a record without them, all claims count as the ID token's, and UserInfo as fetched.
fn settled(record: &mut SessionRecord) -> &mut Sources {
    if is_of_before(record) {
        record.sources.id_token.clone_from(&record.claims);
        record.sources.userinfo.get_or_insert_default();
    }
    &mut record.sources
}

fn settle(record: &mut SessionRecord, read_at: UnixSecs) {
    record.claims = merged(&record.sources);
    record.claims_read_at = read_at;
}

/// UserInfo adds to the ID token and may have newer profile claims, but replaces no protocol claim.
fn merged(sources: &Sources) -> Map<String, Value> {
    let Sources { id_token, userinfo, userinfo_is_newer } = sources;
    let userinfo = userinfo.clone().unwrap_or_default();
    let (mut under, over) =
        if *userinfo_is_newer { (id_token.clone(), userinfo) } else { (userinfo, id_token.clone()) };
    under.extend(over);
    under
}

fn without_protocol(mut said: Map<String, Value>) -> Map<String, Value> {
    said.retain(|name, _| is_of_the_person(name));
    said
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    pub(super) fn signed_in(id_token: Value, userinfo: Option<Value>) -> SessionRecord {
        let (claims, sources) = at_sign_in(object(id_token), userinfo.map(object));
        SessionRecord { claims, sources, ..SessionRecord::default() }
    }

    #[test]
    fn ui_05_userinfo_replaces_no_protocol_claim() {
        let record = signed_in(
            json!({ "sub": "a", "sid": "s", "acr": "1", "name": "Old" }),
            Some(json!({ "sub": "b", "sid": "x", "acr": "9", "exp": 1, "name": "New", "roles": ["r"] })),
        );
        assert_eq!(
            Value::Object(record.claims),
            json!({ "sub": "a", "sid": "s", "acr": "1", "name": "New", "roles": ["r"] })
        );
    }

    #[test]
    fn rf_05_what_a_refreshed_id_token_leaves_out_is_gone_but_for_the_profile_and_the_sign_in() {
        let before = json!({
            "sub": "a", "acr": "1", "amr": ["pwd"], "auth_time": 5, "nonce": "n", "name": "Ada", "email": "a@x.example",
            "email_verified": true, "roles": ["a", "b"], "https://x.example/teams": ["t"],
        });
        let mut record = signed_in(before.clone(), None);
        take_id_token(&mut record, object(json!({ "sub": "a", "acr": "9", "auth_time": 7 })), 100);
        assert_eq!(
            Value::Object(record.claims.clone()),
            json!({
                "sub": "a", "acr": "1", "amr": ["pwd"], "auth_time": 5, "name": "Ada", "email": "a@x.example",
                "email_verified": true,
            })
        );
        assert_eq!(record.claims_read_at, 100);
        let mut record = signed_in(before.clone(), None);
        take_id_token(&mut record, object(json!({ "sub": "a", "email": "b@x.example" })), 100);
        assert!(!record.claims.contains_key("email_verified"), "it was said of another address");
        let mut record = signed_in(before.clone(), None);
        take_id_token(&mut record, object(before), 100);
        assert!(record.claims.contains_key("roles") && record.claims.contains_key("email_verified"));
        let mut none = signed_in(json!({ "sub": "a" }), None);
        take_id_token(&mut none, object(json!({ "acr": "9", "amr": ["mfa"], "auth_time": 7 })), 100);
        assert!(
            !OF_THE_SIGN_IN.iter().any(|name| none.claims.contains_key(*name)),
            "nor do they come by one"
        );
    }

    #[test]
    fn ui_05_the_newer_of_both_counts_and_each_takes_back_only_its_own() {
        let mut record =
            signed_in(json!({ "name": "A", "roles": ["a"] }), Some(json!({ "name": "B", "groups": ["g"] })));
        take_id_token(&mut record, object(json!({ "name": "C", "roles": ["a"] })), 1);
        assert_eq!(
            Value::Object(record.claims.clone()),
            json!({ "name": "C", "roles": ["a"], "groups": ["g"] })
        );
        take_userinfo(&mut record, object(json!({ "name": "D", "iss": "x" })), 2);
        assert_eq!(Value::Object(record.claims.clone()), json!({ "name": "D", "roles": ["a"] }));
        assert!(is_more_in_id_token(&record), "roles");
        take_userinfo(&mut record, object(json!({ "name": "D", "roles": [] })), 3);
        assert!(!is_more_in_id_token(&record));
    }

    #[test]
    fn a_record_of_before_loses_nothing_that_is_still_said() {
        let before = SessionRecord {
            claims: object(json!({ "name": "A", "roles": ["a"], "groups": ["g"] })),
            ..SessionRecord::default()
        };
        assert!(is_userinfo_of_use(&before));
        let mut record = before.clone();
        take_userinfo(&mut record, object(json!({ "name": "B" })), 1);
        assert_eq!(Value::Object(record.claims), json!({ "name": "B", "roles": ["a"], "groups": ["g"] }));
        let mut record = before;
        take_id_token(&mut record, object(json!({ "roles": ["a"] })), 1);
        assert!(is_userinfo_of_use(&record), "what it had said is asked for again");
        take_userinfo(&mut record, object(json!({ "groups": ["g"] })), 1);
        assert_eq!(Value::Object(record.claims), json!({ "name": "A", "roles": ["a"], "groups": ["g"] }));
        assert!(!is_userinfo_of_use(&signed_in(json!({ "sub": "a" }), None)), "it has never answered");
    }

    #[test]
    fn changes_name_what_came_and_what_went() {
        let before = object(json!({
            "name": "A", "roles": ["a", "b"], "groups": "x y", "exp": 1, "uti": "1", "nickname": "n", "same": 1,
        }));
        let after = object(json!({
            "name": "B", "roles": ["b", "c"], "groups": "x", "exp": 2, "uti": "2", "hired": "now", "same": 1,
        }));
        let told = changes(&before, &after);
        let of = |claim: &str| told.iter().find(|change| change.claim == claim);
        assert_eq!(told.len(), 5, "{told:?}");
        let roles = of("roles").unwrap();
        assert_eq!((&*roles.added, &*roles.removed), (&["c".to_owned()][..], &["a".to_owned()][..]));
        assert_eq!(of("name").map(|change| change.how), Some(Became::Other));
        assert_eq!(of("nickname").map(|change| change.how), Some(Became::Gone));
        assert_eq!(of("hired").map(|change| change.how), Some(Became::New));
        assert!(changes(&after, &after).is_empty());
        let many: Map<String, Value> = (0..99).map(|n| (format!("claim{n}"), json!("x"))).collect();
        assert_eq!(changes(&Map::new(), &many).len(), CHANGES_MAX);
    }

    #[test]
    fn a_change_names_the_items_of_lists_and_the_words_of_roles_only() {
        let of = |name: &str, before: Value, after: Value| {
            let change = change(name, Some(&before), Some(&after)).unwrap();
            (change.added, change.removed)
        };
        let both = |added: &str, removed: &str| (vec![added.to_owned()], vec![removed.to_owned()]);
        assert_eq!(of("roles", json!("viewer clerk"), json!("clerk admin")), both("admin", "viewer"));
        assert_eq!(of("groups", json!(["a", "b"]), json!(["b", "c"])), both("c", "a"));
        assert_eq!(of("name", json!("Ada Okafor"), json!("Ada Lind")), (Vec::new(), Vec::new()));
    }
}
