//! How often an API wants to be asked: how long it asks us to wait, and how long an answer stays fresh (RFC 9110 10.2.3,
//! RFC 6585 4, RFC 9111). All of it within bounds: a header must not stop a panel for a day.

use std::time::SystemTime;

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use claimcheck_base::clock::UnixSecs;

use crate::api::reads::text;

/// The longest wait that an API can ask for.
const WAIT_MAX_SECS: i64 = 600;
/// The wait if it asks for one without a time.
const WAIT_USUAL_SECS: i64 = 10;
/// The longest time for which an answer is fresh.
const FRESH_MAX_SECS: i64 = 300;
/// A larger number in a reset header is a moment, not a number of seconds.
const MOMENT_MIN: i64 = 1_000_000_000;

/// That an API asks not to be asked for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Unix seconds.
    pub until: UnixSecs,
    /// There were too many requests; otherwise the API is unavailable for another reason.
    pub is_limit: bool,
    /// The API's explanation.
    pub said: Option<String>,
}

/// Until when the API asks not to be asked again.
pub(super) fn wait(status: StatusCode, headers: &HeaderMap, now: UnixSecs) -> Option<UnixSecs> {
    let stated = retry_after(headers, now).or_else(|| reset(headers, now));
    let secs = match status {
        StatusCode::TOO_MANY_REQUESTS => stated.unwrap_or(WAIT_USUAL_SECS),
        StatusCode::SERVICE_UNAVAILABLE => retry_after(headers, now)?,
        // GitHub answers 403 when the limit is used up.
        StatusCode::FORBIDDEN if is_used_up(headers) => stated.unwrap_or(WAIT_USUAL_SECS),
        _ => return None,
    };
    Some(now + secs.clamp(0, WAIT_MAX_SECS))
}

/// When an answer that is not final asks to be asked again: its `Retry-After`, which any answer can have.
pub(super) fn again_at(headers: &HeaderMap, now: UnixSecs) -> Option<UnixSecs> {
    Some(now + retry_after(headers, now)?.clamp(0, WAIT_MAX_SECS))
}

/// Whether an answer must be confirmed by the API each time before it is used again.
pub(super) fn is_confirmed(headers: &HeaderMap) -> bool {
    let control = text(headers, &header::CACHE_CONTROL).unwrap_or_default().to_ascii_lowercase();
    control.split(',').any(|directive| is_no_cache(directive.trim()))
}

fn is_no_cache(directive: &str) -> bool {
    directive == "no-cache" || directive.starts_with("no-cache=")
}

/// Until when an answer of now is fresh; `None` if it must not be kept at all.
pub(super) fn fresh_until(headers: &HeaderMap, now: UnixSecs) -> Option<UnixSecs> {
    let control = text(headers, &header::CACHE_CONTROL).unwrap_or_default().to_ascii_lowercase();
    let directives: Vec<_> = control.split(',').map(str::trim).collect();
    if directives.contains(&"no-store") || text(headers, &header::VARY).is_some_and(|vary| vary.contains('*'))
    {
        return None;
    }
    if directives.iter().any(|directive| is_no_cache(directive)) {
        return Some(now);
    }
    let max_age = directives
        .iter()
        .find_map(|directive| directive.strip_prefix("max-age=")?.trim_matches('"').parse::<i64>().ok());
    let expires = || text(headers, &header::EXPIRES).and_then(moment).map(|at| at - now);
    let age = text(headers, &header::AGE).and_then(|age| age.parse::<i64>().ok()).unwrap_or_default();
    let secs = max_age.map(|secs| secs.saturating_sub(age)).or_else(expires).unwrap_or_default();
    Some(now + secs.clamp(0, FRESH_MAX_SECS))
}

/// `Retry-After`: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: UnixSecs) -> Option<i64> {
    let value = text(headers, &header::RETRY_AFTER)?;
    let secs = value.split('.').next().and_then(|secs| secs.parse::<i64>().ok());
    secs.or_else(|| Some(moment(value)?.saturating_sub(now)))
}

