//! What a fetch is: one path of one API for one session, never shared between sessions. Panels of a page that ask for the
//! same share one; a page that gives up waiting leaves its fetch under way, and who asks next joins it.

use std::sync::Arc;

use serde_json::Value;

use super::client;
use crate::{
    model::AppError,
    server::{
        Context,
        config::Api,
        session::{RowKey, SignedIn},
        single_flight::SingleFlight,
    },
};

/// More than a few boards ask at once; a board that asks for more by itself may.
const UNDER_WAY_MAX: usize = 64;

/// One request of one session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FetchId {
    pub session: RowKey,
    /// The id of the API.
    pub api: String,
    /// Path and query below the API's base URL.
    pub path: String,
}

/// The fetches of this process.
pub type Fetches = SingleFlight<FetchId, Arc<Value>>;

/// How much one session may have under way at one API: every panel of the largest board twice, for stats ask for two
/// periods.
fn most_of(context: &Context) -> usize {
    let panels = context.settings.boards.iter().map(|board| board.panels.len());
    UNDER_WAY_MAX.max(2 * panels.max().unwrap_or_default())
}

/// An API's answer to a `GET`; joins a fetch of the same that is under way.
///
/// # Errors
/// As `client::get`.
pub async fn fetch(
    context: &Context,
    signed_in: &SignedIn,
    api: &Api,
    path: String,
) -> Result<Arc<Value>, AppError> {
    let id = FetchId { session: signed_in.key.clone(), api: api.id.clone(), path };
    // A page that gives up leaves its fetches: whoever asks for ever more must not pile them up on the API.
    let is_beside =
        |other: &FetchId| (&other.session, &other.api) == (&id.session, &id.api) && other.path != id.path;
    if context.fetches.count(is_beside) >= most_of(context) {
        tracing::warn!(api = api.id, "too many requests of one session are under way");
        return Err(AppError::ApiUnavailable);
    }
    let (then, signed_in, api, path) = (context.clone(), signed_in.clone(), api.clone(), id.path.clone());
    let fetch = async move { client::get(&then, &signed_in, &api, &path).await.map(Arc::new) };
    context.fetches.join(id, fetch).await
}
