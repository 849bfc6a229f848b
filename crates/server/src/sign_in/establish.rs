//! Turns a code into a session: exchange, validate, fetch UserInfo, then start or renew the session. Nothing is stored
//! unless every step succeeds.

use axum::http::{HeaderMap, header::USER_AGENT};
use claimcheck_base::secret::Secret;
use claimcheck_oidc::{
    id_token::{Expected, ValidIdToken},
    refresh_token_advice::explain_missing_refresh_token,
    token_endpoint::TokenResponse,
    userinfo::UserInfoError,
};
use claimcheck_session::{
    DEFAULT_API, EndReason, EndedNow, Label, NewSession, SessionRecord, SignedIn, TokenSet, What,
};
use claimcheck_text::t;
use serde_json::Value;
use tower_sessions::Session;

use crate::{
    claims, locale,
    preferences::Preferences,
    session_layer::{renew_session, start_session},
    sign_in::{
        SignIn,
        audited::{self, Known},
        doctor_run,
        problem::SignInProblem,
        transaction::Transaction,
    },
    tokens::{is_foreign, session_access_token},
};

const USER_AGENT_MAX_LEN: usize = 256;
/// The latest ends among which that of the session is looked for. A sign-in is in progress for minutes.
const ENDED_MAX: u32 = 200;

/// Exchanges the code and signs the user in. `false` if no request waits for the result any more.
///
/// The same user continues in the same session with a new id and the new tokens; another user's session ends. If the
/// result is not what was requested, its tokens are revoked and nothing changes.
pub(super) async fn session(
    sign_in: &SignIn,
    session: &Session,
    headers: &HeaderMap,
    transaction: &Transaction,
    code: &Secret,
    (signed_in, known): (Option<&SignedIn>, &Known),
    is_awaited: impl Fn() -> bool,
) -> Result<bool, SignInProblem> {
    let relying_party = &sign_in.relying_party;
    let tokens = relying_party.exchange_code(code, &transaction.code_verifier).await?;
    let Some(raw) = &tokens.id_token else {
        return Err(SignInProblem::IdToken("the token response has no ID token".into()));
    };
    let expected = Expected::SignIn { nonce: &transaction.nonce };
    let id_token = relying_party.validate_id_token(raw, &tokens.access_token, expected).await?;
    let _ = known.set(audited::who(&id_token));
    let now = sign_in.clock.now();
    let asked_scopes = transaction.asked.all_scopes(&sign_in.settings);
    let mut kept = TokenSet::new(raw.clone());
    kept.refresh_token.clone_from(&tokens.refresh_token);
    let mut access = session_access_token(&tokens, now, &asked_scopes);
    access.is_foreign = is_foreign(&sign_in.settings, &sign_in.settings.apis.default, &access.token);
    if access.is_foreign {
        tracing::error!(
            event = "no access token",
            api = DEFAULT_API,
            reason = "the aud of the first access token does not contain resource or audience: check what the \
                      provider issues, or set token_audience",
            "it is not sent to the API"
        );
    }
    kept.access.insert(DEFAULT_API.to_owned(), access);
    if let Err(problem) = transaction.asked.check(&sign_in.settings, &id_token, transaction.started_at, now) {
        // If the provider revokes everything that a user has at a client, this would end the running session of the
        // same user, too.
        if matches!(problem, SignInProblem::SomebodyElse) {
            drop(sign_in.tokens.revoke(kept));
        }
        return Err(problem);
    }
    if kept.refresh_token.is_none() {
        let metadata = relying_party.metadata().await.ok();
        let reason = explain_missing_refresh_token(relying_party.settings(), metadata.as_deref());
        tracing::warn!(event = "no refresh token", reason, "the session ends when its access token expires");
    }
    let (iss, sub) = (id_token.iss.clone(), id_token.sub.clone());
    let who = (iss.clone(), sub.clone());
    let (sid, issued_at) = (id_token.sid.clone(), id_token.issued_at);
    let goes_on = signed_in.filter(|current| current.owner.iss == iss && current.owner.sub == sub);
    let (mut record, profile) = record(sign_in, headers, transaction, id_token, &tokens, asked_scopes).await;
    if let Err(problem) = check_allowed(sign_in, &record, profile) {
        drop(sign_in.tokens.revoke(kept));
        // The same user has lost their access; another user's session is not concerned.
        let is_known = profile == Profile::Complete;
        if let (SignInProblem::NotAllowed(_), Some(current)) = (&problem, goes_on.filter(|_| is_known)) {
            end_previous_session(sign_in, current, EndReason::NotAllowed).await;
        }
        return Err(problem);
    }
    if let Some(current) = goes_on {
        // Reloaded, because the provider may have been slow and others may have written in the meantime.
        let latest = sign_in.sessions.reload(&current.key).await?;
        record.carry_on(latest.as_ref().map_or(&current.record, |latest| &latest.record));
    }
    record.note(record.signed_in_at, What::SignedIn { amr: record.amr.clone(), again: goes_on.is_some() });
    if !is_awaited() {
        // A disconnected browser gets no cookie. A new session would belong to no browser, and a renewed one would be
        // lost to its user, whose old id a renewal invalidates.
        tracing::info!(
            event = "sign-in abandoned",
            "the browser disconnected before the sign-in was completed"
        );
        if goes_on.is_none() {
            drop(sign_in.tokens.revoke(kept));
        }
        return Ok(false);
    }
    let label = Label::new(user_agent(headers), record.amr.clone());
    let new_session = NewSession { record, tokens: kept, label, sid, issued_at };

    let mut started = match goes_on {
        Some(current) => renew_session(&sign_in.sessions, session, current, &new_session).await?,
        None => None,
    };
    if let Some(current) = goes_on {
        // Refusals of the old tokens do not apply to the new ones.
        sign_in.tokens.reset_backoff(&current.key);
    }
    if started.is_none() {
        if has_signed_out(sign_in, transaction, goes_on, (&iss, &sub)).await? {
            drop(sign_in.tokens.revoke(new_session.tokens));
            return Err(SignInProblem::SignedOut);
        }
        started = match &transaction.asked.run {
            Some(run) => doctor_run::start_session(sign_in, session, (iss, sub), &new_session, run).await?,
            None => start_session(&sign_in.sessions, session, iss, sub, &new_session).await?,
        };
        if started.is_none() {
            drop(sign_in.tokens.revoke(new_session.tokens));
            return Err(SignInProblem::LoggedOut);
        }
        if let Some(before) = signed_in {
            // It belongs to another user, or was ended in another tab in the meantime. Only here, because nothing can
            // fail any more.
            end_previous_session(sign_in, before, EndReason::Replaced).await;
        }
    }
    let key = started.as_ref().map(|started| started.key.clone());
    if let Some(key) = key {
        let kind = audited::kind(&transaction.asked, goes_on.is_some());
        sign_in.record_session(kind, (&who.0, &who.1, &key), &new_session, &tokens);
    }
    tracing::info!(event = "signed in", "the session has started");
    sign_in.metrics.signed_in(goes_on.is_some());
    revoke_surplus(sign_in, started.map(|started| started.ended).unwrap_or_default());
    Ok(true)
}

