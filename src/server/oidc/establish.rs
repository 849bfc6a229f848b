//! From a code to a session: exchange, validate, ask UserInfo, then start or renew the session.
//! Nothing is kept unless all of it has passed.

use axum::http::{HeaderMap, header::USER_AGENT};
use serde_json::Value;
use tower_sessions::Session;

use super::{
    claims,
    id_token::{self, Expected, ValidIdToken},
    problem::SignInProblem,
    refresh_token_advice, revocation,
    token_endpoint::{self, Tokens},
    transaction::Transaction,
    userinfo,
};
use crate::server::{
    Context,
    session::{DEFAULT_API, EndReason, Label, SessionRecord, SignIn, SignedIn, TokenSet, What},
    session_layer::{renew_session, start_session},
};
use claimcheck_base::secret::Secret;

const USER_AGENT_MAX_LEN: usize = 256;

/// Exchanges the code and signs the person in. `false`: it took so long that nobody waits for it any more.
///
/// The same person again goes on in the same session with a new id and the new tokens; another person's session ends.
/// What is not as it was asked for is given back, and changes nothing.
pub async fn session(
    context: &Context,
    session: &Session,
    headers: &HeaderMap,
    transaction: &Transaction,
    code: &Secret,
    signed_in: Option<&SignedIn>,
    is_awaited: impl Fn() -> bool,
) -> Result<bool, SignInProblem> {
    let tokens = token_endpoint::exchange_code(context, code, &transaction.code_verifier).await?;
    let Some(raw) = &tokens.id_token else {
        return Err(SignInProblem::IdToken("the answer has no ID token".into()));
    };
    let id_token = id_token::validate(
        &context.provider,
        &context.settings,
        context.clock.now(),
        raw,
        tokens.access_token.secret(),
        Expected::SignIn { nonce: &transaction.nonce },
    )
    .await?;
    let now = context.clock.now();
    let asked_scopes = transaction.asked.all_scopes(&context.settings);
    let mut kept = TokenSet::new(raw.clone());
    kept.refresh_token.clone_from(&tokens.refresh_token);
    kept.access.insert(DEFAULT_API.to_owned(), tokens.to_kept(now, &asked_scopes));
    if let Err(problem) = transaction.asked.check(&context.settings, &id_token, transaction.started_at, now) {
        // Where revoking ends all that a person has at a client, the running session of the same person would go too.
        if matches!(problem, SignInProblem::SomebodyElse) {
            drop(revocation::revoke(context, kept));
        }
        return Err(problem);
    }
    if kept.refresh_token.is_none() {
        let metadata = context.provider.metadata().await.ok();
        let reason = refresh_token_advice::reason(&context.settings, metadata.as_deref());
        tracing::warn!(event = "no refresh token", reason, "this sign-in ends with its access token");
    }
    let (sub, sid, issued_at) = (id_token.sub.clone(), id_token.sid.clone(), id_token.issued_at);
    let goes_on =
        signed_in.filter(|current| current.owner.iss == context.settings.issuer && current.owner.sub == sub);
    let mut record = record(context, transaction, id_token, &tokens, asked_scopes).await;
    if let Some(current) = goes_on {
        // As it is now: the provider may have taken its time, and others wrote meanwhile.
        let latest = context.sessions.reload(&current.key).await?;
        record.carry_on(latest.as_ref().map_or(&current.record, |latest| &latest.record));
    }
    record.note(record.signed_in_at, What::SignedIn { amr: record.amr.clone(), again: goes_on.is_some() });
    if !is_awaited() {
        // A browser that is gone gets no cookie: a new session would be nobody's, and a renewed one would be lost to its
        // person, whose id of before is dead by a renewal.
        tracing::info!(event = "sign-in given up", "the browser went away before it was completed");
        if goes_on.is_none() {
            drop(revocation::revoke(context, kept));
        }
        return Ok(false);
    }
    let label = Label::new(user_agent(headers), record.amr.clone());
    let sign_in = SignIn { record, tokens: kept, label, sid, issued_at };

    let renewed = match goes_on {
        Some(current) => renew_session(&context.sessions, session, current, &sign_in).await?,
        None => None,
    };
    if let Some(current) = goes_on {
        // What the provider refused the tokens of before says nothing of these.
        context.refreshes.reset_backoff(&current.key);
    }
    if renewed.is_none() {
        let iss = context.settings.issuer.clone();
        if start_session(&context.sessions, session, iss, sub, &sign_in).await?.is_none() {
            drop(revocation::revoke(context, sign_in.tokens));
            return Err(SignInProblem::LoggedOut);
        }
        if let Some(before) = signed_in {
            // Another person's, or ended in another tab meanwhile; only now that nothing can fail any more.
            end_previous_session(context, before).await;
        }
    }
    tracing::info!(event = "signed in", "the session is there");
    Ok(true)
}

/// Ends the session that was here before, and gives its tokens back.
async fn end_previous_session(context: &Context, before: &SignedIn) {
    match context.sessions.end(&before.key, EndReason::Replaced).await {
        Ok(ended) => {
            if let Some(tokens) = ended.and_then(|ended| ended.tokens) {
                drop(revocation::revoke(context, tokens));
            }
        }
        Err(error) => tracing::error!(%error, "the session before cannot be ended"),
    }
}

async fn record(
    context: &Context,
    transaction: &Transaction,
    id_token: ValidIdToken,
    tokens: &Tokens,
    asked_scopes: Vec<String>,
) -> SessionRecord {
    let now = context.clock.now();
    let text = |name: &str| id_token.claims.get(name).and_then(Value::as_str).map(str::to_owned);
    // A list (OpenID Connect Core 2); some providers write the only one as a text.
    let amr = match id_token.claims.get("amr") {
        Some(Value::Array(all)) => all.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    let access_token = Secret::new(tokens.access_token.secret());
    let userinfo = userinfo::fetch(context, &access_token, &id_token.sub).await;
    let (userinfo, profile_warning) = match userinfo {
        Ok(claims) => (Some(claims), None),
        Err(userinfo::NoUserInfo::NoEndpoint) => (None, None),
        Err(error) => {
            tracing::warn!(%error, "signed in without UserInfo");
            (None, Some("Your provider did not give your profile; some details may be missing.".to_owned()))
        }
    };
    let acr = text("acr");
    let (claims, sources) = claims::at_sign_in(id_token.claims, userinfo);
    SessionRecord {
        acr,
        amr: amr.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        auth_time: id_token.auth_time,
        claims,
        sources,
        claims_read_at: now,
        profile_warning,
        // RFC 6749 5.1: what is not said is as it was asked for.
        granted_scopes: tokens.scopes.clone().unwrap_or_else(|| asked_scopes.clone()),
        asked_scopes,
        signed_in_at: now,
        nonce: transaction.nonce.clone(),
        ..SessionRecord::default()
    }
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(USER_AGENT_MAX_LEN).collect())
}
