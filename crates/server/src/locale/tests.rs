//! Numbers, dates and times in several countries, and changes of clocks.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT_LANGUAGE, COOKIE},
};
use jiff::civil::date;
use serde_json::{Map, Value, json};

use super::*;

/// 2 March 2026, 14:05:31 UTC.
const AT: UnixSecs = 1_772_460_331;

fn reader(claims: &Value) -> LocaleFormatter {
    LocaleFormatter::of(claims.as_object().unwrap(), &HeaderMap::new(), Language::default(), false)
}

fn in_locale(locale: &str) -> LocaleFormatter {
    reader(&json!({ "locale": locale, "zoneinfo": "UTC" }))
}

fn in_zone(zone: &str) -> LocaleFormatter {
    reader(&json!({ "locale": "en-GB", "zoneinfo": zone }))
}

#[test]
fn numbers_are_grouped_and_signed_as_the_locale_does() {
    for (locale, large, negative) in [
        ("en-GB", "1,234,567.50", "\u{2212}7"),
        ("de-DE", "1.234.567,50", "\u{2212}7"),
        ("de-CH", "1'234'567.50", "\u{2212}7"),
        ("fr-FR", "1\u{202f}234\u{202f}567,50", "\u{2212}7"),
        ("sv-SE", "1\u{a0}234\u{a0}567,50", "\u{2212}7"),
        ("hi-IN", "12,34,567.50", "\u{2212}7"),
        ("hi-u-nu-deva", "१२,३४,५६७.५०", "\u{2212}७"),
        ("mr", "१२,३४,५६७.५०", "\u{2212}७"),
        ("ar-EG", "١٬٢٣٤٬٥٦٧٫٥٠", "\u{61c}\u{2212}٧"),
        ("ja-JP", "1,234,567.50", "\u{2212}7"),
    ] {
        let reader = in_locale(locale);
        assert_eq!(reader.number(1_234_567.5, 2), large, "{locale}");
        assert_eq!(reader.number(-7.0, 0), negative, "{locale}");
    }
}

#[test]
fn numbers_are_rounded_as_a_person_does_who_sees_the_decimals() {
    let reader = in_locale("en-GB");
    for (number, decimals, text) in [
        (1.005, 2, "1.01"),
        (0.5, 0, "1"),
        (-0.5, 0, "\u{2212}1"),
        (-0.4, 0, "0"),
        (-0.0, 1, "0.0"),
        (999.995, 2, "1,000.00"),
        (0.1 + 0.2, 3, "0.300"),
        (1e15, 0, "1,000,000,000,000,000"),
        (5e-324, 2, "0.00"),
        (1.0, 99, "1.000000000000000"),
    ] {
        assert_eq!(reader.number(number, decimals), text, "{number:?}");
    }
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE] {
        assert!(!reader.number(odd, 2).is_empty() && !reader.percent(odd, 2).is_empty());
    }
}

#[test]
fn percentages_have_their_sign_where_the_locale_has_it() {
    for (locale, text) in [
        ("en-GB", "\u{2212}12.5%"),
        ("de-DE", "\u{2212}12,5\u{a0}%"),
        ("de-CH", "\u{2212}12.5%"),
        ("fr-CA", "\u{2212}12,5\u{a0}%"),
        ("es-ES", "\u{2212}12,5\u{a0}%"),
        ("es-MX", "\u{2212}12.5%"),
        ("tr-TR", "\u{2212}%12,5"),
        ("ar-EG", "\u{61c}\u{2212}١٢٫٥٪"),
    ] {
        assert_eq!(in_locale(locale).percent(-0.125, 1), text, "{locale}");
    }
    assert_eq!(in_locale("en-GB").percent(0.07, 0), "7%");
    assert_eq!(in_locale("en-GB").percent(1.15, 0), "115%");
}

#[test]
fn minutes_of_a_day_are_those_of_the_locale_and_say_their_zone() {
    for (locale, time) in [("en-GB", "14:05"), ("en-US", "2:05\u{202f}PM"), ("de-DE", "14:05")] {
        assert_eq!(in_locale(locale).minute_of_day(AT), time, "{locale}");
    }
    assert_eq!(LocaleFormatter::default().minute_of_day(AT), "14:05 UTC");
}

#[test]
fn dates_and_times_are_those_of_the_locale() {
    let day = date(2026, 9, 12);
    for (locale, full, long, short, month, time) in [
        ("en-GB", "2 Mar 2026, 14:05", "12 Sept 2026", "12 Sept", "Sept 2026", "14:05:31"),
        ("en-US", "Mar 2, 2026, 2:05\u{202f}PM", "Sep 12, 2026", "Sep 12", "Sep 2026", "2:05:31\u{202f}PM"),
        ("de-DE", "02.03.2026, 14:05", "12.09.2026", "12. Sept.", "09/2026", "14:05:31"),
        ("fr-FR", "2 mars 2026, 14:05", "12 sept. 2026", "12 sept.", "sept. 2026", "14:05:31"),
        ("ja-JP", "2026/03/02 14:05", "2026/09/12", "9月12日", "2026/09", "14:05:31"),
        ("hi-IN", "2 मार्च 2026, 2:05 pm", "12 सित॰ 2026", "12 सित॰", "सित॰ 2026", "2:05:31 pm"),
        ("ar-EG", "٠٢‏/٠٣‏/٢٠٢٦، ٢:٠٥ م", "١٢‏/٠٩‏/٢٠٢٦", "١٢ سبتمبر", "٠٩‏/٢٠٢٦", "٢:٠٥:٣١ م"),
    ] {
        let reader = in_locale(locale);
        let read = [
            reader.date_time_at(AT),
            reader.date(day),
            reader.short_date(day),
            reader.month(2026, 9),
            reader.time_of_day(AT),
        ];
        assert_eq!(read, [full, long, short, month, time], "{locale}");
    }
    assert_eq!(in_locale("en-GB").moment(AT), "2 Mar 2026, 14:05:31");
    // The years are those of the API's calendar in every locale.
    assert!(in_locale("th-TH").date(day).contains("2026") && in_locale("fa-IR").date(day).contains("۲۰۲۶"));
}

