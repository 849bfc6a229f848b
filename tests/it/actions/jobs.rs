//! What an API has only accepted (202): followed until it has ended, and never sent twice (AC-22 to AC-25).

use std::time::Duration;

use crate::{
    actions::{Raw, answer, changes, filled, send, send_by_script},
    support::{Browser, Page, hostile::HostileWorld},
};

const BOARDS: &str = r##"
[[board]]
id = "imports"
title = "Imports"

[[board.action]]
label = "Import"
post = "/imports"
done = "The rows are imported."
to = "/boards/imports/rows/orders?key={order}"
job = { get = "/jobs/{job.id}", done = "status = succeeded", failed = "status in failed, cancelled", every = 2, at_most = 60 }

[[board.action]]
label = "By location"
post = "/by-location"
to = "/boards/imports/rows/orders?key={location.last}"
job = { failed = "status = failed" }

[[board.action]]
label = "Plain"
post = "/plain"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Order" }, { key = "customer", title = "Customer" }]

[[board.panel.action]]
label = "Ship"
post = "/orders/{id}/ship"
job = { done = "state = done" }
"##;

const BOARD: &str = "/boards/imports";
const IMPORT: (&str, &str) = ("/boards/imports/actions/import", "/imports");
const BY_LOCATION: (&str, &str) = ("/boards/imports/actions/by-location", "/by-location");
const PLAIN: (&str, &str) = ("/boards/imports/actions/plain", "/plain");
const SHIP: (&str, &str) = ("/boards/imports/rows/orders/actions/ship?key=ORD-1", "/orders/ORD-1/ship");
const ACCEPTED: &str = "Import: accepted. The API is still working on this.";

async fn world() -> HostileWorld {
    HostileWorld::with(&format!("store = \"sqlite:FOLDER/sessions.db\"\naction_rate = 0\n{BOARDS}")).await
}

fn accepted() -> Raw {
    Raw::json(202, r#"{"job":{"id":"j/1"}}"#)
}

const JOB: &str = "/jobs/j%2F1";

/// Submits the form of that action without scripts; returns the next page.
async fn act(world: &HostileWorld, browser: &mut Browser<'_>, (page, api): (&str, &str), raw: Raw) -> Page {
    answer(world, api, raw);
    let form = browser.get(page).await;
    let redirect = send(browser, &filled(&form, &[])).await;
    browser.open(redirect.location().as_str()).await
}

/// The URL that asks for the state, as the message has it.
fn check_of(page: &Page) -> String {
    let link = page.body.split("data-job=\"").nth(1).unwrap_or_else(|| panic!("no job: {}", page.body));
    link.split('"').next().unwrap().replace("&amp;", "&")
}

/// The state as a script gets it.
async fn state(browser: &mut Browser<'_>, check: &str) -> Page {
    let page: String = url::form_urlencoded::byte_serialize(check.as_bytes()).collect();
    browser.fetch(&format!("/api/job_state?page={page}")).await
}

/// How often the state of a job was asked.
fn asked(world: &HostileWorld, job: &str) -> usize {
    world.api.calls().iter().filter(|call| call.path == job && call.method == axum::http::Method::GET).count()
}

#[tokio::test]
async fn ac_22_what_is_only_accepted_is_not_called_done_and_the_panels_are_read_again() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for raw in [
        Raw::json(202, "{}"),
        Raw::text(202, "", ""),
        Raw::json(202, "{}").with("location", "/jobs/7"),
        Raw::json(202, "{}").with("retry-after", "30"),
    ] {
        let page = act(&world, &mut browser, PLAIN, raw.clone()).await;
        assert!(
            page.body.contains("Plain: accepted. The API is still working on this."),
            "{raw:?}: {}",
            page.body
        );
        assert!(!page.body.contains("Plain: done."), "{raw:?}");
        assert!(page.body.contains("data-job=\"\" data-wait=\"5\""), "{raw:?}: {}", page.body);
        assert!(
            page.body.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\""),
            "{raw:?}: {}",
            page.body
        );
        world.advance(10);
        let later = browser.get(BOARD).await;
        assert!(later.body.contains("data-wait=\"10\""), "{}", later.body);
        world.advance(25);
        let over = browser.get(BOARD).await;
        assert!(!over.body.contains("accepted") && !over.body.contains("http-equiv"), "{}", over.body);
    }
    assert_eq!(asked(&world, "/jobs/7"), 0, "without `job`, a location is not followed");
    assert_eq!(changes(&world).len(), 4);
    // The same form again, when the message is over.
    let fields = filled(&browser.get(PLAIN.0).await, &[]);
    send_by_script(&mut browser, &fields).await;
    world.advance(60);
    let again = send_by_script(&mut browser, &fields).await;
    assert!(again.body.contains("Plain: accepted.") && !again.body.contains("done."), "{}", again.body);
    assert_eq!(changes(&world).len(), 5);
}

