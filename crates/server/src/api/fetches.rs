//! A fetch is one filled request to one API for one session, and is never shared between sessions. Panels of a page with
//! the same request share one. If a page stops waiting, its fetch continues, and the next request joins it.

use std::{sync::Arc, time::Duration};

use axum::http::{HeaderValue, Method, header};
use claimcheck_model::AppError;
use claimcheck_session::{RowKey, SignedIn};

use crate::{
    api::{
        ApiClient, ApiExchange, Call, Fetched, ReadError, ReadProblem, ReadRequest,
        bounds::Bounds,
        client::Headers,
        exchange::Watch,
        reads::{self, Read},
    },
    config::{Api, Settings},
    single_flight::SingleFlight,
};

/// More fetches than a few boards have at once; a board with more panels raises the limit.
const UNDER_WAY_MAX: usize = 64;

/// One request of one session: everything that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FetchId {
    pub session: RowKey,
    /// The id of the API.
    pub api: String,
    /// Path and query below the API's base URL.
    pub path: String,
    /// The body of a `POST`.
    pub body: Option<String>,
    /// The configured headers, with the user's claims, and what the request itself asks for.
    pub headers: Headers,
}

/// The fetches of this process.
pub(super) type Fetches = SingleFlight<FetchId, Result<Arc<Fetched>, ReadError>>;

/// How recent an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// As recent as the API requires; while it asks for fewer requests, what was kept.
    AsApiSays,
    /// Of the last so many seconds, unless the API forbids that. For pages that are read together again and again.
    Within(i64),
    /// The API is asked: an action depends on the answer.
    Now,
}

impl Freshness {
    /// For how many seconds an answer is kept for others, even if the API says nothing about that.
    pub(super) fn keeps_secs(self) -> i64 {
        match self {
            Self::Within(secs) => secs,
            Self::AsApiSays | Self::Now => 0,
        }
    }
}

/// When the request of an exchange is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// If the exchange is not known, and it is a `GET`.
    IfUnknown,
    /// In any case: a person asked for it.
    Always,
}

/// The limit of concurrent fetches of one session at one API: every panel of the largest board twice, because stats may
/// fetch two periods, its filters, its tabs, and what it is about.
pub(super) fn most_under_way(settings: &Settings) -> usize {
    let fetches = settings
        .boards
        .iter()
        .map(|board| 2 * board.panels.len() + board.filters.len() + board.tabs.len() + 1);
    UNDER_WAY_MAX.max(fetches.max().unwrap_or_default())
}

impl ApiClient {
    /// An API's answer to a read: a kept one that is fresh, or that of a request. Joins a running fetch of the same
    /// request.
    ///
    /// # Errors
    /// As [`ApiClient::send`] if there is no token; `Forbidden` if the API denies this user access or a claim for its
    /// headers is missing, `StepUp` if it requires another sign-in, `NotFound` if there is nothing, `ApiUnavailable`
    /// for anything else.
    pub async fn fetch(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        request: ReadRequest,
        freshness: Freshness,
    ) -> Result<Arc<Fetched>, ReadError> {
        let id = self.fetch_id(signed_in, api, &request)?;
        let now = self.clock.now();
        if freshness != Freshness::Now
            && let Some(outcome) = self.started.take(&id, now)
        {
            return outcome;
        }
        let kept = self.kept.find(&id, now, freshness.keeps_secs());
        if let Some((kept, true)) = kept.as_ref().filter(|_| freshness != Freshness::Now) {
            self.exchanges.note_reuse(&id);
            return Ok(kept.clone());
        }
        // An answer that was kept is better than none, unless something depends on it.
        let instead = kept.as_ref().map(|(kept, _)| kept.clone()).filter(|_| freshness != Freshness::Now);
        if let Some(wait) = self.kept.wait_of(signed_in, api, now) {
            let until = wait.until;
            let problem = Some(ReadProblem::Later(wait));
            let later = ReadError { error: AppError::ApiUnavailable, problem };
            return instead.map(|kept| reads::until(&kept, until)).ok_or(later);
        }
        // A page that stops waiting leaves its fetches running. Without a limit, repeated requests would pile up at the
        // API.
        let is_beside =
            |other: &FetchId| (&other.session, &other.api) == (&id.session, &id.api) && *other != id;
        if self.fetches.count(is_beside) >= self.most_under_way {
            tracing::warn!(api = api.id, "too many requests of one session are in progress");
            return Err(AppError::ApiUnavailable.into());
        }
        if self.fetches.count(|other| *other == id) > 0 {
            self.exchanges.note_join(&id);
        }
        let (claimant, api_id) = (Bounds::claimant(signed_in, api), api.id.clone());
        let (then, signed_in, api) = (self.clone(), signed_in.clone(), api.clone());
        let (fetched, kept) = (id.clone(), kept.map(|(kept, _)| kept));
        let keeps = freshness.keeps_secs();
        let fetch = async move { Ok(then.ask(&signed_in, &api, request, fetched, (kept, keeps)).await) };
        let flight = self.fetches.join(id, fetch);
        let waited = self.bounds.wait(|| claimant, flight).await;
        let outcome = waited.map_err(|_| {
            let reason = "too many browsers wait for its host";
            tracing::warn!(event = "API busy", api = api_id, reason, "a panel does not wait for its answer");
            ReadProblem::Busy.into_error()
        })??;
        match (outcome, instead) {
            (Err(ReadError { problem: Some(ReadProblem::Later(wait)), .. }), Some(kept)) => {
                Ok(reads::until(&kept, wait.until))
            }
            (outcome, _) => outcome,
        }
    }

