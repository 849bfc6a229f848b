//! Pauses automatic sign-ins. If `brand.home` is `sign-in`, the home page starts a sign-in at once, but not for a while after
//! a sign-out or after a sign-in that was refused, cancelled or failed: a provider with a session for the user would sign
//! them in again unasked, or refuse them in a loop. A cookie marks the pause; it is worthless to anyone else.

use axum::http::{HeaderMap, HeaderValue};

use crate::{
    config::{BrandHome, Settings},
    cookies,
};

/// Ten minutes: long enough to close the tab or to sign in as someone else.
const SECS: u32 = 600;
const NAME: &str = "pause";

/// The `Set-Cookie` value; none where home never begins a sign-in.
pub fn cookie(settings: &Settings) -> Option<HeaderValue> {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let (name, path) = (name(), cookies::path());
    let text = format!("{name}=1; Path={path}; HttpOnly; SameSite=Lax; Max-Age={SECS}{secure}");
    (settings.brand.home == BrandHome::SignIn).then(|| HeaderValue::try_from(text).ok()).flatten()
}

/// Its name has no prefix: it is worthless to anyone else.
fn name() -> String {
    cookies::own_name(NAME, false)
}

/// Whether a request has it.
pub fn is_set(headers: &HeaderMap) -> bool {
    cookies::cookie(headers, &name()).is_some()
}
