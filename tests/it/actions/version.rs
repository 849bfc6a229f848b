//! `If-Match`: an action changes the version that the person saw, or nothing.

use crate::actions::*;

const BOARDS: &str = r#"
store = "sqlite:FOLDER/sessions.db"

[[board]]
id = "desk"
title = "Desk"

[[board.panel]]
title = "Members"
kind = "table"
get = "/list"
rows = "$.rows[*]"
columns = [{ key = "id", title = "Order" }, { key = "city", title = "City" }]

[[board.panel.action]]
label = "Move"
patch = "/moves/{id}"
if_match = "{etag}"
fields = [{ key = "city", title = "City", value = "{city}" }]

[[board.panel.action]]
label = "Pair"
delete = "/moves/{id}"
if_match = "{version}-{etag}"

[[board.panel.action]]
label = "Any"
post = "/moves/{id}"
if_match = "*"

[[board.panel]]
title = "Tagged"
kind = "table"
get = "/list"
rows = "$.rows[*]"
columns = [{ key = "id", title = "Order" }, { key = "city", title = "City" }]
detail = { get = "/details/{id}", item = "$.data" }

[[board.panel.action]]
label = "Edit"
patch = "/moves/{id}"
if_match = true
fields = [
    { key = "city", title = "City", value = "{city}" },
    { key = "open", title = "Open", kind = "tick", value = "{open}" },
]

[[board.panel.action]]
label = "Plain"
post = "/moves/{id}"

[[board]]
id = "thing"
title = "Thing"

[board.subject]
get = "/details/{id}"
item = "$.data"

[[board.action]]
label = "Rename"
put = "/moves/{id}"
if_match = true
fields = [{ key = "city", title = "City", value = "{subject.city}" }]

[[board.panel]]
title = "Facts"
kind = "facts"
fields = ["city"]
"#;

const MOVE: &str = "/boards/desk/rows/members/actions/move?key=O-1";
const PAIR: &str = "/boards/desk/rows/members/actions/pair?key=O-1";
const ANY: &str = "/boards/desk/rows/members/actions/any?key=O-1";
const EDIT: &str = "/boards/desk/rows/tagged/actions/edit?key=O-1";
const PLAIN: &str = "/boards/desk/rows/tagged/actions/plain?key=O-1";
const RENAME: &str = "/boards/thing/actions/rename?id=O-1";
const CONFLICT: &str = "Somebody else has changed this meanwhile. Your change was not made.";
const NO_VERSION: &str = "which version this is";

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    row(&world, r#""a1""#, "Bergen");
    detail(&world, Some("\"v1\""), "Bergen");
    answer(&world, "/moves/O-1", Raw::json(200, "{}"));
    world
}

