//! `GET /countries` and `GET /countries/{code}/cities`: where the customers are, for filters.

use std::collections::BTreeMap;

use axum::{extract::Path, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{bearer::Bearer, catalogue::CUSTOMERS, problem::Refusal, scopes::ReadOrders};
use crate::reply;

/// The countries of the catalogue, by code.
const NAMES: [(&str, &str); 14] = [
    ("BE", "Belgium"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    ("EE", "Estonia"),
    ("ES", "Spain"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("NL", "Netherlands"),
    ("NO", "Norway"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("SE", "Sweden"),
];

/// The countries that have customers, by code.
pub(super) async fn countries(_: Bearer<ReadOrders>) -> Result<Response, Refusal> {
    let has_customers = |code: &str| CUSTOMERS.iter().any(|customer| customer.country == code);
    let countries = NAMES.iter().filter(|(code, _)| has_customers(code));
    let countries: Vec<Value> = countries.map(|(code, name)| json!({ "code": code, "name": name })).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "countries": countries })))
}

/// The cities of a country that have customers, by name, with the number of customers.
pub(super) async fn cities(Path(code): Path<String>, _: Bearer<ReadOrders>) -> Result<Response, Refusal> {
    let mut cities = BTreeMap::<&str, usize>::new();
    for customer in CUSTOMERS.iter().filter(|customer| customer.country == code) {
        *cities.entry(customer.city).or_default() += 1;
    }
    if cities.is_empty() {
        return Err(super::problem::not_found().await);
    }
    let cities: Vec<Value> =
        cities.iter().map(|(name, customers)| json!({ "name": name, "customers": customers })).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "cities": cities })))
}
