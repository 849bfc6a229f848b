//! The period of a board: the days in requests to the API, and the message if the URL is invalid.

use axum::http::StatusCode;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::json;

use super::{asked, calls_since, panel, text};
use crate::support::hostile::{HostileWorld, Raw};

const NOTICE: &str = "That date range isn’t valid";

/// A board for each date format.
const BOARDS: &str = r#"
[[board]]
id = "date"
title = "Days"
period = { choices = ["7d", "1d", "month"], default = "1d" }
[[board.panel]]
id = "p0"
title = "N"
kind = "stat"
get = "/n?from={from}&to={to}&until={until}"
value = "$.n"

[[board]]
id = "time"
title = "Times"
period = { choices = ["1d"], format = "time" }
[[board.panel]]
id = "p0"
title = "N"
kind = "stat"
get = "/n?from={from}&until={until}"
value = "$.n"

[[board]]
id = "unix"
title = "Seconds"
period = { choices = ["1d"], format = "unix" }
[[board.panel]]
id = "p0"
title = "N"
kind = "stat"
get = "/n?from={from}&until={until}"
value = "$.n"

[[board]]
id = "none"
title = "Without"
[[board.panel]]
id = "p0"
title = "N"
kind = "stat"
get = "/n"
value = "$.n"
"#;

/// At half past eleven at night, UTC.
async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    let until = (23 * 3600 + 30 * 60 - world.now()).rem_euclid(86_400);
    world.advance(until);
    world.api.script(|script| script.instead = Some(Raw::json(200, "{\"n\":1}")));
    world
}

fn today(world: &HostileWorld) -> Date {
    Timestamp::from_second(world.now()).unwrap().to_zoned(TimeZone::UTC).date()
}

fn heard(from: Date, to: Date) -> String {
    format!("/n?from={from}&to={to}&until={}", to.tomorrow().unwrap())
}

#[tokio::test]
async fn the_days_are_those_of_the_choice_or_of_the_person() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let today = today(&world);
    let week = today.checked_sub(6.days()).unwrap();
    let (january, last) = (jiff::civil::date(2026, 1, 5), jiff::civil::date(2026, 1, 31));
    for (query, from, to, chosen) in [
        ("", today, today, "1d"),
        ("period=7d", week, today, "7d"),
        ("period=month", today.first_of_month(), today, "month"),
        ("from=2026-01-05&to=2026-01-31", january, last, ""),
        ("from=2026-01-31&to=2026-01-31", last, last, ""),
        ("period=7d&from=2026-01-05&to=2026-01-31", week, today, "7d"),
        ("period=7d&period=month", week, today, "7d"),
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/date?{query}")).await;
        assert!(page.status == StatusCode::OK && !page.body.contains(NOTICE), "{query}");
        assert_eq!(asked(&calls_since(&world, before)), [heard(from, to)], "{query}");
        let nav = page.body.split_once("aria-label=\"Period\"").unwrap().1.split_once("</nav>").unwrap().0;
        let current = nav.split("<a ").filter(|link| link.contains("aria-current"));
        let current: Vec<_> = current.map(|link| link.contains(&format!("period={chosen}\""))).collect();
        assert_eq!(current, if chosen.is_empty() { vec![] } else { vec![true] }, "{query}");
        assert!(
            nav.contains(&format!("value=\"{from}\"")) && nav.contains(&format!("value=\"{to}\"")),
            "{query}"
        );
    }
    assert!(!browser.get("/boards/none?period=junk").await.body.contains(NOTICE), "where there is no choice");
}

#[tokio::test]
async fn ac_02_what_is_no_period_is_the_usual_one_and_the_page_says_so() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let usual = heard(today(&world), today(&world));
    for query in [
        "period=30d",
        "period=../admin",
        "period=7d%26from=x",
        "period=7D",
        "period=@evil",
        "from=2026-02-30&to=2026-03-01",
        "from=2026-02-02&to=2026-02-01",
        "from=../admin&to=2026-02-01",
        "from=2026-01-05&to=//evil",
        "from=%23&to=%3F",
        "from=0001-01-01&to=2026-01-01",
        "from=-000044-03-15&to=-000044-03-16",
        "from=9999-12-30&to=9999-12-31",
        "to=9999-12-31",
        "from=99999-01-01",
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/date?{query}")).await;
        assert!(page.status == StatusCode::OK && text(&page.body).contains(NOTICE), "{query}");
        assert_eq!(asked(&calls_since(&world, before)), [&*usual], "{query}");
        let script = panel(&mut browser, "date", 0, query).await;
        assert!(script.status == StatusCode::OK && script.body.contains("class=\"figure"), "{query}");
        assert_eq!(asked(&calls_since(&world, before)), [&*usual, &*usual], "{query}");
    }
    // Other formats that jiff accepts reach the API as a plain day, or not at all.
    for query in [
        "from=2026-01-05T10:00&to=2026-01-05",
        "from=20260105&to=2026-01-05",
        "from=2026-01-05%00&to=2026-01-05",
    ] {
        let before = world.api.calls().len();
        browser.get(&format!("/boards/date?{query}")).await;
        let day = jiff::civil::date(2026, 1, 5);
        let heard = asked(&calls_since(&world, before));
        assert!(heard == [self::heard(day, day)] || heard == [usual.clone()], "{query}: {heard:?}");
    }
}

#[tokio::test]
async fn the_day_is_the_one_it_is_where_the_person_is() {
    let world = world().await;
    let utc = today(&world);
    for (zone, day, offset_hours) in [
        ("UTC", utc, 0),
        ("Asia/Tokyo", utc.tomorrow().unwrap(), 9),
        ("Pacific/Honolulu", utc, -10),
        ("../etc/passwd", utc, 0),
    ] {
        world.provider.script(|script| script.person.claims.insert("zoneinfo".into(), json!(zone)));
        let (mut browser, _) = world.signed_in("/account").await;
        let before = world.api.calls().len();
        let page = browser.get("/boards/date").await;
        assert!(page.body.contains(&format!("max=\"{day}\"")), "{zone}: no later day can be chosen");
        assert_eq!(asked(&calls_since(&world, before)), [heard(day, day)], "{zone}");
        let begin = |day: Date| {
            let start = day.to_zoned(TimeZone::UTC).unwrap().timestamp();
            start.checked_sub(offset_hours.hours()).unwrap()
        };
        let (from, until) = (begin(day), begin(day.tomorrow().unwrap()));
        let before = world.api.calls().len();
        browser.get("/boards/time").await;
        let time = |at: Timestamp| at.to_string().replace(':', "%3A");
        assert_eq!(
            asked(&calls_since(&world, before)),
            [format!("/n?from={}&until={}", time(from), time(until))],
            "{zone}"
        );
        let before = world.api.calls().len();
        browser.get("/boards/unix").await;
        let heard = format!("/n?from={}&until={}", from.as_second(), until.as_second());
        assert_eq!(asked(&calls_since(&world, before)), [heard], "{zone}");
    }
}
