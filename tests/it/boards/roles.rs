//! Roles in the forms in which providers send them (R13, R23, R24), and what a locked panel says if there are none.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::text;
use crate::support::{
    Page,
    hostile::{HostileWorld, Keys},
    log::OwnLog,
};

const BOARD: &str = r#"
[[board]]
id = "books"
title = "Books"
role = ["admin", "Domain Users"]

[[board.panel]]
id = "p0"
title = "Margins"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
key = "id"
"#;

async fn world(more: &str, claims: &[(&str, Value)]) -> HostileWorld {
    let world = HostileWorld::with(&format!("{more}\n{BOARD}")).await;
    world.provider.script(|script| {
        for (name, value) in claims {
            script.person.claims.insert((*name).to_owned(), value.clone());
        }
    });
    world
}

fn is_open(page: &Page) -> bool {
    assert!([StatusCode::OK, StatusCode::FORBIDDEN].contains(&page.status), "{} {}", page.status, page.body);
    page.status == StatusCode::OK
}

async fn opens(more: &str, claims: &[(&str, Value)]) -> bool {
    let world = world(more, claims).await;
    let (_, page) = world.signed_in("/boards/books").await;
    assert_eq!(world.api.calls().len(), usize::from(is_open(&page)), "what is locked is not asked for");
    is_open(&page)
}

#[tokio::test]
async fn r23_the_keys_of_an_object_are_roles() {
    let zitadel = "urn:zitadel:iam:org:project:roles";
    let setting = format!("role_claims = \"{zitadel}\"");
    let kept = json!({ "admin": { "2231": "example.com" } });
    assert!(opens(&setting, &[(zitadel, kept.clone())]).await);
    assert!(!opens(&setting, &[(zitadel, json!({ "user": { "2231": "example.com" } }))]).await);
    for denied in [json!(false), json!(null)] {
        assert!(!opens(&setting, &[(zitadel, json!({ "admin": denied }))]).await);
    }
    // Other members of the class: nested, and by JSONPath.
    let nested = json!({ "app": { "roles": { "admin": true, "x": false } } });
    assert!(opens("role_claims = \"access.app.roles\"", &[("access", nested.clone())]).await);
    assert!(opens("role_claims = \"$.access.*.roles\"", &[("access", nested)]).await);
    // Not named by the settings.
    assert!(!opens("", &[(zitadel, kept)]).await);
}

#[tokio::test]
async fn r24_a_list_that_is_packed_into_one_text_opens_the_same_boards() {
    let groups = "role_claims = \"groups\"";
    for value in [
        json!(["Domain Users"]),
        json!("Domain Users"),
        json!("[\"x\",\"admin\"]"),
        json!("[x, admin]"),
        json!("x admin"),
    ] {
        assert!(opens(groups, &[("groups", value.clone())]).await, "{value}");
    }
    for (separators, value) in
        [(", ;", "x;admin"), (",", "Domain Users,x"), ("|", "x|Domain Users"), ("::", "x::admin")]
    {
        let setting = format!("{groups}\nrole_separators = \"{separators}\"");
        assert!(opens(&setting, &[("groups", json!(value))]).await, "{separators} {value}");
        assert!(!opens(groups, &[("groups", json!(value))]).await, "{value} without the setting");
    }
    for value in
        [json!("Domain"), json!("Domain Users 2"), json!(["Domain", "Users"]), json!("administrator")]
    {
        assert!(!opens(groups, &[("groups", value.clone())]).await, "{value}");
    }
    let none = format!("{groups}\nrole_separators = \"none\"");
    assert!(!opens(&none, &[("groups", json!("x admin"))]).await);
    assert!(opens(&none, &[("groups", json!("Domain Users"))]).await);
}

#[tokio::test]
async fn r13_a_locked_panel_tells_a_missing_claim_from_a_missing_role_and_from_too_many_groups() {
    let says = async |claims: &[(&str, Value)]| {
        let log = OwnLog::begin();
        let world = world("role_claims = \"groups\"", claims).await;
        let (_, page) = world.signed_in("/boards/books").await;
        assert!(!is_open(&page), "{}", page.body);
        (text(&page.body).replace(" .", "."), log.text())
    };
    let required = "This requires one of the roles admin or Domain Users.";
    let (page, _) = says(&[("groups", json!(["x"]))]).await;
    assert!(page.contains(required) && !page.contains("sent no"), "{page}");
    let (page, _) = says(&[]).await;
    assert!(page.contains(required) && page.contains("sent no roles"), "{page}");
    for overage in [
        &[
            ("_claim_names", json!({ "groups": "src1" })),
            ("_claim_sources", json!({ "src1": { "endpoint": "https://graph.example.com" } })),
        ][..],
        &[("hasgroups", json!(true))],
    ] {
        let (page, log) = says(overage).await;
        assert!(page.contains(required) && page.contains("too many groups"), "{page}");
        assert!(log.contains("groups not sent") && log.contains("app roles"), "{log}");
    }
}

/// The claims of an access token that is right in every respect.
fn access(world: &HostileWorld) -> Value {
    json!({
        "iss": world.provider.origin(), "sub": "p-ada", "aud": "https://api.example.com", "azp": "app",
        "exp": world.now() + 300, "realm_access": { "roles": ["admin"] }, "secret_note": "planted-in-the-token",
    })
}

fn signed(keys: &Keys, claims: &Value, typ: Option<&str>) -> String {
    let mut header = keys.header();
    match typ {
        Some(typ) => header["typ"] = json!(typ),
        None => drop(header.as_object_mut().unwrap().remove("typ")),
    }
    keys.sign(&header, claims)
}

