//! Boards that change while forms are open: each form is that of the action whose name it has, wherever that is now; and it
//! is sent only if the action is still the one that was shown (AC-12, AC-13). The change is that of another process on the
//! same store, with other boards.

use crate::{actions::*, support::Process};

const CHANGED: &str = "This form has changed since you opened it. Nothing was sent.";
const GONE: &str = "This action no longer exists";
const SHIP_ACTION: &str = "[[board.panel.action]]\nlabel = \"Ship\"";
const ORDERS_PANEL: &str = "[[board.panel]]\ntitle = \"Orders\"";

/// The same browser at another process.
fn at<'p>(process: &'p Process, browser: &Browser<'_>) -> Browser<'p> {
    let mut there = process.browser();
    there.at_app.clone_from(&browser.at_app);
    there.at_provider.clone_from(&browser.at_provider);
    there
}

/// A change of the settings, the request that is sent after it, and fields that the form needs after it.
type Change = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Each changes what the form of shipping asks or sends.
const CHANGES: [Change; 13] = [
    ("post = \"/orders/{id}/ship\"", "post = \"/v2/orders/{id}/ship\"", "POST /v2/orders/ORD-1/ship", &[]),
    ("post = \"/orders/{id}/ship\"", "put = \"/orders/{id}/ship\"", "PUT /orders/ORD-1/ship", &[]),
    ("post = \"/orders/{id}/ship\"", "post = \"/orders/{id}/ship?now=1\"", "POST /orders/ORD-1/ship", &[]),
    ("Ship order {id} to", "Send order {id} to", "POST /orders/ORD-1/ship", &[]),
    ("label = \"Ship\"", "label = \"Send\"\nid = \"ship\"", "POST /orders/ORD-1/ship", &[]),
    ("max = 20, hint", "max = 30, hint", "POST /orders/ORD-1/ship", &[]),
    ("min = 1, max = 9", "min = 2, max = 9", "POST /orders/ORD-1/ship", &[]),
    ("title = \"The post\"", "title = \"Pick-up\"", "POST /orders/ORD-1/ship", &[]),
    ("choices = [\"DHL\", ", "choices = [\"UPS\", ", "POST /orders/ORD-1/ship", &[("field-carrier", "UPS")]),
    ("value = \"{customer}\" },", "value = \"{status}\" },", "POST /orders/ORD-1/ship", &[]),
    ("Printed on the label", "Printed on the invoice", "POST /orders/ORD-1/ship", &[]),
    (
        "{ key = \"buyer\"",
        "{ key = \"by\", required = true },\n{ key = \"buyer\"",
        "POST /orders/ORD-1/ship",
        &[("field-by", "Mo")],
    ),
    ("confirm = \"Ship order {id} to {customer} for {total}?\"\n", "", "POST /orders/ORD-1/ship", &[]),
];

/// What is typed into the form of shipping, with these fields added or changed.
fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let is_other = |(name, _): &&(&str, &str)| more.iter().all(|(other, _)| other != name);
    SHIP_FIELDS.iter().filter(is_other).chain(more).copied().collect()
}

