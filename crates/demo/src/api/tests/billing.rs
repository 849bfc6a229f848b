//! Invoices and subscriptions: filtered, sorted and paged, with every state that boards show.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;

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
    assert_eq!(fixture.billed(&format!("/invoices/{first}")).await["id"], first);
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
