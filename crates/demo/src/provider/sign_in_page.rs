//! The look of the sign-in page: the people to pick from, and a form for a name and a password.
//! Each person is a form of its own, so that picking one works without scripts.

use leptos::prelude::*;

use super::{
    forms::Hidden,
    pages,
    people::{self, PASSWORD, Person},
};

/// What the page shows.
pub(super) struct Shown<'a> {
    /// Where the person is going.
    pub(super) client: &'a str,
    pub(super) hidden: &'a Hidden,
    /// The content of the user name field.
    pub(super) login: &'a str,
    /// The person who is signed in here already, if that was not enough.
    pub(super) here: Option<&'static Person>,
    /// An account is to be chosen.
    pub(super) choose: bool,
    /// The last attempt failed.
    pub(super) refused: bool,
}

/// The page as HTML.
pub(super) fn page(shown: Shown<'_>) -> String {
    let (title, lead) = match shown.here {
        Some(_) if shown.choose => ("Choose an account", "to continue to "),
        Some(_) => ("Confirm that it is you", "by signing in again for "),
        None => ("Sign in", "to continue to "),
    };
    let cards = people::everyone().iter().map(|person| card(person, &shown)).collect_view();
    let client = shown.client.to_owned();
    pages::page(
        title,
        view! {
            <h1>{title}</h1>
            <p class="lead">{lead} <strong>{client}</strong></p>
            <section aria-labelledby="people">
                <h2 id="people">"Pick a person"</h2>
                <ul class="people">{cards}</ul>
            </section>
            <p class="or" aria-hidden="true"><span>"or"</span></p>
            {password_form(&shown)}
        }
        .into_any(),
    )
}

fn card(person: &'static Person, shown: &Shown<'_>) -> impl IntoView + use<> {
    let here = shown.here.is_some_and(|here| here.sub == person.sub);
    let picked = !shown.refused && shown.login == person.username;
    let reach = match person.api_scopes {
        [] => "No orders, no reports",
        scopes if scopes.contains(&"payouts:write") => "Orders, reports and payouts",
        _ => "Orders and deliveries",
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
                        <span class="sr">"Continue as "</span>
                        <span class="name">{person.name()}</span>
                        <span class="role">{person.title}</span>
                        <span class="reach">{reach}</span>
                        {here.then(|| view! { <span class="here">"Signed in"</span> })}
                    </span>
                </button>
            </form>
        </li>
    }
}

fn password_form(shown: &Shown<'_>) -> impl IntoView + use<> {
    let refused = shown.refused;
    let described = if refused { "hint refusal" } else { "hint" };
    let invalid = refused.then_some("true");
    view! {
        <section aria-labelledby="by-hand">
            <h2 id="by-hand">"Sign in by hand"</h2>
            <form class="fields" method="post" action="sign-in">
                {pages::hidden(shown.hidden)}
                {refused.then(|| view! {
                    <p class="refusal" id="refusal" role="alert">
                        "That username and password do not go together. Try again, or pick a person above."
                    </p>
                })}
                <div class="field">
                    <label for="username">"Username"</label>
                    <input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
                        spellcheck="false" required aria-invalid=invalid value=shown.login.to_owned()/>
                </div>
                <div class="field">
                    <label for="password">"Password"</label>
                    <input id="password" name="password" type="password" autocomplete="current-password" required
                        aria-invalid=invalid aria-describedby=described autofocus=refused/>
                </div>
                <p class="hint" id="hint">"Everyone’s password here is " <code>{PASSWORD}</code></p>
                <div class="actions">
                    <button class="main" type="submit" name="action" value="sign-in">"Sign in"</button>
                    <button class="quiet" type="submit" name="action" value="cancel" formnovalidate=true>"Cancel"</button>
                </div>
            </form>
        </section>
    }
}
