//! The `WWW-Authenticate` header in the API's responses (RFC 9110 11.6.1, RFC 6750 3). It is untrusted input.

use axum::http::{HeaderMap, header::WWW_AUTHENTICATE};
use claimcheck_model::StepUpChallenge;

const MAX_LEN: usize = 4096;
/// Requests to a provider travel in URLs, so a longer scope is ignored.
const SCOPE_MAX_LEN: usize = 512;
/// At most this many classes are used: the preferred ones.
const ACR_VALUES_MAX: usize = 8;
const ACR_VALUE_MAX_LEN: usize = 128;
/// Ten years. A larger value is no requirement.
const MAX_AGE_MAX_SECS: u32 = 315_360_000;
const SPACE: [char; 2] = [' ', '\t'];
/// Separators of challenges and of their parameters.
const BETWEEN: [char; 3] = [' ', '\t', ','];

/// Names and values as received.
type Parameters = Vec<(String, String)>;

/// Whether a 401 can mean that the token is no longer valid: the header says so or gives no reason (RFC 6750 3.1).
pub(super) fn may_be_invalid_token(headers: &HeaderMap) -> bool {
    bearer(headers).all(|found| value_of(&found, "error").is_none_or(|error| error == "invalid_token"))
}

/// Whether a 401 says that the token is no longer valid (RFC 6750 3.1). Without the word, the API may have done what was
/// asked for before something else refused the answer.
pub(super) fn is_invalid_token(headers: &HeaderMap) -> bool {
    bearer(headers).any(|found| value_of(&found, "error") == Some("invalid_token"))
}

/// The scope that a `Bearer` challenge with `insufficient_scope` names (RFC 6750 3.1).
pub(super) fn missing_scope(headers: &HeaderMap) -> Option<String> {
    bearer(headers)
        .find(|found| value_of(found, "error") == Some("insufficient_scope"))
        .and_then(|found| scope_of(&found))
}

/// The requirements of a `Bearer` challenge with `insufficient_user_authentication` (RFC 9470 3). Values that an
/// authorization request cannot carry are dropped. If neither `acr_values` nor `max_age` is left, a fresh sign-in is
/// required.
pub(super) fn demand(headers: &HeaderMap) -> Option<StepUpChallenge> {
    let found =
        bearer(headers).find(|found| value_of(found, "error") == Some("insufficient_user_authentication"))?;
    let acr_values = value_of(&found, "acr_values").unwrap_or_default().split(' ');
    let acr_values: Vec<_> =
        acr_values.filter(|value| is_acr_value(value)).take(ACR_VALUES_MAX).map(str::to_owned).collect();
    let max_age_secs = value_of(&found, "max_age").and_then(max_age);
    let max_age_secs = max_age_secs.or(acr_values.is_empty().then_some(0));
    Some(StepUpChallenge { acr_values, max_age_secs, scope: scope_of(&found) })
}

fn scope_of(parameters: &Parameters) -> Option<String> {
    let scope = value_of(parameters, "scope").filter(|scope| {
        (1..=SCOPE_MAX_LEN).contains(&scope.trim().len()) && scope.bytes().all(is_scope_byte)
    });
    scope.map(str::to_owned)
}

/// One authentication context class, as strict as a scope token (RFC 6749 3.3).
fn is_acr_value(value: &str) -> bool {
    (1..=ACR_VALUE_MAX_LEN).contains(&value.len()) && value.bytes().all(is_scope_byte)
}

/// A non-negative integer of seconds (RFC 9470 3): only digits.
fn max_age(value: &str) -> Option<u32> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|secs| is_number && *secs <= MAX_AGE_MAX_SECS)
}

/// The parameters of each `Bearer` challenge, in any header and at any position.
fn bearer(headers: &HeaderMap) -> impl Iterator<Item = Parameters> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|value| value.len() <= MAX_LEN)
        .flat_map(challenges)
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, parameters)| parameters)
}

/// RFC 6749 3.3: scope tokens, separated by spaces.
fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')
}

