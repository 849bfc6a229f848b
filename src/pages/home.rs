//! Home for someone who is not signed in: what this is, shown as the two halves of a ticket, and one button.
//! A signed-in person never sees it.

use claimcheck_model::paths;
use claimcheck_server::{
    config::Board,
    rights,
    sign_in::end_session::{self, Reach},
};
use leptos::prelude::*;
use url::form_urlencoded;

use crate::{
    components::{Mark, Notice},
    handlers::{request, state::AppState},
    pages::{answer::see_other, frame::Frame},
};

/// Home: signed in, straight to the first board that the person may see.
#[component]
pub fn Home() -> impl IntoView {
    let state = request::state().ok();
    if let Ok(signed_in) = request::signed_in() {
        let first = state.and_then(|state| {
            let settings = &state.settings;
            let is_open =
                |board: &&Board| rights::missing_access(settings, &signed_in, &board.needs).is_none();
            Some(paths::board(&settings.boards.iter().find(is_open)?.id))
        });
        see_other(&first.unwrap_or_else(|| paths::ACCOUNT.to_owned()));
        return ().into_any();
    }
    let signed_out = state.and_then(|state| back_from_sign_out(&state));
    view! { <Frame title="Home"><HomeContent signed_out/></Frame> }.into_any()
}

/// How far the sign-out went whose `state` is in the query; anything else in it is ignored.
fn back_from_sign_out(services: &AppState) -> Option<Reach> {
    let query = request::request().ok()?.uri.query()?.to_owned();
    let (_, state) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state")?;
    end_session::just_signed_out(&state, services.sessions.keyring(), services.clock.now())
}

/// The home page.
#[component]
pub fn HomeContent(
    /// The person has just signed out, so far.
    signed_out: Option<Reach>,
) -> impl IntoView {
    view! {
        <section class="counter">
            {signed_out
                .map(|reach| match reach {
                    Reach::Provider => "You are signed out.",
                    Reach::Here => "You are signed out here. Your provider may still know you and sign you in without asking.",
                })
                .map(|words| view! { <Notice>{words}</Notice> })}
            <div class="hero">
                <div>
                    <h1>"Hand in your coat, get a claim check"</h1>
                    <p class="lead">
                        "A dashboard on your API. Sign in with your own provider: this server keeps the tokens, and "
                        "your browser carries one opaque cookie that says nothing to anyone else."
                    </p>
                    <a class="button primary" href=paths::SIGN_IN>
                        "Sign in"
                    </a>
                </div>
                <Ticket/>
            </div>
        </section>
        <div class="page">
            <h2 class="visually-hidden">"How it works"</h2>
            <ol class="steps">
                <Step print="1\u{2002}Hand in" title="Sign in where you always do">
                    "Your provider checks who you are. Claimcheck never sees your password."
                </Step>
                <Step print="2\u{2002}Hang up" title="The tokens stay behind the counter">
                    "They are sealed, renewed when due, and never sent to the browser."
                </Step>
                <Step print="3\u{2002}Claim" title="Show your check, see your data">
                    "Every board asks your API as you, and shows what you may see."
                </Step>
            </ol>
        </div>
    }
}

/// The ticket, torn in two: what the server keeps, what the browser carries.
#[component]
fn Ticket() -> impl IntoView {
    let held = ["Access token", "Refresh token", "ID token"]
        .map(|token| {
            view! {
                <li>
                    <span>{token}</span>
                    <span class="print">"Held"</span>
                </li>
            }
        })
        .into_iter()
        .collect::<Vec<_>>();
    view! {
        <div class="ticket torn">
            <div class="stub">
                <p class="print">"Kept by the server"</p>
                <ul class="ledger">{held}</ul>
            </div>
            <div class="check">
                <p class="print">"Carried by your browser"</p>
                <p class="serial" aria-hidden="true">
                    "0417"
                    <Mark/>
                </p>
                <p>"One cookie. It holds a number, not a token, and no script can read it."</p>
            </div>
        </div>
    }
}

#[component]
fn Step(print: &'static str, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <li>
            <p class="print">{print}</p>
            <h3>{title}</h3>
            <p>{children()}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use claimcheck_server::sign_in::end_session::Reach;
    use leptos::prelude::*;

    use super::{HomeContent, HomeContentProps};

    fn home(signed_out: Option<Reach>) -> String {
        Owner::new().with(|| HomeContent(HomeContentProps { signed_out }).to_html())
    }

    #[test]
    fn home_has_one_way_to_sign_in_and_no_notice() {
        let html = home(None);
        assert_eq!(html.matches("href=\"/auth/sign-in\"").count(), 1, "{html}");
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        assert!(!html.contains("signed out"), "{html}");
    }

    #[test]
    fn home_says_how_far_a_sign_out_went() {
        let (provider, here) = (home(Some(Reach::Provider)), home(Some(Reach::Here)));
        assert!(provider.contains("You are signed out.") && !provider.contains("provider may"), "{provider}");
        assert!(here.contains("You are signed out here."), "{here}");
    }
}
