//! `GET /auth/zone`: between the first sign-in in a browser and the page that it is for, reads the browser's time zone, so that
//! the times of that page do not change with the next one.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use claimcheck_base::random;
use claimcheck_model::{AppError, paths};
use claimcheck_server::{
    guard::zone_csp,
    locale::{ZoneCookie, is_zone_asked},
    sign_in::return_to::return_target,
};
use url::form_urlencoded;

use crate::{
    documents,
    handlers::{
        request::{claims_of, look_of, reader_of, refuse},
        state::AppState,
    },
};

/// Where a completed sign-in leads: to the page that it is for, or there by way of the time zone if this browser was never asked.
pub fn by_way_of_zone(state: &AppState, headers: &HeaderMap, location: String) -> String {
    let is_page = return_target(&location) == location;
    if !is_page || is_zone_asked(headers, state.settings.is_https()) {
        return location;
    }
    paths::with_query(&paths::ZONE.href(), &[(paths::RETURN_TO, &location)])
}

/// Shows the page, or goes on if the zone is known or was asked for before.
pub async fn ask(State(state): State<AppState>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let mut targets = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == paths::RETURN_TO);
    let target = return_target(targets.next().map(|(_, target)| target).as_deref().unwrap_or_default());
    let (headers, is_https) = (request.headers(), state.settings.is_https());
    let reader = reader_of(&state, claims_of(request.extensions()), headers);
    if reader.knows_zone() || is_zone_asked(headers, is_https) {
        return Redirect::to(&target).into_response();
    }
    let Ok(nonce) = random::text::<16>() else { return refuse(&(&request).into(), AppError::Internal) };
    let cookie = ZoneCookie::new(is_https);
    let csp = zone_csp(&nonce);
    let asked = cookie.unknown();
    let page = documents::zone_page(look_of(request.extensions()), target, cookie.parts(), nonce);
    let mut response = (StatusCode::OK, [(header::CONTENT_SECURITY_POLICY, csp)], page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Without scripts, the zone stays unknown, and this page is not shown again.
    if let Ok(asked) = HeaderValue::try_from(asked) {
        headers.append(header::SET_COOKIE, asked);
    }
    response
}
