//! An API can have users asked only for scopes that the settings name for it (F34).

use claimcheck_model::{AccessDenied, AppError, StepUpChallenge};
use claimcheck_server::sign_in::authorization_options::demand_href;
use claimcheck_session::DEFAULT_API;

use crate::{
    step_up::{
        BOARD, SCOPES, answer, asked, demanding, is_data, link, offer, refusal, request, session, some, world,
    },
    support::{
        Heard,
        hostile::{HostileWorld, Raw},
    },
};

fn insufficient(scope: &str) -> Raw {
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    Raw::json(403, "{}").with("www-authenticate", &challenge)
}

fn not_requested(scopes: &str) -> AppError {
    AppError::Forbidden(AccessDenied::ScopeNotRequested(scopes.to_owned()))
}

#[tokio::test]
async fn f34_a_scope_that_nothing_names_for_the_api_is_not_asked_for_and_the_panel_says_so() {
    for (raw, scopes) in [
        (insufficient("payments:admin"), "payments:admin"),
        (insufficient("orders:read payments:admin"), "payments:admin"),
        // Half of it would not satisfy the API.
        (insufficient("stock:read  payments:admin"), "payments:admin"),
        (insufficient("phone address"), "phone address"),
        (demanding(", acr_values=\"gold\", scope=\"payments:admin\""), "payments:admin"),
        (demanding(", max_age=5, scope=\"stock:read payments:admin\""), "payments:admin"),
    ] {
        let world = world("step_up_scopes = \"stock:read\"", "").await;
        let (mut browser, _) = world.signed_in("/account").await;
        answer(&world, raw.clone());
        let heard = Heard::begin();
        assert_eq!(refusal(&mut browser).await, not_requested(scopes), "{raw:?}");
        let names = ["demand for scopes refused", "default", scopes, "step_up_scopes"];
        assert!(heard.has(&names), "{raw:?}");
        let page = browser.get(BOARD).await;
        assert!(page.body.contains("does not request for it"), "{raw:?}: {}", page.body);
        assert!(page.body.contains(&format!("<code>{scopes}</code>")), "{raw:?}: {}", page.body);
        assert_eq!((offer(&world, &mut browser).await, page.body.contains("ask=")), (None, false), "{raw:?}");
        assert_eq!(asked(&world), (1, 0), "{raw:?}");
        answer(&world, None);
        assert!(is_data(&browser.get(BOARD).await), "{raw:?}: the session goes on");
    }
}

#[tokio::test]
async fn f34_a_scope_that_the_settings_name_for_the_api_is_asked_for() {
    let action = "\n[[board.action]]\nlabel = \"Pay\"\npost = \"/payments\"\nscope = \"payments:admin\"";
    let elsewhere = "\n[[board]]\nid = \"payments\"\ntitle = \"Payments\"\nscope = \"payments:admin\"\n\
                     [[board.panel]]\ntitle = \"Payments\"\nkind = \"stat\"\nget = \"/\"\nvalue = \"$\"";
    for (settings, needs) in [("step_up_scopes = \"payments:admin\"", ""), ("", action), ("", elsewhere)] {
        let world = world(settings, needs).await;
        let (mut browser, _) = world.signed_in("/account").await;
        answer(&world, insufficient("payments:admin"));
        let start_link = link(&world, &mut browser).await;
        let start = browser.get(&start_link).await;
        assert_eq!(request(&start)[0], some(&format!("{SCOPES} payments:admin")), "{settings}{needs}");
        answer(&world, None);
        assert!(is_data(&browser.follow(start).await), "{settings}{needs}");
    }
}

const TWO_APIS: &str = r#"
scopes = "openid profile email offline_access orders:read"
step_up_scopes = "payments:admin"

[[api]]
id = "warehouse"
title = "Warehouse"
url = "WAREHOUSE"
scopes = ["stock:read"]
step_up_scopes = ["stock:count"]

[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
id = "orders"
title = "Stock"
kind = "table"
api = "warehouse"
get = "/orders"
rows = "$.orders[*]"
"#;

#[tokio::test]
async fn f34_each_api_has_its_own_list() {
    let world = HostileWorld::with(TWO_APIS).await;
    world.provider.script(|script| script.by_scope = true);
    let (mut browser, page) = world.signed_in(BOARD).await;
    assert!(is_data(&page), "{}", page.body);
    for (scope, is_asked_for) in [("payments:admin", false), ("stock:count", true), ("stock:all", false)] {
        world.warehouse.script(|script| script.instead = Some(insufficient(scope)));
        let error = refusal(&mut browser).await;
        let expected = match is_asked_for {
            true => AppError::Forbidden(AccessDenied::Scope(scope.to_owned())),
            false => not_requested(scope),
        };
        assert_eq!(error, expected);
        // The link is checked as well, by the API that it is for.
        let demand = StepUpChallenge { scope: Some(scope.to_owned()), ..StepUpChallenge::default() };
        let session = session(&world).await;
        let of = |api: &str| demand_href(&world.services.sign_in, &session, api, &demand, BOARD);
        assert_eq!(of("warehouse").is_some(), is_asked_for, "{scope}");
        assert_eq!(of(DEFAULT_API).is_some(), scope == "payments:admin", "{scope}");
    }
}

#[tokio::test]
async fn f34_a_link_from_before_a_change_of_the_settings_asks_for_nothing_more() {
    let named = "step_up_scopes = \"payments:admin\"";
    let mut world = world(&format!("store = \"sqlite:FOLDER/sessions.db\"\n{named}"), "").await;
    let (mut browser, _) = world.signed_in("/account").await;
    answer(&world, insufficient("payments:admin"));
    let link = link(&world, &mut browser).await;
    let cookies = browser.at_app.clone();
    world.restart_with(named, "step_up_scopes = \"\"").await;
    let mut browser = world.browser();
    browser.at_app = cookies;
    assert_eq!(request(&browser.get(&link).await)[0], some(SCOPES));
}
