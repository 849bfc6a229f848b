//! Status and redirect of the page that is being rendered, and where it leads from a failure. Status and redirect work
//! before the first byte, hence `SsrMode::Async`.

use std::{future::Future, panic::AssertUnwindSafe};

use axum::http::{HeaderValue, StatusCode, header};
use claimcheck_model::{AppError, Problem, paths};
use claimcheck_server::sign_in::return_to::return_target;
use futures::FutureExt;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use tracing::{Instrument, Span};

use crate::{
    documents::{problem::ProblemContent, problem_of},
    handlers::request,
    pages::frame::Frame,
};

/// The page's HTTP status.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// The page shows a failure. Returns the reference to show with it.
pub fn fail(error: &AppError) -> Option<String> {
    lead(error);
    request::noted(error)
}

/// What a failure makes of the page: its status, or the way through the sign-in where that helps.
pub fn lead(error: &AppError) {
    match error {
        AppError::SignedOut => sign_in_again(),
        error => set_status(request::status(error)),
    }
}

/// The session ended while its page was being made: through the sign-in, and back to this page.
fn sign_in_again() {
    see_other(&paths::sign_in(here().as_deref().unwrap_or(paths::HOME)));
}

/// The address that is being answered.
fn here() -> Option<String> {
    Some(request::request().ok()?.uri.path_and_query()?.to_string())
}

/// Instead of a page: go there with `GET` (RFC 9110 15.4.4). A location that is no header value is not sent.
pub fn see_other(location: &str) {
    let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(location))
    else {
        return;
    };
    response.insert_header(header::LOCATION, location);
    response.set_status(StatusCode::SEE_OTHER);
}

/// What a page waits for, inside of its frame. leptos waits for this in a task of its own. A panic in it becomes a problem
/// like any other: there no layer would see it, and the page would be waited for in vain. What it logs stands under the
/// request's id.
pub fn contained<V: IntoAny>(waited: impl Future<Output = V>) -> impl Future<Output = AnyView> {
    let waited = caught(waited);
    async {
        waited.await.unwrap_or_else(|| {
            let problem = panicked();
            view! { <ProblemContent problem/> }.into_any()
        })
    }
    .instrument(Span::current())
}

/// The same for a page that brings its frame with it.
pub fn contained_page<V: IntoAny>(waited: impl Future<Output = V>) -> impl Future<Output = AnyView> {
    let waited = caught(waited);
    async {
        waited.await.unwrap_or_else(|| {
            let problem = panicked();
            view! { <Frame title="Problem"><ProblemContent problem/></Frame> }.into_any()
        })
    }
    .instrument(Span::current())
}

/// Nothing after a panic. Its payload may hold what was being handled; the panic hook has logged where it was.
async fn caught<V: IntoAny>(waited: impl Future<Output = V>) -> Option<AnyView> {
    AssertUnwindSafe(waited).catch_unwind().await.ok().map(IntoAny::into_any)
}

fn panicked() -> Problem {
    let reference = fail(&AppError::Internal);
    problem_of(&AppError::Internal, reference, here().as_deref().map(return_target).as_deref())
}
