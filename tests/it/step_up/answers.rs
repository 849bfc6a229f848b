//! The returning user and the kind of sign-in: a result that is not as requested changes nothing, is reported, and its
//! tokens are revoked (AC-08).

use axum::http::StatusCode;
use claimcheck_model::AppError;
use serde_json::{Value, json};

use crate::{
    step_up::{
        BOARD, SCOPES, answer, asked, demanding, is_data, link, refusal, request, session, some, world,
    },
    support::{
        Browser, Page,
        hostile::{At, HostileWorld, Person},
    },
};

const DEMAND: &str = ", acr_values=\"gold silver\", max_age=\"300\"";
const BACK: &str = "Go back";

/// A user whose sign-in is too weak and too old for the API, and the link that requests another one.
async fn demanded(world: &HostileWorld) -> (Browser<'_>, String) {
    let (mut browser, _) = world.signed_in("/account").await;
    world.advance(500);
    answer(world, demanding(DEMAND));
    let link = link(world, &mut browser).await;
    (browser, link)
}

/// The problem page's link with that label.
fn href(page: &Page, label: &str) -> String {
    let before = page.body.split(&format!(">{label}<")).next().unwrap();
    let value = before.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
    value.replace("&amp;", "&")
}

/// Checks that a failed sign-in leaves nothing behind: the previous session works with its own tokens. The new tokens
/// are revoked if they are another user's; if they are the same user's, that could end the session as well.
async fn nothing_was_changed(
    world: &HostileWorld,
    browser: &mut Browser<'_>,
    cookie: &str,
    what: &str,
    is_other: bool,
) {
    assert_eq!(browser.at_app["claimcheck"], cookie, "{what}");
    world.drained().await;
    let issued = world.provider.issued().pop().unwrap();
    let revoked: Vec<_> = world.provider.seen(At::Revocation);
    let revoked: Vec<_> = revoked.iter().filter_map(|seen| seen.field("token")).collect();
    assert_eq!(revoked.contains(&issued.access_token.as_str()), is_other, "{what}: {revoked:?}");
    assert_eq!(revoked.contains(&issued.refresh_token.unwrap().as_str()), is_other, "{what}: {revoked:?}");
    answer(world, None);
    assert!(is_data(&browser.open(BOARD).await), "{what}");
    assert!(!world.api.saw(&issued.access_token), "{what}");
    assert!(browser.open("/account").await.body.contains("Ada Okafor"), "{what}");
}

#[tokio::test]
async fn ac_08_it_15_a_sign_in_that_is_not_as_demanded_stops_with_words_and_changes_nothing() {
    let now = |world: &HostileWorld, ago: i64| json!(world.now() - ago);
    type Claim = fn(&HostileWorld, &dyn Fn(&HostileWorld, i64) -> Value) -> (&'static str, Option<Value>);
    let cases: [(&str, Claim); 6] = [
        ("acr_values ignored", |_, _| ("acr", Some(json!("urn:example:password")))),
        ("no acr", |_, _| ("acr", None)),
        ("acr_values repeated", |_, _| ("acr", Some(json!("gold silver")))),
        ("max_age ignored", |world, now| ("auth_time", Some(now(world, 500)))),
        ("no auth_time", |_, _| ("auth_time", None)),
        ("auth_time to come", |world, now| ("auth_time", Some(now(world, -300)))),
    ];
    for (what, claim) in cases {
        let world = world("", "").await;
        let (mut browser, link) = demanded(&world).await;
        let cookie = browser.at_app["claimcheck"].clone();
        let userinfo = world.provider.count(At::UserInfo);
        let (name, value) = claim(&world, &now);
        world.provider.script(|script| {
            script.at_sign_in.claims.set("acr", "gold");
            match value {
                Some(value) => script.at_sign_in.claims.set(name, value),
                None => script.at_sign_in.claims.remove(name),
            }
        });
        let page = browser.open(&link).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}: {}", page.body);
        assert!(page.is_of_app() && page.body.contains("A stronger sign-in is required"), "{what}");
        assert!(page.body.contains("You’re still signed in") && page.body.contains("Reference"), "{what}");
        assert_eq!(href(&page, BACK), BOARD, "{what}");
        assert_eq!((asked(&world).0, world.provider.count(At::UserInfo)), (2, userinfo), "{what}: no loop");
        assert!(matches!(refusal(&mut browser).await, AppError::StepUp(_)), "{what}: and nothing is met");
        nothing_was_changed(&world, &mut browser, &cookie, what, false).await;
        // Again, with a provider that does as requested.
        world.provider.be_honest();
        world.provider.script(|script| script.at_sign_in.claims.set("acr", "silver"));
        let start = browser.get(&href(&page, "Try again")).await;
        assert_eq!(request(&start), [some(SCOPES), some("gold silver"), some("300")], "{what}");
        let page = browser.follow(start).await;
        assert!(is_data(&page), "{what}: {}", page.body);
        assert_eq!(session(&world).await.record.acr, some("silver"), "{what}");
    }
}

