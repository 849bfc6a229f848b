//! Panels that show one thing, sections, hints, groups, and the second stylesheet that only pages with these link.

use serde_json::json;

use super::{answer, asked, calls_since, panel, part, text};
use crate::support::hostile::HostileWorld;

const BOARDS: &str = r##"
[claims]
team = "team"

[[board]]
id = "plain"
title = "Plain"

[[board.panel]]
id = "p0"
title = "Rows"
kind = "table"
get = "/rows"
rows = "$.rows[*]"

[[board]]
id = "kinds"
title = "Kinds"
period = { choices = ["7d"] }

[[board.panel]]
id = "p0"
title = "About"
kind = "text"
text = { en = "# Team {claim.team}\n\nFrom {from}, see [orders](/boards/plain) or [help](https://help.example.com/?a=1&b=2).", de = "Gruppe {claim.team}" }

[[board.panel]]
id = "p1"
title = "Elsewhere"
kind = "links"
links = [
    { title = "Orders", to = "/boards/plain?p0.q=a" },
    { title = "Status", to = "https://status.example.com/", hint = "All systems" },
]

[[board.panel]]
id = "p2"
title = "Customer"
kind = "facts"
get = "/customer"
item = "$.data"
section = "One customer"
hint = "From the billing system."
fields = [
    "name",
    { key = "address.city", title = "Place" },
    { key = "limit", currency = "{currency}", minor = true },
    { key = "$.tags[*]", title = "Tags" },
    "nothing",
]

[[board.panel]]
id = "p3"
title = "Seats"
kind = "meter"
get = "/customer"
value = "$.data.seats"
target = "$.data.seats_max"
better = "less"
unit = "seats"

[[board.panel]]
id = "p4"
title = "Goal"
kind = "meter"
get = "/customer"
value = "$.data.seats"
target = 40
better = "more"
rules = [{ when = "> 45", tone = "warn" }]
section = "Numbers"

[[board.panel]]
id = "p5"
title = "By plan"
kind = "share"
get = "/plans"
rows = "$.plans[*]"
label = "plan"
value = "count"

[[board.panel]]
id = "p6"
title = "By plan, in one bar"
kind = "share"
shape = "bar"
get = "/plans"
rows = "$.plans[:2]"
label = "plan"
value = { key = "cents", currency = "EUR", minor = true }

[[board.panel]]
id = "p7"
title = "Events"
kind = "timeline"
get = "/events"
rows = "$.events[*]"
at = "at"
label = "what"
note = "by"
tag = "state"

[[board.panel]]
id = "p8"
title = "Revenue"
kind = "stat"
get = "/days?from={from}&to={to}"
value = "$.sum"
trend = "$.days[*].n"

[[board.panel]]
id = "p9"
title = "By region"
kind = "bar"
stacked = true
get = "/days?from={from}&to={to}"
rows = "$.long[*]"
x = "day"
y = ["n"]
series = "region"
target = 9

[[board.panel]]
id = "p10"
title = "Horizontal"
kind = "bar"
horizontal = true
get = "/plans"
rows = "$.plans[*]"
x = "plan"
y = [{ key = "count", title = "Customers" }]

[[board.panel]]
id = "p11"
title = "Before"
kind = "line"
get = "/days?from={from}&to={to}"
rows = "$.days[*]"
x = "day"
y = ["n"]
before = "period"
"##;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    world.provider.script(|script| {
        script.person.claims.insert("team".into(), json!("A <b>*x*</b>"));
    });
    answer(&world, "/rows", &json!({ "rows": [{ "id": 1 }] }));
    let customer = json!({ "name": "Ash & Co", "address": { "city": "Bergen" }, "limit": 1_250_050, "currency": "EUR",
        "tags": ["vip", "eu"], "seats": 46, "seats_max": 40 });
    answer(&world, "/customer", &json!({ "data": customer }));
    let plan = |plan: &str, count: i64, cents: &str| json!({ "plan": plan, "count": count, "cents": cents });
    let plans = json!({ "plans": [plan("Free", 5, "10"), plan("Pro", 60, "30"), plan("Team", 20, "x"),
        plan("D", 4, ""), plan("E", 3, ""), plan("F", 5, ""), plan("G", 3, ""), plan("Refunds", -3, "")] });
    answer(&world, "/plans", &plans);
    let event = |at: &str, what: &str| json!({ "at": at, "what": what, "by": "Mei", "state": "paid" });
    let events = json!({ "events": [event("2026-03-02T09:30:00Z", "Signed"), event("2026-03-05", "Paid"),
        event("2026-03-02T16:05:00Z", "Called"), event("soon", "Renewal")] });
    answer(&world, "/events", &events);
    let long = |day: &str, region: &str, n: i64| json!({ "day": day, "region": region, "n": n });
    let days = json!({ "sum": 12, "days": [{ "day": "2026-03-01", "n": 5 }, { "day": "2026-03-02", "n": 7 }], "long": [
        long("2026-03-01", "emea", 2), long("2026-03-01", "apac", 3), long("2026-03-02", "emea", 4),
        long("2026-03-02", "emea", 1)] });
    answer(&world, "/days", &days);
    world
}

