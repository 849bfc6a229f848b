//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): validates, asks where it must, ends the session.

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
    logout, pages,
    params::Params,
    people,
    request::origin,
    shared::Shared,
    store::Session,
};
use crate::Error;

/// A checked request; travels sealed between the pages of one sign-out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Logout {
    /// Whom the hint names, and which session.
    sub: Option<String>,
    sid: Option<String>,
    client: Option<String>,
    /// Registered for the client, with `state` appended.
    return_to: Option<String>,
    /// Good until.
    until: i64,
}

const TITLE: &str = "This sign-out cannot go on";
const SEAL_SECS: i64 = 600;

/// `GET /end-session`
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    match check(&shared, &Params::parse(&query.unwrap_or_default())) {
        Ok(logout) => decide(&shared, &headers, &logout).await.unwrap_or_else(pages::fault),
        Err(why) => pages::bad_request(TITLE, why),
    }
}

/// `POST /end-session`: goes on by GET, because the session cookie does not come along with a foreign POST.
/// The address carries what was checked, not the ID token.
pub(super) async fn post(State(shared): State<Arc<Shared>>, body: String) -> Response {
    match check(&shared, &Params::parse(&body)) {
        Ok(logout) => {
            let query = Params::default().with("request", &seal(&shared, &logout)).encode();
            pages::see_other(&shared.url(&format!("/sign-out?{query}")))
        }
        Err(why) => pages::bad_request(TITLE, why),
    }
}

/// `GET /sign-out`: the second half of a POST.
pub(super) async fn ask(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let params = Params::parse(&query.unwrap_or_default());
    match params.get("request").and_then(|sealed| open(&shared, sealed)) {
        Some(logout) => decide(&shared, &headers, &logout).await.unwrap_or_else(pages::fault),
        None => pages::stale_form(),
    }
}

/// `POST /sign-out`: what the person said when asked.
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
        return pages::stale_form();
    };
    if form.get("action") == Some("sign-out") {
        return end(&shared, &headers, &logout).await.unwrap_or_else(pages::fault);
    }
    pages::message(StatusCode::OK, "You are still signed in", "Nothing has changed here.", ().into_any())
}

fn seal(shared: &Shared, logout: &Logout) -> String {
    forms::seal(shared, &serde_json::to_string(logout).unwrap_or_default())
}

fn open(shared: &Shared, sealed: &str) -> Option<Logout> {
    let logout: Logout = serde_json::from_str(&forms::unseal(shared, sealed)?).ok()?;
    (logout.until > shared.clock.now()).then_some(logout)
}

/// RP-Initiated Logout 2 and 4: the hint is one of ours (its age does not matter), the client is that of the hint,
/// the address is registered for it.
fn check(shared: &Shared, params: &Params) -> Result<Logout, &'static str> {
    if params.repeated() {
        return Err("The request says something twice.");
    }
    let mut logout = Logout { until: shared.clock.now() + SEAL_SECS, ..Logout::default() };
    if let Some(hint) = params.get("id_token_hint") {
        let claims = shared
            .keys
            .open("JWT", hint)
            .filter(|claims| claims["iss"] == shared.options.issuer.as_str())
            .ok_or("The request carries an ID token that this provider did not issue.")?;
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        (logout.sub, logout.sid, logout.client) = (text("sub"), text("sid"), text("aud"));
    }
    if let Some(id) = params.get("client_id") {
        if logout.client.as_deref().is_some_and(|client| client != id) {
            return Err("The request names another application than its ID token does.");
        }
        logout.client = Some(id.to_owned());
    }
    let client = match logout.client.as_deref() {
        Some(id) => {
            Some(shared.client(id).ok_or("The request names an application that is not known here.")?)
        }
        None => None,
    };
    if let Some(uri) = params.get("post_logout_redirect_uri") {
        let client = client.ok_or("The request does not say which application it comes from.")?;
        if !client.post_logout_redirect_uris.iter().any(|registered| registered == uri) {
            return Err(
                "The request asks to return to an address that is not registered for this application.",
            );
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

async fn decide(shared: &Arc<Shared>, headers: &HeaderMap, logout: &Logout) -> Result<Response, Error> {
    match cookies::session(shared, headers) {
        Some(session) if !names(logout, &session) => page(shared, headers, logout, &session),
        _ => end(shared, headers, logout).await,
    }
}

/// Whether the hint is about this very session.
fn names(logout: &Logout, session: &Session) -> bool {
    logout.sub.as_ref() == Some(&session.sub) && logout.sid.as_ref() == Some(&session.sid)
}

/// Ends the session here. Grants for `offline_access` go on (Back-Channel Logout 2.7); clients revoke their own.
async fn end(shared: &Arc<Shared>, headers: &HeaderMap, logout: &Logout) -> Result<Response, Error> {
    if let Some(key) = cookies::session_key(headers) {
        logout::end(shared, |kept, _| kept == key).await?;
    }
    let cookie = cookies::removal(shared);
    let mut response = match &logout.return_to {
        Some(uri) => pages::see_other(uri),
        None => {
            let text = "Nobody is signed in at Harbour ID in this browser now.";
            pages::message(StatusCode::OK, "You are signed out", text, ().into_any())
        }
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn page(shared: &Shared, headers: &HeaderMap, logout: &Logout, session: &Session) -> Result<Response, Error> {
    let (browser, cookie) = cookies::form(shared, headers)?;
    let hidden = forms::hidden(shared, Purpose::SignOut, &browser, &session.sub, seal(shared, logout));
    let target = logout.return_to.as_deref().map(origin).unwrap_or_default();
    let client = logout.client.as_deref().and_then(|id| shared.client(id)).map(|client| client.name.clone());
    let lead = match client {
        Some(client) => format!("{client} asks to end your session at Harbour ID."),
        None => "This ends your session at Harbour ID in this browser.".to_owned(),
    };
    let account = people::by_sub(&session.sub).map(pages::who);
    let content = view! {
        <h1>"Sign out?"</h1>
        <p class="lead">{lead}</p>
        {account}
        <form method="post" action="sign-out">
            {pages::hidden(&hidden)}
            <div class="actions">
                <button class="main" type="submit" name="action" value="sign-out">"Sign out"</button>
                <button class="quiet" type="submit" name="action" value="stay">"Stay signed in"</button>
            </div>
        </form>
    };
    Ok(pages::html(StatusCode::OK, pages::page("Sign out", content.into_any()), &target, cookie))
}
