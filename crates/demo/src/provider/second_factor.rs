//! The second factor: after the password, shows the page for a one-time code and checks the code.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use leptos::prelude::*;

use super::{
    cookies,
    forms::{Hidden, Purpose},
    interaction::{self, Dialog},
    language::Language,
    pages,
    params::Params,
    people::{self, Person},
    request::Request,
    shared::Shared,
    store::Session,
    strength::{CODE, Strength},
    texts,
};
use crate::{Error, crypto::same};

/// The page for a request; `refused` after a wrong code.
pub(super) fn show(
    shared: &Shared,
    headers: &HeaderMap,
    request: &Request,
    person: &'static Person,
    refused: bool,
) -> Result<Response, Error> {
    let dialog = Dialog { purpose: Purpose::Code, sub: person.sub, is_refused: refused };
    interaction::show(shared, headers, request, &dialog, |language, hidden| {
        page(language, &request.client.name, person, hidden, refused)
    })
}

fn page(language: Language, client: &str, person: &'static Person, hidden: &Hidden, refused: bool) -> String {
    let title = texts::CONFIRM_IT_IS_YOU;
    let described = if refused { "hint refusal" } else { "hint" };
    let invalid = refused.then_some("true");
    pages::page(
        language,
        title,
        view! {
            <h1>{title.get(language)}</h1>
            <p class="lead">{pages::with_client(language, texts::CODE_LEAD, client)}</p>
            {pages::who(person)}
            <form class="fields" method="post" action="code">
                {pages::hidden(hidden)}
                {refused.then(|| view! {
                    <p class="refusal" id="refusal" role="alert">{texts::WRONG_CODE.get(language)}</p>
                })}
                <div class="field">
                    <label for="code">{texts::CODE.get(language)}</label>
                    <input class="digits" id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code"
                        required aria-invalid=invalid aria-describedby=described autofocus=true/>
                </div>
                <p class="hint" id="hint">{pages::with_code(language, texts::CODE_HINT, "code", CODE)}</p>
                <div class="actions">
                    <button class="main" type="submit" name="action" value="confirm">
                        {texts::CONFIRM.get(language)}
                    </button>
                    <button class="quiet" type="submit" name="action" value="cancel" formnovalidate=true>
                        {texts::CANCEL.get(language)}
                    </button>
                </div>
                {pages::switch_account(language, person)}
            </form>
        }
        .into_any(),
    )
}

/// `POST /code`
pub(super) async fn post(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: String) -> Response {
    let form = Params::parse(&body);
    let language = Language::of_form(&form, &headers);
    let Some(session) = cookies::session(&shared, &headers) else {
        return pages::stale_form(language);
    };
    match interaction::resume(&shared, Purpose::Code, &headers, &session.sub, &form) {
        Ok(request) => check(&shared, &headers, &request, &session, &form)
            .await
            .unwrap_or_else(|error| pages::fault(language, &error)),
        Err(refusal) => *refusal,
    }
}

async fn check(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    request: &Request,
    session: &Session,
    form: &Params,
) -> Result<Response, Error> {
    match form.get("action") {
        Some("cancel") => return Ok(interaction::cancel(shared, request)),
        Some("switch") => return Ok(interaction::switch_account(shared, request)),
        _ => {}
    }
    let Some(person) = people::by_sub(&session.sub) else {
        return Ok(pages::stale_form(Language::of_form(form, headers)));
    };
    // The page was open for too long, so that the sign-in with the password is too old.
    if !interaction::good_enough(shared, request, session) {
        return Ok(interaction::restart(shared, &request.params.encode(), None));
    }
    let typed: String = form.get("code").unwrap_or_default().split_whitespace().collect();
    if !same(&typed, CODE) {
        tracing::info!(client = %request.client.id, "a one-time code was refused at the demo provider");
        return show(shared, headers, request, person, true);
    }
    let cookie = cookies::start_session(shared, headers, person.sub, Strength::SecondFactor).await?;
    Ok(interaction::restart(shared, &request.signed_in(), cookie))
}
