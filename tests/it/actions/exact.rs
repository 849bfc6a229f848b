//! What a person saw and typed is what the API gets: numbers in their reading, rows as they were confirmed, and values of
//! the row as the API wrote them.

use crate::{actions::*, support::hostile::At};

const BOARDS: &str = r#"
store = "sqlite:FOLDER/sessions.db"

[[board]]
id = "money"
title = "Money"

[[board.panel]]
title = "Invoices"
kind = "table"
get = "/invoices"
rows = "$.rows[*]"
key = "id"
columns = [
    { key = "id", title = "Invoice" },
    { key = "payee", title = "Payee" },
    { key = "status", title = "Status" },
    { key = "cents", title = "Amount", currency = "{currency}", minor = true },
]

[[board.panel.action]]
label = "Pay"
post = "/payments"
confirm = "Pay {payee} {cents}?"
done = "Paid {cents} to {payee}."
when = { key = "status", is = ["open"] }
fields = [
    { key = "invoice", kind = "row", value = "{id}" },
    { key = "amount", kind = "row", value = "{cents}" },
    { key = "meta", kind = "row", value = "{meta}" },
    { key = "note", required = true },
]

[[board.panel.action]]
label = "Refund"
post = "/refunds"
fields = [{ key = "order_id", kind = "row", value = "{id}" }]

[[board.panel.action]]
label = "Discount"
post = "/discounts"
fields = [
    { key = "percent", kind = "number", required = true, value = "{discount}" },
    { key = "pieces", kind = "whole" },
]
"#;

const BOARD: &str = "/boards/money";
const PAY: &str = "/boards/money/rows/invoices/actions/pay?key=1745678901234567891";
const REFUND: &str = "/boards/money/rows/invoices/actions/refund?key=1745678901234567891";
const DISCOUNT: &str = "/boards/money/rows/invoices/actions/discount?key=1745678901234567891";
const ROW: &str = r#"{"id":1745678901234567891,"payee":"Bob","status":"open","cents":129900,"currency":"EUR","discount":1.255,"meta":{"rate":0.10000000000000000555,"big":1E400,"n":null,"z":-0.0}}"#;

async fn world() -> HostileWorld {
    let world = HostileWorld::with(BOARDS).await;
    row(&world, ROW);
    for path in ["/payments", "/refunds", "/discounts"] {
        answer(&world, path, Raw::json(200, "{}"));
    }
    world
}

fn row(world: &HostileWorld, row: &str) {
    answer(world, "/invoices", Raw::json(200, &format!("{{\"rows\":[{row}]}}")));
}

