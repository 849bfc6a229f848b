//! Customers, subscriptions, usage and tickets: the same ids everywhere, pages by cursor and by URL, and what users change.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Fixture, Reply};

impl Fixture {
    async fn serve(&self, path: &str, body: Value) -> Reply {
        self.post(path, &self.with("scope", json!("orders:read service:write")), body).await
    }
}

fn rows<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body[name].as_array().unwrap()
}

#[tokio::test]
async fn a_customer_has_the_same_id_in_every_resource() {
    let fixture = Fixture::start().await;
    let listed = fixture.get("/customers").await.body;
    let ids: BTreeSet<_> = rows(&listed, "customers").iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 20);
    for (path, list, id) in [
        ("/orders?limit=200", "orders", "/customer_id"),
        ("/invoices?limit=200", "data", "/customer/id"),
        ("/subscriptions", "data", "/customer/id"),
        ("/tickets", "tickets", "/customer/id"),
        ("/usage", "customers", "/id"),
    ] {
        let body = fixture.get(path).await.body;
        let found: Vec<_> = rows(&body, list).iter().map(|row| row.pointer(id).unwrap()).collect();
        assert!(!found.is_empty() && found.iter().all(|id| ids.contains(id.as_str().unwrap())), "{path}");
    }
    for (path, list) in
        [("orders", "orders"), ("invoices", "data"), ("subscriptions", "data"), ("tickets", "tickets")]
    {
        let body = fixture.get(&format!("/{path}?customer=CUS-003")).await.body;
        let is_theirs = |row: &Value| {
            row["customer"]["name"] == "Bakkerij De Haven" || row["customer"] == "Bakkerij De Haven"
        };
        assert!(!rows(&body, list).is_empty() && rows(&body, list).iter().all(is_theirs), "{path}");
        let nobody = fixture.get(&format!("/{path}?customer=CUS-999")).await.body;
        assert!(rows(&nobody, list).is_empty(), "{path}");
    }
}

