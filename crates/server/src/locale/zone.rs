//! The user's time zone: the `zoneinfo` claim, or the loader's cookie, or UTC. The zone database is in the program, so
//! no name is ever used as a path.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use claimcheck_base::clock::UnixSecs;
use jiff::{
    Timestamp,
    civil::{self, Date},
    tz::{TimeZone, TimeZoneDatabase},
};
use serde_json::{Map, Value};

use crate::cookies::{cookie, own_name, path};

/// The name of the loader's cookie, without its prefix.
const COOKIE: &str = "zone";
/// The value of the cookie in a browser that was asked and has not said its zone.
const UNKNOWN: &str = "none";
/// Longer than any name in the database.
const NAME_MAX_BYTES: usize = 64;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A user's zone; unknown by default.
#[derive(Clone, Debug, Default)]
pub(super) struct Zone(Option<TimeZone>);

impl Zone {
    /// The first known zone of claim and cookie.
    pub(super) fn of(claims: &Map<String, Value>, headers: &HeaderMap, is_https: bool) -> Self {
        let claim = claims.get("zoneinfo").and_then(Value::as_str).and_then(named);
        Self(claim.or_else(|| named(cookie(headers, &own_name(COOKIE, is_https))?)))
    }

    /// Whether it is the user's, so that times need no zone name.
    pub(super) const fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// The local date and time.
    pub(super) fn local(&self, at: Timestamp) -> civil::DateTime {
        self.0.as_ref().unwrap_or(&TimeZone::UTC).to_datetime(at)
    }

    /// The instant of a local date and time; at the ends of the calendar, the nearest one.
    pub(super) fn instant(&self, at: civil::DateTime) -> Timestamp {
        let zone = self.0.clone().unwrap_or(TimeZone::UTC);
        let end = if at.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        zone.to_ambiguous_timestamp(at).compatible().unwrap_or(end)
    }

    /// The first second of a day.
    pub(super) fn day_start(&self, date: Date) -> UnixSecs {
        let zone = self.0.clone().unwrap_or(TimeZone::UTC);
        let start = date.to_zoned(zone).and_then(|midnight| midnight.start_of_day());
        start.map_or_else(
            // Only at the ends of the calendar, if a shift of hours leaves it.
            |_| date.duration_since(civil::date(1970, 1, 1)).as_secs(),
            |start| start.timestamp().as_second(),
        )
    }
}

/// The cookie with the browser's zone, which scripts write: in `islands/loader.js`, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneCookie {
    name: String,
    attributes: String,
}

impl ZoneCookie {
    /// The cookie of an installation with that scheme.
    pub fn new(is_https: bool) -> Self {
        let secure = if is_https { "; Secure" } else { "" };
        let attributes = format!("; Path={}; Max-Age=31536000; SameSite=Lax{secure}", path());
        Self { name: own_name(COOKIE, is_https), attributes }
    }

    /// What is before and after the name of the zone.
    pub fn parts(&self) -> (String, String) {
        (format!("{}=", self.name), self.attributes.clone())
    }

    /// The `Set-Cookie` value of a browser that was asked.
    pub fn unknown(&self) -> String {
        format!("{}={UNKNOWN}{}", self.name, self.attributes)
    }
}

/// Whether this browser was asked for its zone, or has said it.
pub fn is_asked(headers: &HeaderMap, is_https: bool) -> bool {
    cookie(headers, &own_name(COOKIE, is_https)).is_some_and(|value| !value.is_empty())
}

