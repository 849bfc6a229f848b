//! One call to the user's API: the configured headers, the bearer token (RFC 6750 2.1), one refresh and one retry on a
//! 401, no redirects, none of the browser's headers, and only the JSON of the response.

use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use claimcheck_base::{
    clock::UnixSecs,
    http_out::{BodyMemory, HttpOutError, media_type},
    secret::Secret,
};
use claimcheck_model::AppError;
use claimcheck_session::SignedIn;
use serde_json::Value;

use crate::{
    api::{
        ApiClient, FieldProblem, Wait,
        bounds::{AnswerMemory, Bounds},
        challenge,
        exchange::Watch,
        field_problems, json, limits, location, problem,
        secrets::Secrets,
        traced::{sends_again, traced},
    },
    claims::{locked, slot_values},
    config::{Api, ApiAuth, ClaimGap, HeaderSetting, is_header_text},
    metrics::{ApiFailure, RequestSource},
    tokens::Need,
};

/// A larger body of a failure explains nothing, and is not parsed: that would take many times its memory.
const EXPLANATION_MAX_BYTES: usize = 256 * 1024;
/// A longer plain text is no sentence for users.
const SENTENCE_MAX_BYTES: usize = 300;

/// Headers of a request, those of the settings marked as sensitive.
pub(super) type Headers = Vec<(HeaderName, HeaderValue)>;

/// One request to an API.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// Path and query below its base URL.
    pub path: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Vec<u8>,
    /// The least timeout for the complete response; that of the API applies if it is longer.
    pub patience: Duration,
    /// It changes nothing, whatever its method: it may be repeated on a broken connection, and may use a kept one.
    pub is_read: bool,
    /// What it comes from, for metrics and traces.
    pub source: RequestSource,
    /// The path as in the settings, for traces; may be empty.
    pub label: String,
}

/// A call and everything that belongs to sending it.
pub(super) struct Outgoing<'a> {
    pub call: &'a Call,
    /// The headers of the settings.
    pub headers: &'a Headers,
    /// Notes the exchange.
    pub watch: &'a Watch,
    /// Where the memory for the answer comes from, if that is limited.
    pub memory: Option<&'a AnswerMemory>,
}

/// The API's response, and the secrets of the request.
pub struct Answer {
    pub response: Response<Vec<u8>>,
    pub(super) secrets: Secrets,
}

impl Answer {
    /// The API's own explanation of a failure, as plain text: from problem details (RFC 9457 3), from the usual members of
    /// other JSON, or the short plain text of a 4xx.
    pub fn words(&self) -> Option<String> {
        match self.explanation() {
            Some(body) => problem::words(&serde_json::from_slice(body).ok()?, &self.secrets),
            None => problem::harmless(self.sentence()?, &self.secrets),
        }
    }

    /// The body of a 4xx, if it is one line of plain text that says more than the status. Servers write a 5xx for their
    /// developers: `pq: relation "orders" does not exist`.
    fn sentence(&self) -> Option<&str> {
        let (status, body) = (self.response.status(), self.response.body().as_slice());
        let is_plain = media_type(self.response.headers())? == "text/plain";
        if !status.is_client_error() || !is_plain || body.len() > SENTENCE_MAX_BYTES {
            return None;
        }
        let text = std::str::from_utf8(body).ok()?.trim();
        let is_status = status.canonical_reason().is_some_and(|reason| text.eq_ignore_ascii_case(reason));
        (!text.contains('\n') && !is_status).then_some(text)
    }

    /// Until when the API asks not to be asked again, in Unix seconds.
    pub fn waits_until(&self, now: UnixSecs) -> Option<UnixSecs> {
        limits::wait(self.response.status(), self.response.headers(), now)
    }

    /// The same with the reason.
    pub(super) fn wait(&self, now: UnixSecs) -> Option<Wait> {
        let until = self.waits_until(now)?;
        let is_limit = self.response.status() != StatusCode::SERVICE_UNAVAILABLE;
        Some(Wait { until, is_limit, said: self.words() })
    }

    /// The problems with submitted values.
    pub fn field_problems(&self) -> Vec<FieldProblem> {
        self.json().map(|body| field_problems::find(&body)).unwrap_or_default()
    }

    /// When the API wants to be asked again, if it says so, in Unix seconds.
    pub fn again_at(&self, now: UnixSecs) -> Option<UnixSecs> {
        limits::again_at(self.response.headers(), now)
    }

    /// Path and query of the `Location` header, if it is below the base of this API; `from` are those of the request.
    pub fn location(&self, api: &Api, from: &str) -> Option<String> {
        location::location(api, from, self.response.headers())
    }

    /// The last segment of the path of the `Location` header, unless it has a secret.
    pub fn location_last(&self, api: &Api) -> Option<String> {
        location::last_segment(api, self.response.headers()).filter(|last| !self.secrets.is_in(last))
    }

