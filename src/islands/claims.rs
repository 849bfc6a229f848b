//! The claims, alive: "Refresh my details" asks the provider anew and shows the answer in place.
//! With scripts off the same button is a form that comes back to the page.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    components::{ClaimsList, words},
    error::AppError,
    model::ClaimGroup,
    paths,
    server_fns::refresh_account_details,
};

/// The claims of the signed-in person.
#[island]
pub fn Claims(groups: Vec<ClaimGroup>, as_of: String) -> impl IntoView {
    let (shown, set_shown) = signal(groups);
    let (as_of, set_as_of) = signal(as_of);
    let (is_busy, set_busy) = signal(false);
    let (failure, set_failure) = signal(None::<AppError>);
    let refresh = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        set_busy.set(true);
        spawn_local(async move {
            match refresh_account_details().await {
                Ok(account) => {
                    set_shown.set(account.groups);
                    set_as_of.set(account.as_of);
                    set_failure.set(None);
                }
                Err(error) => set_failure.set(Some(error)),
            }
            set_busy.set(false);
        });
    };
    view! {
        {move || view! { <ClaimsList groups=shown.get()/> }}
        <form class="claims-refresh" method="post" action=paths::REFRESH_ACCOUNT on:submit=refresh>
            <button class="button" type="submit" aria-disabled=move || is_busy.get().then_some("true")>
                "Refresh my details"
            </button>
            <p class="muted num" role="status">
                {move || match (is_busy.get(), failure.get()) {
                    (true, _) => "Asking your provider…".to_owned(),
                    (false, Some(error)) => format!("{error}. {}", words(&error).advice),
                    (false, None) => format!("As of {}", as_of.get()),
                }}
            </p>
        </form>
    }
}
