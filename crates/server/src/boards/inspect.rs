//! Why a panel is empty: the exchange between a panel and its API, for people with `inspect_role`. All text from the
//! exchange is masked here.

use std::{io, time::Duration};

use claimcheck_base::{clock::UnixSecs, secret::Secret};
use claimcheck_model::{AppError, PanelError};
use claimcheck_session::SignedIn;
use serde_json::Value;
use url::form_urlencoded;

pub use crate::api::TokenUse;

use crate::{
    api::{ApiExchange, Masker, ReadError, Sending, json, start},
    boards::{
        BoardRequest,
        kinds::{Finding, Found, PanelRequest},
    },
    rights,
};

/// The longest excerpt of an answer, and of a value that a path finds.
const EXCERPT_MAX_BYTES: usize = 16 * 1024;
const VALUE_MAX_BYTES: usize = 200;

/// What is known about the requests of a panel.
pub struct Inspection {
    /// The panel's title.
    pub title: String,
    /// The title of its API.
    pub api: String,
    /// What the panel shows in place of its data.
    pub failure: Option<PanelError>,
    /// That of the panel's own request, then that of the preceding period.
    pub exchanges: Vec<Seen>,
    /// The request was not sent in the last minute, and is sent only if the user wants.
    pub is_unsent: bool,
}

/// One exchange as it is shown.
pub struct Seen {
    pub at: UnixSecs,
    pub method: String,
    /// Without the query.
    pub address: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub token: TokenUse,
    /// The seconds until the token expires, if that is known.
    pub expires_in: Option<i64>,
    pub tries: u32,
    pub fault: Option<String>,
    pub status: Option<u16>,
    pub response_headers: Vec<(String, String)>,
    /// The begin of the answer.
    pub excerpt: String,
    pub is_cut: bool,
    pub bytes: usize,
    /// `None` if the panel could not use the answer.
    pub findings: Option<Vec<Finding>>,
    pub waited: Option<Duration>,
    pub total: Duration,
    pub shared: u32,
    pub reused: u32,
}

impl BoardRequest<'_> {
    /// The latest exchange of a panel. If there is none, a `GET` is sent.
    ///
    /// # Errors
    /// As [`rights::check_inspect`], then as [`BoardRequest::panel`] if the user has no access to the panel.
    pub async fn inspect(&self, panel: &str) -> Result<Inspection, AppError> {
        rights::check_inspect(self.settings(), &self.signed_in().record)?;
        let panel = self.find(panel)?;
        tracing::info!(
            event = "panel inspected",
            session = self.signed_in().key.as_str(),
            board = self.board.id,
            panel = panel.id
        );
        let api = self.settings().api(&panel.api).ok_or(AppError::Internal)?;
        let language = self.reader().language();
        let mut inspection = Inspection {
            title: self.title(&panel.title),
            api: api.title.text(language).to_owned(),
            failure: None,
            exchanges: Vec::new(),
            is_unsent: false,
        };
        let asked = PanelRequest::of(self, panel);
        if let Err(failure) = self.resolve_slots(panel).await {
            inspection.failure = Some(failure);
            return Ok(inspection);
        }
        inspection.title = self.title_when_ready(&panel.title).await;
        let requests = match asked.requests() {
            Ok(requests) => requests,
            Err(error) => {
                inspection.failure = Some(error.into());
                return Ok(inspection);
            }
        };
        for (number, request) in requests.into_iter().enumerate() {
            let found = self.boards.api.exchange(self.signed_in(), api, request, Sending::IfUnknown).await;
            let exchange = match found {
                Ok(Some(exchange)) => exchange,
                Ok(None) => {
                    inspection.is_unsent = true;
                    continue;
                }
                Err(error) if number == 0 => {
                    inspection.failure = Some(self.shown_failure(error));
                    continue;
                }
                Err(_) => continue,
            };
            // A refresh may have taken the role.
            let now = self.reloaded().await?;
            let masker = masker(&exchange, &now);
            let seen = self.seen(&asked, &exchange, &masker, &now);
            if number == 0 {
                let unfit = seen.findings.iter().flatten().find_map(|finding| match &finding.found {
                    Found::Unfit(problem) => Some(PanelError::of_answer(problem.clone())),
                    _ => None,
                });
                inspection.failure =
                    exchange.outcome.clone().err().map(|error| self.shown_failure(error)).or(unfit);
            }
            inspection.exchanges.push(seen);
        }
        Ok(inspection)
    }

    /// Sends the requests of a panel again, because a person asked for it.
    ///
    /// # Errors
    /// As [`BoardRequest::inspect`]. A failure of the API is no error: the exchange tells it.
    pub async fn send_again(&self, panel: &str) -> Result<(), AppError> {
        rights::check_inspect(self.settings(), &self.signed_in().record)?;
        let panel = self.find(panel)?;
        tracing::info!(
            event = "panel inspected",
            session = self.signed_in().key.as_str(),
            board = self.board.id,
            panel = panel.id,
            "the request is sent again"
        );
        let api = self.settings().api(&panel.api).ok_or(AppError::Internal)?;
        let asked = PanelRequest::of(self, panel);
        // The next page tells what is wrong with filters.
        if self.resolve_slots(panel).await.is_err() {
            return Ok(());
        }
        for request in asked.requests().unwrap_or_default() {
            let sent = self.boards.api.exchange(self.signed_in(), api, request, Sending::Always).await;
            // The next page tells any other failure.
            if let Err(ReadError { error: AppError::SignedOut, .. }) = sent {
                return Err(AppError::SignedOut);
            }
        }
        Ok(())
    }

    /// The session as it is now, if its user may still see this.
    async fn reloaded(&self) -> Result<SignedIn, AppError> {
        let now = self.boards.api.reload(self.signed_in()).await?;
        rights::check_inspect(self.settings(), &now.record)?;
        Ok(now)
    }

    /// The panel's own failure: a configured path that leads nowhere is a fault.
    fn shown_failure(&self, error: ReadError) -> PanelError {
        match self.explained(error) {
            PanelError { error: AppError::NotFound, .. } => AppError::ApiUnavailable.into(),
            failure => failure,
        }
    }

    fn seen(
        &self,
        asked: &PanelRequest<'_>,
        exchange: &ApiExchange,
        masker: &Masker,
        now: &SignedIn,
    ) -> Seen {
        let text = |text: &str| masker.text(text).into_owned();
        let pair = |(name, value): &(String, String)| (name.clone(), text(value));
        let (address, query) = exchange.url.split_once('?').unwrap_or((&exchange.url, ""));
        let query = form_urlencoded::parse(query.as_bytes());
        let answer = exchange.outcome.as_ref().ok().and_then(Option::as_ref);
        let (excerpt, is_cut) = excerpt(exchange, answer.map(|answer| &*answer.value), masker);
        let access = now.tokens.access.values().find(|access| exchange.has_sent(&access.token));
        let expires_at = access.and_then(|access| access.expires_at);
        let findings = answer.map(|answer| {
            let masked = |finding: Finding| Finding { found: masked(finding.found, masker), ..finding };
            asked.findings(&answer.value).into_iter().map(masked).collect()
        });
        Seen {
            at: exchange.at,
            method: exchange.method.to_string(),
            address: text(address),
            query: query.map(|(name, value)| (text(&name), text(&value))).collect(),
            headers: exchange.headers.iter().map(pair).collect(),
            body: exchange.body.as_deref().map(|body| request_body(body, masker)),
            token: exchange.token,
            expires_in: expires_at.map(|end| end - self.now()),
            tries: exchange.tries,
            fault: exchange.fault.as_deref().map(text),
            status: exchange.status.map(|status| status.as_u16()),
            response_headers: exchange.response_headers.iter().map(pair).collect(),
            excerpt,
            is_cut,
            bytes: exchange.response_bytes,
            findings,
            waited: exchange.waited,
            total: exchange.total,
            shared: exchange.shared,
            reused: exchange.reused,
        }
    }
}

