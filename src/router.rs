//! Assembly: pages, server functions, routes, layers. The only module that uses both the app and the services.

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRef, Request, State},
    http::header,
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use claimcheck_base::{
    clock::Clock,
    http_out::{HttpOut, SetUpError},
    internal_span,
    random::NoRandomness,
    traces,
};
use claimcheck_model::{
    AppError,
    base_path::{self, OtherBasePath},
    paths,
};
use claimcheck_oidc::{
    RelyingParty,
    refresh_token_advice::{asks_for_refresh_token, explain_missing_refresh_token},
};
use claimcheck_server::{
    actions::Actions,
    activity::Activity,
    api::ApiClient,
    audit::Audit,
    boards::Boards,
    budget::{Budget, Machine},
    claims,
    config::Settings,
    doctor::sign_in::{self as doctor_sign_in, RunServices, Runs},
    guard::{self, FailureRateLimit, RateLimit, UntrustedProxies},
    metrics::{self, LiveSessions, Metrics},
    operator::{self, Operator},
    ops,
    reload::ReloadStatus,
    requester,
    session_layer::{self, CookieSettings},
    shared_service::shared,
    sign_in::{SignIn, problem::SignInProblem},
    tokens::Tokens,
};
use claimcheck_session::{self, Keyring, Lifetimes, Sessions, StoreError};
use leptos::{
    nonce::use_nonce,
    prelude::{LeptosOptions, provide_context, use_context},
};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_sessions::Session;

use crate::{
    app::{App, not_found, shell},
    assets, compression,
    handlers::{
        self,
        brand::Looks,
        request::{CurrentSession, EndedSession, refuse},
        state::{AppState, Services},
    },
    refusals,
};

