//! Actions from outside, as plain forms and as sent by a script: the requests to the API, and the messages to the user.
//! This file has the board for these tests and helpers to fill in forms; each subject has its own file.

mod changed;
mod choices;
mod created;
mod exact;
mod fields;
mod forms;
mod jobs;
mod limits;
mod nested;
mod once;
mod order;
mod outcomes;
mod places;
mod reloaded;
mod step_up;
mod version;

use crate::support::{
    Browser, Page,
    hostile::{Call, HostileWorld, Raw},
    until,
};

const BOARDS: &str = r#"
[[board]]
id = "desk"
title = "Desk"

[[board.action]]
label = "New payout"
post = "/payouts"
fields = [
    { key = "to", title = "To", required = true, max = 20 },
    { key = "amount", title = "Amount", kind = "number", required = true, min = 1, max = 1000 },
    { key = "on", kind = "date" },
    { key = "urgent", kind = "tick" },
]

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [
    { key = "id", title = "Order" },
    { key = "customer", title = "Customer" },
    { key = "status", title = "Status" },
    { key = "total", title = "Total", kind = "number" },
]

[[board.panel.action]]
label = "Ship"
post = "/orders/{id}/ship"
confirm = "Ship order {id} to {customer} for {total}?"
done = "Order {id} is on its way."
when = { key = "status", is = ["open"] }
fields = [
    { key = "carrier", choices = ["DHL", { value = "PO", title = "The post" }], required = true, value = "PO" },
    { key = "note", kind = "lines", max = 20, hint = "Printed on the label" },
    { key = "parcels", kind = "whole", min = 1, max = 9, value = "{items}" },
    { key = "buyer", kind = "row", value = "{customer}" },
]

[[board.panel.action]]
label = "Delete"
delete = "/orders/{id}"

[[board.panel.action]]
label = "Return"
post = "/orders/{id}/return"
when = { key = "status", is = ["shipped"] }

[[board.panel.action]]
label = "Audit"
post = "/orders/{id}/audit"
scope = "audit:write"
"#;

const BOARD: &str = "/boards/desk";
/// Where an action of a row leads back to.
const ORDERS: &str = "/boards/desk#panel-orders";
const SHIP: &str = "/boards/desk/rows/orders/actions/ship?key=ORD-1";
const DELETE: &str = "/boards/desk/rows/orders/actions/delete?key=ORD-1";
const AUDIT: &str = "/boards/desk/rows/orders/actions/audit?key=ORD-1";
const PAYOUT: &str = "/boards/desk/actions/new-payout";
const SHIPPED: &str = "Order ORD-1 is on its way.";

/// On a store that several processes can share.
async fn world() -> HostileWorld {
    world_with("").await
}

/// The same with more settings.
async fn world_with(more: &str) -> HostileWorld {
    let world = HostileWorld::with(&format!("store = \"sqlite:FOLDER/sessions.db\"\n{more}{BOARDS}")).await;
    for path in ["/orders/ORD-1/ship", "/orders/ORD-1", "/payouts", "/orders/ORD-1/audit"] {
        answer(&world, path, Raw::json(200, "{}"));
    }
    world
}

/// Sets the API's response at that path from now on.
fn answer(world: &HostileWorld, path: &str, raw: Raw) {
    world.api.script(|script| script.answers.insert(path.to_owned(), raw));
}

/// The API calls that change something.
fn changes(world: &HostileWorld) -> Vec<Call> {
    let is_change = |call: &Call| call.method != axum::http::Method::GET;
    world.api.calls().into_iter().filter(is_change).collect()
}

/// Waits until the API has received that many changes.
async fn changes_arrive(world: &HostileWorld, count: usize) {
    until(|| changes(world).len() >= count).await;
}

/// The fields of the form on a page, with these fields added or changed.
fn filled(form: &Page, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = form.fields();
    assert!(fields.iter().any(|(name, _)| name == "once"), "there is a form: {}", form.body);
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

/// Sends a form as a page without scripts does; returns the redirect.
async fn send(browser: &mut Browser<'_>, fields: &[(String, String)]) -> Page {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/api/act", &pairs).await
}

/// The same, and follows the redirect.
async fn send_and_follow(browser: &mut Browser<'_>, fields: &[(String, String)]) -> Page {
    let answer = send(browser, fields).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    browser.open(answer.location().as_str()).await
}

/// Sends it as a script of the page does.
async fn send_by_script(browser: &mut Browser<'_>, fields: &[(String, String)]) -> Page {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-site", "same-origin"),
        ("accept", "text/plain; charset=utf-8"),
    ];
    browser.send(axum::http::Method::POST, "/api/act", &headers, Some(form)).await
}

const SHIP_FIELDS: [(&str, &str); 3] =
    [("field-carrier", "DHL"), ("field-note", "Mind\r\nthe dog"), ("field-parcels", "2")];
