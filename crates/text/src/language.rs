//! A language with a file of texts.

use fluent_bundle::{FluentArgs, FluentValue};

use crate::{
    catalogue::{Catalogue, Message, catalogues},
    parts::{Segment, placeholder, split},
};

/// A language of the pages. Cheap to copy; English by default.
#[derive(Clone, Copy)]
pub struct Language(&'static Catalogue);

impl Language {
    /// Every language that has a file, by tag.
    pub fn all() -> impl Iterator<Item = Self> {
        catalogues().iter().map(Self)
    }

    /// The language of a BCP 47 tag, by its primary language: `de` for `de-AT`. Case does not matter.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::all().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Its BCP 47 tag, for `lang` and `ui_locales`.
    pub fn tag(self) -> &'static str {
        self.0.tag()
    }

    /// Its name in the language itself.
    pub fn name(self) -> &'static str {
        self.text("language-name")
    }

    /// A text without arguments. An unknown id is returned as it is.
    pub fn text(self, id: &'static str) -> &'static str {
        match self.0.message(id) {
            Some(Message::Plain(text)) => text,
            _ => id,
        }
    }

    /// A text with arguments. Their names are written with `_`, as in code.
    pub fn format(self, id: &'static str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let Some(message) = self.0.message(id) else { return id.to_owned() };
        let arguments: FluentArgs<'_> =
            arguments.iter().map(|(name, value)| (name.replace('_', "-"), value.clone())).collect();
        self.0.format(message, &arguments)
    }

    /// A text whose arguments the caller puts into markup.
    pub fn parts<T>(self, id: &'static str, arguments: Vec<(&str, T)>) -> Vec<Segment<T>> {
        let (names, values): (Vec<_>, Vec<_>) = arguments.into_iter().unzip();
        let placeholders: Vec<_> = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| (name, FluentValue::from(placeholder(index))))
            .collect();
        split(&self.format(id, &placeholders), values)
    }
}

impl Default for Language {
    fn default() -> Self {
        Self(Catalogue::reference())
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.tag() == other.tag()
    }
}

impl Eq for Language {}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_leads_to_its_primary_language() {
        let tag = |tag: &str| Language::of_tag(tag).map(Language::tag);
        assert_eq!(
            [tag("de-AT"), tag("DE"), tag("en_GB"), tag("xx"), tag("")],
            [Some("de"), Some("de"), Some("en"), None, None]
        );
        assert_eq!(Language::default().tag(), "en");
    }

    #[test]
    fn plural_forms_follow_the_language() {
        for (tag, one, many) in [("en", "1 row", "5 rows"), ("de", "1 Zeile", "5 Zeilen")] {
            let language = Language::of_tag(tag).unwrap_or_default();
            assert_eq!(language.format("row-count", &[("count", 1.into())]), one);
            assert_eq!(language.format("row-count", &[("count", 5.into())]), many);
        }
    }
}
