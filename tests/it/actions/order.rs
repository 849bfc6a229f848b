//! The order of a submission: everything is checked before it is recorded, and it is recorded before it is sent (F5, F17).
//! What was refused leaves no record, and what was not sent is not said to be unknown.

use std::time::{Duration, Instant};

use claimcheck_server::actions::SubmissionId;
use claimcheck_test_stores::{Kind, Server};

use crate::{actions::*, support::hostile::At};

const UNKNOWN: &str = "We couldn’t confirm whether this went through.";
const PAYOUT_FIELDS: [(&str, &str); 2] = [("field-to", "Mei"), ("field-amount", "5")];

/// A connection to the world's database, beside the program.
async fn database(world: &HostileWorld) -> sqlx::SqlitePool {
    sqlx::SqlitePool::connect(&format!("sqlite:{}", world.database().display())).await.unwrap()
}

/// How many submissions, sign-ins and logouts are recorded.
async fn recorded(world: &HostileWorld) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM consumed").fetch_one(&database(world).await).await.unwrap()
}

fn with_once(mut fields: Vec<(String, String)>, once: &str) -> Vec<(String, String)> {
    fields.iter_mut().filter(|(name, _)| name == "once").for_each(|(_, value)| once.clone_into(value));
    fields
}

fn changed(mut fields: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    fields.retain(|(other, _)| other != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

#[tokio::test]
async fn f05_a_submission_that_is_refused_leaves_no_record_and_may_be_sent_again() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let good = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let before = recorded(&world).await;
    let audit = changed(changed(good.clone(), "action", "audit"), "seen", "");
    for (what, fields) in [
        ("another field", changed(good.clone(), "field-carrier", "Pigeon")),
        ("a missing field", changed(good.clone(), "field-carrier", "")),
        ("a row that is not there", changed(good.clone(), "row", "ORD-404")),
        ("a row that changed", changed(good.clone(), "seen", "other")),
        ("no right", audit),
        ("a row for another action", changed(good.clone(), "action", "return")),
    ] {
        let page = send_by_script(&mut browser, &fields).await;
        assert!(!page.body.starts_with('\n'), "{what}: {}", page.body);
        assert_eq!((recorded(&world).await, changes(&world).len()), (before, 0), "{what}");
    }
    // The provider does not answer, so there is no token.
    world.advance(180);
    world.provider.script(|script| script.instead.insert(At::Refresh, Raw::json(503, "{}")));
    let payout = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    let page = send_by_script(&mut browser, &payout).await;
    assert!(page.body.contains("Nothing was sent."), "{}", page.body);
    assert_eq!((recorded(&world).await, changes(&world).len()), (before, 0), "no token");
    world.provider.be_honest();
    world.advance(20);
    // The very same submissions, as they should have been.
    for fields in [&good, &payout] {
        let page = send_by_script(&mut browser, fields).await;
        assert!(page.body.starts_with('\n'), "{}", page.body);
    }
    assert_eq!((recorded(&world).await, changes(&world).len()), (before + 2, 2));
}

#[tokio::test]
async fn f05_a_token_that_is_replaced_between_check_and_request_works() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    // The API refuses the token of the check; the one that another request has obtained is used.
    let first = world.provider.issued()[0].access_token.clone();
    world.api.script(|script| script.refused.insert(first));
    let mut tab = world.browser();
    tab.at_app.clone_from(&browser.at_app);
    let (page, _) = tokio::join!(send_by_script(&mut browser, &fields), tab.get(BOARD));
    assert!(page.body.contains("New payout: done."), "{}", page.body);
    let calls = changes(&world);
    assert_eq!(
        calls.last().map(|call| call.token().to_owned()),
        Some(world.provider.issued()[1].access_token.clone())
    );
    assert_eq!(world.provider.count(At::Refresh), 1);
}

#[tokio::test]
async fn f05_an_outcome_that_was_dropped_from_the_session_is_not_waited_for() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let first = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    for _ in 0..13 {
        let fields = with_once(first.clone(), &SubmissionId::fresh().unwrap());
        send_by_script(&mut browser, &fields).await;
    }
    send_by_script(&mut browser, &first).await;
    for _ in 0..12 {
        let fields = with_once(first.clone(), &SubmissionId::fresh().unwrap());
        send_by_script(&mut browser, &fields).await;
    }
    assert_eq!(changes(&world).len(), 26);
    world.advance(180);
    let begun = Instant::now();
    let page = send_by_script(&mut browser, &first).await;
    assert!(page.body.contains(UNKNOWN) && page.body.contains("Mei"), "{}", page.body);
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert_eq!(changes(&world).len(), 26);
}

