//! Counts requests to APIs.

use std::time::Instant;

use axum::http::StatusCode;
use claimcheck_base::http_out::HttpOutError;

use crate::{api::ApiClient, config::Api, metrics::RequestSource};

impl ApiClient {
    /// Counts a request that was sent at `begun`.
    pub(super) fn note_answer(
        &self,
        source: &RequestSource,
        api: &Api,
        answer: Result<StatusCode, &HttpOutError>,
        begun: Instant,
    ) {
        self.metrics.asked_api(source, &api.id, answer.ok(), begun.elapsed());
        if let Err(error) = answer {
            self.metrics.api_failed(&api.id, error.into());
        }
    }
}
