//! No such page: said plainly, with the way home.

use axum::http::StatusCode;
use claimcheck_model::{AppError, paths};
use leptos::prelude::*;

use crate::{
    components::failure_text,
    documents::problem::ReferenceView,
    handlers::request,
    pages::{answer::set_status, frame::Frame},
};

/// The page with its status.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    let reference = request::noted(&AppError::NotFound);
    view! { <Frame title="Not found"><NotFoundContent reference/></Frame> }
}

/// The page for an address nothing answers to.
#[component]
pub fn NotFoundContent(
    /// Under which the log has the request.
    reference: Option<String>,
) -> impl IntoView {
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <p class="serial" aria-hidden="true">
                        "404"
                    </p>
                    <h1>{AppError::NotFound.to_string()}</h1>
                    <p>{failure_text(&AppError::NotFound).advice}</p>
                </div>
                <div class="check">
                    <div>
                        <h2>"What to do"</h2>
                        <p>"Start again from the home page. If a link brought you here, tell whoever gave it to you."</p>
                    </div>
                    <p class="ways">
                        <a class="button primary" href=paths::HOME>
                            "Home"
                        </a>
                    </p>
                    <ReferenceView reference/>
                </div>
            </article>
        </div>
    }
}