/// Masks the secrets of the exchange and of the session as it is now.
fn masker(exchange: &ApiExchange, now: &SignedIn) -> Masker {
    let tokens = &now.tokens;
    let of_session = tokens.access.values().map(|access| &access.token);
    let of_session = of_session.chain(&tokens.refresh_token).chain([&tokens.id_token]);
    Masker::new(exchange.secrets().chain(of_session).map(Secret::expose))
}

/// The begin of an answer, JSON with indentation, and whether something is left out.
fn excerpt(exchange: &ApiExchange, answer: Option<&Value>, masker: &Masker) -> (String, bool) {
    let is_whole = exchange.response_body.len() == exchange.response_bytes;
    let parsed = match answer {
        Some(_) => None,
        None if is_whole => json::parse(&exchange.response_body).ok(),
        None => None,
    };
    let is_empty = exchange.response_body.is_empty();
    let (text, is_cut) = match answer.filter(|_| !is_empty || exchange.status.is_some()).or(parsed.as_ref()) {
        Some(_) if is_empty && answer.is_some_and(Value::is_null) => (String::new(), false),
        Some(value) => {
            let mut room = EXCERPT_MAX_BYTES;
            let value = masker.value(value, &mut room);
            (pretty(&value), room == 0)
        }
        None => (String::from_utf8_lossy(&exchange.response_body).into_owned(), !is_whole),
    };
    let masked = masker.text(&text);
    let shown = start(&masked, EXCERPT_MAX_BYTES);
    (shown.to_owned(), is_cut || shown.len() < masked.len())
}

/// The begin of a request's body, with indentation as in the answer.
fn request_body(body: &str, masker: &Masker) -> String {
    let mut room = EXCERPT_MAX_BYTES;
    let indented = json::parse(body.as_bytes()).map(|value| pretty(&masker.value(&value, &mut room)));
    let masked = masker.text(indented.as_deref().unwrap_or(body));
    start(&masked, EXCERPT_MAX_BYTES).to_owned()
}

fn pretty(value: &Value) -> String {
    let mut text = Vec::new();
    let written: io::Result<()> = serde_json::to_writer_pretty(&mut text, value).map_err(io::Error::from);
    if written.is_err() {
        return String::new();
    }
    String::from_utf8(text).unwrap_or_default()
}

fn masked(found: Found, masker: &Masker) -> Found {
    let text = |text: String| {
        let masked = masker.text(&text);
        let shown = start(&masked, VALUE_MAX_BYTES);
        if shown.len() < masked.len() { format!("{shown}\u{2026}") } else { shown.to_owned() }
    };
    match found {
        Found::Value(value) => Found::Value(text(value)),
        Found::NotNumber(value) => Found::NotNumber(text(value)),
        other => other,
    }
}