#[tokio::test]
async fn f05_a_tab_that_is_sent_again_after_eight_days_does_nothing_twice() {
    let world = world_with("idle_secs = 2592000\nabsolute_secs = 2592000\n").await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    send_by_script(&mut browser, &fields).await;
    for days in [8, 20] {
        world.advance(days * 86_400);
        world.services.sessions.purge().await.unwrap();
        browser.open(BOARD).await;
        send_by_script(&mut browser, &fields).await;
        assert_eq!(changes(&world).len(), 1, "after {days} more days");
    }
    let other = with_once(fields, &SubmissionId::fresh().unwrap());
    send_by_script(&mut browser, &other).await;
    assert_eq!(changes(&world).len(), 2, "another submission");
}

#[tokio::test]
async fn f17_a_session_that_ends_while_the_api_refuses_the_token_leaves_no_doubt() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    // The provider has ended the session, which the API says first.
    let first = world.provider.issued()[0].access_token.clone();
    world.api.script(|script| script.refused.insert(first));
    world.provider.script(|script| {
        script.instead.insert(At::Refresh, Raw::json(400, "{\"error\":\"invalid_grant\"}"));
    });
    let page = send_by_script(&mut browser, &fields).await;
    assert_eq!((page.status.as_u16(), page.body.as_str()), (401, "\"SignedOut\""));
    world.drained().await;
    world.provider.be_honest();
    let (mut second, _) = world.signed_in(BOARD).await;
    let before = changes(&world).len();
    let page = send_by_script(&mut second, &fields).await;
    assert!(page.body.contains("New payout: done."), "{}", page.body);
    assert_eq!(changes(&world).len(), before + 1, "once, in the session of the other tab");
}

#[tokio::test]
async fn f17_a_form_that_was_open_when_its_session_ended_is_sent_in_the_next() {
    let world = world().await;
    let (_, other) = world.another().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    browser.post("/auth/sign-out", &[]).await;
    let page = send_by_script(&mut browser, &fields).await;
    assert_eq!((page.status.as_u16(), page.body.as_str()), (401, "\"SignedOut\""));
    let (second, _) = world.signed_in(BOARD).await;
    let mut at_other = Browser::new(&other);
    at_other.at_app.clone_from(&second.at_app);
    let begun = Instant::now();
    let page = send_by_script(&mut at_other, &fields).await;
    assert!(page.body.contains(SHIPPED), "{}", page.body);
    assert!(begun.elapsed() < Duration::from_secs(12));
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_row_that_another_process_has_just_changed_is_no_reason_to_say_no() {
    let world = world().await;
    let (_, other) = world.another().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let mut at_other = Browser::new(&other);
    at_other.at_app.clone_from(&browser.at_app);
    for rows in [
        "{\"orders\":[]}",
        "{\"orders\":[{\"id\":\"ORD-1\",\"customer\":\"x\",\"status\":\"shipped\",\"total\":1}]}",
    ] {
        world.api.script(|script| {
            script.answers.remove("/orders");
            script.delays.insert("/orders/ORD-1/ship".into(), Duration::from_millis(600))
        });
        let before = changes(&world).len();
        let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        let (first, second) = tokio::join!(send_by_script(&mut browser, &fields), async {
            changes_arrive(&world, before + 1).await;
            answer(&world, "/orders", Raw::json(200, rows));
            send_by_script(&mut at_other, &fields).await
        });
        assert!(
            first.body.contains(SHIPPED) && second.body.contains(SHIPPED),
            "{} {}",
            first.body,
            second.body
        );
        assert_eq!(changes(&world).len(), before + 1);
        // A form that nobody has sent yet is refused for the same row, and leaves no record.
        let count = recorded(&world).await;
        let fresh = with_once(fields, &SubmissionId::fresh().unwrap());
        let page = send_by_script(&mut at_other, &fresh).await;
        assert!(!page.body.starts_with('\n') && !page.body.contains(UNKNOWN), "{}", page.body);
        assert_eq!((changes(&world).len(), recorded(&world).await), (before + 1, count));
    }
}

#[tokio::test]
async fn f17_a_store_that_takes_no_record_costs_nothing_but_the_time() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let mut fields = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    let full = "CREATE TRIGGER disk_is_full BEFORE INSERT ON consumed BEGIN SELECT RAISE(FAIL, 'full'); END";
    let database = database(&world).await;
    sqlx::query(full).execute(&database).await.unwrap();
    let page = send_by_script(&mut browser, &fields).await;
    assert_eq!((page.status.as_u16(), page.body.as_str()), (503, "\"StoreUnavailable\""));
    let page = send(&mut browser, &fields).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "5"), "{}", page.body);
    let mut input = page.fields();
    assert!(page.body.contains("wasn’t submitted"), "{}", page.body);
    for list in [&mut input, &mut fields] {
        list.sort();
    }
    assert_eq!(input, fields, "all input is there, although the store takes none");
    assert!(changes(&world).is_empty(), "not recorded, so not sent");
    sqlx::query("DROP TRIGGER disk_is_full").execute(&database).await.unwrap();
    let page = send_by_script(&mut browser, &fields).await;
    assert!(page.body.contains("New payout: done."), "{}", page.body);
    assert_eq!(changes(&world).len(), 1);
}

