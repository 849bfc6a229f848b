//! The page for unknown URLs, with a link home.

use axum::http::StatusCode;
use claimcheck_model::{AppError, paths};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{failure_text, failure_title, language},
    documents::problem::ReferenceView,
    handlers::request,
    pages::{answer::set_status, frame::Frame},
};

/// The page with its status.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    let reference = request::noted(&AppError::NotFound);
    let title = failure_title(language(), &AppError::NotFound);
    view! { <Frame title><NotFoundContent reference/></Frame> }
}

/// The content of the page for unknown URLs.
#[component]
pub fn NotFoundContent(
    /// The reference under which the request is in the log.
    reference: Option<String>,
) -> impl IntoView {
    let language = language();
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <p class="serial" aria-hidden="true">
                        "404"
                    </p>
                    <h1>{failure_title(language, &AppError::NotFound)}</h1>
                    <p>{failure_text(language, &AppError::NotFound).advice}</p>
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "what-to-do")}</h2>
                        <p>{t!(language, "not-found-advice")}</p>
                    </div>
                    <p class="ways">
                        <a class="button primary" href=paths::HOME.href()>
                            {t!(language, "home")}
                        </a>
                    </p>
                    <ReferenceView reference/>
                </div>
            </article>
        </div>
    }
}
