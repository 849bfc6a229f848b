//! The cookies of a request (RFC 6265 4.2), as far as single ones are read by name. The session cookie has its own layer.
//! The scheme of `public_url` decides the names of all of them: over https only names with the prefix are read, which no
//! sibling host can set (RFC 6265bis 4.1.3.2).

use axum::http::{HeaderMap, header::COOKIE};

/// The name of one of our cookies.
pub(crate) fn own_name(name: &str, is_https: bool) -> String {
    format!("{}claimcheck-{name}", if is_https { "__Host-" } else { "" })
}

/// The value of the first cookie of that name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}
