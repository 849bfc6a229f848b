//! Downloads: the rows of a table as CSV, and files of an API that belong to rows. Both are passed on as they arrive. A
//! failure before the first byte is a page; a failure after it breaks the connection.

use std::{sync::Arc, task::Poll, time::Duration};

use axum::{
    BoxError,
    body::{Body, Bytes},
    extract::{Path, RawQuery, Request, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, base_path, paths};
use claimcheck_server::{
    api::FileError,
    boards::{CsvFormat, RowFile},
    budget::{OpenResponses, Permit},
    guard::{ClientAddress, ResponseFormat},
    sign_in::authorization_options,
};
use claimcheck_session::{DEFAULT_API, SignedIn};
use claimcheck_text::t;
use futures::{
    FutureExt, Stream, StreamExt,
    future::{self, BoxFuture},
    stream,
};
use tokio::time::sleep;
use url::form_urlencoded;

use crate::{
    components::invitation,
    documents,
    handlers::{
        panels::{question_of, row_name},
        request::{CurrentSession, look_of, reader_of, reference_of, refuse, status},
        state::AppState,
        taken::{Taken, TakenKind},
    },
};

/// How long a download may go on when the program is to stop.
const STOP_RESTS: Duration = Duration::from_secs(20);

/// `GET /boards/{board}/csv/{panel}`: the rows of a table as shown, or of all its pages.
pub async fn csv(
    State(state): State<AppState>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let parts = request.into_parts().0;
    let Ok(Path((board, panel))) = path else { return refuse(&(&parts).into(), AppError::NotFound) };
    let query = query.unwrap_or_default();
    match csv_of(&state, &parts, (&board, &panel), &query).await {
        Ok(response) => response,
        Err(error) => failure(&state, &parts, (&board, &panel), &query, error.into(), None),
    }
}

async fn csv_of(
    state: &AppState,
    parts: &Parts,
    (board, panel): (&str, &str),
    query: &str,
) -> Result<Response, AppError> {
    let signed_in = signed_in(parts)?;
    let reader = reader_of(state, &signed_in.record.claims, &parts.headers);
    let format = CsvFormat::of(parameter(query, paths::CSV_SEPARATOR).as_deref(), &reader);
    let is_of_all = parameter(query, paths::CSV_ROWS).as_deref() == Some(paths::ALL_ROWS);
    let kind = "text/csv; charset=utf-8; header=present";
    // Ids are [a-z0-9-], so they need no escaping, and others name no panel.
    let name = |suffix: &str| format!("{board}-{panel}{suffix}.csv");
    if !is_of_all {
        let request = state.boards.request(&signed_in, &reader, board, question_of(state, board, query))?;
        let (rows, count) = request.csv(panel, format).await?;
        let taken =
            Taken::of(state, &signed_in, (board, panel), TakenKind::Csv(Arc::new((count as u64).into())));
        taken.end(true);
        return Ok((headers(kind, &name("")), rows).into_response());
    }
    let open = OpenDownload::begin(state, &state.budget.exports, &signed_in, parts)?;
    let question = question_of(state, board, query);
    let export = state.boards.export(&signed_in, &reader, (board, panel), question, format).await?;
    let headers = headers(kind, &name(&export.name_suffix()));
    let taken = Taken::of(state, &signed_in, (board, panel), TakenKind::Csv(export.rows()));
    Ok((headers, open.body(taken.note_end(export.into_stream()))).into_response())
}

/// `GET /boards/{board}/rows/{panel}/file?column=…&key=…`: the file that a column leads to, for a row.
pub async fn file(
    State(state): State<AppState>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let parts = request.into_parts().0;
    let Ok(Path((board, panel))) = path else {
        return refuse(&(&parts).into(), AppError::NotFound);
    };
    let query = query.unwrap_or_default();
    match file_of(&state, &parts, (&board, &panel), &query).await {
        Ok(response) => response,
        Err(error) => {
            let is_missing = matches!(error, FileError::App(AppError::NotFound));
            let missing = is_missing.then(|| missing(&parts));
            failure(&state, &parts, (&board, &panel), &query, error, missing)
        }
    }
}

async fn file_of(
    state: &AppState,
    parts: &Parts,
    (board, panel): (&str, &str),
    query: &str,
) -> Result<Response, FileError> {
    let signed_in = signed_in(parts)?;
    let reader = reader_of(state, &signed_in.record.claims, &parts.headers);
    let open = OpenDownload::begin(state, &state.budget.files, &signed_in, parts)?;
    let row = row_name(query).ok_or(AppError::NotFound)?;
    let column = parameter(query, paths::COLUMN).ok_or(AppError::NotFound)?;
    let request = state.boards.request(&signed_in, &reader, board, question_of(state, board, query))?;
    let RowFile { file, name } = request.file(panel, &column, &row).await?;
    let mut headers = headers(file.kind.media_type(), &name);
    if let Some(length) = file.length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    let taken = Taken::of(state, &signed_in, (board, panel), TakenKind::File(row));
    let taken = taken.with_length(file.length);
    Ok((headers, open.body(taken.note_end(file.into_stream()))).into_response())
}

/// A parameter of a query that is not of the board.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let found = form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name);
    found.map(|(_, value)| value.into_owned())
}

