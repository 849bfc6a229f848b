//! Responses to permitted requests: orders, summaries, customers, stock, reports, and refusals of invalid parameters.

use axum::http::StatusCode;
use serde_json::{Value, json};
use time::macros::datetime;

use super::Fixture;

const ORDERS: f64 = 1500.0;

/// At noon on Tuesday 15 June 2027.
async fn at_noon() -> Fixture {
    let fixture = Fixture::start().await;
    let noon = datetime!(2027-06-15 12:00 UTC).unix_timestamp();
    fixture.clock.advance(noon - fixture.clock.now());
    fixture
}

fn rows<'a>(body: &'a Value, name: &str) -> &'a [Value] {
    body[name].as_array().unwrap()
}

fn sum(rows: &[Value], key: &str) -> f64 {
    rows.iter().map(|row| row[key].as_f64().unwrap()).sum()
}

fn texts<'a>(rows: &'a [Value], key: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[key].as_str().unwrap()).collect()
}

#[tokio::test]
async fn orders_can_be_narrowed_and_paged() {
    let fixture = at_noon().await;
    let all = fixture.get("/orders").await;
    assert_eq!(all.content_type, "application/json; charset=utf-8");
    let page = ["total", "limit", "offset"].map(|name| all.body[name].as_f64().unwrap());
    assert_eq!(page, [ORDERS, 50.0, 0.0]);
    let first = &rows(&all.body, "orders")[0];
    assert_eq!(rows(&all.body, "orders").len(), 50);
    for name in ["id", "customer", "placed_at", "status", "items", "total", "currency", "city", "invoice"] {
        assert!(!first[name].is_null(), "{name}");
    }
    assert_eq!((first.as_object().unwrap().len(), &first["id"]), (10, &json!("ORD-2500")));
    assert!(first["placed_at"].as_str().unwrap().starts_with("2027-06-14T"), "{first}");

    let bergen = fixture.get("/orders?status=shipped&q=BERGEN&limit=1000").await.body;
    let is_ours = |order: &Value| order["status"] == "shipped" && order["city"] == "Bergen";
    assert!(rows(&bergen, "orders").iter().all(is_ours) && bergen["total"].as_u64() > Some(10));
    let last = fixture.get("/orders?limit=1000&offset=1480").await.body;
    assert_eq!(rows(&last, "orders").len(), 20);
    assert_eq!(texts(rows(&last, "orders"), "id")[19], "ORD-1001");
}

#[tokio::test]
async fn orders_of_some_days_are_those_of_the_first_to_the_last() {
    let fixture = at_noon().await;
    let week = fixture.get("/orders?from=2027-06-07&to=2027-06-13&limit=1000").await.body;
    let days: Vec<_> = texts(rows(&week, "orders"), "placed_at").iter().map(|at| &at[..10]).collect();
    assert!(days.iter().all(|day| ("2027-06-07"..="2027-06-13").contains(day)), "{days:?}");
    assert!(days.contains(&"2027-06-07") && days.contains(&"2027-06-13"), "{days:?}");
    let total =
        async |query: &str| fixture.get(&format!("/orders?{query}")).await.body["total"].as_u64().unwrap();
    assert_eq!(total("to=2027-06-06").await + total("from=2027-06-07").await, 1500);
    assert_eq!(total("from=2027-06-15").await, 0);
    assert_eq!(
        week["total"].as_u64().unwrap() + total("from=2027-06-14").await,
        total("from=2027-06-07").await
    );
}

#[tokio::test]
async fn orders_can_be_sorted_by_every_column_both_ways() {
    let fixture = at_noon().await;
    for sort in ["id", "customer", "placed_at", "status", "items", "total", "city"] {
        let page = |order: &str| format!("/orders?sort={sort}&order={order}&limit=1000");
        let (up, down) = (fixture.get(&page("asc")).await.body, fixture.get(&page("desc")).await.body);
        let ordered = |a: &Value, b: &Value| match (a[sort].as_f64(), b[sort].as_f64()) {
            (Some(a), Some(b)) => a <= b,
            _ => a[sort].as_str() <= b[sort].as_str(),
        };
        assert!(rows(&up, "orders").is_sorted_by(ordered), "{sort}");
        assert!(rows(&down, "orders").is_sorted_by(|a, b| ordered(b, a)), "{sort}");
        assert_ne!(rows(&up, "orders")[0][sort], rows(&down, "orders")[0][sort]);
    }
    let plain = fixture.get("/orders").await.body;
    assert_eq!(plain, fixture.get("/orders?order=desc").await.body, "newest first is where it starts");
    assert_ne!(plain, fixture.get("/orders?order=asc").await.body);
}

