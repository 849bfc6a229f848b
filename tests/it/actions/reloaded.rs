//! Pages that are open while the running server takes up changed boards: forms, panels, and processes that have not taken up the
//! change yet.

use crate::actions::*;

const CHANGED: &str = "This form has changed since you opened it. Nothing was sent.";
const OLD_PATH: &str = "post = \"/orders/{id}/ship\"";
const NEW_PATH: &str = "post = \"/v2/orders/{id}/ship\"";

#[tokio::test]
async fn rl_04_reload_asks_again_for_an_open_form_whose_action_has_changed_and_sends_the_others() {
    let mut world = world().await;
    let mut files = world.follow().await;
    answer(&world, "/v2/orders/ORD-1/ship", Raw::json(200, "{}"));
    let (mut browser, _) = world.signed_in(BOARD).await;
    let ship = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let payout = filled(&browser.get(PAYOUT).await, &[("field-to", "Mei"), ("field-amount", "5")]);
    files.change(OLD_PATH, NEW_PATH);
    // Another panel comes first, so that positions would be those of others.
    let first =
        "[[board.panel]]\ntitle = \"First\"\nkind = \"table\"\nget = \"/orders\"\nrows = \"$.orders[*]\"\n\n";
    files.change(
        "[[board.panel]]\ntitle = \"Orders\"",
        &format!("{first}[[board.panel]]\ntitle = \"Orders\""),
    );
    assert!(files.hang_up());
    let again = send_by_script(&mut browser, &ship).await;
    assert!(again.body.contains(CHANGED) && again.body.contains("the dog"), "{}", again.body);
    assert!(changes(&world).is_empty(), "nothing is sent");
    assert!(send_by_script(&mut browser, &payout).await.body.starts_with('\n'));
    assert!(send_by_script(&mut browser, &filled(&again, &SHIP_FIELDS)).await.body.starts_with('\n'));
    let paths: Vec<_> = changes(&world).into_iter().map(|call| call.path).collect();
    assert_eq!(paths, ["/payouts", "/v2/orders/ORD-1/ship"]);
}

#[tokio::test]
async fn rl_04_reload_may_reach_processes_at_different_moments_and_nothing_else_is_sent_than_was_shown() {
    let mut world = world().await;
    let late = world.process(world.clock.clone()).await;
    let mut files = world.follow().await;
    answer(&world, "/v2/orders/ORD-1/ship", Raw::json(200, "{}"));
    let (mut browser, _) = world.signed_in(BOARD).await;
    files.change(OLD_PATH, NEW_PATH);
    assert!(files.hang_up());
    let mut there = late.browser();
    there.at_app.clone_from(&browser.at_app);
    // A form of either process that the other one gets.
    let new = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let old = filled(&there.get(SHIP).await, &SHIP_FIELDS);
    let asked = [send_by_script(&mut there, &new).await, send_by_script(&mut browser, &old).await];
    for again in &asked {
        assert!(again.body.contains(CHANGED), "{}", again.body);
    }
    assert!(changes(&world).is_empty(), "nothing is sent");
    // Each is asked again by the process that it came to, and sent by it once.
    let [old, new] = asked.map(|again| filled(&again, &SHIP_FIELDS));
    assert!(send_by_script(&mut browser, &new).await.body.starts_with('\n'));
    assert_eq!(changes(&world).pop().unwrap().path, "/v2/orders/ORD-1/ship");
    assert!(send_by_script(&mut there, &old).await.body.starts_with('\n'));
    assert_eq!(changes(&world).pop().unwrap().path, "/orders/ORD-1/ship");
    assert_eq!(changes(&world).len(), 2);
}

#[tokio::test]
async fn rl_04_reload_leaves_no_panel_of_an_open_page_in_an_error() {
    const PANEL: &str = "/api/panel_when_ready?board=desk&panel=orders&query=orders.q%3Da";
    let mut world = world().await;
    let mut files = world.follow().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    assert!(browser.fetch(PANEL).await.body.contains("<table"));
    // A changed panel shows its new columns with the next refresh.
    files.change("{ key = \"status\", title = \"Status\" }", "{ key = \"status\", title = \"State\" }");
    assert!(files.hang_up());
    let panel = browser.fetch(PANEL).await;
    assert!(panel.body.starts_with('\n') && panel.body.contains("State"), "{}", panel.body);
    // One that is gone says so, once.
    files.change("title = \"Orders\"\nkind", "title = \"Deliveries\"\nkind");
    assert!(files.hang_up());
    let panel = browser.fetch(PANEL).await;
    assert!(panel.status.is_success() && panel.body.starts_with('\n'), "{}", panel.body);
    assert!(panel.body.contains("This panel no longer exists"), "{}", panel.body);
}
