//! The sign-in page: a list of users to choose from, and a form for name and password. Each user is a separate form, so
//! that choosing one works without scripts.

use leptos::prelude::*;

use super::{
    forms::Hidden,
    language::Language,
    pages,
    people::{self, PASSWORD, Person},
    texts,
};

/// The content of the page.
pub(super) struct Shown<'a> {
    pub(super) language: Language,
    /// The name of the client.
    pub(super) client: &'a str,
    pub(super) hidden: &'a Hidden,
    /// The content of the user name field.
    pub(super) login: &'a str,
    /// The user who is already signed in here, if that was not sufficient.
    pub(super) here: Option<&'static Person>,
    /// The user is asked to choose an account.
    pub(super) choose: bool,
    /// The last attempt failed.
    pub(super) refused: bool,
}

/// The page as HTML.
pub(super) fn page(shown: Shown<'_>) -> String {
    let language = shown.language;
    let (title, lead) = match shown.here {
        Some(_) if shown.choose => (texts::CHOOSE_ACCOUNT, texts::CHOOSE_ACCOUNT_LEAD),
        Some(_) => (texts::CONFIRM_IT_IS_YOU, texts::SIGN_IN_AGAIN_LEAD),
        None => (texts::SIGN_IN, texts::SIGN_IN_LEAD),
    };
    let cards = people::everyone().iter().map(|person| card(person, &shown)).collect_view();
    pages::page(
        language,
        title,
        view! {
            <h1>{title.get(language)}</h1>
            <p class="lead">{pages::with_client(language, lead, shown.client)}</p>
            <section aria-labelledby="people">
                <h2 id="people">{texts::CHOOSE_PERSON.get(language)}</h2>
                <ul class="people">{cards}</ul>
            </section>
            <p class="or" aria-hidden="true"><span>{texts::OR.get(language)}</span></p>
            {password_form(&shown)}
        }
        .into_any(),
    )
}

fn card(person: &'static Person, shown: &Shown<'_>) -> impl IntoView + use<> {
    let language = shown.language;
    let here = shown.here.is_some_and(|here| here.sub == person.sub);
    let picked = !shown.refused && shown.login == person.username;
    let reach = match person.api_scopes {
        [] => texts::REACH_NONE,
        scopes if scopes.contains(&"payouts:write") => texts::REACH_PAYOUTS,
        _ => texts::REACH_ORDERS,
    };
    view! {
        <li>
            <form method="post" action="sign-in">
                {pages::hidden(shown.hidden)}
                <input type="hidden" name="username" value=person.username/>
                <input type="hidden" name="password" value=PASSWORD/>
                <button class="person" class:picked=picked type="submit">
                    <span class=format!("avatar {}", person.username) aria-hidden="true">{person.initials()}</span>
                    <span class="who">
                        <span class="sr">{texts::CONTINUE_AS.get(language)}</span>
                        <span class="name">{person.name()}</span>
                        <span class="role">{person.title.get(language)}</span>
                        <span class="reach">{reach.get(language)}</span>
                        {here.then(|| view! { <span class="here">{texts::SIGNED_IN.get(language)}</span> })}
                    </span>
                </button>
            </form>
        </li>
    }
}

fn password_form(shown: &Shown<'_>) -> impl IntoView + use<> {
    let (language, refused) = (shown.language, shown.refused);
    let described = if refused { "hint refusal" } else { "hint" };
    let invalid = refused.then_some("true");
    view! {
        <section aria-labelledby="by-hand">
            <h2 id="by-hand">{texts::BY_PASSWORD.get(language)}</h2>
            <form class="fields" method="post" action="sign-in">
                {pages::hidden(shown.hidden)}
                {refused.then(|| view! {
                    <p class="refusal" id="refusal" role="alert">{texts::WRONG_PASSWORD.get(language)}</p>
                })}
                <div class="field">
                    <label for="username">{texts::USERNAME.get(language)}</label>
                    <input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
                        spellcheck="false" required aria-invalid=invalid value=shown.login.to_owned()/>
                </div>
                <div class="field">
                    <label for="password">{texts::PASSWORD.get(language)}</label>
                    <input id="password" name="password" type="password" autocomplete="current-password" required
                        aria-invalid=invalid aria-describedby=described autofocus=refused/>
                </div>
                <p class="hint" id="hint">
                    {pages::with_code(language, texts::PASSWORD_HINT, "password", PASSWORD)}
                </p>
                <div class="actions">
                    <button class="main" type="submit" name="action" value="sign-in">
                        {texts::SIGN_IN.get(language)}
                    </button>
                    <button class="quiet" type="submit" name="action" value="cancel" formnovalidate=true>
                        {texts::CANCEL.get(language)}
                    </button>
                </div>
            </form>
        </section>
    }
}
