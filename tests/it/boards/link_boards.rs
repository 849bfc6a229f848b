//! The boards of the tests about links, and their API.

use serde_json::{Value, json};

use super::answer;
use crate::support::hostile::HostileWorld;

const BOARDS: &str = r##"
role_claims = "roles"
inspect_role = "auditor"

[claims]
team = "team"

[[board]]
id = "sales"
title = "Sales"
period = { choices = ["7d", "30d"] }

[[board.filter]]
key = "region"
title = "Region"
kind = "choice"
choices = ["eu & us", "apac"]

[[board.panel]]
id = "p0"
title = "Customers"
kind = "table"
get = "/customers?from={from}&to={to}&region={region}"
rows = "$.customers[*]"
to = "/boards/customer?id={id}"
columns = [
    { key = "id", title = "Customer", kind = "text" },
    { key = "crm", title = "CRM", to = "https://crm.example.com/{claim.team}/c/{crm}?from={from}#/{id}" },
    { key = "state", title = "State", kind = "tag", to = "/boards/invoices?status={state}&customer={id}" },
    { key = "tags", title = "Tags", kind = "chips", to = "/boards/invoices?customer={id}" },
    { key = "sum", title = "Sum", currency = "EUR", to = "/boards/invoices/rows/p0?key={last.id}" },
]

[[board.panel]]
id = "p1"
title = "Largest"
kind = "list"
get = "/customers?from={from}&to={to}&region={region}"
rows = "$.customers[*]"
label = "name"
to = "/boards/invoices?customer={id}&region={region}"

[[board.panel]]
id = "p2"
title = "Events"
kind = "timeline"
get = "/events"
rows = "$.events[*]"
at = "at"
label = "what"
to = "https://tickets.example.com/t/{ticket}"

[[board.panel]]
id = "p3"
title = "Open"
kind = "stat"
get = "/numbers"
value = "$.open"
to = "/boards/invoices?status={state}"

[[board.panel]]
id = "p4"
title = "Goal"
kind = "meter"
get = "/numbers"
value = "$.open"
target = 100
to = "/boards/secret"

[[board.panel]]
id = "p5"
title = "By month"
kind = "bar"
get = "/months"
rows = "$.months[*]"
x = { key = "month", kind = "text" }
y = ["open", "paid"]
to = "/boards/invoices?month={month}"

[[board.panel]]
id = "p6"
title = "By region"
kind = "bar"
get = "/months"
rows = "$.long[*]"
x = { key = "month", kind = "text" }
y = ["n"]
series = "region"
to = "https://bi.example.com/{region}/{month}"

[[board.panel]]
id = "p7"
title = "Line"
kind = "line"
get = "/months"
rows = "$.months[*]"
x = { key = "month", kind = "text" }
y = ["open"]
to = "/boards/invoices?month={month}"

[[board.panel]]
id = "p8"
title = "Shares"
kind = "share"
get = "/months"
rows = "$.months[*]"
label = "month"
value = "paid"
to = "/boards/invoices?month={month}"

[[board.panel]]
id = "p9"
title = "Bars"
kind = "bar"
horizontal = true
get = "/months"
rows = "$.months[*]"
x = { key = "month", kind = "text" }
y = ["open"]
to = "/boards/invoices?month={month}"

[[board.panel]]
id = "p10"
title = "Facts"
kind = "facts"
get = "/numbers"
fields = [
    { key = "owner.name", to = "https://people.example.com/{owner.id}" },
    { key = "secret", to = "/boards/secret" },
    { key = "open", to = "/boards/asked" },
]

[[board.panel]]
id = "p11"
title = "See also"
kind = "links"
links = [
    { title = "Invoices here", to = "/boards/invoices?region={region}" },
    { title = "Secret", to = "/boards/secret" },
    { title = "Wiki", to = "https://wiki.example.com/{claim.team}" },
]

[[board.panel]]
id = "p12"
title = "Words"
kind = "text"
text = "See [invoices](/boards/invoices) and [the secret](/boards/secret)."

[[board.panel]]
id = "p13"
title = "Rows"
kind = "table"
get = "/customers?from={from}&to={to}"
rows = "$.customers[*]"
columns = [
    { key = "id", title = "Customer", kind = "text" },
    { key = "crm", title = "CRM", to = "https://crm.example.com/c/{crm}" },
]
[[board.panel.action]]
id = "call"
label = "Call"
post = "/customers/{id}/call"

[[board]]
id = "invoices"
title = "Invoices"
period = { choices = ["30d"] }
[[board.filter]]
key = "status"
title = "Status"
kind = "text"
[[board.filter]]
key = "customer"
title = "Customer"
kind = "text"
[[board.filter]]
key = "region"
title = "Region"
kind = "text"
[[board.filter]]
key = "month"
title = "Month"
kind = "text"
[[board.panel]]
id = "p0"
title = "Invoices"
kind = "table"
get = "/invoices?status={status}&customer={customer}&region={region}&month={month}"
rows = "$.invoices[*]"

[[board]]
id = "customer"
title = "Customer"
[board.subject]
get = "/customers/{id}"
[[board.panel]]
id = "p0"
title = "Invoices"
kind = "table"
get = "/invoices?customer={id}"
rows = "$.invoices[*]"
to = "/boards/customer?id={id}"
[[board.panel]]
id = "p1"
title = "More"
kind = "links"
links = [{ title = "Site", to = "https://site.example.com/{subject.slug}?c={id}" }]

[[board]]
id = "secret"
title = "Secret"
role = "auditor"
[[board.panel]]
title = "A"
kind = "stat"
get = "/numbers"
value = "$.open"

[[board]]
id = "asked"
title = "Asked"
scope = "read:numbers"
[[board.panel]]
title = "A"
kind = "stat"
get = "/numbers"
value = "$.open"
"##;

fn customer(id: &str, crm: Value) -> Value {
    json!({ "id": id, "name": format!("Name {id}"), "crm": crm, "state": "past due", "tags": ["a", "b"], "sum": 5,
        "last": { "id": format!("R-{id}") } })
}

pub async fn world() -> HostileWorld {
    world_of(&["staff"]).await
}

pub async fn world_of(roles: &[&str]) -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    world.provider.script(|script| {
        script.person.claims.insert("team".into(), json!("north"));
        script.person.claims.insert("roles".into(), json!(roles));
    });
    let customers = [customer("C 1", json!(7)), customer("C&2", json!("a/b")), customer("C3", json!(null))];
    answer(&world, "/customers", &json!({ "customers": customers }));
    answer(
        &world,
        "/events",
        &json!({ "events": [{ "at": "2026-03-02", "what": "Asked", "ticket": 9 },
        { "at": "2026-03-01", "what": "Closed", "ticket": ".." }] }),
    );
    answer(
        &world,
        "/numbers",
        &json!({ "open": 12, "state": "open", "secret": "Yes", "owner": { "id": 3, "name": "Mei" } }),
    );
    let month = |month: &str, open: i64, paid: i64| json!({ "month": month, "open": open, "paid": paid });
    let long = |month: &str, region: &str, n: i64| json!({ "month": month, "region": region, "n": n });
    answer(
        &world,
        "/months",
        &json!({ "months": [month("m-01", 3, 5), month("m-02", 4, 6)],
        "long": [long("m-01", "eu", 1), long("m-01", "us", 2), long("m-01", "us", 3)] }),
    );
    answer(&world, "/invoices", &json!({ "invoices": [{ "id": "I-1" }] }));
    answer(&world, "/customers/C3", &json!({ "id": "C3", "name": "Ash", "slug": "ash" }));
    world
}
