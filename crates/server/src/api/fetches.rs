//! A fetch is one path of one API for one session, and is never shared between sessions. Panels of a page with the same
//! request share one. If a page stops waiting, its fetch continues, and the next request joins it.

use std::sync::Arc;

use claimcheck_model::AppError;
use claimcheck_session::{RowKey, SignedIn};
use serde_json::Value;

use crate::{
    api::{ApiClient, client},
    config::{Api, Settings},
    single_flight::SingleFlight,
};

/// More fetches than a few boards have at once; a board with more panels raises the limit.
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

/// The limit of concurrent fetches of one session at one API: every panel of the largest board twice, because stats may
/// fetch two periods.
pub(super) fn most_under_way(settings: &Settings) -> usize {
    let panels = settings.boards.iter().map(|board| board.panels.len());
    UNDER_WAY_MAX.max(2 * panels.max().unwrap_or_default())
}

impl ApiClient {
    /// An API's response to a `GET`; joins a running fetch of the same path.
    ///
    /// # Errors
    /// As [`ApiClient::send`] if there is no token; `Forbidden` if the API denies this user access, `StepUp` if it
    /// requires another sign-in, `NotFound` if there is nothing, `ApiUnavailable` for anything else.
    pub async fn fetch(&self, signed_in: &SignedIn, api: &Api, path: String) -> Result<Arc<Value>, AppError> {
        let id = FetchId { session: signed_in.key.clone(), api: api.id.clone(), path };
        // A page that stops waiting leaves its fetches running. Without a limit, repeated requests would pile up at the
        // API.
        let is_beside =
            |other: &FetchId| (&other.session, &other.api) == (&id.session, &id.api) && other.path != id.path;
        if self.fetches.count(is_beside) >= self.most_under_way {
            tracing::warn!(api = api.id, "too many requests of one session are in progress");
            return Err(AppError::ApiUnavailable);
        }
        let (then, signed_in, api, path) = (self.clone(), signed_in.clone(), api.clone(), id.path.clone());
        let fetch = async move { client::get(&then, &signed_in, &api, &path).await.map(Arc::new) };
        self.fetches.join(id, fetch).await
    }
}
