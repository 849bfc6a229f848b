//! The browser-binding cookie: proves that a callback arrives in the browser that was redirected. One cookie for any
//! number of tabs, of fixed size, and worthless without the `state` it is sealed into.

use axum::http::HeaderMap;

use crate::{config::Settings, cookies::cookie};

/// As long as a lost transaction can be restarted.
const MAX_AGE_SECS: u32 = 86_400;

/// The cookie's value in a request, if it has the right format.
pub fn read<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
    cookie(headers, name(settings)).filter(|value| {
        value.len() == 22 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    })
}

/// The `Set-Cookie` value. `Lax`, because the provider's redirect back is a cross-site navigation.
pub fn set(value: &str, settings: &Settings) -> String {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={MAX_AGE_SECS}{secure}", name(settings))
}

/// RFC 6265bis 4.1.3.2: the prefix needs `Secure`, which plain http on loopback cannot have.
fn name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-claimcheck-browser" } else { "claimcheck-browser" }
}