    /// The body, if it is JSON without a secret: none may reach a browser.
    pub fn json(&self) -> Option<Value> {
        let body = json::parse(self.explanation()?).ok()?;
        (!self.secrets.is_in_answer(&body)).then_some(body)
    }

    /// The body, if it is JSON of a size that may be an explanation.
    fn explanation(&self) -> Option<&[u8]> {
        let kind = media_type(self.response.headers())?;
        let body = self.response.body().as_slice();
        (is_json(&kind) && body.len() <= EXPLANATION_MAX_BYTES).then_some(body)
    }
}

/// Whether a media type is JSON.
pub(crate) fn is_json(kind: &str) -> bool {
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// What a request needs beside the call: the configured headers, and the access token.
pub struct Credentials {
    headers: Headers,
    token: Option<Secret>,
}

/// Why there is no response.
#[derive(Debug)]
pub enum NoAnswer {
    /// There is no token, so nothing was sent; or the API rejected it as invalid, and there is no other.
    NoToken(AppError),
    /// Too many requests to this API are under way, so nothing was sent.
    Busy,
    /// Nothing was sent, or no response arrived.
    Http(HttpOutError),
}

impl ApiClient {
    /// Sends an action to this API, with credentials for it. If the API says that the token is invalid, and so has done
    /// nothing (RFC 6750 3.1), sends it once more with another token. No other failure causes a retry.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn send(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        call: &Call,
        credentials: Credentials,
    ) -> Result<Answer, NoAnswer> {
        let Credentials { headers, token } = credentials;
        // The answer to an action is read in any case: without it, nobody would know what was done.
        let sending = Outgoing { call, headers: &headers, watch: &Watch::nothing(), memory: None };
        let answer = self.send_with(signed_in, api, &sending, token).await;
        // It may have changed what the API answers.
        self.kept.forget(signed_in);
        let answer = answer?;
        let now = self.clock.now();
        // Not 503: the request may have been carried out, and whether it was is seen in the panels.
        let asks_to_wait = answer.response.status() != StatusCode::SERVICE_UNAVAILABLE;
        if let Some(wait) = answer.wait(now).filter(|_| asks_to_wait) {
            let secs = wait.until - now;
            self.kept.wait(signed_in, api, wait);
            tracing::warn!(event = "API asks for fewer requests", api = api.id, secs);
        }
        Ok(answer)
    }

    /// Asks for the state of a job. Answers that are kept stay.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn ask_job(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        path: String,
        source: RequestSource,
    ) -> Result<Answer, NoAnswer> {
        let Credentials { headers, token } =
            self.credentials(signed_in, api).await.map_err(NoAnswer::NoToken)?;
        let (body, own, patience) = (Vec::new(), Vec::new(), Duration::ZERO);
        let label = String::new();
        let call =
            Call { method: Method::GET, path, headers: own, body, patience, is_read: true, source, label };
        let sending = Outgoing { call: &call, headers: &headers, watch: &Watch::nothing(), memory: None };
        self.send_with(signed_in, api, &sending, token).await
    }

    /// Forgets the kept answers for this session: something has changed what the APIs answer.
    pub fn forget_answers(&self, signed_in: &SignedIn) {
        self.kept.forget(signed_in);
    }

    /// What requests to this API need, with a usable token. Sends nothing to the API.
    ///
    /// # Errors
    /// `Forbidden` if a claim for its headers is missing, else as
    /// [`Tokens::access_token`](crate::tokens::Tokens::access_token).
    pub async fn credentials(&self, signed_in: &SignedIn, api: &Api) -> Result<Credentials, AppError> {
        let headers = self.headers(signed_in, api)?;
        Ok(Credentials { headers, token: self.token(signed_in, api).await? })
    }

    /// Until when this API asks not to be asked for this session, in Unix seconds.
    pub fn waits_until(&self, signed_in: &SignedIn, api: &Api) -> Option<UnixSecs> {
        self.kept.wait_of(signed_in, api, self.clock.now()).map(|wait| wait.until)
    }

    /// A usable token; `None` if the API takes none.
    pub(super) async fn token(&self, signed_in: &SignedIn, api: &Api) -> Result<Option<Secret>, AppError> {
        match api.auth {
            ApiAuth::None => Ok(None),
            ApiAuth::Bearer => self.tokens.access_token(signed_in, api, Need::Usable).await.map(Some),
        }
    }

    /// A token in place of one that the API has rejected: the API may know more than the expiry time, because a key was
    /// rotated or the token revoked. `None` if another token would not change that; then the API's answer stays.
    pub(super) async fn other_token(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        rejected: Secret,
    ) -> Result<Option<Secret>, AppError> {
        match self.tokens.access_token(signed_in, api, Need::OtherThan(rejected)).await {
            Ok(other) => Ok(Some(other)),
            Err(AppError::ApiUnavailable) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends a call with everything that belongs to it, and this token. A rejected token is replaced once.
    pub(super) async fn send_with(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        sending: &Outgoing<'_>,
        token: Option<Secret>,
    ) -> Result<Answer, NoAnswer> {
        traced(api, sending.call, self.send_replacing(signed_in, api, sending, token)).await
    }

    async fn send_replacing(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        sending: &Outgoing<'_>,
        mut token: Option<Secret>,
    ) -> Result<Answer, NoAnswer> {
        let mut response = self.send_once(signed_in, api, sending, token.as_ref()).await?;
        // Whatever else came after the API may have added a 401 without a reason, when the work was done.
        let is_rejected = match sending.call.method {
            Method::GET => challenge::may_be_invalid_token,
            _ => challenge::is_invalid_token,
        };
        if let Some(rejected) = token.clone()
            && response.status() == StatusCode::UNAUTHORIZED
            && is_rejected(response.headers())
            && let Some(other) =
                self.other_token(signed_in, api, rejected).await.map_err(NoAnswer::NoToken)?
        {
            sends_again();
            response = self.send_once(signed_in, api, sending, Some(&other)).await?;
            token = Some(other);
        }
        let telltales = api.headers.iter().filter_map(|header| header.telltale().cloned()).collect();
        Ok(Answer { response, secrets: Secrets { token, headers: telltales } })
    }

    /// The configured headers, with the user's claims.
    ///
    /// # Errors
    /// `Forbidden` if a claim has no value that can be in a header.
    pub(super) fn headers(&self, signed_in: &SignedIn, api: &Api) -> Result<Headers, AppError> {
        let claims = &signed_in.record.claims;
        let header = |header: &HeaderSetting| {
            let values = slot_values(&self.claim_slots, claims, header.slots())?;
            if let Some((slot, _)) = values.iter().find(|(_, value)| !is_header_text(value)) {
                return Err(locked(slot, ClaimGap::Unfit));
            }
            let value = header.fill(|slot| values.get(slot).cloned()).ok_or_else(|| {
                tracing::error!(header = %header.name, "a configured header could not be built");
                AppError::Internal
            })?;
            Ok((header.name.clone(), value))
        };
        api.headers.iter().map(header).collect()
    }

    async fn send_once(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        Outgoing { call, headers, watch, memory }: &Outgoing<'_>,
        token: Option<&Secret>,
    ) -> Result<Response<Vec<u8>>, NoAnswer> {
        let request = request(api, call, headers, token).map_err(NoAnswer::NoToken)?;
        let timeout = api.timeout.unwrap_or(self.http.timeout());
        let place = self.bounds.place(&Bounds::claimant(signed_in, api), timeout).await;
        let _place = place.map_err(|_| {
            let reason = "too many requests to its host are in progress, and too many wait";
            tracing::warn!(event = "API busy", api = api.id, reason, "a request was not sent");
            self.metrics.api_failed(&api.id, ApiFailure::Busy);
            NoAnswer::Busy
        })?;
        watch.sends(token);
        let begun = Instant::now();
        let limit = timeout.max(call.patience);
        let memory = memory.map(|memory| memory as &dyn BodyMemory);
        let response = match call.is_read {
            true => self.http.send_repeatable(request, limit, memory).await,
            false => self.http.send_within(request, limit).await,
        };
        self.note_answer(&call.source, api, response.as_ref().map(Response::status), begun);
        match &response {
            Ok(response) => watch.receives(response),
            Err(error) => watch.fails(error),
        }
        response.map_err(NoAnswer::Http)
    }
}

/// The request of a call, with this token.
pub(super) fn request(
    api: &Api,
    call: &Call,
    headers: &Headers,
    token: Option<&Secret>,
) -> Result<Request<Vec<u8>>, AppError> {
    let base = api.url.as_str().trim_end_matches('/');
    let mut request = Request::builder().method(&call.method).uri(format!("{base}{}", call.path));
    if headers.iter().chain(&call.headers).all(|(name, _)| name != header::ACCEPT) {
        request = request.header(header::ACCEPT, "application/json");
    }
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, bearer(token)?);
    }
    for (name, value) in headers.iter().chain(&call.headers) {
        request = request.header(name, value);
    }
    request.body(call.body.clone()).map_err(|_| AppError::Internal)
}

/// Marked as sensitive, so that no lower layer prints it.
fn bearer(token: &Secret) -> Result<HeaderValue, AppError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
        tracing::error!("the access token is not a valid header value");
        AppError::Internal
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_01_a_body_that_is_too_large_for_an_explanation_is_not_parsed() {
        let answer = |bytes: usize| {
            let body = br#"{"message":"No","errors":{"amount":"Too much"}}"#;
            let space = vec![b' '; bytes - body.len()];
            let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
            let response = response.body([body.as_slice(), &space].concat()).unwrap();
            let answer = Answer { response, secrets: Secrets::default() };
            (answer.words(), answer.field_problems().len())
        };
        assert_eq!(answer(EXPLANATION_MAX_BYTES), (Some("No".to_owned()), 1));
        assert_eq!(answer(EXPLANATION_MAX_BYTES + 1), (None, 0));
    }
}
