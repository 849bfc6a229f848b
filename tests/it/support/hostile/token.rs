//! The hostile provider's token endpoint (RFC 6749 4.1.3 and 6): strict about requests, so that a test notices what a
//! strict provider would refuse. With rotation, each refresh token is valid once, and a used one ends its family.

use std::collections::HashSet;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use claimcheck_oidc::ClientAuth;
use serde_json::{Map, Value, json};

use super::{
    CLIENT, HostileProvider,
    book::{Book, Grant},
    endpoints::{one, parse},
    exchange,
    keys::challenge,
    script::{Rotation, Script},
};

pub(super) type Form = Vec<(String, String)>;
pub(super) type Refused = &'static str;

pub(super) const ACCESS_TOKEN_SECS: i64 = 120;

pub(super) async fn token(
    State(provider): State<HostileProvider>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form = parse(&body);
    let names: HashSet<_> = form.iter().map(|(name, _)| name).collect();
    if names.len() != form.len() {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request");
    }
    if !is_our_client(&provider, &headers, &form) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let script = provider.read_script();
    let now = provider.now();
    let answer = match one(&form, "grant_type") {
        Some("authorization_code") => exchange(&provider, &script, &form, now),
        Some("refresh_token") => refresh(&provider, &script, &form, now),
        Some(exchange::GRANT_TYPE) => exchange::exchange(&provider, &script, &form),
        _ => Err("unsupported_grant_type"),
    };
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refuse(StatusCode::BAD_REQUEST, error),
    }
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

/// `client_secret_basic` or `client_secret_post`, never both (RFC 6749 2.3.1).
pub(super) fn is_our_client(provider: &HostileProvider, headers: &HeaderMap, form: &Form) -> bool {
    let posted = one(form, "client_id").zip(one(form, "client_secret"));
    let basic = headers.get(header::AUTHORIZATION).and_then(|line| basic(line.to_str().ok()?));
    let only = provider.read_script().client_auth;
    let (id, secret) = match (posted, basic) {
        (Some((id, secret)), None) if only != Some(ClientAuth::Basic) => (id.to_owned(), secret.to_owned()),
        (None, Some(pair)) if only != Some(ClientAuth::Post) => pair,
        _ => return false,
    };
    id == CLIENT && secret == provider.0.client_secret
}

