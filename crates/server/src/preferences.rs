//! The user's choices for this browser, signed in or not: the language of the pages, light or dark colours, the height of
//! rows, the width of the navigation, and keyboard shortcuts; and the board that the home address leads to. Each is a
//! cookie, so that it works with scripts off and outlives the session. None is secret.

use axum::http::{HeaderMap, HeaderValue};
use claimcheck_text::Language;

use crate::cookies::{cookie, own_cookies, own_name, path};

/// A year, in seconds.
const MAX_AGE_SECS: u32 = 31_536_000;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorScheme {
    /// Follows the device.
    #[default]
    System,
    Light,
    Dark,
}

impl ColorScheme {
    /// All schemes, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in the cookie, in forms and in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }
}

/// The height of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    #[default]
    Compact,
    Comfortable,
}

impl Density {
    /// All densities, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Compact, Self::Comfortable];

    /// Its name in the cookie, in forms and in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Comfortable => "comfortable",
        }
    }
}

/// The width of the navigation beside the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Navigation {
    /// With the titles of boards.
    #[default]
    Full,
    /// Icons only.
    Icons,
}

impl Navigation {
    /// Both widths.
    pub const ALL: [Self; 2] = [Self::Full, Self::Icons];

    /// Its name in the cookie, in forms and in the style sheet.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Icons => "icons",
        }
    }
}

/// Whether single keys do something on a page. Users of speech input switch them off (WCAG 2.1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shortcuts {
    #[default]
    On,
    Off,
}

impl Shortcuts {
    /// Both.
    pub const ALL: [Self; 2] = [Self::On, Self::Off];

    /// Its name in the cookie, in forms and in pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// The choices in the cookies of a request. A missing or invalid one counts as not chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pub language: Option<Language>,
    pub scheme: ColorScheme,
    pub density: Density,
    pub navigation: Navigation,
    pub shortcuts: Shortcuts,
}

/// A choice submitted with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    Language(Language),
    Scheme(ColorScheme),
    Density(Density),
    Navigation(Navigation),
    Shortcuts(Shortcuts),
}

/// The names of the choices as form fields.
pub const LANGUAGE: &str = "language";
/// See [`LANGUAGE`].
pub const SCHEME: &str = "scheme";
/// See [`LANGUAGE`].
pub const DENSITY: &str = "density";
/// See [`LANGUAGE`].
pub const NAVIGATION: &str = "navigation";
/// See [`LANGUAGE`].
pub const SHORTCUTS: &str = "shortcuts";
/// The cookie with the id of the board that the user opened last.
const BOARD: &str = "board";

impl Preferences {
    /// The choices of a request. The first cookie of each name counts.
    pub fn of(headers: &HeaderMap, is_https: bool) -> Self {
        const NAMES: [&str; 5] = [LANGUAGE, SCHEME, DENSITY, NAVIGATION, SHORTCUTS];
        let mut values = [None; NAMES.len()];
        for (name, value) in own_cookies(headers, is_https) {
            if let Some(at) = NAMES.iter().position(|known| *known == name) {
                values[at].get_or_insert(value);
            }
        }
        let [chosen_language, scheme, chosen_density, width, keys] = values;
        Self {
            language: chosen_language.and_then(language),
            scheme: scheme.and_then(ColorScheme::named).unwrap_or_default(),
            density: chosen_density.and_then(density).unwrap_or_default(),
            navigation: width.and_then(navigation).unwrap_or_default(),
            shortcuts: keys.and_then(shortcuts).unwrap_or_default(),
        }
    }
}

impl Preference {
    /// The choice in a form field.
    pub fn of_field(name: &str, value: &str) -> Option<Self> {
        match name {
            LANGUAGE => language(value).map(Self::Language),
            SCHEME => ColorScheme::named(value).map(Self::Scheme),
            DENSITY => density(value).map(Self::Density),
            NAVIGATION => navigation(value).map(Self::Navigation),
            SHORTCUTS => shortcuts(value).map(Self::Shortcuts),
            _ => None,
        }
    }

    /// The `Set-Cookie` value.
    pub fn cookie(self, is_https: bool) -> Option<HeaderValue> {
        let (name, value) = match self {
            Self::Language(language) => (LANGUAGE, language.tag()),
            Self::Scheme(scheme) => (SCHEME, scheme.name()),
            Self::Density(density) => (DENSITY, density.name()),
            Self::Navigation(navigation) => (NAVIGATION, navigation.name()),
            Self::Shortcuts(shortcuts) => (SHORTCUTS, shortcuts.name()),
        };
        kept(name, value, is_https)
    }
}

