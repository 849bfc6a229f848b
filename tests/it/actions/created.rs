//! Links to what an action has created (AC-20, AC-21).

use crate::{
    actions::{Raw, answer, filled, send, send_by_script},
    support::{Browser, Heard, Page, hostile::HostileWorld},
};

const BOARDS: &str = r##"
[[board]]
id = "invoices"
title = "Invoices"

[[board.action]]
label = "New invoice"
post = "/invoices"
done = "Invoice created."
to = "/boards/invoice?id={id}"
open = "Open {number}"
fields = [{ key = "note" }]

[[board.action]]
label = "By location"
post = "/by-location"
to = "/boards/invoice?id={location.last}"

[[board.action]]
label = "In an envelope"
post = "/envelope"
to = "https://crm.example.com/i/{ref.no}?of={customer}#{ref.no}"
item = "$.data.invoice"

[[board.action]]
label = "For some"
post = "/for-some"
to = "/boards/locked"

[[board.panel]]
title = "Invoices"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Order" }, { key = "customer", title = "Customer" }]

[[board.panel.action]]
label = "Copy"
post = "/orders/{id}/copy"
to = "/boards/invoices/rows/invoices?key={copy.id}"

[[board]]
id = "invoice"
title = "Invoice"

[board.subject]
get = "/invoices/{id}"

[[board.panel]]
title = "About"
kind = "facts"
fields = ["id"]

[[board.action]]
label = "Add a line"
post = "/invoices/{id}/lines"
to = "/boards/invoices/rows/invoices?key={subject.id}-{line}"

[[board]]
id = "locked"
title = "Locked"
role = "boss"

[[board.panel]]
title = "T"
kind = "text"
text = "a"
"##;

const BOARD: &str = "/boards/invoices";

async fn world() -> HostileWorld {
    HostileWorld::with(&format!("action_rate = 0\n{BOARDS}")).await
}

/// Submits the form of that action without scripts, with this answer of the API; returns the next page.
async fn act(world: &HostileWorld, browser: &mut Browser<'_>, (page, api): (&str, &str), raw: Raw) -> Page {
    answer(world, api, raw);
    let form = browser.get(page).await;
    let redirect = send(browser, &filled(&form, &[])).await;
    browser.open(redirect.location().as_str()).await
}

const NEW: (&str, &str) = ("/boards/invoices/actions/new-invoice", "/invoices");
const BY_LOCATION: (&str, &str) = ("/boards/invoices/actions/by-location", "/by-location");
const ENVELOPE: (&str, &str) = ("/boards/invoices/actions/in-an-envelope", "/envelope");

