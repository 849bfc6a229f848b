//! What the program sends out on its own: within bounded time and size, to nobody who was merely named on the way, and
//! through no proxy that it was not told of (OP-01 … OP-03). The API's bounds are tested beside its other rules.

mod bounds;
mod proxies;
mod redirects;

use axum::http::StatusCode;

use super::support::{
    Browser, Page,
    hostile::{At, HostileWorld},
};

const PANEL: &str = "/api/panel_when_ready?board=orders&panel=0";
/// What the account page says where UserInfo said nothing.
const NO_PROFILE: &str = "details may be missing";
/// Longer than an access token lives.
const LATER_SECS: i64 = 121;

/// What is asked of a person's browser, and by what endpoint of the provider it depends.
async fn drive<'a>(world: &'a HostileWorld, at: At, signed_in: &mut Browser<'a>) -> Page {
    match at {
        At::Refresh => {
            world.advance(LATER_SECS);
            signed_in.fetch(PANEL).await
        }
        At::Revocation => signed_in.post("/auth/sign-out", &[]).await,
        _ => {
            // Nothing is kept any more.
            world.advance(2 * 86_400);
            world.signed_in("/account").await.1
        }
    }
}

/// Whether that went well.
fn is_well(at: At, page: &Page) -> bool {
    match at {
        At::Refresh => page.body.contains("Customer of"),
        At::UserInfo => page.status == StatusCode::OK && !page.body.contains(NO_PROFILE),
        _ => page.status == StatusCode::OK,
    }
}

/// Whether it did not, as it should: no sign-in; or one without a profile; or a page that goes on without fresh data; or a
/// sign-out all the same.
fn is_borne(at: At, page: &Page) -> bool {
    match at {
        At::Refresh => page.status.is_success() && !page.body.contains("Customer of"),
        At::UserInfo => page.status == StatusCode::OK && page.body.contains(NO_PROFILE),
        At::Revocation => page.status == StatusCode::OK,
        _ => [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE].contains(&page.status),
    }
}
