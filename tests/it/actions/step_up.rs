//! An action for which the API requires a stronger or fresher sign-in, or a scope: explained, requested, shown again,
//! confirmed, done once (AC-06, AC-07, AC-08).

use serde_json::json;

use crate::{actions::*, support::hostile::Person};

const DEMAND: &str =
    "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\", max_age=\"300\"";
const NOT_YET: &str = "has been submitted yet";

/// The API requires a sign-in of class gold for shipping.
fn demand(world: &HostileWorld) {
    answer(world, "/orders/ORD-1/ship", Raw::json(401, "{}").with("www-authenticate", DEMAND));
}

/// The link to the provider on a page.
fn ask(page: &Page) -> String {
    let link = page
        .body
        .split("href=\"/auth/sign-in?")
        .skip(1)
        .find(|rest| rest.split('"').next().is_some_and(|query| query.contains("ask=")));
    let query =
        link.unwrap_or_else(|| panic!("no link asks for it: {}", page.body)).split('"').next().unwrap();
    format!("/auth/sign-in?{}", query.replace("&amp;", "&"))
}

fn signs_in(world: &HostileWorld, acr: &str) {
    let now = world.now();
    world.provider.script(|script| {
        script.at_sign_in.claims.set("acr", acr);
        script.at_sign_in.claims.set("auth_time", now);
    });
}

#[tokio::test]
async fn ac_08_the_way_back_knows_what_the_board_was_asked() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    demand(&world);
    let form = browser.get(&format!("{SHIP}&orders.q=ada&orders.sort=total")).await;
    let page = send_and_follow(&mut browser, &filled(&form, &SHIP_FIELDS)).await;
    signs_in(&world, "gold");
    let back = browser.open(&ask(&page)).await;
    assert!(
        back.path().contains("orders.q=ada") && back.path().contains("orders.sort=total"),
        "{}",
        back.path()
    );
    assert!(back.body.contains("/boards/desk?orders.q=ada&amp;orders.sort=total"), "{}", back.body);
}

/// Goes through the challenge before shipping, up to the kept form.
async fn challenged(world: &HostileWorld, browser: &mut Browser<'_>) -> Page {
    demand(world);
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    send_and_follow(browser, &fields).await
}

#[tokio::test]
async fn ac_07_ac_08_after_the_step_up_it_is_shown_again_confirmed_and_done_once() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = challenged(&world, &mut browser).await;
    assert!(page.body.contains("The API requires") && page.body.contains("the dog"), "{}", page.body);
    assert!(!page.body.contains("data-part=\"act-form\""), "there is nothing to send yet");
    let sent = browser.get(&ask(&page)).await;
    assert_eq!(
        (sent.sent("acr_values").as_deref(), sent.sent("max_age").as_deref()),
        (Some("gold"), Some("300"))
    );
    signs_in(&world, "gold");
    let back = browser.follow(sent).await;
    assert_eq!(back.path(), page.path(), "back at the same place");
    assert!(back.body.contains(NOT_YET) && back.body.contains("the dog"), "{}", back.body);
    assert_eq!(changes(&world).len(), 1, "coming back sends nothing");
    browser.get(&page.path()).await;
    assert_eq!(changes(&world).len(), 1, "nor does a reload");

    answer(&world, "/orders/ORD-1/ship", Raw::json(200, "{}"));
    let fields = filled(&back, &SHIP_FIELDS);
    let other_tab = filled(&browser.get(&page.path()).await, &SHIP_FIELDS);
    for fields in [&fields, &fields, &other_tab] {
        let landed = send_and_follow(&mut browser, fields).await;
        assert!(landed.body.contains(SHIPPED), "{}", landed.body);
    }
    let calls = changes(&world);
    assert_eq!(calls.len(), 2, "the one that was refused, and the one that was done");
    assert_eq!((&calls[0].body, &calls[0].path), (&calls[1].body, &calls[1].path));
    assert_ne!(calls[0].token(), calls[1].token(), "with the token of the stronger sign-in");
}