/// Whether this user has ended the session in which this sign-in was started, or that it was to continue: here, or from
/// another session of theirs. A sign-in that was in progress in another tab must not sign them in again.
async fn has_signed_out(
    sign_in: &SignIn,
    transaction: &Transaction,
    current: Option<&SignedIn>,
    (iss, sub): (&str, &str),
) -> Result<bool, SignInProblem> {
    let keys = [transaction.session.as_deref(), current.map(|current| current.key.as_str())];
    if keys.iter().all(Option::is_none) {
        return Ok(false);
    }
    let ended = sign_in.sessions.ended_of(iss, sub, ENDED_MAX).await?;
    let by_user = [EndReason::SignedOut, EndReason::Elsewhere];
    Ok(ended.iter().any(|end| keys.contains(&Some(end.key.as_str())) && by_user.contains(&end.why)))
}

/// Revokes the tokens of the user's sessions that ended because there were too many.
fn revoke_surplus(sign_in: &SignIn, ended: Vec<EndedNow>) {
    if ended.is_empty() {
        return;
    }
    let count = ended.len();
    tracing::info!(event = "sessions ended", count, "the user has more than sessions_per_person");
    let revocations = sign_in.tokens.revoke_many();
    for tokens in ended.into_iter().filter_map(|ended| ended.tokens) {
        // The task receives while this sender exists.
        let _ = revocations.send(tokens);
    }
}