#[tokio::test]
async fn extra_style_is_linked_only_by_pages_that_need_it() {
    let world = world().await;
    let (mut browser, plain) = world.signed_in("/boards/plain").await;
    let sheets = |body: &str| body.matches("rel=\"stylesheet\"").count();
    assert_eq!(sheets(&plain.body), 1, "a first visit to a plain board does not load it");
    let kinds = browser.open("/boards/kinds").await;
    assert_eq!(sheets(&kinds.body), 2);
    let href = kinds.body.split("href=\"").find(|rest| rest.starts_with("/pkg/extra/")).unwrap();
    let href = href.split('"').next().unwrap();
    let sheet = browser.get(href).await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.header("cache-control").contains("immutable"), "{:?}", sheet.header("cache-control"));
    assert!(sheet.body.contains(".timeline") && !sheet.body.contains("/*"), "{}", sheet.body);
    assert_eq!(browser.get("/pkg/extra/other.css").await.status, 404);
}

#[tokio::test]
async fn kinds_without_a_request_show_what_the_settings_say() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.open("/boards/kinds").await;
    let about = part(&page.body, 0);
    assert!(about.contains("<h3>Team A &lt;b&gt;*x*&lt;/b&gt;</h3>"), "a claim is text: {about}");
    assert!(about.contains("<a href=\"/boards/plain\">orders</a>"), "{about}");
    let help = "<a href=\"https://help.example.com/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer\">help<span class=\"visually-hidden\"> (opens in a new tab)</span></a>";
    assert!(about.contains(help), "{about}");
    assert!(
        !about.contains("as of")
            && !about.contains("data-part=\"reload\"")
            && !about.contains("leptos-island")
    );
    let links = part(&page.body, 1);
    assert!(
        links.contains("href=\"/boards/plain?p0.q=a\"") && text(links).contains("All systems"),
        "{links}"
    );
    assert_eq!(links.matches("rel=\"noopener noreferrer\"").count(), 1, "only the address outside: {links}");
    let again = panel(&mut browser, "kinds", 0, "").await;
    assert!(again.body.contains("Team A"), "{}", again.body);
    let paths: Vec<_> = asked(&calls_since(&world, before));
    assert!(
        paths.iter().all(|path| ["/customer", "/plans", "/events", "/days"]
            .iter()
            .any(|known| path.starts_with(known)))
    );
}

#[tokio::test]
async fn facts_show_chosen_members_of_one_object() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/kinds").await;
    let facts = part(&page.body, 2);
    let read = text(facts);
    assert!(
        read.contains("Name Ash & Co Place Bergen Limit €12,500.50 Tags vip, eu Nothing \u{2013}"),
        "{read}"
    );
    assert!(facts.contains("<dt>") && read.contains("From the billing system."), "{facts}");
    answer(&world, "/customer", &json!({ "data": null }));
    assert!(text(&panel(&mut browser, "kinds", 2, "").await.body).contains("No data"));
    answer(&world, "/customer", &json!({ "data": [{ "name": "One" }, { "name": "Two" }] }));
    let several = text(&panel(&mut browser, "kinds", 2, "").await.body);
    assert!(!several.contains("One") && several.contains("list"), "{several}");
    answer(&world, "/customer", &json!({ "data": "text" }));
    assert!(!text(&panel(&mut browser, "kinds", 2, "").await.body).contains("Name"));
}

#[tokio::test]
async fn meters_compare_a_number_with_its_target_in_words() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/kinds").await;
    let seats = part(&page.body, 3);
    assert!(text(seats).contains("46 seats of 40 seats · 115% Over the limit"), "{}", text(seats));
    assert!(seats.contains("data-tone=\"bad\"") && seats.contains("class=\"meter-mark\""), "{seats}");
    let goal = part(&page.body, 4);
    assert!(text(goal).contains("46 of 40 · 115% Target reached"), "{}", text(goal));
    assert!(goal.contains("data-tone=\"warn\""), "a rule comes before the target: {goal}");
    for (seats, most, expected, tone) in [
        (json!(10), json!(40), "10 seats of 40 seats · 25%", None),
        (json!("10.5"), json!(0), "10.50 seats of 0.00 seats Over the limit", Some("bad")),
        (json!(-1), json!(40), "-1 seats of 40 seats", None),
        (json!(7), json!(null), "7 seats", None),
        (json!([1]), json!(40), "No value", None),
        (json!("many"), json!(40), "No value", None),
    ] {
        answer(&world, "/customer", &json!({ "data": { "seats": seats, "seats_max": most } }));
        let shown = panel(&mut browser, "kinds", 3, "").await.body;
        let read = text(&shown).replace('\u{2212}', "-");
        assert!(read.contains(expected), "{read}");
        assert_eq!(shown.contains("data-tone"), tone.is_some(), "{seats} {most}: {shown}");
    }
}

