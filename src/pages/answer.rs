//! Status and redirect of the page that is being rendered. Works before the first byte, hence `SsrMode::Async`.

use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// The page's HTTP status.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
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
