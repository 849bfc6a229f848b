//! Signing out, to the extent that the user chose. First the session is deleted, then its tokens are revoked. The answer
//! is always a page that goes on by itself, and never a redirect: Chromium applies `form-action` to every redirect of a
//! form, and a provider may redirect further (HD-03).

use std::time::Duration;

use axum::{
    Extension,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use claimcheck_base::{random, secret::Secret};
use claimcheck_model::{AppError, base_path::base_path, paths};
use claimcheck_oidc::end_session::EndSessionRequest;
use claimcheck_server::{
    guard::{ResponseFormat, sign_out_csp},
    requester,
    session_layer::CookieSettings,
    sign_in::{
        end_session::{self, Reach},
        pause,
    },
};
use claimcheck_session::{EndReason, SignedIn};
use tokio::task::JoinHandle;
use tracing::Instrument;
use url::form_urlencoded;

use crate::{
    components::Look,
    documents::{self, SignOutStep},
    handlers::{
        request::{CurrentSession, look_of, refuse},
        sessions,
        state::AppState,
    },
};

/// How long a sign-out waits for the revocation.
const REVOCATION_WAIT: Duration = Duration::from_secs(2);
/// The form has one field with one word.
const FORM_MAX_BYTES: usize = 4096;

/// What the user signs out of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// This session, and the provider's.
    Provider,
    /// This session only.
    OnlyHere,
    /// All of the user's sessions here, and the provider's.
    Everywhere,
}

impl Choice {
    /// The choice in the posted form; `None` for anything that our forms do not send. Other fields are ignored.
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
    let look = look_of(request.extensions());
    let Some(choice) = Choice::of(request).await else { return refuse(&asked, AppError::Invalid) };
    let Some(signed_in) = current else {
        // Without this session, the owner of the others is unknown. After a sign-in, they can be listed and ended.
        let next = match choice {
            Choice::Everywhere => SignOutStep::Sessions(paths::sign_in(&paths::SESSIONS.href())),
            Choice::Provider | Choice::OnlyHere => home(&state),
        };
        return leave(&state, &asked, look, next);
    };
    // Runs as its own task: if the browser disconnects, the tokens of ended sessions must still be revoked.
    let ending = requester::carry(end(state.clone(), signed_in, choice).in_current_span());
    let ended = match state.tasks.spawn(ending).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(error)) => return refuse(&asked, error),
        Err(_) => return refuse(&asked, AppError::Internal),
    };
    let Some((id_token, revoked)) = ended else { return leave(&state, &asked, look, home(&state)) };
    let request = match choice {
        Choice::OnlyHere => None,
        Choice::Provider | Choice::Everywhere => end_session::request(&state.sign_in, &id_token).await,
    };
    // If the provider is fast, the tokens are revoked before the browser moves on; otherwise in the background.
    let _ = tokio::time::timeout(REVOCATION_WAIT, revoked).await;
    let next = match request {
        Some(EndSessionRequest::Url(url)) => SignOutStep::Provider(url),
        Some(EndSessionRequest::Form(form)) => SignOutStep::Form(form.action, form.fields),
        None => home(&state),
    };
    leave(&state, &asked, look, next)
}

/// Ends the session, and all others before it if that is the choice: while it exists, a failure can be retried. Starts
/// to revoke its tokens. Returns the ID token for the provider, and the handle of the revocation; nothing if the
/// session had already ended.
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

/// The home page, which confirms the sign-out. A sealed value proves it, so that no other site can make the page say
/// so.
fn home(state: &AppState) -> SignOutStep {
    SignOutStep::Home(match end_session::state(&state.sign_in, Reach::Here) {
        Some(state) => format!("{}?state={state}", paths::HOME.href()),
        None => paths::HOME.href(),
    })
}

/// The page that goes on. Removes the cookie, the browser's cache of signed-in pages, and stored drafts.
fn leave(state: &AppState, asked: &ResponseFormat, look: Look, next: SignOutStep) -> Response {
    // Below a path, the origin also belongs to other applications, and this header would delete what is theirs: the page deletes
    // what is ours by a script.
    let shares_origin = !base_path().is_empty();
    let mut response = match random::text::<16>() {
        Ok(nonce) => {
            let has_form = matches!(next, SignOutStep::Form(..));
            let csp = sign_out_csp(&nonce, has_form, has_form || shares_origin);
            let page = documents::sign_out_page(look, next, nonce);
            (StatusCode::OK, [(header::CONTENT_SECURITY_POLICY, csp)], page).into_response()
        }
        Err(_) => refuse(asked, AppError::Internal),
    };
    let headers = response.headers_mut();
    // The page contains the ID token: no site that it leads to may see its address, and no cache may keep it.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(removal) = CookieSettings::new(state.settings.is_https()).removal() {
        headers.append(header::SET_COOKIE, removal);
    }
    if let Some(cookie) = pause::cookie(&state.settings) {
        headers.append(header::SET_COOKIE, cookie);
    }
    if !shares_origin {
        headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    }
    response
}
