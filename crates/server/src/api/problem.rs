//! The API's own error messages: problem details (RFC 9457) and the usual shapes of other APIs. Short plain text for the
//! user. `field_problems` has those of single fields.

use serde_json::{Map, Value};

use crate::{
    api::{
        field_problems::{self, NAMING},
        secrets::Secrets,
    },
    sanitize::sanitize,
};

const FIELDS_MAX: usize = 40;
/// How deep an explanation may be nested: `error.details[0].message`.
const DEPTH_MAX: usize = 4;
/// The members that explain a failure, the most specific first. Compared without case and underscores.
const EXPLAINING: [&str; 12] = [
    "detail",
    "message",
    "errordescription",
    "errormessage",
    "title",
    "msg",
    "description",
    "error",
    "errors",
    "fault",
    "faultstring",
    "reason",
];

/// The explanation in an error response: the first one that contains no secret.
pub(super) fn words(body: &Value, secrets: &Secrets) -> Option<String> {
    explanation(body, secrets, 0)
}

fn explanation(value: &Value, secrets: &Secrets, depth: usize) -> Option<String> {
    let inner = |value: &Value| (depth < DEPTH_MAX).then(|| explanation(value, secrets, depth + 1)).flatten();
    match value {
        // The body itself may be a text: `"Not allowed"`.
        Value::String(text) => harmless(text, secrets),
        Value::Array(items) => items.iter().take(FIELDS_MAX).find_map(inner),
        Value::Object(members) => {
            let said = EXPLAINING.iter().find_map(|name| inner(named(members, name)?));
            // `{"amount": ["must be positive"]}` as the value of `errors`.
            let of_field = || {
                let fields = field_problems::in_object(members);
                // Names that explain are no names of fields.
                let is_field = |name: &String| !EXPLAINING.contains(&letters(name).as_str());
                fields.iter().filter(|one| one.path.iter().any(is_field)).find_map(|one| {
                    harmless(&format!("{}: {}", sanitize(&one.path.join("."))?, one.text), secrets)
                })
            };
            let said = said.or_else(|| in_one_language(members, secrets));
            let said = said.or_else(|| (1..=2).contains(&depth).then(of_field).flatten())?;
            match name_of(members) {
                // A list of errors about fields says which field it means.
                Some(name) if depth > 0 && !said.contains(&name) => {
                    harmless(&format!("{name}: {said}"), secrets)
                }
                _ => Some(said),
            }
        }
        _ => None,
    }
}

/// The text of `{"lang": "en", "value": "…"}` (OData), or the English one of `{"en": "…", "de": "…"}`, if there is one.
fn in_one_language(members: &Map<String, Value>, secrets: &Secrets) -> Option<String> {
    let is_language = |name: &str| {
        let (language, region) = name.split_once(['-', '_']).unwrap_or((name, "US"));
        let all_letters = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        all_letters(language) && all_letters(region)
    };
    let text = match named(members, "lang").or_else(|| named(members, "language")) {
        Some(_) => named(members, "value").or_else(|| named(members, "text"))?,
        None if members.keys().all(|name| is_language(name)) => {
            let of =
                |start: &str| members.iter().find(|(name, _)| name.starts_with(start)).map(|(_, text)| text);
            // Without any of these, the names may be those of fields, such as `to` and `id`.
            ["en", "de", "fr", "es"].into_iter().find_map(of)?
        }
        None => return None,
    };
    harmless(text.as_str()?, secrets)
}

/// A text of the API as a short line, if it contains no secret.
pub(super) fn harmless(text: &str, secrets: &Secrets) -> Option<String> {
    // Checked before and after shortening, so that no part of a secret is shown either.
    let line = Some(text).filter(|text| !secrets.is_in(text)).and_then(plain)?;
    (!secrets.is_in(&line)).then_some(line)
}

/// One short line; nothing of a text that is a web page.
pub(super) fn plain(text: &str) -> Option<String> {
    let is_page =
        |start: &str| text.trim_start().get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start));
    if ["<!doctype", "<html", "<?xml"].into_iter().any(is_page) {
        return None;
    }
    sanitize(text)
}

/// The field that an error is about: its own name, or the last name of a path such as `body`, `amount`.
fn name_of(error: &Map<String, Value>) -> Option<String> {
    if let Some(source) = named(error, "source").and_then(Value::as_object) {
        return name_of(source);
    }
    let path = named(error, "loc").or_else(|| named(error, "path")).and_then(Value::as_array);
    let of_path = || path?.iter().rev().find_map(|name| name.as_str());
    let name = NAMING.iter().find_map(|name| named(error, name)?.as_str()).or_else(of_path)?;
    let name = name.trim_start_matches('#').trim_start_matches('/');
    let name = name.trim_start_matches("data/attributes/").split('/').next()?;
    sanitize(name)
}

/// A member, whatever case and underscores its name has.
pub(super) fn named<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let is_it = |key: &str| letters(key) == name;
    members.get(name).or_else(|| members.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value))
}