#[test]
fn an_unknown_zone_is_utc_and_says_so_a_known_one_does_not() {
    let nobody = LocaleFormatter::default();
    assert_eq!(nobody.date_time_at(AT), "2 Mar 2026, 14:05 UTC");
    assert_eq!(nobody.time_of_day(AT), "14:05:31 UTC");
    assert_eq!(nobody.moment(AT), "2 Mar 2026, 14:05:31 UTC");
    assert_eq!(in_zone("Mars/Olympus").date_time_at(AT), "2 Mar 2026, 14:05 UTC");
    assert_eq!(in_zone("Asia/Tokyo").date_time_at(AT), "2 Mar 2026, 23:05");
    assert_eq!(in_zone("Asia/Kolkata").time_of_day(AT), "19:35:31");
    // A value without a time of day needs no zone.
    assert_eq!(nobody.date(date(2026, 3, 2)), "2 Mar 2026");
}

#[test]
fn a_day_of_23_hours_and_one_of_25_begin_and_end_where_the_clocks_say() {
    let berlin = in_zone("Europe/Berlin");
    let hours = |reader: &LocaleFormatter, day: Date| {
        (reader.day_start(day.tomorrow().unwrap()) - reader.day_start(day)) / 3600
    };
    assert_eq!(hours(&berlin, date(2026, 3, 29)), 23);
    assert_eq!(hours(&berlin, date(2026, 10, 25)), 25);
    assert_eq!(hours(&berlin, date(2026, 3, 30)), 24);
    // 00:59 UTC is before the jump, 01:00 UTC after it.
    assert_eq!(berlin.time_of_day(1_774_745_999), "01:59:59");
    assert_eq!(berlin.time_of_day(1_774_746_000), "03:00:00");
    // In Beirut that day has no midnight: it starts at one o'clock.
    let beirut = in_zone("Asia/Beirut");
    let start = beirut.day_start(date(2026, 3, 29));
    assert_eq!(beirut.time_of_day(start), "01:00:00");
    assert_eq!((beirut.today(start), beirut.today(start - 1)), (date(2026, 3, 29), date(2026, 3, 28)));
    assert_eq!(LocaleFormatter::default().day_start(date(1970, 1, 2)), 86_400);
    // The same instant is another day elsewhere.
    assert_eq!(in_zone("Pacific/Auckland").today(AT), date(2026, 3, 3));
    assert_eq!(in_zone("America/New_York").today(1_772_413_200 - 1), date(2026, 3, 1));
}

#[test]
fn the_ends_of_the_calendar_are_reached_without_harm() {
    for reader in [LocaleFormatter::default(), in_zone("Asia/Tokyo"), in_zone("America/New_York")] {
        for secs in [i64::MIN, -1, 0, i64::MAX] {
            assert!(!reader.moment(secs).is_empty() && !reader.time_of_day(secs).is_empty());
            assert!(!reader.date(reader.today(secs)).is_empty());
        }
        for day in [Date::MIN, Date::MAX] {
            assert!(reader.day_start(day).abs() > 200_000_000_000);
        }
        assert_eq!((reader.month(2026, 13), reader.month(12_000, 1)), ("2026-13".into(), "12000-01".into()));
    }
}

#[test]
fn what_an_api_says_is_read_and_placed_in_time() {
    let tokyo = in_zone("Asia/Tokyo");
    for (text, words, secs) in [
        ("2026-03-02T14:05:31.5Z", "2 Mar 2026, 23:05", AT as f64 + 0.5),
        ("2026-03-02", "2 Mar 2026", 1_772_409_600.0 - 9.0 * 3600.0),
        ("2026-03", "Mar 2026", 1_772_323_200.0 - 9.0 * 3600.0),
    ] {
        let when = When::parse(text).unwrap();
        assert_eq!((tokyo.when(when), tokyo.unix_secs(when)), (words.to_owned(), secs));
    }
}

#[test]
fn the_locale_falls_through_to_the_first_that_is_known() {
    let of = |claim: Value, accept: &str| {
        let headers = HeaderMap::from_iter([
            (ACCEPT_LANGUAGE, HeaderValue::from_str(accept).unwrap()),
            (COOKIE, HeaderValue::from_static("claimcheck-zone=UTC")),
        ]);
        let claims = Map::from_iter([("locale".to_owned(), claim)]);
        LocaleFormatter::of(&claims, &headers, Language::default(), false).number(1234.5, 1)
    };
    assert_eq!(of(json!("de_DE"), "en"), "1.234,5");
    assert_eq!(of(json!("tlh"), "xx;q=1, fr;q=0.2, de;q=0.9"), "1.234,5");
    assert_eq!(of(Value::Null, "en;q=0.1, de-AT"), "1\u{a0}234,5");
    assert_eq!(of(json!("../etc"), "xx, *"), "1,234.5");
    assert_eq!(of(json!("de-u-nu-zzzz"), ""), "1.234,5", "an unknown numbering system is none");
}
