//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): validates, asks if necessary, ends the session.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::{
    cookies,
    forms::{self, Purpose},
    language::{Language, Text},
    logout, pages,
    params::Params,
    people,
    request::origin,
    shared::Shared,
    store::Session,
    texts,
};
use crate::Error;

/// A validated request, sealed between the pages of one sign-out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Logout {
    /// The subject and the session in the hint.
    sub: Option<String>,
    sid: Option<String>,
    client: Option<String>,
    /// Registered for the client, with `state` appended.
    return_to: Option<String>,
    /// As in the request, so that all pages have the same language.
    ui_locales: Option<String>,
    /// Expires at.
    until: i64,
}

const SEAL_SECS: i64 = 600;

/// `GET /end-session`
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(&query.unwrap_or_default());
    match check(&shared, &params) {
        Ok(logout) => decide_or_fault(&shared, &headers, &logout).await,
        Err(why) => refuse(&params, &headers, why),
    }
}

/// `POST /end-session`: redirects to GET, because a cross-site POST carries no session cookie. The URL contains the
/// validated request, not the ID token.
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let params = Params::parse(&body);
    match check(&shared, &params) {
        Ok(logout) => {
            let query = Params::default().with("request", &seal(&shared, &logout)).encode();
            pages::see_other(&shared.url(&format!("/sign-out?{query}")))
        }
        Err(why) => refuse(&params, &headers, why),
    }
}

fn refuse(params: &Params, headers: &HeaderMap, why: Text) -> Response {
    pages::bad_request(Language::choose(params.get("ui_locales"), headers), texts::BAD_SIGN_OUT, why)
}

/// `GET /sign-out`: the second half of a POST.
pub(super) async fn ask(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(&query.unwrap_or_default());
    match params.get("request").and_then(|sealed| open(&shared, sealed)) {
        Some(logout) => decide_or_fault(&shared, &headers, &logout).await,
        None => pages::stale_form(Language::choose(None, &headers)),
    }
}

/// `POST /sign-out`: the user's answer.
pub(super) async fn confirmed(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form = Params::parse(&body);
    let sub = cookies::session(&shared, &headers).map(|session| session.sub).unwrap_or_default();
    let logout = forms::submitted(&shared, Purpose::SignOut, &headers, &sub, &form)
        .and_then(|request| open(&shared, &request));
    let Some(logout) = logout else {
        return pages::stale_form(Language::choose(None, &headers));
    };
    let language = logout.language(&headers);
    if form.get("action") == Some("sign-out") {
        let ended = end(&shared, &headers, &logout).await;
        return ended.unwrap_or_else(|error| pages::fault(language, &error));
    }
    let lead = texts::STILL_SIGNED_IN_LEAD.get(language);
    pages::message(language, StatusCode::OK, texts::STILL_SIGNED_IN, lead, ().into_any())
}

impl Logout {
    fn language(&self, headers: &HeaderMap) -> Language {
        Language::choose(self.ui_locales.as_deref(), headers)
    }
}

fn seal(shared: &Shared, logout: &Logout) -> String {
    forms::seal(shared, &serde_json::to_string(logout).unwrap_or_default())
}

fn open(shared: &Shared, sealed: &str) -> Option<Logout> {
    let logout: Logout = serde_json::from_str(&forms::unseal(shared, sealed)?).ok()?;
    (logout.until > shared.clock.now()).then_some(logout)
}