#[tokio::test]
async fn shares_list_every_part_and_say_what_is_not_drawn() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/kinds").await;
    let share = part(&page.body, 5);
    let read = text(share);
    assert!(
        read.contains("Pro 60 60.0% Team 20 20.0% Free 5 5.0% F 5 5.0% D 4 4.0% 2 others 6 6.0% Refunds"),
        "{read}"
    );
    assert!(read.contains("Total 100") && read.contains("1 value is not drawn"), "{read}");
    assert_eq!(
        share.matches("class=\"chart-bar s").count() + share.matches("class=\"chart-bar rest").count(),
        6,
        "{share}"
    );
    assert!(share.contains("fill=\"url(#"), "patterns, not only colours: {share}");
    assert!(
        share.contains("<caption") && share.contains("scope=\"row\"") && !share.contains("style="),
        "{share}"
    );
    let bar = part(&page.body, 6);
    assert!(text(bar).contains("Pro €0.30 75.0% Free €0.10 25.0%"), "{}", text(bar));
    assert!(bar.contains("class=\"share-bar\""), "{bar}");
    answer(&world, "/plans", &json!({ "plans": [] }));
    assert!(text(&panel(&mut browser, "kinds", 5, "").await.body).contains("No data"));
    answer(
        &world,
        "/plans",
        &json!({ "plans": [{ "plan": "All", "count": 7 }, { "plan": "None", "count": 0 }] }),
    );
    let whole = panel(&mut browser, "kinds", 5, "").await.body;
    assert!(
        text(&whole).contains("All 7 100%") && whole.matches("class=\"chart-bar s").count() == 1,
        "{whole}"
    );
}

#[tokio::test]
async fn timelines_have_the_latest_day_first() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/kinds").await;
    let read = text(part(&page.body, 7));
    let order = [
        "5 Mar 2026",
        "Paid",
        "2 Mar 2026",
        "16:05",
        "Called",
        "9:30",
        "Signed",
        "Without a date",
        "Renewal",
    ];
    let places: Vec<_> =
        order.iter().map(|word| read.find(word).unwrap_or_else(|| panic!("{word} in {read}"))).collect();
    assert!(places.is_sorted(), "{read}");
    assert!(part(&page.body, 7).contains("datetime=\"2026-03-02\""));
    let many: Vec<_> =
        (0..130).map(|n| json!({ "at": 1_772_000_000 + n * 60, "what": format!("Event {n}") })).collect();
    answer(&world, "/events", &json!({ "events": many }));
    let long = text(&panel(&mut browser, "kinds", 7, "").await.body);
    assert!(
        long.contains("and 30 earlier") && long.contains("Event 129") && !long.contains("Event 29 "),
        "{long}"
    );
    answer(&world, "/events", &json!({ "events": [] }));
    assert!(text(&panel(&mut browser, "kinds", 7, "").await.body).contains("No events"));
}

#[tokio::test]
async fn charts_stack_pivot_compare_and_have_horizontal_bars() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    let page = browser.open("/boards/kinds").await;
    assert!(
        part(&page.body, 8).contains("class=\"trend\"") && part(&page.body, 8).contains("M0 10000 10000 0")
    );
    let stacked = part(&page.body, 9);
    let read = text(stacked);
    assert!(
        read.contains("1 Mar 2026 2 3") && read.contains("2 Mar 2026 5 \u{2013}"),
        "two rows of one day are added: {read}"
    );
    assert!(read.contains("emea") && read.contains("apac") && read.contains("Target: 9"), "{read}");
    let horizontal = part(&page.body, 10);
    assert!(
        text(horizontal).contains("Free 5 Pro 60 Team 20") && !horizontal.contains("type=\"range\""),
        "{horizontal}"
    );
    let compared = part(&page.body, 11);
    assert!(
        text(compared).contains("Preceding period") && text(compared).contains("1 Mar 2026 5 5"),
        "{compared}"
    );
    let days =
        asked(&calls_since(&world, before)).into_iter().filter(|path| path.starts_with("/days")).count();
    assert_eq!(days, 2, "the period and the preceding one, once each");
    let regions: Vec<_> =
        (0..14).map(|n| json!({ "day": "2026-03-01", "region": format!("r{n:02}"), "n": n })).collect();
    answer(&world, "/days", &json!({ "long": regions }));
    let most = text(&panel(&mut browser, "kinds", 9, "").await.body);
    assert!(most.contains("3 others 3") && most.contains("r03") && !most.contains("r02"), "{most}");
}

#[tokio::test]
async fn sections_have_headings_above_their_panels() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/kinds").await;
    assert_eq!(page.body.matches("class=\"section\"").count(), 2);
    assert_eq!(
        page.body.matches("class=\"panels\"").count(),
        3,
        "the panels before the first heading, and two sections"
    );
    let (before, after) = page.body.split_once("One customer</h2>").unwrap();
    assert!(before.contains("id=\"panel-p1\"") && after.contains("id=\"panel-p2\""));
    assert!(
        part(&page.body, 2).contains("<h3>Customer</h3>")
            && part(&page.body, 1).contains("<h2>Elsewhere</h2>")
    );
    assert!(page.body.split_once("Numbers</h2>").unwrap().1.contains("id=\"panel-p4\""));
}
