//! The frame of the provider's pages, their headers, and the small pages without their own endpoint.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use super::{
    cookies,
    forms::Hidden,
    language::{Language, Text},
    people,
    shared::Shared,
    texts,
};
use crate::{Error, crypto::sha256_text};

const STYLE: &str = include_str!("style.css");
const ICON: &str = include_str!("icon.svg");
/// The style sheet's URL changes with its content, so that it can be cached forever.
static STYLE_HREF: LazyLock<String> =
    LazyLock::new(|| format!("style.css?v={}", sha256_text(STYLE).get(..10).unwrap_or_default()));

/// A whole document around the content.
pub(super) fn page(language: Language, title: Text, content: AnyView) -> String {
    let title = title.get(language);
    let document = view! {
        <html lang=language.tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{format!("{title} · Harbour ID (demo)")}</title>
                <link rel="stylesheet" href=STYLE_HREF.as_str()/>
                <link rel="icon" type="image/svg+xml" href="favicon.svg"/>
            </head>
            <body>
                <header>
                    <p class="brand">
                        <svg viewBox="0 0 24 24" aria-hidden="true">
                            <path d="M10 3h4l.6 3H9.4z M9.2 7.5h5.6L16 18H8z"/>
                            <path d="M3 20.5c2-1.6 4-1.6 6 0s4 1.6 6 0 4-1.6 6 0" fill="none"/>
                        </svg>
                        "Harbour ID"
                    </p>
                    <p class="mark"><strong>{texts::DEMO_PROVIDER.get(language)}</strong> " · " {texts::FICTIONAL.get(language)}</p>
                </header>
                <main>{content}</main>
                <footer><p>{texts::FOOTER.get(language)}</p></footer>
            </body>
        </html>
    };
    format!("<!doctype html>{}", document.to_html())
}

/// A user: name and role.
pub(super) fn who(person: &'static people::Person) -> impl IntoView + use<> {
    view! {
        <div class="account">
            <span class=format!("avatar {}", person.username) aria-hidden="true">{person.initials()}</span>
            <p class="who">
                <span class="name">{person.name()}</span>
                <span class="role">{person.email}</span>
            </p>
        </div>
    }
}

/// A text with the highlighted name of a client in place of `{client}`.
pub(super) fn with_client(language: Language, text: Text, client: &str) -> impl IntoView + use<> {
    let (before, after) = text.around(language, "client");
    let client = client.to_owned();
    view! { {before} <strong>{client}</strong> {after} }
}

/// A text with something to type in place of `{name}`.
pub(super) fn with_code(
    language: Language,
    text: Text,
    name: &str,
    typed: &'static str,
) -> impl IntoView + use<> {
    let (before, after) = text.around(language, name);
    view! { {before} <code>{typed}</code> {after} }
}

/// The link-like button to use another account.
pub(super) fn switch_account(language: Language, person: &people::Person) -> impl IntoView + use<> {
    let question = texts::NOT_THIS_PERSON.with(language, "name", person.given_name);
    view! {
        <p class="aside">
            {question} " "
            <button class="link" type="submit" name="action" value="switch" formnovalidate=true>
                {texts::OTHER_ACCOUNT.get(language)}
            </button>
        </p>
    }
}

/// The hidden fields of a form.
pub(super) fn hidden(hidden: &Hidden) -> impl IntoView + use<> {
    let Hidden { request, token } = hidden.clone();
    view! {
        <input type="hidden" name="request" value=request/>
        <input type="hidden" name="token" value=token/>
    }
}

/// A page as a response. Its forms may redirect to `target`, an origin, because browsers check every redirect after a
/// form against `form-action`.
pub(super) fn html(status: StatusCode, page: String, target: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    let csp = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {target}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(csp) = HeaderValue::from_str(&csp) {
        headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Redirects by GET (RFC 9700 4.12).
pub(super) fn see_other(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => {
            let no_store = HeaderValue::from_static("no-store");
            let no_referrer = HeaderValue::from_static("no-referrer");
            let headers = [
                (header::LOCATION, location),
                (header::CACHE_CONTROL, no_store),
                (header::REFERRER_POLICY, no_referrer),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        // Redirects only go to registered URLs.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A page with a single message.
pub(super) fn message(
    language: Language,
    status: StatusCode,
    title: Text,
    lead: impl Into<String>,
    more: AnyView,
) -> Response {
    let content = view! {
        <h1>{title.get(language)}</h1>
        <p class="lead">{lead.into()}</p>
        {more}
    };
    html(status, page(language, title, content.into_any()), "", None)
}

/// A problem that can only be shown to the user.
pub(super) fn bad_request(language: Language, title: Text, lead: Text) -> Response {
    let hint = view! { <p class="aside">{texts::NOTHING_DONE.get(language)}</p> };
    message(language, StatusCode::BAD_REQUEST, title, lead.get(language), hint.into_any())
}

/// A form that this browser was not shown, or that is outdated.
pub(super) fn stale_form(language: Language) -> Response {
    bad_request(language, texts::STALE, texts::STALE_LEAD)
}

/// An internal error.
pub(super) fn fault(language: Language, error: &Error) -> Response {
    tracing::error!(%error, "the demo provider failed");
    let (status, lead) = (StatusCode::INTERNAL_SERVER_ERROR, texts::FAULT_LEAD.get(language));
    message(language, status, texts::FAULT, lead, ().into_any())
}

/// `GET /`
pub(super) async fn front(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let language = Language::choose(None, &headers);
    let here = cookies::session(&shared, &headers).and_then(|session| people::by_sub(&session.sub));
    let lead = match here {
        Some(person) => texts::FRONT_SIGNED_IN.with(language, "name", &person.name()),
        None => texts::FRONT_NOT_SIGNED_IN.get(language).to_owned(),
    };
    let account =
        move |_| view! { <p class="aside"><a href="account">{texts::ACCOUNT_LINK.get(language)}</a></p> };
    let more = view! {
        <p class="aside"><a href=".well-known/openid-configuration">{texts::DISCOVERY.get(language)}</a></p>
        {here.map(account)}
    };
    message(language, StatusCode::OK, texts::HARBOUR_ID, lead, more.into_any())
}

/// Any other path.
pub(super) async fn nothing_here(headers: HeaderMap) -> Response {
    let language = Language::choose(None, &headers);
    let lead = texts::NOT_FOUND_LEAD.get(language);
    message(language, StatusCode::NOT_FOUND, texts::NOT_FOUND, lead, ().into_any())
}

fn kept(content_type: &'static str, body: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body).into_response()
}

/// `GET /style.css`
pub(super) async fn style() -> Response {
    kept("text/css; charset=utf-8", STYLE)
}

/// `GET /favicon.svg`
pub(super) async fn icon() -> Response {
    kept("image/svg+xml", ICON)
}
