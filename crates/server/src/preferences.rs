//! The user's choices for this browser, signed in or not: the language of the pages, and light or dark colours. Each is
//! a cookie, so that it works with scripts off and outlives the session. Neither is secret.

use axum::http::{HeaderMap, HeaderValue};
use claimcheck_text::Language;

use crate::cookies::{cookie, own_name};

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

/// The choices in the cookies of a request. A missing or invalid one counts as not chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    pub language: Option<Language>,
    pub scheme: ColorScheme,
}

/// A choice submitted with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    Language(Language),
    Scheme(ColorScheme),
}

/// The names of the choices as form fields.
pub const LANGUAGE: &str = "language";
/// See [`LANGUAGE`].
pub const SCHEME: &str = "scheme";

impl Preferences {
    /// The choices of a request.
    pub fn of(headers: &HeaderMap, is_https: bool) -> Self {
        let choice = |name: &str| cookie(headers, &own_name(name, is_https));
        Self {
            language: choice(LANGUAGE).and_then(language),
            scheme: choice(SCHEME).and_then(ColorScheme::named).unwrap_or_default(),
        }
    }
}

impl Preference {
    /// The choice in a form field.
    pub fn of_field(name: &str, value: &str) -> Option<Self> {
        match name {
            LANGUAGE => language(value).map(Self::Language),
            SCHEME => ColorScheme::named(value).map(Self::Scheme),
            _ => None,
        }
    }

    /// The `Set-Cookie` value. Over https it has the prefix that no sibling host can set (RFC 6265bis 4.1.3.2).
    pub fn cookie(self, is_https: bool) -> Option<HeaderValue> {
        let (name, value) = match self {
            Self::Language(language) => (LANGUAGE, language.tag()),
            Self::Scheme(scheme) => (SCHEME, scheme.name()),
        };
        let (name, secure) = (own_name(name, is_https), if is_https { "; Secure" } else { "" });
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={MAX_AGE_SECS}{secure}");
        HeaderValue::try_from(text).ok()
    }
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
            for (name, value) in [("language", "de"), ("scheme", "dark")] {
                let cookie = Preference::of_field(name, value).unwrap().cookie(is_https).unwrap();
                let text = cookie.to_str().unwrap();
                let found = of(text.split(';').next().unwrap(), is_https);
                assert_eq!(text.starts_with("__Host-"), is_https);
                assert_eq!(
                    (found.language.is_some(), found.scheme == ColorScheme::Dark),
                    (name == "language", name == "scheme")
                );
            }
        }
    }

    #[test]
    fn what_is_no_choice_is_ignored() {
        for cookies in
            ["", "claimcheck-language=xx; claimcheck-scheme=pink", "claimcheck-language=de-AT", "language=de"]
        {
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
        assert_eq!(of(both, true), Preferences { language: None, scheme: ColorScheme::Light });
        assert_eq!(of(both, false).scheme, ColorScheme::Dark);
        let planted = "claimcheck-scheme=dark; claimcheck-language=de";
        assert_eq!(of(planted, true), Preferences::default(), "a sibling host can set these");
        assert!(of(planted, false).language.is_some());
    }
}
