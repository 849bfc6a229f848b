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
use tokio::task::JoinHandle;
use tracing::Instrument;
use url::form_urlencoded;

use crate::{
    model::AppError,
    pages, paths,
    server::{
        Context, CurrentSession,
        guard::{Asked, sign_out_csp},
        oidc::{
            end_session::{self, Reach},
            revocation,
        },
        refuse,
        routes::sessions,
        session::{EndReason, SignedIn},
        session_layer::CookieSettings,
    },
};
use claimcheck_base::{random, secret::Secret};

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
    State(context): State<Context>,
    Extension(CurrentSession(current)): Extension<CurrentSession>,
    request: Request,
) -> Response {
    let asked = Asked::from(&request);
    let Some(choice) = Choice::of(request).await else { return refuse(&asked, AppError::Invalid) };
    let Some(signed_in) = current else {
        let home = home(&context).into_response();
        // Without this session nobody knows whose the others are: after a sign-in they can be seen, and ended.
        let sessions = || see_other(paths::sign_in(paths::SESSIONS)).into_response();
        return leave(&context, if choice == Choice::Everywhere { sessions() } else { home });
    };
    // A task of its own: a browser that goes away in between must not leave tokens that nobody has and nobody revokes.
    let ending = end(context.clone(), signed_in, choice).in_current_span();
    let ended = match context.tasks.spawn(ending).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(error)) => return refuse(&asked, error),
        Err(_) => return refuse(&asked, AppError::Internal),
    };
    let Some((id_token, revoked)) = ended else { return leave(&context, home(&context).into_response()) };
    let form = match choice {
        Choice::OnlyHere => None,
        Choice::Provider | Choice::Everywhere => end_session::form(&context, &id_token).await,
    };
    // Revoked before the browser moves on, if the provider is quick; in any case in the background.
    let _ = tokio::time::timeout(REVOCATION_WAIT, revoked).await;
    let page = match form {
        Some(form) => page(form).unwrap_or_else(|| refuse(&asked, AppError::Internal)),
        None => home(&context).into_response(),
    };
    leave(&context, page)
}

/// Ends the session, after all others if that is the choice: while it is there, what failed can be asked for again. Begins
/// to give its tokens back. What is left is the ID token, for the provider, and the handle of
/// the revocation; nothing if the session was over already.
async fn end(
    context: Context,
    signed_in: SignedIn,
    choice: Choice,
) -> Result<Option<(Secret, JoinHandle<()>)>, AppError> {
    if choice == Choice::Everywhere {
        sessions::all_but_this(&context, &signed_in).await?;
    }
    let ended = context.sessions.end(&signed_in.key, EndReason::SignedOut).await.map_err(|error| {
        tracing::error!(%error, "a session cannot be ended");
        AppError::StoreUnavailable
    })?;
    tracing::info!(event = "signed out", "by the person");
    let tokens = ended.and_then(|ended| ended.tokens);
    Ok(tokens.map(|tokens| (tokens.id_token.clone(), revocation::revoke(&context, tokens))))
}

/// The page that posts to the provider.
fn page(form: end_session::EndSessionForm) -> Option<Response> {
    let nonce = random::text::<16>().ok()?;
    let csp = sign_out_csp(&nonce);
    let page = pages::standalone::sign_out(form.action, form.fields, nonce);
    Some((StatusCode::OK, [(header::CONTENT_SECURITY_POLICY, csp)], page).into_response())
}

/// Home, which says that one has signed out; by a sealed word of our own, so that nobody else can make it say so.
fn home(context: &Context) -> impl IntoResponse + use<> {
    let location = match end_session::state(context, Reach::Here) {
        Some(state) => format!("{}?state={state}", paths::HOME),
        None => paths::HOME.to_owned(),
    };
    see_other(location)
}

fn see_other(location: String) -> impl IntoResponse + use<> {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)])
}

/// Takes the cookie away, and with it what the browser may have kept of signed-in pages, and what was typed into them.
fn leave(context: &Context, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, CookieSettings::new(context.settings.is_https()).removal());
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}
