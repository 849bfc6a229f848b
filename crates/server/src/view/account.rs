//! The account page: claims in the user's words, roles, and facts about the session. Contains no token.

use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{Account, ApiScopes, Claim, ClaimGroup, Fact};
use claimcheck_oidc::quirks::{ClaimTime, claim_time};
use claimcheck_session::SignedIn;
use claimcheck_text::{Language, t};
use serde_json::{Map, Value};

use crate::{
    claims::{PROTOCOL_CLAIMS, roles_in},
    config::{Api, Settings, TokenSource, title_from_key},
    locale::{self, LocaleFormatter, When},
    sanitize::turns,
    view::user::text,
};

/// Claims that [`profile_label`] names, in the order they are shown (OpenID Connect Core 5.1).
const PROFILE: [&str; 15] = [
    "name",
    "given_name",
    "family_name",
    "nickname",
    "preferred_username",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "birthdate",
    "gender",
    "locale",
    "zoneinfo",
    "website",
    "updated_at",
];
/// Further protocol claims that mean nothing to users.
const PLUMBING: [&str; 5] = ["c_hash", "s_hash", "_claim_names", "_claim_sources", "session_state"];
const VALUE_MAX_CHARS: usize = 300;

/// The account page for a session and the state of its tokens, in the user's locale.
pub fn account(settings: &Settings, signed_in: &SignedIn, reader: &LocaleFormatter) -> Account {
    let claims = &signed_in.record.claims;
    let paths = settings.role_claims.iter();
    let shown_as_roles: Vec<_> = paths.flat_map(|path| path.claims(claims)).collect();
    Account {
        groups: groups(claims, &signed_in.owner.sub, &shown_as_roles, reader),
        roles: roles_in(settings, claims),
        scopes: settings.apis.all().filter_map(|api| scopes(signed_in, api, reader.language())).collect(),
        session: session_facts(settings, signed_in, reader),
        as_of: reader.time_of_day(signed_in.record.claims_read_at),
        warning: signed_in.record.profile_warning.clone(),
    }
}

/// The scopes that the provider has granted at an API; unknown before the first token for it.
fn scopes(signed_in: &SignedIn, api: &Api, language: Language) -> Option<ApiScopes> {
    let scopes = match signed_in.tokens.access.get(&api.id) {
        Some(access) => access.scopes.clone(),
        None if api.is_default() => signed_in.record.granted_scopes.clone(),
        None => return None,
    };
    Some(ApiScopes { api: (!api.is_default()).then(|| api.title.text(language).to_owned()), scopes })
}

fn groups(
    claims: &Map<String, Value>,
    sub: &str,
    shown_as_roles: &[String],
    reader: &LocaleFormatter,
) -> Vec<ClaimGroup> {
    let language = reader.language();
    let claim = |name: &str, value: &Value| {
        let value = time(name, value, reader).or_else(|| readable(value, language))?;
        Some(Claim { label: label(language, name), name: name.to_owned(), value })
    };
    let profile: Vec<Claim> = PROFILE.iter().filter_map(|name| claim(name, claims.get(*name)?)).collect();
    let is_more = |name: &str| {
        !shown_as_roles.iter().any(|shown| shown == name)
            && name != "picture"
            && !PROTOCOL_CLAIMS.contains(&name)
            && !PLUMBING.contains(&name)
            && !PROFILE.contains(&name)
    };
    let more = claims.iter().filter(|(name, _)| is_more(name)).filter_map(|(name, value)| claim(name, value));
    let identity = [
        ("iss", t!(language, "claim-issuer"), text(claims, "iss")),
        ("sub", t!(language, "claim-subject"), Some(sub.to_owned())),
    ];
    let identity = identity.into_iter().filter_map(|(name, label, value)| {
        Some(Claim { label: label.to_owned(), name: name.to_owned(), value: value? })
    });
    [
        (t!(language, "claim-group-profile"), profile),
        (t!(language, "claim-group-more"), more.collect()),
        (t!(language, "claim-group-identity"), identity.collect()),
    ]
    .into_iter()
    .filter(|(_, claims)| !claims.is_empty())
    .map(|(title, claims)| ClaimGroup { title: title.to_owned(), claims })
    .collect()
}

/// The label of a claim: "Email address", or "Cost centre" for `https://example.com/cost_centre`.
pub(super) fn label(language: Language, name: &str) -> String {
    profile_label(language, name).map_or_else(|| in_words(name), str::to_owned)
}

fn profile_label(language: Language, name: &str) -> Option<&'static str> {
    Some(match name {
        "name" => t!(language, "claim-name"),
        "given_name" => t!(language, "claim-given-name"),
        "family_name" => t!(language, "claim-family-name"),
        "nickname" => t!(language, "claim-nickname"),
        "preferred_username" => t!(language, "claim-preferred-username"),
        "email" => t!(language, "claim-email"),
        "email_verified" => t!(language, "claim-email-verified"),
        "phone_number" => t!(language, "claim-phone-number"),
        "phone_number_verified" => t!(language, "claim-phone-number-verified"),
        "birthdate" => t!(language, "claim-birthdate"),
        "gender" => t!(language, "claim-gender"),
        "locale" => t!(language, "claim-locale"),
        "zoneinfo" => t!(language, "claim-zoneinfo"),
        "website" => t!(language, "claim-website"),
        "updated_at" => t!(language, "claim-updated-at"),
        _ => return None,
    })
}

