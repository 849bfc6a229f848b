//! The form of an action that was sent after its session had ended: it was not submitted, and the page contains all
//! input.

use claimcheck_model::{functions, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// The input, a link to sign in, and a button that submits it afterwards.
#[component]
pub fn ExpiredFormContent(
    /// All submitted fields.
    pairs: Vec<(String, String)>,
    /// The board on which the form was opened.
    board: String,
) -> impl IntoView {
    let language = language();
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
                    <p class="print">{t!(language, "expired-form-label")}</p>
                    <h1>{t!(language, "expired-form-title")}</h1>
                    <p>{t!(language, "expired-form-what")}</p>
                    <dl class="pairs">{facts}</dl>
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "what-to-do")}</h2>
                        <p>{t!(language, "expired-form-advice")}</p>
                    </div>
                    <p>
                        <a class="button primary" href=paths::sign_in(&board) target="_blank" rel="noopener">
                            {t!(language, "session-sign-in-new-tab")}
                        </a>
                    </p>
                    <form method="post" action=functions::ACT.path>
                        {carried}
                        <button class="button" type="submit">
                            {t!(language, "expired-form-submit")}
                        </button>
                    </form>
                </div>
            </article>
        </div>
    }
}