    /// Says that the outcome of this request is known, so that it is not needed for another one.
    pub fn has_seen(&self, signed_in: &SignedIn, api: &Api, request: &ReadRequest) {
        if let Ok(id) = self.fetch_id(signed_in, api, request) {
            self.started.take(&id, self.clock.now());
        }
    }

    /// For how long a request waits for an answer of this API.
    pub fn patience(&self, api: &Api) -> Duration {
        api.timeout.unwrap_or(self.http.timeout())
    }

    /// Waits until then, in a place for browsers that wait for long. `false` if there is none.
    pub async fn pause(&self, signed_in: &SignedIn, api: &Api, until: tokio::time::Instant) -> bool {
        let pause = tokio::time::sleep_until(until);
        self.bounds.wait(|| Bounds::claimant(signed_in, api), pause).await.is_ok()
    }

    /// The exchange that this request was part of in the last minute. If there is none, `send` says whether the request
    /// is sent now.
    ///
    /// # Errors
    /// As [`ApiClient::fetch`], if nothing was sent.
    pub async fn exchange(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        request: ReadRequest,
        send: Sending,
    ) -> Result<Option<Arc<ApiExchange>>, ReadError> {
        let id = self.fetch_id(signed_in, api, &request)?;
        let found = self.exchanges.find(&id).filter(|_| send != Sending::Always);
        let may_send = send == Sending::Always || (send == Sending::IfUnknown && request.body.is_none());
        if found.is_some() || !may_send {
            return Ok(found);
        }
        let outcome = self.fetch(signed_in, api, request, Freshness::Now).await;
        match (self.exchanges.find(&id), outcome) {
            (None, Err(error)) => Err(error),
            (found, _) => Ok(found),
        }
    }

    /// Sends a read for `claimcheck doctor`, also if an answer is kept, and returns the exchange with its answer. Nothing of it is
    /// kept.
    ///
    /// # Errors
    /// `Forbidden` if a claim for the headers is missing: nothing was sent.
    pub async fn try_read(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        request: ReadRequest,
    ) -> Result<ApiExchange, AppError> {
        let id = self.fetch_id(signed_in, api, &request)?;
        let call = call(&request);
        let watch = Watch::of(signed_in, api, &call, &id.headers, self.clock.now());
        let outcome = self.answer(signed_in, api, (&request, &call), &id, (None, 0), &watch).await;
        self.kept.forget(signed_in);
        watch.end(&outcome).ok_or(AppError::Internal)
    }

    /// The session as it is now.
    ///
    /// # Errors
    /// As [`Tokens::reload`](crate::tokens::Tokens::reload).
    pub async fn reload(&self, signed_in: &SignedIn) -> Result<SignedIn, AppError> {
        self.tokens.reload(signed_in).await
    }

    fn fetch_id(&self, signed_in: &SignedIn, api: &Api, request: &ReadRequest) -> Result<FetchId, AppError> {
        let mut headers = self.headers(signed_in, api)?;
        if request.is_exact {
            headers.push((header::ACCEPT_ENCODING, HeaderValue::from_static("identity")));
        }
        Ok(FetchId {
            session: signed_in.key.clone(),
            api: api.id.clone(),
            path: request.path.clone(),
            body: request.body.clone(),
            headers,
        })
    }

    /// Asks the API, keeps its answer if it may be kept, and notes the exchange if somebody may see it.
    async fn ask(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        request: ReadRequest,
        id: FetchId,
        (kept, keeps_secs): (Option<Arc<Fetched>>, i64),
    ) -> Result<Arc<Fetched>, ReadError> {
        let mut call = call(&request);
        call.headers.extend(kept.iter().flat_map(|kept| reads::conditions(kept)));
        let watch = self.exchanges.watch(signed_in, api, &call, &id);
        let outcome = self.answer(signed_in, api, (&request, &call), &id, (kept, keeps_secs), &watch).await;
        self.started.keep(&id, &request, &outcome, self.clock.now());
        self.exchanges.keep(id, watch.end(&outcome));
        outcome
    }

    async fn answer(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        (request, call): (&ReadRequest, &Call),
        id: &FetchId,
        (kept, keeps_secs): (Option<Arc<Fetched>>, i64),
        watch: &Watch,
    ) -> Result<Arc<Fetched>, ReadError> {
        let read = reads::send(self, signed_in, api, request, call, &id.headers, watch).await?;
        let (fetched, bytes) = match (read, kept) {
            (Read::Fetched(fetched, bytes), _) => (Arc::new(fetched), bytes),
            (Read::Unchanged(headers), Some(kept)) => {
                (reads::confirmed(&kept, &headers, self.clock.now()), self.kept.bytes(id))
            }
            (Read::Unchanged(_), None) => {
                tracing::warn!(
                    api = api.id,
                    path = request.label,
                    "the API says that an answer is unchanged which it was not asked about"
                );
                return Err(AppError::ApiUnavailable.into());
            }
        };
        self.kept.keep(id.clone(), &fetched, bytes, keeps_secs);
        Ok(fetched)
    }
}

fn call(request: &ReadRequest) -> Call {
    let (path, body) = (request.path.clone(), request.body.clone());
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Call {
        method,
        path,
        headers: body.iter().map(|_| kind.clone()).collect(),
        body: body.unwrap_or_default().into_bytes(),
        patience: Duration::ZERO,
        is_read: true,
        source: request.source.clone(),
        label: request.label.clone(),
    }
}
