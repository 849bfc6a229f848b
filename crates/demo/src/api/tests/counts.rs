//! Counting the stock, which the API accepts and does later.

use axum::http::StatusCode;
use serde_json::json;

use super::Fixture;

#[tokio::test]
async fn ac_23_a_count_is_accepted_and_done_after_some_seconds() {
    let fixture = Fixture::start().await;
    let token = fixture.with("scope", json!("service:write"));
    let begun = fixture.post("/stock/counts", &token, json!({})).await;
    assert_eq!((begun.status, &begun.body["state"]), (StatusCode::ACCEPTED, &json!("running")));
    let path = format!("/stock/counts/{}", begun.body["id"].as_str().unwrap());
    let bearer = format!("Bearer {token}");
    for (secs, state) in [(0, "running"), (7, "running"), (1, "done"), (900, "done")] {
        fixture.clock.advance(secs);
        let token = fixture.with("scope", json!("service:write"));
        let reply = fixture.send(&path, &[&format!("Bearer {token}")]).await;
        assert_eq!((reply.status, &reply.body["state"]), (StatusCode::OK, &json!(state)), "{secs}");
    }
    for unknown in ["CNT-", "CNT-x", "CNT-99999999999", "7"] {
        let reply = fixture.send(&format!("/stock/counts/{unknown}"), &[&bearer]).await;
        assert_ne!(reply.status, StatusCode::OK, "{unknown}");
    }
    let reader = fixture.with("scope", json!("orders:read"));
    assert_eq!(fixture.post("/stock/counts", &reader, json!({})).await.status, StatusCode::FORBIDDEN);
}
