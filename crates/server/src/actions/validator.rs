//! The version that an action changes, as `If-Match` (RFC 9110 13.1.1): an entity tag from a member of the row, or from the
//! `ETag` of the API's answer.

use axum::http::HeaderValue;

/// A longer version is not sent.
const TAG_MAX_BYTES: usize = 1024;
/// The value for any version.
pub(super) const ANY: HeaderValue = HeaderValue::from_static("*");

/// A version as one entity tag: in quotes, unless it has them already. A weak one stays weak, because it is the API that
/// knows what it compares. `None` if it cannot be one: with a space, a quotation mark, a control character, or nothing
/// in it.
pub(super) fn entity_tag(version: &str) -> Option<HeaderValue> {
    let version = version.trim();
    let tag = version.strip_prefix("W/").unwrap_or(version);
    let in_quotes = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let opaque = in_quotes.unwrap_or(version);
    // RFC 9110 8.8.3, without the octets above ASCII, which have no common meaning.
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
    if opaque.is_empty() || version.len() > TAG_MAX_BYTES || !opaque.bytes().all(is_allowed) {
        return None;
    }
    let text = if in_quotes.is_some() { version.to_owned() } else { format!("\"{version}\"") };
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ac_18_a_version_is_one_entity_tag_or_none() {
        for (version, tag) in [
            ("7", "\"7\""),
            ("abc-1:2/3=", "\"abc-1:2/3=\""),
            ("\"abc\"", "\"abc\""),
            ("W/\"abc\"", "W/\"abc\""),
            ("W/abc", "\"W/abc\""),
            ("*", "\"*\""),
            ("\\", "\"\\\""),
            (" a ", "\"a\""),
            ("2026-11-30T10:00:00.123Z", "\"2026-11-30T10:00:00.123Z\""),
            ("a,b", "\"a,b\""),
        ] {
            assert_eq!(entity_tag(version).unwrap(), tag, "{version}");
        }
        for version in [
            "",
            " ",
            "\"",
            "\"\"",
            "W/\"\"",
            "\"a\", \"b\"",
            "a b",
            "a\"b",
            "a\r\nX-Y: 1",
            "\u{7f}",
            "é",
            "w/\"a\"",
            "\"a",
            "a\"",
        ] {
            assert_eq!(entity_tag(version), None, "{version}");
        }
        assert!(entity_tag(&"x".repeat(1024)).is_some() && entity_tag(&"x".repeat(1025)).is_none());
    }
}
