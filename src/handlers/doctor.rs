//! The pages of `claimcheck doctor --sign-in`: the link that starts its sign-in, and the page on which the user confirms or
//! cancels. The session of a run reaches these pages only, and no other session can confirm.

use axum::{
    Extension,
    body::to_bytes,
    extract::{RawQuery, Request, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use claimcheck_model::{AppError, paths};
use claimcheck_server::{
    guard::{ResponseFormat, is_navigation},
    requester,
    session_layer::CookieSettings,
    sign_in::{
        doctor_run::{self, DoctorRun},
        problem::Ways,
        run_note::RunNote,
    },
    view,
};
use claimcheck_session::{DoctorSession, EndReason, SignedIn};
use tracing::Instrument;
use url::form_urlencoded;

use crate::{
    documents::{self, DoctorStep},
    handlers::{
        request::{CurrentSession, here, look_of, refuse, store_failed},
        sign_in,
        state::AppState,
    },
};

/// The form has one field with one word.
const FORM_MAX_BYTES: usize = 4096;

/// The pages of a run.
const OWN_PATHS: [paths::Route; 3] = [paths::DOCTOR_SIGN_IN, paths::DOCTOR_CONFIRM, paths::DOCTOR_DECIDE];

/// Whether a request with this session may use it: the session of a run is for the pages of the run only.
pub fn may_use(signed_in: &SignedIn, path: &str) -> bool {
    signed_in.record.doctor.is_none() || OWN_PATHS.iter().any(|route| route.is(path))
}

/// `GET /auth/doctor`: starts the sign-in of the run that the link names, in a browser without a session.
pub async fn start(
    State(state): State<AppState>,
    Extension(CurrentSession(current)): Extension<CurrentSession>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let asked = ResponseFormat::from(&request);
    if !is_navigation(request.headers()) {
        return refuse(&asked, AppError::SignedOut);
    }
    let by = request.into_parts().0;
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let text = pairs.find(|(name, _)| name == paths::DOCTOR_RUN).map(|(_, text)| text.into_owned());
    let (keyring, now) = (state.sessions.keyring(), state.clock.now());
    let Some(run) = text.and_then(|text| DoctorRun::open(&text, keyring, now)) else {
        return page(&by, StatusCode::GONE, DoctorStep::Over);
    };
    match current {
        Some(current) if current.key.as_str() == run.key => {
            return Redirect::to(&paths::DOCTOR_CONFIRM.href()).into_response();
        }
        Some(_) => return page(&by, StatusCode::CONFLICT, DoctorStep::HasSession),
        None => {}
    }
    match state.sign_in.note_about(&run).await {
        Ok(None) => {}
        Ok(Some(_)) => return page(&by, StatusCode::GONE, DoctorStep::Over),
        Err(error) => return refuse(&asked, store_failed(error)),
    }
    match doctor_run::start(&state.sign_in, &by, run).await {
        Ok(start) => {
            let headers = [(header::LOCATION, start.location), (header::SET_COOKIE, start.cookie)];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error) => {
            let again = here(&by.uri);
            sign_in::failed(&state, &by, &error.into(), Ways { again, back: None })
        }
    }
}

/// `GET /auth/doctor/confirm`: what will be read, and the code to compare.
pub async fn confirm(
    State(state): State<AppState>,
    Extension(CurrentSession(current)): Extension<CurrentSession>,
    request: Request,
) -> Response {
    let by = request.into_parts().0;
    let Some(signed_in) = current else { return page(&by, StatusCode::GONE, DoctorStep::Over) };
    match &signed_in.record.doctor {
        None => page(&by, StatusCode::CONFLICT, DoctorStep::HasSession),
        Some(doctor) if doctor.confirmed.is_some() => page(&by, StatusCode::OK, DoctorStep::Running),
        Some(doctor) if doctor.until <= state.clock.now() => page(&by, StatusCode::GONE, DoctorStep::Over),
        Some(doctor) => {
            let step = question(&state, &by, &signed_in, doctor);
            page(&by, StatusCode::OK, step)
        }
    }
}

/// `POST /auth/doctor/decide`: the user confirms or cancels. Only the session of a run can do either.
pub async fn decide(
    State(state): State<AppState>,
    Extension(CurrentSession(current)): Extension<CurrentSession>,
    request: Request,
) -> Response {
    let asked = ResponseFormat::from(&request);
    let (by, body) = request.into_parts();
    let form = to_bytes(body, FORM_MAX_BYTES).await.unwrap_or_default();
    let Some(word) = single(&form, paths::DOCTOR_DO) else { return refuse(&asked, AppError::Invalid) };
    let run = current.as_ref().and_then(DoctorRun::of_session);
    let (Some(signed_in), Some(run)) = (current, run) else {
        return page(&by, StatusCode::FORBIDDEN, DoctorStep::Over);
    };
    if word == paths::DOCTOR_CANCEL {
        let has_begun = signed_in.record.doctor.as_ref().is_some_and(|doctor| doctor.confirmed.is_some());
        // Runs as its own task: if the browser disconnects, the tokens must still be revoked.
        let cancelling = requester::carry(cancel(state.clone(), signed_in, run).in_current_span());
        return match state.tasks.spawn(cancelling).await {
            Ok(Ok(())) => {
                let removal = CookieSettings::new(state.settings.is_https()).removal();
                (
                    removal.map(|removal| [(header::SET_COOKIE, removal)]),
                    page(&by, StatusCode::OK, DoctorStep::Cancelled { has_begun }),
                )
                    .into_response()
            }
            Ok(Err(error)) => refuse(&asked, error),
            Err(_) => refuse(&asked, AppError::Internal),
        };
    }
    if word != paths::DOCTOR_GO {
        return refuse(&asked, AppError::Invalid);
    }
    if run.until <= state.clock.now() {
        return page(&by, StatusCode::GONE, DoctorStep::Over);
    }
    let boards = doctor_run::boards_digest(&state.settings);
    if single(&form, paths::DOCTOR_BOARDS).is_none_or(|seen| seen != boards) {
        tracing::info!(
            event = "doctor sign-in asked again",
            "the boards have changed since the page was shown"
        );
        return Redirect::to(&paths::DOCTOR_CONFIRM.href()).into_response();
    }
    let confirmed = state.sessions.update_record(&signed_in.key, |record| {
        if let Some(doctor) = &mut record.doctor {
            doctor.confirmed = Some(boards.clone());
        }
    });
    match confirmed.await {
        Ok(Some(())) => {
            tracing::info!(event = "doctor sign-in confirmed", session = run.key);
            Redirect::to(&paths::DOCTOR_CONFIRM.href()).into_response()
        }
        Ok(None) => page(&by, StatusCode::GONE, DoctorStep::Over),
        Err(error) => refuse(&asked, store_failed(error)),
    }
}

/// The value of a field that a form has once.
fn single(form: &[u8], name: &str) -> Option<String> {
    let mut said = form_urlencoded::parse(form).filter(|(key, _)| key == name);
    match (said.next(), said.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

/// Ends the session of a run, and tells the process that reads the panels.
async fn cancel(state: AppState, signed_in: SignedIn, run: DoctorRun) -> Result<(), AppError> {
    // First: a process that finds no session looks for the note.
    state.sign_in.leave_note(&run, RunNote::Cancelled).await;
    let ended = state.sessions.end(&signed_in.key, EndReason::SignedOut).await.map_err(store_failed)?;
    if let Some(tokens) = ended.and_then(|ended| ended.tokens) {
        drop(state.tokens.revoke(tokens));
    }
    Ok(())
}

/// The boards and panels by title, and the code.
fn question(state: &AppState, by: &Parts, signed_in: &SignedIn, doctor: &DoctorSession) -> DoctorStep {
    let language = look_of(&by.extensions).language;
    let boards = state.settings.boards.iter().filter(|board| !board.needs_parameter()).map(|board| {
        let panels = board.panels_with_request().map(|panel| panel.title.text(language).to_owned());
        (board.title.text(language).to_owned(), panels.collect::<Vec<_>>())
    });
    let boards = boards.filter(|(_, panels)| !panels.is_empty());
    DoctorStep::Confirm {
        name: view::user(signed_in).name,
        code: doctor.code.clone(),
        boards: boards.collect(),
        digest: doctor_run::boards_digest(&state.settings),
    }
}

fn page(by: &Parts, status: StatusCode, step: DoctorStep) -> Response {
    let caching = [(header::CACHE_CONTROL, "no-store")];
    (status, caching, documents::doctor_page(look_of(&by.extensions), step)).into_response()
}