/// The outcome of an action is stored as soon as the store takes it.
#[tokio::test]
async fn f17_an_outcome_that_could_not_be_stored_at_once_is_stored_later() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    let full = "CREATE TRIGGER disk_is_full BEFORE UPDATE OF record ON session BEGIN SELECT RAISE(FAIL, 'full'); END";
    let database = database(&world).await;
    sqlx::query(full).execute(&database).await.unwrap();
    let page = send_by_script(&mut browser, &fields).await;
    assert!(page.body.contains("New payout: done."), "{}", page.body);
    sqlx::query("DROP TRIGGER disk_is_full").execute(&database).await.unwrap();
    world.drained().await;
    let (_, other) = world.another().await;
    let mut at_other = Browser::new(&other);
    at_other.at_app.clone_from(&browser.at_app);
    let page = send_by_script(&mut at_other, &fields).await;
    assert!(page.body.contains("New payout: done."), "{}", page.body);
    assert_eq!(changes(&world).len(), 1);
}

async fn is_away_when_it_is_sent(kind: Kind) {
    let server = Server::start(kind).await;
    let world = HostileWorld::with(&format!("store = \"{}\"\n{BOARDS}", server.url)).await;
    answer(&world, "/payouts", Raw::json(200, "{}"));
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    server.down().await;
    let page = send_by_script(&mut browser, &fields).await;
    assert_eq!(page.status.as_u16(), 503, "{}", page.body);
    server.up().await;
    let again = async {
        loop {
            let page = send_by_script(&mut browser, &fields).await;
            if page.status.as_u16() != 503 {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let page = tokio::time::timeout(Duration::from_secs(60), again).await.unwrap();
    assert!(page.body.contains("New payout: done."), "{}", page.body);
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_postgres_that_is_away_leaves_no_doubt_about_an_action() {
    is_away_when_it_is_sent(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_redis_that_is_away_leaves_no_doubt_about_an_action() {
    is_away_when_it_is_sent(Kind::Redis).await;
}

#[tokio::test]
async fn f22_a_form_that_is_refused_after_a_doubt_comes_back_with_the_doubt() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    answer(&world, "/payouts", Raw::hang_up());
    let form = browser.get(PAYOUT).await;
    let unclear = send_and_follow(&mut browser, &filled(&form, &PAYOUT_FIELDS)).await;
    assert!(unclear.body.contains(UNKNOWN), "{}", unclear.body);
    answer(&world, "/payouts", Raw::json(200, "{}"));
    // The user changes the amount to one that is refused, leaves, and opens the action again.
    let refused = changed(filled(&unclear, &PAYOUT_FIELDS), "field-amount", "5000");
    let page = send_and_follow(&mut browser, &refused).await;
    assert!(page.body.contains("may still have gone through"), "{}", page.body);
    browser.get(BOARD).await;
    let opened = browser.get(PAYOUT).await;
    assert!(opened.body.contains("may still have gone through"), "{}", opened.body);
    let again = changed(filled(&opened, &PAYOUT_FIELDS), "field-amount", "6");
    let landed = send_and_follow(&mut browser, &again).await;
    assert!(landed.body.contains("New payout: done."), "{}", landed.body);
    let calls = changes(&world);
    assert_eq!(calls.len(), 2);
    assert_ne!(calls[0].body, calls[1].body);
    assert_eq!(calls[0].headers["idempotency-key"], calls[1].headers["idempotency-key"]);
    // Once it is done, the next form is another request.
    let next = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    send_and_follow(&mut browser, &next).await;
    assert_ne!(changes(&world)[2].headers["idempotency-key"], calls[0].headers["idempotency-key"]);
}
