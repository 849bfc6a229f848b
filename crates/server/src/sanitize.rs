//! Makes text of others safe to show: one short line of plain text.

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
}
