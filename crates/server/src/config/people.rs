//! Settings about users: which ones may sign in (`[[allow]]`, tenants), how their roles are read, and what a link to the
//! sign-in may pass to the provider.

use claimcheck_oidc::issuer::TENANT;
use serde_json::{Map, Value};
use toml::{Spanned, de::DeValue};

use crate::config::{
    boards::ClaimNeed,
    check::Checker,
    claim_path::{ClaimPath, is_value},
    problem::SettingProblem,
    reader::{self, TomlTable},
    sources::Lines,
    table::Draft,
    values::{PROTOCOL_PARAMS, Parsed},
};

/// The separator that means any white space.
const SPACE: &str = "space";
/// The setting for no separators.
const NONE: &str = "none";
const SEPARATOR_MAX_CHARS: usize = 8;
/// Parameters of the authorization request, beside those of the protocol, that a link may not set: they decide how users
/// sign in and what their tokens are for. The last ones are those of the link itself.
const NEVER_PASSED: [&str; 13] = [
    "prompt",
    "max_age",
    "acr_values",
    "claims",
    "id_token_hint",
    "resource",
    "audience",
    "iss",
    "target_link_uri",
    "return_to",
    "ask",
    "account",
    "confirmed",
];

/// How several roles in one text are separated. The whole text counts as a role in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleSeparators {
    is_white_space: bool,
    marks: Vec<String>,
}

impl RoleSeparators {
    /// White space: the default.
    #[cfg(test)]
    pub(super) fn white_space() -> Self {
        Self { is_white_space: true, marks: Vec::new() }
    }

    pub(super) fn parse(texts: &[String]) -> Parsed<Self> {
        if let [one] = texts
            && one == NONE
        {
            return Ok(Self::default());
        }
        let mut separators = Self::default();
        for text in texts {
            let is_mark = text.chars().count() <= SEPARATOR_MAX_CHARS
                && !text.chars().any(|c| c.is_alphanumeric() || c.is_control() || c.is_whitespace());
            match text.as_str() {
                SPACE => separators.is_white_space = true,
                mark if is_mark => separators.marks.push(mark.to_owned()),
                _ => {
                    return Err(format!(
                        "must be `{NONE}`, or separators without letters, digits and spaces, such as `, ;`; \
                         `{SPACE}` means white space"
                    ));
                }
            }
        }
        Ok(separators)
    }

    /// The parts of a text. An item of a list is divided at marks only: names in lists may contain spaces.
    pub(super) fn divide<'a>(&self, text: &'a str, is_listed: bool) -> Vec<&'a str> {
        let mut parts = vec![text];
        for mark in &self.marks {
            parts = parts.into_iter().flat_map(|part| part.split(mark.as_str())).collect();
        }
        if self.is_white_space && !is_listed {
            parts = parts.into_iter().flat_map(str::split_whitespace).collect();
        }
        parts.into_iter().map(str::trim).collect()
    }
}

/// A rule of `[[allow]]`. All of its conditions must hold, and one rule is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowRule {
    /// A claim with one of these values.
    pub claim: Option<ClaimNeed>,
    /// Domains in lower case; the user's e-mail address must be verified and in one of them. Any address, if there are
    /// none.
    pub email_domains: Vec<String>,
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
    at.no_more(&["claim", "is", "email_domain"]);
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
    let email = claims.get("email").and_then(Value::as_str).filter(|_| email_verified);
    let domain = email.and_then(domain_of);
    let meets = |rule: &AllowRule| {
        let has_claim = rule.claim.as_ref().is_none_or(|claim| claim.path.is_one_of(claims, &claim.is));
        let has_domain = rule.email_domains.is_empty()
            || domain.as_ref().is_some_and(|domain| rule.email_domains.contains(domain));
        has_claim && has_domain
    };
    rules.is_empty() || rules.iter().any(meets)
}

/// The domain of an e-mail address, in lower case. An address with several `@` is not understood everywhere alike, so it
/// has none.
fn domain_of(email: &str) -> Option<String> {
    let (local, domain) = email.split_once('@')?;
    (!local.is_empty() && is_domain(domain)).then(|| domain.to_ascii_lowercase())
}

/// Audiences, or tenants: words without control characters.
pub(super) fn names(words: &[String]) -> Parsed<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for word in words {
        if !word.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("`{}` is not a name of visible ASCII characters", word.escape_debug()));
        }
        if !names.contains(word) {
            names.push(word.clone());
        }
    }
    Ok(names)
}

/// Tenants, as they appear in the issuer.
pub(super) fn tenants(words: &[String]) -> Parsed<Vec<String>> {
    let is_tenant =
        |word: &String| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    match words.iter().find(|word| !is_tenant(word)) {
        Some(other) => Err(format!(
            "`{}` is not a tenant ID. Example: 8f2b1c9e-0000-4000-8000-000000000001",
            other.escape_debug()
        )),
        None => names(words),
    }
}

