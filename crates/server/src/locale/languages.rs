//! The user's languages in order of preference, from the `locale` claim and `Accept-Language`. Whether there are
//! formatters for a language is decided elsewhere.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};
use icu_locale_core::Locale;
use serde_json::{Map, Value};

/// RFC 5646 4.4.1: enough for all tags in practice.
const TAG_MAX_BYTES: usize = 35;
/// More than any user needs.
const LANGUAGES_MAX: usize = 8;

/// The claim's language, then the header's by weight.
pub(super) fn wanted(claims: &Map<String, Value>, headers: &HeaderMap) -> Vec<Locale> {
    let claim = claims.get("locale").and_then(Value::as_str).and_then(locale);
    claim.into_iter().chain(accepted(headers)).collect()
}

/// The ranges of `Accept-Language` by weight, equal ones in their order; `*` and weight 0 are ignored (RFC 9110 12.4.2,
/// 12.5.4).
fn accepted(headers: &HeaderMap) -> impl Iterator<Item = Locale> {
    let lines = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let mut weighed: Vec<(u16, Locale)> = lines
        .flat_map(|line| line.split(','))
        .take(4 * LANGUAGES_MAX)
        .filter_map(|range| {
            let (tag, weight) = match range.split_once(';') {
                Some((tag, weight)) => (tag, thousandths(weight)?),
                None => (range, 1000),
            };
            (weight > 0).then(|| locale(tag).map(|locale| (weight, locale))).flatten()
        })
        .collect();
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighed.into_iter().take(LANGUAGES_MAX).map(|(_, locale)| locale)
}

/// `q=0.8` as 800.
fn thousandths(weight: &str) -> Option<u16> {
    let (name, value) = weight.split_once('=')?;
    let value: f32 = value.trim().parse().ok()?;
    let is_weight = name.trim().eq_ignore_ascii_case("q") && (0.0..=1.0).contains(&value);
    is_weight.then_some(())?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
    Some((value * 1000.0).round() as u16)
}

/// A BCP 47 tag, or one with underscores (OpenID Connect Core 5.1).
pub(super) fn locale(tag: &str) -> Option<Locale> {
    let tag = tag.trim();
    let is_plain = tag.len() <= TAG_MAX_BYTES
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let locale = is_plain.then(|| Locale::try_from_str(&tag.replace('_', "-")).ok()).flatten()?;
    (!locale.id.language.is_unknown()).then_some(locale)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn of(claim: Value, headers: &[&str]) -> Vec<String> {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(ACCEPT_LANGUAGE, HeaderValue::from_bytes(header.as_bytes()).unwrap());
        }
        let claims = json!({ "locale": claim });
        wanted(claims.as_object().unwrap(), &map).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_claim_comes_first_with_a_hyphen_or_an_underscore() {
        for claim in ["de-DE", "de_DE", "DE_de", " de-DE "] {
            assert_eq!(of(json!(claim), &["fr"]), ["de-DE", "fr"], "{claim}");
        }
        assert_eq!(of(json!("zh_Hant_TW"), &[]), ["zh-Hant-TW"]);
        assert_eq!(of(json!("hi-u-nu-deva"), &[]), ["hi-u-nu-deva"]);
    }

    #[test]
    fn accept_language_is_read_by_weight_and_then_in_order() {
        assert_eq!(of(Value::Null, &["da, en-GB;q=0.8, en;q=0.7"]), ["da", "en-GB", "en"]);
        assert_eq!(of(Value::Null, &["en;q=0.5,fr ; Q=0.9, *;q=0.8", "de"]), ["de", "fr", "en"]);
        assert_eq!(of(Value::Null, &["sv;q=0, de;q=0.001, fr;q=0.001"]), ["de", "fr"]);
    }

    #[test]
    fn what_is_no_tag_or_weight_is_left_out() {
        let long = "de-".repeat(9000);
        for hostile in
            ["", "*", "d", "de DE", "de\u{0}", "../etc", "de-DE-x-\u{e9}", "-", "und", "de.UTF-8", &long]
        {
            assert_eq!(of(json!(hostile), &["fr"]), ["fr"], "{hostile:?}");
        }
        for odd in [json!(1), json!(["de"]), json!({}), json!(false)] {
            assert_eq!(of(odd, &[]), Vec::<String>::new());
        }
        for header in ["de;q=2", "de;q=-1", "de;q=NaN", "de;q", "de;x=1", "de;q=0.5;q=1", ";;,,=", "d\u{e9}"]
        {
            assert_eq!(of(Value::Null, &[header, "fr;q=0.1"]), ["fr"], "{header}");
        }
        assert_eq!(of(Value::Null, &[&"de,".repeat(5000)]).len(), LANGUAGES_MAX);
    }
}
