//! Status and redirect of the page that is being rendered, and where it leads from a failure. Status and redirect work
//! before the first byte, hence `SsrMode::Async`.

use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{
    error::AppError,
    paths,
    server::{self, oidc::demand, rights},
};

/// The page's HTTP status.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// The page shows a failure. Returns the reference to show with it.
pub fn fail(error: &AppError) -> Option<String> {
    lead(error);
    server::noted(error)
}

/// What a failure makes of the page: its status, or the way through the sign-in where that helps.
pub fn lead(error: &AppError) {
    match error {
        AppError::SignedOut => sign_in_again(),
        error => set_status(server::status(error)),
    }
}

/// Whether and where the provider can be asked for what this failure lacks, to come back to `return_to`; and whether it was
/// asked in vain already.
pub fn asking(error: &AppError, return_to: &str) -> (Option<String>, bool) {
    let (Ok(context), Ok(signed_in)) = (server::context(), server::signed_in()) else { return (None, false) };
    let was_refused = rights::was_refused(&signed_in, error);
    (demand::href(&context, &signed_in, error, return_to), was_refused)
}

/// The session ended while its page was being made: through the sign-in, and back to this page.
fn sign_in_again() {
    let here = server::request().ok().and_then(|request| Some(request.uri.path_and_query()?.to_string()));
    see_other(&paths::sign_in(here.as_deref().unwrap_or(paths::HOME)));
}

/// Instead of a page: go there with `GET` (RFC 9110 15.4.4). A location that is no header value is not sent.
pub fn see_other(location: &str) {
    let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(location))
    else {
        return;
    };
    response.insert_header(header::LOCATION, location);
    response.set_status(StatusCode::SEE_OTHER);
}