/// The zone of that name in the database.
pub fn named(name: &str) -> Option<TimeZone> {
    let is_plain = name.len() <= NAME_MAX_BYTES
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
    is_plain.then(|| DATABASE.get(name).ok()).flatten().filter(|zone| !zone.is_unknown())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};
    use serde_json::json;

    use super::*;

    fn zone_over(is_https: bool, claim: Value, cookie: &str) -> Option<String> {
        let claims = json!({ "zoneinfo": claim });
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())]);
        let zone = Zone::of(claims.as_object().unwrap(), &headers, is_https);
        zone.0.map(|zone| zone.iana_name().unwrap().to_owned())
    }

    fn zone(claim: Value, cookie: &str) -> Option<String> {
        zone_over(false, claim, cookie)
    }

    #[test]
    fn f33_the_claim_counts_before_the_cookie_and_the_scheme_decides_the_cookies_name() {
        let both = "claimcheck=x; claimcheck-zone=Asia/Tokyo; __Host-claimcheck-zone=Europe/Paris";
        for (is_https, by_cookie) in [(true, "Europe/Paris"), (false, "Asia/Tokyo")] {
            let claim = zone_over(is_https, json!("Europe/Berlin"), both);
            assert_eq!(claim.as_deref(), Some("Europe/Berlin"));
            assert_eq!(zone_over(is_https, Value::Null, both).as_deref(), Some(by_cookie));
        }
        assert_eq!(zone_over(true, Value::Null, "claimcheck-zone=Pacific/Auckland"), None);
        assert_eq!(zone_over(true, Value::Null, "__host-claimcheck-zone=Pacific/Auckland"), None);
        assert_eq!(zone(Value::Null, "a=b;claimcheck-zone=Asia/Tokyo").as_deref(), Some("Asia/Tokyo"));
        assert_eq!(zone(json!("UTC"), both).as_deref(), Some("UTC"), "whoever says UTC is known to be there");
        // Browsers send names that the database has only as links.
        assert_eq!(zone(Value::Null, "claimcheck-zone=Asia/Calcutta").as_deref(), Some("Asia/Calcutta"));
        assert_eq!(zone(Value::Null, "x-claimcheck-zone=Asia/Tokyo; claimcheck-zonex=Asia/Tokyo"), None);
    }

    #[test]
    fn what_names_no_zone_falls_through_to_the_next() {
        let long = "Europe/".repeat(4000);
        for hostile in [
            "",
            " ",
            "../etc/passwd",
            "/etc/localtime",
            "Europe/../Europe/Berlin",
            "Europe/Berlin\u{0}",
            "Europe/Berlin\r\nSet-Cookie: a=b",
            "Mars/Olympus",
            "Etc/Unknown",
            "undefined",
            "Europe",
            long.as_str(),
        ] {
            let found = zone(json!(hostile), "claimcheck-zone=Asia/Tokyo");
            assert_eq!(found.as_deref(), Some("Asia/Tokyo"), "{hostile:?}");
            assert_eq!(zone(json!(hostile), "claimcheck-zone=../etc/passwd"), None);
        }
        for odd in [json!(1), json!(["Europe/Berlin"]), json!({ "a": 1 }), json!(true)] {
            assert_eq!(zone(odd, "claimcheck-zone="), None);
        }
    }

    #[test]
    fn fp_01_a_browser_is_asked_once_and_a_zone_that_it_did_not_say_stays_unknown() {
        for (is_https, name) in [(true, "__Host-claimcheck-zone"), (false, "claimcheck-zone")] {
            let asked = ZoneCookie::new(is_https).unknown();
            assert!(asked.starts_with(&format!("{name}=none; Path=/; ")), "{asked}");
            assert_eq!(asked.contains("Secure"), is_https, "{asked}");
            let sent = asked.split(';').next().unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(sent).unwrap())]);
            assert!(is_asked(&headers, is_https) && !is_asked(&headers, !is_https));
            assert_eq!(zone_over(is_https, Value::Null, sent), None);
            assert!(!is_asked(&HeaderMap::new(), is_https));
        }
    }

    #[test]
    fn a_cookie_line_that_is_not_text_hides_no_other() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"claimcheck-zone=\xff").unwrap());
        headers.append(header::COOKIE, HeaderValue::from_static("claimcheck-zone=Asia/Tokyo"));
        assert!(Zone::of(&Map::new(), &headers, false).is_known());
    }
}