#[tokio::test]
async fn ac_08_a_clock_may_differ_by_the_leeway() {
    let world = world("", "").await;
    let (mut browser, link) = demanded(&world).await;
    let auth_time = world.now() - 300 - 55;
    world.provider.script(|script| {
        script.at_sign_in.claims.set("acr", "gold");
        script.at_sign_in.claims.set("auth_time", auth_time);
    });
    answer(&world, None);
    assert!(is_data(&browser.open(&link).await));
}

#[tokio::test]
async fn ac_08_somebody_else_who_comes_back_changes_nothing() {
    for (what, needs) in [("step-up", ""), ("consent", "scope = \"stock:read\"")] {
        let world = world("", needs).await;
        let (mut browser, _) = world.signed_in("/account").await;
        if needs.is_empty() {
            answer(&world, demanding(DEMAND));
        }
        let link = link(&world, &mut browser).await;
        let cookie = browser.at_app["claimcheck"].clone();
        let ada = world.provider.script(|script| script.person.clone());
        world.provider.script(|script| {
            script.person = Person::new("p-eve", "Eve Moreau");
            script.at_sign_in.claims.set("acr", "gold");
        });
        let page = browser.open(&link).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}: {}", page.body);
        assert!(page.body.contains("You signed in with a different account"), "{what}: {}", page.body);
        assert!(page.body.contains("Nothing was changed") && !page.body.contains("Eve Moreau"), "{what}");
        assert_eq!((href(&page, BACK).as_str(), asked(&world).0), (BOARD, 2), "{what}: no loop");
        let again = href(&page, "Try again");
        if needs.is_empty() {
            nothing_was_changed(&world, &mut browser, &cookie, what, true).await;
        }
        assert_eq!(world.services.sessions.of(world.provider.origin(), "p-eve").await.unwrap().len(), 0);
        world.provider.script(|script| script.person = ada);
        assert!(is_data(&browser.open(&again).await), "{what}: the right one");
        // An ordinary sign-in may well be another user's.
        world.provider.script(|script| script.person = Person::new("p-eve", "Eve Moreau"));
        let page = browser.open("/auth/sign-in?return_to=/account").await;
        assert!(page.body.contains("Eve Moreau") && !page.body.contains("Ada"), "{what}");
    }
}

#[tokio::test]
async fn ac_08_who_cancels_is_told_that_nothing_changed_and_how_to_go_back() {
    let said_no = |error: &'static str| {
        move |script: &mut crate::support::hostile::Script| {
            script.callback.remove("code");
            script.callback.set("error", error);
        }
    };
    for (error, title) in [
        ("access_denied", "Nothing was changed"),
        ("unmet_authentication_requirements", "A stronger sign-in is required"),
    ] {
        let world = world("", "").await;
        let (mut browser, link) = demanded(&world).await;
        let cookie = browser.at_app["claimcheck"].clone();
        world.provider.script(said_no(error));
        let page = browser.open(&link).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains(title) && page.body.contains("You’re still signed in"), "{}", page.body);
        assert_eq!((href(&page, BACK).as_str(), asked(&world).0), (BOARD, 2));
        assert_eq!(browser.at_app["claimcheck"], cookie);
        answer(&world, None);
        assert!(is_data(&browser.open(&href(&page, BACK)).await));
        // A user who was not signed in has nothing to go back to.
        let page = world.browser().open(BOARD).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(!page.body.contains(BACK) && !page.body.contains("still signed in"), "{}", page.body);
        world.provider.be_honest();
        world.provider.script(|script| script.at_sign_in.claims.set("acr", "gold"));
        assert!(is_data(&browser.open(&link).await), "and may be asked again");
    }
}

#[tokio::test]
async fn ac_08_a_sign_in_that_starts_anew_still_asks_for_the_same() {
    for (acr, sub, expected) in [
        ("gold", "p-ada", StatusCode::OK),
        ("bronze", "p-ada", StatusCode::FORBIDDEN),
        ("gold", "p-eve", StatusCode::FORBIDDEN),
    ] {
        let world = world("", "").await;
        let (mut browser, link) = demanded(&world).await;
        let start = browser.get(&link).await;
        let wanted = request(&start);
        assert_eq!(wanted, [some(SCOPES), some("gold silver"), some("300")]);
        let callback = browser.get(start.location().as_str()).await.location();
        browser.at_app.clear();
        world.provider.script(|script| {
            script.person = Person::new(sub, "Somebody");
            script.at_sign_in.claims.set("acr", acr);
        });
        let again = browser.get(callback.as_str()).await;
        assert_eq!(request(&again), wanted, "{acr} {sub}");
        answer(&world, None);
        let page = browser.follow(again).await;
        assert_eq!((page.status, is_data(&page)), (expected, expected == StatusCode::OK), "{acr} {sub}");
        assert_eq!(browser.at_app.contains_key("claimcheck"), expected == StatusCode::OK);
        assert!(!page.body.contains(BACK), "there is no session to go back to");
    }
}
