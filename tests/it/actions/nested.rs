//! Bodies with objects and lists: where each field is sent, what is left out, and at which field an error of the API is
//! shown.

use crate::actions::*;

const BOARDS: &str = r#"
store = "sqlite:FOLDER/sessions.db"

[[board]]
id = "desk"
title = "Desk"

[[board.action]]
label = "New invoice"
post = "/invoices"
fields = [
    { key = "customer.name", title = "Customer", required = true },
    { key = "customer.address.city", title = "City" },
    { key = "customer.address.street", title = "Street" },
    { key = "customer.vip", title = "VIP", kind = "tick", value = true },
    { key = "terms.days", title = "Days", kind = "whole", value = 14 },
    { key = "terms.kind", kind = "fixed", value = "net" },
    { key = "items.0.text", title = "First item" },
    { key = "items.0.price", title = "First price", kind = "number" },
    { key = "items.0.unit", kind = "fixed", value = "h" },
    { key = "items.1.text", title = "Second item" },
    { key = "items.1.price", title = "Second price", kind = "number" },
    { key = "items.1.unit", kind = "fixed", value = "h" },
    { key = "tags.0", kind = "fixed", value = "web" },
    { key = "tags.1", title = "Tag" },
    { key = "meta.version", kind = "fixed", value = 3 },
    { key = "meta.rate", kind = "fixed", value = 0.10 },
    { key = "meta.test", kind = "fixed", value = false },
]

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Order" }, { key = "customer", title = "Customer" }]

[[board.panel.action]]
label = "Move"
post = "/moves"
fields = [
    { key = "order.id", kind = "row", value = "{id}" },
    { key = "order.total", kind = "row", value = "{total}" },
    { key = "order.gone", kind = "row", value = "{gone}" },
    { key = "to.city", title = "City", value = "{city}", required = true },
    { key = "to.note.text", title = "Note" },
    { key = "city", title = "Other city" },
]
"#;

const NEW: &str = "/boards/desk/actions/new-invoice";
const MOVE: &str = "/boards/desk/rows/orders/actions/move?key=ORD-1";

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    answer(&world, "/invoices", Raw::json(201, "{}"));
    answer(&world, "/moves", Raw::json(200, "{}"));
    world
}

/// Sends the form with these values; returns the page after it, and the body that the API got.
async fn sent(
    world: &HostileWorld,
    browser: &mut Browser<'_>,
    page: &str,
    values: &[(&str, &str)],
) -> (Page, serde_json::Value) {
    let before = changes(world).len();
    let form = browser.get(page).await;
    let mut fields = filled(&form, &[]);
    fields.retain(|(name, _)| !values.iter().any(|(other, _)| other == name));
    fields.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let page = send_and_follow(browser, &fields).await;
    let calls = changes(world);
    assert_eq!(calls.len(), before + 1, "{}", page.body);
    (page, serde_json::from_str(&calls[before].body).unwrap())
}

#[tokio::test]
async fn ac_16_dots_in_keys_make_objects_and_lists_and_constants_have_their_type() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    let all = [
        ("field-customer.name", "Acme"),
        ("field-customer.address.city", "Bergen"),
        ("field-customer.address.street", "Dock 1"),
        ("field-customer.vip", "yes"),
        ("field-terms.days", "14"),
        ("field-items.0.text", "Work"),
        ("field-items.0.price", "12.50"),
        ("field-items.1.text", "More work"),
        ("field-items.1.price", "9007199254740993"),
        ("field-tags.1", "new"),
        // Names of other members are ignored in every form.
        ("field-customer.address.country", "NO"),
        ("field-customer", "x"),
        ("field-items.7.text", "x"),
        ("field-meta.version", "4"),
    ];
    let form = browser.get(NEW).await;
    assert!(form.body.contains("value=\"14\"") && form.body.contains("checked"), "{}", form.body);
    let (_, body) = sent(&world, &mut browser, NEW, &all).await;
    let expected: serde_json::Value = serde_json::from_str(
        r#"{"customer":{"name":"Acme","address":{"city":"Bergen","street":"Dock 1"},"vip":true},
            "terms":{"days":14,"kind":"net"},
            "items":[{"text":"Work","price":12.5,"unit":"h"},{"text":"More work","price":9007199254740993,"unit":"h"}],
            "tags":["web","new"],"meta":{"version":3,"rate":0.10,"test":false}}"#,
    )
    .unwrap();
    assert_eq!(body, expected);
    assert!(changes(&world)[0].body.contains("\"rate\":0.10"), "all digits: {}", changes(&world)[0].body);
}