#[tokio::test]
async fn one_customer_has_an_address_contacts_a_plan_usage_and_events() {
    let fixture = Fixture::start().await;
    for id in (1..=20).map(|number| format!("CUS-{number:03}")) {
        let one = &fixture.get(&format!("/customers/{id}")).await.body["data"];
        assert!(one["id"] == id && one["address"]["city"] == one["city"], "{one}");
        assert!(
            !rows(one, "contacts").is_empty() && one["plan"]["price_cents"].as_u64() > Some(100),
            "{one}"
        );
        let open = fixture.get(&format!("/invoices?customer={id}&status=open&status=past_due")).await.body;
        assert_eq!(one["open_invoices"], open["total"], "{id}");
        let cents: u64 = rows(&open, "data").iter().map(|row| row["amount"].as_u64().unwrap()).sum();
        assert_eq!(one["balance_cents"], cents, "{id}");
        let usage = fixture.get(&format!("/customers/{id}/usage")).await.body;
        let months: Vec<_> = rows(&usage, "data").iter().map(|row| row["month"].as_str().unwrap()).collect();
        assert!(months.len() == 12 && months.is_sorted_by(|a, b| a < b), "{months:?}");
        let events = fixture.get(&format!("/customers/{id}/events")).await.body;
        assert!(!rows(&events, "events").is_empty(), "{id}");
        assert!(
            rows(&events, "events").is_sorted_by(|a, b| a["at"].as_str() >= b["at"].as_str()),
            "{events}"
        );
    }
    for path in ["/customers/CUS-021", "/customers/x/usage", "/customers/x/events"] {
        assert_eq!(fixture.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let few = fixture.get("/customers?status=past_due&region=central").await.body;
    assert!(
        rows(&few, "customers").iter().all(|row| row["region"] == "central" && row["status"] == "past_due")
    );
}

#[tokio::test]
async fn subscriptions_have_the_url_of_the_next_page() {
    let fixture = Fixture::start().await;
    let (mut path, mut ids) = ("/subscriptions?limit=8&status=active".to_owned(), Vec::new());
    let whole = fixture.get("/subscriptions?status=active").await.body;
    assert!(whole["links"]["next"].is_null());
    loop {
        let page = fixture.get(&path).await.body;
        ids.extend(rows(&page, "data").iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page["links"]["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    let all: Vec<_> = rows(&whole, "data").iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, all);
}

#[tokio::test]
async fn a_plan_is_changed_and_every_resource_knows() {
    let fixture = Fixture::start().await;
    let before = fixture.get("/plans").await.body;
    assert_eq!(
        rows(&before, "plans").iter().map(|plan| plan["customers"].as_u64().unwrap()).sum::<u64>(),
        20
    );
    let path = "/subscriptions/SUB-001/plan";
    let refused = fixture.serve(path, json!({ "plan": "gold" })).await;
    assert_eq!(
        (refused.status, &refused.body["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/plan"))
    );
    assert_eq!(fixture.serve(path, json!({ "plan": "business" })).await.body["plan"], "Business");
    let one = &fixture.get("/customers/CUS-001").await.body["data"];
    assert!(one["plan"]["id"] == "business" && one["mrr_cents"] == 89_900, "{one}");
    let ended = fixture.serve("/subscriptions/SUB-010/plan", json!({ "plan": "team" })).await;
    assert_eq!(ended.status, StatusCode::CONFLICT);
    assert_eq!(
        fixture.serve("/subscriptions/SUB-999/plan", json!({ "plan": "team" })).await.status,
        StatusCode::NOT_FOUND
    );
    let token = fixture.with("scope", json!("orders:read"));
    assert_eq!(fixture.post(path, &token, json!({ "plan": "team" })).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn tickets_are_paged_by_cursor_and_take_notes() {
    let fixture = Fixture::start().await;
    let (mut cursor, mut ids) = (String::new(), BTreeSet::new());
    let total = loop {
        let page = fixture.get(&format!("/tickets?limit=25{cursor}")).await.body;
        ids.extend(rows(&page, "tickets").iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break page["total"].as_u64().unwrap(),
        }
    };
    assert_eq!(ids.len() as u64, total);
    assert_eq!(fixture.get("/tickets?cursor=x").await.status, StatusCode::BAD_REQUEST);
    let open = fixture.get("/tickets?status=open&status=waiting&priority=urgent").await.body;
    assert!(
        rows(&open, "tickets").iter().all(|row| row["status"] != "solved" && row["priority"] == "urgent")
    );
    let first = fixture.get("/tickets?status=open&limit=1").await.body["tickets"][0]["id"].clone();
    let path = format!("/tickets/{}", first.as_str().unwrap());
    let events = rows(&fixture.get(&path).await.body["data"], "events").len();
    let empty = fixture.serve(&format!("{path}/notes"), json!({ "text": "" })).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let noted = fixture
        .serve(&format!("{path}/notes"), json!({ "text": "Called.\nSolved.", "status": "solved" }))
        .await;
    assert_eq!((noted.status, &noted.body["data"]["status"]), (StatusCode::CREATED, &json!("solved")));
    let after = fixture.get(&path).await.body;
    assert_eq!(
        (after["data"].clone(), rows(&after["data"], "events").len()),
        (noted.body["data"].clone(), events + 1)
    );
    for _ in 1..50 {
        assert_eq!(
            fixture.serve(&format!("{path}/notes"), json!({ "text": "More" })).await.status,
            StatusCode::CREATED
        );
    }
    let full = fixture.serve(&format!("{path}/notes"), json!({ "text": "More" })).await;
    assert_eq!(full.status, StatusCode::CONFLICT);
    assert_eq!(
        fixture.serve("/tickets/TIC-1/notes", json!({ "text": "A" })).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn revenue_by_region_and_month_adds_up() {
    let fixture = Fixture::start().await;
    let all = fixture.get("/reports/revenue").await.body;
    let sum = |rows: &[Value]| rows.iter().map(|row| row["revenue"].as_u64().unwrap()).sum::<u64>();
    let total = all["revenue"].as_u64().unwrap();
    assert_eq!([sum(rows(&all, "months")), sum(rows(&all, "regions"))], [total, total]);
    assert!(all["margin_part"].as_f64().is_some_and(|part| part > 0.1 && part < 0.9));
    let month = rows(&all, "months")[20]["month"].as_str().unwrap();
    let one = fixture.get(&format!("/reports/revenue?month={month}&region=nordics")).await.body;
    assert!(rows(&one, "regions").len() == 1 && one["target"].as_u64() > Some(1000), "{one}");
    let is_it = |row: &&Value| row["month"] == month && row["region"] == "nordics";
    assert_eq!(one["revenue"], rows(&all, "months").iter().find(is_it).unwrap()["revenue"]);
    for wrong in ["month=2026", "month=2026-13", "region=moon"] {
        assert_eq!(
            fixture.get(&format!("/reports/revenue?{wrong}")).await.status,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    let plain = format!("Bearer {}", fixture.with("roles", json!([])));
    assert_eq!(fixture.send("/reports/revenue", &[&plain]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_usage_of_a_customer_is_the_same_on_every_page_and_adds_up() {
    let fixture = Fixture::start().await;
    let subscriptions = fixture.get("/subscriptions").await.body;
    let of_id = |id: &str| {
        rows(&subscriptions, "data").iter().find(|row| row["customer"]["id"] == id).cloned().unwrap()
    };
    let one = fixture.get("/customers/CUS-003/usage").await.body;
    let month = rows(&one, "data")[10].clone();
    let begin = month["month"].as_str().unwrap();
    let days = (28..=31).rev().map(|day| format!("/usage?from={begin}-01&to={begin}-{day}"));
    let mut usage = Value::Null;
    for path in days {
        let answer = fixture.get(&path).await;
        if answer.status == StatusCode::OK {
            usage = answer.body;
            break;
        }
    }
    let listed = rows(&usage, "customers").iter().find(|row| row["id"] == "CUS-003").unwrap();
    assert!(listed["calls"].as_u64() > Some(0));
    assert_eq!(listed["calls"], month["calls"]);
    for row in rows(&usage, "customers") {
        assert_eq!(row["reads"].as_u64().unwrap() + row["writes"].as_u64().unwrap(), row["calls"]);
        let id = row["id"].as_str().unwrap();
        let months = fixture.get(&format!("/customers/{id}/usage")).await.body;
        assert_eq!(rows(&months, "data")[11]["storage"], of_id(id)["storage"], "{id}");
        assert_eq!(rows(&months, "data")[11]["seats"], of_id(id)["seats_used"], "{id}");
    }
    for list in ["days", "regions", "days_by_region"] {
        let sum: u64 = rows(&usage, list).iter().map(|row| row["calls"].as_u64().unwrap()).sum();
        assert_eq!(usage["calls"], sum, "{list}");
    }
}

#[tokio::test]
async fn nothing_in_the_history_of_an_invoice_is_later_than_now() {
    let fixture = Fixture::start().await;
    let open = fixture.get("/invoices?status=open&reminded=false&limit=1").await.body;
    let id = rows(&open, "data")[0]["id"].as_str().unwrap().to_owned();
    for (action, event) in [("remind", "reminded"), ("void", "voided")] {
        assert_eq!(
            fixture.serve(&format!("/invoices/{id}/{action}"), json!({})).await.status,
            StatusCode::OK
        );
        let one = fixture.get(&format!("/invoices/{id}")).await.body;
        let history = rows(&one["data"], "history");
        let now = OffsetDateTime::now_utc().truncate_to_second().format(&Rfc3339).unwrap();
        assert!(history.iter().any(|row| row["event"] == event), "{history:?}");
        assert!(history.iter().all(|row| row["at"].as_str() <= Some(now.as_str())), "{now}: {history:?}");
    }
}

#[tokio::test]
async fn ac_18_a_customer_is_changed_only_in_the_version_that_the_caller_knows() {
    let fixture = Fixture::start().await;
    let token = fixture.with("scope", json!("orders:read service:write"));
    let at = ("/customers/CUS-003", &*token);
    let tag = async || fixture.send_as("GET", at, &[], String::new()).await;
    let first = tag().await;
    assert!(first.tag.starts_with('"') && first.tag.len() > 20, "{}", first.tag);
    let body = |city: &str| json!({ "address": { "city": city } });
    let change = async |version: &[(&'static str, &str)], body: Value| {
        fixture.send_as("PATCH", at, version, body.to_string()).await.status
    };
    for (version, status) in [
        (&[][..], StatusCode::PRECONDITION_REQUIRED),
        (&[("if-match", "\"other\"")][..], StatusCode::PRECONDITION_FAILED),
        (&[("if-match", &*format!("W/{}", first.tag))][..], StatusCode::PRECONDITION_FAILED),
    ] {
        assert_eq!(change(version, body("Gent")).await, status, "{version:?}");
    }
    let long = json!({ "address": { "city": "x".repeat(81) } });
    let refused = fixture.send_as("PATCH", at, &[("if-match", &first.tag)], long.to_string()).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/address/city");
    assert_eq!(change(&[("if-match", &first.tag)], body("Gent")).await, StatusCode::OK);
    assert_eq!(change(&[("if-match", &first.tag)], body("Brugge")).await, StatusCode::PRECONDITION_FAILED);
    let now = tag().await;
    assert_eq!(
        (&now.body["data"]["address"]["city"], &now.body["data"]["city"]),
        (&json!("Gent"), &json!("Gent"))
    );
    assert_eq!(
        now.body["data"]["address"]["street"], first.body["data"]["address"]["street"],
        "what is absent stays"
    );
}