/// The program cannot be assembled with these settings.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Http(#[from] SetUpError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the audit log cannot be written: {0}")]
    Audit(#[from] std::io::Error),
    #[error(transparent)]
    BasePath(#[from] OtherBasePath),
}

/// Creates the services of a running program, with limits that follow the machine.
///
/// # Errors
/// As [`services_within`].
pub async fn services(settings: Settings, clock: Clock) -> Result<AppState, AssemblyError> {
    services_within(Budget::of(Machine::read()), settings, clock).await
}

/// Creates the services of a running program within this budget. Opens the store; sends nothing to the provider or the
/// API.
///
/// # Errors
/// The store cannot be opened, the system gives no random bytes or no TLS, or this process serves below another path.
pub async fn services_within(
    budget: Budget,
    settings: Settings,
    clock: Clock,
) -> Result<AppState, AssemblyError> {
    let settings = Arc::new(settings);
    base_path::set(settings.base_path())?;
    let keyring = match settings.session_keys.as_ref().and_then(|keys| Keyring::new(keys.expose())) {
        Some(keyring) => keyring,
        None => {
            tracing::warn!("CLAIMCHECK_SESSION_KEYS is not set: a restart will sign everyone out");
            Keyring::ephemeral()?
        }
    };
    let lifetimes = Lifetimes { idle_secs: settings.idle_secs, absolute_secs: settings.absolute_secs };
    let metrics = Metrics::new(&SignInProblem::REASONS);
    let store = metrics.measure(claimcheck_session::open_store(&settings.store).await?);
    let client = settings.client();
    if !asks_for_refresh_token(&client) {
        let reason = explain_missing_refresh_token(&client, None);
        tracing::warn!(reason, "users must sign in again whenever an access token expires");
    }
    let tasks = TaskTracker::new();
    let relying_party = RelyingParty::new(
        settings.client(),
        HttpOut::to_provider(&settings.http(), &settings.issuer, &settings.outgoing.internal_urls())?,
        clock.clone(),
    );
    let sessions =
        Sessions::new(store, keyring, clock.clone(), lifetimes, settings.limits.sessions_per_person);
    let audit = Audit::new(&settings.outgoing.audit, clock.clone())?;
    audit.follow_ends(&sessions);
    let stopping = CancellationToken::new();
    Activity::new(sessions.clone(), tasks.clone(), stopping.clone()).follow(&audit);
    let tokens = Tokens::new(
        sessions.clone(),
        relying_party.clone(),
        clock.clone(),
        tasks.clone(),
        stopping.clone(),
        settings.clone(),
    )
    .with_metrics(metrics.clone())
    .with_audit(audit.clone());
    let http = HttpOut::to_api(&settings.http())?;
    let has_image_hosts = !settings.outgoing.image_hosts.is_empty();
    let image_http = has_image_hosts.then(|| HttpOut::to_image_hosts(&settings.http())).transpose()?;
    let api = ApiClient::new(http, tokens.clone(), clock.clone(), &tasks, &settings, &budget)
        .with_image_http(image_http)
        .with_metrics(metrics.clone());
    let boards = Boards::new(settings.clone(), clock.clone(), api.clone(), sessions.clone());
    let limit = || RateLimit::new(settings.limits.sign_in_rate);
    Ok(AppState::from(Services {
        sign_in: SignIn::new(
            settings.clone(),
            clock.clone(),
            relying_party.clone(),
            sessions.clone(),
            tokens.clone(),
            &tasks,
        )
        .with_metrics(metrics.clone()),
        actions: Actions::new(settings.clone(), clock.clone(), sessions.clone(), api, boards.clone(), &tasks)
            .with_audit(audit.clone()),
        audit,
        live_sessions: LiveSessions::new(sessions.clone()),
        metrics,
        sessions,
        relying_party,
        tokens,
        boards,
        tasks,
        draining: ops::Draining::default(),
        stopping,
        front_channel_logouts: limit(),
        renewals: limit(),
        refused_logouts: FailureRateLimit::new(settings.limits.sign_in_rate),
        budget,
        untrusted_proxies: UntrustedProxies::default(),
        looks: Looks::new(&settings),
        reload: ReloadStatus::default(),
        doctor_runs: Runs::default(),
        settings,
        clock,
    }))
}

impl FromRef<AppState> for LeptosOptions {
    /// Set in code, so that nothing but the settings is read at run time.
    fn from_ref(_: &AppState) -> Self {
        LeptosOptions::builder().output_name("claimcheck").site_root("").build()
    }
}

/// The router for browsers.
pub fn router(state: AppState) -> Router {
    with(state, Router::new())
}

/// The same with further routes beside the pages, behind the same layers.
pub fn with(state: AppState, more: Router<AppState>) -> Router {
    let pages = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), page_context, shell)
        .fallback(get(leptos_axum::render_app_async_with_context(
            {
                let state = state.clone();
                move || {
                    provide_context(state.clone());
                    page_context();
                }
            },
            not_found,
        )))
        .route(paths::INSPECT_SEND, post(handlers::inspect::send))
        .route(paths::BOARD_JOBS, get(handlers::jobs::check))
        .merge(more)
        .layer(shared(from_fn_with_state(state.clone(), handlers::sign_in::required)))
        .layer(shared(from_fn(handlers::forms::name_bad_arguments)))
        // The sign-out page, which contains a token, is not among them.
        .layer(shared(from_fn(compression::compress)));
    // Not compressed: a file is passed on while it arrives, with the size that the API stated.
    let files = Router::new()
        .route(paths::BOARD_CSV, get(handlers::downloads::csv))
        .route(paths::ROW_FILE, get(handlers::downloads::file))
        .route(paths::PANEL_IMAGE, get(handlers::images::image))
        .layer(shared(from_fn_with_state(state.clone(), handlers::sign_in::required)));
    let dynamic = Router::new()
        .route(paths::SIGN_IN.path(), get(handlers::sign_in::start))
        .route(paths::DOCTOR_SIGN_IN.path(), get(handlers::doctor::start))
        .route(paths::DOCTOR_CONFIRM.path(), get(handlers::doctor::confirm))
        .route(paths::DOCTOR_DECIDE.path(), post(handlers::doctor::decide))
        .route(paths::SIGN_OUT.path(), post(handlers::sign_out::sign_out))
        .route(paths::EVENTS.path(), get(handlers::events::events))
        .route(paths::ZONE.path(), get(handlers::zone::ask))
        .route(paths::AUTHOR_REVISION.path(), get(handlers::author::revision))
        .route(paths::PREFERENCES.path(), post(handlers::preferences::choose))
        .merge(pages)
        .merge(files)
        .layer(shared(from_fn_with_state(state.clone(), handlers::forms::lead_to_page)))
        .layer(shared(from_fn_with_state(state.clone(), load_session)))
        .layer(shared(from_fn_with_state(state.clone(), handlers::framed::answer)));
    let policy = guard::Policy::new(&state.settings, state.budget.clone(), state.untrusted_proxies.clone());
    // Outside of all layers that may respond instead of a handler, so that no response loses the cookie of a sign-in.
    let cookie = CookieSettings::new(state.settings.is_https());
    let sessions = session_layer::layer(cookie, state.settings.absolute_secs);
    let answered = guard::protect(dynamic, &policy)
        .layer(sessions)
        .merge(assets::router())
        .route(paths::BRAND_FILE, get(handlers::brand::file));
    // Outside of the session layer: the requests of the provider, and the form of another site that starts a sign-in,
    // neither read nor set a cookie.
    let by_provider = Router::new()
        .route(paths::SIGN_IN.path(), post(handlers::sign_in::start_by_form))
        .route(paths::BACK_CHANNEL_LOGOUT.path(), post(handlers::back_channel::log_out))
        .route(paths::FRONT_CHANNEL_LOGOUT.path(), get(handlers::front_channel::log_out));
    let answered = answered.merge(guard::protect(by_provider, &policy));
    let designed = from_fn_with_state(state.clone(), refusals::designed);
    let finished =
        guard::finish(answered.layer(shared(designed)).merge(handlers::health::public(&state)), &policy);
    let trace = from_fn_with_state(state.draining.clone(), ops::request::trace);
    let counted = from_fn_with_state(state.metrics.clone(), metrics::count_http_requests);
    let located = guard::locate(finished.layer(shared(trace)).layer(shared(counted)), &policy);
    guard::below_path(located.with_state(state), &policy)
}

