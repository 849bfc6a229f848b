//! Images of panels: read from the API or another host, recognized by their first bytes, and passed on. What fails is a
//! transparent image with the status of the failure, so that the box on the page stays as it is.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, Request, State, rejection::PathRejection},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use claimcheck_model::{AppError, paths};
use claimcheck_server::{
    api::{FileError, Image},
    budget::Permit,
    guard::{ClientAddress, is_navigation},
};
use futures::stream;

use crate::handlers::{
    downloads::{parameter, signed_in},
    panels::question_of,
    request::{reader_of, refuse, status},
    state::AppState,
};

/// How long an image waits while its session reads as many as it may.
const WAIT: Duration = Duration::from_secs(10);
/// How long browsers keep an image.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=600");
/// A transparent pixel, in place of an image that cannot be shown.
const PLACEHOLDER: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";

/// `GET /boards/{board}/images/{panel}?column=…&image=…`: the image with that sealed address.
pub async fn image(
    State(state): State<AppState>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let parts = request.into_parts().0;
    let Ok(Path((board, panel))) = path else { return no_image(&parts, AppError::NotFound.into()) };
    match image_of(&state, &parts, (&board, &panel), &query.unwrap_or_default()).await {
        Ok(response) => response,
        Err(error) => no_image(&parts, error),
    }
}

async fn image_of(
    state: &AppState,
    parts: &Parts,
    (board, panel): (&str, &str),
    query: &str,
) -> Result<Response, FileError> {
    let signed_in = signed_in(parts)?;
    let (column, sealed) = (parameter(query, paths::COLUMN), parameter(query, paths::IMAGE));
    let (column, sealed) = column.zip(sealed).ok_or(AppError::NotFound)?;
    let reader = reader_of(state, &signed_in.record.claims, &parts.headers);
    let request = state.boards.request(&signed_in, &reader, board, question_of(state, board, query))?;
    let wanted = request.image(panel, &column, &sealed)?;
    let client = ClientAddress::of(&parts.extensions).ip();
    let place = state.budget.images.open_within(&signed_in, client, WAIT).await.map_err(|full| {
        tracing::warn!(event = "too many images", limit = ?full, "an image was refused");
        AppError::Busy
    })?;
    Ok(shown(wanted.load().await?, place))
}

/// The response with an image. The guard adds `nosniff`, a policy with `sandbox`, and that other origins get nothing.
fn shown(image: Image, place: Permit) -> Response {
    let length = HeaderValue::from(image.bytes.len());
    let kept = if image.may_be_kept { KEPT } else { HeaderValue::from_static("no-store") };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(image.media_type)),
        (header::CONTENT_LENGTH, length),
        (header::CACHE_CONTROL, kept),
    ];
    // The place is held until the connection has taken the image.
    let body = stream::once(async move {
        let _held = place;
        Ok::<Bytes, std::convert::Infallible>(image.bytes)
    });
    (headers, Body::from_stream(body)).into_response()
}

/// The response in place of an image.
fn no_image(parts: &Parts, error: FileError) -> Response {
    let error = match error {
        FileError::App(error) => error,
        _ => AppError::ApiUnavailable,
    };
    if error == AppError::SignedOut || is_navigation(&parts.headers) {
        return refuse(&parts.into(), error);
    }
    tracing::info!(reason = error.reason(), "refused");
    (status(&error), [(header::CONTENT_TYPE, "image/gif")], PLACEHOLDER).into_response()
}