#[tokio::test]
async fn ac_12_panels_and_actions_may_change_places_while_their_forms_are_open() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let forms = [
        filled(&browser.get(SHIP).await, &SHIP_FIELDS),
        filled(&browser.get(PAYOUT).await, &[("field-to", "Mei"), ("field-amount", "5")]),
    ];
    let first = "[[board.panel]]\ntitle = \"Returns\"\nkind = \"table\"\nget = \"/orders\"\nrows = \"$.orders[*]\"\n\
                 [[board.panel.action]]\nlabel = \"Refund\"\npost = \"/refunds\"\n\n";
    let moved = world
        .another_with(&[
            (
                SHIP_ACTION,
                &format!("[[board.panel.action]]\nlabel = \"Cancel\"\npost = \"/cancel\"\n\n{SHIP_ACTION}"),
            ),
            (ORDERS_PANEL, &format!("{first}{ORDERS_PANEL}")),
            (
                "[[board.action]]",
                "[[board.action]]\nlabel = \"Close\"\npost = \"/close\"\n\n[[board.action]]",
            ),
        ])
        .await;
    let mut there = at(&moved, &browser);
    for (fields, path) in forms.iter().zip(["/orders/ORD-1/ship", "/payouts"]) {
        let page = send_by_script(&mut there, fields).await;
        assert!(page.body.starts_with('\n'), "{}", page.body);
        assert_eq!(changes(&world).pop().unwrap().path, path);
    }
    assert_eq!(changes(&world).len(), 2);
    // Addresses, too: of forms, of the rows, and of what the board was asked.
    assert!(there.get(SHIP).await.body.contains("Ship order ORD-1 to"));
    assert_eq!(there.get("/boards/desk/rows/orders?key=ORD-1").await.status.as_u16(), 200);
    let asked = there.get("/boards/desk?orders.q=no-such-row&gone.q=x").await.body;
    let (_, orders) = asked.split_once("id=\"panel-orders\"").unwrap();
    let (returns, _) = asked.split_once("id=\"panel-orders\"").unwrap();
    let none = "0 rows found";
    assert!(orders.contains(none) && !returns.contains(none), "{asked}");
    assert!(!asked.contains("gone.q"), "a panel that the board does not have");
}

#[tokio::test]
async fn ac_13_what_was_changed_is_asked_again_and_then_sent_once_as_it_is_now() {
    for (text, instead, request, more) in CHANGES {
        let world = world().await;
        answer(&world, "/v2/orders/ORD-1/ship", Raw::json(200, "{}"));
        let changed = world.another_with(&[(text, instead)]).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        for is_script in [true, false] {
            let before = changes(&world).len();
            let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
            let mut there = at(&changed, &browser);
            let again = match is_script {
                true => send_by_script(&mut there, &fields).await,
                false => send_and_follow(&mut there, &fields).await,
            };
            assert!(again.body.contains(CHANGED), "{instead}: {}", again.body);
            assert!(again.body.contains("the dog"), "{instead}: what was typed stays");
            assert_eq!(changes(&world).len(), before, "{instead}: nothing is sent");
            let fields = filled(&again, &with(more));
            let done = send_by_script(&mut there, &fields).await;
            assert!(done.body.starts_with('\n'), "{instead}: {}", done.body);
            let calls = changes(&world).split_off(before);
            let [call] = &calls[..] else { panic!("{instead}: {calls:?}") };
            assert_eq!(format!("{} {}", call.method, call.path), request, "{instead}");
            send_by_script(&mut there, &fields).await;
            assert_eq!(changes(&world).len(), before + 1, "{instead}: sent twice, done once");
        }
    }
}

#[tokio::test]
async fn ac_13_a_change_that_neither_asks_nor_sends_anything_else_needs_no_second_look() {
    for (text, instead) in [
        ("done = \"Order {id} is on its way.\"", "done = \"Order {id} has left.\""),
        ("is = [\"open\"]", "is = [\"open\", \"late\"]"),
        ("title = \"Desk\"", "title = \"Counter\""),
        ("{ key = \"status\", title = \"Status\" },", ""),
        ("label = \"Delete\"", "label = \"Remove\""),
    ] {
        let world = world().await;
        let changed = world.another_with(&[(text, instead)]).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        let page = send_by_script(&mut at(&changed, &browser), &fields).await;
        assert!(page.body.starts_with('\n'), "{instead}: {}", page.body);
        assert_eq!(changes(&world).len(), 1, "{instead}");
    }
}

