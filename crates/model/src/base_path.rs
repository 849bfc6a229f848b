//! The path below which a browser sees this program: empty, or such as `/dash`. It is set once, at the start of the process or
//! of a page's scripts. Inside the program, paths are as if it had the whole host: routes, and the path of a request
//! ([`paths::Route`](crate::paths::Route)). An address is what a browser is given: it begins with this path. Every function of
//! [`paths`](crate::paths) that returns a `String` returns an address.

use std::sync::OnceLock;

static BASE: OnceLock<String> = OnceLock::new();

/// The attribute of the root element with the path, for scripts; not there if it is empty.
pub const ATTRIBUTE: &str = "data-base";

/// The process already serves below another path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherBasePath(pub &'static str);

impl std::fmt::Display for OtherBasePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "this process already serves below the path \"{}\"", self.0)
    }
}

impl std::error::Error for OtherBasePath {}

/// Sets the path: empty, or with a slash at its beginning and none at its end.
///
/// # Errors
/// Another one is set.
pub fn set(path: &str) -> Result<(), OtherBasePath> {
    let set = BASE.get_or_init(|| path.to_owned());
    if set == path { Ok(()) } else { Err(OtherBasePath(set)) }
}

/// The path; empty unless it was set.
pub fn base_path() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

/// The address of a path inside the program, which may have a query.
pub fn address(inner: &str) -> String {
    let base = base_path();
    let mut address = String::with_capacity(base.len() + inner.len());
    address.push_str(base);
    address.push_str(inner);
    address
}

/// The path inside the program of an address or of the path of a request; `None` if it is outside of the base path.
pub fn inner(address: &str) -> Option<&str> {
    below(base_path(), address)
}

/// The rest of `path` below `base`, by whole segments: `/dashboard` is not below `/dash`.
pub fn below<'a>(base: &str, path: &'a str) -> Option<&'a str> {
    match path.strip_prefix(base)? {
        "" if !base.is_empty() => Some("/"),
        rest => (base.is_empty() || rest.starts_with('/')).then_some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn r26_only_whole_segments_are_below_a_path() {
        for (path, rest) in [
            ("/dash", Some("/")),
            ("/dash/", Some("/")),
            ("/dash/boards?a=/dash", Some("/boards?a=/dash")),
            ("/dash/dash/x", Some("/dash/x")),
            ("/dashboard", None),
            ("/DASH/", None),
            ("/dash%2Fboards", None),
            ("/dash;x", None),
            ("/dash?x", None),
            ("//dash/x", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(below("/dash", path), rest, "{path}");
            assert_eq!(below("", path), Some(path), "{path}");
        }
    }
}
