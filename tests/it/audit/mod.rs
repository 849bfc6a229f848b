//! The audit log of real requests: who did what, in lines that match the schema. The unit tests of sinks, the writer and
//! counted refusals are beside them.

mod documented;
mod ends;
mod operators;
mod work;

use std::{path::PathBuf, time::Duration};

use claimcheck_server::{audit::audit_schema, config::AuditSetting};
use serde_json::Value;

use crate::support::{Installation, Page, hostile::HostileWorld};

const BOARDS: &str = r#"
[[board]]
id = "desk"
title = "Desk"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [
    { key = "id", title = "Order" },
    { key = "customer", title = "Customer" },
    { key = "status", title = "Status" },
]

[[board.panel.action]]
label = "Ship"
post = "/orders/{id}/ship"
fields = [{ key = "note" }]
"#;
const BOARD: &str = "/boards/desk";
const SHIP: &str = "/boards/desk/rows/orders/actions/ship?key=ORD-1";

/// A world with an audit log in a file, and these further settings.
async fn world(more: &str) -> HostileWorld {
    HostileWorld::with(&format!("audit = \"file:FOLDER/audit.jsonl\"\n{more}\n{BOARDS}")).await
}

fn path(of: &Installation) -> PathBuf {
    match &of.services.settings.outgoing.audit {
        AuditSetting::File(path) => path.clone(),
        other => panic!("{other:?}"),
    }
}

/// The schema, which in tests allows no member that it does not describe.
fn strict() -> jsonschema::Validator {
    let mut schema = audit_schema();
    schema["unevaluatedProperties"] = false.into();
    jsonschema::draft202012::options().build(&schema).unwrap()
}

/// The lines of a log, each valid.
fn valid(text: &str) -> Vec<Value> {
    let schema = strict();
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let errors: Vec<_> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:?}");
        value
    };
    text.lines().map(read).collect()
}

/// All lines so far, each valid. A line that is being written is not among them.
fn lines(of: &Installation) -> Vec<Value> {
    let text = std::fs::read_to_string(path(of)).unwrap_or_default();
    valid(text.rsplit_once('\n').map_or("", |(whole, _)| whole))
}

/// The latest line of that event that has these members, as soon as it is written.
async fn line(of: &Installation, event: &str, members: &[(&str, &str)]) -> Value {
    let find = || {
        let is_it = |line: &Value| {
            line["event"] == event && members.iter().all(|(name, value)| line[*name] == **value)
        };
        lines(of).into_iter().rev().find(is_it)
    };
    let mut found = None;
    // Told with what there is, if it does not come.
    let waits = async {
        while found.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
            found = find();
        }
    };
    let is_there = tokio::time::timeout(Duration::from_secs(30), waits).await.is_ok();
    assert!(is_there, "no {event} with {members:?} in {:#?}", lines(of));
    found.unwrap()
}

/// The number of lines of that event.
fn count(of: &Installation, event: &str) -> usize {
    lines(of).iter().filter(|line| line["event"] == event).count()
}

/// The members of a line that only its event has.
fn text<'a>(line: &'a Value, member: &str) -> &'a str {
    line[member].as_str().unwrap_or_else(|| panic!("{member} is missing in {line}"))
}

fn request_id(page: &Page) -> &str {
    page.header("x-request-id")
}
