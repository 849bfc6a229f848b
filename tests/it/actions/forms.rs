//! The life of a form: opened, filled in, sent, and back to the board.

use serde_json::{Value, json};

use crate::{actions::*, support::hostile::Person};

#[tokio::test]
async fn a_row_is_acted_on_by_a_plain_form_and_says_so_for_a_while() {
    let world = world().await;
    let (mut browser, board) = world.signed_in(BOARD).await;
    assert!(
        board.body.contains("/boards/desk/rows/orders/actions/ship?key=ORD-1")
            && board.body.contains("New payout")
    );
    assert!(
        !board.body.contains("/actions/return?"),
        "an action for shipped orders is not offered for an open one"
    );
    let form = browser.get(SHIP).await;
    assert!(form.body.contains("Ship order ORD-1 to Customer of p-ada for 12.50?"), "{}", form.body);
    assert!(form.body.contains("value=\"1\"") && form.body.contains("Printed on the label"), "{}", form.body);
    assert!(!form.body.contains("field-buyer"), "what the server takes from the row is not in the form");

    let fields = filled(&form, &SHIP_FIELDS);
    let landed = send_and_follow(&mut browser, &fields).await;
    assert_eq!(landed.path(), ORDERS);
    assert!(landed.body.contains(SHIPPED), "{}", landed.body);
    let calls = changes(&world);
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].method.as_str(), &*calls[0].path, &*calls[0].query),
        ("POST", "/orders/ORD-1/ship", "")
    );
    let body: Value = serde_json::from_str(&calls[0].body).unwrap();
    assert_eq!(
        body,
        json!({ "carrier": "DHL", "note": "Mind\nthe dog", "parcels": 2, "buyer": "Customer of p-ada" })
    );
    assert_eq!(calls[0].headers["content-type"], "application/json");
    assert_eq!(calls[0].headers["idempotency-key"].len(), 36);
    assert!(!calls[0].token().is_empty());
    for name in ["cookie", "origin", "referer", "sec-fetch-site"] {
        assert!(!calls[0].headers.contains_key(name), "ac_04: {name}");
    }
    world.advance(130);
    assert!(!browser.get(BOARD).await.body.contains(SHIPPED));
}

#[tokio::test]
async fn a_script_gets_the_form_and_the_outcome_as_parts_of_a_page() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = browser
        .fetch(&format!("/api/action_form?page={}", SHIP.replace('?', "%3F").replace('=', "%3D")))
        .await;
    let form = page.body.strip_prefix('\n').expect("nothing is wrong with it yet");
    assert!(form.starts_with("<header") && !form.contains("<html"), "{form}");
    let refused = send_by_script(&mut browser, &filled(&page, &[("field-carrier", "Zeppelin")])).await;
    let (failure, again) = refused.body.split_once('\n').unwrap();
    assert!(!failure.is_empty() && again.contains("Choose one of the options."), "{}", refused.body);
    assert!(changes(&world).is_empty());
    let done = send_by_script(&mut browser, &filled(&refused, &SHIP_FIELDS)).await;
    assert!(done.body.starts_with('\n') && done.body.contains(SHIPPED), "{}", done.body);
    assert_eq!((done.status.as_u16(), changes(&world).len()), (200, 1));
    assert!(!done.headers.contains_key("location"));
}

#[tokio::test]
async fn an_action_without_fields_sends_no_body_and_a_board_needs_no_row() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let form = browser.get(DELETE).await;
    let landed = send_and_follow(&mut browser, &filled(&form, &[])).await;
    assert!(landed.body.contains("Deleted."), "{}", landed.body);
    let form = browser.get(PAYOUT).await;
    let fields = filled(&form, &[("field-to", "Mei"), ("field-amount", "12,50"), ("field-urgent", "yes")]);
    let landed = send_and_follow(&mut browser, &fields).await;
    assert!(landed.body.contains("New payout: done."), "{}", landed.body);
    let calls = changes(&world);
    assert_eq!((calls[0].method.as_str(), &*calls[0].path, &*calls[0].body), ("DELETE", "/orders/ORD-1", ""));
    assert!(!calls[0].headers.contains_key("content-type"));
    let body: Value = serde_json::from_str(&calls[1].body).unwrap();
    assert_eq!((&*calls[1].path, body), ("/payouts", json!({ "to": "Mei", "amount": 12.5, "urgent": true })));
}