/// The form's fields, with one replaced.
fn replaced(form: &Page, name: &str, value: &str) -> Vec<(String, String)> {
    let mut fields = filled(form, &[]);
    fields.retain(|(other, _)| other != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

async fn discount(world: &HostileWorld, browser: &mut Browser<'_>, percent: &str) -> (Page, Option<String>) {
    let before = changes(world).len();
    let form = browser.get(DISCOUNT).await;
    let page = send_and_follow(browser, &replaced(&form, "field-percent", percent)).await;
    (page, changes(world).get(before).map(|call| call.body.clone()))
}

#[tokio::test]
async fn f03_f10_a_typed_number_is_sent_digit_by_digit_or_refused_with_both_readings() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for (typed, sent) in [
        ("9007199254740993", "9007199254740993"),
        ("0.1000000000000000055", "0.1000000000000000055"),
        ("1234,5", "1234.5"),
        ("1.234.567,50", "1234567.5"),
        ("1 234.25", "1234.25"),
        ("-7", "-7"),
        (
            "12345678901234567890123456789012345678901234567890",
            "12345678901234567890123456789012345678901234567890",
        ),
    ] {
        let (page, body) = discount(&world, &mut browser, typed).await;
        assert_eq!(body, Some(format!("{{\"percent\":{sent}}}")), "{typed}: {}", page.body);
    }
    for (typed, words) in [
        ("1.250", "Enter 1250 or 1.25."),
        ("1,250", "Enter 1250 or 1.25."),
        ("999.999", "Enter 999999 or 999.9990."),
        ("1e3", "Enter a number"),
        ("12,34,5", "Enter a number"),
    ] {
        let (page, body) = discount(&world, &mut browser, typed).await;
        assert_eq!(body, None, "{typed}");
        assert!(
            page.body.contains(words) && page.body.contains(&format!("value=\"{typed}\"")),
            "{typed}: {}",
            page.body
        );
    }
    let (page, body) = discount(&world, &mut browser, "999.9990").await;
    assert_eq!(body.as_deref(), Some("{\"percent\":999.999}"), "as it was advised: {}", page.body);
}

#[tokio::test]
async fn f03_a_number_is_read_and_written_in_the_locale_of_the_person() {
    let world = world().await;
    world.provider.script(|script| script.person.claims.insert("locale".into(), "de-DE".into()));
    let (mut browser, _) = world.signed_in(BOARD).await;
    let form = browser.get(DISCOUNT).await;
    assert!(form.body.contains("value=\"1,2550\""), "{}", form.body);
    send_and_follow(&mut browser, &filled(&form, &[("field-percent", "1,2550")])).await;
    assert_eq!(changes(&world)[0].body, "{\"percent\":1.255}", "untouched, it is the number of the row");
    let (page, body) = discount(&world, &mut browser, "1.250").await;
    assert!(body.is_none() && page.body.contains("Geben Sie 1250 oder 1,25 ein."), "{}", page.body);
    let whole = replaced(&browser.get(DISCOUNT).await, "field-pieces", "1.000");
    let page = send_and_follow(&mut browser, &whole).await;
    assert!(page.body.contains("Geben Sie 1000 ohne Trennzeichen ein."), "{}", page.body);
}

#[tokio::test]
async fn f10_f11_row_fields_are_the_apis_own_values_whatever_the_browser_names() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let form = browser.get(PAY).await;
    assert!(form.body.contains("Pay Bob €1,299.00?"), "{}", form.body);
    let landed = send_and_follow(&mut browser, &filled(&form, &[("field-note", "ok")])).await;
    assert!(landed.body.contains("Paid €1,299.00 to Bob."), "{}", landed.body);
    assert_eq!(
        changes(&world)[0].body,
        r#"{"invoice":1745678901234567891,"amount":129900,"meta":{"rate":0.10000000000000000555,"big":1E400,"n":null,"z":-0.0},"note":"ok"}"#
    );
    let form = browser.get(REFUND).await;
    for strange in ["4711", "1745678901234567890", "1745678901234567891.0", "1.745678901234567891e18"] {
        let page = send_and_follow(&mut browser, &replaced(&form, "row", strange)).await;
        assert!(page.body.contains("no longer exists"), "{strange}: {}", page.body);
    }
    assert_eq!(changes(&world).len(), 1);
    send_and_follow(&mut browser, &filled(&form, &[])).await;
    assert_eq!(changes(&world)[1].body, r#"{"order_id":1745678901234567891}"#);
}

#[tokio::test]
async fn f12_a_row_that_changed_is_confirmed_again_and_nothing_typed_is_lost() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for (from, to, question) in [
        ("\"Bob\"", "\"Mallory\"", "Pay Mallory €1,299.00?"),
        ("129900", "12990000", "Pay Bob €129,900.00?"),
        ("\"EUR\"", "\"KWD\"", "Pay Bob KWD\u{a0}129.900?"),
        ("0.10000000000000000555", "0.10000000000000000556", "Pay Bob €1,299.00?"),
    ] {
        row(&world, ROW);
        let form = browser.get(PAY).await;
        row(&world, &ROW.replace(from, to));
        let before = changes(&world).len();
        let again = send_and_follow(&mut browser, &filled(&form, &[("field-note", "my note")])).await;
        assert!(again.body.contains("changed after you opened the form"), "{from}: {}", again.body);
        assert!(again.body.contains(question) && again.body.contains("my note"), "{from}: {}", again.body);
        assert_eq!(changes(&world).len(), before, "{from}");
        send_and_follow(&mut browser, &filled(&again, &[("field-note", "my note")])).await;
        assert_eq!(changes(&world).len(), before + 1, "confirmed again, it is sent: {from}");
    }
    // A member that nothing of the action uses may change.
    row(&world, ROW);
    let form = browser.get(PAY).await;
    row(&world, &ROW.replace("1.255", "9"));
    let before = changes(&world).len();
    send_and_follow(&mut browser, &filled(&form, &[("field-note", "x")])).await;
    assert_eq!(changes(&world).len(), before + 1);
    // A form without the digest of what was seen confirms nothing.
    let mut fields = filled(&browser.get(PAY).await, &[("field-note", "x")]);
    fields.retain(|(name, _)| name != "seen");
    let page = send_and_follow(&mut browser, &fields).await;
    assert!(page.body.contains("changed after you opened"), "{}", page.body);
    assert_eq!(changes(&world).len(), before + 1);
}

