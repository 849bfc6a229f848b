//! Fields whose choices an API has: shown in the form, checked when it is submitted, and refused in words if they cannot be
//! loaded.

use crate::actions::*;

const BOARDS: &str = r#"
store = "sqlite:FOLDER/sessions.db"

[claims]
customer_id = "customer_id"

[[board]]
id = "bills"
title = "Bills"

[[board.action]]
label = "New bill"
post = "/bills"
fields = [
    { key = "customer", title = "Customer", from = { get = "/parties?of={claim.customer_id}", rows = "$.rows[*]", value = "id", title = "name" }, required = true },
    { key = "note" },
]

[[board.panel]]
title = "Bills"
kind = "table"
get = "/bills"
rows = "$.rows[*]"
key = "id"
columns = [{ key = "id", title = "Bill" }, { key = "plan", title = "Plan" }]

[[board.panel.action]]
label = "Change plan"
post = "/bills/{id}/plan"
fields = [{ key = "plan", from = { get = "/plans", rows = "$", value = "$" }, value = "{plan}" }]
"#;

const FORM: &str = "/boards/bills/actions/new-bill";
const PLAN: &str = "/boards/bills/rows/bills/actions/change-plan?key=B-1";
const PARTIES: &str =
    r#"{"rows":[{"id":7,"name":"Ash <b>"},{"id":"8"},{"id":"8","name":"Twice"},{"id":"\u0007"}]}"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    world.provider.script(|script| {
        script.person.claims.insert("customer_id".to_owned(), "C 1".into());
    });
    answer(&world, "/parties", Raw::json(200, PARTIES));
    answer(&world, "/plans", Raw::json(200, r#"["team","business"]"#));
    answer(&world, "/bills", Raw::json(200, r#"{"rows":[{"id":"B-1","plan":"team"}]}"#));
    answer(&world, "/bills/B-1/plan", Raw::json(200, "{}"));
    world
}

#[tokio::test]
async fn ac_15_choices_of_the_api_are_offered_and_one_of_them_is_sent() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/bills").await;
    let form = browser.get(FORM).await;
    for part in ["value=\"7\"", "Ash &lt;b&gt;", "value=\"8\""] {
        assert!(form.body.contains(part), "{part}: {}", form.body);
    }
    assert!(!form.body.contains("choices are shown"), "{}", form.body);
    assert!(!form.body.contains("Twice") && !form.body.contains('\u{7}'), "{}", form.body);
    let asked: Vec<_> = world.api.calls().into_iter().map(|call| call.path).collect();
    assert!(asked.iter().any(|path| path.contains("/parties")), "{asked:?}");
    send_and_follow(&mut browser, &filled(&form, &[("field-customer", "7")])).await;
    assert_eq!(changes(&world)[0].body, r#"{"customer":"7"}"#);
    // The row's own value is chosen at first.
    let form = browser.get(PLAN).await;
    let (_, option) = form.body.split_once("value=\"team\"").unwrap();
    assert!(option.split_once('>').unwrap().0.contains("selected"), "{}", form.body);
    send_and_follow(&mut browser, &filled(&form, &[("field-plan", "business")])).await;
    assert_eq!(changes(&world)[1].body, r#"{"plan":"business"}"#);
    // Spaces around a value are part of it, and choices that are left out are mentioned.
    let rows: Vec<_> = (0..1001).map(|row| serde_json::json!({ "id": format!(" {row} ") })).collect();
    answer(&world, "/parties", Raw::json(200, &serde_json::json!({ "rows": rows }).to_string()));
    world.clock.advance(400);
    let form = browser.get(FORM).await;
    assert!(form.body.contains("The first 1,000 choices are shown."), "{}", form.body);
    send_and_follow(&mut browser, &filled(&form, &[("field-customer", " 8 ")])).await;
    assert_eq!(changes(&world)[2].body, r#"{"customer":" 8 "}"#);
}

#[tokio::test]
async fn ac_15_a_value_that_is_no_choice_is_not_sent_and_choices_that_are_away_say_so() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/bills").await;
    let form = browser.get(FORM).await;
    for (value, words) in [("9", "Choose one of the options."), ("", "This field is required.")] {
        let page = send_and_follow(&mut browser, &filled(&form, &[("field-customer", value)])).await;
        assert!(page.body.contains(words), "{value}: {}", page.body);
        assert!(changes(&world).is_empty(), "{value}");
    }
    answer(&world, "/parties", Raw::json(500, "{}"));
    world.clock.advance(400);
    let form = browser.get(FORM).await;
    assert!(form.body.contains("The choices couldn’t be loaded"), "{}", form.body);
    let sent = filled(&form, &[("field-customer", "7"), ("field-note", "kept")]);
    let page = send_and_follow(&mut browser, &sent).await;
    for part in ["The choices couldn’t be loaded", "value=\"7\"", "value=\"kept\""] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(changes(&world).is_empty());
    answer(&world, "/parties", Raw::json(200, PARTIES));
    let page = browser.get(FORM).await;
    send_and_follow(&mut browser, &filled(&page, &[("field-customer", "8")])).await;
    assert_eq!(changes(&world).len(), 1);
}

#[test]
fn ac_15_choices_of_a_field_are_refused_with_key_and_remedy() {
    let refused = |field: &str| {
        let text =
            BOARDS.replace("store = \"sqlite:FOLDER/sessions.db\"", "").replace("{ key = \"note\" }", field);
        crate::support::load_settings(&text, None).unwrap_err().to_string()
    };
    for (field, words) in [
        (r#"{ key = "a", from = { get = "/a", rows = "$[*]" } }"#, "value"),
        (
            r#"{ key = "a", from = { get = "/a/{b}", rows = "$[*]", value = "id" } }"#,
            "unknown placeholder {b}; choices can depend on claims",
        ),
        (
            r#"{ key = "a", from = { get = "/a/{claim.b}", rows = "$[*]", value = "id" } }"#,
            "name the claim in [claims]",
        ),
        (r#"{ key = "a", from = { get = "/a", api = "x", rows = "$[*]", value = "id" } }"#, "x"),
        (
            r#"{ key = "a", choices = ["b"], from = { get = "/a", rows = "$[*]", value = "id" } }"#,
            "one source",
        ),
        (
            r#"{ key = "a", kind = "tick", from = { get = "/a", rows = "$[*]", value = "id" } }"#,
            "does not apply",
        ),
        (r#"{ key = "a", kind = "choice" }"#, "`from` for choices of the API"),
    ] {
        let said = refused(field);
        assert!(said.contains(words), "{field}: {said}");
    }
    let right = BOARDS.replace("store = \"sqlite:FOLDER/sessions.db\"", "");
    crate::support::load_settings(&right, None).unwrap();
}