#[tokio::test]
async fn ac_20_the_message_leads_to_what_was_created_with_scripts_and_without() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let made =
        Raw::json(201, r#"{"id":"A&B/7","number":"<INV-7>"}"#).with("location", "https://evil.example/x");
    let page = act(&world, &mut browser, NEW, made.clone()).await;
    let link = "<a href=\"/boards/invoice?id=A%26B%2F7\">Open &lt;INV-7&gt;</a>";
    assert!(page.body.contains("Invoice created.") && page.body.contains(link), "{}", page.body);
    assert!(!page.body.contains("evil.example"), "{}", page.body);
    let form = browser.get(NEW.0).await;
    let fields = filled(&form, &[]);
    let first = send_by_script(&mut browser, &fields).await;
    assert!(first.body.starts_with('\n') && first.body.contains(link), "{}", first.body);
    answer(&world, NEW.1, Raw::json(201, r#"{"id":"other"}"#));
    assert_eq!(
        send_by_script(&mut browser, &fields).await.body,
        first.body,
        "sent twice, it is answered the same"
    );
    world.advance(290);
    assert!(browser.get(BOARD).await.body.contains(link), "there is time to follow it");
    world.advance(20);
    assert!(!browser.get(BOARD).await.body.contains("/boards/invoice?id="));
    // A row, and another site.
    let copy = ("/boards/invoices/rows/invoices/actions/copy?key=ORD-1", "/orders/ORD-1/copy");
    let page =
        act(&world, &mut browser, copy, Raw::json(200, r#"{"copy":{"id":12345678901234567890}}"#)).await;
    let link = "<a href=\"/boards/invoices/rows/invoices?key=12345678901234567890\">Open</a>";
    assert!(page.body.contains(link), "{}", page.body);
    let data = r#"{"data":{"invoice":{"ref":{"no":"a b"},"customer":"é?x=1#y"}}}"#;
    let page = act(&world, &mut browser, ENVELOPE, Raw::json(200, data)).await;
    let link = "href=\"https://crm.example.com/i/a%20b?of=%C3%A9%3Fx%3D1%23y#a%20b\" target=\"_blank\" rel=\"noopener noreferrer\"";
    assert!(page.body.contains(link), "{}", page.body);
}

#[tokio::test]
async fn ac_20_an_answer_without_a_fit_value_makes_no_link_and_is_logged_once() {
    let world = world().await;
    world.provider.script(|script| script.texts.access_token = "access-token-canary-".into());
    let (mut browser, _) = world.signed_in(BOARD).await;
    let heard = Heard::begin();
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(257));
    for raw in [
        Raw::text(204, "", ""),
        Raw::json(200, "{}"),
        Raw::json(200, "[{\"id\":7}]"),
        Raw::json(200, "\"7\""),
        Raw::json(200, "{\"id\":null}"),
        Raw::json(200, "{\"id\":\"\"}"),
        Raw::json(200, "{\"id\":[1,2]}"),
        Raw::json(200, "{\"id\":{\"a\":1}}"),
        Raw::json(200, "{\"id\":\"a\\nb\"}"),
        Raw::json(200, &long),
        Raw::json(200, "{\"id\":\"{echo}\"}"),
        Raw::json(200, "{\"id\":7"),
        Raw::text(200, "text/plain", "{\"id\":7}"),
        Raw::redirect(303, "/invoices/7"),
    ] {
        let page = act(&world, &mut browser, NEW, raw.clone()).await;
        assert!(page.body.contains("Invoice created."), "{raw:?}: {}", page.body);
        assert!(!page.body.contains("/boards/invoice?id="), "{raw:?}: {}", page.body);
        world.advance(400);
    }
    let lines = heard.lines(&["link without a value", "path=\"id\""]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let page = act(&world, &mut browser, NEW, Raw::json(200, "{\"id\":false}")).await;
    assert!(
        page.body.contains("Open</a>"),
        "without a value for its text, it is the usual one: {}",
        page.body
    );
    // A value that would leave its path.
    let page = act(
        &world,
        &mut browser,
        ENVELOPE,
        Raw::json(200, r#"{"data":{"invoice":{"ref":{"no":".."},"customer":"a"}}}"#),
    )
    .await;
    assert!(
        page.body.contains("In an envelope: done.") && !page.body.contains("crm.example.com"),
        "{}",
        page.body
    );
    // A page that the user may not see.
    let page =
        act(&world, &mut browser, ("/boards/invoices/actions/for-some", "/for-some"), Raw::json(200, "{}"))
            .await;
    assert!(
        page.body.contains("For some: done.") && !page.body.contains("/boards/locked\">Open"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn ac_21_the_last_segment_of_location_fills_a_link_and_nothing_is_requested_there() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for (location, link) in [
        ("/invoices/INV-7", Some("/boards/invoice?id=INV-7")),
        ("https://public.example/v9/invoices/2024%2F7/?a=b#c", Some("/boards/invoice?id=2024%2F7")),
        ("/invoices/", Some("/boards/invoice?id=invoices")),
        ("https://public.example", None),
        ("/invoices/%FF", None),
        ("javascript:alert(1)", None),
    ] {
        let before = world.api.calls().len();
        let page =
            act(&world, &mut browser, BY_LOCATION, Raw::text(201, "", "").with("location", location)).await;
        assert!(page.body.contains("By location: done."), "{location}: {}", page.body);
        let is_there = |link: &str| page.body.contains(&format!("<a href=\"{link}\">Open</a>"));
        match link {
            Some(link) => assert!(is_there(link), "{location}: {}", page.body),
            None => assert!(!page.body.contains("/boards/invoice?id="), "{location}: {}", page.body),
        }
        let calls = world.api.calls().split_off(before);
        assert!(calls.iter().all(|call| call.path == "/by-location" || call.path == "/orders"), "{calls:?}");
        world.advance(400);
    }
}

#[tokio::test]
async fn ac_20_a_link_can_name_the_subject_of_its_board() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    answer(&world, "/invoices/7", Raw::json(200, r#"{"id":"INV-7"}"#));
    let add = ("/boards/invoice/actions/add-a-line?id=7", "/invoices/7/lines");
    let page = act(&world, &mut browser, add, Raw::json(201, r#"{"line":3,"id":"other"}"#)).await;
    assert!(
        page.body.contains("<a href=\"/boards/invoices/rows/invoices?key=INV-7-3\">Open</a>"),
        "{}",
        page.body
    );
}
