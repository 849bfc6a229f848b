//! Makes text of others safe to show: one short line of plain text.

use std::borrow::Cow;

/// The maximum length, in characters.
const MAX_CHARS: usize = 300;

/// One line of at most 300 characters, without control characters and anything that changes the reading direction.
/// `None` if nothing is left.
pub fn sanitize(text: &str) -> Option<String> {
    let is_odd = |c: char| turns(c) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}');
    let text: String = text.chars().map(|c| if is_odd(c) { ' ' } else { c }).take(MAX_CHARS).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// A text of any length without characters that cannot be seen, or that change the order in which the text is read. Line
/// breaks become spaces. The joiners that scripts and emoji need stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    // Nearly all texts: none of these characters is hidden or turns anything.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(|c| turns(c) || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if turns(c) || is_hidden(c) => None,
        c => Some(c),
    });
    Cow::Owned(kept.collect())
}

/// A text that stays apart from the sentence around it: its letters cannot change the order in which the sentence is
/// read (UAX 9, 6.3), and nothing in it is hidden.
pub fn isolated(text: &str) -> String {
    format!("\u{2068}{}\u{2069}", visible(text))
}

/// Whether a text has letters that are read from right to left.
pub fn is_right_to_left(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c,
            '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    })
}

/// Whether a character takes no room. Without the joiners U+200C and U+200D, which scripts and emoji need.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character is invisible, or changes the reading direction of the text after it (UAX 9, 2.1 to 2.4).
pub fn turns(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cb_04_the_providers_words_are_short_plain_text() {
        let long = "x".repeat(100_000);
        assert_eq!(sanitize("Policy\r\nX: \u{202e}evil"), Some("Policy X: evil".to_owned()));
        assert_eq!(sanitize(&long).map(|text| text.len()), Some(MAX_CHARS));
        assert_eq!(sanitize(" \u{0} "), None);
    }

    #[test]
    fn f23_nothing_hidden_stays_in_a_text() {
        for (text, seen) in [
            ("Bob \u{202e}00.001", "Bob 00.001"),
            ("Bob\u{200b}by", "Bobby"),
            ("Bob\r\nPay 0", "Bob  Pay 0"),
            ("a\u{2066}b\u{2069}c\u{200f}d\u{61c}e\u{e0041}f\u{3164}g", "abcdefg"),
            ("a\u{1b}[31mb\u{7f}", "a[31mb"),
            ("नमस्\u{200d}ते 👩\u{200d}🚀", "नमस्\u{200d}ते 👩\u{200d}🚀"),
            ("שלום", "שלום"),
        ] {
            assert_eq!(visible(text), seen, "{text:?}");
        }
        assert_eq!(isolated("Bob\u{2069}\u{202e}"), "\u{2068}Bob\u{2069}");
        assert!(is_right_to_left("Bob ש") && is_right_to_left("مرحبا") && !is_right_to_left("Bób 12 日本"));
    }
}
