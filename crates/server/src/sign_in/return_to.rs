//! The page to return to after a sign-in: a path of this site, and nothing else (RFC 9700 4.11.1). Anything doubtful
//! becomes the home page.

use claimcheck_model::paths;
use url::Url;

const MAX_LEN: usize = 2048;

/// The path and query of `asked` on this site, re-serialised; the home page if it is anything else.
pub fn return_target(asked: &str) -> String {
    parse(asked).unwrap_or_else(|| paths::HOME.to_owned())
}

fn parse(asked: &str) -> Option<String> {
    let suspicious = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
    if asked.len() > MAX_LEN
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
    let is_page = ![paths::SERVER_FNS, paths::PKG, "/auth", "/health"].iter().any(|prefix| {
        url.path().strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    is_page.then_some(target)
}

#[cfg(test)]
mod tests {
    use super::return_target;

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
    fn lr_09_odd_but_local_stays_local() {
        for asked in ["/%09/evil", "/@evil", "/%0d%0aX:%20y", "/%2f%2fevil.example", "/.//evil"] {
            let target = return_target(asked);
            assert!(target.starts_with('/') && !target.starts_with("//"), "{asked:?} became {target:?}");
        }
    }
}
