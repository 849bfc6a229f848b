//! A sign-in that the API requires: requested exactly as required (AC-07), whatever the API sends (AC-09), and once
//! (AC-08).

use claimcheck_model::{AccessDenied, AppError, StepUpChallenge};
use claimcheck_server::{config::DEFAULT_API, sign_in::authorization_options};
use serde_json::json;

use crate::{
    step_up::{
        BOARD, PANEL, SCOPES, answer, asked, demanding, is_data, link, offer, refusal, request, session,
        some, world,
    },
    support::hostile::Raw,
};

/// Settings that are replaced if an API requires something else.
const PARAMS: &str = "authorize_params = \"acr_values=bronze&max_age=9000&ui_locales=nb\"";

#[tokio::test]
async fn ac_07_the_authorization_request_is_as_the_challenge_demands() {
    for (more, acr_values, max_age, scope) in [
        (", acr_values=\"urn:a:gold silver\", max_age=\"300\"", "urn:a:gold silver", "300", ""),
        (", acr_values=gold", "gold", "9000", ""),
        (", max_age=0", "bronze", "0", ""),
        (", max_age=\"5\", scope=\"pay orders:read\"", "bronze", "5", " pay"),
        (", acr_values=\"gold\", max_age=60, scope=\"pay\"", "gold", "60", " pay"),
        ("", "bronze", "0", ""),
    ] {
        let world = world(PARAMS, "").await;
        world.provider.script(|script| script.at_sign_in.claims.set("acr", "bronze"));
        let (mut browser, _) = world.signed_in("/account").await;
        // The token that is due is refreshed before the API call.
        world.advance(500);
        answer(&world, demanding(more));
        for calls in 1..=2 {
            let page = browser.get(BOARD).await;
            assert!(page.status == 200 && page.body.contains("Confirm it’s you"), "{more}: {}", page.body);
            assert_eq!((world.api.calls().len(), asked(&world)), (calls, (1, 1)), "{more}: not repeated");
        }
        let link = link(&world, &mut browser).await;
        let start = browser.get(&link).await;
        let scopes = format!("{SCOPES}{scope}");
        assert_eq!(request(&start), [some(&scopes), some(acr_values), some(max_age)], "{more}");
        assert_eq!((start.sent("ui_locales"), start.sent("prompt")), (some("nb"), some("consent")));
        if more.contains("acr_values") {
            let last = acr_values.split(' ').next_back().unwrap().to_owned();
            world.provider.script(|script| script.at_sign_in.claims.set("acr", last));
        }
        answer(&world, None);
        assert!(is_data(&browser.follow(start).await), "{more}: back at the same place");
    }
}

#[tokio::test]
async fn ac_07_only_a_401_demands_a_sign_in() {
    let world = world("", "").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let challenge = "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\"";
    for status in [400, 402, 404, 429, 500] {
        answer(&world, Raw::json(status, "{}").with("www-authenticate", challenge));
        assert_eq!(refusal(&mut browser).await, AppError::ApiUnavailable, "{status}");
        // After a 429 the API is left alone for a while.
        world.advance(11);
    }
    answer(&world, Raw::json(403, "{}").with("www-authenticate", challenge));
    assert_eq!(refusal(&mut browser).await, AppError::Forbidden(AccessDenied::Unsaid));
    answer(&world, Raw::json(401, "{}").with("www-authenticate", challenge));
    let demand = StepUpChallenge { acr_values: vec!["gold".into()], ..StepUpChallenge::default() };
    assert_eq!(refusal(&mut browser).await, AppError::StepUp(demand));
    assert_eq!(asked(&world), (1, 0));
}

#[tokio::test]
async fn ac_08_the_same_challenge_twice_ends_in_words_and_not_in_a_loop() {
    for (more, acr) in
        [(", acr_values=\"gold\"", "gold"), (", max_age=300", "urn:example:password"), ("", "any")]
    {
        let world = world("", "").await;
        let (mut browser, _) = world.signed_in("/account").await;
        world.advance(500);
        answer(&world, demanding(more));
        let link = link(&world, &mut browser).await;
        world.provider.script(|script| script.at_sign_in.claims.set("acr", acr));
        let page = browser.open(&link).await;
        assert!(page.path() == BOARD && page.body.contains("still denies access"), "{more}: {}", page.body);
        assert_eq!(refusal(&mut browser).await, AppError::Forbidden(AccessDenied::StillRefused));
        assert_eq!(offer(&world, &mut browser).await, None, "{more}");
        let demanded = StepUpChallenge { acr_values: vec![acr.to_owned()], ..StepUpChallenge::default() };
        let now = session(&world).await;
        assert_eq!(
            authorization_options::demand_href(&world.services.sign_in, &now, DEFAULT_API, &demanded, BOARD),
            None,
            "{more}"
        );
        assert_eq!(asked(&world).0, 2, "{more}");
        // When the sign-in has become too old, the same may be requested again.
        world.advance(500);
        assert_eq!(offer(&world, &mut browser).await.is_some(), acr != "gold", "{more}");
        answer(&world, None);
        assert!(is_data(&browser.open(BOARD).await), "{more}: the session goes on");
    }
}

