//! The provider's two cookies: one for the session, one that binds forms to the browser.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};

use super::{shared::Shared, store::Session, strength::Strength};
use crate::{
    Error,
    crypto::{random_text, sha256_text},
};

const SESSION: &str = "demo_provider";
const FORM: &str = "demo_provider_form";
/// A session here lasts half a day.
const SESSION_SECS: i64 = 12 * 3600;

/// The value of a cookie; `None` if it is sent twice.
fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

fn set(shared: &Shared, name: &str, value: &str, more: &str) -> Option<HeaderValue> {
    let secure = if shared.secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{more}{secure}")).ok()
}

/// The key of this browser's session, if there is one.
pub(super) fn session_key(headers: &HeaderMap) -> Option<String> {
    value(headers, SESSION).map(sha256_text)
}

/// The session of this browser, if it has one.
pub(super) fn session(shared: &Shared, headers: &HeaderMap) -> Option<Session> {
    let key = session_key(headers)?;
    let now = shared.clock.now();
    shared.store.read(|data| data.sessions.get(&key).filter(|session| session.expires > now).cloned())
}

/// Starts a session for a user who has just signed in with this strength, in place of the existing one. The same user
/// keeps the `sid`, because clients continue to use it.
pub(super) async fn start_session(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    sub: &str,
    strength: Strength,
) -> Result<Option<HeaderValue>, Error> {
    let cookie = random_text::<32>()?;
    let before = session_key(headers);
    let sid = session(shared, headers).filter(|session| session.sub == sub).map(|session| session.sid);
    let now = shared.clock.now();
    let session = Session {
        sub: sub.to_owned(),
        sid: sid.map_or_else(random_text::<16>, Ok)?,
        auth_time: now,
        strength,
        expires: now + SESSION_SECS,
    };
    let key = sha256_text(&cookie);
    shared
        .store
        .change(move |data| {
            if let Some(before) = before {
                data.sessions.remove(&before);
            }
            data.sessions.insert(key, session);
        })
        .await?;
    Ok(set(shared, SESSION, &cookie, &format!("; Max-Age={SESSION_SECS}")))
}

/// Removes the session cookie.
pub(super) fn removal(shared: &Shared) -> Option<HeaderValue> {
    set(shared, SESSION, "", "; Max-Age=0")
}

/// The value that binds forms to this browser, with the cookie to set if it is new.
pub(super) fn form(shared: &Shared, headers: &HeaderMap) -> Result<(String, Option<HeaderValue>), Error> {
    if let Some(there) = form_value(headers) {
        return Ok((there.to_owned(), None));
    }
    let fresh = random_text::<16>()?;
    let cookie = set(shared, FORM, &fresh, "");
    Ok((fresh, cookie))
}

/// The value that binds forms to this browser, if it has one.
pub(super) fn form_value(headers: &HeaderMap) -> Option<&str> {
    value(headers, FORM).filter(|value| value.len() == 22)
}