/// The id of the board that the user opened last in this browser. It may not exist any more.
pub fn last_board(headers: &HeaderMap, is_https: bool) -> Option<&str> {
    cookie(headers, &own_name(BOARD, is_https))
}

/// The `Set-Cookie` value for the board that the user opens, unless the browser sent the same one.
pub fn keep_board(id: &str, headers: &HeaderMap, is_https: bool) -> Option<HeaderValue> {
    (last_board(headers, is_https) != Some(id)).then(|| kept(BOARD, id, is_https)).flatten()
}

/// A `Set-Cookie` value.
fn kept(name: &str, value: &str, is_https: bool) -> Option<HeaderValue> {
    let (name, path) = (own_name(name, is_https), path());
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={MAX_AGE_SECS}{secure}");
    HeaderValue::try_from(text).ok()
}

fn density(name: &str) -> Option<Density> {
    Density::ALL.into_iter().find(|density| density.name() == name)
}

fn shortcuts(name: &str) -> Option<Shortcuts> {
    Shortcuts::ALL.into_iter().find(|shortcuts| shortcuts.name() == name)
}

fn navigation(name: &str) -> Option<Navigation> {
    Navigation::ALL.into_iter().find(|navigation| navigation.name() == name)
}

/// A language by its exact tag.
fn language(tag: &str) -> Option<Language> {
    Language::of_tag(tag).filter(|language| language.tag() == tag)
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    fn of(cookies: &str, is_https: bool) -> Preferences {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookies.parse().unwrap());
        Preferences::of(&headers, is_https)
    }

    #[test]
    fn a_choice_comes_back_with_the_next_request() {
        for is_https in [true, false] {
            for (name, value) in [
                ("language", "de"),
                ("scheme", "dark"),
                ("density", "comfortable"),
                ("navigation", "icons"),
                ("shortcuts", "off"),
            ] {
                let cookie = Preference::of_field(name, value).unwrap().cookie(is_https).unwrap();
                let text = cookie.to_str().unwrap();
                let found = of(text.split(';').next().unwrap(), is_https);
                assert_eq!(text.starts_with("__Host-"), is_https);
                let chosen = [
                    ("language", found.language.is_some()),
                    ("scheme", found.scheme == ColorScheme::Dark),
                    ("density", found.density == Density::Comfortable),
                    ("navigation", found.navigation == Navigation::Icons),
                    ("shortcuts", found.shortcuts == Shortcuts::Off),
                ];
                for (other, is_chosen) in chosen {
                    assert_eq!(is_chosen, other == name, "{name}, {other}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_choice_is_ignored() {
        for cookies in [
            "",
            "claimcheck-language=xx; claimcheck-scheme=pink",
            "claimcheck-language=de-AT",
            "language=de",
            "claimcheck-density=huge; claimcheck-navigation=",
        ] {
            assert_eq!(of(cookies, false), Preferences::default(), "{cookies}");
        }
        assert_eq!(
            [
                Preference::of_field("language", "DE"),
                Preference::of_field("theme", "dark"),
                Preference::of_field("scheme", "")
            ],
            [None; 3]
        );
    }

    #[test]
    fn f33_the_scheme_decides_which_cookie_counts() {
        let both = "claimcheck-scheme=dark; __Host-claimcheck-scheme=light; claimcheck-language=de";
        assert_eq!(of(both, true), Preferences { scheme: ColorScheme::Light, ..Preferences::default() });
        assert_eq!(of(both, false).scheme, ColorScheme::Dark);
        let planted = "claimcheck-scheme=dark; claimcheck-language=de";
        assert_eq!(of(planted, true), Preferences::default(), "a sibling host can set these");
        assert!(of(planted, false).language.is_some());
    }

    #[test]
    fn nv_03_the_last_board_is_sent_once() {
        for is_https in [true, false] {
            let none = HeaderMap::new();
            let first = keep_board("orders", &none, is_https).unwrap();
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, first.to_str().unwrap().split(';').next().unwrap().parse().unwrap());
            assert_eq!(last_board(&headers, is_https), Some("orders"));
            assert_eq!(keep_board("orders", &headers, is_https), None);
            assert!(keep_board("stock", &headers, is_https).is_some());
            assert_eq!(last_board(&headers, !is_https), None);
        }
    }
}
