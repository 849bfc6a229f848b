//! `POST /articles/search`: the price list of the articles, as search endpoints have it: what is asked for is in the
//! body of the request, amounts are in the smallest unit of their currency, and times are local.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};
use time::{Date, Duration, macros::format_description};

use super::{
    bearer::Bearer,
    body::Fields,
    catalogue::{ARTICLES, Article},
    picture,
    problem::Refusal,
    scopes::ReadOrders,
    shared::Shared,
};
use crate::reply;

const TEXT_MAX_CHARS: usize = 100;
const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 100;
const MAX_OFFSET: u32 = 10_000;

/// The suppliers' prices, in the order of the articles: a currency, and the price in its smallest unit.
static PRICES: [(&str, u32); 12] = [
    ("EUR", 610),
    ("EUR", 1320),
    ("JPY", 2640),
    ("EUR", 300),
    ("USD", 520),
    ("NOK", 82_500),
    ("EUR", 720),
    ("EUR", 490),
    ("GBP", 835),
    ("JPY", 5980),
    ("JPY", 1705),
    ("EUR", 590),
];

/// The keys that articles can be sorted by.
const SORTS: [&str; 4] = ["sku", "name", "price", "fill"];

/// Articles by SKU. `text` searches in SKU and name, `sort` and `order` (`asc`, `desc`) sort, `limit` and `offset` page.
pub(super) async fn search(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let mut fields = Fields::read(&request.headers, body).await?;
    let text = fields.text("text", TEXT_MAX_CHARS).unwrap_or_default().to_lowercase();
    let sort = fields.word("sort", &SORTS).unwrap_or("sku");
    let is_descending = fields.word("order", &["asc", "desc"]) == Some("desc");
    let limit = fields.whole("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let offset = fields.whole("offset", 0..=MAX_OFFSET).unwrap_or(0);
    fields.check()?;
    let fits = |article: &Article| {
        [article.sku, article.name].iter().any(|shown| shown.to_lowercase().contains(&text))
    };
    let mut found: Vec<_> = ARTICLES.iter().zip(&PRICES).zip(0..).filter(|((it, _), _)| fits(it)).collect();
    found.sort_by(|((a, in_a), _), ((b, in_b), _)| {
        let order = match sort {
            "name" => a.name.cmp(b.name),
            "price" => in_a.cmp(in_b),
            "fill" => (a.stock * b.minimum).cmp(&(b.stock * a.minimum)),
            _ => a.sku.cmp(b.sku),
        };
        if is_descending { order.reverse() } else { order }
    });
    let total = found.len();
    let today = shared.today();
    let page = found.into_iter().skip(offset as usize).take(limit as usize);
    let hits: Vec<_> = page.map(|((article, price), number)| shown(article, *price, number, today)).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "hits": hits, "total": total })))
}

fn shown(article: &Article, (currency, price): (&str, u32), number: i64, today: Date) -> Value {
    let counted = today.saturating_sub(Duration::days(1 + number * 5 % 9));
    let counted = counted.format(format_description!("[day]/[month]/[year]")).unwrap_or_default();
    let since = today.saturating_sub(Duration::days(20 + number * 37 % 300));
    json!({
        "sku": article.sku,
        "name": article.name,
        "picture": picture::address(article.sku),
        "price": price,
        "currency": currency,
        "price_since": since.to_string(),
        "stock": article.stock,
        "fill": f64::from(article.stock) / f64::from(article.minimum.max(1)),
        "counted": format!("{counted} {:02}:{:02}", 7 + number % 4, number * 13 % 60),
    })
}
