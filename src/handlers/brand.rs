//! The brand of the installation: its files under `/brand/`, and their names and links on pages.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use claimcheck_model::paths;
use claimcheck_server::{
    config::{Brand, BrandImage, Settings},
    preferences::{ColorScheme, Density, Navigation, Preferences, Shortcuts},
};
use claimcheck_text::Language;

use crate::{
    components::{BrandView, Look},
    handlers::state::AppState,
};

/// The URL changes with the content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The brand in every language, created once.
pub struct Looks(Vec<(Language, Arc<BrandView>)>);

impl Looks {
    /// The brand of these settings.
    pub fn new(settings: &Settings) -> Self {
        Self(Language::all().map(|language| (language, Arc::new(view(settings, language)))).collect())
    }

    /// The look of a response in a language, with the user's preferences.
    pub fn of(&self, language: Language, preferences: Preferences) -> Look {
        let brand = self.0.iter().find(|(each, _)| *each == language).map(|(_, brand)| brand.clone());
        let scheme = (preferences.scheme != ColorScheme::System).then(|| preferences.scheme.name());
        // The usual ones are without a name in the page.
        let density = (preferences.density != Density::default()).then(|| preferences.density.name());
        let navigation =
            (preferences.navigation != Navigation::default()).then(|| preferences.navigation.name());
        let shortcuts = (preferences.shortcuts != Shortcuts::default()).then(|| preferences.shortcuts.name());
        Look { language, scheme, density, navigation, shortcuts, brand: brand.unwrap_or_default() }
    }
}

fn view(settings: &Settings, language: Language) -> BrandView {
    let brand: &Brand = &settings.brand;
    let url = |file: String| format!("{}/{file}", paths::BRAND.href());
    let image = |image: &BrandImage| (url(image.file_name()), image.content_type());
    let standard = BrandView::default();
    BrandView {
        name: brand.name(language).to_owned(),
        logo: brand.logo.as_ref().map(|logo| image(logo).0),
        icon: brand.icon().map_or(standard.icon, image),
        stylesheet: brand.accent.as_ref().map(|accent| url(accent.file_name())),
        footer: brand.footer.as_ref().map(|footer| footer.text(language).to_owned()),
        notice: settings.notice.as_ref().map(|notice| notice.text(language).to_owned()),
        support: brand.support.as_ref().map(ToString::to_string),
        is_own: brand.is_own,
    }
}

/// `GET /brand/{file}`: logo, icon, and the stylesheet of the accent. `guard` adds a policy that prevents them from
/// running or loading anything, even if they are opened directly.
pub async fn file(State(state): State<AppState>, Path(name): Path<String>) -> Response {
    let Some((bytes, kind)) = state.settings.brand.file(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, IMMUTABLE)];
    (headers, bytes.to_vec()).into_response()
}