fn in_words(name: &str) -> String {
    title_from_key(name.rsplit(['/', ':']).find(|part| !part.is_empty()).unwrap_or(name))
}

/// A claim that is a time, in the user's locale.
fn time(name: &str, value: &Value, reader: &LocaleFormatter) -> Option<String> {
    let when = match claim_time(name, value)? {
        ClaimTime::UnixSecs(secs) => When::of_unix_secs(secs),
        ClaimTime::Text(text) => When::parse(text),
    };
    match when? {
        // Too short to be sure: it may be some other number.
        When::Month(_) => None,
        // A date of birth may have no year (Core 5.1).
        When::Day(date) if date.year() == 0 => Some(reader.short_date(date)),
        when => Some(reader.when(when)),
    }
}

/// A value as one line of text; objects and nulls are not shown.
fn readable(value: &Value, language: Language) -> Option<String> {
    let line = match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => t!(language, "value-yes").to_owned(),
        Value::Bool(false) => t!(language, "value-no").to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            items.iter().filter_map(|item| readable(item, language)).collect::<Vec<_>>().join(", ")
        }
        Value::Object(_) | Value::Null => return None,
    };
    let line: String = line.chars().filter(|c| !turns(*c)).take(VALUE_MAX_CHARS).collect();
    (!line.trim().is_empty()).then_some(line)
}

fn session_facts(settings: &Settings, signed_in: &SignedIn, reader: &LocaleFormatter) -> Vec<Fact> {
    let language = reader.language();
    let moment = |label: &str, at: UnixSecs| moment(label, at, reader);
    let record = &signed_in.record;
    let mut facts = vec![moment(t!(language, "fact-signed-in-since"), record.signed_in_at)];
    facts.extend(
        record
            .auth_time
            .filter(|at| (record.signed_in_at - at) > 60)
            .map(|at| moment(t!(language, "fact-identity-confirmed"), at)),
    );
    facts.extend(how(language, &record.amr).map(|how| fact(t!(language, "fact-sign-in-method"), &how)));
    let is_renewed = signed_in.tokens.refresh_token.is_some();
    facts.extend(settings.apis.all().map(|api| {
        let title = api.title.text(reader.language());
        let until_label = t!(language, "fact-access-until", api = title);
        match signed_in.tokens.access.get(&api.id).map(|access| access.expires_at) {
            Some(Some(until)) => moment(&until_label, until),
            None if !api.is_default() => {
                let value = match is_renewed || api.token == TokenSource::Exchange {
                    true => t!(language, "fact-access-on-demand"),
                    false => t!(language, "fact-access-unavailable"),
                };
                fact(&t!(language, "fact-access", api = title), value)
            }
            _ => fact(&until_label, t!(language, "fact-access-until-unknown")),
        }
    }));
    let renewal = match is_renewed {
        true => t!(language, "fact-renewal-automatic"),
        false => t!(language, "fact-renewal-by-sign-in"),
    };
    facts.push(fact(t!(language, "fact-renewal"), renewal));
    let idle = match settings.idle_secs {
        secs if secs % 60 != 0 => t!(language, "duration-seconds", count = secs),
        secs => t!(language, "duration-minutes", count = secs / 60),
    };
    facts.push(fact(t!(language, "fact-idle-timeout"), &idle));
    facts.push(moment(t!(language, "fact-ends-at-latest"), signed_in.absolute_until));
    facts
}

fn fact(label: &str, value: &str) -> Fact {
    Fact { label: label.to_owned(), value: value.to_owned(), at: None }
}

fn moment(label: &str, at: UnixSecs, reader: &LocaleFormatter) -> Fact {
    // A timestamp of jiff prints as RFC 3339, in UTC.
    Fact { label: label.to_owned(), value: reader.moment(at), at: Some(locale::instant(at).to_string()) }
}

/// Readable names of authentication methods (RFC 8176 2).
pub(super) fn how(language: Language, amr: &[String]) -> Option<String> {
    let known = |method: &str| {
        Some(match method {
            "pwd" => t!(language, "auth-method-password"),
            "otp" => t!(language, "auth-method-code"),
            "mfa" => t!(language, "auth-method-mfa"),
            "hwk" | "swk" => t!(language, "auth-method-key"),
            "face" | "fpt" | "iris" | "vbm" => t!(language, "auth-method-biometrics"),
            "sms" => t!(language, "auth-method-sms"),
            _ => return None,
        })
    };
    let word = |method: &String| match known(method) {
        Some(word) => word.to_owned(),
        None => method.chars().filter(char::is_ascii_graphic).take(24).collect(),
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
            ("Email address verified", "true"),
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
            let reader = LocaleFormatter::of(
                claims,
                &axum::http::HeaderMap::new(),
                claimcheck_text::Language::default(),
                false,
            );
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
        // Auth0 writes it as text; without a known zone, the formatted time names UTC.
        let elsewhere = json!({ "updated_at": "2026-03-02T14:05:00.000Z", "birthdate": "0000-12-24" });
        assert_eq!(shown(elsewhere.as_object().unwrap(), "updated_at"), "2 Mar 2026, 14:05 UTC");
        assert_eq!(shown(elsewhere.as_object().unwrap(), "birthdate"), "24 Dec");
        let odd = json!({ "updated_at": 1e300, "birthdate": "1990" });
        assert_eq!(shown(odd.as_object().unwrap(), "updated_at"), "1e+300");
        assert_eq!(shown(odd.as_object().unwrap(), "birthdate"), "1990");
    }
}
