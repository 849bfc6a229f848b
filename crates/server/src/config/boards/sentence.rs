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

    /// The text; what is between two slots is left out unless both have a value, and everything if none has one.
    pub fn fill_joined(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let (mut text, mut between, mut has_value) = (String::new(), String::new(), false);
        for (index, piece) in self.0.iter().enumerate() {
            match piece {
                TemplatePart::Fixed(fixed) if index == 0 => text.push_str(fixed),
                TemplatePart::Fixed(fixed) => between.clone_from(fixed),
                TemplatePart::Slot(name) => {
                    if let Some(value) = value(name).filter(|value| !value.is_empty()) {
                        if has_value {
                            text.push_str(&between);
                        }
                        text.push_str(&value);
                        has_value = true;
                    }
                    between.clear();
                }
            }
        }
        if !has_value {
            return String::new();
        }
        text + &between
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