/// Ends the previous session, and revokes its tokens.
async fn end_previous_session(sign_in: &SignIn, before: &SignedIn, reason: EndReason) {
    match sign_in.sessions.end(&before.key, reason).await {
        Ok(ended) => {
            if let Some(tokens) = ended.and_then(|ended| ended.tokens) {
                drop(sign_in.tokens.revoke(tokens));
            }
        }
        Err(error) => tracing::error!(%error, "the previous session could not be ended"),
    }
}

/// What is known of a user's claims.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    /// Everything that the provider says.
    Complete,
    /// Only what the ID token says: UserInfo refuses this access token, as it does if the token is for the API, or its
    /// response cannot be used.
    WithoutUserInfo,
    /// Only what the ID token says, because UserInfo is unavailable now.
    Incomplete,
}

async fn record(
    sign_in: &SignIn,
    headers: &HeaderMap,
    transaction: &Transaction,
    id_token: ValidIdToken,
    tokens: &TokenResponse,
    asked_scopes: Vec<String>,
) -> (SessionRecord, Profile) {
    let now = sign_in.clock.now();
    let text = |name: &str| id_token.claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let userinfo = sign_in.relying_party.fetch_userinfo(&tokens.access_token, &id_token.sub).await;
    let (userinfo, profile) = match userinfo {
        Ok(claims) => (Some(claims), Profile::Complete),
        Err(UserInfoError::NoEndpoint) => (None, Profile::Complete),
        Err(error) => {
            tracing::warn!(%error, "signed in without UserInfo");
            let is_unavailable = matches!(error, UserInfoError::Unavailable(_));
            (None, if is_unavailable { Profile::Incomplete } else { Profile::WithoutUserInfo })
        }
    };
    let acr = text("acr");
    let (claims, sources) = claims::at_sign_in(id_token.claims, userinfo);
    let (default, is_https) = (sign_in.settings.language, sign_in.settings.is_https());
    let language = locale::language(&claims, headers, default, Preferences::of(headers, is_https).language);
    let is_profile_missing = profile != Profile::Complete;
    let profile_warning = is_profile_missing.then(|| t!(language, "profile-missing").to_owned());
    let who = (id_token.iss.as_str(), id_token.sub.as_str());
    let (settings, token) = (&sign_in.settings, &tokens.access_token);
    let of_token = match is_foreign(settings, &settings.apis.default, token) {
        true => None,
        false => {
            claims::read_token_roles(settings, &sign_in.relying_party, token, who, &sources.id_token).await
        }
    };
    let mut record = SessionRecord {
        acr,
        amr: id_token.amr,
        auth_time: id_token.auth_time,
        claims,
        sources,
        claims_read_at: now,
        profile_warning,
        // RFC 6749 5.1: if not stated, the scopes are those requested.
        granted_scopes: tokens.scopes.clone().unwrap_or_else(|| asked_scopes.clone()),
        asked_scopes,
        asked_for: transaction.asked.asked_for.clone(),
        doctor: transaction.asked.run.as_ref().map(doctor_run::of_record),
        signed_in_at: now,
        nonce: transaction.nonce.clone(),
        ..SessionRecord::default()
    };
    if let Some(read) = of_token {
        claims::take_token_roles(&mut record, &read, now);
    }
    claims::report_missing_roles(&sign_in.settings, &record);
    (record, profile)
}

/// Whether the user may sign in here. While UserInfo is unavailable, what is missing may be there.
fn check_allowed(sign_in: &SignIn, record: &SessionRecord, profile: Profile) -> Result<(), SignInProblem> {
    let Some(hint) = claims::not_allowed(&sign_in.settings, record) else { return Ok(()) };
    Err(match profile {
        Profile::Complete => SignInProblem::NotAllowed(hint),
        Profile::WithoutUserInfo => SignInProblem::NotAllowed(
            ": UserInfo cannot be used with this access token, so only the claims of the ID token count",
        ),
        Profile::Incomplete => SignInProblem::ProviderUnavailable(
            "UserInfo is not available, and the ID token alone meets none of the rules in [[allow]]".into(),
        ),
    })
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(USER_AGENT_MAX_LEN).collect())
}