#[tokio::test]
async fn ac_13_what_was_typed_stays_only_where_it_still_fits() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let changed = world
        .another_with(&[
            ("choices = [\"DHL\", ", "choices = [\"UPS\", "),
            ("kind = \"lines\", max = 20, hint", "kind = \"tick\", hint"),
            ("{ key = \"parcels\", kind = \"whole\", min = 1, max = 9, value = \"{items}\" },\n", ""),
        ])
        .await;
    let mut there = at(&changed, &browser);
    let again = send_by_script(&mut there, &fields).await;
    assert!(again.body.contains(CHANGED) && !again.body.contains("parcels"), "{}", again.body);
    assert!(!again.body.contains(" checked"), "a text ticks no box: {}", again.body);
    // A browser shows the first choice if none is selected.
    assert!(!again.body.contains(" selected") && again.body.contains("<option value=\"\""), "{}", again.body);
}

#[tokio::test]
async fn ac_13_an_action_that_is_gone_sends_nothing_and_says_so_with_what_was_typed() {
    let other = "[[board]]\nid = \"other\"\ntitle = \"Other\"\n\n[[board.panel]]\ntitle = \"Other\"\nkind = \"table\"\n\
                 get = \"/orders\"\nrows = \"$.orders[*]\"\n\n";
    for (what, text, instead, way) in [
        ("the action", "label = \"Ship\"", "label = \"Post\"", BOARD),
        ("the panel", "title = \"Orders\"", "title = \"Open orders\"", BOARD),
        ("the board", "id = \"desk\"", "id = \"new\"", "/"),
    ] {
        let world = world_with(other).await;
        let changed = world.another_with(&[(text, instead)]).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        let mut there = at(&changed, &browser);
        let shown = send_by_script(&mut there, &fields).await;
        assert_eq!(shown.status.as_u16(), 200, "{what}");
        assert!(!shown.body.starts_with('\n') && shown.body.contains("class=\"act perf\""), "{what}");
        let page = send(&mut there, &fields).await;
        assert_eq!(page.status.as_u16(), 404, "{what}");
        let address = there.get(SHIP).await;
        assert_eq!(address.status.as_u16(), 404, "{what}");
        for (page, is_sent) in [(&shown, true), (&page, true), (&address, false)] {
            assert!(page.body.contains(GONE), "{what}: {}", page.body);
            assert_eq!(page.body.contains("the dog") && page.body.contains("DHL"), is_sent, "{what}");
            assert!(page.body.contains(&format!("href=\"{way}\"")), "{what}: a way on: {}", page.body);
            assert!(!page.body.contains("name=\"once\""), "{what}: nothing can be sent");
        }
        // Its link in a board that is still open leads to the page that says so.
        let form = format!("/api/action_form?page={}", SHIP.replace('?', "%3F").replace('=', "%3D"));
        assert_eq!(there.fetch(&form).await.status.as_u16(), 404, "{what}");
        assert!(changes(&world).is_empty(), "{what}");
        send_by_script(&mut browser, &fields).await;
        assert_eq!(changes(&world).len(), 1, "{what}: where it still is, it is sent");
    }
}

