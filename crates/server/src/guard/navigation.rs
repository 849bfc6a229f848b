//! Whether a request is a navigation by the user: only then may a sign-in start (LR-10). Prefetches, prerenders,
//! images, frames and fetches do not start one. And whether its answer would be shown in a frame of a page.

use axum::http::HeaderMap;

/// Headers of speculative loads: the standard one, and those of older browsers.
const SPECULATION: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// Destinations inside a page (Fetch, 2.2.5). A fenced frame is one without a way to its page.
const FRAMES: [&str; 5] = ["iframe", "frame", "embed", "object", "fencedframe"];

/// Whether this is a top-level navigation: by Fetch Metadata, or in browsers without it by a request for HTML. Its
/// origin does not matter: a link in a mail must work.
pub fn is_navigation(headers: &HeaderMap) -> bool {
    let navigates = match value(headers, "sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => value(headers, "accept").is_some_and(|accept| accept.contains("text/html")),
    };
    navigates
        && !is_speculative(headers)
        && value(headers, "sec-fetch-dest").is_none_or(|dest| dest == "document")
}

/// Whether the answer would be shown in a frame of a page, by Fetch Metadata. Older browsers do not say so.
pub fn is_framed(headers: &HeaderMap) -> bool {
    value(headers, "sec-fetch-dest").is_some_and(|dest| FRAMES.contains(&dest))
}

/// Whether it is a speculative load, which the user may never see.
pub fn is_speculative(headers: &HeaderMap) -> bool {
    SPECULATION.iter().filter_map(|name| value(headers, name)).any(|purpose| {
        ["prefetch", "prerender", "preview"].iter().any(|kind| purpose.to_ascii_lowercase().contains(kind))
    })
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::{super::testing::get, is_framed, is_navigation};

    #[test]
    fn r27_a_frame_is_known_by_its_destination() {
        for (dest, expected) in [
            ("iframe", true),
            ("frame", true),
            ("embed", true),
            ("object", true),
            ("fencedframe", true),
            ("document", false),
            ("empty", false),
            ("image", false),
            ("IFRAME", false),
            ("iframe, document", false),
            ("", false),
        ] {
            assert_eq!(
                is_framed(get("/boards/a", &[("sec-fetch-dest", dest)]).headers()),
                expected,
                "{dest}"
            );
        }
        assert!(!is_framed(get("/boards/a", &[]).headers()));
    }

    #[test]
    fn lr_10_only_top_level_navigations_start_a_login() {
        let mode = ("sec-fetch-mode", "navigate");
        let document = ("sec-fetch-dest", "document");
        let html = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        let cases: &[(&[(&'static str, &str)], bool)] = &[
            (&[mode, document, html], true),
            (&[mode, document, ("sec-fetch-site", "cross-site")], true),
            (&[mode], true),
            (&[html], true),
            (&[mode, document, ("sec-purpose", "")], true),
            (&[], false),
            (&[("accept", "*/*")], false),
            (&[("accept", "application/json")], false),
            (&[("sec-fetch-mode", "cors"), html], false),
            (&[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")], false),
            (&[mode, ("sec-fetch-dest", "iframe")], false),
            (&[mode, ("sec-fetch-dest", "frame")], false),
            (&[mode, ("sec-fetch-dest", "embed")], false),
            (&[mode, ("sec-fetch-dest", "empty")], false),
            (&[mode, document, ("sec-purpose", "prefetch")], false),
            (&[mode, document, ("sec-purpose", "prefetch;prerender")], false),
            (&[mode, document, ("sec-purpose", "prefetch;anonymous-client-ip")], false),
            (&[mode, document, ("purpose", "Prefetch")], false),
            (&[html, ("purpose", "prefetch")], false),
            (&[html, ("x-moz", "prefetch")], false),
            (&[html, ("x-purpose", "preview")], false),
        ];
        for (headers, expected) in cases {
            assert_eq!(is_navigation(get("/boards/a", headers).headers()), *expected, "{headers:?}");
        }
    }
}
