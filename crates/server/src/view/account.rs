//! Claims in words a person understands, roles, and the state of the session as facts: no token among them.

use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{Account, ApiScopes, Claim, ClaimGroup, Fact};
use claimcheck_oidc::quirks::{ClaimTime, claim_time};
use claimcheck_session::SignedIn;
use serde_json::{Map, Value};

use crate::{
    claims::PROTOCOL_CLAIMS,
    config::{Api, Settings, title_from_key},
    locale::{self, LocaleFormatter, When},
    rights,
    sanitize::turns,
    view::user::text,
};

/// Claims with words of their own, in the order they are shown (OpenID Connect Core 5.1).
const PROFILE: [(&str, &str); 15] = [
    ("name", "Name"),
    ("given_name", "Given name"),
    ("family_name", "Family name"),
    ("nickname", "Nickname"),
    ("preferred_username", "User name"),
    ("email", "Email address"),
    ("email_verified", "Email address confirmed"),
    ("phone_number", "Telephone"),
    ("phone_number_verified", "Telephone confirmed"),
    ("birthdate", "Date of birth"),
    ("gender", "Gender"),
    ("locale", "Language"),
    ("zoneinfo", "Time zone"),
    ("website", "Website"),
    ("updated_at", "Details last changed"),
];
/// More of the protocol's claims, which tell a person nothing either.
const PLUMBING: [&str; 5] = ["c_hash", "s_hash", "_claim_names", "_claim_sources", "session_state"];
const VALUE_MAX_CHARS: usize = 300;

/// What the account page shows of a session and its tokens' state, to whom reads so.
pub fn account(settings: &Settings, signed_in: &SignedIn, reader: &LocaleFormatter) -> Account {
    let claims = &signed_in.record.claims;
    let paths = settings.role_claims.iter();
    let shown_as_roles: Vec<_> = paths.flat_map(|path| path.claims(claims)).collect();
    Account {
        groups: groups(claims, &signed_in.owner.sub, &shown_as_roles, reader),
        roles: rights::roles(settings, claims),
        scopes: settings.apis.all().filter_map(|api| scopes(signed_in, api)).collect(),
        session: session_facts(settings, signed_in, reader),
        as_of: reader.time_of_day(signed_in.record.claims_read_at),
        warning: signed_in.record.profile_warning.clone(),
    }
}

/// What the provider has granted at an API; nothing is known of one that has not been asked yet.
fn scopes(signed_in: &SignedIn, api: &Api) -> Option<ApiScopes> {
    let scopes = match signed_in.tokens.access.get(&api.id) {
        Some(access) => access.scopes.clone(),
        None if api.is_default() => signed_in.record.granted_scopes.clone(),
        None => return None,
    };
    Some(ApiScopes { api: (!api.is_default()).then(|| api.title.clone()), scopes })
}

fn groups(
    claims: &Map<String, Value>,
    sub: &str,
    shown_as_roles: &[String],
    reader: &LocaleFormatter,
) -> Vec<ClaimGroup> {
    let claim = |name: &str, label: &str, value: &Value| {
        let value = time(name, value, reader).or_else(|| readable(value))?;
        Some(Claim { label: label.to_owned(), name: name.to_owned(), value })
    };
    let profile: Vec<Claim> =
        PROFILE.iter().filter_map(|(name, label)| claim(name, label, claims.get(*name)?)).collect();
    let is_more = |name: &str| {
        !shown_as_roles.iter().any(|shown| shown == name)
            && name != "picture"
            && !PROTOCOL_CLAIMS.contains(&name)
            && !PLUMBING.contains(&name)
            && !PROFILE.iter().any(|(known, _)| *known == name)
    };
    let more = claims
        .iter()
        .filter(|(name, _)| is_more(name))
        .filter_map(|(name, value)| claim(name, &in_words(name), value));
    let identity =
        ["iss", "sub"].into_iter().zip(["Sign-in provider", "Your id there"]).filter_map(|(name, label)| {
            let value = if name == "sub" { Some(sub.to_owned()) } else { text(claims, name) };
            value.map(|value| Claim { label: label.to_owned(), name: name.to_owned(), value })
        });
    [("Profile", profile), ("More about you", more.collect()), ("Identity", identity.collect())]
        .into_iter()
        .filter(|(_, claims)| !claims.is_empty())
        .map(|(title, claims)| ClaimGroup { title: title.to_owned(), claims })
        .collect()
}

/// The label of a claim: "Email address", and `https://example.com/cost_centre` as "Cost centre".
pub(super) fn label(name: &str) -> String {
    let known = PROFILE.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| in_words(name), |(_, label)| (*label).to_owned())
}

fn in_words(name: &str) -> String {
    title_from_key(name.rsplit(['/', ':']).find(|part| !part.is_empty()).unwrap_or(name))
}

/// A claim that is a time, in the person's locale.
fn time(name: &str, value: &Value, reader: &LocaleFormatter) -> Option<String> {
    let when = match claim_time(name, value)? {
        ClaimTime::UnixSecs(secs) => When::of_unix_secs(secs),
        ClaimTime::Text(text) => When::parse(text),
    };
    match when? {
        // Too short to be sure: it may be a number of something else.
        When::Month(_) => None,
        // A date of birth may come without its year (Core 5.1).
        When::Day(date) if date.year() == 0 => Some(reader.short_date(date)),
        when => Some(reader.when(when)),
    }
}

/// One value as one line of text; objects and nulls say nothing to a person.
fn readable(value: &Value) -> Option<String> {
    let line = match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.iter().filter_map(readable).collect::<Vec<_>>().join(", "),
        Value::Object(_) | Value::Null => return None,
    };
    let line: String = line.chars().filter(|c| !turns(*c)).take(VALUE_MAX_CHARS).collect();
    (!line.trim().is_empty()).then_some(line)
}

