//! Outgoing requests: limited in time and size, never to an address that is merely named in a response, and through no
//! proxy that is not configured (OP-01 … OP-03, R03, R04, R20, R25). The API's limits are tested beside its other rules.

mod addresses;
mod bounds;
mod idle;
mod proxies;
mod proxy;
mod redirects;
mod timeouts;

use axum::http::StatusCode;

use super::support::{
    Browser, Page,
    hostile::{At, HostileWorld},
};

const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";
/// The text of the account page without UserInfo.
const NO_PROFILE: &str = "details may be missing";
/// Longer than the lifetime of an access token.
const LATER_SECS: i64 = 121;

/// A request of a user's browser that depends on this endpoint of the provider.
async fn drive<'a>(world: &'a HostileWorld, at: At, signed_in: &mut Browser<'a>) -> Page {
    match at {
        At::Refresh => {
            world.advance(LATER_SECS);
            signed_in.fetch(PANEL).await
        }
        At::Revocation => signed_in.post("/auth/sign-out", &[]).await,
        _ => {
            // The cache has expired.
            world.advance(2 * 86_400);
            world.signed_in("/account").await.1
        }
    }
}

/// Whether it succeeded.
fn is_well(at: At, page: &Page) -> bool {
    match at {
        At::Refresh => page.body.contains("Customer of"),
        At::UserInfo => page.status == StatusCode::OK && !page.body.contains(NO_PROFILE),
        _ => page.status == StatusCode::OK,
    }
}

/// Whether it failed as it should: no sign-in; or one without a profile; or a page without fresh data; or a sign-out
/// all the same.
fn is_borne(at: At, page: &Page) -> bool {
    match at {
        At::Refresh => page.status.is_success() && !page.body.contains("Customer of"),
        At::UserInfo => page.status == StatusCode::OK && page.body.contains(NO_PROFILE),
        At::Revocation => page.status == StatusCode::OK,
        _ => [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE].contains(&page.status),
    }
}