#[tokio::test]
async fn ac_13_a_form_that_is_kept_over_a_sign_in_is_asked_again_if_its_action_changed() {
    let world = world().await;
    let changed = world.another_with(&[("max = 20, hint", "max = 30, hint")]).await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    // The session is over, and the page keeps the form.
    browser.at_app.remove("claimcheck");
    let page = send(&mut at(&changed, &browser), &fields).await;
    assert_eq!(page.status.as_u16(), 401);
    let kept = page.fields();
    browser.open(BOARD).await;
    let mut there = at(&changed, &browser);
    let again = send_and_follow(&mut there, &kept).await;
    assert!(again.body.contains(CHANGED) && again.body.contains("the dog"), "{}", again.body);
    assert!(changes(&world).is_empty());
    let landed = send_and_follow(&mut there, &filled(&again, &SHIP_FIELDS)).await;
    assert!(landed.body.contains(SHIPPED), "{}", landed.body);
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test]
async fn ac_13_a_form_that_waits_for_a_step_up_is_not_confirmed_if_its_action_changed() {
    let demand = "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\"";
    for is_changed in [false, true] {
        let world = world().await;
        answer(&world, "/orders/ORD-1/ship", Raw::json(401, "{}").with("www-authenticate", demand));
        let (mut browser, _) = world.signed_in(BOARD).await;
        let form = browser.get(SHIP).await;
        let page = send_and_follow(&mut browser, &filled(&form, &SHIP_FIELDS)).await;
        world.provider.script(|script| script.at_sign_in.claims.set("acr", "gold"));
        let link = page
            .body
            .split("href=\"/auth/sign-in?")
            .find(|rest| rest.split('"').next().is_some_and(|query| query.contains("ask=")));
        let link = link.unwrap().split('"').next().unwrap().replace("&amp;", "&");
        let back = browser.open(&format!("/auth/sign-in?{link}")).await;
        assert!(back.body.contains("data-state=\"confirmed\""), "{}", back.body);
        answer(&world, "/orders/ORD-1/ship", Raw::json(200, "{}"));
        let text = if is_changed { "Send order {id} to" } else { "Ship order {id} to" };
        let process = world.another_with(&[("Ship order {id} to", text)]).await;
        let mut there = at(&process, &browser);
        let before = changes(&world).len();
        // The page that was made before the change, and the same page after it.
        let shown = there.get(&back.path()).await;
        assert_eq!(shown.body.contains(CHANGED), is_changed, "{}", shown.body);
        assert_eq!(shown.body.contains("data-state=\"confirmed\""), !is_changed);
        let answer = send_by_script(&mut there, &filled(&back, &SHIP_FIELDS)).await;
        assert_eq!(answer.body.contains(CHANGED), is_changed, "{}", answer.body);
        assert_eq!(changes(&world).len() - before, usize::from(!is_changed));
        if is_changed {
            let done = send_by_script(&mut there, &filled(&answer, &SHIP_FIELDS)).await;
            assert!(done.body.starts_with('\n'), "{}", done.body);
            assert_eq!(changes(&world).len() - before, 1);
        }
    }
}

#[tokio::test]
async fn ac_13_an_unknown_outcome_stays_unknown_when_the_action_changes() {
    for (text, instead, path, has_same_key) in [
        ("max = 20, hint", "max = 30, hint", "/orders/ORD-1/ship", true),
        ("post = \"/orders/{id}/ship\"", "post = \"/orders/{id}/cancel\"", "/orders/ORD-1/cancel", false),
    ] {
        let world = world().await;
        answer(&world, "/orders/ORD-1/ship", Raw::hang_up());
        answer(&world, "/orders/ORD-1/cancel", Raw::json(200, "{}"));
        let changed = world.another_with(&[(text, instead)]).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        let unclear = send_by_script(&mut browser, &fields).await;
        assert!(unclear.body.contains("data-state=\"unclear\""), "{}", unclear.body);
        let mut there = at(&changed, &browser);
        // Sent again before its outcome is seen: the outcome is the same, and nothing is sent.
        let same = send_by_script(&mut there, &fields).await;
        assert!(same.body.contains("data-state=\"unclear\""), "{}", same.body);
        assert!(same.body.contains("This form has changed since then."), "{}", same.body);
        // The form that was shown again before the change.
        let again = send_by_script(&mut there, &filled(&unclear, &SHIP_FIELDS)).await;
        assert!(again.body.contains(CHANGED), "{}", again.body);
        assert!(
            again.body.contains("Your earlier submission may still have gone through."),
            "{}",
            again.body
        );
        assert_eq!(changes(&world).len(), 1, "nothing is sent");
        answer(&world, "/orders/ORD-1/ship", Raw::json(200, "{}"));
        let done = send_by_script(&mut there, &filled(&again, &SHIP_FIELDS)).await;
        assert!(done.body.starts_with('\n'), "{}", done.body);
        let calls = changes(&world);
        let [first, second] = &calls[..] else { panic!("{calls:?}") };
        assert_eq!(second.path, path);
        let key = |call: &Call| call.headers["idempotency-key"].clone();
        assert_eq!(
            key(first) == key(second),
            has_same_key,
            "another operation is another request to the API"
        );
    }
}

