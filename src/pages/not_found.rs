//! No such page: said plainly, with the way home.

use axum::http::StatusCode;
use leptos::prelude::*;

use super::answer::set_status;
use crate::{app::Frame, components::words, error::AppError, paths};

/// The page with its status.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(StatusCode::NOT_FOUND);
    view! { <Frame title="Not found"><NotFoundContent/></Frame> }
}

/// The page for an address nothing answers to.
#[component]
pub fn NotFoundContent() -> impl IntoView {
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <p class="serial" aria-hidden="true">
                        "404"
                    </p>
                    <h1>{AppError::NotFound.to_string()}</h1>
                    <p>{words(&AppError::NotFound).advice}</p>
                </div>
                <div class="check">
                    <p>
                        <a class="button primary" href=paths::HOME>
                            "Home"
                        </a>
                    </p>
                </div>
            </article>
        </div>
    }
}
