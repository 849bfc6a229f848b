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

    /// The text; a slot without a value is left empty.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let piece = |piece: &TemplatePart| match piece {
            TemplatePart::Fixed(text) => text.clone(),
            TemplatePart::Slot(name) => value(name).unwrap_or_default(),
        };
        self.0.iter().map(piece).collect()
    }
}