/// The session of a request.
///
/// # Errors
/// `SignedOut` if there is none.
pub fn signed_in(parts: &Parts) -> Result<SignedIn, AppError> {
    let current = parts.extensions.get::<CurrentSession>().and_then(|current| current.0.clone());
    current.ok_or(AppError::SignedOut)
}

/// A running download: its permit, and what ends it early.
struct OpenDownload {
    permit: Permit,
    /// Completes with the reason when the session has ended, or when the program has to stop.
    ended: BoxFuture<'static, &'static str>,
}

impl OpenDownload {
    fn begin(
        state: &AppState,
        limit: &OpenResponses,
        signed_in: &SignedIn,
        parts: &Parts,
    ) -> Result<Self, AppError> {
        let client = ClientAddress::of(&parts.extensions).ip();
        let permit = limit.open(signed_in, client).map_err(|full| {
            tracing::warn!(event = "too many downloads", limit = ?full, "a download was refused");
            AppError::Busy
        })?;
        let (mut watch, stopping) = (state.sessions.watch(&signed_in.key), state.stopping.clone());
        let ended = async move {
            tokio::select! {
                _why = watch.ended() => "the session has ended",
                () = async { stopping.cancelled().await; sleep(STOP_RESTS).await } => "the program stops",
            }
        };
        Ok(Self { permit, ended: Box::pin(ended) })
    }

    /// A body of these parts. It keeps the permit until it has ended or the client has gone.
    fn body<E: Into<BoxError>>(self, parts: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Body {
        let (mut parts, mut ended, permit) = (Box::pin(parts), self.ended, self.permit);
        Body::from_stream(stream::poll_fn(move |context| {
            let _held = &permit;
            if let Poll::Ready(reason) = ended.poll_unpin(context) {
                tracing::warn!(event = "download broken off", reason, "a file was not passed on to its end");
                // Not polled again: it would be over.
                ended = future::pending().boxed();
                return Poll::Ready(Some(Err(BoxError::from(reason))));
            }
            parts.poll_next_unpin(context).map_err(Into::into)
        }))
    }
}

/// The headers of a file; the guard adds `nosniff`, `no-store` and a policy with `sandbox`.
fn headers(kind: &str, name: &str) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("attachment"));
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, value(kind)),
        (header::CONTENT_DISPOSITION, value(&disposition(name))),
        (header::ACCEPT_RANGES, HeaderValue::from_static("none")),
    ])
}

/// A name for all browsers (RFC 6266 4.3, appendix D).
fn disposition(name: &str) -> String {
    let ascii: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let plain = format!("attachment; filename=\"{ascii}\"");
    if ascii == name {
        return plain;
    }
    let mut encoded = String::new();
    paths::encode_into(&mut encoded, name);
    format!("{plain}; filename*=UTF-8''{encoded}")
}

