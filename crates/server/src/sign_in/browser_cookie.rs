//! The browser-binding cookie: proves that a callback arrives in the browser that was redirected. One cookie for any
//! number of tabs, of fixed size, and worthless without the `state` it is sealed into.

use axum::http::HeaderMap;

use crate::{
    config::Settings,
    cookies::{self, cookie, own_name},
};

/// As long as a lost transaction can be restarted.
const MAX_AGE_SECS: u32 = 86_400;

/// The cookie's value in a request, if it has the right format.
pub fn read<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
    cookie(headers, &name(settings)).filter(|value| {
        value.len() == 22 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    })
}

/// The `Set-Cookie` value. `Lax`, because the provider's redirect back is a cross-site navigation.
pub fn set(value: &str, settings: &Settings) -> String {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let (name, path) = (name(settings), cookies::path());
    format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={MAX_AGE_SECS}{secure}")
}

fn name(settings: &Settings) -> String {
    own_name("browser", settings.is_https())
}