#[tokio::test]
async fn ac_08_a_scope_that_is_left_over_is_asked_for_without_another_proof() {
    let world = world("", "").await;
    world.provider.script(|script| script.at_sign_in.claims.set("acr", "gold"));
    let (mut browser, _) = world.signed_in("/account").await;
    answer(&world, demanding(", acr_values=\"gold\", scope=\"pay\""));
    assert_eq!(refusal(&mut browser).await, AppError::Forbidden(AccessDenied::Scope("pay".into())));
    let link = link(&world, &mut browser).await;
    let start = browser.get(&link).await;
    assert_eq!(request(&start), [some(&format!("{SCOPES} pay")), None, None]);
    browser.follow(start).await;
    assert_eq!(refusal(&mut browser).await, AppError::Forbidden(AccessDenied::StillRefused));
}

#[tokio::test]
async fn ac_09_hostile_challenges_never_reach_the_authorization_request() {
    let world = world("", "").await;
    world.provider.script(|script| script.texts.access_token = "canary-access-token-".into());
    let (mut browser, _) = world.signed_in("/account").await;
    world.advance(100);
    for (more, acr_values, max_age) in [
        (", max_age=-1", None, some("0")),
        (", max_age=\"1e9\"", None, some("0")),
        (", max_age=\"1e9\", acr_values=\"gold\"", some("gold"), None),
        (", acr_values=\"gold&scope=admin&prompt=none\"", some("gold&scope=admin&prompt=none"), None),
        (", acr_values=\"a\\\"b c\\\\d gold\"", some("gold"), None),
        (", acr_values=\"gold%0d%0aX:y\"", some("gold%0d%0aX:y"), None),
        (", acr_values=\"{echo} x{echo}y\", scope=\"pay{echo}\"", None, some("0")),
        (", acr_values=\"", None, some("0")),
        (", acr_values=gold, acr_values=silver, max_age=5, max_age=\"x\"", some("gold"), some("5")),
    ] {
        answer(&world, demanding(more));
        let link = link(&world, &mut browser).await;
        assert!(!link.contains("canary"), "{more}");
        let start = browser.get(&link).await;
        assert_eq!(request(&start), [some(SCOPES), acr_values, max_age], "{more}");
        assert_eq!(start.sent("prompt"), some("consent"));
        assert!(!start.location().as_str().contains("canary"), "{more}");
    }
    answer(&world, demanding(&format!(", acr_values=\"{}\"", "gold ".repeat(13_000))));
    assert_eq!(refusal(&mut browser).await, AppError::ApiUnavailable, "64 KiB");
    answer(&world, None);
    assert!(is_data(&browser.open(BOARD).await));
}

#[tokio::test]
async fn rf_12_after_a_refresh_the_demand_persists() {
    let world = world("", "").await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    world.provider.script(|script| {
        script.at_refresh.claims.set("acr", "gold");
        script.at_refresh.claims.set("amr", json!(["mfa"]));
        script.at_refresh.claims.set("nickname", "the refresh was taken");
    });
    let demand = demanding(", acr_values=\"gold\", max_age=60");
    world.advance(180);
    answer(&world, demand);
    let before = refusal(&mut browser).await;
    assert_eq!(asked(&world), (1, 1), "refreshed");
    assert!(browser.open("/account").await.body.contains("the refresh was taken"));
    assert!(matches!(&before, AppError::StepUp(_)), "{before:?}");
    assert_eq!(refusal(&mut browser).await, before);
    // Only a sign-in meets the requirement.
    let link = link(&world, &mut browser).await;
    world.provider.script(|script| script.at_sign_in.claims.set("acr", "gold"));
    browser.open(&link).await;
    assert_eq!(refusal(&mut browser).await, AppError::Forbidden(AccessDenied::StillRefused));
    answer(&world, None);
    assert!(browser.fetch(PANEL).await.body.starts_with("{\"Ready\""));
}