#[tokio::test]
async fn a_form_of_one_person_does_nothing_for_another() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    browser.at_app.clear();
    world.provider.script(|script| script.person = Person::new("p-eve", "Eve Moreau"));
    browser.open(BOARD).await;
    let landed = send_and_follow(&mut browser, &fields).await;
    assert!(landed.body.contains("opened by someone else"), "{}", landed.body);
    assert!(changes(&world).is_empty());
    let landed = send_and_follow(&mut browser, &filled(&landed, &SHIP_FIELDS)).await;
    assert!(landed.body.contains(SHIPPED));
    assert!(changes(&world)[0].body.contains("p-eve"), "with a form of her own she acts as herself");
}

#[tokio::test]
async fn what_is_lacking_is_said_and_the_api_is_not_asked_however_the_form_comes() {
    let world = world().await;
    let (mut browser, board) = world.signed_in(BOARD).await;
    assert!(board.body.contains("data-locked"), "the lock is seen before");
    let form = browser.get(AUDIT).await;
    assert_eq!(form.status.as_u16(), 200);
    assert!(
        form.body.contains("audit:write") && !form.body.contains("data-part=\"act-form\""),
        "{}",
        form.body
    );
    let mut fields = filled(&browser.get(SHIP).await, &[]);
    fields.iter_mut().filter(|(name, _)| name == "action").for_each(|(_, value)| *value = "audit".into());
    let landed = send_and_follow(&mut browser, &fields).await;
    assert!(landed.body.contains("audit:write"), "{}", landed.body);
    assert!(changes(&world).is_empty());
    world.provider.script(|script| {
        script.grants = Some("openid profile email offline_access orders:read audit:write".into());
    });
    browser.at_app.clear();
    browser.open(BOARD).await;
    let form = browser.get(AUDIT).await;
    send_and_follow(&mut browser, &filled(&form, &[])).await;
    assert_eq!(changes(&world)[0].path, "/orders/ORD-1/audit");
}

#[tokio::test]
async fn ac_02_only_what_is_configured_can_be_named() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let good = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    for (name, value) in [
        ("board", "other"),
        ("panel", "other"),
        ("panel", "0"),
        ("panel", ""),
        ("action", "other"),
        ("action", "0"),
        ("action", "new-payout"),
        ("row", ""),
        ("row", "ORD-2"),
        ("row", ".."),
        ("row", "../admin"),
        ("row", "ORD-1/ship?x=#"),
        ("row", "a\0b"),
    ] {
        let mut fields = good.clone();
        fields.iter_mut().filter(|(field, _)| field == name).for_each(|(_, text)| *text = value.into());
        let page = send_by_script(&mut browser, &fields).await;
        let is_refused = page.status.is_client_error() || page.body.contains("no longer exists");
        assert!(is_refused, "{name}={value}: {} {}", page.status, page.body);
        let mut page = send(&mut browser, &fields).await;
        if page.status.is_redirection() {
            page = browser.follow(page).await;
        }
        let words = ["no longer exists", "couldn’t be completed", "Not found"];
        assert!(words.iter().any(|word| page.body.contains(word)), "{name}={value}: {}", page.body);
    }
    assert!(changes(&world).is_empty());
    for path in [
        "/boards/desk/rows/orders/actions/x?key=ORD-1",
        "/boards/desk/rows/orders/actions/ship",
        "/boards/desk/actions/0",
    ] {
        assert_eq!(browser.get(path).await.status.as_u16(), 404, "{path}");
    }
    send_and_follow(&mut browser, &good).await;
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test]
async fn a_form_that_comes_when_the_session_is_over_is_kept_in_its_page_and_done_after_the_sign_in() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    browser.at_app.remove("claimcheck");
    let page = send(&mut browser, &fields).await;
    assert_eq!(page.status.as_u16(), 401);
    assert!(page.body.contains("wasn’t submitted") && page.body.contains("the dog"), "{}", page.body);
    assert!(page.body.contains("/auth/sign-in?return_to=%2Fboards%2Fdesk"), "{}", page.body);
    let mut again = page.fields();
    again.sort();
    let mut sent = fields.clone();
    sent.sort();
    let value = |pairs: &[(String, String)], name: &str| {
        pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.replace("\r\n", "\n"))
    };
    for (name, _) in &sent {
        assert_eq!(value(&again, name), value(&sent, name), "{name}");
    }
    assert!(changes(&world).is_empty());
    browser.open(BOARD).await;
    let landed = send_and_follow(&mut browser, &again).await;
    assert!(landed.body.contains(SHIPPED));
    assert_eq!(changes(&world).len(), 1);
    assert_eq!(send_by_script(&mut Browser::new(&world.app), &fields).await.status.as_u16(), 401);
}
