//! Settings about users: their tenants, how their roles are read, and what a link to the sign-in may pass to the provider.

use claimcheck_oidc::issuer::TENANT;

use crate::config::{
    check::Checker,
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
    use super::*;
    use crate::config::testing::{accepts, refuses};

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
