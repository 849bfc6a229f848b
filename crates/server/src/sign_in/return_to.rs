//! The page to return to after a sign-in: an address of this site, and nothing else (RFC 9700 4.11.1). Anything doubtful
//! becomes the home page.

use claimcheck_model::{
    base_path,
    paths::{self, Route},
};
use url::Url;

use crate::guard::limits::MAX_URI;

/// The longest return target, as it is written into the sealed `state`.
const MAX_LEN: usize = 2048;
/// The longest URL that is looked at: the server accepts no longer one in a request.
const ASKED_MAX_LEN: usize = MAX_URI;
/// What is below these is no page.
const NO_PAGES: [Route; 4] = [paths::SERVER_FNS, paths::PKG, Route::new("/auth"), Route::new("/health")];

/// The path and query of `asked` on this site, re-serialised; the home page if it is anything else. A page whose URL is
/// too long is returned to without its query.
pub fn return_target(asked: &str) -> String {
    parse(asked).unwrap_or_else(|| paths::HOME.href())
}

/// The page of a return target without its query: what is left if both would be too long.
pub(super) fn without_query(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

fn parse(asked: &str) -> Option<String> {
    let suspicious = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
    if asked.len() > ASKED_MAX_LEN
        || !asked.starts_with('/')
        || asked.starts_with("//")
        || asked.contains(suspicious)
    {
        return None;
    }
    // Any base works: what matters is that the reference cannot leave it.
    let base = Url::parse("https://here.invalid/").ok()?;
    let url = base.join(asked).ok()?;
    if url.origin() != base.origin() || !url.username().is_empty() || url.path().starts_with("//") {
        return None;
    }
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    // Another program of the same host is not a page of this site.
    let inner = base_path::inner(url.path())?;
    let is_page = !NO_PAGES.iter().any(|route| route.rest(inner).is_some());
    if target.len() <= MAX_LEN {
        return is_page.then_some(target);
    }
    tracing::info!(event = "return target shortened", length = target.len(), "its query is too long");
    (is_page && url.path().len() <= MAX_LEN).then(|| url.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{ASKED_MAX_LEN, MAX_LEN, return_target};

    #[test]
    fn lr_09_a_path_of_this_site_is_kept() {
        for path in ["/", "/account", "/boards/orders?q=a%20b&sort=total", "/boards/%C3%A9", "/a//b"] {
            assert_eq!(return_target(path), path);
        }
    }

    #[test]
    fn lr_09_anything_else_becomes_home() {
        let long = format!("/{}", "a".repeat(8192));
        for asked in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil",
            "/\t/evil",
            "/\r\nX: y",
            "javascript:alert(1)",
            "boards",
            "/..//evil.example",
            "/auth/sign-in",
            "/auth/callback?code=a",
            "/api/panel",
            "/a/../auth/sign-out",
            &long,
        ] {
            assert_eq!(return_target(asked), "/", "{asked:?}");
        }
    }

    #[test]
    fn r39_a_page_with_a_query_that_is_too_long_is_returned_to_without_it() {
        let of_length = |length: usize| format!("/boards/orders?q={}", "a".repeat(length - 17));
        assert_eq!(return_target(&of_length(MAX_LEN)), of_length(MAX_LEN));
        assert_eq!(return_target(&of_length(MAX_LEN + 1)), "/boards/orders");
        assert_eq!(return_target(&of_length(ASKED_MAX_LEN)), "/boards/orders");
        // The length counts as it is written: each of these letters becomes six characters.
        assert_eq!(return_target(&format!("/boards/orders?q={}", "é".repeat(340))), "/boards/orders");
        let encoded = return_target(&format!("/boards/orders?q={}", "é".repeat(338)));
        assert!(encoded.len() <= MAX_LEN && encoded.ends_with("%C3%A9"), "{encoded}");
        assert_eq!(
            return_target(&format!("/boards/{}", "a".repeat(MAX_LEN))),
            "/",
            "no page has such a path"
        );
        assert_eq!(return_target(&format!("/auth/sign-out?q={}", "a".repeat(MAX_LEN))), "/");
    }

    #[test]
    fn lr_09_odd_but_local_stays_local() {
        for asked in ["/%09/evil", "/@evil", "/%0d%0aX:%20y", "/%2f%2fevil.example", "/.//evil"] {
            let target = return_target(asked);
            assert!(target.starts_with('/') && !target.starts_with("//"), "{asked:?} became {target:?}");
        }
    }
}
