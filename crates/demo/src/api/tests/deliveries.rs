//! The second API: its own audience and scopes, and receiving deliveries.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{AUDIENCE, Fixture, WAREHOUSE};

const LIST: &str = "/warehouse/deliveries";

impl Fixture {
    fn warehouse(&self, scope: &str) -> String {
        let mut claims = self.claims();
        (claims["aud"], claims["scope"]) = (json!(WAREHOUSE), json!(scope));
        self.keys.sign("at+jwt", &claims)
    }

    /// Deliveries in this state.
    async fn deliveries(&self, state: &str) -> Vec<Value> {
        let token = self.warehouse("deliveries:read");
        let reply = self.send(&format!("{LIST}?state={state}"), &[&format!("Bearer {token}")]).await;
        assert_eq!(reply.status, StatusCode::OK);
        reply.body["deliveries"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn rs_05_a_token_for_one_api_is_refused_by_the_other() {
    let fixture = Fixture::start().await;
    let all = json!("orders:read orders:ship deliveries:read deliveries:receive");
    let with = |aud: Value| {
        let mut claims = fixture.claims();
        (claims["aud"], claims["scope"]) = (aud, all.clone());
        format!("Bearer {}", fixture.keys.sign("at+jwt", &claims))
    };
    for (aud, orders, warehouse) in [
        (json!(AUDIENCE), StatusCode::OK, StatusCode::UNAUTHORIZED),
        (json!(WAREHOUSE), StatusCode::UNAUTHORIZED, StatusCode::OK),
        (json!([AUDIENCE, WAREHOUSE]), StatusCode::OK, StatusCode::OK),
        (json!(""), StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED),
    ] {
        let token = with(aud.clone());
        assert_eq!(fixture.send("/orders", &[&token]).await.status, orders, "{aud}");
        let reply = fixture.send(LIST, &[&token]).await;
        assert_eq!(reply.status, warehouse, "{aud}");
        if warehouse == StatusCode::UNAUTHORIZED {
            assert!(reply.challenge.starts_with("Bearer realm=\"warehouse\", error=\"invalid_token\""));
        }
    }
}

#[tokio::test]
async fn rs_08_deliveries_are_read_and_received_with_scopes_of_their_own() {
    let fixture = Fixture::start().await;
    let id = fixture.deliveries("announced").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{LIST}/{id}/receive");
    let refused = fixture.post(&path, &fixture.warehouse("deliveries:read"), json!({ "quantity": 1 })).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.challenge.contains("scope=\"deliveries:receive\""), "{}", refused.challenge);
    let token = fixture.warehouse("deliveries:receive");
    let unread = fixture.send(LIST, &[&format!("Bearer {token}")]).await;
    assert_eq!(unread.status, StatusCode::FORBIDDEN);
    assert!(unread.challenge.contains("scope=\"deliveries:read\""), "{}", unread.challenge);
    assert_eq!(fixture.post(&path, &token, json!({ "quantity": 1 })).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_delivery_is_received_once_and_the_list_knows() {
    let fixture = Fixture::start().await;
    let (announced, arrived) = (fixture.deliveries("announced").await, fixture.deliveries("arrived").await);
    assert!(announced.len() > 5 && arrived.len() > 3);
    assert_eq!(announced.len() + arrived.len(), 24);
    for name in ["id", "article", "sku", "quantity", "from", "expected_on", "state"] {
        assert!(!announced[0][name].is_null(), "{name}");
    }
    let days: Vec<_> = announced.iter().map(|delivery| delivery["expected_on"].as_str().unwrap()).collect();
    assert!(days.is_sorted());

    let token = fixture.warehouse("deliveries:receive");
    let receive = async |delivery: &Value, body: Value| {
        let id = delivery["id"].as_str().unwrap();
        fixture.post(&format!("{LIST}/{id}/receive"), &token, body).await
    };
    for wrong in
        [json!({}), json!({ "quantity": 0 }), json!({ "quantity": "5" }), json!({ "quantity": 10_001 })]
    {
        let refused = receive(&announced[0], wrong.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(refused.body["errors"][0]["pointer"], "/quantity");
    }
    let answer = receive(&announced[0], json!({ "quantity": 15 })).await;
    assert_eq!((&answer.body["state"], &answer.body["received"]), (&json!("arrived"), &json!(15)));
    assert!(fixture.deliveries("arrived").await.contains(&answer.body));
    for gone in [&announced[0], &arrived[0]] {
        let again = receive(gone, json!({ "quantity": 15 })).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert_eq!(again.body["detail"], format!("{} has already arrived.", gone["id"].as_str().unwrap()));
    }
    assert_eq!(
        receive(&json!({ "id": "DEL-1" }), json!({ "quantity": 1 })).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(fixture.deliveries("announced").await.len(), announced.len() - 1);
}
