//! The identity of the user (IT-17), and which claims are shown (IT-18).

use axum::http::{Method, StatusCode, header};
use claimcheck_model::paths;
use serde_json::{Value, json};

use crate::{
    id_token::is_accepted,
    support::{
        Browser,
        hostile::{HostileWorld, Person},
        new_key,
    },
};

/// The number of this user's sessions for that issuer in this world's store.
async fn sessions(world: &HostileWorld, issuer: &str, sub: &str) -> usize {
    world.services.sessions.of(issuer, sub).await.unwrap().len()
}

#[tokio::test]
async fn it_17_somebody_is_their_sub_and_no_address_or_name() {
    let world = HostileWorld::start().await;
    let iss = world.provider.origin();
    let (mut browser, _) = world.signed_in("/account").await;
    let (mut elsewhere, _) = world.signed_in("/account").await;
    assert_eq!(sessions(&world, iss, "p-ada").await, 2);
    let before = browser.at_app["claimcheck"].clone();
    // Everything is the same except for the subject.
    for sub in ["p-eve", "P-ADA", "p-ada ", "p-ad"] {
        world.provider.script(|script| script.person.sub = sub.to_owned());
        let page = browser.open("/auth/sign-in?return_to=/account").await;
        assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/account"), "{sub}");
        assert!(page.body.contains("p-ada@people.example") && page.body.contains("Ada Okafor"), "{sub}");
        assert_eq!(sessions(&world, iss, sub).await, 1, "{sub}: one of their own");
        let listed = browser.open(paths::SESSIONS.path()).await;
        assert_eq!(listed.status, StatusCode::OK, "{sub}");
    }
    assert_eq!(
        sessions(&world, iss, "p-ada").await,
        1,
        "the other browser's is left alone, this one's has ended"
    );
    let mut old = world.browser();
    old.at_app.insert("claimcheck".into(), before);
    world.provider.script(|script| script.person = Person::new("p-ada", "Ada Okafor"));
    assert!(old.get("/account").await.status.is_redirection(), "the session of before was taken over");
    // Conversely: the same `sub` is the same user, whatever the other claims are.
    world.provider.script(|script| {
        script.person = Person::new("p-ada", "Ada Lovelace");
        script.person.claims.insert("email".into(), json!("lovelace@people.example"));
    });
    let page = elsewhere.open("/auth/sign-in?return_to=/account").await;
    assert!(page.body.contains("Ada Lovelace") && page.body.contains("lovelace@people.example"));
    assert_eq!(sessions(&world, iss, "p-ada").await, 1, "it goes on");
}

#[tokio::test]
async fn it_17_the_same_sub_of_another_issuer_is_somebody_else() {
    let keys = format!("session_keys = \"{}\"\n", new_key());
    let one = HostileWorld::with(&format!("{keys}store = \"sqlite:FOLDER/sessions.db\"\n")).await;
    let store = format!("store = \"sqlite:{}\"\n", one.database().display());
    let other = HostileWorld::with(&format!("{keys}{store}")).await;
    let (browser, _) = one.signed_in("/account").await;
    let (mut elsewhere, _) = one.signed_in("/account").await;
    // The same store, keys, cookie and `sub`, but another issuer in the settings.
    let mut moved: Browser<'_> = other.browser();
    moved.at_app.clone_from(&browser.at_app);
    let page = moved.open("/auth/sign-in?return_to=/account").await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/account"));
    let (here, there) = (one.provider.origin(), other.provider.origin());
    assert_eq!((sessions(&other, here, "p-ada").await, sessions(&other, there, "p-ada").await), (2, 1));
    assert!(page.body.contains(there) && !page.body.contains(here), "{}", page.body);
    // Ending all sessions of one does not end those of the other.
    let token = other.provider.logout(Some("p-ada"), None).signed(other.provider.keys());
    let form = format!("logout_token={token}");
    let server = [("sec-fetch-mode", ""), ("sec-fetch-dest", ""), ("sec-fetch-site", ""), ("accept", "*/*")];
    let answer =
        other.browser().send(Method::POST, paths::BACK_CHANNEL_LOGOUT.path(), &server, Some(form)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!((sessions(&other, here, "p-ada").await, sessions(&other, there, "p-ada").await), (2, 0));
    assert_eq!(elsewhere.get("/account").await.status, StatusCode::OK);
}

/// The pages that show claims.
async fn shown(world: &HostileWorld, what: &str) -> String {
    is_accepted(world, what).await;
    let (mut browser, account) = world.signed_in("/account").await;
    let board = browser.open("/boards/orders").await;
    let list = browser.open(paths::SESSIONS.path()).await;
    assert_eq!((board.status, list.status), (StatusCode::OK, StatusCode::OK), "{what}");
    // No page lets a browser load images or run scripts from a claim.
    assert!(account.header(header::CONTENT_SECURITY_POLICY).contains("img-src 'self'"), "{what}");
    [account.body, board.body, list.body].concat()
}

#[tokio::test]
async fn it_18_claims_are_text_wherever_they_are_shown() {
    let world = HostileWorld::start().await;
    let markup = "</script><b id=planted onmouseover=alert(1)>\"'&";
    let urls = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,planted",
        "http://plain.example/planted",
        "https://people.example/planted",
        "//people.example/planted",
        "vbscript:planted",
    ];
    for claim in
        ["name", "email", "preferred_username", "nickname", "website", "teams", "https://x.example/a<b>"]
    {
        world.provider.script(|script| {
            script.person = Person::new("p-ada", "Ada Okafor");
            script.person.claims.insert(claim.into(), json!(markup));
        });
        let body = shown(&world, claim).await;
        assert!(!body.contains("<b id=planted") && !body.contains("<b>"), "{claim} is markup");
        assert!(body.contains("&lt;/script&gt;&lt;b id=planted"), "{claim} is not shown");
    }
    for claim in ["picture", "profile", "website", "homepage", "name"] {
        for url in urls {
            world.provider.script(|script| {
                script.person = Person::new("p-ada", "Ada Okafor");
                script.person.claims.insert(claim.into(), json!(url));
            });
            let body = shown(&world, claim).await;
            for attribute in ["href", "src", "srcset", "action", "style", "data", "content", "poster"] {
                let quoted = format!("{attribute}=\"{url}");
                assert!(
                    !body.contains(&quoted) && !body.contains(&format!("url({url}")),
                    "{claim}: {quoted}"
                );
            }
        }
    }
}

