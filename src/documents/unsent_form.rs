//! The form of an action that was not submitted, because its session had ended, the user had submitted too many, or the
//! store was away: the page contains all input.

use claimcheck_model::{functions, paths};
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::language;

/// Why a form was not submitted.
pub enum Unsent {
    /// The session has ended; the board on which the form was opened.
    SignedOut { board: String },
    /// The user has submitted too many; how long to wait, in seconds.
    TooMany { secs: u64 },
    /// The store did not record it; how long to wait, in seconds.
    StoreAway { secs: u64 },
}

impl Unsent {
    /// What happened.
    pub fn title(&self, language: Language) -> &'static str {
        match self {
            Self::SignedOut { .. } => t!(language, "expired-form-title"),
            Self::TooMany { .. } => t!(language, "too-many-forms-title"),
            Self::StoreAway { .. } => t!(language, "failure-store-unavailable-title"),
        }
    }
}

/// The input, what to do first, and a button that submits it afterwards.
#[component]
pub fn UnsentFormContent(
    why: Unsent,
    /// All submitted fields.
    pairs: Vec<(String, String)>,
) -> impl IntoView {
    let language = language();
    let title = why.title(language);
    let (advice, submit) = match &why {
        Unsent::SignedOut { .. } => {
            (t!(language, "expired-form-advice").to_owned(), t!(language, "expired-form-submit"))
        }
        Unsent::TooMany { secs } | Unsent::StoreAway { secs } => {
            let wait = t!(language, "duration-seconds", count = *secs);
            (t!(language, "too-many-forms-advice", wait = wait), t!(language, "too-many-forms-submit"))
        }
    };
    let sign_in = match why {
        Unsent::SignedOut { board } => Some(view! {
            <p>
                <a class="button primary" href=paths::sign_in(&board) target="_blank" rel="noopener">
                    {t!(language, "session-sign-in-new-tab")}
                </a>
            </p>
        }),
        Unsent::TooMany { .. } | Unsent::StoreAway { .. } => None,
    };
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
                    <h1>{title}</h1>
                    <p>{t!(language, "expired-form-what")}</p>
                    <dl class="pairs">{facts}</dl>
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "what-to-do")}</h2>
                        <p>{advice}</p>
                    </div>
                    {sign_in}
                    <form method="post" action=functions::ACT.path>
                        {carried}
                        <button class="button" type="submit">
                            {submit}
                        </button>
                    </form>
                </div>
            </article>
        </div>
    }
}
