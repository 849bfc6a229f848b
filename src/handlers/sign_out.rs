//! Signing out, as far as the person chose: the session is gone first, then the tokens are given back, then the provider's
//! session is ended by a page of its own, so that no redirect of one of our forms ever reaches the provider.

use std::time::Duration;

use axum::{
    Extension,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use claimcheck_base::{random, secret::Secret};
use claimcheck_model::{AppError, paths};
use claimcheck_oidc::end_session::EndSessionForm;
use claimcheck_server::{
    guard::{ResponseFormat, sign_out_csp},
    session_layer::CookieSettings,
    sign_in::end_session::{self, Reach},
};
use claimcheck_session::{EndReason, SignedIn};
use tokio::task::JoinHandle;
use tracing::Instrument;
use url::form_urlencoded;

use crate::{
    documents,
    handlers::{
        request::{CurrentSession, refuse},
        sessions,
        state::AppState,
    },
};

/// How long a sign-out waits for the provider to take the tokens back.
const REVOCATION_WAIT: Duration = Duration::from_secs(2);
/// The form has one field of one word.
const FORM_MAX_BYTES: usize = 4096;

/// What a person signs out of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// This session, and the provider's with it.
    Provider,
    /// This session alone.
    OnlyHere,
    /// All of the person's sessions here, and the provider's.
    Everywhere,
}

impl Choice {
    /// Of the posted form; `None` for what no form of ours sends. Fields of another name mean nothing here.
    async fn of(request: Request) -> Option<Self> {
        let form = to_bytes(request.into_body(), FORM_MAX_BYTES).await.ok()?;
        let mut said = form_urlencoded::parse(&form).filter(|(name, _)| name == paths::REACH);
        match (said.next(), said.next()) {
            (None, _) => Some(Self::Provider),
            (Some((_, word)), None) if word == paths::ONLY_HERE => Some(Self::OnlyHere),
            (Some((_, word)), None) if word == paths::EVERYWHERE => Some(Self::Everywhere),
            _ => None,
        }
    }
}

/// `POST /auth/sign-out`.
pub async fn sign_out(
    State(state): State<AppState>,
    Extension(CurrentSession(current)): Extension<CurrentSession>,
    request: Request,
) -> Response {
    let asked = ResponseFormat::from(&request);
    let Some(choice) = Choice::of(request).await else { return refuse(&asked, AppError::Invalid) };
    let Some(signed_in) = current else {
        let home = home(&state).into_response();
        // Without this session nobody knows whose the others are: after a sign-in they can be seen, and ended.
        let sessions = || see_other(paths::sign_in(paths::SESSIONS)).into_response();
        return leave(&state, if choice == Choice::Everywhere { sessions() } else { home });
    };
    // A task of its own: a browser that goes away in between must not leave tokens that nobody has and nobody revokes.
    let ending = end(state.clone(), signed_in, choice).in_current_span();
    let ended = match state.tasks.spawn(ending).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(error)) => return refuse(&asked, error),
        Err(_) => return refuse(&asked, AppError::Internal),
    };
    let Some((id_token, revoked)) = ended else { return leave(&state, home(&state).into_response()) };
    let form = match choice {
        Choice::OnlyHere => None,
        Choice::Provider | Choice::Everywhere => end_session::form(&state.sign_in, &id_token).await,
    };
    // Revoked before the browser moves on, if the provider is quick; in any case in the background.
    let _ = tokio::time::timeout(REVOCATION_WAIT, revoked).await;
    let page = match form {
        Some(form) => page(form).unwrap_or_else(|| refuse(&asked, AppError::Internal)),
        None => home(&state).into_response(),
    };
    leave(&state, page)
}

/// Ends the session, after all others if that is the choice: while it is there, what failed can be asked for again. Begins
/// to give its tokens back. What is left is the ID token, for the provider, and the handle of
/// the revocation; nothing if the session was over already.
async fn end(
    state: AppState,
    signed_in: SignedIn,
    choice: Choice,
) -> Result<Option<(Secret, JoinHandle<()>)>, AppError> {
    if choice == Choice::Everywhere {
        sessions::all_but_this(&state, &signed_in).await?;
    }
    let ended = state.sessions.end(&signed_in.key, EndReason::SignedOut).await.map_err(|error| {
        tracing::error!(%error, "a session cannot be ended");
        AppError::StoreUnavailable
    })?;
    tracing::info!(event = "signed out", "by the person");
    let tokens = ended.and_then(|ended| ended.tokens);
    Ok(tokens.map(|tokens| (tokens.id_token.clone(), state.tokens.revoke(tokens))))
}

/// The page that posts to the provider.
fn page(form: EndSessionForm) -> Option<Response> {
    let nonce = random::text::<16>().ok()?;
    let csp = sign_out_csp(&nonce);
    let page = documents::sign_out_page(form.action, form.fields, nonce);
    Some((StatusCode::OK, [(header::CONTENT_SECURITY_POLICY, csp)], page).into_response())
}

/// Home, which says that one has signed out; by a sealed word of our own, so that nobody else can make it say so.
fn home(state: &AppState) -> impl IntoResponse + use<> {
    let location = match end_session::state(&state.sign_in, Reach::Here) {
        Some(state) => format!("{}?state={state}", paths::HOME),
        None => paths::HOME.to_owned(),
    };
    see_other(location)
}

fn see_other(location: String) -> impl IntoResponse + use<> {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)])
}

/// Takes the cookie away, and with it what the browser may have kept of signed-in pages, and what was typed into them.
fn leave(state: &AppState, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, CookieSettings::new(state.settings.is_https()).removal());
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}
