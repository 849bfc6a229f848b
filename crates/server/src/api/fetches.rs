//! What a fetch is: one path of one API for one session, never shared between sessions. Panels of a page that ask for the
//! same share one; a page that gives up waiting leaves its fetch under way, and who asks next joins it.

use std::sync::Arc;

use claimcheck_model::AppError;
use claimcheck_session::{RowKey, SignedIn};
use serde_json::Value;

use crate::{
    api::{ApiClient, client},
    config::{Api, Settings},
    single_flight::SingleFlight,
};

/// More than a few boards ask at once; a board that asks for more by itself may.
const UNDER_WAY_MAX: usize = 64;

/// One request of one session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FetchId {
    pub session: RowKey,
    /// The id of the API.
    pub api: String,
    /// Path and query below the API's base URL.
    pub path: String,
}

/// The fetches of this process.
pub(super) type Fetches = SingleFlight<FetchId, Arc<Value>>;

/// How much one session may have under way at one API: every panel of the largest board twice, because stats ask for two
/// periods.
pub(super) fn most_under_way(settings: &Settings) -> usize {
    let panels = settings.boards.iter().map(|board| board.panels.len());
    UNDER_WAY_MAX.max(2 * panels.max().unwrap_or_default())
}

impl ApiClient {
    /// An API's answer to a `GET`; joins a fetch of the same that is under way.
    ///
    /// # Errors
    /// As [`ApiClient::send`] where there is no token; `Forbidden` when the API refuses this person, `StepUp` when it demands
    /// another sign-in, `NotFound` when it has nothing there, `ApiUnavailable` for anything else.
    pub async fn fetch(&self, signed_in: &SignedIn, api: &Api, path: String) -> Result<Arc<Value>, AppError> {
        let id = FetchId { session: signed_in.key.clone(), api: api.id.clone(), path };
        // A page that gives up leaves its fetches: asking for ever more must not pile them up on the API.
        let is_beside =
            |other: &FetchId| (&other.session, &other.api) == (&id.session, &id.api) && other.path != id.path;
        if self.fetches.count(is_beside) >= self.most_under_way {
            tracing::warn!(api = api.id, "too many requests of one session are under way");
            return Err(AppError::ApiUnavailable);
        }
        let (then, signed_in, api, path) = (self.clone(), signed_in.clone(), api.clone(), id.path.clone());
        let fetch = async move { client::get(&then, &signed_in, &api, &path).await.map(Arc::new) };
        self.fetches.join(id, fetch).await
    }
}