fn value_of<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The challenges of one header: each a scheme with its `name=token` and `name="quoted"` pairs (RFC 9110 11.6.1).
/// Anything else is skipped up to the next comma.
fn challenges(text: &str) -> Vec<(&str, Parameters)> {
    let mut found: Vec<(&str, Parameters)> = Vec::new();
    let mut rest = text.trim_start_matches(BETWEEN);
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(|c| !is_token_char(c)).unwrap_or(rest.len()));
        let pair = after.trim_start_matches(SPACE).strip_prefix('=');
        let next = match pair.map(|value| value.trim_start_matches(SPACE)) {
            _ if word.is_empty() => None,
            Some(value) => value_at(value).map(|(value, next)| {
                if let Some((_, parameters)) = found.last_mut() {
                    parameters.push((word.to_owned(), value));
                }
                next
            }),
            None => {
                found.push((word, Vec::new()));
                Some(after)
            }
        };
        rest = next.or_else(|| rest.split_once(',').map(|(_, next)| next)).unwrap_or_default();
        rest = rest.trim_start_matches(BETWEEN);
    }
    found
}

/// The value at the start of a text, and the rest.
fn value_at(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        return unquote(quoted);
    }
    let (value, after) = text.split_at(text.find(BETWEEN).unwrap_or(text.len()));
    Some((value.to_owned(), after))
}

