//! `public_url`: an origin, or a path below one.

use claimcheck_model::paths;
use url::Url;

use super::values::{Parsed, safe_url};

const PUBLIC_PATH: &str = "may have a path only of letters, digits, `-`, `.`, `_` and `~` between single slashes, without the \
                           segments `.` and `..`";
/// The longest path below which the dashboard may be.
const BASE_PATH_MAX_LEN: usize = 128;

/// Parses it.
///
/// # Errors
/// Says what would be right.
pub(super) fn public_url(text: &str) -> Parsed<Url> {
    let example = "https://dashboard.example.com";
    let url = safe_url(text, example)?;
    if text.contains('?') {
        return Err(format!("must not have a query. Example: {example}"));
    }
    // As it is written: a URL that is read has no dot segments any more.
    let path = text.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let written = path.strip_suffix('/').unwrap_or(path);
    if written != url.path().trim_matches('/') || path == "/" {
        return Err(format!("{PUBLIC_PATH}. Example: {example}/dash"));
    }
    check_base_path(written).map_err(|problem| format!("{problem}. Example: {example}/dash"))?;
    Ok(url)
}

/// Checks a base path, without slashes at its ends.
fn check_base_path(path: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let is_segment = |segment: &str| !["", ".", ".."].contains(&segment) && segment.chars().all(is_plain);
    if path.is_empty() {
        return Ok(());
    }
    if !path.split('/').all(is_segment) {
        return Err(PUBLIC_PATH.to_owned());
    }
    if path.len() > BASE_PATH_MAX_LEN {
        return Err(format!("must not have a path of more than {BASE_PATH_MAX_LEN} characters"));
    }
    if paths::is_of_ours(&format!("/{path}")) {
        let first = path.split('/').next().unwrap_or_default();
        return Err(format!(
            "must not have a path that begins with `/{first}`, which is a path of the dashboard itself: behind a proxy that \
             takes the path off, the two could not be told apart; choose another one"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::config::testing::{KEY, accepts, refuses};

    #[test]
    fn r26_a_path_of_the_public_url_is_plain_segments() {
        let key = ("CLAIMCHECK_SESSION_KEYS", KEY);
        for (path, base) in [
            ("", ""),
            ("/", ""),
            ("/dash", "/dash"),
            ("/dash/", "/dash"),
            ("/a/b", "/a/b"),
            ("/~ada/Dash_1.0-x/", "/~ada/Dash_1.0-x"),
            ("/boardsy", "/boardsy"),
            ("/x/boards", "/x/boards"),
        ] {
            let url = format!("https://intranet.example.com{path}");
            let settings = accepts(&[("CLAIMCHECK_PUBLIC_URL", &url), key]);
            assert_eq!(settings.base_path(), base, "{url}");
            assert_eq!(settings.origin(), "https://intranet.example.com", "{url}");
            assert_eq!(settings.redirect_uri(), format!("https://intranet.example.com{base}/auth/callback"));
            let back = settings.client().post_logout_redirect_uri;
            assert_eq!(back, format!("https://intranet.example.com{base}/"));
        }
        let long = format!("/{}", "a".repeat(129));
        for path in [
            "//",
            "/a//b",
            "/a//",
            "//a",
            "/.",
            "/..",
            "/a/../b",
            "/./a",
            "/a/.",
            "/a%2Fb",
            "/%64ash",
            "/a b",
            "/d\u{e4}sh",
            "/a;b",
            "/a\\b",
            "/a,b",
            "/a!b",
            "/a=b",
            "/a&b",
            "/a@b",
            "/a:b",
            "/a\"b",
            "/a<b",
            "/boards",
            "/auth/x",
            "/api",
            "/pkg",
            "/health",
            "/favicon.svg",
            "/account/",
            "/sessions",
            "/preferences",
            "/brand",
            "/author",
            &long,
        ] {
            let url = format!("https://intranet.example.com{path}");
            let message = refuses(&[("CLAIMCHECK_PUBLIC_URL", &url), key]);
            assert!(message.contains("public_url (CLAIMCHECK_PUBLIC_URL)"), "{url}: {message}");
        }
    }
}
