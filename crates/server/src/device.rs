//! A readable name for a user agent: "Firefox on Windows". User agents have no standard beyond RFC 9110 10.1.5. The
//! names of today's browsers are matched, the more specific ones first, because each also contains the names of others.

use claimcheck_text::{Language, t};

/// A device with a readable name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub words: String,
    pub kind: Kind,
}

/// The kind of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Computer,
    /// Or a tablet.
    Phone,
    /// Not a browser: it has its own name and no system.
    Program,
}

/// A browser of no known name; the word is the same in every language of the pages.
const BROWSER: &str = "Browser";

/// A token that only this browser sends, and its name.
const BROWSERS: [(&str, &str); 24] = [
    ("HeadlessChrome/", "Headless Chrome"),
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("Edge/", "Edge"),
    ("OPT/", "Opera"),
    ("OPX/", "Opera"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("Ddg/", "DuckDuckGo"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("UCBrowser/", "UC Browser"),
    ("Electron/", "App"),
    ("GSA/", "Google App"),
    ("FxiOS/", "Firefox"),
    ("Focus/", "Firefox Focus"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("AppleWebKit/", BROWSER),
];

/// A token of a system, its name, and the kind of device.
const SYSTEMS: [(&str, &str, Kind); 8] = [
    ("iPhone", "iPhone", Kind::Phone),
    ("iPad", "iPad", Kind::Phone),
    ("Android", "Android", Kind::Phone),
    ("CrOS", "ChromeOS", Kind::Computer),
    ("Windows", "Windows", Kind::Computer),
    ("Macintosh", "macOS", Kind::Computer),
    ("FreeBSD", "FreeBSD", Kind::Computer),
    ("Linux", "Linux", Kind::Computer),
];

/// The length of the name that is shown for other programs.
const NAME_MAX_CHARS: usize = 24;

/// The device of this user agent.
pub fn device(language: Language, user_agent: Option<&str>) -> Device {
    let on =
        |browser: &str, system: &str| t!(language, "device-on-system", browser = browser, system = system);
    let said = user_agent.unwrap_or_default();
    let browser = BROWSERS.iter().find(|(token, _)| has_word(said, token));
    let system = SYSTEMS.iter().find(|(word, ..)| said.contains(word));
    let (words, kind) = match (browser, system) {
        // An iPad that requests desktop pages claims to be a Mac; the browser's token gives it away.
        (Some((token, name)), Some(("Macintosh", ..))) if token.ends_with("iOS/") => {
            (on(name, "iPad"), Kind::Phone)
        }
        (Some((_, name)), Some((_, system, kind))) => (on(name, system), *kind),
        (Some((_, name)), None) => ((*name).to_owned(), Kind::Computer),
        (None, Some((_, system, kind))) => (on(BROWSER, system), *kind),
        (None, None) => match program(said) {
            Some(name) => (name, Kind::Program),
            None => (t!(language, "device-unknown").to_owned(), Kind::Computer),
        },
    };
    Device { words, kind }
}

/// Whether the text contains the token as a separate word: `Edg/` is not in `xEdg/`.
fn has_word(said: &str, token: &str) -> bool {
    said.match_indices(token).any(|(at, _)| at == 0 || !said.as_bytes()[at - 1].is_ascii_alphanumeric())
}

/// `curl/8.5.0` as `curl`.
fn program(said: &str) -> Option<String> {
    let name = said.split(['/', ' ', '(', ';']).next()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_plain = !name.is_empty() && name != "Mozilla" && name.chars().all(is_name);
    is_plain.then(|| name.chars().take(NAME_MAX_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_of_today_are_told_apart() {
        const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
        const APPLE: &str = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (system, rest, expected) in [
            ("Windows NT 10.0; Win64; x64; rv:143.0", "Gecko/20100101 Firefox/143.0", "Firefox on Windows"),
            ("X11; Ubuntu; Linux x86_64; rv:140.0", "Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            ("Macintosh; Intel Mac OS X 10.15; rv:143.0", "Gecko/20100101 Firefox/143.0", "Firefox on macOS"),
            ("Android 15; Mobile; rv:143.0", "Gecko/143.0 Firefox/143.0", "Firefox on Android"),
            (
                "Windows NT 10.0; Win64; x64",
                &format!("{WEBKIT} Chrome/141.0.0.0 Safari/537.36"),
                "Chrome on Windows",
            ),
            (
                "Windows NT 10.0; Win64; x64",
                &format!("{WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.3537.57"),
                "Edge on Windows",
            ),
            (
                "Windows NT 10.0; Win64; x64",
                &format!("{WEBKIT} Chrome/139.0.0.0 Safari/537.36 OPR/123.0.0.0"),
                "Opera on Windows",
            ),
            (
                "X11; Linux x86_64",
                &format!("{WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36"),
                "Headless Chrome on Linux",
            ),
            (
                "X11; CrOS x86_64 14541.0.0",
                &format!("{WEBKIT} Chrome/140.0.0.0 Safari/537.36"),
                "Chrome on ChromeOS",
            ),
            (
                "Macintosh; Intel Mac OS X 10_15_7",
                &format!("{APPLE} Version/26.0 Safari/605.1.15"),
                "Safari on macOS",
            ),
            (
                "Linux; Android 10; K",
                &format!("{WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            (
                "Linux; Android 10; K",
                &format!("{WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0"),
                "Edge on Android",
            ),
            (
                "Linux; Android 10; K",
                &format!("{WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
                "Samsung Internet on Android",
            ),
            (
                "iPhone; CPU iPhone OS 18_6 like Mac OS X",
                &format!("{APPLE} Version/26.0 Mobile/15E148 Safari/604.1"),
                "Safari on iPhone",
            ),
            (
                "iPhone; CPU iPhone OS 18_6 like Mac OS X",
                &format!("{APPLE} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1"),
                "Chrome on iPhone",
            ),
            (
                "iPhone; CPU iPhone OS 18_6 like Mac OS X",
                &format!("{APPLE} FxiOS/143.0 Mobile/15E148 Safari/605.1.15"),
                "Firefox on iPhone",
            ),
            (
                "iPhone; CPU iPhone OS 18_6 like Mac OS X",
                &format!("{APPLE} Version/18.0 EdgiOS/141.0.3537.60 Mobile/15E148 Safari/604.1"),
                "Edge on iPhone",
            ),
            (
                "iPad; CPU OS 16_6 like Mac OS X",
                &format!("{APPLE} Version/16.6 Mobile/15E148 Safari/604.1"),
                "Safari on iPad",
            ),
            (
                "Macintosh; Intel Mac OS X 10_15_7",
                &format!("{APPLE} CriOS/141.0.7390.41 Version/13.0.3 Safari/605.1.15"),
                "Chrome on iPad",
            ),
        ] {
            let said = format!("Mozilla/5.0 ({system}) {rest}");
            assert_eq!(device(Language::default(), Some(&said)).words, expected, "{said}");
        }
    }

    #[test]
    fn what_is_no_browser_is_told_by_its_name_or_not_at_all() {
        for (said, expected, kind) in [
            (Some("curl/8.5.0"), "curl", Kind::Program),
            (Some("python-requests/2.32.3"), "python-requests", Kind::Program),
            (Some("Wget/1.21.4"), "Wget", Kind::Program),
            (Some("Mozilla/5.0"), "Unknown browser", Kind::Computer),
            (Some("<script>alert(1)</script>"), "Unknown browser", Kind::Computer),
            (Some("Mozilla/5.0 (Windows NT 10.0) Strange/1"), "Browser on Windows", Kind::Computer),
            (Some(""), "Unknown browser", Kind::Computer),
            (None, "Unknown browser", Kind::Computer),
        ] {
            assert_eq!(
                device(Language::default(), said),
                Device { words: expected.to_owned(), kind },
                "{said:?}"
            );
        }
        let device = |said: &str| super::device(Language::default(), Some(said));
        assert_eq!(device(&"x".repeat(300)).words.len(), NAME_MAX_CHARS);
        assert_eq!(device("Mozilla/5.0 (iPhone)").kind, Kind::Phone);
    }
}
