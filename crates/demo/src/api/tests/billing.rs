//! Invoices and subscriptions: filtered, sorted and paged, with every state that boards show.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Fixture;

impl Fixture {
    async fn billed(&self, path: &str) -> Value {
        let reply = self.send(path, &[&format!("Bearer {}", self.token())]).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        reply.body
    }
}

fn all<'a>(answer: &'a Value, member: &str) -> Vec<&'a str> {
    answer["data"].as_array().unwrap().iter().map(|row| row[member].as_str().unwrap()).collect()
}

#[tokio::test]
async fn invoices_are_filtered_sorted_and_paged() {
    let fixture = Fixture::start().await;
    let answer = fixture.billed("/invoices?limit=1000").await;
    assert_eq!(answer["total"], answer["data"].as_array().unwrap().len());
    let states: BTreeSet<_> = all(&answer, "status").into_iter().collect();
    assert_eq!(states.len(), 6, "{states:?}");
    let due = fixture.billed("/invoices?status=past_due&sort=-due&limit=3").await;
    let days = all(&due, "due");
    assert!(days.len() == 3 && days.is_sorted_by(|a, b| a >= b), "{days:?}");
    assert!(all(&due, "status").iter().all(|status| *status == "past_due"));
    let first = all(&answer, "id")[0];
    assert_eq!(fixture.billed(&format!("/invoices/{first}")).await["data"]["id"], first);
    let found = fixture.billed(&format!("/invoices?q={first}")).await;
    assert_eq!(found["total"], 1);
}

#[tokio::test]
async fn invoices_refuse_what_they_do_not_know() {
    let fixture = Fixture::start().await;
    let token = format!("Bearer {}", fixture.token());
    for (path, status) in [
        ("/invoices?sort=amount", StatusCode::OK),
        ("/invoices?sort=labels", StatusCode::BAD_REQUEST),
        ("/invoices?status=paid", StatusCode::OK),
        ("/invoices?status=lost", StatusCode::BAD_REQUEST),
        ("/invoices/INV-00000", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(fixture.send(path, &[&token]).await.status, status, "{path}");
    }
    assert_eq!(fixture.send("/invoices", &[]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_customer_has_a_subscription() {
    let fixture = Fixture::start().await;
    let answer = fixture.billed("/subscriptions").await;
    let rows = answer["data"].as_array().unwrap();
    let sum: u64 = rows.iter().map(|row| row["mrr"].as_u64().unwrap()).sum();
    assert_eq!((rows.len(), answer["mrr"].as_u64()), (20, Some(sum)));
    assert!(rows.iter().all(|row| row["seats_used"].as_u64() <= row["seats"].as_u64()));
    let few = fixture.billed("/subscriptions?status=trialing").await;
    assert!(few["total"].as_u64().is_some_and(|total| total > 0 && total < 20));
}

#[tokio::test]
async fn an_invoice_is_created_reminded_and_voided_and_each_rule_is_named() {
    let fixture = Fixture::start().await;
    let token = fixture.with("scope", json!("orders:read service:write"));
    let wrong = json!({ "customer": "CUS-999", "amount": 0, "days": 200 });
    let refused = fixture.post("/invoices", &token, wrong).await;
    let pointers: Vec<_> =
        refused.body["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/customer", "/amount", "/days"]);
    let body = json!({ "customer": "CUS-008", "amount": 120.5, "days": 30, "reference": "PO-1" });
    let created = fixture.post("/invoices", &token, body).await;
    assert_eq!((created.status, created.location.as_str()), (StatusCode::CREATED, "/invoices/INV-20401"));
    assert!(created.body["amount"] == 12_050 && created.body["currency"] == "NOK", "{}", created.body);
    let list = fixture.billed("/invoices?customer=CUS-008&currency=NOK&limit=1").await;
    assert_eq!(list["data"][0]["id"], "INV-20401");
    let reminded = fixture.post("/invoices/INV-20401/remind", &token, json!({})).await;
    assert_eq!((reminded.status, &reminded.body["reminded"]), (StatusCode::OK, &json!(true)));
    assert_eq!(
        fixture.billed("/invoices?reminded=true&customer=CUS-008&limit=1").await["data"][0]["id"],
        "INV-20401"
    );
    let voided = fixture.post("/invoices/INV-20401/void", &token, json!({})).await;
    assert_eq!((voided.status, &voided.body["status"]), (StatusCode::OK, &json!("void")));
    for path in ["/invoices/INV-20401/void", "/invoices/INV-20401/remind"] {
        assert_eq!(fixture.post(path, &token, json!({})).await.status, StatusCode::CONFLICT, "{path}");
    }
    assert_eq!(fixture.post("/invoices/INV-1/void", &token, json!({})).await.status, StatusCode::NOT_FOUND);
    let reader = fixture.with("scope", json!("orders:read"));
    assert_eq!(fixture.post("/invoices", &reader, json!({})).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn invoices_of_a_month_or_due_by_a_day_are_those() {
    let fixture = Fixture::start().await;
    let whole = fixture.billed("/invoices?limit=1000").await;
    let month = &all(&whole, "issued")[40][..7];
    let some = fixture.billed(&format!("/invoices?month={month}&limit=1000")).await;
    assert!(
        !all(&some, "issued").is_empty() && all(&some, "issued").iter().all(|day| day.starts_with(month))
    );
    let day = all(&whole, "due")[40];
    let some =
        fixture.billed(&format!("/invoices?due_by={day}&status=open&status=past_due&limit=1000")).await;
    assert!(all(&some, "due").iter().all(|due| *due <= day));
    let large = fixture.billed("/invoices?min=900&limit=1000").await;
    assert!(large["data"].as_array().unwrap().iter().all(|row| row["amount"].as_u64() >= Some(90_000)));
}
