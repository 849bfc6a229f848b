//! A text of the operator, such as the title of a board: one for all languages, or one per language.

use claimcheck_text::Language;

/// A value that may differ by language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local<T> {
    /// An entry without a language applies to all.
    first: (Option<Language>, T),
    others: Vec<(Language, T)>,
}

/// A text that may differ by language.
pub type LocalText = Local<String>;

impl<T> Local<T> {
    /// The same value for all languages.
    pub fn plain(value: impl Into<T>) -> Self {
        Self { first: (None, value.into()), others: Vec::new() }
    }

    /// One value per language.
    ///
    /// # Errors
    /// There is no value, or one for an unsupported language.
    pub fn per_language<'a>(values: impl IntoIterator<Item = (&'a str, T)>) -> Result<Self, String> {
        let mut found = Vec::new();
        for (tag, value) in values {
            let Some(language) = Language::all().find(|language| language.tag() == tag) else {
                let tags: Vec<_> = Language::all().map(Language::tag).collect();
                return Err(format!("has the unknown language `{tag}`; available: {}", tags.join(", ")));
            };
            found.push((language, value));
        }
        let mut found = found.into_iter();
        let (language, value) = found.next().ok_or("has no language")?;
        Ok(Self { first: (Some(language), value), others: found.collect() })
    }

    /// The value for a language; else the English one; else the first.
    pub fn of(&self, language: Language) -> &T {
        let (first, value) = &self.first;
        let find = |wanted: Language| match first {
            Some(first) if *first != wanted => {
                self.others.iter().find(|(language, _)| *language == wanted).map(|(_, value)| value)
            }
            _ => Some(value),
        };
        find(language).or_else(|| find(Language::default())).unwrap_or(value)
    }

    /// Every value.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        [&self.first.1].into_iter().chain(self.others.iter().map(|(_, value)| value))
    }
}

impl LocalText {
    /// The text for a language, as [`Local::of`].
    pub fn text(&self, language: Language) -> &str {
        self.of(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_language_falls_back_to_english_and_then_to_the_first() {
        let german = Language::of_tag("de").unwrap();
        let texts = |tags: &[&str]| {
            LocalText::per_language(tags.iter().map(|tag| (*tag, format!("Orders in {tag}")))).unwrap()
        };
        let both = texts(&["de", "en"]);
        assert_eq!((both.text(german), both.text(Language::default())), ("Orders in de", "Orders in en"));
        assert_eq!(texts(&["de"]).text(Language::default()), "Orders in de");
        assert_eq!(texts(&["en"]).text(german), "Orders in en");
        assert_eq!(LocalText::plain("Orders").text(german), "Orders");
        assert!(LocalText::per_language([("xx", String::new())]).unwrap_err().contains("available: en, de"));
        assert!(LocalText::per_language([]).is_err());
    }
}
