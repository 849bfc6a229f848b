//! What users do on boards: actions, files that they take out, and requests that they send again. And what the log never
//! contains.

use super::{BOARD, SHIP, count, line, lines, path, request_id, text, world};
use crate::support::{
    Browser, Page,
    hostile::{HostileWorld, Raw},
    until,
};

const ORDERS: &str = r#"{"orders":[{"id":"ORD-1","customer":"canary-customer","status":"open"},
                         {"id":"ORD-2","customer":"canary-customer","status":"open"}]}"#;

async fn ship(world: &HostileWorld, browser: &mut Browser<'_>, answer: Raw) -> Page {
    world.api.script(|script| {
        script.answers.insert("/orders".to_owned(), Raw::json(200, ORDERS));
        script.answers.insert("/orders/ORD-1/ship".to_owned(), answer);
    });
    let form = browser.get(SHIP).await;
    let mut fields = form.fields();
    fields.push(("field-note".to_owned(), "canary-note".to_owned()));
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/api/act", &pairs).await
}

#[tokio::test]
async fn au_08_an_action_names_the_row_its_outcome_and_the_key_that_the_api_got() {
    let world = world("").await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let signed_in = line(&world, "sign_in", &[]).await;
    let page = ship(&world, &mut browser, Raw::json(200, "{}")).await;
    let done = line(&world, "action", &[("outcome", "success")]).await;
    assert_eq!(
        [text(&done, "board"), text(&done, "panel"), text(&done, "action"), text(&done, "row")],
        ["desk", "orders", "ship", "ORD-1"]
    );
    assert_eq!((text(&done, "sub"), text(&done, "session")), ("p-ada", text(&signed_in, "session")));
    assert_eq!((done["api_status"].as_u64(), text(&done, "request")), (Some(200), request_id(&page)));
    let calls = world.api.calls();
    let sent = calls.iter().find(|call| call.path == "/orders/ORD-1/ship").unwrap();
    assert_eq!(text(&done, "idempotency_key"), sent.headers["idempotency-key"].to_str().unwrap());
    assert!(done["reason"].is_null(), "{done}");
    for (answer, outcome, reason) in [
        (Raw::json(409, r#"{"title":"canary-title"}"#), "refused", "api_refused"),
        (Raw::json(202, "{}"), "accepted", ""),
        (Raw::text(500, "text/plain", "canary-fault"), "unclear", "api_failed"),
    ] {
        ship(&world, &mut browser, answer).await;
        let line = line(&world, "action", &[("outcome", outcome)]).await;
        assert_eq!(line["reason"].as_str().unwrap_or_default(), reason, "{line}");
    }
    let demand = "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\"";
    ship(&world, &mut browser, Raw::json(401, "{}").with("www-authenticate", demand)).await;
    line(&world, "action", &[("reason", "step_up_required")]).await;
    browser.post("/auth/sign-out", &[]).await;
    line(&world, "session.ended", &[]).await;
    assert_eq!(count(&world, "action"), 5);
    println!("{}", std::fs::read_to_string(path(&world)).unwrap());
}

#[tokio::test]
async fn au_08_an_action_that_is_sent_twice_is_one_event() {
    let world = world("").await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    world.api.script(|script| {
        script.answers.insert("/orders".to_owned(), Raw::json(200, ORDERS));
        script.answers.insert("/orders/ORD-1/ship".to_owned(), Raw::json(200, "{}"));
    });
    let fields = browser.get(SHIP).await.fields();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for _ in 0..2 {
        browser.post("/api/act", &pairs).await;
    }
    browser.post("/auth/sign-out", &[]).await;
    line(&world, "session.ended", &[]).await;
    assert_eq!(count(&world, "action"), 1);
}

#[tokio::test]
async fn au_08_a_file_that_is_taken_out_has_the_number_of_its_rows_and_a_broken_one_says_so() {
    let world = world("inspect_role = \"author\"\nrole_claims = \"roles\"\n").await;
    world.provider.script(|script| {
        script.person.claims.insert("roles".into(), "author".into());
    });
    let (mut browser, _) = world.signed_in(BOARD).await;
    world.api.script(|script| {
        script.answers.insert("/orders".to_owned(), Raw::json(200, ORDERS));
    });
    for query in ["", "?rows=all"] {
        let file = browser.get(&format!("/boards/desk/csv/orders{query}")).await;
        assert_eq!(file.status, 200, "{}", file.body);
        until(|| count(&world, "download") == usize::from(!query.is_empty()) + 1).await;
        let taken = line(&world, "download", &[("outcome", "success")]).await;
        assert_eq!((taken["rows"].as_u64(), text(&taken, "kind")), (Some(2), "csv"), "{taken}");
        assert_eq!((text(&taken, "panel"), text(&taken, "request")), ("orders", request_id(&file)));
    }
    // A page that is refused is no download.
    browser.get("/boards/desk/csv/nothing").await;
    browser.post("/boards/desk/inspect/orders/send", &[]).await;
    let sent = line(&world, "inspect.send", &[]).await;
    assert_eq!((text(&sent, "panel"), text(&sent, "outcome")), ("orders", "success"));
    assert_eq!(count(&world, "download"), 2);
}

#[tokio::test]
async fn au_09_no_value_of_an_api_and_no_input_of_a_user_is_in_the_log() {
    let world = world("").await;
    let (mut browser, _) = world.signed_in(&format!("{BOARD}?orders.q=canary-search")).await;
    ship(&world, &mut browser, Raw::json(200, r#"{"message":"canary-answer"}"#)).await;
    ship(&world, &mut browser, Raw::json(409, r#"{"detail":"canary-detail"}"#)).await;
    browser.get("/boards/desk/csv/orders?orders.q=canary-customer").await;
    browser.post("/auth/sign-out", &[]).await;
    line(&world, "session.ended", &[]).await;
    let text = std::fs::read_to_string(path(&world)).unwrap();
    assert!(lines(&world).len() >= 5 && text.contains("ORD-1"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn au_05_a_place_that_cannot_be_written_is_a_warning_of_readiness_and_loses_no_line() {
    let world = HostileWorld::with("audit = \"file:FOLDER/later/audit.jsonl\"\n").await;
    let (_browser, page) = world.signed_in("/account").await;
    assert!(page.is_of_app(), "nothing waits for it");
    until(|| !world.services.audit.warnings().is_empty()).await;
    let warning = world.services.audit.warnings().concat();
    assert!(warning.contains("lines that wait: ") && warning.contains("`audit`"), "{warning}");
    std::fs::create_dir(path(&world).parent().unwrap()).unwrap();
    line(&world, "sign_in", &[("outcome", "success")]).await;
    until(|| world.services.audit.warnings().is_empty()).await;
}

#[tokio::test]
async fn au_02_without_the_setting_nothing_is_written_and_all_works() {
    let world = HostileWorld::start().await;
    let (_browser, page) = world.signed_in("/account").await;
    assert!(page.is_of_app() && world.services.audit.warnings().is_empty());
}