/// RFC 9110 5.6.2
fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// A quoted-string (RFC 9110 5.6.4) without its opening quote, and the rest after the closing one.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[index + 1..])),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn scope_in(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_str(value).unwrap());
        missing_scope(&headers)
    }

    #[test]
    fn ac_06_the_missing_scope_is_read() {
        for value in [
            r#"Bearer error="insufficient_scope", scope="a:b c""#,
            r#"bearer realm="a\"b", scope="a:b c", error="insufficient_scope""#,
            r#"Bearer error=insufficient_scope,scope="a:b c""#,
            "Bearer error = \"insufficient_scope\" ,\tscope= \"a:b c\"",
            r#"Basic realm="x, Bearer y", Bearer error="insufficient_scope", scope="a:b c""#,
            r#"Negotiate YII/abc==, Bearer error="insufficient_scope", scope="a:b c", DPoP algs="ES256""#,
            r#"DPoP scope="z", error="insufficient_scope", , bearer error="insufficient_scope", scope="a:b c""#,
            r#"Bearer realm="a", Bearer error="insufficient_scope", scope="a:b c""#,
        ] {
            assert_eq!(scope_in(value).as_deref(), Some("a:b c"), "{value}");
        }
    }

    #[test]
    fn ac_09_hostile_challenges_give_nothing() {
        let long = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", "x".repeat(65_536));
        for value in [
            "Basic error=\"insufficient_scope\", scope=\"a\"",
            "Bearer",
            "Bearer =",
            "Bearer ===,,=,\"",
            r#"Basic realm="Bearer error=insufficient_scope, scope=a""#,
            r#"error="insufficient_scope", scope="a""#,
            r#"Bearer realm="a", Basic error="insufficient_scope", scope="a""#,
            "Bearer scope=\"a",
            "Bearer error=\"invalid_token\", scope=\"a\"",
            r#"Bearer error="insufficient_scope", scope="a\\b""#,
            &long,
        ] {
            assert_eq!(scope_in(value), None);
        }
    }

    fn demand_in(values: &[&str]) -> Option<StepUpChallenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(value).unwrap());
        }
        demand(&headers)
    }

    fn demands(
        acr_values: &[&str],
        max_age_secs: Option<u32>,
        scope: Option<&str>,
    ) -> Option<StepUpChallenge> {
        let acr_values = acr_values.iter().map(|value| (*value).to_owned()).collect();
        Some(StepUpChallenge { acr_values, max_age_secs, scope: scope.map(str::to_owned) })
    }

    #[test]
    fn ac_07_a_demand_is_read_from_whichever_challenge_has_it() {
        const ERROR: &str = "error=\"insufficient_user_authentication\"";
        for (values, expected) in [
            (
                &[format!("Bearer {ERROR}, acr_values=\"urn:a:gold urn:a:silver\", max_age=\"5\"")][..],
                demands(&["urn:a:gold", "urn:a:silver"], Some(5), None),
            ),
            (&[format!("bearer ACR_Values=gold, {ERROR}")], demands(&["gold"], None, None)),
            (&[format!("Bearer max_age=300 , {ERROR}")], demands(&[], Some(300), None)),
            (&[format!("Bearer {ERROR}, max_age=0, scope=\"a:b c\"")], demands(&[], Some(0), Some("a:b c"))),
            (&[format!("Bearer {ERROR}")], demands(&[], Some(0), None)),
            (
                &["Basic realm=\"a, Bearer b\"".to_owned(), format!("DPoP a=b, Bearer {ERROR}, max_age=7")],
                demands(&[], Some(7), None),
            ),
            (
                &[format!("Bearer error=\"invalid_token\", max_age=1, Bearer {ERROR}, max_age=\"2\"")],
                demands(&[], Some(2), None),
            ),
            (
                &[format!(
                    "Bearer {ERROR}, error_description=\"say \\\"acr_values=x\\\"\", acr_values=\"g\\old\""
                )],
                demands(&["gold"], None, None),
            ),
        ] {
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            assert_eq!(demand_in(&values), expected, "{values:?}");
        }
        for none in [
            "Bearer error=\"invalid_token\", acr_values=\"gold\"",
            "Basic error=\"insufficient_user_authentication\", acr_values=\"gold\"",
            "Bearer realm=\"error=insufficient_user_authentication\"",
            "insufficient_user_authentication",
        ] {
            assert_eq!(demand_in(&[none]), None, "{none}");
        }
    }

    #[test]
    fn ac_09_hostile_demands_are_left_out() {
        let of =
            |more: &str| demand_in(&[&format!("Bearer error=\"insufficient_user_authentication\"{more}")]);
        for max_age in
            ["-1", "\"-1\"", "\"1e9\"", "+5", "\" 5\"", "5.0", "\"\"", "0x10", "99999999999", "4294967295"]
        {
            assert_eq!(of(&format!(", acr_values=gold, max_age={max_age}")), demands(&["gold"], None, None));
            assert_eq!(of(&format!(", max_age={max_age}")), demands(&[], Some(0), None), "{max_age}");
        }
        assert_eq!(of(", max_age=315360000"), demands(&[], Some(MAX_AGE_MAX_SECS), None));
        let long = "x".repeat(ACR_VALUE_MAX_LEN + 1);
        for acr in [r#""a\"b""#, r#""a\\b""#, "\"a\tb\"", "\"\"", "\"   \"", &format!("\"{long}\"")] {
            assert_eq!(of(&format!(", acr_values={acr}, max_age=9")), demands(&[], Some(9), None), "{acr}");
        }
        assert_eq!(of(", acr_values=\"a\\\"b gold\""), demands(&["gold"], None, None));
        assert_eq!(of(", acr_values=\"gold&scope=admin\""), demands(&["gold&scope=admin"], None, None));
        let many = vec!["gold"; 1000].join(" ");
        let most = vec!["gold"; ACR_VALUES_MAX];
        assert_eq!(of(&format!(", acr_values=\"{}\"", &many[..3000])), demands(&most, None, None));
        for scope in [r#""a\"b""#, "\"\"", "\"  \"", &format!("\"{}\"", "x".repeat(SCOPE_MAX_LEN + 1))] {
            assert_eq!(of(&format!(", max_age=1, scope={scope}")), demands(&[], Some(1), None), "{scope}");
        }
        assert_eq!(of(&format!(", acr_values=\"{}\"", "gold ".repeat(13_000))), None, "64 KiB");
        assert!(HeaderValue::from_str("Bearer a=\"b\r\nc\"").is_err(), "no header has line breaks");
    }

    #[test]
    fn ac_05_a_401_is_about_the_token_when_it_says_so_or_says_nothing() {
        let verdict = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(value).unwrap());
            }
            may_be_invalid_token(&headers)
        };
        for may in [
            &[][..],
            &["Bearer"],
            &["Bearer error=\"invalid_token\""],
            &["Basic realm=\"a\""],
            &["Basic realm=\"a\", Bearer error=\"invalid_token\""],
            &["Basic error=\"x\"", "Bearer realm=\"a\""],
        ] {
            assert!(verdict(may), "{may:?}");
        }
        for may_not in [
            &["Bearer error=\"insufficient_user_authentication\""][..],
            &["Basic realm=\"a\", Bearer error=\"invalid_request\""],
            &["Basic realm=\"a\"", "bearer error=insufficient_scope"],
        ] {
            assert!(!verdict(may_not), "{may_not:?}");
        }
    }
}
