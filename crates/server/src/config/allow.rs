//! Which users may sign in: the rules of `[[allow]]`.

use serde_json::{Map, Value};
use toml::{Spanned, de::DeValue};

use crate::config::{
    boards::ClaimNeed,
    claim_path::{ClaimPath, is_value},
    key_rule::{
        Condition::Has,
        KeyRule::{AnyOf, If},
    },
    problem::SettingProblem,
    reader::{self, TomlTable},
    sources::Lines,
    toml_key::{TomlKeys, text, texts},
};

/// The keys of a rule.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "allow",
    &[&[
        text(
            "claim",
            "the claim that must have one of the values of `is`: its name, a path such as `a.b`, or a JSONPath",
        ),
        texts("is", "the value that the claim must have, or a list of which one is enough"),
        texts("email_domain", "the domain of the verified e-mail address, or a list of which one is enough"),
    ]],
)
.rules(&[&[
    AnyOf(&["claim", "is", "email_domain"]),
    If(Has("claim"), &[AnyOf(&["is"])]),
    If(Has("is"), &[AnyOf(&["claim"])]),
]]);

/// A rule of `[[allow]]`. All of its conditions must hold, and one rule is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowRule {
    /// A claim with one of these values.
    pub claim: Option<ClaimNeed>,
    /// Domains in lower case; the user's e-mail address must be verified and in one of them. Any address, if there are
    /// none.
    pub email_domains: Vec<String>,
}

impl AllowRule {
    /// The claims that it looks at, as the settings name them.
    pub fn claims(&self) -> Vec<String> {
        let claim = self.claim.as_ref().map(|claim| claim.path.text.clone());
        let email = (!self.email_domains.is_empty()).then(|| "email".to_owned());
        claim.into_iter().chain(email).collect()
    }
}

/// Reads `[[allow]]`, and adds errors to `problems`.
pub(super) fn read_allow(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    problems: &mut Vec<SettingProblem>,
) -> Vec<AllowRule> {
    reader::tables(value, "allow", lines, problems, read_rule)
}

fn read_rule(mut at: TomlTable<'_, '_>) -> Option<AllowRule> {
    let path = at.optional("claim", ClaimPath::parse);
    let is = values_of(&mut at, "is", is_value, "example.com");
    for (here, other) in [("claim", "is"), ("is", "claim")] {
        if at.has(here) && !at.has(other) {
            at.problem(other, format!("is missing: `{here}` needs it"));
            return None;
        }
    }
    let domains = values_of(&mut at, "email_domain", is_domain, "example.com");
    if !at.has("claim") && !at.has("is") && !at.has("email_domain") {
        at.problem("claim", "is missing: a rule needs `claim` and `is`, or `email_domain`");
        return None;
    }
    let is_complete = (!at.has("claim") || (path.is_some() && is.is_some()))
        && (!at.has("email_domain") || domains.is_some());
    at.no_more(KEYS.parts);
    let claim = path.zip(is).map(|(path, is)| ClaimNeed { path, is });
    let email_domains = domains.iter().flatten().map(|domain| domain.to_ascii_lowercase()).collect();
    is_complete.then_some(AllowRule { claim, email_domains })
}

/// A text, or a list of texts of which one is enough.
fn values_of(
    at: &mut TomlTable<'_, '_>,
    key: &str,
    is_such: fn(&str) -> bool,
    example: &str,
) -> Option<Vec<String>> {
    if !at.has(key) {
        return None;
    }
    let texts: Vec<_> = at.texts(key)?.iter().map(|text| text.trim().to_owned()).collect();
    if texts.is_empty() || !texts.iter().all(|text| is_such(text)) {
        at.problem(key, format!("must be a string or a list of alternatives, such as \"{example}\""));
        return None;
    }
    Some(texts)
}

/// Whether this can be the domain of e-mail addresses.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Whether the rules let a user with these claims sign in. Without rules, everybody may. `email_verified` tells whether
/// the address in `claims` is verified.
pub(crate) fn is_allowed(rules: &[AllowRule], claims: &Map<String, Value>, email_verified: bool) -> bool {
    rules.is_empty() || met_rule(rules, claims, email_verified).is_some()
}

/// The first rule that a user with these claims meets.
pub(crate) fn met_rule<'a>(
    rules: &'a [AllowRule],
    claims: &Map<String, Value>,
    email_verified: bool,
) -> Option<&'a AllowRule> {
    let email = claims.get("email").and_then(Value::as_str).filter(|_| email_verified);
    let domain = email.and_then(domain_of);
    let meets = |rule: &&AllowRule| {
        // At some providers, users write any address into their profile.
        let may_count = |claim: &ClaimNeed| email_verified || !claim.path.begins_with("email");
        let has_claim = |claim: &ClaimNeed| may_count(claim) && claim.path.is_one_of(claims, &claim.is);
        let has_claim = rule.claim.as_ref().is_none_or(has_claim);
        let has_domain = rule.email_domains.is_empty()
            || domain.as_ref().is_some_and(|domain| rule.email_domains.contains(domain));
        has_claim && has_domain
    };
    rules.iter().find(meets)
}