/// A name without case, `_` and `-`.
pub(crate) fn letters(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use claimcheck_base::secret::Secret;
    use serde_json::json;

    use super::*;

    fn fields(body: &Value) -> Vec<(String, String)> {
        let problems = field_problems::find(body).into_iter();
        problems.map(|problem| (problem.path.join("."), problem.text)).collect()
    }

    fn words(body: &Value, token: &str) -> Option<String> {
        super::words(body, &Secrets { token: Some(Secret::new(token)), headers: Vec::new() })
    }

    #[test]
    fn the_words_are_short_and_plain_and_the_fields_are_found_however_they_are_written() {
        let body = json!({
            "title": "Unprocessable", "detail": "Too much\r\nfor <b>today</b>",
            "errors": [{ "pointer": "#/amount", "detail": "At most 100" }, { "pointer": "/to/iban", "detail": "Unknown" }, 7],
        });
        assert_eq!(words(&body, "t-1").as_deref(), Some("Too much for <b>today</b>"));
        let expected =
            [("amount".to_owned(), "At most 100".to_owned()), ("to.iban".to_owned(), "Unknown".to_owned())];
        assert_eq!(fields(&body), expected);
        let other =
            json!({ "title": "No", "errors": { "amount": ["At most 100", "x"], "to": "Unknown", "y": 1 } });
        assert_eq!((words(&other, "t-1").as_deref(), fields(&other).len()), (Some("No"), 2));
        assert_eq!(words(&json!({ "detail": "x".repeat(9000) }), "t-1").map(|text| text.len()), Some(300));
        let echo = json!({ "detail": "Bearer t-1", "title": "No" });
        assert_eq!(words(&echo, "t-1").as_deref(), Some("No"));
        for none in [json!({}), json!([]), json!({ "detail": "\n " }), json!({ "detail": 7, "count": "x" })] {
            assert_eq!((words(&none, "t-1"), fields(&none).len()), (None, 0), "{none}");
        }
    }

    #[test]
    fn st_01_the_explanation_is_found_in_every_usual_shape() {
        for (body, said) in [
            (json!({ "detail": "Say which region." }), "Say which region."),
            (json!({ "type": "about:blank", "title": "Bad", "status": 400 }), "Bad"),
            (json!({ "message": "Say which region." }), "Say which region."),
            (json!({ "Message": "Say which region." }), "Say which region."),
            (json!({ "error": "Say which region." }), "Say which region."),
            (json!({ "error": { "code": 7, "message": "Say which region." } }), "Say which region."),
            (
                json!({ "error": "invalid_request", "error_description": "Say which region." }),
                "Say which region.",
            ),
            (json!({ "errors": [{ "message": "Say which region." }] }), "Say which region."),
            (json!({ "errors": [{ "field": "region", "message": "is missing" }] }), "region: is missing"),
            (json!({ "errors": { "region": ["is missing", "x"] } }), "region: is missing"),
            (json!({ "errors": ["Say which region."] }), "Say which region."),
            (
                json!({ "detail": [{ "loc": ["query", "region"], "msg": "field required" }] }),
                "region: field required",
            ),
            (json!([{ "errorCode": "X", "message": "Say which region." }]), "Say which region."),
            (json!({ "fault": { "faultstring": "Say which region." } }), "Say which region."),
            (json!({ "errorMessage": "a < 5 & b > 3" }), "a < 5 & b > 3"),
            (json!("Say which region."), "Say which region."),
            (
                json!({ "error": { "code": "", "message": { "lang": "en", "value": "Say which region." } } }),
                "Say which region.",
            ),
            (json!({ "message": { "en-GB": "Say which region.", "de": "x" } }), "Say which region."),
            (json!({ "errors": { "region": "is missing", "zz": "x" } }), "region: is missing"),
            (json!({ "errors": { "to": ["is missing"] } }), "to: is missing"),
            (json!({ "errors": { "to": "is missing" } }), "to: is missing"),
            (json!({ "error": "<!doctype html><title>x</title>", "message": "" , "reason": "No" }), "No"),
            (json!({ "message": "a\u{202e}b\u{7}c\r\n<d>" }), "a b c <d>"),
        ] {
            assert_eq!(words(&body, "t-1").as_deref(), Some(said), "{body}");
        }
        let deep = json!({ "error": { "error": { "error": { "error": { "error": { "message": "x" } } } } } });
        for none in [json!({ "message": "token t-1 refused" }), deep, json!(7), json!({ "status": "error" })]
        {
            assert_eq!(words(&none, "t-1"), None, "{none}");
        }
    }

    #[test]
    fn st_02_errors_about_fields_are_found_in_every_usual_shape() {
        for body in [
            json!({ "errors": [{ "pointer": "#/amount", "detail": "At most 100" }] }),
            json!({ "errors": [{ "field": "amount", "message": "At most 100" }] }),
            json!({ "errors": [{ "source": { "pointer": "/data/attributes/amount" }, "title": "At most 100" }] }),
            json!({ "errors": { "amount": ["At most 100"] } }),
            json!({ "errors": { "amount": "At most 100" } }),
            json!({ "errors": { "amount": { "message": "At most 100" } } }),
            json!({ "error": { "errors": [{ "param": "amount", "msg": "At\nmost 100" }] } }),
            json!({ "detail": [{ "loc": ["body", "amount"], "msg": "At most 100" }] }),
            json!({ "violations": [{ "propertyPath": "amount", "message": "At most 100" }] }),
            json!([{ "field": "amount", "message": "At most 100" }]),
        ] {
            let found = fields(&body);
            let (path, text) = found.first().unwrap();
            assert!(path.ends_with("amount") && text == "At most 100", "{body}: {found:?}");
        }
        for none in
            [json!({ "errors": "x" }), json!({ "errors": [{ "message": "No field" }, 7, null] }), json!(null)]
        {
            assert!(fields(&none).is_empty(), "{none}");
        }
    }
}
