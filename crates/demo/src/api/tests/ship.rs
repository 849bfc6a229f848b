//! Shipping, and the common rules of all writes: bodies, keys of repeated requests, scopes.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Fixture, Reply};

const ALL: &str = "orders:read orders:ship reports:read";

impl Fixture {
    fn shipper(&self) -> String {
        self.with("scope", json!(ALL))
    }

    async fn ship(&self, id: &str, body: Value) -> Reply {
        self.post(&format!("/orders/{id}/ship"), &self.shipper(), body).await
    }

    /// The ids of orders in this state, newest first.
    async fn ids(&self, status: &str) -> Vec<String> {
        let body = self.get(&format!("/orders?status={status}&limit=1000")).await.body;
        body["orders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| order["id"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn count(&self, status: &str) -> u64 {
        let body = self.get("/orders/summary?by=status").await.body;
        let rows = body["statuses"].as_array().unwrap();
        rows.iter().find(|row| row["status"] == status).unwrap()["orders"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn an_order_is_shipped_once_and_every_page_knows() {
    let fixture = Fixture::start().await;
    let (open, packed, shipped) =
        (fixture.count("open").await, fixture.count("packed").await, fixture.count("shipped").await);
    for (state, body, carrier) in [
        ("open", json!({ "carrier": "DHL", "note": "Ring twice", "parcels": 2 }), "DHL"),
        ("packed", json!({ "carrier": null, "note": "" }), "Post"),
    ] {
        let id = fixture.ids(state).await[0].clone();
        let before = fixture.get(&format!("/orders/{id}")).await.body;
        assert!(before.get("carrier").is_none());
        let answer = fixture.ship(&id, body.clone()).await;
        assert_eq!((answer.status, &answer.body["status"]), (StatusCode::OK, &json!("shipped")));
        assert_eq!((&answer.body["id"], &answer.body["carrier"]), (&json!(id), &json!(carrier)));
        let order = fixture.get(&format!("/orders/{id}")).await.body;
        assert_eq!(order, answer.body);
        for name in ["note", "parcels"] {
            assert_eq!(order.get(name), body.get(name).filter(|_| state == "open"), "{name}");
        }
        let history = order["history"].as_array().unwrap();
        assert_eq!(history.len(), before["history"].as_array().unwrap().len() + 1);
        assert_eq!(history.last().unwrap()["event"], "shipped");
        assert!(fixture.ids("shipped").await.contains(&id));
        let again = fixture.ship(&id, body).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert_eq!(again.content_type, "application/problem+json; charset=utf-8");
        assert_eq!(again.body["detail"], format!("{id} has already been shipped."));
    }
    assert_eq!(
        [fixture.count("open").await, fixture.count("packed").await, fixture.count("shipped").await],
        [open - 1, packed - 1, shipped + 2]
    );
    assert_eq!(fixture.get("/orders/summary").await.body["open"], open - 1);
    // It is still shipped on another day.
    fixture.clock.advance(86_400);
    assert_eq!([fixture.count("open").await, fixture.count("shipped").await], [open - 1, shipped + 2]);
}

#[tokio::test]
async fn what_has_left_or_was_cancelled_or_is_unknown_is_not_shipped() {
    let fixture = Fixture::start().await;
    for (status, why) in [
        ("shipped", "has already been shipped"),
        ("returned", "has been returned"),
        ("cancelled", "has been cancelled"),
    ] {
        let id = fixture.ids(status).await[0].clone();
        let refused = fixture.ship(&id, json!({})).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert_eq!(refused.body["detail"], format!("{id} {why}."));
    }
    assert_eq!(fixture.ship("ORD-1", json!({})).await.status, StatusCode::NOT_FOUND);
    let id = fixture.ids("packed").await[0].clone();
    assert_eq!(fixture.ship(&id, json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_is_json_of_bounded_size_with_fields_that_make_sense_or_nothing_at_all() {
    let fixture = Fixture::start().await;
    let ids = fixture.ids("open").await;
    let path = format!("/orders/{}/ship", ids[0]);
    let token = fixture.shipper();
    let send = async |content_type: &str, body: &str| {
        fixture.post_as(&path, &token, &[("content-type", content_type)], body.to_owned()).await
    };
    let large = json!({ "note": "x".repeat(16 * 1024) }).to_string();
    for (content_type, body, status) in [
        ("text/plain", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", "carrier=DHL", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/json", &large, StatusCode::PAYLOAD_TOO_LARGE),
        ("application/json", "{", StatusCode::BAD_REQUEST),
        ("application/json", "[]", StatusCode::BAD_REQUEST),
        ("application/json", "{\"carrier\":\"Pigeon\"}", StatusCode::UNPROCESSABLE_ENTITY),
        ("application/json", "{\"parcels\":0}", StatusCode::UNPROCESSABLE_ENTITY),
        ("application/json", "{\"parcels\":\"2\"}", StatusCode::UNPROCESSABLE_ENTITY),
        ("application/json", "{\"parcels\":1.5}", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = send(content_type, body).await;
        assert_eq!(refused.status, status, "{content_type} {body}");
        assert_eq!(refused.content_type, "application/problem+json; charset=utf-8");
    }
    assert_eq!(send("Application/JSON; charset=utf-8", "{\"parcels\":99}").await.status, StatusCode::OK);
    let path = format!("/orders/{}/ship", ids[1]);
    let empty = fixture.post_as(&path, &token, &[("content-type", "")], String::new()).await;
    assert_eq!(empty.status, StatusCode::OK);
    let reading = fixture.get(&path).await;
    assert_eq!(reading.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_same_key_does_nothing_twice_and_answers_as_the_first_time() {
    let fixture = Fixture::start().await;
    let ids = fixture.ids("open").await;
    let token = fixture.shipper();
    let send = async |id: &str, key: &str, body: &str| {
        let path = format!("/orders/{id}/ship");
        fixture.post_as(&path, &token, &[("idempotency-key", key)], body.to_owned()).await
    };
    let first = send(&ids[0], "\"one\"", "{\"parcels\":1}").await;
    for _ in 0..3 {
        let again = send(&ids[0], "\"one\"", "{\"parcels\":1}").await;
        assert_eq!((again.status, &again.body), (StatusCode::OK, &first.body));
    }
    // A refusal is a response, too.
    let conflict = send(&ids[0], "\"two\"", "{}").await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    let again = send(&ids[0], "two", "{}").await;
    assert_eq!((again.status, &*again.content_type), (StatusCode::CONFLICT, &*conflict.content_type));
    // Another body is another request, and another path another resource.
    let other = send(&ids[0], "\"one\"", "{\"parcels\":2}").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.body["detail"].as_str().unwrap().contains("Idempotency-Key"), "{}", other.body);
    assert_eq!(send(&ids[1], "\"one\"", "{\"parcels\":1}").await.body["id"], ids[1]);
    for wrong in ["", "\"\"", "a\"b", &"k".repeat(256)] {
        assert_eq!(send(&ids[2], wrong, "{}").await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    // A refused body has done nothing, so the key is still free.
    assert_eq!(send(&ids[2], "\"three\"", "{\"parcels\":0}").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(&ids[2], "\"three\"", "{\"parcels\":1}").await.status, StatusCode::OK);
}

#[tokio::test]
async fn rs_08_every_write_names_the_scope_it_lacks() {
    let fixture = Fixture::start().await;
    let id = fixture.ids("open").await[0].clone();
    let path = format!("/orders/{id}/ship");
    for scope in ["orders:read", "orders:ship:all", "orders:shi", ""] {
        let refused = fixture.post(&path, &fixture.with("scope", json!(scope)), json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{scope}");
        assert!(refused.challenge.contains("error=\"insufficient_scope\""), "{}", refused.challenge);
        assert!(refused.challenge.contains("scope=\"orders:ship\""), "{}", refused.challenge);
    }
    let accepted = fixture.post(&path, &fixture.with("scope", json!("orders:ship")), json!({})).await;
    assert_eq!(accepted.status, StatusCode::OK);
}
