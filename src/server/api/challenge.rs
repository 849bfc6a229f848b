//! The `WWW-Authenticate` header of the API's refusals (RFC 9110 11.6.1, RFC 6750 3), read without trust.

use axum::http::{HeaderMap, header::WWW_AUTHENTICATE};

const MAX_LEN: usize = 4096;

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

/// The parameters of each `Bearer` challenge.
fn bearer(headers: &HeaderMap) -> impl Iterator<Item = Vec<(String, String)>> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|value| value.len() <= MAX_LEN)
        .filter_map(|value| {
            value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).and(value.get(7..))
        })
        .map(parameters)
}

/// RFC 6749 3.3: scope tokens and the spaces between them.
fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')
}

fn value_of<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// `name=token` and `name="quoted"` pairs; stops at what is neither.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([' ', ',']);
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => match unquote(quoted) {
                Some(unquoted) => unquoted,
                None => break,
            },
            None => {
                let end = after.find([',', ' ']).unwrap_or(after.len());
                (after[..end].to_owned(), &after[end..])
            }
        };
        found.push((name.trim().to_owned(), value));
        rest = after.trim_start_matches([' ', ',']);
    }
    found
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
            "Bearer scope=\"a",
            "Bearer error=\"invalid_token\", scope=\"a\"",
            r#"Bearer error="insufficient_scope", scope="a\\b""#,
            &long,
        ] {
            assert_eq!(scope_in(value), None);
        }
    }
}
