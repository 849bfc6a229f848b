//! Shared code of the dialogs between an authorization request and its response: sign-in, one-time code and consent.
//! Each dialog is a form that carries the request along; when the form comes back, the request is checked again and
//! continues here.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    cookies,
    forms::{self, Hidden, Purpose},
    language::Language,
    pages,
    params::Params,
    request::{self, Answer, Refusal, Request},
    shared::Shared,
    store::{Code, Session},
    texts,
};
use crate::{
    Error,
    crypto::{random_text, sha256_text},
};

/// A dialog to show.
pub(super) struct Dialog<'a> {
    pub(super) purpose: Purpose,
    /// The `sub` of the user it is shown to; empty before the sign-in.
    pub(super) sub: &'a str,
    /// Whether the last attempt was refused.
    pub(super) is_refused: bool,
}

/// Shows a dialog for a request. `page` renders the page in a language around the form's hidden fields.
pub(super) fn show(
    shared: &Shared,
    headers: &HeaderMap,
    request: &Request,
    dialog: &Dialog<'_>,
    page: impl FnOnce(Language, &Hidden) -> String,
) -> Result<Response, Error> {
    let (browser, cookie) = cookies::form(shared, headers)?;
    let hidden = forms::hidden(shared, dialog.purpose, &browser, dialog.sub, request.params.encode());
    let status = if dialog.is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let language = Language::choose(request.params.get("ui_locales"), headers);
    Ok(pages::html(status, page(language, &hidden), &request.return_origin(), cookie))
}

/// The request that a submitted dialog belongs to.
///
/// # Errors
/// The response if this browser was never shown that form, or if the request is no longer valid.
pub(super) fn resume(
    shared: &Shared,
    purpose: Purpose,
    headers: &HeaderMap,
    sub: &str,
    form: &Params,
) -> Result<Request, Box<Response>> {
    let language = Language::of_form(form, headers);
    let carried = forms::submitted(shared, purpose, headers, sub, form);
    let carried = carried.ok_or_else(|| Box::new(pages::stale_form(language)))?;
    let request = request::check(shared, Params::parse(&carried));
    request.map_err(|refusal| Box::new(refuse(shared, language, refusal)))
}

/// The response to a refused request: sent to the client if that is safe, otherwise shown to the user.
pub(super) fn refuse(shared: &Shared, language: Language, refusal: Refusal) -> Response {
    match refusal {
        Refusal::Client(answer) => answer.redirect(shared),
        Refusal::Person(why) => pages::bad_request(language, texts::BAD_SIGN_IN, why),
    }
}

/// Whether a session is sufficient for this request, apart from the second factor. Otherwise the user has to sign in
/// (Core 3.1.2.1, 3.1.2.3).
pub(super) fn good_enough(shared: &Shared, request: &Request, session: &Session) -> bool {
    if request.prompts("login") || request.prompts("select_account") {
        return false;
    }
    if request.max_age.is_some_and(|max_age| shared.clock.now() - session.auth_time > max_age || max_age == 0)
    {
        return false;
    }
    match request.params.get("id_token_hint") {
        Some(hint) => {
            shared.keys.open("JWT", hint).is_some_and(|claims| claims["sub"] == session.sub.as_str())
        }
        None => true,
    }
}

/// Back to the authorization endpoint with these parameters, and with the cookie of a new session if there is one.
pub(super) fn restart(shared: &Shared, params: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = pages::see_other(&shared.url(&format!("/authorize?{params}")));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Back to the authorization endpoint, to sign in with another account.
pub(super) fn switch_account(shared: &Shared, request: &Request) -> Response {
    restart(shared, &request.params.clone().with("prompt", "select_account").encode(), None)
}

/// Reports to the client that the user has cancelled the sign-in.
pub(super) fn cancel(shared: &Shared, request: &Request) -> Response {
    Answer::error(request, "access_denied", "the user cancelled the sign-in").redirect(shared)
}

/// Issues a code for the client and redirects there.
pub(super) async fn answer(
    shared: &Arc<Shared>,
    request: &Request,
    session: Session,
    scopes: Vec<String>,
) -> Result<Response, Error> {
    let code = random_text::<32>()?;
    let kept = Code {
        client_id: request.client.id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        session,
        scopes,
        named: request.named.clone(),
        issued: shared.clock.now(),
        used_for: None,
    };
    let key = sha256_text(&code);
    shared.store.change(move |data| data.codes.insert(key, kept)).await?;
    Ok(Answer::code(request, code).redirect(shared))
}