/// Names of parameters that a link to the sign-in may pass to the provider.
pub(super) fn pass_params(words: &[String]) -> Parsed<Vec<String>> {
    for word in words {
        if PROTOCOL_PARAMS.contains(&word.as_str()) || NEVER_PASSED.contains(&word.as_str()) {
            return Err(format!(
                "must not contain `{word}`: a link from elsewhere must not set it. Example: organization invitation"
            ));
        }
        if !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
            return Err(
                "must be names of parameters separated by spaces, such as organization invitation".to_owned()
            );
        }
    }
    names(words)
}

/// The claim that must be equal in access token and ID token.
pub(super) fn access_token_roles(text: &str) -> Parsed<Option<String>> {
    match text {
        "off" => Ok(None),
        name if !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) =>
        {
            Ok(Some(name.to_owned()))
        }
        _ => {
            Err("must be off, or the claim that is equal in access token and ID token: sub, or oid at Entra"
                .to_owned())
        }
    }
}

impl Checker {
    /// A parameter that the operator sets is not passed from a link.
    pub(super) fn check_pass_params(&mut self, draft: &Draft) {
        let is_set = |name: &&String| draft.authorize_params.iter().flatten().any(|(set, _)| set == *name);
        if let Some(name) = draft.pass_params.iter().flatten().find(is_set) {
            let message = format!("contains `{name}`, which authorize_params sets: remove one of them");
            self.report_contradiction("pass_params", message);
        }
    }

    /// An issuer for several tenants comes with their list.
    pub(super) fn check_tenants(&mut self, draft: &Draft) {
        let (Some(issuer), Some(tenants)) = (&draft.issuer, &draft.tenants) else { return };
        let message = match (issuer.contains(TENANT), tenants.is_empty()) {
            (true, true) => {
                format!(
                    "is missing: the issuer contains {TENANT}, so list the tenants whose users may sign in"
                )
            }
            (false, false) => format!("has no effect: the issuer does not contain {TENANT}"),
            _ => return,
        };
        self.report_contradiction("tenants", message);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::testing::{accepts, load, refuses};

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
    fn r36_no_parameter_of_the_protocol_can_be_passed() {
        let passes = |text: &str| accepts(&[("CLAIMCHECK_PASS_PARAMS", text)]).pass_params;
        assert_eq!(
            passes("organization invitation organization ui_hint"),
            ["organization", "invitation", "ui_hint"]
        );
        for name in PROTOCOL_PARAMS.iter().chain(&NEVER_PASSED) {
            assert!(refuses(&[("CLAIMCHECK_PASS_PARAMS", name)]).contains(name), "{name}");
        }
        assert!(refuses(&[("CLAIMCHECK_PASS_PARAMS", "a=b")]).contains("names of parameters"));
        let both =
            [("CLAIMCHECK_PASS_PARAMS", "organization"), ("CLAIMCHECK_AUTHORIZE_PARAMS", "organization=x")];
        assert!(refuses(&both).contains("`organization`"));
    }

    #[test]
    fn an_issuer_for_several_tenants_needs_their_list() {
        let issuer = ("CLAIMCHECK_ISSUER", "https://login.example.com/{tenantid}/v2.0");
        assert!(refuses(&[issuer]).contains("CLAIMCHECK_TENANTS"));
        let settings = accepts(&[issuer, ("CLAIMCHECK_TENANTS", "t-1 t-2")]);
        assert!(settings.is_issuer("https://login.example.com/t-2/v2.0"));
        assert!(!settings.is_issuer("https://login.example.com/t-3/v2.0"));
        assert!(refuses(&[("CLAIMCHECK_TENANTS", "t-1")]).contains("{tenantid}"));
        assert!(refuses(&[issuer, ("CLAIMCHECK_TENANTS", "t/1")]).contains("tenant ID"));
    }

    #[test]
    fn r24_separators_are_marks_or_white_space() {
        let parse = |texts: &[&str]| {
            RoleSeparators::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(parse(&["space"]), Ok(RoleSeparators::white_space()));
        assert_eq!(parse(&["none"]), Ok(RoleSeparators::default()));
        let of = |texts: &[&str], text: &'static str| parse(texts).unwrap().divide(text, false);
        assert_eq!(of(&[",", ";"], "a b, c;d"), ["a b", "c", "d"]);
        assert_eq!(of(&["::", "space"], "a b::c:d"), ["a", "b", "c:d"]);
        for bad in [&["a"][..], &["1"], &["none", ","], &["123456789"]] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
