//! Home for someone who is not signed in: what this is, shown as the two halves of a ticket, and one button.
//! A signed-in person never sees it.

use leptos::prelude::*;

use crate::components::{Mark, Notice};
use crate::paths;

/// The home page.
#[component]
pub fn HomeContent(
    /// The person has just signed out.
    #[prop(optional)]
    signed_out: bool,
) -> impl IntoView {
    view! {
        <section class="counter">
            {signed_out.then(|| view! { <Notice>"You are signed out."</Notice> })}
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