/// The router of the admin listener: health checks and operator commands. Outside of the session layer and the guard
/// for browsers.
pub fn admin(state: AppState) -> Router {
    let operator = Operator {
        settings: state.settings.clone(),
        clock: state.clock.clone(),
        sessions: state.sessions.clone(),
        tokens: state.tokens.clone(),
        tasks: state.tasks.clone(),
    };
    let runs = RunServices {
        settings: state.settings.clone(),
        clock: state.clock.clone(),
        sessions: state.sessions.clone(),
        sign_in: state.sign_in.clone(),
        tokens: state.tokens.clone(),
        boards: state.boards.clone(),
        tasks: state.tasks.clone(),
        stopping: state.stopping.clone(),
    };
    handlers::health::admin(&state)
        .merge(handlers::metrics::router(&state, crate::FEATURES))
        .merge(doctor_sign_in::router(&operator, state.doctor_runs.clone(), runs))
        .merge(operator::router(operator))
        .layer(from_fn_with_state(state.draining.clone(), ops::request::trace))
        .layer(from_fn(operator::note_peer))
}

/// The context of every page and server function in addition to the services: its CSP, with the nonce of its scripts.
fn page_context() {
    provide_context(handlers::request::look());
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, guard::page_csp(&nonce.to_string()));
    }
}

/// Loads the session once per request, and slides its idle timeout if the user was active.
async fn load_session(
    State(state): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let loading = state.sessions.current(session_layer::cookie_id(&session));
    let mut current = match traces::within(internal_span!("session load"), loading).await {
        // The settings may name another issuer than when the session started. Its tokens belong to that one, and must
        // not be sent to another (RFC 9700 4.4.2).
        Ok(current) => current.filter(|current| state.settings.is_issuer(&current.owner.iss)),
        Err(error) => {
            tracing::error!(%error, "the session store is not responding");
            return refuse(&(&request).into(), AppError::StoreUnavailable);
        }
    };
    // Under shortage, the requests of one session or person leave room for others. A refusal needs nothing of the session.
    let share = current.as_ref().map(|signed_in| state.budget.request_of(signed_in));
    if let Some(Err(full)) = &share {
        tracing::warn!(event = "too many requests", limit = ?full, "request refused");
        return refuse(&(&request).into(), AppError::Busy);
    }
    // The rules about who may sign in may have changed since the session started.
    if let Some(signed_in) = &current
        && claims::not_allowed(&state.settings, &signed_in.record).is_some()
    {
        state.tokens.end_if_not_allowed(&signed_in.key).await;
        current = None;
    }
    if let Some(signed_in) = &mut current
        && is_of_a_person(&request)
    {
        if let Some(reread) = state.tokens.reread_roles(signed_in).await {
            *signed_in = reread;
        }
        match state.sessions.touch(signed_in).await {
            // So that the page shows the current idle timeout.
            Ok(until) => signed_in.idle_until = until,
            Err(error) => tracing::warn!(%error, "activity could not be recorded"),
        }
    }
    if current.is_none() && session_layer::cookie_id(&session).is_some() {
        request.extensions_mut().insert(EndedSession);
    }
    // After the mark above: it is running, but not for this path.
    let current = current.filter(|signed_in| handlers::doctor::may_use(signed_in, request.uri().path()));
    if let Some(signed_in) = &current {
        requester::note_session(&signed_in.key);
    }
    let is_signed_in = current.is_some();
    request.extensions_mut().insert(CurrentSession(current));
    // Without claims it is that of `refusals`.
    let look = if is_signed_in {
        handlers::request::look_for(
            &state,
            handlers::request::claims_of(request.extensions()),
            request.headers(),
        )
    } else {
        handlers::request::look_of(request.extensions())
    };
    // For services, which know languages but no looks.
    request.extensions_mut().insert(look.language);
    request.extensions_mut().insert(look.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(look);
    response
}

/// Navigations and actions are activity of the user; requests that a page makes by itself are not (ASVS 7.3.1).
fn is_of_a_person(request: &Request) -> bool {
    guard::is_navigation(request.headers()) || request.method() == axum::http::Method::POST
}
