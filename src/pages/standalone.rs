//! Pages outside the route table: answers of plain routes and of layers, in the same dress as every other page.
//! Static HTML; nothing here is alive in the browser.

use axum::response::Html;
use leptos::prelude::*;

use super::{ProblemContent, SignOutContent, TooLateContent, callback};
use crate::{
    app::{Body, Head},
    model::{AppError, Problem},
};

/// A problem page.
pub fn problem(problem: Problem) -> Html<String> {
    document(problem.title.clone(), move || view! { <ProblemContent problem/> })
}

/// The problem page of a request that was refused or failed. `again` is the address where the same request can be made
/// once more.
pub fn failure(error: &AppError, reference: Option<String>, again: Option<&str>) -> Html<String> {
    problem(callback::problem(error, reference, again))
}

/// The same where more is known of what happened and of what to do than the error says. `link` is the button, where it is
/// another.
pub fn refusal(
    error: &AppError,
    (what, advice): (&str, &str),
    reference: Option<String>,
    link: Option<(String, String)>,
) -> Html<String> {
    let known = callback::problem(error, reference, None);
    let action = link.or(known.action);
    problem(Problem { what: what.to_owned(), advice: advice.to_owned(), action, ..known })
}

/// The page that posts to the provider's end session endpoint.
pub fn sign_out(action: String, fields: Vec<(String, String)>, nonce: String) -> Html<String> {
    document("Signing you out".to_owned(), move || view! { <SignOutContent action fields nonce/> })
}

/// What is left of a form that was sent when the session was over.
pub fn too_late(pairs: Vec<(String, String)>, board: String) -> Html<String> {
    document("Your session has ended".to_owned(), move || view! { <TooLateContent pairs board/> })
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
