//! A text for users with slots for a row's values: "Ship order {id}?".

use super::template::{TemplatePart, pieces, slots};

/// A text with slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence(Vec<TemplatePart>);

impl Sentence {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            Err("must not be empty".to_owned())
        } else {
            pieces(text.trim()).map(Self)
        }
    }

    /// The names of its slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        slots(&self.0)
    }

    /// The name of its slot, if it consists of one slot only.
    pub fn only_slot(&self) -> Option<&str> {
        let text = |piece: &TemplatePart| matches!(piece, TemplatePart::Fixed(text) if !text.is_empty());
        let mut slots = self.slots();
        slots.next().filter(|_| slots.next().is_none() && !self.0.iter().any(text))
    }

    /// The text; what is between two slots is left out unless both have a value, and everything if none has one. The text
    /// after the last slot belongs to it, and a bracket without its partner is left out.
    pub fn fill_joined(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let (mut filled, mut between): (Vec<Piece>, &str) = (Vec::new(), "");
        let (mut has_value, mut has_gap, mut last_has_value) = (false, false, false);
        for (index, piece) in self.0.iter().enumerate() {
            match piece {
                TemplatePart::Fixed(fixed) if index == 0 => filled.push(Piece::fixed(fixed)),
                TemplatePart::Fixed(fixed) => between = fixed,
                TemplatePart::Slot(name) => {
                    let value = value(name).filter(|value| !value.is_empty());
                    last_has_value = value.is_some();
                    has_gap |= value.is_none();
                    if let Some(text) = value {
                        if has_value {
                            filled.push(Piece::fixed(between));
                        }
                        filled.push(Piece { text, is_fixed: false });
                        has_value = true;
                    }
                    between = "";
                }
            }
        }
        if !has_value {
            return String::new();
        }
        if last_has_value || between.starts_with([')', ']', '}']) {
            filled.push(Piece::fixed(between));
        }
        if has_gap && self.has_pairs() {
            remove_single_brackets(&mut filled);
        }
        filled.into_iter().map(|piece| piece.text).collect()
    }

    /// Whether each bracket of the fixed texts has its partner.
    fn has_pairs(&self) -> bool {
        let piece = |piece: &TemplatePart| match piece {
            TemplatePart::Fixed(text) => Piece::fixed(text),
            TemplatePart::Slot(_) => Piece { text: String::new(), is_fixed: false },
        };
        single_brackets(&self.0.iter().map(piece).collect::<Vec<_>>()).is_empty()
    }

    /// The text; a slot without a value is left empty.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let piece = |piece: &TemplatePart| match piece {
            TemplatePart::Fixed(text) => text.clone(),
            TemplatePart::Slot(name) => value(name).unwrap_or_default(),
        };
        self.0.iter().map(piece).collect()
    }
}

/// A part of a filled text.
struct Piece {
    text: String,
    /// It is from the settings.
    is_fixed: bool,
}

impl Piece {
    fn fixed(text: &str) -> Self {
        Self { text: text.to_owned(), is_fixed: true }
    }
}

/// The piece and the place of each bracket of a fixed text without its partner.
fn single_brackets(pieces: &[Piece]) -> Vec<(usize, usize)> {
    let mut single = Vec::new();
    // With the partner that each bracket needs.
    let mut open: Vec<(char, (usize, usize))> = Vec::new();
    for (index, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.is_fixed) {
        for (at, c) in piece.text.char_indices() {
            match c {
                '(' => open.push((')', (index, at))),
                '[' => open.push((']', (index, at))),
                '{' => open.push(('}', (index, at))),
                ')' | ']' | '}' => match open.pop_if(|(closing, _)| *closing == c) {
                    Some(_) => {}
                    None => single.push((index, at)),
                },
                _ => {}
            }
        }
    }
    single.extend(open.into_iter().map(|(_, place)| place));
    single
}

fn remove_single_brackets(pieces: &mut [Piece]) {
    let mut single = single_brackets(pieces);
    // The last one first, so that the other places remain right.
    single.sort_unstable();
    for (index, at) in single.into_iter().rev() {
        if let Some(piece) = pieces.get_mut(index) {
            piece.text.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bracket_is_left_alone_without_a_value() {
        for (template, values, expected) in [
            ("{a} ({b})", "ab", "A (B)"),
            ("{a} ({b})", "a", "A"),
            ("{a} ({b})", "b", "B"),
            ("{a} ({b})", "", ""),
            ("{a}, {b} [{c}]", "ac", "A [C]"),
            ("({a}) {b}", "b", "B"),
            ("({a}, {b})", "a", "(A)"),
            ("({a}, {b})", "b", "(B)"),
            ("{a}, {b} km", "a", "A"),
            ("{a}, {b} km", "b", "B km"),
            // A bracket that is alone in the settings remains.
            ("1) {a}, {b}", "a", "1) A"),
        ] {
            let filled = Sentence::parse(template)
                .unwrap()
                .fill_joined(|name| values.contains(name).then(|| name.to_uppercase()));
            assert_eq!(filled, expected, "{template} with {values}");
        }
        let value = |name: &str| (name == "a").then(|| "A)".to_owned());
        assert_eq!(
            Sentence::parse("{a} ({b})").unwrap().fill_joined(value),
            "A)",
            "a value remains as it is"
        );
    }
}