#[tokio::test]
async fn ac_13_a_form_that_was_done_is_reported_as_done_whatever_became_of_its_action() {
    for (text, instead) in [
        ("max = 20, hint", "max = 30, hint"),
        ("{ key = \"note\", kind = \"lines\", max = 20, hint = \"Printed on the label\" },\n", ""),
        ("label = \"Ship\"", "label = \"Post\""),
    ] {
        let world = world().await;
        let changed = world.another_with(&[(text, instead)]).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        send_by_script(&mut browser, &fields).await;
        let page = send_by_script(&mut at(&changed, &browser), &fields).await;
        assert!(page.body.starts_with('\n') && page.body.contains(SHIPPED), "{instead}: {}", page.body);
        assert_eq!(changes(&world).len(), 1, "{instead}");
        // Of an undecided one, it is said that it may have been done.
        answer(&world, "/orders/ORD-1/ship", Raw::hang_up());
        let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        send_by_script(&mut browser, &fields).await;
        let page = send_by_script(&mut at(&changed, &browser), &fields).await;
        let words = [
            "We couldn’t confirm whether this went through",
            "Your earlier submission may still have gone through",
        ];
        assert!(words.iter().any(|words| page.body.contains(words)), "{instead}: {}", page.body);
        let mut plain = send(&mut at(&changed, &browser), &fields).await;
        if plain.status.is_redirection() {
            plain = at(&changed, &browser).follow(plain).await;
        }
        assert!(words.iter().any(|words| plain.body.contains(words)), "{instead}: {}", plain.body);
        assert_eq!(changes(&world).len(), 2, "{instead}");
    }
}

#[tokio::test]
async fn ac_13_a_form_without_a_fingerprint_or_with_another_one_is_asked_again() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let good = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let long = "x".repeat(5000);
    for definition in [None, Some(""), Some("other"), Some("\0"), Some(long.as_str())] {
        let mut fields = good.clone();
        fields.retain(|(name, _)| name != "definition");
        fields.extend(definition.map(|text| ("definition".to_owned(), text.to_owned())));
        let page = send_by_script(&mut browser, &fields).await;
        assert!(page.body.contains(CHANGED), "{definition:?}: {}", page.body);
    }
    assert!(changes(&world).is_empty());
    send_by_script(&mut browser, &good).await;
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test]
async fn ac_14_a_panel_that_no_longer_exists_says_so_in_an_open_page() {
    let world = world().await;
    let renamed = world.another_with(&[("title = \"Orders\"", "title = \"Open orders\"")]).await;
    let moved = world.another_with(&[("id = \"desk\"", "id = \"counter\"")]).await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    const PANEL: &str = "/api/panel_when_ready?board=desk&panel=orders&query=orders.q%3Da";
    const ROW: &str = "/boards/desk/rows/orders?key=ORD-1";
    let words = "This panel no longer exists";
    assert!(!browser.fetch(PANEL).await.body.contains(words));
    for (what, process, status) in [("another title", &renamed, 200), ("another board", &moved, 404)] {
        let before = world.api.calls().len();
        let mut there = at(process, &browser);
        let panel = there.fetch(PANEL).await;
        assert_eq!(world.api.calls().len(), before, "{what}");
        // No failure: the island would keep the old rows, and try again for ever.
        assert!(panel.status.as_u16() == 200 && panel.body.starts_with('\n'), "{what}: {}", panel.body);
        assert!(panel.body.contains(words) && panel.body.contains("Reload the page"), "{what}");
        let link = panel.body.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(link.starts_with(BOARD), "{what}: {link}");
        let page = there.get(link).await;
        assert_eq!(page.status.as_u16(), status, "{what}");
        let row = "/api/row?board=desk&panel=orders&query=key%3DORD-1";
        assert_eq!(there.fetch(row).await.status.as_u16(), 404, "{what}: the link's page says why");
        let page = there.get(ROW).await;
        assert_eq!(page.status.as_u16(), 404, "{what}");
        assert_eq!(page.body.contains(words), what == "another title", "{what}");
    }
}
