//! The language of the provider's pages: as the client requests (`ui_locales`, Core 3.1.2.1), else as the browser
//! prefers, else English. Forms carry the request, and so the client's choice.

use axum::http::{HeaderMap, header};

use super::params::Params;

/// A language that the pages exist in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Language {
    #[default]
    English,
    German,
}

/// A text in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text {
    en: &'static str,
    de: &'static str,
}

/// A text in English and German.
pub(super) const fn text(en: &'static str, de: &'static str) -> Text {
    Text { en, de }
}

impl Text {
    pub(super) fn get(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::German => self.de,
        }
    }

    /// The text with a value in place of `{name}`.
    pub(super) fn with(self, language: Language, name: &str, value: &str) -> String {
        self.get(language).replace(&format!("{{{name}}}"), value)
    }

    /// The text before and after `{name}`, for a value that is marked up.
    pub(super) fn around(self, language: Language, name: &str) -> (&'static str, &'static str) {
        let text = self.get(language);
        text.split_once(&format!("{{{name}}}")).unwrap_or((text, ""))
    }
}

impl Language {
    pub(super) const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its BCP 47 tag.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of a page: of the first supported tag in `ui_locales`, else of the `Accept-Language` header.
    pub(super) fn choose(ui_locales: Option<&str>, headers: &HeaderMap) -> Self {
        let requested = ui_locales.and_then(|tags| tags.split(' ').find_map(Self::of_tag));
        requested.or_else(|| accepted(headers)).unwrap_or_default()
    }

    /// The language of the page after a form with an authorization request. The request need not be validated, because
    /// it is used for nothing else.
    pub(super) fn of_form(form: &Params, headers: &HeaderMap) -> Self {
        let request = Params::parse(form.get("request").unwrap_or_default());
        Self::choose(request.get("ui_locales"), headers)
    }

    /// By the primary language: `de-AT` is German.
    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

/// The supported language that the browser prefers (RFC 9110 12.5.4); of equals, the first.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let mut preferred: Option<(Language, f32)> = None;
    for range in lines.flat_map(|line| line.split(',')) {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let language = match tag.trim() {
            "*" => Some(Language::default()),
            tag => Language::of_tag(tag),
        };
        let quality = match parameters.trim().strip_prefix("q=") {
            Some(quality) => quality.trim().parse().unwrap_or(0.0),
            None => 1.0,
        };
        let is_better = quality > preferred.map_or(0.0, |(_, best)| best);
        if let Some(language) = language.filter(|_| is_better) {
            preferred = Some((language, quality));
        }
    }
    preferred.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Language, text};

    fn chosen(ui_locales: Option<&str>, accept_language: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept_language));
        Language::choose(ui_locales, &headers)
    }

    #[test]
    fn the_client_chooses_then_the_browser_then_it_is_english() {
        use Language::{English, German};
        for (ui_locales, accept_language, expected) in [
            (Some("de-AT"), "en", German),
            (Some("fr-CA en de"), "de", English),
            (Some("fr"), "de-CH", German),
            (Some("DEU x"), "", English),
            (None, "fr, de;q=0.7, en;q=0.3", German),
            (None, "en;q=0.3, de;q=0.7", German),
            (None, "en, de", English),
            (None, "de;q=0", English),
            (None, "de;q=x, en;q=0.1", English),
            (None, "*, de;q=0.5", English),
            (None, "fr", English),
        ] {
            assert_eq!(chosen(ui_locales, accept_language), expected, "{ui_locales:?} {accept_language}");
        }
        assert_eq!(Language::choose(None, &HeaderMap::new()), English);
    }

    #[test]
    fn values_are_set_into_a_text() {
        let lead = text("Continue to {client}.", "Weiter zu {client}.");
        assert_eq!(lead.with(Language::German, "client", "Order desk"), "Weiter zu Order desk.");
        assert_eq!(lead.around(Language::English, "client"), ("Continue to ", "."));
    }
}