fn give(world: &HostileWorld, token: &str) {
    world.provider.script(|script| {
        script.at_sign_in.answer.set("access_token", token);
        script.at_refresh.answer.set("access_token", token);
    });
}

const FROM_TOKEN: &str = "role_claims = \"realm_access.roles\"\naccess_token_roles = \"sub\"";

#[tokio::test]
async fn r13_roles_come_from_a_verified_access_token_if_the_settings_say_so() {
    for (typ, more) in [
        ("at+jwt", json!({})),
        ("JWT", json!({ "client_id": "app" })),
        ("application/at+jwt", json!({ "azp": "app" })),
    ] {
        let world = world(FROM_TOKEN, &[]).await;
        let mut claims = access(&world);
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        give(&world, &signed(world.provider.keys(), &claims, Some(typ)));
        let (mut browser, page) = world.signed_in("/boards/books").await;
        assert!(is_open(&page), "{typ}: {}", page.body);
        let account = browser.open("/account").await;
        assert!(!account.body.contains("planted-in-the-token"), "an access token is never shown");
    }
    let off = world("role_claims = \"realm_access.roles\"", &[]).await;
    give(&off, &signed(off.provider.keys(), &access(&off), Some("at+jwt")));
    assert!(!is_open(&off.signed_in("/boards/books").await.1), "opaque without the setting");
}

#[tokio::test]
async fn r13_an_opaque_forged_or_foreign_access_token_gives_no_roles_and_a_log_line() {
    let world = world(FROM_TOKEN, &[]).await;
    let good = access(&world);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        signed(world.provider.keys(), &claims, Some("at+jwt"))
    };
    let own = world.provider.keys();
    let forged = |token: String| format!("{}AAAA", &token[..token.len() - 4]);
    for (what, token) in [
        ("opaque", "opaque-token".to_owned()),
        ("another kind", signed(own, &good, Some("logout+jwt"))),
        ("no kind", signed(own, &good, None)),
        ("forged", forged(signed(own, &good, Some("at+jwt")))),
        ("unsigned", signed(&Keys::secret(*b"x"), &good, Some("at+jwt"))),
        ("another issuer", with("iss", json!("https://evil.example"))),
        ("another user", with("sub", json!("p-eve"))),
        ("another client", with("azp", json!("other"))),
        ("another client by its id", with("client_id", json!("other"))),
        ("over", with("exp", json!(world.now() - 100))),
    ] {
        give(&world, &token);
        let log = OwnLog::begin();
        let (_, page) = world.signed_in("/boards/books").await;
        assert!(!is_open(&page), "{what}: {}", page.body);
        let log = log.text();
        assert!(log.contains("no roles from the access token") && !log.contains(&token), "{what}: {log}");
    }
    give(&world, &signed(own, &good, Some("at+jwt")));
    assert!(is_open(&world.signed_in("/boards/books").await.1));
}

#[tokio::test]
async fn r13_where_sub_differs_per_api_another_claim_names_the_user() {
    let setting = FROM_TOKEN.replace("\"sub\"", "\"oid\"");
    let world = world(&setting, &[("oid", json!("o-1"))]).await;
    let of = |oid: Value| {
        let mut claims = access(&world);
        claims["sub"] = json!("of-this-api");
        claims["oid"] = oid;
        signed(world.provider.keys(), &claims, Some("JWT"))
    };
    give(&world, &of(json!("o-1")));
    assert!(is_open(&world.signed_in("/boards/books").await.1));
    give(&world, &of(json!("o-2")));
    assert!(!is_open(&world.signed_in("/boards/books").await.1));
    world.provider.script(|script| drop(script.person.claims.remove("oid")));
    give(&world, &of(json!("o-1")));
    assert!(!is_open(&world.signed_in("/boards/books").await.1), "the ID token has none");
}

#[tokio::test]
async fn r13_roles_are_read_anew_at_a_refresh_and_hold_ten_minutes_while_a_key_is_unknown() {
    let world = world(FROM_TOKEN, &[]).await;
    let token = |keys: &Keys, role: &str| {
        let mut claims = access(&world);
        claims["realm_access"]["roles"] = json!([role]);
        claims["exp"] = json!(world.now() + 3600);
        signed(keys, &claims, Some("at+jwt"))
    };
    give(&world, &token(world.provider.keys(), "admin"));
    let (mut browser, page) = world.signed_in("/boards/books").await;
    assert!(is_open(&page));
    give(&world, &token(world.provider.keys(), "clerk"));
    world.advance(130);
    // The panel's request refreshes the token, and the next page has the new roles.
    browser.get("/account").await;
    browser.get("/boards/books").await;
    assert!(!is_open(&browser.get("/boards/books").await), "read anew");
    let (mut browser, _) = (world.browser(), ());
    give(&world, &token(world.provider.keys(), "admin"));
    assert!(is_open(&browser.open("/boards/books").await));
    // The access token is signed with a key that the provider does not publish yet; the ID token is not.
    let next = Arc::new(Keys::generate());
    give(&world, &token(&next, "clerk"));
    world.advance(130);
    browser.get("/boards/books").await;
    assert!(is_open(&browser.get("/boards/books").await), "the last verified roles hold");
    let published = json!({ "keys": [world.provider.keys().public(), next.public()] });
    let mut other = world.browser();
    give(&world, &token(world.provider.keys(), "admin"));
    assert!(is_open(&other.open("/boards/books").await));
    give(&world, &token(&next, "admin"));
    world.advance(130);
    other.get("/boards/books").await;
    world.advance(620);
    assert!(!is_open(&other.get("/boards/books").await), "not for longer than ten minutes");
    world.provider.script(|script| script.keys = Some(published));
    world.advance(60);
    other.get("/account").await;
    assert!(is_open(&other.get("/boards/books").await), "until the key is published");
}