/// Both halves are form-encoded before they are joined.
fn basic(line: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(BASE64_STANDARD.decode(line.strip_prefix("Basic ")?).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decode = |half: &str| one(&parse(&format!("v={half}")), "v").map(str::to_owned);
    Some((decode(id)?, decode(secret)?))
}

fn exchange(provider: &HostileProvider, script: &Script, form: &Form, now: i64) -> Result<Value, Refused> {
    let mut book = provider.book();
    let target = if script.by_scope { None } else { target(script, form)? };
    let code = one(form, "code").and_then(|code| book.codes.remove(code)).ok_or("invalid_grant")?;
    if one(form, "redirect_uri") != Some(&code.redirect_uri)
        || one(form, "code_verifier").map(challenge) != code.challenge
    {
        return Err("invalid_grant");
    }
    let target = if script.by_scope { target_of_scopes(script, form, &code.scope)? } else { target };
    let refresh_token = book.text(&script.texts.refresh_token);
    let is_offline = code.scope.split(' ').any(|scope| scope == "offline_access");
    book.grants.push(Grant {
        person: code.person,
        nonce: code.nonce,
        scope: code.scope,
        auth_time: code.auth_time,
        refresh_token: refresh_token.clone(),
        spent: HashSet::new(),
        refreshes: 0,
        revoked: false,
    });
    let number = book.grants.len() - 1;
    let nonce = book.grants[number].nonce.clone();
    let again = is_offline.then_some(refresh_token);
    Ok(answer(provider, &mut book, script, number, Moment { at_sign_in: true, now, target }, nonce, again))
}

fn refresh(provider: &HostileProvider, script: &Script, form: &Form, now: i64) -> Result<Value, Refused> {
    let token = one(form, "refresh_token").ok_or("invalid_request")?;
    if let Some(refusal) = script.refresh_refusal {
        return Err(refusal);
    }
    let mut book = provider.book();
    let found = book.grants.iter().position(|grant| grant.refresh_token == token);
    let Some(number) = found.filter(|number| !book.grants[*number].revoked) else {
        // RFC 9700 4.14.2: the use of an old one ends the family.
        let family = book.grants.iter_mut().find(|grant| grant.spent.contains(token));
        if let Some(grant) = family {
            grant.revoked = true;
            book.reuses += 1;
        }
        return Err("invalid_grant");
    };
    let granted: HashSet<_> = book.grants[number].scope.split(' ').map(str::to_owned).collect();
    if one(form, "scope").is_some_and(|scope| scope.split(' ').any(|word| !granted.contains(word))) {
        return Err("invalid_scope");
    }
    let target = match script.by_scope {
        true => target_of_scopes(script, form, &book.grants[number].scope)?,
        false => target(script, form)?,
    };
    book.grants[number].refreshes += 1;
    let rotates = match script.rotation {
        Rotation::Always => true,
        Rotation::Never => false,
        Rotation::EverySecondTime => book.grants[number].refreshes.is_multiple_of(2),
    };
    let mut next = None;
    if rotates {
        let text = book.text(&script.texts.refresh_token);
        let grant = &mut book.grants[number];
        grant.spent.insert(std::mem::replace(&mut grant.refresh_token, text.clone()));
        next = Some(text);
    }
    Ok(answer(provider, &mut book, script, number, Moment { at_sign_in: false, now, target }, None, next))
}

/// RFC 8707 2: a provider with a list of APIs issues no token for others.
fn target(script: &Script, form: &Form) -> Result<Option<String>, Refused> {
    let named = one(form, "resource").or(one(form, "audience")).filter(|_| !script.targets.is_empty());
    let is_known = named.is_none_or(|named| script.targets.contains_key(named));
    if is_known { Ok(named.map(str::to_owned)) } else { Err(script.target_refusal) }
}

/// The API of the requested scopes, else of the first scope of the grant. A token has the scopes of one API.
fn target_of_scopes(script: &Script, form: &Form, granted: &str) -> Result<Option<String>, Refused> {
    if one(form, "resource").or(one(form, "audience")).is_some() {
        return Err("invalid_request");
    }
    let owner = |word: &str| {
        let mut all = script.targets.iter();
        all.find(|(_, scopes)| scopes.split(' ').any(|scope| scope == word)).map(|(name, _)| name.clone())
    };
    match one(form, "scope") {
        None => Ok(granted.split(' ').find_map(owner)),
        Some(scope) => {
            let owners: HashSet<_> = scope.split(' ').filter_map(owner).collect();
            if owners.len() > 1 { Err("invalid_scope") } else { Ok(owners.into_iter().next()) }
        }
    }
}

struct Moment {
    at_sign_in: bool,
    now: i64,
    target: Option<String>,
}

/// RFC 6749 5.1 and OpenID Connect Core 3.1.3.3, then the script's changes.
fn answer(
    provider: &HostileProvider,
    book: &mut Book,
    script: &Script,
    number: usize,
    moment: Moment,
    nonce: Option<String>,
    refresh_token: Option<String>,
) -> Value {
    let changes = if moment.at_sign_in { &script.at_sign_in } else { &script.at_refresh };
    let access_token = match changes.answer.get("access_token") {
        // So that `at_hash` matches the token that is sent.
        Some(Value::String(changed)) => changed.clone(),
        _ => book.text(&script.texts.access_token),
    };
    let grant = &book.grants[number];
    let key = script.signer.as_deref().unwrap_or(provider.keys());
    let mut claims = grant.person.claims.clone();
    let honest = json!({
        "iss": provider.origin(),
        "sub": grant.person.sub,
        "aud": CLIENT,
        "iat": moment.now,
        "exp": moment.now + 300,
        "auth_time": grant.auth_time,
        "sid": format!("sid-{number}"),
        "acr": "urn:example:password",
        "amr": ["pwd"],
        "at_hash": key.half_hash(&access_token),
    });
    claims.extend(honest.as_object().unwrap().clone());
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    changes.claims.apply(&mut claims);
    let mut header = key.header();
    changes.header.apply(header.as_object_mut().unwrap());
    let mut id_token = key.sign(&header, &Value::Object(claims));
    if let Some(spoil) = &changes.spoil {
        id_token = spoil.apply(&id_token);
    }

    let mut answer = Map::new();
    answer.insert("token_type".to_owned(), json!("Bearer"));
    answer.insert("expires_in".to_owned(), json!(ACCESS_TOKEN_SECS));
    let scope = moment.target.as_ref().and_then(|target| script.targets.get(target));
    let is_granted = |word: &&str| !script.by_scope || grant.scope.split(' ').any(|granted| granted == *word);
    let scope: Vec<_> = scope.unwrap_or(&grant.scope).split(' ').filter(is_granted).collect();
    answer.insert("scope".to_owned(), json!(scope.join(" ")));
    answer.insert("access_token".to_owned(), json!(access_token));
    answer.insert("id_token".to_owned(), json!(id_token));
    if let Some(token) = refresh_token {
        answer.insert("refresh_token".to_owned(), json!(token));
    }
    changes.answer.apply(&mut answer);
    let answer = Value::Object(answer);
    book.targets.extend(moment.target.map(|target| (access_token, target)));
    book.issue(number, &answer);
    answer
}
