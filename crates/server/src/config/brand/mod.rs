//! The operator's own name, logo and colour, from the settings `brand.*`. Files are read and checked at start, and served from
//! memory.

mod accent;
mod image;

use claimcheck_text::Language;
use url::Url;

pub use image::BrandImage;

use crate::config::{LocalText, brand::accent::Accent};

/// The name without a setting.
const PRODUCT: &str = "Claimcheck";

/// The name and appearance of an installation.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The name in titles, in the bar and in texts.
    pub name: LocalText,
    pub logo: Option<BrandImage>,
    /// The icon of the browser's tab; by default the logo.
    pub favicon: Option<BrandImage>,
    pub accent: Option<Accent>,
    pub home: BrandHome,
    pub footer: Option<LocalText>,
    /// The link for help on problem pages.
    pub support: Option<Url>,
    /// Whether any of this was set. If so, pages are about the installation, not about this program.
    pub is_own: bool,
}

/// The page for visitors who are not signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrandHome {
    /// The program's own page; with a brand, a plain one with its name.
    Standard,
    /// A page with these texts.
    Own { heading: Option<LocalText>, text: Option<LocalText> },
    /// None: the sign-in starts at once, unless the user has just signed out or was refused.
    SignIn,
}

impl Brand {
    /// The name in a language.
    pub fn name(&self, language: Language) -> &str {
        self.name.text(language)
    }

    /// The icon of the browser's tab.
    pub fn icon(&self) -> Option<&BrandImage> {
        self.favicon.as_ref().or(self.logo.as_ref())
    }

    /// The file of this name, as used in pages.
    pub fn file(&self, name: &str) -> Option<(&[u8], &'static str)> {
        let images = self.logo.iter().chain(&self.favicon).find(|image| image.file_name() == name);
        let image = images.map(|image| (image.bytes(), image.content_type()));
        image.or_else(|| {
            let accent = self.accent.as_ref().filter(|accent| accent.file_name() == name)?;
            Some((accent.css().as_bytes(), "text/css; charset=utf-8"))
        })
    }
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: LocalText::plain(PRODUCT),
            logo: None,
            favicon: None,
            accent: None,
            home: BrandHome::Standard,
            footer: None,
            support: None,
            is_own: false,
        }
    }
}

/// Parsers of the settings `brand.*`.
pub(super) mod values {
    use std::path::Path;

    use url::Url;

    pub(in crate::config) use super::accent::Accent;
    use super::image::BrandImage;
    use crate::config::{row::RawContent, values::Parsed};

    /// The longest name, in characters: it appears in the bar and in every title.
    const NAME_MAX: usize = 40;
    /// The longest text, in characters.
    const TEXT_MAX: usize = 600;
    /// The value of `brand.home` for no page.
    pub(in crate::config) const SIGN_IN: &str = "sign-in";

    fn checked(text: &str, max: usize) -> Parsed<String> {
        if text.chars().any(char::is_control) {
            return Err("must not contain line breaks or control characters".to_owned());
        }
        match text.chars().count() {
            0 => Err("is empty".to_owned()),
            count if count > max => Err(format!("has {count} characters, but must not exceed {max}")),
            _ => Ok(text.to_owned()),
        }
    }

    pub(in crate::config) fn name(text: &str) -> Parsed<String> {
        checked(text, NAME_MAX)
    }

    pub(in crate::config) fn text(text: &str) -> Parsed<String> {
        checked(text, TEXT_MAX)
    }

    pub(in crate::config) fn image(path: &str) -> Parsed<BrandImage> {
        BrandImage::read(Path::new(path))
    }

    pub(in crate::config) fn accent(text: &str) -> Parsed<Accent> {
        Accent::of(text)
    }

    pub(in crate::config) fn support(text: &str) -> Parsed<Url> {
        let example = "Example: https://help.example.com or mailto:help@example.com";
        let url = Url::parse(text).map_err(|error| format!("is not a valid URL ({error}). {example}"))?;
        match url.scheme() {
            "https" | "mailto" => Ok(url),
            scheme => Err(format!("must be an https or mailto URL, not {scheme}. {example}")),
        }
    }

    /// A text for all languages, or one per language.
    pub(in crate::config) fn read_local(
        parse: impl Fn(&str) -> Parsed<String>,
    ) -> impl FnOnce(&RawContent) -> Parsed<crate::config::LocalText> {
        use crate::config::LocalText;
        move |content| match content {
            RawContent::Text(text) => parse(text).map(LocalText::plain),
            RawContent::PerLanguage(texts) => {
                let texts: Result<Vec<_>, String> =
                    texts.iter().map(|(tag, text)| Ok((tag.as_str(), parse(text)?))).collect();
                LocalText::per_language(texts?)
            }
            RawContent::List(_) => {
                Err("must be one string, or one per language: { en = \"…\", de = \"…\" }".to_owned())
            }
        }
    }
}
