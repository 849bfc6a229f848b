//! The redirect URI as a page: completes the sign-in while it renders, then redirects or shows the problem. A redirect
//! removes the URL with the code, or a policy keeps it from being sent anywhere.

use axum::http::{HeaderValue, StatusCode, header};
use claimcheck_model::SignInOutcome;
use claimcheck_text::t;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::{
    components::language,
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
            // RFC 9700 4.2.4: the URL of this page contains the code.
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
                Some(problem_of(language(), &error, request::noted(&error), None))
            }
        }
        .map(|problem| view! { <Frame title=t!(language(), "sign-in-title")><ProblemContent problem/></Frame> })
    }));
    view! { <Suspense>{page}</Suspense> }
}
