//! The user's sessions: their list, and ending them from there. This signs out browsers that are out of the user's
//! reach: a lost phone, a computer in a library.

use axum::http::{HeaderValue, StatusCode, header};
use claimcheck_model::{AppError, paths};
use claimcheck_server::{
    device, requester,
    view::{self, sessions::SessionList},
};
use claimcheck_session::{EndReason, EndedNow, Listed, RowKey, SessionRecord, SignedIn, What};
use claimcheck_text::t;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use tracing::Instrument;

use crate::handlers::{
    request::{language, reader, signed_in, state, store_failed},
    state::AppState,
};

/// The number of ended sessions that are shown.
const ENDED_MAX: u32 = 5;

/// The content of the sessions page.
pub async fn overview() -> Result<SessionList, AppError> {
    let (state, signed_in) = (state()?, signed_in()?);
    let (iss, sub) = (&signed_in.owner.iss, &signed_in.owner.sub);
    let mut running = state.sessions.of(iss, sub).await.map_err(store_failed)?;
    if running.iter().all(|session| session.key != signed_in.key) {
        running.extend(state.sessions.one(&signed_in.key).await.map_err(store_failed)?);
    }
    let (ended, lines) =
        tokio::join!(state.sessions.ended_of(iss, sub, ENDED_MAX), state.sessions.activity_of(iss, sub));
    let (ended, reader) = (ended.map_err(store_failed)?, reader());
    // The rest of the page is of use without it.
    let lines = lines.inspect_err(|error| tracing::warn!(%error, "a user's activity cannot be read")).ok();
    let activity = lines.map(|lines| view::activity::activity(&state.settings, &signed_in, lines, &reader));
    Ok(view::sessions::sessions(&signed_in, running, ended, activity, &reader))
}

/// Ends one of the user's other sessions. The current one ends by signing out: the form is redirected to that route.
pub async fn end(key: &str) -> Result<(), AppError> {
    let (state, signed_in) = (state()?, signed_in()?);
    if key.is_empty() {
        return Err(AppError::Invalid);
    }
    let key = RowKey::parse(key).ok_or(AppError::NotFound)?;
    if key == signed_in.key {
        hand_on_to_sign_out();
        return Ok(());
    }
    // Another user's session looks like one that has ended.
    let is_own = |session: &Listed| {
        (&session.owner.iss, &session.owner.sub) == (&signed_in.owner.iss, &signed_in.owner.sub)
    };
    let session = state.sessions.one(&key).await.map_err(store_failed)?;
    let session = session.filter(is_own).ok_or(AppError::NotFound)?;
    let language = language();
    let device = device::device(language, session.label.user_agent.as_deref()).words;
    let words = t!(language, "sessions-ended-one", device = device);
    in_own_task(&state.clone(), async move {
        let ended = state.sessions.end(&session.key, EndReason::Elsewhere).await.map_err(store_failed)?;
        let count = usize::from(ended.is_some());
        if let Some(EndedNow { tokens: Some(tokens), .. }) = ended {
            drop(state.tokens.revoke(tokens));
        }
        note(&state, &signed_in, count, words).await;
        Ok(())
    })
    .await
}

/// Ends all of the user's sessions except this one.
pub async fn end_others() -> Result<(), AppError> {
    let (state, signed_in, language) = (state()?, signed_in()?, language());
    in_own_task(&state.clone(), async move {
        let count = all_but_this(&state, &signed_in).await?;
        let words = t!(language, "sessions-ended-others", count = count);
        note(&state, &signed_in, count, words).await;
        Ok(())
    })
    .await
}

/// Runs work that ends sessions as its own task: if the browser disconnects, or the time of the request is over, the tokens
/// of ended sessions must still be revoked.
async fn in_own_task(
    state: &AppState,
    work: impl Future<Output = Result<(), AppError>> + Send + 'static,
) -> Result<(), AppError> {
    state.tasks.spawn(requester::carry(work.in_current_span())).await.unwrap_or(Err(AppError::Internal))
}

/// Ends all other sessions of the user, and returns their number. If the store fails in between, the sessions ended so
/// far stay ended, and their tokens are being revoked.
pub async fn all_but_this(state: &AppState, signed_in: &SignedIn) -> Result<usize, AppError> {
    let of = (signed_in.owner.iss.as_str(), signed_in.owner.sub.as_str());
    let revocations = state.tokens.revoke_many();
    let mut count = 0;
    loop {
        let some = state.sessions.end_some(of, Some(&signed_in.key), EndReason::Elsewhere);
        let some = some.await.map_err(store_failed)?;
        if some.is_empty() {
            break;
        }
        count += some.len();
        for tokens in some.into_iter().filter_map(|ended| ended.tokens) {
            // The task receives while this sender exists.
            let _ = revocations.send(tokens);
        }
    }
    tracing::info!(event = "sessions ended", count, "by the person, from another session");
    Ok(count)
}

/// Stores a message for the page, and an entry in this session's history. If that fails, the sessions are still ended.
async fn note(state: &AppState, signed_in: &SignedIn, count: usize, words: String) {
    let now = state.clock.now();
    let noted = state.sessions.update_record(&signed_in.key, |record: &mut SessionRecord| {
        record.flash = Some(words.clone());
        record.flash_is_good = true;
        if count > 0 {
            record.note(now, What::EndedOthers { count });
        }
    });
    if let Err(error) = noted.await {
        tracing::warn!(%error, "ended sessions could not be recorded in the history");
    }
}

/// The browser posts the same form to the sign-out route (RFC 9110 15.4.8), as if its button had been pressed.
fn hand_on_to_sign_out() {
    if let Some(response) = use_context::<ResponseOptions>() {
        if let Ok(route) = HeaderValue::try_from(paths::SIGN_OUT.href()) {
            response.insert_header(header::LOCATION, route);
        }
        response.set_status(StatusCode::TEMPORARY_REDIRECT);
    }
}
