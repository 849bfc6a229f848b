//! The API's own error messages (RFC 9457): short plain text for the user, and the fields it is about.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{api::secrets::Secrets, sanitize::sanitize};

const FIELDS_MAX: usize = 40;

/// `detail`, else `title`: the first one that contains no secret.
pub(super) fn words(body: &Value, secrets: &Secrets) -> Option<String> {
    let texts = ["detail", "title"].into_iter().filter_map(|name| body.get(name)?.as_str());
    texts.filter_map(|text| harmless(text, secrets)).next()
}

/// A text of the API as a short line, if it contains no secret.
pub(super) fn harmless(text: &str, secrets: &Secrets) -> Option<String> {
    // Checked before and after shortening, so that no part of a secret is shown either.
    let line = Some(text).filter(|text| !secrets.is_in(text)).and_then(sanitize)?;
    (!secrets.is_in(&line)).then_some(line)
}

/// The problems with members, by name: `errors` as in RFC 9457 3 (`pointer` and `detail`), or as an object of texts or
/// lists of texts, which many frameworks use.
pub(super) fn fields(body: &Value) -> BTreeMap<String, String> {
    match body.get("errors") {
        Some(Value::Array(errors)) => errors.iter().take(FIELDS_MAX).filter_map(pointed).collect(),
        Some(Value::Object(errors)) => named(errors),
        _ => BTreeMap::new(),
    }
}

fn pointed(error: &Value) -> Option<(String, String)> {
    let pointer = error.get("pointer")?.as_str()?;
    let name = pointer.trim_start_matches('#').trim_start_matches('/').split('/').next()?;
    Some((name.to_owned(), sanitize(error.get("detail")?.as_str()?)?))
}

fn named(errors: &Map<String, Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => sanitize(text),
        Value::Array(texts) => sanitize(texts.first()?.as_str()?),
        _ => None,
    };
    errors.iter().take(FIELDS_MAX).filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use claimcheck_base::secret::Secret;
    use serde_json::json;

    use super::*;

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
            [("amount".to_owned(), "At most 100".to_owned()), ("to".to_owned(), "Unknown".to_owned())];
        assert_eq!(fields(&body), expected.into());
        let other =
            json!({ "title": "No", "errors": { "amount": ["At most 100", "x"], "to": "Unknown", "y": 1 } });
        assert_eq!((words(&other, "t-1").as_deref(), fields(&other).len()), (Some("No"), 2));
        assert_eq!(words(&json!({ "detail": "x".repeat(9000) }), "t-1").map(|text| text.len()), Some(300));
        let echo = json!({ "detail": "Bearer t-1", "title": "No" });
        assert_eq!(words(&echo, "t-1").as_deref(), Some("No"));
        for none in [json!({}), json!([]), json!({ "detail": "\n " }), json!({ "detail": 7, "errors": "x" })]
        {
            assert_eq!((words(&none, "t-1"), fields(&none).len()), (None, 0));
        }
    }
}
