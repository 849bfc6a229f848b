//! Requests to the provider beyond an ordinary sign-in: missing scopes, and sign-ins that an API requires (AC-06 …
//! AC-09). This file has the board for these tests and the steps from a refusal to its link.

mod answers;
mod ask;
mod consent;
mod demands;
mod lengths;
mod scopes;

use axum::http::StatusCode;
use claimcheck_model::{AppError, PanelState};
use claimcheck_server::sign_in::authorization_options;
use claimcheck_session::{DEFAULT_API, SignedIn};

use crate::support::{
    Browser, Page,
    hostile::{At, HostileWorld, Raw},
};

const BOARD: &str = "/boards/orders";
const PANEL: &str = "/api/panel?board=orders&panel=orders";
const SCOPES: &str = "openid profile email offline_access orders:read";

/// One panel, with further settings and these requirements of the panel.
async fn world(settings: &str, needs: &str) -> HostileWorld {
    HostileWorld::with(&format!(
        "scopes = \"{SCOPES}\"\n{settings}\n[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n\
         [[board.panel]]\ntitle = \"Orders\"\nkind = \"table\"\nget = \"/orders\"\nrows = \"$.orders[*]\"\n{needs}\n"
    ))
    .await
}

/// Sets the API's response from now on; `None` restores the honest ones.
fn answer(world: &HostileWorld, raw: impl Into<Option<Raw>>) {
    let raw = raw.into();
    world.api.script(|script| script.instead = raw);
}

/// A 401 with a step-up challenge and these further parameters (RFC 9470 3).
fn demanding(more: &str) -> Raw {
    let challenge = format!("Bearer error=\"insufficient_user_authentication\"{more}");
    Raw::json(401, "{}").with("www-authenticate", &challenge)
}

/// Whether the API's rows are shown.
fn is_data(page: &Page) -> bool {
    page.status == StatusCode::OK && page.path() == BOARD && page.body.contains("<tbody>")
}

/// The failure that prevents the panel's data.
async fn refusal(browser: &mut Browser<'_>) -> AppError {
    let page = browser.fetch(PANEL).await;
    match serde_json::from_str(&page.body) {
        Ok(PanelState::Failed(failed)) => failed.error,
        _ => panic!("{}: {}", page.status, page.body),
    }
}

/// The only session of the script's user, in its current state.
async fn session(world: &HostileWorld) -> SignedIn {
    let sub = world.provider.script(|script| script.person.sub.clone());
    let all = world.services.sessions.of(world.provider.origin(), &sub).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    world.services.sessions.reload(&all[0].key).await.unwrap().unwrap()
}

/// The link that resolves the panel's refusal, if there is one.
async fn offer(world: &HostileWorld, browser: &mut Browser<'_>) -> Option<String> {
    let error = refusal(browser).await;
    authorization_options::href(&world.services.sign_in, &session(world).await, DEFAULT_API, &error, BOARD)
}

/// The same if there must be one.
async fn link(world: &HostileWorld, browser: &mut Browser<'_>) -> String {
    offer(world, browser).await.unwrap()
}

/// The number of authorization requests and refreshes at the provider.
fn asked(world: &HostileWorld) -> (usize, usize) {
    (world.provider.count(At::Authorization), world.provider.count(At::Refresh))
}

/// The parameters of a redirect to the provider, none of them repeated.
fn request(page: &Page) -> [Option<String>; 3] {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let names: Vec<_> = page.location().query_pairs().map(|(name, _)| name.into_owned()).collect();
    let distinct: std::collections::HashSet<_> = names.iter().collect();
    assert_eq!(names.len(), distinct.len(), "a parameter is repeated: {names:?}");
    ["scope", "acr_values", "max_age"].map(|name| page.sent(name))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}