#[tokio::test]
async fn ac_08_a_provider_that_ignores_the_demand_ends_in_words_and_nothing_is_done() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = challenged(&world, &mut browser).await;
    signs_in(&world, "bronze");
    let refused = browser.open(&ask(&page)).await;
    assert!(refused.status.is_server_error() || refused.status.is_client_error(), "{}", refused.status);
    assert!(refused.body.contains("Reference"), "{}", refused.body);
    let again = browser.get(&page.path()).await;
    assert!(again.body.contains("the dog") && !again.body.contains(NOT_YET), "{}", again.body);
    assert_eq!(changes(&world).len(), 1);
    signs_in(&world, "gold");
    let back = browser.open(&ask(&again)).await;
    assert!(back.body.contains(NOT_YET));
}

#[tokio::test]
async fn ac_08_somebody_else_who_comes_back_does_nothing_with_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = challenged(&world, &mut browser).await;
    signs_in(&world, "gold");
    let ada = world
        .provider
        .script(|script| std::mem::replace(&mut script.person, Person::new("p-eve", "Eve Moreau")));
    let refused = browser.open(&ask(&page)).await;
    assert!(!refused.status.is_success(), "{}", refused.body);
    assert!(browser.get(BOARD).await.body.contains("Ada Okafor"), "the session goes on as it was");
    assert_eq!(changes(&world).len(), 1);
    world.provider.script(|script| script.person = ada);
    assert!(browser.open(&ask(&page)).await.body.contains(NOT_YET));
}

#[tokio::test]
async fn ac_08_the_same_demand_after_it_was_met_is_said_and_not_asked_for_again() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = challenged(&world, &mut browser).await;
    signs_in(&world, "gold");
    let back = browser.open(&ask(&page)).await;
    let again = send_and_follow(&mut browser, &filled(&back, &SHIP_FIELDS)).await;
    assert!(again.body.contains("still denies access"), "{}", again.body);
    assert!(!again.body.contains("ask="), "no loop: {}", again.body);
    assert_eq!(changes(&world).len(), 2);
}

#[tokio::test]
async fn ac_08_who_takes_too_long_to_confirm_is_asked_anew() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let page = challenged(&world, &mut browser).await;
    signs_in(&world, "gold");
    let back = browser.open(&ask(&page)).await;
    assert!(back.body.contains(NOT_YET));
    world.advance(301);
    let late = send_and_follow(&mut browser, &filled(&back, &SHIP_FIELDS)).await;
    signs_in(&world, "gold");
    let back = browser.open(&ask(&late)).await;
    assert!(back.body.contains(NOT_YET), "{}", back.body);
}

#[tokio::test]
async fn ac_06_a_scope_that_the_api_misses_is_asked_for_and_the_form_is_there_again() {
    let world = world().await;
    world
        .provider
        .script(|script| script.grants = Some("openid profile email offline_access orders:read".into()));
    let (mut browser, _) = world.signed_in(BOARD).await;
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"orders:send\"";
    answer(&world, "/orders/ORD-1/ship", Raw::json(403, "{}").with("www-authenticate", challenge));
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    let page = send_and_follow(&mut browser, &fields).await;
    assert!(page.body.contains("orders:send"), "{}", page.body);
    let sent = browser.get(&ask(&page)).await;
    assert!(sent.sent("scope").is_some_and(|scope| scope.split(' ').any(|word| word == "orders:send")));
    let back = browser.follow(sent).await;
    assert!(back.body.contains("didn’t grant") && !back.body.contains(NOT_YET), "{}", back.body);
    world.provider.script(|script| {
        script.grants = Some("openid profile email offline_access orders:read orders:send".into());
    });
    let back = browser.open(&ask(&back)).await;
    assert!(back.body.contains(NOT_YET) && back.body.contains("the dog"), "{}", back.body);
    answer(&world, "/orders/ORD-1/ship", Raw::json(200, &json!({}).to_string()));
    let landed = send_and_follow(&mut browser, &filled(&back, &SHIP_FIELDS)).await;
    assert!(landed.body.contains(SHIPPED));
    assert_eq!(changes(&world).len(), 2);
}
