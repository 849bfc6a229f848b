//! The common properties of every page of a response: the language, light or dark, and the brand of the installation.
//! Each response has one, as a context of its components.

use std::sync::Arc;

use claimcheck_text::Language;
use leptos::prelude::use_context;

/// The look of one response.
#[derive(Clone, Default)]
pub struct Look {
    pub language: Language,
    /// `light` or `dark` if the user chose one.
    pub scheme: Option<&'static str>,
    /// `comfortable` if the user chose rows that are higher than usual.
    pub density: Option<&'static str>,
    /// `icons` if the user has made the navigation narrow.
    pub navigation: Option<&'static str>,
    /// `off` if single keys do nothing.
    pub shortcuts: Option<&'static str>,
    pub brand: Arc<BrandView>,
}

/// The brand in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandView {
    pub name: String,
    /// The URL of the logo, if there is one.
    pub logo: Option<String>,
    /// URL and media type of the icon.
    pub icon: (String, &'static str),
    /// The URL of the stylesheet with the accent, if there is one.
    pub stylesheet: Option<String>,
    pub footer: Option<String>,
    /// The message above every page.
    pub notice: Option<String>,
    /// The link for help.
    pub support: Option<String>,
    /// Whether the pages are about an installation with its own name, not about this program.
    pub is_own: bool,
}

impl Default for BrandView {
    fn default() -> Self {
        Self {
            name: "Claimcheck".to_owned(),
            logo: None,
            icon: (claimcheck_model::base_path::address("/favicon.svg"), "image/svg+xml"),
            stylesheet: None,
            footer: None,
            notice: None,
            support: None,
            is_own: false,
        }
    }
}

/// The look of the page that is being rendered.
pub fn look() -> Look {
    use_context().unwrap_or_default()
}

/// The language of the page that is being rendered.
pub fn language() -> Language {
    use_context::<Look>().map(|look| look.language).unwrap_or_default()
}