/// The domain of an e-mail address, in lower case. An address with several `@` is not understood everywhere alike, so it
/// has none.
fn domain_of(email: &str) -> Option<String> {
    let (local, domain) = email.split_once('@')?;
    (!local.is_empty() && is_domain(domain)).then(|| domain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::testing::load;

    const BOARD: &str = "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"B\"\nkind = \"stat\"\n\
                         get = \"/\"\nvalue = \"$\"\n";

    fn rules(text: &str) -> Vec<AllowRule> {
        load(Some(&format!("{text}{BOARD}")), &[]).unwrap_or_else(|error| panic!("{text}: {error}")).0.allow
    }

    #[test]
    fn op_10_an_allow_rule_is_read_whole_or_refused_by_line() {
        let rules = rules(
            "[[allow]]\nclaim = \"hd\"\nis = \"example.com\"\n[[allow]]\nemail_domain = [\"Example.COM\", \"b.example\"]\n",
        );
        assert_eq!(rules[0].claim.as_ref().unwrap().is, ["example.com"]);
        assert_eq!(rules[1].email_domains, ["example.com", "b.example"]);
        for (key, text) in [
            ("claim", "other = 1"),
            ("is", "claim = \"hd\""),
            ("claim", "is = \"x\""),
            ("is", "claim = \"hd\"\nis = []"),
            ("claim", "claim = \"a..b\"\nis = \"x\""),
            ("email_domain", "email_domain = \"@example.com\""),
            ("email_domain", "email_domain = \"*.example.com\""),
            ("email_domain", "email_domain = \"\""),
            ("email_domain", "email_domain = 7"),
            ("emial_domain", "emial_domain = \"x.example\"\nclaim = \"a\"\nis = \"b\""),
        ] {
            let errors = load(Some(&format!("[[allow]]\n{text}\n{BOARD}")), &[]).expect_err(text);
            assert!(
                errors.0.iter().any(|problem| problem.key == format!("allow[0].{key}")),
                "{text}: {errors}"
            );
        }
    }

    #[test]
    fn an_e_mail_domain_counts_if_it_is_the_whole_domain_of_a_verified_address() {
        let rules = rules("[[allow]]\nemail_domain = \"example.com\"\n");
        let may = |email: Value, verified| {
            is_allowed(&rules, json!({ "email": email }).as_object().unwrap(), verified)
        };
        assert!(may(json!("ada@example.com"), true) && may(json!("Ada@EXAMPLE.com"), true));
        assert!(!may(json!("ada@example.com"), false));
        for email in [
            json!("ada@sub.example.com"),
            json!("ada@evil-example.com"),
            json!("ada@example.com.evil.example"),
            json!("ada@evil.example@example.com"),
            json!("\"ada@evil.example\"@example.com"),
            json!("@example.com"),
            json!("example.com"),
            json!("ada@example.com "),
            json!("ada@example.com."),
            json!(["ada@example.com"]),
            Value::Null,
        ] {
            assert!(!may(email.clone(), true), "{email}");
        }
    }

    #[test]
    fn all_conditions_of_a_rule_and_one_of_the_rules_are_needed() {
        let rules = rules(
            "[[allow]]\nclaim = \"groups\"\nis = [\"staff\", \"ops\"]\nemail_domain = \"example.com\"\n\
             [[allow]]\nclaim = \"hd\"\nis = \"example.org\"\n",
        );
        let may = |claims: Value| is_allowed(&rules, claims.as_object().unwrap(), true);
        assert!(may(json!({ "groups": ["x", "ops"], "email": "a@example.com" })));
        assert!(may(json!({ "hd": "example.org" })));
        for claims in [
            json!({ "groups": ["ops"] }),
            json!({ "email": "a@example.com" }),
            json!({ "groups": ["opsx"], "email": "a@example.com" }),
            json!({ "hd": "example.org.evil" }),
            json!({ "hd": "Example.org" }),
            json!({}),
        ] {
            assert!(!may(claims.clone()), "{claims}");
        }
        assert!(is_allowed(&[], &Map::new(), false), "without rules");
    }

    #[test]
    fn an_e_mail_address_as_a_claim_counts_if_it_is_verified() {
        for path in ["email", "$.email", "$['email']"] {
            let rules = rules(&format!("[[allow]]\nclaim = \"{path}\"\nis = \"ada@example.com\"\n"));
            let claims = json!({ "email": "ada@example.com" });
            let may = |verified| is_allowed(&rules, claims.as_object().unwrap(), verified);
            assert!(may(true) && !may(false), "{path}");
        }
        let rules = rules("[[allow]]\nclaim = \"email_verified\"\nis = \"true\"\n");
        assert!(is_allowed(&rules, json!({ "email_verified": true }).as_object().unwrap(), false));
    }
}