#[tokio::test]
async fn ac_16_what_is_empty_is_left_out_with_the_objects_and_entries_around_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    let few =
        [("field-customer.name", "Acme"), ("field-terms.days", " "), ("field-items.1.text", "Only this")];
    let (_, body) = sent(&world, &mut browser, NEW, &few).await;
    assert_eq!(body["customer"], serde_json::json!({ "name": "Acme", "vip": false }), "no empty address");
    assert_eq!(body["terms"], serde_json::json!({ "kind": "net" }), "a fixed member is sent");
    assert_eq!(
        body["items"],
        serde_json::json!([{ "text": "Only this", "unit": "h" }]),
        "an entry in which nothing was filled in is left out"
    );
    assert_eq!(body["tags"], serde_json::json!(["web"]));
    let none = [("field-customer.name", "Acme")];
    let (_, body) = sent(&world, &mut browser, NEW, &none).await;
    assert!(body.get("items").is_none(), "no empty list: {body}");
    let (_, body) = sent(&world, &mut browser, MOVE, &[("field-to.city", "Oslo")]).await;
    assert_eq!(
        body,
        serde_json::json!({ "order": { "id": "ORD-1", "total": 12.5 }, "to": { "city": "Oslo" } })
    );
}

#[tokio::test]
async fn ac_16_entries_of_such_fields_are_kept_with_every_refusal() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    let form = browser.get(NEW).await;
    let fields =
        filled(&form, &[("field-customer.address.city", "Bergen"), ("field-items.0.price", "1.250")]);
    let again = send_and_follow(&mut browser, &fields).await;
    assert!(changes(&world).is_empty());
    for words in ["This field is required.", "Enter 1250 or 1.25.", "value=\"Bergen\"", "value=\"1.250\""] {
        assert!(again.body.contains(words), "{words}: {}", again.body);
    }
    assert!(again.body.contains("id=\"field-items.0.price-problem\""), "{}", again.body);
    let fields = filled(&again, &[("field-items.0.price", "1.250")]);
    let by_script = send_by_script(&mut browser, &fields).await;
    assert!(by_script.body.contains("Enter 1250 or 1.25."), "{}", by_script.body);
}

