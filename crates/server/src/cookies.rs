//! The cookies of a request (RFC 6265 4.2), as far as single ones are read by name, and the names of ours. The session cookie has
//! its own layer. The public URL decides the names of all of them. Over https only names with a prefix are read. At the root of an
//! origin it is `__Host-`, which no sibling host can set (RFC 6265bis 4.1.3.2). Below a path it is `__Secure-`, because `__Host-`
//! demands the path `/`, and the name ends with the path, so that two installations on one origin do not read each other's.

use axum::http::{HeaderMap, header::COOKIE};
use claimcheck_model::base_path::base_path;

/// The name of one of our cookies.
pub(crate) fn own_name(name: &str, is_https: bool) -> String {
    name_below(base_path(), name, is_https)
}

/// The name below a base path.
fn name_below(base: &str, name: &str, is_https: bool) -> String {
    let (start, end) = around_name(base, is_https);
    format!("{start}{name}{end}")
}

/// What stands before and after a name below a base path. A slash becomes `!`, which names may have and paths of public
/// URLs may not.
fn around_name(base: &str, is_https: bool) -> (&'static str, String) {
    let start = match (is_https, base.is_empty()) {
        (false, _) => "claimcheck-",
        (true, true) => "__Host-claimcheck-",
        (true, false) => "__Secure-claimcheck-",
    };
    (start, base.replace('/', "!"))
}

/// The `Path` of all of them.
pub(crate) fn path() -> &'static str {
    match base_path() {
        "" => "/",
        base => base,
    }
}

/// The value of the first cookie of that name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    pairs(headers).find_map(|(found, value)| (found == name).then_some(value))
}

/// All cookies with names of ours, as [`own_name`] takes them, in the order of the request: for those who read several.
pub(crate) fn own_cookies(headers: &HeaderMap, is_https: bool) -> impl Iterator<Item = (&str, &str)> {
    let (start, end) = around_name(base_path(), is_https);
    pairs(headers)
        .filter_map(move |(name, value)| Some((name.strip_prefix(start)?.strip_suffix(end.as_str())?, value)))
}

/// The names and values of all cookies, in the order of the request.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::name_below;

    #[test]
    fn r26_each_path_has_its_own_names() {
        assert_eq!(name_below("", "zone", true), "__Host-claimcheck-zone");
        assert_eq!(name_below("", "zone", false), "claimcheck-zone");
        assert_eq!(name_below("/a/b", "zone", true), "__Secure-claimcheck-zone!a!b");
        assert_eq!(name_below("/a/b", "zone", false), "claimcheck-zone!a!b");
        let bases = ["", "/a", "/a/b", "/a-b", "/a.b", "/a_b", "/A", "/zone", "/-zone", "/a/zone"];
        let names: BTreeSet<_> = bases
            .iter()
            .flat_map(|base| ["zone", "session", "browser"].map(|name| name_below(base, name, true)))
            .collect();
        assert_eq!(names.len(), 3 * bases.len());
        assert!(
            names.iter().all(|name| name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.!~".contains(&byte)))
        );
    }
}
