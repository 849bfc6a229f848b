//! The form of an action that was not submitted, because its session had ended, the user had submitted too many, or the
//! store was away: the page contains all input.

use claimcheck_model::{functions, paths};
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::{TypedValues, language};

/// Why a form was not submitted.
pub enum Unsent {
    /// The session has ended; the board on which the form was opened.
    SignedOut { board: String },
    /// The user has submitted too many; how long to wait, in seconds.
    TooMany { secs: u64 },
    /// The store did not record it; how long to wait, in seconds.
    StoreAway { secs: u64 },
    /// The action no longer exists. The URL of its board, if that still does; and whether an earlier submission may have
    /// been done.
    Gone { board: Option<String>, may_be_done: bool },
}

impl Unsent {
    /// What happened.
    pub fn title(&self, language: Language) -> &'static str {
        match self {
            Self::SignedOut { .. } => t!(language, "expired-form-title"),
            Self::TooMany { .. } => t!(language, "too-many-forms-title"),
            Self::StoreAway { .. } => t!(language, "failure-store-unavailable-title"),
            Self::Gone { .. } => t!(language, "act-no-longer-title"),
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
    // The button that sends it again.
    let (advice, submit) = match &why {
        Unsent::SignedOut { .. } => {
            (t!(language, "expired-form-advice").to_owned(), Some(t!(language, "expired-form-submit")))
        }
        Unsent::TooMany { secs } | Unsent::StoreAway { secs } => {
            let wait = t!(language, "duration-seconds", count = *secs);
            (t!(language, "too-many-forms-advice", wait = wait), Some(t!(language, "too-many-forms-submit")))
        }
        Unsent::Gone { may_be_done: true, .. } => (t!(language, "act-no-longer-unclear").to_owned(), None),
        Unsent::Gone { .. } => (t!(language, "act-no-longer-advice").to_owned(), None),
    };
    let way = match why {
        Unsent::Gone { board, .. } => {
            let (text, href) = match board {
                Some(board) => (t!(language, "back-to-board"), board),
                None => (t!(language, "home"), paths::HOME.href()),
            };
            Some(
                view! {
                    <p>
                        <a class="button primary" href=href>
                            {text}
                        </a>
                    </p>
                }
                .into_any(),
            )
        }
        Unsent::SignedOut { board } => Some(
            view! {
                <p>
                    <a class="button primary" href=paths::sign_in(&board) target="_blank" rel="noopener">
                        {t!(language, "session-sign-in-new-tab")}
                    </a>
                </p>
            }
            .into_any(),
        ),
        Unsent::TooMany { .. } | Unsent::StoreAway { .. } => None,
    };
    let typed = pairs
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(paths::FIELD)?.to_owned(), value.clone())));
    let values = typed.collect::<Vec<_>>();
    let again = submit.map(|submit| {
        let carried = pairs
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect::<Vec<_>>();
        view! {
            <form method="post" action=functions::ACT.path.href()>
                {carried}
                <button class="button" type="submit">
                    {submit}
                </button>
            </form>
        }
    });
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <p class="print">{t!(language, "expired-form-label")}</p>
                    <h1>{title}</h1>
                    <p>{t!(language, "expired-form-what")}</p>
                    <TypedValues values/>
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "what-to-do")}</h2>
                        <p>{advice}</p>
                    </div>
                    {way}
                    {again}
                </div>
            </article>
        </div>
    }
}
