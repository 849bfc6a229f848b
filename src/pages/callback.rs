//! The redirect URI as a page: completes the sign-in in process while it renders, then leads on or says what went wrong.
//! The URL with the code in it is left by a redirect, or shown under a policy that sends it to nobody.

use axum::http::{HeaderValue, StatusCode, header};
use claimcheck_model::SignInOutcome;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::{
    documents::{problem::ProblemContent, problem_of},
    handlers::request,
    pages::{
        answer::{contained_page, see_other, set_status},
        frame::Frame,
    },
    server_fns::complete_sign_in,
};

/// The page at the redirect URI.
#[component]
pub fn Callback() -> impl IntoView {
    let page = Suspend::new(contained_page(async move {
        let query = request::request()
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
                set_status(request::status(&error));
                Some(problem_of(&error, request::noted(&error), None))
            }
        }
        .map(|problem| view! { <Frame title="Sign-in"><ProblemContent problem/></Frame> })
    }));
    view! { <Suspense>{page}</Suspense> }
}
