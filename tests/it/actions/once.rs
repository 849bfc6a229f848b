//! However often a form is sent, and whatever fails in between, the API gets it once (AC-05).

use std::{collections::HashSet, time::Duration};

use claimcheck_server::actions::SubmissionId;
use futures::future::join_all;

use crate::actions::*;

/// Sends the same form several times at once, each time from a separate tab.
async fn at_once(
    browser: &Browser<'_>,
    app: &axum::Router,
    fields: &[(String, String)],
    times: usize,
) -> Vec<Page> {
    let tabs = (0..times).map(|_| {
        let mut tab = Browser::new(app);
        tab.at_app.clone_from(&browser.at_app);
        async move { send_by_script(&mut tab, fields).await }
    });
    join_all(tabs).await
}

/// Sends a hundred forms of each kind, each two or three times. Returns the number of calls at the API for each kind.
async fn hundred_of_each(world: &HostileWorld, is_cut: bool, words: &str) -> Vec<usize> {
    let (mut browser, _) = world.signed_in(BOARD).await;
    let payout = [("field-to", "Mei"), ("field-amount", "5")];
    let mut seen = Vec::new();
    for (page, more) in [(SHIP, &SHIP_FIELDS[..]), (DELETE, &[]), (PAYOUT, &payout)] {
        let before = changes(world).len();
        for round in 0..100 {
            // A form that comes back undecided is a different one.
            let fields = fresh(&mut browser, page, more).await;
            if is_cut {
                let cut = send_by_script(&mut browser, &fields);
                assert!(tokio::time::timeout(Duration::from_millis(3), cut).await.is_err(), "it was cut");
            }
            let answers = at_once(&browser, &world.app, &fields, 2 + round % 2).await;
            assert!(answers.iter().all(|answer| answer.body.contains(words)), "{page}: {answers:?}");
        }
        let calls = changes(world).split_off(before);
        let keys: HashSet<_> = calls.iter().map(|call| call.headers["idempotency-key"].clone()).collect();
        assert_eq!(keys.len(), 100, "{page}: each form is a request of its own");
        seen.push(calls.len());
    }
    seen
}

async fn fresh(browser: &mut Browser<'_>, page: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = filled(&browser.get(page).await, more);
    let once = SubmissionId::fresh().unwrap();
    fields.iter_mut().filter(|(name, _)| name == "once").for_each(|(_, value)| value.clone_from(&once));
    fields
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ac_05_a_hundred_double_and_triple_submits_of_each_kind_are_one_call_each() {
    let world = world_with("action_rate = 0\n").await;
    world.api.script(|script| script.delay = Some(Duration::from_millis(5)));
    assert_eq!(hundred_of_each(&world, false, "data-tone=\"good\"").await, [100; 3], "a slow API");
    world.api.script(|script| script.delay = Some(Duration::from_millis(20)));
    assert_eq!(hundred_of_each(&world, true, "data-tone=\"good\"").await, [100; 3], "the browser is cut off");
    world.api.script(|script| script.delay = None);
    for path in ["/orders/ORD-1/ship", "/orders/ORD-1", "/payouts"] {
        answer(&world, path, Raw::hang_up());
    }
    let words = "We couldn’t confirm whether this went through.";
    assert_eq!(hundred_of_each(&world, false, words).await, [100; 3], "the API is cut off");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ac_05_two_processes_that_get_the_same_form_do_it_once() {
    let world = world().await;
    let (_, other) = world.another().await;
    world.api.script(|script| script.delay = Some(Duration::from_millis(300)));
    let (mut browser, _) = world.signed_in(BOARD).await;
    for round in 1..=3 {
        let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        let (here, there) =
            tokio::join!(at_once(&browser, &world.app, &fields, 2), at_once(&browser, &other, &fields, 2));
        for answer in here.iter().chain(&there) {
            assert!(answer.body.starts_with('\n') && answer.body.contains(SHIPPED), "{}", answer.body);
        }
        assert_eq!(changes(&world).len(), round);
    }
}

#[tokio::test]
async fn ac_05_a_browser_that_goes_away_cuts_nothing_short_and_hears_of_it_later() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    world.api.script(|script| script.delay = Some(Duration::from_millis(400)));
    let gone = tokio::time::timeout(Duration::from_millis(100), send(&mut browser, &fields)).await;
    assert!(gone.is_err(), "the browser is gone before the API answers");
    let later = send_by_script(&mut browser, &fields).await;
    assert!(later.body.starts_with('\n') && later.body.contains(SHIPPED), "{}", later.body);
    assert_eq!(changes(&world).len(), 1);
    assert!(browser.get(BOARD).await.body.contains(SHIPPED));
}

#[tokio::test]
async fn ac_05_the_back_button_and_a_reload_send_nothing_again() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    for _ in 0..3 {
        let landed = send_and_follow(&mut browser, &fields).await;
        assert!(landed.body.contains(SHIPPED));
    }
    let mut changed = fields.clone();
    changed.iter_mut().filter(|(name, _)| name == "field-note").for_each(|(_, text)| *text = "other".into());
    let again = send_and_follow(&mut browser, &changed).await;
    assert!(again.body.contains("Your latest changes were not sent."), "{}", again.body);
    assert_eq!(changes(&world).len(), 1, "a form that was sent is done with, whatever it says now");
    let anew = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    send_and_follow(&mut browser, &anew).await;
    assert_eq!(changes(&world).len(), 2, "a new form is a new request");
}