fn session_facts(settings: &Settings, signed_in: &SignedIn, reader: &LocaleFormatter) -> Vec<Fact> {
    let moment = |label: &str, at: UnixSecs| moment(label, at, reader);
    let record = &signed_in.record;
    let mut facts = vec![moment("Signed in since", record.signed_in_at)];
    facts.extend(
        record
            .auth_time
            .filter(|at| (record.signed_in_at - at) > 60)
            .map(|at| moment("Identity confirmed", at)),
    );
    facts.extend(how(&record.amr).map(|how| fact("How you signed in", how)));
    let is_renewed = signed_in.tokens.refresh_token.is_some();
    facts.extend(settings.apis.all().map(|api| {
        let label = format!("{} access valid until", api.title);
        match signed_in.tokens.access.get(&api.id).map(|access| access.expires_at) {
            Some(Some(until)) => moment(&label, until),
            None if !api.is_default() && is_renewed => {
                fact(&format!("{} access", api.title), "asked for when it is first needed".to_owned())
            }
            None if !api.is_default() => {
                fact(&format!("{} access", api.title), "none: your provider gave no refresh token".to_owned())
            }
            _ => fact(&label, "the API says otherwise".to_owned()),
        }
    }));
    facts.push(fact(
        "API access is renewed",
        if is_renewed {
            "by itself"
        } else {
            "only by signing in again: your provider gave no refresh token"
        }
        .to_owned(),
    ));
    let idle_minutes = settings.idle_secs / 60;
    facts.push(fact("Ends when you are away for", format!("{idle_minutes} minutes")));
    facts.push(moment("Ends in any case", signed_in.absolute_until));
    facts
}

fn fact(label: &str, value: String) -> Fact {
    Fact { label: label.to_owned(), value, at: None }
}

fn moment(label: &str, at: UnixSecs, reader: &LocaleFormatter) -> Fact {
    // A timestamp of jiff prints as RFC 3339, in UTC.
    Fact { label: label.to_owned(), value: reader.moment(at), at: Some(locale::instant(at).to_string()) }
}

/// Authentication methods in words (RFC 8176 2).
pub(super) fn how(amr: &[String]) -> Option<String> {
    let word = |method: &String| match method.as_str() {
        "pwd" => "password".to_owned(),
        "otp" => "one-time code".to_owned(),
        "mfa" => "several factors".to_owned(),
        "hwk" | "swk" => "security key".to_owned(),
        "face" | "fpt" | "iris" | "vbm" => "biometrics".to_owned(),
        "sms" => "text message".to_owned(),
        other => other.chars().filter(char::is_ascii_graphic).take(24).collect(),
    };
    (!amr.is_empty()).then(|| amr.iter().map(word).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_18_odd_claims_have_one_outcome() {
        let claims = json!({
            "name": "</script><b>x", "email_verified": "true", "department": null, "address": { "a": 1 },
            "https://example.com/cost_centre": "42", "teams": ["a", "b"], "note": "a\u{0}b\u{202e}c",
        });
        let groups = groups(claims.as_object().unwrap(), "me", &[], &LocaleFormatter::default());
        let all: Vec<_> = groups
            .iter()
            .flat_map(|group| &group.claims)
            .map(|c| (c.label.as_str(), c.value.as_str()))
            .collect();
        for pair in [
            ("Name", "</script><b>x"),
            ("Email address confirmed", "true"),
            ("Cost centre", "42"),
            ("Teams", "a, b"),
            ("Note", "abc"),
        ] {
            assert!(all.contains(&pair), "{pair:?} in {all:?}");
        }
        assert!(!all.iter().any(|(label, _)| ["Department", "Address"].contains(label)));
    }

    #[test]
    fn claims_that_are_times_are_read_in_the_persons_zone_and_nothing_else_is_taken_for_one() {
        let claims = json!({
            "locale": "de-DE", "zoneinfo": "Europe/Berlin", "updated_at": 1_772_460_300, "birthdate": "1990-12-24",
            "last_seen": "2026-07-02T14:05:00.123Z", "cost_centre": 1_772_460_300, "code": "2026-03", "hired": "2019-04-01",
        });
        let claims = claims.as_object().unwrap();
        let shown = |claims: &Map<String, Value>, name: &str| {
            let reader = LocaleFormatter::of(claims, &axum::http::HeaderMap::new());
            let groups = groups(claims, "me", &[], &reader);
            let mut all = groups.into_iter().flat_map(|group| group.claims);
            all.find(|claim| claim.name == name).unwrap().value
        };
        for (name, value) in [
            ("updated_at", "02.03.2026, 15:05"),
            ("birthdate", "24.12.1990"),
            ("last_seen", "02.07.2026, 16:05"),
            ("cost_centre", "1772460300"),
            ("code", "2026-03"),
            ("hired", "01.04.2019"),
        ] {
            assert_eq!(shown(claims, name), value, "{name}");
        }
        // Auth0 writes it as text, and without a zone the text says which it is.
        let elsewhere = json!({ "updated_at": "2026-03-02T14:05:00.000Z", "birthdate": "0000-12-24" });
        assert_eq!(shown(elsewhere.as_object().unwrap(), "updated_at"), "2 Mar 2026, 14:05 UTC");
        assert_eq!(shown(elsewhere.as_object().unwrap(), "birthdate"), "24 Dec");
        let odd = json!({ "updated_at": 1e300, "birthdate": "1990" });
        assert_eq!(shown(odd.as_object().unwrap(), "updated_at"), "1e+300");
        assert_eq!(shown(odd.as_object().unwrap(), "birthdate"), "1990");
    }
}
