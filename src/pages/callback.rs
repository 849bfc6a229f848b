//! The redirect URI as a page: completes the sign-in in process while it renders, then leads on or says what went wrong.
//! The URL with the code in it is left by a redirect, or shown under a policy that sends it to nobody.

use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::{
    ProblemContent,
    answer::{contained_page, see_other, set_status},
};
use crate::{
    app::Frame,
    components::{Remedy, TextPart, failure_text, reason},
    model::{AppError, Problem, SignInOutcome},
    server,
    server_fns::complete_sign_in,
};

/// The page at the redirect URI.
#[component]
pub fn Callback() -> impl IntoView {
    let page = Suspend::new(contained_page(async move {
        let query = server::request()
            .ok()
            .and_then(|request| request.uri.query().map(str::to_owned))
            .unwrap_or_default();
        if let Some(response) = use_context::<ResponseOptions>() {
            // RFC 9700 4.2.4: the address of this page holds the code.
            response.insert_header(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        match complete_sign_in(query).await {
            Ok(SignInOutcome::Onward { location }) => {
                see_other(&location);
                None
            }
            Ok(SignInOutcome::Problem { problem, status }) => {
                set_status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
                Some(problem)
            }
            Err(error) => {
                set_status(server::status(&error));
                Some(problem(&error, server::noted(&error), None))
            }
        }
        .map(|problem| view! { <Frame title="Sign-in"><ProblemContent problem/></Frame> })
    }));
    view! { <Suspense>{page}</Suspense> }
}

/// A failure as a problem page of its own. `again` is the address where the same request can be made once more.
pub fn problem(error: &AppError, reference: Option<String>, again: Option<&str>) -> Problem {
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
        _ => Remedy::Home.link(crate::paths::HOME),
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
