//! Forms of the provider's own pages: each carries its request, and a token bound to this browser, so that no other
//! site can submit it (RFC 9700 4.7).

use axum::http::HeaderMap;

use super::{cookies, params::Params, shared::Shared};
use crate::crypto::{b64, mac, same, unb64};

/// The purpose of a form. A token for one purpose is not valid for another.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    SignIn,
    Code,
    Consent,
    SignOut,
    Account,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Code => "code",
            Self::Consent => "consent",
            Self::SignOut => "sign-out",
            Self::Account => "account",
        }
    }
}

/// The hidden fields of a form.
#[derive(Clone, Debug)]
pub(super) struct Hidden {
    pub(super) request: String,
    pub(super) token: String,
}

/// Creates the hidden fields; `sub` is the user that the page is shown to.
pub(super) fn hidden(shared: &Shared, purpose: Purpose, browser: &str, sub: &str, request: String) -> Hidden {
    let token = b64(mac(&shared.mac_key, &[purpose.word(), browser, sub, &request]));
    Hidden { request, token }
}

/// The request of a submitted form; `None` if this browser was never shown that form.
pub(super) fn submitted(
    shared: &Shared,
    purpose: Purpose,
    headers: &HeaderMap,
    sub: &str,
    form: &Params,
) -> Option<String> {
    let request = form.get("request").unwrap_or_default().to_owned();
    let expected = hidden(shared, purpose, cookies::form_value(headers)?, sub, request);
    (!form.repeated() && same(form.get("token")?, &expected.token)).then_some(expected.request)
}

/// Seals text, so that a browser cannot change it.
pub(super) fn seal(shared: &Shared, text: &str) -> String {
    format!("{}.{}", b64(text), b64(mac(&shared.mac_key, &["seal", text])))
}

/// The inverse of [`seal`].
pub(super) fn unseal(shared: &Shared, sealed: &str) -> Option<String> {
    let (text, code) = sealed.split_once('.')?;
    let text = String::from_utf8(unb64(text)?).ok()?;
    same(code, &b64(mac(&shared.mac_key, &["seal", &text]))).then_some(text)
}