/// The row of the list, whose member `etag` is this JSON.
fn row(world: &HostileWorld, etag: &str, city: &str) {
    let row = format!(r#"{{"id":"O-1","city":"{city}","etag":{etag},"version":7}}"#);
    answer(world, "/list", Raw::json(200, &format!("{{\"rows\":[{row}]}}")));
}

/// The row alone, with this `ETag`.
fn detail(world: &HostileWorld, tag: Option<&str>, city: &str) {
    let raw = Raw::json(200, &format!(r#"{{"data":{{"id":"O-1","city":"{city}","open":false}}}}"#));
    answer(world, "/details/O-1", tag.map_or(raw.clone(), |tag| raw.with("etag", tag)));
}

/// The `If-Match` of the last change; empty if it had none.
fn version(world: &HostileWorld) -> String {
    let last = changes(world).pop().unwrap();
    let mut all = last.headers.get_all("if-match").iter();
    let text = all.next().map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert!(all.next().is_none(), "one header only");
    text
}

#[tokio::test]
async fn ac_18_a_member_of_the_row_is_sent_as_one_entity_tag() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    for (etag, sent) in [
        (r#""a1""#, "\"a1\""),
        ("7", "\"7\""),
        (r#""\"quoted\"""#, "\"quoted\""),
        (r#""W/\"weak\"""#, "W/\"weak\""),
        (r#""2026-11-30T10:00:00Z""#, "\"2026-11-30T10:00:00Z\""),
        (r#""*""#, "\"*\""),
        ("12345678901234567890123", "\"12345678901234567890123\""),
    ] {
        row(&world, etag, "Bergen");
        let form = browser.get(MOVE).await;
        send_and_follow(&mut browser, &filled(&form, &[])).await;
        assert_eq!(version(&world), sent, "{etag}");
    }
    row(&world, r#""a1""#, "Bergen");
    for (page, sent) in [(PAIR, "\"7-a1\""), (ANY, "*"), (PLAIN, "")] {
        let form = browser.get(page).await;
        send_and_follow(&mut browser, &filled(&form, &[])).await;
        assert_eq!(version(&world), sent, "{page}");
    }
}

#[tokio::test]
async fn ac_18_without_a_version_nothing_is_sent_and_the_form_says_why() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    let fields = filled(&browser.get(MOVE).await, &[]);
    for etag in [
        "null",
        "\"\"",
        "\" \"",
        r#""a b""#,
        r#""a\"b""#,
        r#""\"a\", \"b\"""#,
        r#""a\r\nX-Evil: 1""#,
        r#""\u0000""#,
        r#""é""#,
        "{}",
        "[1,2]",
    ] {
        row(&world, etag, "Bergen");
        let form = browser.get(MOVE).await;
        assert!(form.body.contains(NO_VERSION), "{etag}: {}", form.body);
        for fields in [filled(&form, &[]), fields.clone()] {
            let again = send_and_follow(&mut browser, &fields).await;
            assert!(again.body.contains(NO_VERSION), "{etag}: {}", again.body);
        }
    }
    row(&world, r#""a1""#, "Bergen");
    detail(&world, None, "Bergen");
    for page in [EDIT, RENAME] {
        let form = browser.get(page).await;
        assert!(form.body.contains(NO_VERSION), "{page}: {}", form.body);
        let again = send_and_follow(&mut browser, &filled(&form, &[("field-city", "Oslo")])).await;
        assert!(again.body.contains(NO_VERSION) && again.body.contains("Oslo"), "{page}: {}", again.body);
    }
    assert!(changes(&world).is_empty());
    // With a version, the same forms are sent.
    detail(&world, Some("\"v1\""), "Bergen");
    for page in [MOVE, EDIT, RENAME] {
        let form = browser.get(page).await;
        assert!(!form.body.contains(NO_VERSION), "{page}: {}", form.body);
        send_and_follow(&mut browser, &filled(&form, &[])).await;
    }
    assert_eq!(changes(&world).len(), 3);
}

#[tokio::test]
async fn ac_18_the_etag_of_the_answer_about_the_row_or_the_thing_is_sent_as_it_is() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    for (tag, sent) in [("\"v1\"", "\"v1\""), ("W/\"v2\"", "W/\"v2\""), ("bare", "\"bare\"")] {
        detail(&world, Some(tag), "Bergen");
        for page in [EDIT, RENAME] {
            let form = browser.get(page).await;
            assert!(form.body.contains("value=\"Bergen\""), "{page}: {}", form.body);
            send_and_follow(&mut browser, &filled(&form, &[])).await;
            assert_eq!(version(&world), sent, "{page} {tag}");
        }
    }
    let asked = world.api.calls().into_iter().filter(|call| call.path == "/details/O-1");
    let exact: Vec<_> =
        asked.filter(|call| call.headers.get("accept-encoding").unwrap() == "identity").collect();
    assert!(exact.len() >= 12, "a compressed answer would have another tag: {}", exact.len());
    let plain = world.api.calls().into_iter().find(|call| call.path == "/list").unwrap();
    assert_ne!(plain.headers.get("accept-encoding").unwrap(), "identity");
}

#[tokio::test]
async fn ac_19_a_version_that_changed_before_the_submission_is_confirmed_first() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    for page in [MOVE, EDIT, RENAME] {
        row(&world, r#""a1""#, "Bergen");
        detail(&world, Some("\"v1\""), "Bergen");
        let form = browser.get(page).await;
        row(&world, r#""a2""#, "Tromsø");
        detail(&world, Some("\"v2\""), "Tromsø");
        let before = changes(&world).len();
        let again = send_and_follow(&mut browser, &filled(&form, &[("field-city", "Oslo")])).await;
        assert_eq!(changes(&world).len(), before, "{page}");
        for words in ["changed after you opened the form", "value=\"Oslo\"", "Now: Tromsø"] {
            assert!(again.body.contains(words), "{page} {words}: {}", again.body);
        }
        send_and_follow(&mut browser, &filled(&again, &[("field-city", "Oslo")])).await;
        assert_eq!(version(&world), if page == MOVE { "\"a2\"" } else { "\"v2\"" });
        assert_eq!(changes(&world).len(), before + 1, "{page}");
    }
}

#[tokio::test]
async fn ac_19_a_412_says_that_somebody_else_has_changed_it_and_shows_it_as_it_is_now() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    for (page, body, by_script) in [
        (EDIT, "", false),
        (EDIT, r#"{"title":"Precondition Failed"}"#, true),
        (RENAME, r#"{"detail":"Changed by Anna."}"#, false),
        (MOVE, r#"{"detail":"Changed by Anna."}"#, true),
    ] {
        row(&world, r#""a1""#, "Bergen");
        detail(&world, Some("\"v1\""), "Bergen");
        let form = browser.get(page).await;
        let before = changes(&world).len();
        // The other change comes between the check of the row and the request.
        answer(&world, "/moves/O-1", Raw::json(412, body));
        let fields = filled(&form, &[("field-city", "Oslo")]);
        let again = match by_script {
            true => send_by_script(&mut browser, &fields).await,
            false => send_and_follow(&mut browser, &fields).await,
        };
        for words in [CONFLICT, "Oslo"] {
            assert!(again.body.contains(words), "{page} {words}: {}", again.body);
        }
        assert_eq!(again.body.contains("Changed by Anna."), body.contains("Anna"), "{page}: {}", again.body);
        assert!(!again.body.contains("Precondition"), "{page}: {}", again.body);
        assert_eq!(changes(&world).len(), before + 1, "nothing was sent twice: {page}");
        // What was sent twice is one submission.
        send(&mut browser, &fields).await;
        assert_eq!(changes(&world).len(), before + 1, "{page}");
        answer(&world, "/moves/O-1", Raw::json(200, "{}"));
        row(&world, r#""a2""#, "Tromsø");
        detail(&world, Some("\"v2\""), "Tromsø");
        let fresh = browser.get(page).await;
        send_and_follow(&mut browser, &filled(&fresh, &[("field-city", "Oslo")])).await;
        assert_eq!(version(&world), if page == MOVE { "\"a2\"" } else { "\"v2\"" });
    }
}

#[tokio::test]
async fn ac_19_the_form_after_a_412_has_the_fresh_version() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    let form = browser.get(EDIT).await;
    let fields = filled(&form, &[("field-city", "Oslo"), ("field-open", "yes")]);
    answer(&world, "/moves/O-1", Raw::json(412, "{}"));
    let redirect = send(&mut browser, &fields).await;
    detail(&world, Some("\"v2\""), "Tromsø");
    let again = browser.open(redirect.location().as_str()).await;
    for words in [CONFLICT, "value=\"Oslo\"", "Now: Tromsø", "Now: No"] {
        assert!(again.body.contains(words), "{words}: {}", again.body);
    }
    answer(&world, "/moves/O-1", Raw::json(200, "{}"));
    let landed = send_and_follow(&mut browser, &filled(&again, &[])).await;
    assert!(landed.body.contains("Edit: done."), "{}", landed.body);
    assert_eq!(version(&world), "\"v2\"");
    let calls = changes(&world);
    assert_eq!(calls.len(), 2);
    assert_ne!(calls[0].headers["idempotency-key"], calls[1].headers["idempotency-key"], "a new request");
}

#[tokio::test]
async fn ac_19_a_428_and_a_412_without_a_version_are_told_as_they_are() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    for (status, body, words) in [
        (428, "{}", "together with the version that it changes"),
        (412, "{}", CONFLICT),
        (412, r#"{"detail":"The account is not verified."}"#, "The account is not verified."),
    ] {
        answer(&world, "/moves/O-1", Raw::json(status, body));
        let form = browser.get(PLAIN).await;
        let again = send_and_follow(&mut browser, &filled(&form, &[])).await;
        assert!(
            again.body.contains(words) && again.body.contains("Not completed."),
            "{status}: {}",
            again.body
        );
    }
    answer(&world, "/moves/O-1", Raw::json(428, r#"{"detail":"Send the version of today."}"#));
    let form = browser.get(EDIT).await;
    let again = send_and_follow(&mut browser, &filled(&form, &[])).await;
    assert!(again.body.contains("Send the version of today."), "{}", again.body);
}

#[tokio::test]
async fn ac_18_a_box_begins_as_the_row_says() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/boards/desk").await;
    for (open, is_ticked) in [("false", false), ("true", true), ("0", false), ("1", true), ("null", false)] {
        let raw = format!(r#"{{"data":{{"id":"O-1","city":"Bergen","open":{open}}}}}"#);
        answer(&world, "/details/O-1", Raw::json(200, &raw).with("etag", "\"v1\""));
        let form = browser.get(EDIT).await;
        let control = form.body.split("id=\"field-open\"").nth(1).unwrap().split('>').next().unwrap();
        assert_eq!(control.contains("checked"), is_ticked, "{open}: {control}");
    }
}

#[test]
fn ac_18_a_version_that_cannot_be_is_refused_with_key_line_and_remedy() {
    let settings = |from: &str, to: &str| {
        let text = BOARDS.replace("store = \"sqlite:FOLDER/sessions.db\"", "").replacen(from, to, 1);
        assert!(text.contains(to), "{to}");
        crate::support::load_settings(&text, None).map(drop).map_err(|error| error.to_string())
    };
    settings("Desk", "Desk").unwrap();
    for (from, to, words) in [
        ("if_match = \"{etag}\"", "if_match = true", "needs `detail` with `get`"),
        (
            "detail = { get = \"/details/{id}\", item = \"$.data\" }",
            "detail = { item = \"$.data\" }",
            "needs `detail` with `get`",
        ),
        ("if_match = \"{etag}\"", "if_match = \"v1\"", "has no placeholder"),
        ("if_match = \"{etag}\"", "if_match = \"\"", "must not be empty"),
        ("if_match = \"{etag}\"", "if_match = \"{etag\"", "unmatched brace"),
        ("if_match = \"{etag}\"", "if_match = 7", "must be true, or a text"),
        ("if_match = \"{etag}\"", "if_match = \"{claim.nobody}\"", "claim"),
        (
            "put = \"/moves/{id}\"\nif_match = true",
            "put = \"/moves/{id}\"\nif_match = \"{etag}\"",
            "only actions of a table have rows",
        ),
    ] {
        let said = settings(from, to).unwrap_err();
        assert!(said.contains(words) && said.contains("line "), "{to}: {said}");
    }
    for (from, to) in [
        ("if_match = \"{etag}\"", "if_match = false"),
        ("put = \"/moves/{id}\"\nif_match = true", "put = \"/moves/{id}\"\nif_match = \"{subject.etag}\""),
    ] {
        settings(from, to).unwrap();
    }
}
