//! `GET /stock`: the articles in stock, and those to be reordered.

use axum::{http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    bearer::Bearer,
    catalogue::{ARTICLES, Article},
    desk::money,
    scopes::ReadOrders,
};
use crate::reply;

/// Articles, scarcest first: by how far the stock is from the minimum.
pub(super) async fn list(_: Bearer<ReadOrders>) -> Response {
    let mut articles: Vec<_> = ARTICLES.iter().collect();
    articles.sort_by_key(|article| article.stock * 100 / article.minimum.max(1));
    let shown: Vec<Value> = articles.into_iter().map(shown).collect();
    let low = ARTICLES.iter().filter(|article| article.stock < article.minimum).count();
    let value: u64 = ARTICLES.iter().map(|article| article.cost * u64::from(article.stock)).sum();
    let body = json!({
        "articles": shown, "total": ARTICLES.len(), "low": low, "value_cents": value, "currency": "EUR",
    });
    reply::json(StatusCode::OK, &body)
}

fn shown(article: &Article) -> Value {
    let state = match article.stock {
        0 => "out",
        stock if stock < article.minimum => "low",
        _ => "enough",
    };
    json!({
        "sku": article.sku, "name": article.name, "stock": article.stock, "minimum": article.minimum,
        "state": state, "price": money(article.price),
    })
}
