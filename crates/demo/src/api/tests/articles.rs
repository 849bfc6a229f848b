//! The price list, which is searched by `POST`, and the budgets of departments.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Fixture;

const SEARCH: &str = "/articles/search";

impl Fixture {
    /// The SKUs of an answer, and its total.
    async fn skus(&self, body: Value) -> (Vec<String>, u64) {
        let reply = self.post(SEARCH, &self.token(), body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        let hits = reply.body["hits"].as_array().unwrap().iter();
        (
            hits.map(|hit| hit["sku"].as_str().unwrap().to_owned()).collect(),
            reply.body["total"].as_u64().unwrap(),
        )
    }
}

#[tokio::test]
async fn the_body_of_a_search_filters_sorts_and_pages() {
    let fixture = Fixture::start().await;
    let (all, total) = fixture.skus(json!({})).await;
    assert!(all.len() == 12 && total == 12 && all.is_sorted(), "{all:?}");
    let (few, total) = fixture.skus(json!({ "text": "pen", "sort": "fill", "order": "desc" })).await;
    assert_eq!((few, total), (vec!["PEN-FNT".to_owned(), "PEN-RLL".to_owned()], 2));
    let (page, total) = fixture.skus(json!({ "limit": 5, "offset": 10 })).await;
    assert_eq!((page.as_slice(), total), (&all[10..], 12));
    let reply = fixture.post(SEARCH, &fixture.token(), json!({ "text": "PEN-RLL" })).await;
    assert_eq!(reply.body["hits"][0]["currency"], "JPY", "whose smallest unit is the yen");
}

#[tokio::test]
async fn a_search_checks_its_token_and_its_fields() {
    let fixture = Fixture::start().await;
    for (body, status) in [
        (json!({ "limit": 100 }), StatusCode::OK),
        (json!({ "limit": 101 }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "sort": "name" }), StatusCode::OK),
        (json!({ "sort": "stock; drop" }), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let shown = body.to_string();
        assert_eq!(fixture.post(SEARCH, &fixture.token(), body).await.status, status, "{shown}");
    }
    let weak = fixture.with("scope", json!("openid"));
    assert_eq!(fixture.post(SEARCH, &weak, json!({})).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_article_has_a_picture_for_callers_with_a_token() {
    let fixture = Fixture::start().await;
    let hit = fixture.post(SEARCH, &fixture.token(), json!({ "text": "LMP-DSK" })).await;
    let address = hit.body["hits"][0]["picture"].as_str().unwrap().to_owned();
    let picture = fixture.get(&address).await;
    assert_eq!((picture.status, picture.content_type.as_str()), (StatusCode::OK, "image/png"));
    assert_eq!(fixture.get("/articles/NONE/picture").await.status, StatusCode::NOT_FOUND);
    assert_eq!(fixture.send(&address, &[]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_department_has_a_budget() {
    let fixture = Fixture::start().await;
    let token = format!("Bearer {}", fixture.token());
    let reply = fixture.send("/departments/Sales/budget", &[&token]).await;
    assert_eq!((reply.status, &reply.body["left"]), (StatusCode::OK, &json!(24_980)));
    assert_eq!(fixture.send("/departments/Nowhere/budget", &[&token]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(fixture.send("/departments/Sales/budget", &[]).await.status, StatusCode::UNAUTHORIZED);
}