/// Title, reason and advice.
type Texts = (&'static str, &'static str, &'static str);

/// The texts about a file that does not exist.
fn missing(parts: &Parts) -> Texts {
    let language = look_of(&parts.extensions).language;
    (t!(language, "file-missing-title"), t!(language, "file-missing"), t!(language, "file-missing-advice"))
}

/// The page about a file that was refused, with the way back to the board.
fn failure(
    state: &AppState,
    parts: &Parts,
    (board, panel): (&str, &str),
    query: &str,
    error: FileError,
    texts: Option<Texts>,
) -> Response {
    let look = look_of(&parts.extensions);
    let language = look.language;
    let mut again_in = None;
    let said = match &error {
        FileError::NotPrepared(said) => said.clone(),
        _ => None,
    };
    let (error, texts) = match error {
        FileError::App(error) => (error, texts),
        FileError::Preparing(pause) => {
            again_in = Some(pause);
            (
                AppError::ApiUnavailable,
                Some((
                    t!(language, "file-preparing-title"),
                    t!(language, "file-preparing"),
                    t!(language, "file-preparing-advice"),
                )),
            )
        }
        FileError::Unfinished => (
            AppError::ApiUnavailable,
            Some((
                t!(language, "file-unfinished-title"),
                t!(language, "file-unfinished"),
                t!(language, "file-unfinished-advice"),
            )),
        ),
        FileError::NotPrepared(_) => (
            AppError::ApiUnavailable,
            Some((
                t!(language, "file-not-prepared-title"),
                t!(language, "file-not-prepared"),
                t!(language, "file-not-prepared-advice"),
            )),
        ),
        // `BoardRequest::file` handles both before.
        FileError::Accepted(_) | FileError::SeeOther(_) => (AppError::ApiUnavailable, texts),
        FileError::WrongType => (
            AppError::ApiUnavailable,
            Some((
                t!(language, "file-wrong-type-title"),
                t!(language, "file-wrong-type"),
                t!(language, "file-wrong-type-advice"),
            )),
        ),
        FileError::TooLarge => (
            AppError::ApiUnavailable,
            Some((
                t!(language, "file-too-large-title"),
                t!(language, "file-too-large"),
                t!(language, "file-too-large-advice"),
            )),
        ),
    };
    let format = ResponseFormat::from(parts);
    if format.is_json() || error == AppError::SignedOut {
        return refuse(&format, error);
    }
    tracing::info!(reason = error.reason(), "refused");
    let again = parts.uri.path_and_query().map(|target| base_path::address(target.as_str()));
    let mut problem = documents::problem_of(language, &error, reference_of(parts), again.as_deref());
    let found = state.settings.board(board);
    let panel = found.and_then(|board| board.panel(panel));
    let back = match (found, panel) {
        (Some(board), Some(panel)) => question_of(state, &board.id, query).href(&board.id, &panel.id),
        (Some(board), None) => question_of(state, &board.id, query).at(&paths::board(&board.id)),
        (None, _) => paths::HOME.href(),
    };
    problem.back = Some((t!(language, "file-back").to_owned(), back.clone()));
    if let Some((title, what, advice)) = texts {
        (problem.title, problem.what, problem.advice) =
            (title.to_owned(), what.to_owned(), advice.to_owned());
        problem.action = None;
        if let Some(words) = said {
            problem.what = format!("{} {}", problem.what, t!(language, "answer-said", words = words));
        }
    } else if error == AppError::Busy {
        problem.advice = t!(language, "file-busy-advice").to_owned();
    }
    let current = parts.extensions.get::<CurrentSession>().and_then(|current| current.0.as_ref());
    let api = panel.map_or(DEFAULT_API, |panel| panel.api.as_str());
    let ask = current
        .and_then(|signed_in| authorization_options::href(&state.sign_in, signed_in, api, &error, &back));
    if let Some((href, (label, advice))) = ask.zip(invitation(language, &error, false)) {
        problem.advice = advice.to_owned();
        problem.action = Some((label.to_owned(), href));
    }
    let Some(pause) = again_in else {
        return (status(&error), documents::problem_page(look, problem)).into_response();
    };
    problem.action = again.map(|again| (t!(language, "file-preparing-again").to_owned(), again.to_owned()));
    // Browsers follow it without scripts, and stay on the page when a download begins.
    let refresh = [(header::REFRESH, pause.as_secs().max(1).to_string())];
    (StatusCode::ACCEPTED, refresh, documents::problem_page(look, problem)).into_response()
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn r35_a_name_is_written_for_old_and_new_browsers() {
        assert_eq!(disposition("Invoice 7.pdf"), "attachment; filename=\"Invoice 7.pdf\"");
        assert_eq!(
            disposition("Größe.pdf"),
            "attachment; filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf"
        );
    }
}
