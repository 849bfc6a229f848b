//! Whole pages outside the route table: answers of plain routes and of layers, which look like every other page.
//! Static HTML; no islands.

mod expired_form;
/// What went wrong, as a page.
pub mod problem;
mod sign_out;

use axum::response::Html;
use claimcheck_model::{AppError, Problem, paths};
use leptos::prelude::*;

use crate::{
    assets::pkg_url,
    components::{Footer, MAIN, Remedy, SkipLink, TextPart, TopBar, failure_text, reason},
    documents::problem::ProblemContent,
};

pub use expired_form::ExpiredFormContent;
pub use sign_out::SignOutContent;

/// A problem page.
pub fn problem_page(problem: Problem) -> Html<String> {
    document(problem.title.clone(), move || view! { <ProblemContent problem/> })
}

/// The problem page of a request that was refused or failed. `again` is the address where the same request can be made
/// once more.
pub fn failure(error: &AppError, reference: Option<String>, again: Option<&str>) -> Html<String> {
    problem_page(problem_of(error, reference, again))
}

/// The same where more is known of what happened and of what to do than the error says. `link` is the button, where it is
/// another.
pub fn refusal(
    error: &AppError,
    (what, advice): (&str, &str),
    reference: Option<String>,
    link: Option<(String, String)>,
) -> Html<String> {
    let known = problem_of(error, reference, None);
    let action = link.or(known.action);
    problem_page(Problem { what: what.to_owned(), advice: advice.to_owned(), action, ..known })
}

/// The page that posts to the provider's end session endpoint.
pub fn sign_out_page(action: String, fields: Vec<(String, String)>, nonce: String) -> Html<String> {
    document("Signing you out".to_owned(), move || view! { <SignOutContent action fields nonce/> })
}

/// A form that was sent after its session had ended, with everything that was filled in.
pub fn expired_form(pairs: Vec<(String, String)>, board: String) -> Html<String> {
    document("Your session has ended".to_owned(), move || view! { <ExpiredFormContent pairs board/> })
}

fn document<V: IntoView + 'static>(title: String, main: impl FnOnce() -> V) -> Html<String> {
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        let main = main().into_any();
        view! {
            <html lang="en" data-hydrated="">
                <head>
                    <Head/>
                    <title>{title} " · Claimcheck"</title>
                </head>
                <body>
                    <Body bar=None>{main}</Body>
                </body>
            </html>
        }
        .to_html()
    });
    Html(format!("<!DOCTYPE html>{html}"))
}

/// What every document's head holds.
#[component]
pub fn Head() -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="description" content="A signed-in dashboard on your API."/>
        <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
        <link rel="stylesheet" href=pkg_url("claimcheck.css")/>
    }
}

/// What every document's body holds, around `children` in the main landmark.
#[component]
pub fn Body(
    /// The bar on top; `None` for the plain one.
    bar: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let bar = bar.unwrap_or_else(|| view! { <TopBar user=None boards=Vec::new() current=""/> }.into_any());
    view! {
        <SkipLink/>
        {bar}
        <main id=MAIN tabindex="-1">
            {children()}
        </main>
        <Footer/>
    }
}

/// A failure as a problem page of its own. `again` is the address where the same request can be made once more.
pub fn problem_of(error: &AppError, reference: Option<String>, again: Option<&str>) -> Problem {
    const AGAIN: &str =
        "If it happens again, tell the people who run this service, with the reference below.";
    let found = failure_text(error);
    let why: String = reason(error, false).iter().map(TextPart::text).collect();
    let (what, advice) = match why.is_empty() {
        true => (found.advice.to_owned(), AGAIN),
        false => (why, found.advice),
    };
    let action = match (found.remedy, again) {
        (Remedy::TryAgain, Some(again)) => Remedy::TryAgain.link(again),
        _ => Remedy::Home.link(paths::HOME),
    };
    Problem {
        title: error.to_string(),
        what,
        said_by_provider: None,
        advice: advice.to_owned(),
        action: Some((action.0.to_owned(), action.1)),
        back: None,
        reference,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_succeed_later_is_asked_again_where_it_was_asked() {
        let page = |error, again| failure(&error, None, again).0;
        let link =
            |page: &str, href: &str| page.contains(&format!("href=\"{href}\" class=\"button primary\""));
        let away = page(AppError::StoreUnavailable, Some("/boards/orders?x=1"));
        assert!(link(&away, "/boards/orders?x=1") && away.contains("Try again"), "{away}");
        let posted = page(AppError::StoreUnavailable, None);
        assert!(link(&posted, "/") && posted.contains("Home"), "{posted}");
        let missing = page(AppError::NotFound, Some("/nowhere"));
        assert!(link(&missing, "/") && !missing.contains("/nowhere"), "it would fail again");
    }
}
