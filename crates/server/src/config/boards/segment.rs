//! What a gateway may make of a path segment: some decode `%2F` and `%5C`, once or several times, and resolve the dot
//! segments that appear. A value that would lead elsewhere then is not sent.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// No valid value is encoded more often.
const LEVELS_MAX: usize = 6;
/// Forms of dot, slash and backslash in UTF-8 that is longer than allowed; some decoders accept it (RFC 3629 10).
const OVERLONG: [(&[u8], u8); 5] = [
    (b"\xc0\xae", b'.'),
    (b"\xc0\xaf", b'/'),
    (b"\xc1\x9c", b'\\'),
    (b"\xe0\x80\xae", b'.'),
    (b"\xe0\x80\xaf", b'/'),
];

/// Whether a segment contains a `.` or `..` segment in any reading.
pub fn has_dot_segment(segment: &str) -> bool {
    let is_dots = |part: &str| {
        // Servlet containers cut off what follows a semicolon, Windows trailing white space.
        let part = part.split(';').next().unwrap_or_default().trim();
        matches!(part, "." | "..")
    };
    readings(segment)
        .is_none_or(|readings| readings.iter().any(|reading| reading.split(['/', '\\']).any(is_dots)))
}

/// Whether a value is more than one segment in any reading.
pub(super) fn has_separator(value: &str) -> bool {
    readings(value).is_none_or(|readings| readings.iter().any(|reading| reading.contains(['/', '\\'])))
}

/// The text itself, and decoded once, twice, and so on; `None` if there is no end to it.
fn readings(text: &str) -> Option<Vec<String>> {
    let mut bytes = Cow::Borrowed(text.as_bytes());
    let mut readings = Vec::new();
    while readings.len() < LEVELS_MAX {
        readings.push(in_ascii(&bytes));
        let decoded: Vec<u8> = percent_decode(&bytes).collect();
        if decoded == *bytes {
            return Some(readings);
        }
        bytes = Cow::Owned(decoded);
    }
    None
}

/// With ASCII in place of everything that servers may take for a dot or a separator.
fn in_ascii(bytes: &[u8]) -> String {
    let (mut plain, mut rest) = (Vec::new(), bytes);
    while let Some((first, after)) = rest.split_first() {
        let overlong = OVERLONG.iter().find(|(form, _)| rest.starts_with(form));
        match overlong {
            Some((form, ascii)) => {
                plain.push(*ascii);
                rest = rest.get(form.len()..).unwrap_or_default();
            }
            None => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    let of_width = |c: char| match c {
        '\u{2024}' | '\u{fe52}' | '\u{ff0e}' => '.',
        '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{ff0f}' => '/',
        '\u{2216}' | '\u{29f5}' | '\u{fe68}' | '\u{ff3c}' => '\\',
        c => c,
    };
    String::from_utf8_lossy(&plain).chars().map(of_width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f08_a_dot_segment_is_found_in_every_reading() {
        for bad in [
            "..",
            ".",
            "../customers/7",
            "..\\customers",
            "a/../b",
            "a\\.",
            "..%2Fadmin",
            "%2e%2e%2fadmin",
            "%2E%2e",
            "..%5cadmin",
            "%252e%252e%252fadmin",
            "%25252e%25252e%25252f",
            "..;/admin",
            "..;x=y",
            ".. /a",
            "%c0%ae%c0%ae%c0%afadmin",
            "%e0%80%ae./x",
            "\u{ff0e}\u{ff0e}\u{ff0f}admin",
            "a%2f%2e%2e",
            "%25%32%65%25%32%65",
        ] {
            assert!(has_dot_segment(bad), "{bad}");
        }
        for good in
            ["ORD-7", "2024/001", "v1.2", "a..b", "...", "100%", "%zz", "é", "a%2Fb", ";", "Acme & Co."]
        {
            assert!(!has_dot_segment(good), "{good}");
        }
    }

    #[test]
    fn r28_a_separator_is_found_in_every_reading() {
        for bad in ["a/b", "a\\b", "a%2fb", "a%255Cb", "a%c0%afb", "a\u{2215}b", "%2525252525252525252f"] {
            assert!(has_separator(bad), "{bad}");
        }
        for good in ["ab", "a.b", "50%", "a%20b", ".."] {
            assert!(!has_separator(good), "{good}");
        }
    }
}
