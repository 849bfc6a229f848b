//! Several APIs, and APIs that answer in their own ways.

use claimcheck_server::doctor::CheckOutcome::{Mistake, Ok, Skipped, Warning};

use super::{QUIET, findings, healthy, mistakes};
use crate::support::hostile::{HostileWorld, Raw};

#[tokio::test]
async fn dr_08_doctor_accepts_what_apis_rightly_answer_without_a_token() {
    let world = healthy().await;
    for (status, kind) in [
        (401, "application/json"),
        (403, "text/html"),
        (400, "application/problem+json"),
        (405, "text/plain"),
        (406, "text/plain"),
    ] {
        world.api.script(|script| script.instead = Some(Raw::text(status, kind, "{}")));
        let found = findings(&world).await;
        assert!(mistakes(&found).is_empty(), "{status}: {found:#?}");
    }
    // One path of several is not there: perhaps the API hides it.
    world.api.script(|script| {
        script.by_call = Some(|call| Raw::json(if call.path == "/orders" { 404 } else { 401 }, "{}"));
    });
    let found = findings(&world).await;
    let of_api: Vec<_> = found.iter().filter(|finding| finding.check == "api.reachable").collect();
    assert_eq!(
        of_api.iter().map(|finding| finding.outcome).collect::<Vec<_>>(),
        [Ok, Warning],
        "{of_api:#?}"
    );
    assert!(of_api[1].found.contains("/orders does not exist"), "{of_api:#?}");
}

#[tokio::test]
async fn dr_08_doctor_checks_each_api_by_itself() {
    let board = "[[board]]\nid = \"a\"\ntitle = \"A\"\n";
    let panel = |title: &str, more: &str| {
        format!("[[board.panel]]\ntitle = \"{title}\"\nkind = \"stat\"\nvalue = \"$.total\"\n{more}\n")
    };
    let api = |id: &str, more: &str| {
        format!("[[api]]\nid = \"{id}\"\ntitle = \"{id}\"\nurl = \"WAREHOUSE\"\n{more}\n")
    };
    let settings = format!(
        "resource = \"https://orders.example.com\"\n{QUIET}{}{}{board}{}{}",
        api("stock", "resource = \"https://stock.example.com\""),
        api("prices", "auth = \"none\"\n[api.headers]\nX-Team = \"a\""),
        panel("Stock", "api = \"stock\"\nget = \"/stock?open=1\""),
        panel("Prices", "api = \"prices\"\nget = \"/prices\""),
    );
    let world = HostileWorld::with(&settings).await;
    world.warehouse.script(|script| {
        script.by_call = Some(|call| match call.path.as_str() {
            "/prices" => Raw::json(200, "{}"),
            _ => Raw::json(500, "{}"),
        });
    });
    let found = findings(&world).await;
    let of = |subject: &str| {
        let is_it = |finding: &&claimcheck_server::doctor::CheckFinding| {
            finding.check == "api.reachable" && finding.subject.as_deref() == Some(subject)
        };
        found.iter().find(is_it).unwrap()
    };
    assert_eq!(of("default").outcome, Skipped, "no panel uses it");
    assert_eq!((of("stock").outcome, of("stock").key.as_deref()), (Mistake, Some("api.url")));
    assert_eq!(of("prices").outcome, Ok, "it needs no token");
    let calls = world.warehouse.calls();
    assert!(
        calls.iter().all(|call| call.headers.get("x-team").is_none()),
        "headers of settings may be secrets"
    );
    assert!(calls.iter().all(|call| call.query.is_empty()));
}
