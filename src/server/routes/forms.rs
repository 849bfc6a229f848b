//! Server functions as the target of plain forms, with scripts off. leptos would answer with a redirect to the `Referer`,
//! which the request chooses, and with the error in the URL; here it leads to the function's page, and the message waits there.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

use crate::{
    error::AppError,
    paths,
    server::{Context, Current, context, guard::is_server_fn, session::SignedIn, signed_in, status},
};

/// The longest error of ours as JSON is far shorter.
const ERROR_MAX_BYTES: usize = 4096;

/// Arguments that do not parse never reach a function: the framework answers them with its 500, which they are not.
pub async fn name_bad_arguments(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR_HEADER)
    {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, ERROR_MAX_BYTES).await.unwrap_or_default();
        let error = serde_json::from_slice(&body).unwrap_or(AppError::Internal);
        response = Response::from_parts(parts, body.into());
        *response.status_mut() = status(&error);
    }
    response
}

/// Answers a posted form with its page, and keeps a failure for it. Whoever navigates to a reading function gets what a
/// script gets, and is led nowhere.
pub async fn lead_to_page(State(context): State<Context>, mut request: Request, next: Next) -> Response {
    if is_server_fn(request.uri().path()) && request.method() != Method::POST {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    let page = form_page(request.method(), request.uri().path(), request.headers());
    let signed_in = request.extensions().get::<Current>().and_then(|current| current.0.clone());
    let response = next.run(request).await;
    let Some(page) = page else { return response };
    if let (Some(signed_in), false) =
        (signed_in, response.status().is_success() || response.status().is_redirection())
    {
        leave_message(&context, &signed_in).await;
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
}

/// The page of a function that a person posted a form to; `None` for what a script sends.
fn form_page(method: &Method, path: &str, headers: &HeaderMap) -> Option<&'static str> {
    let accepts_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    (method == Method::POST && is_server_fn(path) && accepts_page).then(|| paths::page_of_form(path))
}

async fn leave_message(context: &Context, signed_in: &SignedIn) {
    let message = "That did not work. Nothing was changed; wait a moment and try again.";
    let left =
        context.sessions.update_record(&signed_in.key, |record| record.flash = Some(message.to_owned()));
    if let Err(error) = left.await {
        tracing::warn!(%error, "a message could not be left");
    }
}

/// The message that waits for this page, once.
pub async fn message() -> Option<String> {
    let (context, signed_in) = (context().ok()?, signed_in().ok()?);
    signed_in.record.flash.as_ref()?;
    context.sessions.update_record(&signed_in.key, |record| record.flash.take()).await.ok()?.flatten()
}
