//! Fetches under way: a page that gives up waiting leaves its fetch running, and who asks next joins it.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};

use tracing::Instrument;

use crate::{error::AppError, model::PanelData, server::session::RowKey};

type Outcome = Result<PanelData, AppError>;
type Underway = Shared<BoxFuture<'static, Outcome>>;

/// What a fetch is for: never shared between sessions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FetchId {
    pub session: RowKey,
    pub board: String,
    pub panel: usize,
}

/// The fetches of this process.
#[derive(Clone, Default)]
pub struct Fetches(Arc<Mutex<HashMap<FetchId, Underway>>>);

impl Fetches {
    /// Joins the fetch under way, or starts this one as a task of its own.
    pub async fn join(&self, id: FetchId, fetch: impl Future<Output = Outcome> + Send + 'static) -> Outcome {
        let underway = {
            let mut all = self.lock();
            match all.get(&id) {
                Some(underway) => underway.clone(),
                None => {
                    let underway = self.start(id.clone(), fetch);
                    all.insert(id, underway.clone());
                    underway
                }
            }
        };
        underway.await
    }

    fn start(&self, id: FetchId, fetch: impl Future<Output = Outcome> + Send + 'static) -> Underway {
        let fetches = self.clone();
        let fetch = async move {
            let _gone = Remove { fetches, id };
            fetch.await
        };
        let task = tokio::spawn(fetch.in_current_span());
        async move {
            task.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a fetch ended abnormally");
                Err(AppError::Internal)
            })
        }
        .boxed()
        .shared()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<FetchId, Underway>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a fetch out of the list when it ends, however it ends.
struct Remove {
    fetches: Fetches,
    id: FetchId,
}

impl Drop for Remove {
    fn drop(&mut self) {
        self.fetches.lock().remove(&self.id);
    }
}
