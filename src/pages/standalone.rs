//! Pages outside the route table: answers of plain routes and of layers, in the same dress as every other page.
//! Static HTML; nothing here is alive in the browser.

use axum::response::Html;
use leptos::prelude::*;

use super::{ProblemContent, SignOutContent, callback};
use crate::{
    app::{Body, Head},
    error::AppError,
    model::Problem,
};

/// A problem page.
pub fn problem(problem: Problem) -> Html<String> {
    document(problem.title.clone(), move || view! { <ProblemContent problem/> })
}

/// The problem page of a request that was refused or failed.
pub fn failure(error: &AppError, reference: Option<String>) -> Html<String> {
    problem(callback::problem(error, reference))
}

/// The page that posts to the provider's end session endpoint.
pub fn sign_out(action: String, fields: Vec<(String, String)>, nonce: String) -> Html<String> {
    document("Signing you out".to_owned(), move || view! { <SignOutContent action fields nonce/> })
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