#[tokio::test]
async fn ac_05_a_token_that_is_no_longer_good_is_replaced_and_the_request_made_once_more() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let first = world.provider.issued()[0].access_token.clone();
    world.api.script(|script| script.refused.insert(first.clone()));
    // A request that the API refused with 401 was not carried out (RFC 6750 3.1). The row is fetched first and notices
    // the refusal.
    let landed = send_and_follow(&mut browser, &fields).await;
    assert!(landed.body.contains(SHIPPED));
    let calls = changes(&world);
    assert!(calls.iter().filter(|call| call.token() != first).count() == 1, "{calls:?}");

    let second = calls.last().unwrap().token().to_owned();
    let form = browser.get(DELETE).await;
    world.api.script(|script| script.refused.insert(second.clone()));
    world.advance(61);
    send_and_follow(&mut browser, &filled(&form, &[])).await;
    let deletes: Vec<_> = changes(&world).into_iter().filter(|call| call.method == "DELETE").collect();
    assert_eq!(deletes.len(), 2);
    assert!(deletes[0].token() == second && deletes[1].token() != second);
    assert_eq!(deletes[0].headers["idempotency-key"], deletes[1].headers["idempotency-key"]);
}

#[tokio::test]
async fn ac_05_a_form_that_outlasts_its_session_is_not_done_again_in_the_next() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    send_and_follow(&mut browser, &fields).await;
    browser.post("/auth/sign-out", &[]).await;
    browser.open(BOARD).await;
    let answer = send_by_script(&mut browser, &fields).await;
    assert!(answer.body.contains("We couldn’t confirm whether this went through."), "{}", answer.body);
    assert_eq!(changes(&world).len(), 1);
    let anew = filled(&browser.get(PAYOUT).await, &[("field-to", "Mei"), ("field-amount", "5")]);
    send_and_follow(&mut browser, &anew).await;
    assert_eq!(changes(&world).len(), 2, "what was never sent is");
}

#[tokio::test]
async fn ac_05_a_row_that_goes_with_the_first_submit_is_done_for_the_second() {
    let world = world().await;
    world.api.script(|script| script.delays.insert("/orders/ORD-1/ship".into(), Duration::from_millis(300)));
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let mut second = Browser::new(&world.app);
    second.at_app.clone_from(&browser.at_app);
    let (first, second) = tokio::join!(send_by_script(&mut browser, &fields), async {
        changes_arrive(&world, 1).await;
        answer(&world, "/orders", Raw::json(200, "{\"orders\":[]}"));
        send_by_script(&mut second, &fields).await
    });
    assert!(first.body.contains(SHIPPED) && second.body.contains(SHIPPED), "{} {}", first.body, second.body);
    assert_eq!(changes(&world).len(), 1);
}