#[tokio::test]
async fn an_order_has_lines_that_make_its_total_an_address_and_a_history() {
    let fixture = at_noon().await;
    let all = fixture.get("/orders?limit=1000").await.body;
    for listed in rows(&all, "orders").iter().step_by(7) {
        let order = fixture.get(&format!("/orders/{}", listed["id"].as_str().unwrap())).await.body;
        for (name, value) in listed.as_object().unwrap() {
            assert_eq!(order[name], *value, "{name}");
        }
        let lines = rows(&order, "lines");
        assert!((sum(lines, "total") - order["total"].as_f64().unwrap()).abs() < 0.001);
        assert_eq!(sum(lines, "quantity"), order["items"].as_f64().unwrap());
        assert!(lines.iter().all(|line| line["sku"].is_string() && line["price"].as_f64() > Some(1.0)));
        assert_eq!(order["address"]["city"], order["city"]);
        let history = rows(&order, "history");
        assert_eq!((&history[0]["event"], &history[0]["at"]), (&json!("placed"), &order["placed_at"]));
        assert!(texts(history, "at").is_sorted() && texts(history, "at").iter().all(|at| *at < "2027-06-15"));
        let wanted = match order["status"].as_str().unwrap() {
            "open" => "placed",
            other => other,
        };
        assert_eq!(history.last().unwrap()["event"], wanted);
    }
    assert_eq!(fixture.get("/orders/ORD-1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(fixture.get("/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn summaries_and_customers_agree_with_the_orders() {
    let fixture = at_noon().await;
    for (by, group) in
        [("day", "days"), ("week", "weeks"), ("month", "months"), ("status", "statuses"), ("city", "cities")]
    {
        let body = fixture.get(&format!("/orders/summary?by={by}")).await.body;
        assert_eq!((sum(rows(&body, group), "orders"), &body["by"]), (ORDERS, &json!(by)));
        assert!(rows(&body, group).iter().all(|row| row[by].is_string()), "{by}");
        if by != "status" {
            assert!((sum(rows(&body, group), "revenue") - body["revenue"].as_f64().unwrap()).abs() < 0.01);
            assert!(body["average"].as_f64() > Some(10.0), "{by}");
        }
        assert!(body["open"].as_u64().unwrap() > 5);
    }
    let customers = fixture.get("/customers?limit=200").await.body;
    assert_eq!(sum(rows(&customers, "customers"), "orders"), ORDERS);
    let range = "from=2027-06-01&to=2027-06-10";
    let some = fixture.get(&format!("/customers?{range}")).await.body;
    let days = fixture.get(&format!("/orders/summary?{range}")).await.body;
    assert_eq!(sum(rows(&some, "customers"), "orders"), days["orders"].as_f64().unwrap());
    assert!((sum(rows(&some, "customers"), "revenue") - days["revenue"].as_f64().unwrap()).abs() < 0.01);
    assert_eq!(rows(&some, "customers").len(), 20, "who ordered nothing is a customer too");
}

#[tokio::test]
async fn every_day_week_and_month_asked_for_stands_there_once() {
    let fixture = at_noon().await;
    let get = async |query: &str| fixture.get(&format!("/orders/summary?{query}")).await.body;
    let year = get("by=day").await;
    let days = texts(rows(&year, "days"), "day");
    assert_eq!((days.len(), days[0], days[days.len() - 1]), (379, "2026-06-01", "2027-06-14"));
    assert!(days.is_sorted_by(|a, b| a < b));
    assert!(
        rows(&year, "days").iter().any(|day| day["orders"] == 0),
        "the odd week has a day without orders"
    );
    let seven = get("from=2027-06-08&to=2027-06-14").await;
    assert_eq!(rows(&seven, "days").len(), 7);
    assert!(seven["orders"].as_u64() > Some(10));
    assert_eq!(rows(&get("from=2027-06-08&to=2999-12-31").await, "days").len(), 7, "not after the books end");
    assert_eq!(rows(&get("from=2030-01-01").await, "days").len(), 0);
    let months = get("by=month").await;
    let months = texts(rows(&months, "months"), "month");
    assert_eq!((months.len(), months[0], months[12]), (13, "2026-06", "2027-06"));
    let weeks = get("by=week&from=2026-12-28&to=2027-01-10").await;
    assert_eq!(texts(rows(&weeks, "weeks"), "week"), ["2026-W53", "2027-W01"]);
    assert_eq!(texts(rows(&weeks, "weeks"), "starts"), ["2026-12-28", "2027-01-04"]);
}

#[tokio::test]
async fn a_new_day_brings_new_dates_and_the_same_orders() {
    let fixture = at_noon().await;
    let before = fixture.get("/orders").await.body;
    assert_eq!(before, fixture.get("/orders").await.body);
    fixture.clock.advance(86_400);
    let after = fixture.get("/orders").await.body;
    assert_eq!(texts(rows(&before, "orders"), "id"), texts(rows(&after, "orders"), "id"));
    assert_eq!(sum(rows(&before, "orders"), "total"), sum(rows(&after, "orders"), "total"));
    assert!(texts(rows(&after, "orders"), "placed_at")[0].starts_with("2027-06-15T"));
}

#[tokio::test]
async fn the_stock_says_what_runs_out() {
    let fixture = at_noon().await;
    let stock = fixture.get("/stock").await.body;
    let articles = rows(&stock, "articles");
    assert!(articles.len() >= 10 && stock["total"] == articles.len());
    let low = articles.iter().filter(|article| article["stock"].as_u64() < article["minimum"].as_u64());
    assert_eq!(low.clone().count() as u64, stock["low"].as_u64().unwrap());
    assert!(low.clone().all(|article| article["state"] != "enough") && low.count() > 1);
    assert_eq!(articles[0]["state"], "out");
}

#[tokio::test]
async fn a_parameter_that_makes_no_sense_is_named_and_one_that_does_is_not() {
    let fixture = at_noon().await;
    let long = "x".repeat(101);
    let cases = [
        ("/orders", "limit", vec!["0", "1001", "x", "-1"], "1000"),
        ("/orders", "offset", vec!["-1", "x"], "3"),
        ("/orders", "status", vec!["lost", "OPEN"], "open"),
        ("/orders", "q", vec![long.as_str()], "x"),
        ("/orders", "sort", vec!["currency", "ID"], "id"),
        ("/orders", "order", vec!["up"], "asc"),
        (
            "/orders",
            "from",
            vec!["today", "2027-6-1", "2027-02-29", "+027-01-01", "2027-06-01T00"],
            "2028-02-29",
        ),
        ("/orders/summary", "by", vec!["moon"], "city"),
        ("/orders/summary", "to", vec!["1", "2027-13-01"], "2027-12-01"),
        ("/customers", "from", vec!["x"], "2027-06-01"),
    ];
    for (path, name, wrong, right) in cases {
        for value in wrong.iter().map(|value| format!("{name}={value}")).chain([format!("{name}=1&{name}=1")])
        {
            let reply = fixture.get(&format!("{path}?{value}")).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}?{value}");
            assert_eq!(reply.content_type, "application/problem+json; charset=utf-8");
            assert!(
                reply.body["detail"].as_str().unwrap().starts_with(&format!("{name} ")),
                "{}",
                reply.body
            );
        }
        let reply = fixture.get(&format!("{path}?{name}={right}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}?{name}={right}: {}", reply.body);
    }
    let reply = fixture.get("/orders?from=2027-06-02&to=2027-06-01").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(fixture.get("/orders?from=2027-06-01&to=2027-06-01").await.status, StatusCode::OK);
}
