//! Pages in a frame of another page, such as that of an intranet: browsers refuse to show them (CS-10), and an empty frame
//! says nothing. So a small page is shown there instead, with a link that opens the page in a tab.

use axum::{
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use claimcheck_model::{base_path, paths};
use claimcheck_server::{
    guard::{framed_csp, is_framed, is_server_fn},
    sign_in::{link::SignInLink, return_to::return_target},
};

use crate::{
    documents,
    handlers::{request::look_of, state::AppState},
};

/// Lets pages embed that document which require of all they embed that it agrees (HTML, 7.1.4).
const AGREES: [(&str, &str); 2] =
    [("cross-origin-resource-policy", "cross-origin"), ("cross-origin-embedder-policy", "require-corp")];

/// Answers reads of pages for a frame, without the session and before anything else is read or changed. Browsers that do not
/// say where a page is shown get the page itself, and keep the frame empty.
pub async fn answer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    if !(is_read && is_framed(request.headers())) || is_server_fn(request.uri().path()) {
        return next.run(request).await;
    }
    tracing::info!(reason = "framed", "a link is shown in a frame instead of the page");
    let page = documents::framed_page(look_of(request.extensions()), target(&state, &request));
    (AGREES, [(header::CONTENT_SECURITY_POLICY, framed_csp())], page).into_response()
}

/// The page that was asked for; for a sign-in, the page that it is for. A callback, whose address has a code, becomes the home
/// page.
fn target(state: &AppState, request: &Request) -> String {
    let uri = request.uri();
    if paths::SIGN_IN.is(uri.path()) {
        let link = SignInLink::parse(uri.query().unwrap_or_default(), &state.settings);
        return link.map_or_else(|_| paths::HOME.href(), |link| link.target(&state.settings));
    }
    return_target(&base_path::address(uri.path_and_query().map_or("/", |asked| asked.as_str())))
}
