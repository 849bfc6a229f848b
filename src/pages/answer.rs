//! Status and redirect of the page that is being rendered, also after a failure. They must be set before the first
//! byte, hence `SsrMode::Async`.

use std::{future::Future, panic::AssertUnwindSafe};

use axum::http::{HeaderValue, StatusCode, header};
use claimcheck_model::{AppError, Problem, paths};
use claimcheck_server::sign_in::return_to::return_target;
use claimcheck_text::t;
use futures::FutureExt;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use tracing::{Instrument, Span};

use crate::{
    components::language,
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

/// The page shows a failure: sets the status, and returns the reference to show with it.
pub fn fail(error: &AppError) -> Option<String> {
    lead(error);
    request::noted(error)
}

/// Applies a failure to the page: its status, or a redirect through the sign-in if that helps.
pub fn lead(error: &AppError) {
    match error {
        AppError::SignedOut => sign_in_again(),
        error => set_status(request::status(error)),
    }
}

/// The session ended while the page was being rendered: redirects through the sign-in, and back to this page.
fn sign_in_again() {
    see_other(&paths::sign_in(&here().unwrap_or_else(|| paths::HOME.href())));
}

/// The URL of the current request.
fn here() -> Option<String> {
    request::of_request(|request| request::here(&request.uri)).ok()
}

/// Redirects with `GET` instead of a page (RFC 9110 15.4.4). A location that is not a valid header value is not sent.
pub fn see_other(location: &str) {
    let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(location))
    else {
        return;
    };
    response.insert_header(header::LOCATION, location);
    response.set_status(StatusCode::SEE_OTHER);
}

/// Asynchronous content of a page, inside its frame. leptos runs it in a separate task, where no layer would catch a
/// panic, and the page would wait forever. Here a panic becomes a normal failure. Log lines belong to the request's id.
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

/// The same for a page that includes its own frame.
pub fn contained_page<V: IntoAny>(waited: impl Future<Output = V>) -> impl Future<Output = AnyView> {
    let waited = caught(waited);
    async {
        waited.await.unwrap_or_else(|| {
            let problem = panicked();
            view! { <Frame title=t!(language(), "problem-label")><ProblemContent problem/></Frame> }
                .into_any()
        })
    }
    .instrument(Span::current())
}

/// Returns nothing after a panic. Its payload may contain request data; the panic hook has logged its location.
async fn caught<V: IntoAny>(waited: impl Future<Output = V>) -> Option<AnyView> {
    AssertUnwindSafe(waited).catch_unwind().await.ok().map(IntoAny::into_any)
}

fn panicked() -> Problem {
    let reference = fail(&AppError::Internal);
    problem_of(language(), &AppError::Internal, reference, here().as_deref().map(return_target).as_deref())
}