#[tokio::test]
async fn ac_23_a_job_is_followed_until_it_is_done_and_the_message_leads_to_its_result() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    answer(&world, JOB, Raw::json(200, r#"{"status":"running"}"#));
    let page = act(&world, &mut browser, IMPORT, accepted()).await;
    assert!(page.body.contains(ACCEPTED) && page.body.contains(">Check now</a>"), "{}", page.body);
    assert!(!page.body.contains("rows are imported") && !page.body.contains("/jobs/j"), "{}", page.body);
    let check = check_of(&page);
    // Too early: the API is not asked.
    let early = state(&mut browser, &check).await;
    assert!(early.body.contains(ACCEPTED) && asked(&world, JOB) == 0, "{}", early.body);
    world.advance(2);
    let (one, other) = (state(&mut browser, &check).await, state(&mut browser, &check).await);
    assert!(one.body.contains(ACCEPTED) && other.body.contains("data-wait=\"2\""), "{}", other.body);
    assert_eq!(asked(&world, JOB), 1, "several tabs ask once");
    answer(&world, JOB, Raw::json(200, r#"{"status":"succeeded","order":"ORD-1"}"#));
    world.advance(2);
    // Without scripts, the page loads again by itself.
    let page = browser.get(BOARD).await;
    let refresh = format!("<noscript><meta http-equiv=\"refresh\" content=\"3;url={BOARD}/jobs\"");
    assert!(page.body.contains(&refresh), "{}", page.body);
    let page = browser.open(&format!("{BOARD}/jobs")).await;
    assert_eq!(page.path(), BOARD);
    let link = "<a href=\"/boards/imports/rows/orders?key=ORD-1\">Open</a>";
    assert!(page.body.contains("The rows are imported.") && page.body.contains(link), "{}", page.body);
    assert!(!page.body.contains("http-equiv"), "{}", page.body);
    assert!(state(&mut browser, &check).await.body.contains(link), "another tab gets the same");
    assert_eq!((asked(&world, JOB), changes(&world).len()), (2, 1));
    let token = world.provider.issued()[0].access_token.clone();
    assert!(world.api.calls().iter().filter(|call| call.path == JOB).all(|call| call.token() == token));
}

#[tokio::test]
async fn ac_23_a_form_that_is_sent_twice_joins_the_job_and_several_processes_follow_it() {
    let world = world().await;
    let other = world.process(world.clock.clone()).await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    answer(&world, IMPORT.1, accepted());
    answer(&world, JOB, Raw::json(200, r#"{"status":"queued"}"#));
    let fields = filled(&browser.get(IMPORT.0).await, &[]);
    let first = send_by_script(&mut browser, &fields).await;
    assert!(first.body.starts_with('\n') && first.body.contains(ACCEPTED), "{}", first.body);
    let mut there = other.browser();
    there.at_app.clone_from(&browser.at_app);
    assert!(send_by_script(&mut there, &fields).await.body.contains(ACCEPTED));
    world.advance(2);
    let check = check_of(&first);
    state(&mut there, &check).await;
    state(&mut browser, &check).await;
    assert_eq!(asked(&world, JOB), 1);
    answer(&world, JOB, Raw::json(200, r#"{"status":"succeeded"}"#));
    world.advance(2);
    assert!(state(&mut there, &check).await.body.contains("The rows are imported."));
    assert!(send_by_script(&mut browser, &fields).await.body.contains("The rows are imported."));
    assert_eq!(changes(&world).len(), 1, "it was sent once");
}

#[tokio::test]
async fn ac_24_a_job_that_fails_says_so_in_the_apis_words_and_the_form_can_be_sent_again() {
    let world = world().await;
    world.provider.script(|script| script.texts.access_token = "access-token-canary-".into());
    let (mut browser, _) = world.signed_in(BOARD).await;
    for (body, words) in [
        (r#"{"status":"failed","message":"Row 7 is <empty>."}"#, "Import: failed. Row 7 is &lt;empty&gt;."),
        (r#"{"status":"cancelled"}"#, "Import: failed."),
    ] {
        let before = changes(&world).len();
        let page = act(&world, &mut browser, IMPORT, accepted()).await;
        answer(&world, JOB, Raw::json(200, body));
        world.advance(2);
        let page = browser.open(&check_of(&page)).await;
        assert!(page.body.contains(words) && !page.body.contains("imported"), "{body}: {}", page.body);
        assert_eq!(page.path(), BOARD);
        answer(&world, JOB, Raw::json(200, r#"{"status":"succeeded"}"#));
        act(&world, &mut browser, IMPORT, accepted()).await;
        world.advance(2);
        let page = browser.open(&format!("{BOARD}/jobs")).await;
        assert!(page.body.contains("The rows are imported."), "{}", page.body);
        let calls = changes(&world).split_off(before);
        assert_ne!(
            calls[0].headers["idempotency-key"], calls[1].headers["idempotency-key"],
            "another submission"
        );
        world.advance(910);
    }
    // It has failed at once.
    let failed = Raw::json(200, r#"{"status":"failed","message":"No rows."}"#);
    let page = act(&world, &mut browser, BY_LOCATION, failed).await;
    assert!(page.body.contains("No rows.") && !page.body.contains(": done."), "{}", page.body);
    // An answer with the access token is not used, so the state remains unknown.
    let page = act(&world, &mut browser, IMPORT, accepted()).await;
    answer(&world, JOB, Raw::json(200, r#"{"status":"failed","message":"{echo}"}"#));
    world.advance(2);
    let page = browser.open(&check_of(&page)).await;
    assert!(page.body.contains(ACCEPTED) && !page.body.contains("token-canary"), "{}", page.body);
}

#[tokio::test]
async fn ac_24_every_answer_of_the_api_is_reported_and_the_action_is_not_repeated() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=\"1\"";
    for (raw, words) in [
        (Raw::json(500, "{}"), ACCEPTED),
        (Raw::hang_up(), ACCEPTED),
        (Raw::broken_off("{\"status\":"), ACCEPTED),
        (Raw::json(429, "{}"), ACCEPTED),
        (Raw::json(202, r#"{"status":"running"}"#), ACCEPTED),
        (Raw::json(200, r#"{"state":"succeeded"}"#), ACCEPTED),
        (Raw::json(200, "[]"), ACCEPTED),
        (Raw::text(204, "", ""), ACCEPTED),
        (Raw::text(200, "text/html", "<h1>Sign in to this network</h1>"), ACCEPTED),
        (Raw::redirect(302, "/sign-in"), ACCEPTED),
        (Raw::redirect(303, "https://sign-in.example/"), ACCEPTED),
        (Raw::redirect(303, "/orders/ORD-1"), "The rows are imported."),
        (Raw::json(410, "{}"), "the API no longer knows the job"),
        (Raw::json(403, "{}"), "let you see the job"),
        (Raw::json(401, "{}").with("www-authenticate", challenge), "let you see the job"),
        (
            Raw::text(400, "application/problem+json", r#"{"detail":"No such queue."}"#),
            "It says: No such queue.",
        ),
    ] {
        let before = changes(&world).len();
        let page = act(&world, &mut browser, IMPORT, accepted()).await;
        let check = check_of(&page);
        answer(&world, JOB, raw.clone());
        world.advance(2);
        let told = state(&mut browser, &check).await;
        assert!(told.body.contains(words), "{raw:?}: {}", told.body);
        assert!(browser.get(BOARD).await.body.contains(words), "{raw:?}");
        if words == ACCEPTED {
            answer(&world, JOB, Raw::json(200, r#"{"status":"succeeded"}"#));
            world.advance(40);
            let page = browser.open(&check).await;
            assert!(page.body.contains("The rows are imported."), "{raw:?}: {}", page.body);
        }
        assert_eq!(changes(&world).len(), before + 1, "{raw:?}");
        world.advance(910);
    }
}

#[tokio::test]
async fn ac_24_a_job_that_is_unknown_at_first_is_asked_again_and_a_wait_is_kept() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = act(&world, &mut browser, IMPORT, accepted().with("retry-after", "7")).await;
    let check = check_of(&page);
    assert!(page.body.contains("data-wait=\"7\""), "{}", page.body);
    world.advance(6);
    state(&mut browser, &check).await;
    assert_eq!(asked(&world, JOB), 0);
    world.advance(1);
    let early = state(&mut browser, &check).await;
    assert!(
        early.body.contains(ACCEPTED) && asked(&world, JOB) == 1,
        "404 may only be early: {}",
        early.body
    );
    answer(&world, JOB, Raw::json(503, "{}").with("retry-after", "30"));
    world.advance(2);
    assert!(state(&mut browser, &check).await.body.contains("data-wait=\"30\""));
    world.advance(29);
    state(&mut browser, &check).await;
    assert_eq!(asked(&world, JOB), 2);
    world.api.script(|script| script.answers.remove(JOB));
    world.advance(1);
    assert!(state(&mut browser, &check).await.body.contains("the API no longer knows the job"));
}

#[tokio::test]
async fn ac_25_a_job_that_takes_long_stops_the_page_from_asking_and_can_still_be_asked() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    answer(&world, JOB, Raw::json(200, r#"{"status":"running"}"#));
    let page = act(&world, &mut browser, IMPORT, accepted()).await;
    let check = check_of(&page);
    world.advance(61);
    let page = browser.get(BOARD).await;
    assert!(page.body.contains("still working on this, longer than expected."), "{}", page.body);
    assert!(!page.body.contains("data-wait") && !page.body.contains("http-equiv"), "{}", page.body);
    let told = state(&mut browser, &check).await;
    assert!(
        told.body.contains("longer than expected") && told.body.contains(">Check now</a>"),
        "{}",
        told.body
    );
    answer(&world, JOB, Raw::json(200, r#"{"status":"succeeded"}"#));
    world.advance(600);
    let page = browser.open(&check).await;
    assert!(page.body.contains("The rows are imported."), "{}", page.body);
}

#[tokio::test]
async fn ac_23_a_location_is_asked_only_below_the_base_of_the_api() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let own = format!("{}/jobs/8?full=1", world.api.origin());
    for (location, job) in [
        ("/jobs/8", Some("/jobs/8")),
        (own.as_str(), Some("/jobs/8")),
        ("https://evil.example/jobs/8", None),
        ("//169.254.169.254/latest", None),
        ("", None),
    ] {
        let before = world.api.calls().len();
        let page =
            act(&world, &mut browser, BY_LOCATION, Raw::text(202, "", "").with("location", location)).await;
        assert!(page.body.contains("By location: accepted."), "{location}: {}", page.body);
        answer(&world, "/jobs/8", Raw::redirect(303, "/orders/ORD-1"));
        world.advance(10);
        let page = browser.open(&format!("{BOARD}/jobs")).await;
        let calls = world.api.calls().split_off(before);
        let is_asked = calls.iter().any(|call| call.path == "/jobs/8");
        assert_eq!(is_asked, job.is_some(), "{location}: {calls:?}");
        let link = "<a href=\"/boards/imports/rows/orders?key=ORD-1\">Open</a>";
        assert_eq!(page.body.contains(link), job.is_some(), "{location}: {}", page.body);
        world.advance(910);
    }
}

#[tokio::test]
async fn ac_23_a_job_of_a_row_that_only_began_with_201_is_told_at_its_row() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let begun = Raw::json(201, r#"{"state":"queued"}"#).with("location", "/jobs/9");
    let page = act(&world, &mut browser, SHIP, begun).await;
    assert!(page.body.contains("Ship: accepted.") && page.path().ends_with("#panel-orders"), "{}", page.body);
    answer(&world, "/jobs/9", Raw::json(200, r#"{"state":"done"}"#));
    world.advance(2);
    let page = browser.open(&check_of(&page)).await;
    assert!(page.body.contains("Ship: done.") && page.path().ends_with("#panel-orders"), "{}", page.body);
    world.advance(400);
    // Done at once, and an answer that names no job.
    for raw in [Raw::json(200, r#"{"state":"done"}"#), Raw::json(200, "{}"), Raw::text(204, "", "")] {
        let page = act(&world, &mut browser, SHIP, raw.clone()).await;
        assert!(page.body.contains("Ship: done."), "{raw:?}: {}", page.body);
        world.advance(400);
    }
}

#[tokio::test]
async fn ac_25_a_job_belongs_to_its_session() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = act(&world, &mut browser, IMPORT, accepted()).await;
    let check = check_of(&page);
    answer(&world, JOB, Raw::json(200, r#"{"status":"succeeded"}"#));
    world.advance(2);
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", BOARD).await;
    assert_eq!(state(&mut eve, &check).await.body, "\n", "nothing is known of it");
    let page = eve.open(&check).await;
    assert!(page.path() == BOARD && !page.body.contains("imported"), "{}", page.body);
    let mut nobody = world.browser();
    assert_eq!(state(&mut nobody, &check).await.status.as_u16(), 401);
    let unknown = "/boards/imports/jobs?job-id=%00";
    for odd in ["/boards/imports/jobs", "/boards/none/jobs?job-id=x", "/jobs?job-id=x", "", unknown] {
        let page = state(&mut browser, odd).await;
        assert!(page.status.as_u16() == 404 || page.body == "\n", "{odd}: {}", page.body);
    }
    assert_eq!(browser.get("/boards/none/jobs").await.status.as_u16(), 404);
    assert_eq!(asked(&world, JOB), 0);
    // A slow answer delays only its own request.
    world.api.script(|script| script.delays.insert(JOB.into(), Duration::from_millis(300)));
    let (told, page) = {
        let mut tab = Browser::new(&world.app);
        tab.at_app.clone_from(&browser.at_app);
        tokio::join!(state(&mut browser, &check), async { tab.get(BOARD).await })
    };
    assert!(told.body.contains("The rows are imported.") && page.status.is_success(), "{}", told.body);
    assert_eq!(asked(&world, JOB), 1);
}