#[tokio::test]
async fn it_18_odd_values_have_one_outcome_and_end_no_sign_in() {
    let world = HostileWorld::start().await;
    // The parts of a value that are shown, and that must not be shown.
    let values: Vec<(&str, Value, Option<&str>, Option<&str>)> = vec![
        ("email_verified", json!("true"), Some("Email address verified"), None),
        ("email_verified", json!(1), None, None),
        ("phone_number_verified", json!("no"), None, None),
        ("name", json!(null), Some("p-ada@people.example"), Some("null")),
        ("name", json!(["Ada", "Okafor"]), Some("Ada, Okafor"), None),
        ("name", json!({ "first": "planted" }), None, Some("planted")),
        ("name", json!(""), Some("p-ada@people.example"), None),
        (
            "name",
            json!("Ada\u{0}\u{202e}Okafor\u{2066}\r\n\u{1b}[31m"),
            Some("AdaOkafor[31m"),
            Some("\u{202e}"),
        ),
        ("name", json!("planted".repeat(20_000 / 7)), Some("planted"), None),
        ("email", json!("a\u{202e}moc.elpmaxe\u{0}"), Some("amoc.elpmaxe"), Some("\u{202e}")),
        // In Auth0's format, and in that of the specification.
        ("updated_at", json!("2026-03-02T14:05:00.000Z"), Some("Profile last updated"), None),
        ("updated_at", json!(1_772_460_300), Some("Profile last updated"), None),
        ("updated_at", json!(1e300), None, None),
        ("address", json!("Hafenstraße 1"), Some("Hafenstraße 1"), None),
        ("address", json!({ "street_address": "planted" }), None, Some("planted")),
        ("locale", json!({ "country": "US", "language": "en" }), None, None),
        ("locale", json!("no such locale"), None, None),
        ("zoneinfo", json!("Nowhere/Nothing"), None, None),
        ("zoneinfo", json!(["Europe/Berlin"]), None, None),
        ("picture", json!(7), None, None),
        ("gender", json!(["x"]), None, None),
        ("birthdate", json!(1990), None, None),
        ("roles", json!({ "a": 1 }), None, None),
        ("roles", json!([null, 1, "clerk"]), Some("clerk"), None),
        ("name#de", json!(5), None, None),
        ("amr", json!("pwd"), Some("password"), None),
        ("amr", json!([1, null, "pwd"]), Some("password"), None),
        ("amr", json!({ "a": 1 }), None, None),
        ("acr", json!(1), None, None),
        ("c_hash", json!(1), None, None),
    ];
    for (name, value, is_shown, is_not) in values {
        let what = format!("{name}: {:.60}", value.to_string());
        world.provider.script(|script| {
            script.person = Person::new("p-ada", "Ada Okafor");
            let is_of_person = !["amr", "acr", "c_hash"].contains(&name);
            if is_of_person {
                script.person.claims.insert(name.into(), value.clone());
            }
            script.at_sign_in.claims.set(name, value.clone());
        });
        let body = shown(&world, &what).await;
        let bodies = body.replace("<wbr>", "");
        is_shown.into_iter().for_each(|text| assert!(bodies.contains(text), "{what}: {text:?} is not shown"));
        is_not.into_iter().for_each(|text| assert!(!bodies.contains(text), "{what}: {text:?} is shown"));
        assert!(!bodies.contains('\u{0}') && !bodies.contains('\u{1b}'), "{what}");
        assert!(bodies.len() < 400_000, "{what}: {}", bodies.len());
        world.provider.be_honest();
    }
}
