//! The person's own page here: where they are signed in, in which applications, and the way out of all of it.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use leptos::prelude::*;

use super::{
    cookies,
    forms::{self, Purpose},
    logout, pages,
    params::Params,
    people,
    shared::Shared,
    store::Session,
};
use crate::Error;

/// One of the person's sessions.
struct Place {
    is_here: bool,
    /// Names of the applications, in words.
    applications: String,
}

/// `GET /account`
pub(super) async fn get(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let session = cookies::session(&shared, &headers);
    match session.and_then(|session| Some((people::by_sub(&session.sub)?, session))) {
        Some((person, session)) => show(&shared, &headers, person, &session).unwrap_or_else(pages::fault),
        None => {
            let text = "Nobody is signed in at Harbour ID in this browser. Sign in where you want to go.";
            pages::message(StatusCode::OK, "Your Harbour ID", text, ().into_any())
        }
    }
}

fn show(
    shared: &Shared,
    headers: &HeaderMap,
    person: &'static people::Person,
    session: &Session,
) -> Result<Response, Error> {
    let (browser, cookie) = cookies::form(shared, headers)?;
    let hidden = forms::hidden(shared, Purpose::Account, &browser, &session.sub, String::new());
    let line = |place: Place| {
        let title = if place.is_here { "This browser" } else { "Another browser" };
        view! { <li><span class="what">{title}</span> <span class="detail">{place.applications}</span></li> }
    };
    let lines = places(shared, headers, &session.sub).into_iter().map(line).collect_view();
    let content = view! {
        <h1>"Your Harbour ID"</h1>
        {pages::who(person)}
        <h2 id="places">"Where you are signed in"</h2>
        <ul class="scopes" aria-labelledby="places">{lines}</ul>
        <form method="post" action="account">
            {pages::hidden(&hidden)}
            <div class="actions">
                <button class="main" type="submit" name="action" value="everywhere">"Sign out everywhere"</button>
                <button class="quiet" type="submit" name="action" value="here">"Sign out in this browser"</button>
            </div>
            <p class="aside">"Applications that were opened from there are told, and sign you out as well."</p>
        </form>
    };
    Ok(pages::html(StatusCode::OK, pages::page("Your Harbour ID", content.into_any()), "", cookie))
}

/// This browser first.
fn places(shared: &Shared, headers: &HeaderMap, sub: &str) -> Vec<Place> {
    let (here, now) = (cookies::session_key(headers), shared.clock.now());
    let mut places: Vec<_> = shared.store.read(|data| {
        let theirs = data.sessions.iter().filter(|(_, session)| session.sub == sub && session.expires > now);
        let place = |(key, session): (&String, &Session)| {
            let clients = data.visits.get(&session.sid).into_iter().flatten();
            let names: Vec<_> =
                clients.filter_map(|id| shared.client(id)).map(|client| client.name.clone()).collect();
            let applications =
                if names.is_empty() { "No application yet".to_owned() } else { names.join(", ") };
            Place { is_here: here.as_ref() == Some(key), applications }
        };
        theirs.map(place).collect()
    });
    places.sort_by_key(|place| !place.is_here);
    places
}

/// `POST /account`: signs out, in this browser or everywhere.
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form = Params::parse(&body);
    let Some(session) = cookies::session(&shared, &headers) else {
        return pages::stale_form();
    };
    if forms::submitted(&shared, Purpose::Account, &headers, &session.sub, &form).is_none() {
        return pages::stale_form();
    }
    let (here, sub) = (cookies::session_key(&headers), session.sub);
    let ended = match form.get("action") {
        Some("everywhere") => logout::end(&shared, |_, session| session.sub == sub).await,
        Some("here") => logout::end(&shared, |key, _| Some(key) == here.as_deref()).await,
        _ => return pages::stale_form(),
    };
    if let Err(error) = ended {
        return pages::fault(error);
    }
    let text = "Your applications are being told. Nobody is signed in at Harbour ID in this browser now.";
    let mut response = pages::message(StatusCode::OK, "You are signed out", text, ().into_any());
    if let Some(cookie) = cookies::removal(&shared) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