#[tokio::test]
async fn ac_17_errors_of_the_api_find_their_field_however_they_name_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    let values = [
        ("field-customer.name", "Acme"),
        ("field-customer.address.city", "Bergen"),
        // The first entry is left out, so the API counts this one as 0.
        ("field-items.1.text", "Work"),
    ];
    for (errors, at) in [
        (r##"[{"pointer":"#/customer/address/city","detail":"SAID"}]"##, "customer.address.city"),
        (r#"[{"pointer":"/customer/address/city","detail":"SAID"}]"#, "customer.address.city"),
        (r#"[{"field":"customer.address.city","message":"SAID"}]"#, "customer.address.city"),
        (r#"[{"field":"customer[address][city]","message":"SAID"}]"#, "customer.address.city"),
        (r#"[{"path":["customer","address","city"],"message":"SAID"}]"#, "customer.address.city"),
        (r#"[{"loc":["body","invoice","customer","address","city"],"msg":"SAID"}]"#, "customer.address.city"),
        (
            r#"[{"source":{"pointer":"/data/attributes/customer/address/city"},"title":"SAID"}]"#,
            "customer.address.city",
        ),
        (r#"{"customer":{"address":{"city":["SAID"]}}}"#, "customer.address.city"),
        (r#"{"Customer.Address.City":["SAID"]}"#, "customer.address.city"),
        (r#"{"items":[{"text":["SAID"]}]}"#, "items.1.text"),
        (r#"[{"field":"items[0].text","message":"SAID"}]"#, "items.1.text"),
        (r#"[{"pointer":"/items/0/price","detail":"SAID"}]"#, "items.1.price"),
        // About an object: at its first field.
        (r#"[{"pointer":"/customer/address","detail":"SAID"}]"#, "customer.address.city"),
    ] {
        answer(&world, "/invoices", Raw::json(422, &format!(r#"{{"title":"No","errors":{errors}}}"#)));
        let (page, _) = sent(&world, &mut browser, NEW, &values).await;
        let problem = format!("id=\"field-{at}-problem\"");
        let there = page.body.split(&problem).nth(1).unwrap_or_else(|| panic!("{errors}: {}", page.body));
        assert!(there.split("</p>").next().unwrap().contains("SAID"), "{errors}: {there}");
        assert_eq!(page.body.matches("-problem\"").count(), 2, "described and shown once: {errors}");
    }
    // An error about something else is at no field.
    for errors in [
        r#"[{"pointer":"/supplier/address/city","detail":"SAID"}]"#,
        r#"{"supplier":{"name":["SAID"]}}"#,
        r#"[{"pointer":"/items/9/text","detail":"SAID"}]"#,
    ] {
        answer(&world, "/invoices", Raw::json(422, &format!(r#"{{"title":"No","errors":{errors}}}"#)));
        let (page, _) = sent(&world, &mut browser, NEW, &values).await;
        assert!(
            !page.body.contains("-problem\"") && page.body.contains("Not completed."),
            "{errors}: {}",
            page.body
        );
    }
    // Fields of the same name at different places.
    for (errors, at) in
        [(r#"[{"pointer":"/to/city","detail":"SAID"}]"#, "to.city"), (r#"{"city":["SAID"]}"#, "city")]
    {
        answer(&world, "/moves", Raw::json(422, &format!(r#"{{"title":"No","errors":{errors}}}"#)));
        let (page, _) = sent(&world, &mut browser, MOVE, &[("field-to.city", "Oslo")]).await;
        assert!(page.body.contains(&format!("id=\"field-{at}-problem\"")), "{errors}: {}", page.body);
    }
}

/// What the settings say about a form with these fields.
fn refused(fields: &str) -> Result<(), String> {
    let text = format!(
        "[[board]]\nid = \"b\"\ntitle = \"B\"\n\n[[board.action]]\nlabel = \"New\"\npost = \"/things\"\nfields = [\n{fields}\n]\n\n\
         [[board.panel]]\ntitle = \"P\"\nkind = \"table\"\nget = \"/p\"\nrows = \"$[*]\"\n"
    );
    crate::support::load_settings(&text, None).map(drop).map_err(|error| error.to_string())
}

#[test]
fn ac_16_keys_that_cannot_be_in_one_body_are_refused_with_key_line_and_remedy() {
    for (fields, words) in [
        (r#"{ key = "address" }, { key = "address.city" }"#, "one is in the other"),
        (r#"{ key = "items.0" }, { key = "items.2" }"#, "`items.1` is missing"),
        (r#"{ key = "items.1.a" }"#, "`items.0` is missing"),
        (r#"{ key = "items.0.a" }, { key = "items.size" }"#, "a list and an object"),
        (r#"{ key = "a.b" }, { key = "a.b" }"#, "used twice"),
        (r#"{ key = "a.b.c.d.e.f.g" }"#, "at most 6 parts"),
        (r#"{ key = "items.20" }"#, "positions are 0 to 19"),
        (r#"{ key = "a..b" }"#, "empty part"),
        (r#"{ key = "a.b c" }"#, "member name"),
        (r#"{ key = "a", kind = "fixed" }"#, "what is always sent"),
        (r#"{ key = "a", kind = "fixed", value = "{id}" }"#, "use kind = \"row\""),
        (r#"{ key = "a", kind = "fixed", value = [1] }"#, "a text in quotes, a number, true or false"),
        (r#"{ key = "a", kind = "fixed", value = inf }"#, "a number that JSON does not have"),
        (r#"{ key = "a", kind = "fixed", value = 1, title = "T" }"#, "does not apply"),
        (r#"{ key = "a", kind = "fixed", value = 1, required = true }"#, "does not apply"),
        (r#"{ key = "a", value = 1 }"#, "string in quotes"),
        (r#"{ key = "a", kind = "date", value = true }"#, "string in quotes"),
    ] {
        let said = refused(fields).unwrap_err();
        assert!(said.contains(words) && said.contains("line 9"), "{fields}: {said}");
        assert!(said.contains("board[0].action[0].fields["), "{fields}: {said}");
    }
    for fields in [
        r#"{ key = "address.city" }, { key = "address.street" }, { key = "addresses" }"#,
        r#"{ key = "items.1.a" }, { key = "items.0.a" }, { key = "m.0.0" }"#,
        r#"{ key = "a.b.c.d.e.f" }, { key = "0" }"#,
        r#"{ key = "a", kind = "fixed", value = "" }, { key = "b", kind = "fixed", value = 0x10 }"#,
        r#"{ key = "a", kind = "whole", value = 3 }, { key = "b", kind = "number", value = 0.5 }, { key = "c", kind = "tick", value = false }"#,
    ] {
        refused(fields).unwrap_or_else(|said| panic!("{fields}: {said}"));
    }
}
