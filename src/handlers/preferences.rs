//! `POST /preferences`: stores the chosen language, colour scheme, height of rows, width of the navigation or use of
//! shortcuts, and redirects back to the page.

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, paths};
use claimcheck_server::{guard::ResponseFormat, preferences::Preference, sign_in::return_to::return_target};
use url::{Position, Url, form_urlencoded};

use crate::handlers::{request::refuse, state::AppState};

/// The form has two fields; the longest is one of our URLs.
const FORM_MAX_BYTES: usize = 16 * 1024;

/// Handles the form of `components::Preferences`. Unknown fields are ignored.
pub async fn choose(State(state): State<AppState>, request: Request) -> Response {
    let format = ResponseFormat::from(&request);
    let target = page_before(&state, request.headers());
    let Ok(form) = to_bytes(request.into_body(), FORM_MAX_BYTES).await else {
        return refuse(&format, AppError::Invalid);
    };
    let chosen =
        form_urlencoded::parse(&form).filter_map(|(name, value)| Preference::of_field(&name, &value));
    let cookies: Vec<_> =
        chosen.filter_map(|preference| preference.cookie(state.settings.is_https())).collect();
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The page on which the form was submitted, if the browser names one of ours; else home. The callback page sends no referrer.
fn page_before(state: &AppState, headers: &HeaderMap) -> String {
    let referrer = headers.get(header::REFERER).and_then(|referrer| referrer.to_str().ok());
    let page = referrer.and_then(|referrer| Url::parse(referrer).ok());
    let page = page.filter(|page| page.origin() == state.settings.public_url.origin());
    page.map_or_else(
        || paths::HOME.href(),
        |page| return_target(&page[Position::BeforePath..Position::AfterQuery]),
    )
}
