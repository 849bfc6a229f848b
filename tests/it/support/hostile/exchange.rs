//! The hostile provider's token exchange (RFC 8693): strict about requests, and honest until the script changes its
//! response.

use serde_json::{Map, Value, json};

use super::{
    HostileProvider,
    endpoints::one,
    script::Script,
    token::{ACCESS_TOKEN_SECS, Form, Refused},
};

pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(super) fn exchange(provider: &HostileProvider, script: &Script, form: &Form) -> Result<Value, Refused> {
    let mut book = provider.book();
    let is_access = |name: &str| one(form, name) == Some(ACCESS_TOKEN);
    if !is_access("subject_token_type") || !is_access("requested_token_type") {
        return Err("invalid_request");
    }
    let known = [
        "grant_type",
        "subject_token",
        "subject_token_type",
        "requested_token_type",
        "audience",
        "resource",
        "scope",
    ];
    let is_strange =
        |(name, _): &&(String, String)| !known.contains(&name.as_str()) && !name.starts_with("client_");
    if form.iter().find(is_strange).is_some() {
        return Err("invalid_request");
    }
    // The subject is of the sign-in's own API, and its grant has not ended.
    let subject = one(form, "subject_token").ok_or("invalid_request")?;
    let grant = *book.access_tokens.get(subject).ok_or("invalid_request")?;
    if book.grants[grant].revoked || book.exchanged.contains(subject) {
        return Err("invalid_request");
    }
    let words = one(form, "scope").unwrap_or_default();
    let by_scope = || {
        let mut all = script.targets.iter();
        all.find(|(_, scopes)| words.split(' ').any(|word| scopes.split(' ').any(|scope| scope == word)))
    };
    let named = one(form, "audience").or(one(form, "resource"));
    let (target, scopes) = match named {
        Some(named) => script.targets.get_key_value(named),
        None => by_scope(),
    }
    .ok_or(script.target_refusal)?;
    if words.split(' ').any(|word| !word.is_empty() && !scopes.split(' ').any(|scope| scope == word)) {
        return Err("invalid_scope");
    }
    let scopes = if words.is_empty() { scopes } else { words };
    let access_token = match script.at_exchange.get("access_token") {
        Some(Value::String(changed)) => changed.clone(),
        _ => book.text(&script.texts.access_token),
    };
    let honest = json!({
        "access_token": access_token, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_SECS, "scope": scopes,
    });
    let mut answer: Map<String, Value> = honest.as_object().unwrap().clone();
    script.at_exchange.apply(&mut answer);
    let answer = Value::Object(answer);
    if !book.access_tokens.contains_key(&access_token) {
        book.exchanged.insert(access_token.clone());
        book.targets.insert(access_token, target.clone());
        book.issue(grant, &answer);
    }
    Ok(answer)
}
