//! The `WWW-Authenticate` header of the API's refusals (RFC 9110 11.6.1, RFC 6750 3), read without trust.

use axum::http::{HeaderMap, header::WWW_AUTHENTICATE};

const MAX_LEN: usize = 4096;
const SPACE: [char; 2] = [' ', '\t'];
/// What stands between challenges and between their parameters.
const BETWEEN: [char; 3] = [' ', '\t', ','];

/// Names and values, as they came.
type Parameters = Vec<(String, String)>;

/// Whether a 401 can mean that the token is no longer good: it says so, or says nothing (RFC 6750 3.1).
pub fn may_be_invalid_token(headers: &HeaderMap) -> bool {
    bearer(headers).all(|found| value_of(&found, "error").is_none_or(|error| error == "invalid_token"))
}

/// The scope that a `Bearer` challenge with `insufficient_scope` names (RFC 6750 3.1).
pub fn missing_scope(headers: &HeaderMap) -> Option<String> {
    bearer(headers)
        .find(|found| value_of(found, "error") == Some("insufficient_scope"))
        .and_then(|found| value_of(&found, "scope").map(str::to_owned))
        .filter(|scope| !scope.is_empty() && scope.bytes().all(is_scope_byte))
}

/// The parameters of each `Bearer` challenge, in whichever header and place it stands.
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

/// RFC 6749 3.3: scope tokens and the spaces between them.
fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')
}

fn value_of<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The challenges of one header, each a scheme with its `name=token` and `name="quoted"` pairs (RFC 9110 11.6.1). What is
/// neither is left out, up to the next comma.
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

/// The value that a parameter begins with, and what follows it.
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

/// A quoted-string (RFC 9110 5.6.4) without its opening quote; what follows its closing one.
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
