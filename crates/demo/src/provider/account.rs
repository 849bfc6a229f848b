//! The user's account page at the provider: their sessions, the applications, and signing out of all of them.

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
    language::Language,
    logout, pages,
    params::Params,
    people,
    shared::Shared,
    store::Session,
    texts,
};
use crate::Error;

/// One of the user's sessions.
struct Place {
    is_here: bool,
    /// The names of the applications.
    applications: Vec<String>,
}

/// `GET /account`
pub(super) async fn get(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let language = Language::choose(None, &headers);
    let session = cookies::session(&shared, &headers);
    match session.and_then(|session| Some((people::by_sub(&session.sub)?, session))) {
        Some((person, session)) => show(language, &shared, &headers, person, &session)
            .unwrap_or_else(|error| pages::fault(language, &error)),
        None => {
            let lead = texts::ACCOUNT_NOT_SIGNED_IN.get(language);
            pages::message(language, StatusCode::OK, texts::ACCOUNT, lead, ().into_any())
        }
    }
}

fn show(
    language: Language,
    shared: &Shared,
    headers: &HeaderMap,
    person: &'static people::Person,
    session: &Session,
) -> Result<Response, Error> {
    let (browser, cookie) = cookies::form(shared, headers)?;
    let hidden = forms::hidden(shared, Purpose::Account, &browser, &session.sub, String::new());
    let line = |place: Place| {
        let title = if place.is_here { texts::THIS_BROWSER } else { texts::OTHER_BROWSER };
        let applications = place.applications.join(", ");
        let applications = match applications.as_str() {
            "" => texts::NO_APPLICATIONS.get(language).to_owned(),
            _ => applications,
        };
        let title = title.get(language);
        view! { <li><span class="what">{title}</span> <span class="detail">{applications}</span></li> }
    };
    let lines = places(shared, headers, &session.sub).into_iter().map(line).collect_view();
    let content = view! {
        <h1>{texts::ACCOUNT.get(language)}</h1>
        {pages::who(person)}
        <h2 id="places">{texts::SESSIONS.get(language)}</h2>
        <ul class="scopes" aria-labelledby="places">{lines}</ul>
        <form method="post" action="account">
            {pages::hidden(&hidden)}
            <div class="actions">
                <button class="main" type="submit" name="action" value="everywhere">
                    {texts::SIGN_OUT_EVERYWHERE.get(language)}
                </button>
                <button class="quiet" type="submit" name="action" value="here">
                    {texts::SIGN_OUT_IN_BROWSER.get(language)}
                </button>
            </div>
            <p class="aside">{texts::SIGN_OUT_HINT.get(language)}</p>
        </form>
    };
    let page = pages::page(language, texts::ACCOUNT, content.into_any());
    Ok(pages::html(StatusCode::OK, page, "", cookie))
}

/// This browser's session first.
fn places(shared: &Shared, headers: &HeaderMap, sub: &str) -> Vec<Place> {
    let (here, now) = (cookies::session_key(headers), shared.clock.now());
    let mut places: Vec<_> = shared.store.read(|data| {
        let theirs = data.sessions.iter().filter(|(_, session)| session.sub == sub && session.expires > now);
        let place = |(key, session): (&String, &Session)| {
            let clients = data.visits.get(&session.sid).into_iter().flatten();
            let applications = clients.filter_map(|id| shared.client(id)).map(|client| client.name.clone());
            Place { is_here: here.as_ref() == Some(key), applications: applications.collect() }
        };
        theirs.map(place).collect()
    });
    places.sort_by_key(|place| !place.is_here);
    places
}

/// `POST /account`: signs out, in this browser or everywhere.
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form = Params::parse(&body);
    let language = Language::choose(None, &headers);
    let Some(session) = cookies::session(&shared, &headers) else {
        return pages::stale_form(language);
    };
    if forms::submitted(&shared, Purpose::Account, &headers, &session.sub, &form).is_none() {
        return pages::stale_form(language);
    }
    let (here, sub) = (cookies::session_key(&headers), session.sub);
    let ended = match form.get("action") {
        Some("everywhere") => logout::end(&shared, |_, session| session.sub == sub).await,
        Some("here") => logout::end(&shared, |key, _| Some(key) == here.as_deref()).await,
        _ => return pages::stale_form(language),
    };
    if let Err(error) = ended {
        return pages::fault(language, &error);
    }
    let lead = texts::SIGNED_OUT_EVERYWHERE_LEAD.get(language);
    let mut response = pages::message(language, StatusCode::OK, texts::SIGNED_OUT, lead, ().into_any());
    if let Some(cookie) = cookies::removal(&shared) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
