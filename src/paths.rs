//! Every URL this program answers or links to, as constants: routes, links, redirects and tests use these.
//! Nothing here knows a host; absolute URLs are made from the configured public URL.

/// The home page, and the post-logout redirect URI.
pub const HOME: &str = "/";
/// A page of panels; followed by the board's id.
pub const BOARDS: &str = "/boards";
/// Who the person is.
pub const ACCOUNT: &str = "/account";

/// Starts a sign-in: `GET`, with an optional `return_to`.
pub const SIGN_IN: &str = "/auth/sign-in";
/// The redirect URI of the authorization request (OpenID Connect Core 3.1.2.1).
pub const CALLBACK: &str = "/auth/callback";
/// Ends the session: `POST` only.
pub const SIGN_OUT: &str = "/auth/sign-out";

/// Prefix of every server function.
pub const SERVER_FNS: &str = "/api";
/// Prefix of the embedded site; followed by the build id.
pub const PKG: &str = "/pkg";

/// The process is alive.
pub const HEALTH_LIVE: &str = "/health/live";
/// The process can do its work.
pub const HEALTH_READY: &str = "/health/ready";

/// The page of one board.
pub fn board(id: &str) -> String {
    format!("{BOARDS}/{id}")
}

/// Whether a path shows something only a signed-in person may see.
pub fn needs_session(path: &str) -> bool {
    [BOARDS, ACCOUNT]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The link that signs in and then goes to `target`, a path of this site.
pub fn sign_in(target: &str) -> String {
    format!("{SIGN_IN}?return_to={}", encode_query_value(target))
}

/// Percent-encodes all but unreserved characters (RFC 3986 2.3) and `/`.
fn encode_query_value(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => encoded.push(byte.into()),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