#[tokio::test]
async fn f21_when_is_enforced_on_submit() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let form = browser.get(PAY).await;
    let fields = filled(&form, &[("field-note", "keep me")]);
    row(&world, &ROW.replace("\"open\"", "\"paid\""));
    let page = send_and_follow(&mut browser, &fields).await;
    assert!(page.body.contains("no longer available") && page.body.contains("keep me"), "{}", page.body);
    assert!(changes(&world).is_empty());
    row(&world, ROW);
    send_and_follow(&mut browser, &filled(&page, &[("field-note", "keep me")])).await;
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test]
async fn f17_what_was_not_sent_is_not_said_to_be_unknown() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let form = browser.get(PAY).await;
    let fields = filled(&form, &[("field-note", "x")]);
    // The session ends at the provider between form and submit.
    world.advance(180);
    world.provider.script(|script| {
        script.instead.insert(At::Refresh, Raw::json(400, "{\"error\":\"invalid_grant\"}"));
    });
    let page = send(&mut browser, &fields).await;
    assert!(page.status.as_u16() == 401 || page.status.is_redirection(), "{} {}", page.status, page.body);
    world.provider.be_honest();
    browser.open(BOARD).await;
    let start = std::time::Instant::now();
    let landed = send_and_follow(&mut browser, &fields).await;
    assert!(landed.body.contains("Paid"), "{}", landed.body);
    assert!(start.elapsed().as_secs() < 10, "nobody waits for an outcome that never comes");
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test]
async fn f22_a_changed_form_keeps_its_key_while_the_outcome_is_unknown() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    answer(&world, "/payments", Raw::hang_up());
    let form = browser.get(PAY).await;
    let unclear = send_and_follow(&mut browser, &filled(&form, &[("field-note", "one")])).await;
    answer(&world, "/payments", Raw::json(200, "{}"));
    send_and_follow(&mut browser, &replaced(&unclear, "field-note", "two")).await;
    let calls = changes(&world);
    let key = |index: usize| calls[index].headers["idempotency-key"].to_str().unwrap().to_owned();
    assert_ne!(calls[0].body, calls[1].body);
    assert_eq!(key(0), key(1));
    let form = browser.get(PAY).await;
    send_and_follow(&mut browser, &filled(&form, &[("field-note", "one")])).await;
    let other = changes(&world)[2].headers["idempotency-key"].to_str().unwrap().to_owned();
    assert_ne!(key(0), other, "another form is another request");
}

#[tokio::test]
async fn f23_hidden_characters_cannot_change_a_confirmation() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    row(&world, &ROW.replace("\"Bob\"", "\"Bob \\u202e00.001 \\u2066x\\u200b\\u0007\\n\\u2028\""));
    let form = browser.get(PAY).await;
    assert!(form.body.contains("Pay Bob 00.001 x"), "{}", form.body);
    let hidden = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{7}', '\u{2028}'];
    assert!(!form.body.contains(hidden));
    assert!(!browser.get(BOARD).await.body.contains(hidden));
    // Letters that are read from right to left stay within their own value.
    row(&world, &ROW.replace("\"Bob\"", "\"ש 100\""));
    let form = browser.get(PAY).await;
    assert!(form.body.contains("Pay \u{2068}ש 100\u{2069} \u{2068}€1,299.00\u{2069}?"), "{}", form.body);
}

#[tokio::test]
async fn f25_a_401_repeats_an_action_only_if_the_token_is_said_to_be_invalid() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for (challenge, times) in [
        (None, 1),
        (Some("Basic realm=\"x\""), 1),
        (Some("Bearer realm=\"x\""), 1),
        (Some("Bearer error=\"invalid_token\""), 2),
    ] {
        let raw = Raw::json(401, "{}");
        answer(
            &world,
            "/payments",
            challenge.map_or(raw.clone(), |challenge| raw.with("www-authenticate", challenge)),
        );
        let before = changes(&world).len();
        let form = browser.get(PAY).await;
        send_and_follow(&mut browser, &filled(&form, &[("field-note", "x")])).await;
        assert_eq!(changes(&world).len() - before, times, "{challenge:?}");
    }
}
