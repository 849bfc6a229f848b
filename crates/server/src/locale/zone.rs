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

use crate::cookies::cookie;

/// The names of the loader's cookie. Over https it has the prefix, so that no sibling host can set it (RFC 6265bis
/// 4.1.3.2); that one is looked for first.
const COOKIES: [&str; 2] = ["__Host-claimcheck-zone", "claimcheck-zone"];
/// Longer than any name in the database.
const NAME_MAX_BYTES: usize = 64;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A user's zone; unknown by default.
#[derive(Clone, Debug, Default)]
pub(super) struct Zone(Option<TimeZone>);

impl Zone {
    /// The first known zone of claim and cookie.
    pub(super) fn of(claims: &Map<String, Value>, headers: &HeaderMap) -> Self {
        let claim = claims.get("zoneinfo").and_then(Value::as_str).and_then(named);
        Self(claim.or_else(|| COOKIES.iter().find_map(|name| named(cookie(headers, name)?))))
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

/// The zone of that name in the database.
pub fn named(name: &str) -> Option<TimeZone> {
    let is_plain = name.len() <= NAME_MAX_BYTES
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
    is_plain.then(|| DATABASE.get(name).ok()).flatten().filter(|zone| !zone.is_unknown())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header::COOKIE};
    use serde_json::json;

    use super::*;

    fn zone(claim: Value, cookie: &str) -> Option<String> {
        let claims = json!({ "zoneinfo": claim });
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookie).unwrap())]);
        let zone = Zone::of(claims.as_object().unwrap(), &headers);
        zone.0.map(|zone| zone.iana_name().unwrap().to_owned())
    }

    #[test]
    fn the_claim_counts_before_the_cookie_and_the_protected_cookie_before_the_other() {
        let both = "claimcheck=x; claimcheck-zone=Asia/Tokyo; __Host-claimcheck-zone=Europe/Paris";
        assert_eq!(zone(json!("Europe/Berlin"), both).as_deref(), Some("Europe/Berlin"));
        assert_eq!(zone(Value::Null, both).as_deref(), Some("Europe/Paris"));
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
    fn a_cookie_line_that_is_not_text_hides_no_other() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_bytes(b"claimcheck-zone=\xff").unwrap());
        headers.append(COOKIE, HeaderValue::from_static("claimcheck-zone=Asia/Tokyo"));
        assert!(Zone::of(&Map::new(), &headers).is_known());
    }
}
