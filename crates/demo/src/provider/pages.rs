//! The frame of the provider's pages, their headers, and the small pages that belong to no endpoint.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use super::{cookies, forms::Hidden, people, shared::Shared};
use crate::{Error, crypto::sha256_text};

const STYLE: &str = include_str!("style.css");
const ICON: &str = include_str!("icon.svg");
/// The style sheet's address changes with its content, so that it can be kept for ever.
static STYLE_HREF: LazyLock<String> =
    LazyLock::new(|| format!("style.css?v={}", sha256_text(STYLE).get(..10).unwrap_or_default()));

/// A whole document around the content.
pub(super) fn page(title: &str, content: AnyView) -> String {
    let document = view! {
        <html lang="en">
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
                    <p class="mark"><strong>"Demo provider"</strong> " — these people are made up"</p>
                </header>
                <main>{content}</main>
                <footer><p>"Runs on this machine only. Nothing here is a real account."</p></footer>
            </body>
        </html>
    };
    format!("<!doctype html>{}", document.to_html())
}

/// A person, as they know themselves.
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

/// The fields a form carries on.
pub(super) fn hidden(hidden: &Hidden) -> impl IntoView + use<> {
    let Hidden { request, token } = hidden.clone();
    view! {
        <input type="hidden" name="request" value=request/>
        <input type="hidden" name="token" value=token/>
    }
}

/// A page as an answer. Its forms may lead to `target`, an origin, because browsers check every redirect
/// after a form against `form-action`.
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

/// Go on there, by GET (RFC 9700 4.12).
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
        Err(_) => bad_request("This cannot go on", "The address to go on to is not a valid one."),
    }
}

/// A page that says one thing.
pub(super) fn message(status: StatusCode, title: &str, text: &str, more: AnyView) -> Response {
    let content = view! {
        <h1>{title.to_owned()}</h1>
        <p class="lead">{text.to_owned()}</p>
        {more}
    };
    html(status, page(title, content.into_any()), "", None)
}

/// A problem only the person can be told.
pub(super) fn bad_request(title: &str, text: &str) -> Response {
    let hint = view! {
        <p class="aside">"You have not been signed in or out. Go back to the application and try again."</p>
    };
    message(StatusCode::BAD_REQUEST, title, text, hint.into_any())
}

/// A form that this browser was not shown, or not as it is now.
pub(super) fn stale_form() -> Response {
    bad_request("This page is out of date", "It was made for another sign-in or another browser.")
}

/// Something failed in here.
pub(super) fn fault(error: Error) -> Response {
    tracing::error!(%error, "the demo provider failed");
    let text = "The demo provider could not do its work. Its log says why.";
    message(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", text, ().into_any())
}

/// `GET /`
pub(super) async fn front(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let here = cookies::session(&shared, &headers).and_then(|session| people::by_sub(&session.sub));
    let text = match here {
        Some(person) => format!("{} is signed in here, in this browser.", person.name()),
        None => "An OpenID provider to try things with. Nobody is signed in, in this browser.".to_owned(),
    };
    let more = view! {
        <p class="aside"><a href=".well-known/openid-configuration">"Discovery document"</a></p>
        {here.map(|_| view! { <p class="aside"><a href="account">"Where you are signed in, and signing out"</a></p> })}
    };
    message(StatusCode::OK, "Harbour ID", &text, more.into_any())
}

/// Any other path.
pub(super) async fn nothing_here() -> Response {
    message(StatusCode::NOT_FOUND, "Nothing here", "This address leads nowhere.", ().into_any())
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
