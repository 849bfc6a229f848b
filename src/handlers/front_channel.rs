//! Logout by the provider, through the browser: a frame in its sign-out page that names one of its sessions (OpenID Connect
//! Front-Channel Logout 1.0, 2). It works without cookies, which browsers keep from frames of other sites.

use axum::{
    extract::{RawQuery, Request, State},
    http::{Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use claimcheck_oidc::logout_token::{is_sid, latest_iat, watermark_until};
use claimcheck_server::{
    guard::{ClientAddress, front_channel_csp},
    requester,
};
use claimcheck_session::Logout;
use claimcheck_text::{Language, t};
use tracing::Instrument;
use url::form_urlencoded;

use crate::handlers::{
    back_channel::{carry_out, record_failure},
    request::language_of,
    state::AppState,
};

/// The same whatever was ended, so that it does not reveal which sessions exist.
fn page(language: Language) -> String {
    let (title, text) = (t!(language, "sign-out-page-title"), t!(language, "front-channel-signed-out"));
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><p>{text}</p></body></html>",
        language.tag()
    )
}

/// `GET /auth/front-channel-logout`: ends the sessions that started with that session of the provider. Both `iss` and
/// `sid` are required, because cookies identify nobody here.
pub async fn log_out(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let language = language_of(request.extensions());
    let named =
        if request.method() == Method::GET { session(&state, &query.unwrap_or_default()) } else { None };
    let status = match named {
        Some(logout) => end(&state, ClientAddress::of(request.extensions()), logout).await,
        None => StatusCode::OK,
    };
    let csp = front_channel_csp(&state.relying_party.origins());
    (status, [(header::CONTENT_SECURITY_POLICY, csp)], Html(page(language))).into_response()
}

async fn end(state: &AppState, client: ClientAddress, logout: Logout) -> StatusCode {
    // Anyone can send this, and each named session is remembered for a while.
    if state.front_channel_logouts.count(client).is_err() {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    requester::note_via("front_channel");
    let work = carry_out(state.clone(), logout).in_current_span();
    match state.tasks.spawn(requester::carry(work)).await {
        Ok(Ok(_)) => StatusCode::OK,
        Ok(Err(error)) => {
            tracing::error!(%error, "a logout by the provider's page cannot be carried out");
            record_failure(state, "front_channel", "store");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The logout in a query, if it is complete and from our provider.
fn session(state: &AppState, query: &str) -> Option<Logout> {
    let (mut iss, mut sid) = (None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let slot = match &*name {
            "iss" => &mut iss,
            "sid" => &mut sid,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    let iss = iss.filter(|iss| state.settings.is_issuer(iss))?;
    let sid = sid.filter(|sid| is_sid(sid))?;
    // There is no token with a time. The provider's session has ended, so nothing from it may start after this.
    let issued_at = latest_iat(state.clock.now());
    Some(Logout {
        iss,
        sub: None,
        sid: Some(sid),
        issued_at,
        replay_key: None,
        until: watermark_until(issued_at),
    })
}
