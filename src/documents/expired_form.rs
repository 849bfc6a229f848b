//! The form of an action that was sent after its session had ended: it was not submitted, and everything typed is on the page.

use claimcheck_model::{functions, paths};
use leptos::prelude::*;

/// What was filled in, a way to sign in beside it, and a button that sends it then.
#[component]
pub fn ExpiredFormContent(
    /// All that was sent.
    pairs: Vec<(String, String)>,
    /// Where the form was opened.
    board: String,
) -> impl IntoView {
    let facts = pairs.iter().filter_map(|(name, value)| {
        let key = name.strip_prefix(paths::FIELD).filter(|_| !value.is_empty())?.to_owned();
        let value = value.clone();
        Some(view! {
            <div>
                <dt>{key}</dt>
                <dd>{value}</dd>
            </div>
        })
    });
    let facts = facts.collect::<Vec<_>>();
    let carried = pairs
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <p class="print">"Not sent"</p>
                    <h1>"Your session has ended"</h1>
                    <p>"It was not sent on just now, and nothing that you filled in is lost: it is on this page."</p>
                    <dl class="pairs">{facts}</dl>
                </div>
                <div class="check">
                    <div>
                        <h2>"What to do"</h2>
                        <p>"Sign in again in a new tab. Then come back to this one, and send it."</p>
                    </div>
                    <p>
                        <a class="button primary" href=paths::sign_in(&board) target="_blank" rel="noopener">
                            "Sign in again in a new tab"
                        </a>
                    </p>
                    <form method="post" action=functions::ACT.path>
                        {carried}
                        <button class="button" type="submit">
                            "I have signed in: send it"
                        </button>
                    </form>
                </div>
            </article>
        </div>
    }
}