/// RP-Initiated Logout 2 and 4: the hint is one of our ID tokens (its age does not matter), the client is that of the
/// hint, and the URL is registered for it.
fn check(shared: &Shared, params: &Params) -> Result<Logout, Text> {
    if params.repeated() {
        return Err(texts::REPEATED);
    }
    let mut logout = Logout {
        until: shared.clock.now() + SEAL_SECS,
        ui_locales: params.get("ui_locales").map(str::to_owned),
        ..Logout::default()
    };
    if let Some(hint) = params.get("id_token_hint") {
        let claims = shared
            .keys
            .open("JWT", hint)
            .filter(|claims| claims["iss"] == shared.options.issuer.as_str())
            .ok_or(texts::FOREIGN_ID_TOKEN)?;
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        (logout.sub, logout.sid, logout.client) = (text("sub"), text("sid"), text("aud"));
    }
    if let Some(id) = params.get("client_id") {
        if logout.client.as_deref().is_some_and(|client| client != id) {
            return Err(texts::OTHER_CLIENT);
        }
        logout.client = Some(id.to_owned());
    }
    let client = match logout.client.as_deref() {
        Some(id) => Some(shared.client(id).ok_or(texts::UNKNOWN_CLIENT)?),
        None => None,
    };
    if let Some(uri) = params.get("post_logout_redirect_uri") {
        let client = client.ok_or(texts::NO_CLIENT)?;
        if !client.post_logout_redirect_uris.iter().any(|registered| registered == uri) {
            return Err(texts::UNKNOWN_RETURN_ADDRESS);
        }
        let state = params.get("state").map(|state| {
            let seam = if uri.contains('?') { '&' } else { '?' };
            format!(
                "{seam}{}",
                form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish()
            )
        });
        logout.return_to = Some(format!("{uri}{}", state.unwrap_or_default()));
    }
    Ok(logout)
}

async fn decide_or_fault(shared: &Arc<Shared>, headers: &HeaderMap, logout: &Logout) -> Response {
    let decided = decide(shared, headers, logout).await;
    decided.unwrap_or_else(|error| pages::fault(logout.language(headers), &error))
}

async fn decide(shared: &Arc<Shared>, headers: &HeaderMap, logout: &Logout) -> Result<Response, Error> {
    match cookies::session(shared, headers) {
        Some(session) if !names(logout, &session) => page(shared, headers, logout, &session),
        _ => end(shared, headers, logout).await,
    }
}

/// Whether the hint is about this session.
fn names(logout: &Logout, session: &Session) -> bool {
    logout.sub.as_ref() == Some(&session.sub) && logout.sid.as_ref() == Some(&session.sid)
}

/// Ends the session here. Grants for `offline_access` stay valid (Back-Channel Logout 2.7); clients revoke their own.
async fn end(shared: &Arc<Shared>, headers: &HeaderMap, logout: &Logout) -> Result<Response, Error> {
    if let Some(key) = cookies::session_key(headers) {
        logout::end(shared, |kept, _| kept == key).await?;
    }
    let cookie = cookies::removal(shared);
    let mut response = match &logout.return_to {
        Some(uri) => pages::see_other(uri),
        None => {
            let language = logout.language(headers);
            let lead = texts::SIGNED_OUT_LEAD.get(language);
            pages::message(language, StatusCode::OK, texts::SIGNED_OUT, lead, ().into_any())
        }
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn page(shared: &Shared, headers: &HeaderMap, logout: &Logout, session: &Session) -> Result<Response, Error> {
    let language = logout.language(headers);
    let (browser, cookie) = cookies::form(shared, headers)?;
    let hidden = forms::hidden(shared, Purpose::SignOut, &browser, &session.sub, seal(shared, logout));
    let target = logout.return_to.as_deref().map(origin).unwrap_or_default();
    let client = logout.client.as_deref().and_then(|id| shared.client(id)).map(|client| client.name.clone());
    let lead = match client {
        Some(client) => texts::SIGN_OUT_BY_CLIENT.with(language, "client", &client),
        None => texts::SIGN_OUT_HERE.get(language).to_owned(),
    };
    let account = people::by_sub(&session.sub).map(pages::who);
    let content = view! {
        <h1>{texts::SIGN_OUT_QUESTION.get(language)}</h1>
        <p class="lead">{lead}</p>
        {account}
        <form method="post" action="sign-out">
            {pages::hidden(&hidden)}
            <div class="actions">
                <button class="main" type="submit" name="action" value="sign-out">
                    {texts::SIGN_OUT.get(language)}
                </button>
                <button class="quiet" type="submit" name="action" value="stay">{texts::STAY.get(language)}</button>
            </div>
        </form>
    };
    let page = pages::page(language, texts::SIGN_OUT, content.into_any());
    Ok(pages::html(StatusCode::OK, page, &target, cookie))
}