/// The reset of a rate limit: seconds, or a Unix time, as many gateways send it.
fn reset(headers: &HeaderMap, now: UnixSecs) -> Option<i64> {
    let names = ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset"];
    let value = names.iter().find_map(|name| text(headers, &HeaderName::from_static(name)))?;
    let number = value.split('.').next()?.parse::<i64>().ok()?;
    Some(match number {
        // Some send milliseconds.
        MOMENT_MIN.. if number / 1000 > MOMENT_MIN => (number / 1000).saturating_sub(now),
        MOMENT_MIN.. => number.saturating_sub(now),
        secs => secs,
    })
}

fn is_used_up(headers: &HeaderMap) -> bool {
    let names = ["ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining"];
    headers.contains_key(header::RETRY_AFTER)
        || names.iter().any(|name| text(headers, &HeaderName::from_static(name)) == Some("0"))
}

/// A date of HTTP in Unix seconds.
fn moment(text: &str) -> Option<UnixSecs> {
    let at = httpdate::parse_http_date(text).ok()?;
    i64::try_from(at.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSecs = 1_772_460_300;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn r42_a_request_to_wait_is_read_in_every_form_and_within_bounds() {
        let at = |secs: i64| (NOW + secs).to_string();
        let (soon, soon_ms) = (at(40), format!("{}000", at(40)));
        for (status, pairs, secs) in [
            (429, &[("retry-after", "30")][..], Some(30)),
            (429, &[("retry-after", "Mon, 02 Mar 2026 14:06:00 GMT")], Some(60)),
            (429, &[("retry-after", "0")], Some(0)),
            (429, &[("retry-after", "-5")], Some(0)),
            (429, &[("retry-after", "86400")], Some(WAIT_MAX_SECS)),
            (429, &[("retry-after", "99999999999999999999")], Some(WAIT_USUAL_SECS)),
            (429, &[("retry-after", "soon")], Some(WAIT_USUAL_SECS)),
            (429, &[("retry-after", "1.5")], Some(1)),
            (429, &[], Some(WAIT_USUAL_SECS)),
            (429, &[("ratelimit-reset", "20")], Some(20)),
            (429, &[("x-ratelimit-reset", &soon)], Some(40)),
            (429, &[("x-rate-limit-reset", &soon_ms)], Some(40)),
            (503, &[("retry-after", "30")], Some(30)),
            (503, &[], None),
            (403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &soon)], Some(40)),
            (403, &[("x-ratelimit-remaining", "12")], None),
            (403, &[("retry-after", "60")], Some(60)),
            (403, &[], None),
            (200, &[("retry-after", "60")], None),
            (500, &[("retry-after", "60")], None),
        ] {
            let found = wait(StatusCode::from_u16(status).unwrap(), &headers(pairs), NOW);
            assert_eq!(found.map(|until| until - NOW), secs, "{status} {pairs:?}");
        }
    }

    #[test]
    fn r42_an_answer_is_fresh_as_long_as_it_says_and_within_bounds() {
        for (pairs, secs) in [
            (&[("cache-control", "max-age=60")][..], Some(60)),
            (&[("cache-control", "Private, Max-Age=60")], Some(60)),
            (&[("cache-control", "max-age=60"), ("age", "45")], Some(15)),
            (&[("cache-control", "max-age=31536000")], Some(FRESH_MAX_SECS)),
            (&[("cache-control", "s-maxage=60")], Some(0)),
            (&[("cache-control", "no-cache, max-age=60")], Some(0)),
            (&[("cache-control", "no-store")], None),
            (&[("cache-control", "max-age=60"), ("vary", "*")], None),
            (&[("expires", "Mon, 02 Mar 2026 14:06:00 GMT")], Some(60)),
            (&[("expires", "0")], Some(0)),
            (&[("cache-control", "max-age=5"), ("expires", "Mon, 02 Mar 2026 14:06:00 GMT")], Some(5)),
            (&[], Some(0)),
        ] {
            assert_eq!(fresh_until(&headers(pairs), NOW).map(|until| until - NOW), secs, "{pairs:?}");
        }
    }
}
