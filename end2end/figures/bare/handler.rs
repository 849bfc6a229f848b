//! The cost of a board's API calls without a board: an axum handler that makes them all at once with a bearer token,
//! parses each response, and returns their number.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use futures::future::try_join_all;
use serde_json::{Value, json};

use crate::Failure;

struct Calls {
    client: reqwest::Client,
    addresses: Vec<String>,
    token: String,
}

/// `GET /`.
pub(crate) fn router(api: &str, token: &str, paths: &[&str]) -> Result<Router, Failure> {
    let calls = Calls {
        client: reqwest::Client::builder().no_proxy().build()?,
        addresses: paths.iter().map(|path| format!("{api}{path}")).collect(),
        token: token.to_owned(),
    };
    Ok(Router::new().route("/", get(answer)).with_state(Arc::new(calls)))
}

async fn answer(State(calls): State<Arc<Calls>>) -> Result<Json<Value>, StatusCode> {
    let answers = calls.addresses.iter().map(|address| call(&calls, address));
    let answers = try_join_all(answers).await?;
    let members: usize = answers.iter().filter_map(Value::as_object).map(|answer| answer.len()).sum();
    Ok(Json(json!({ "answers": answers.len(), "members": members })))
}

async fn call(calls: &Calls, address: &str) -> Result<Value, StatusCode> {
    let answer = calls.client.get(address).bearer_auth(&calls.token).send().await;
    let answer = answer.and_then(reqwest::Response::error_for_status).map_err(|_| StatusCode::BAD_GATEWAY)?;
    let body = answer.bytes().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_GATEWAY)
}
