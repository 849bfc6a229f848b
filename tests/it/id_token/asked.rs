//! The required kind of sign-in (IT-15): required by the settings here, by an API in `step_up/answers.rs`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{alter, fails, is_accepted};
use crate::support::hostile::HostileWorld;

const ACR: &str = "acr is not one of the requested values";
const OLD: &str = "auth_time is not within max_age";
const NONE: &str = "auth_time is missing";

#[tokio::test]
async fn it_15_what_the_settings_ask_for_must_be_said() {
    let world = HostileWorld::with("authorize_params = \"max_age=60&acr_values=gold+silver\"\n").await;
    let now = world.now();
    let honest = || {
        world.provider.be_honest();
        alter(&world, "acr", Some(json!("silver")));
    };
    for (what, name, value, cause) in [
        ("no auth_time", "auth_time", None, NONE),
        ("auth_time null", "auth_time", Some(Value::Null), NONE),
        ("an hour ago", "auth_time", Some(json!(now - 3600)), OLD),
        ("beyond max_age and leeway", "auth_time", Some(json!(now - 130)), OLD),
        ("to come", "auth_time", Some(json!(now + 3600)), OLD),
        ("no acr", "acr", None, ACR),
        ("acr null", "acr", Some(Value::Null), ACR),
        ("a lower one", "acr", Some(json!("bronze")), ACR),
        ("in capitals", "acr", Some(json!("GOLD")), ACR),
        ("both", "acr", Some(json!("gold silver")), ACR),
        ("a list", "acr", Some(json!(["gold"])), ACR),
        ("empty", "acr", Some(json!("")), ACR),
    ] {
        honest();
        alter(&world, name, value);
        let page = fails(&world, what, cause).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}");
        assert!(page.body.contains("A stronger sign-in is required"), "{what}: {}", page.body);
    }
    for (what, name, value) in [
        ("as asked", "acr", json!("gold")),
        ("within max_age", "auth_time", json!(now - 50)),
        ("within the leeway", "auth_time", json!(now - 100)),
    ] {
        honest();
        alter(&world, name, Some(value));
        is_accepted(&world, what).await;
    }
}

#[tokio::test]
async fn it_15_what_was_not_asked_for_need_not_be_said_but_a_time_is_a_time() {
    let world = HostileWorld::start().await;
    for (name, value) in [
        ("auth_time", None),
        ("auth_time", Some(Value::Null)),
        ("auth_time", Some(json!(world.now() - 86_400 * 30))),
        ("acr", None),
        ("acr", Some(json!("0"))),
        ("acr", Some(json!(1))),
    ] {
        world.provider.be_honest();
        alter(&world, name, value.clone());
        is_accepted(&world, &format!("{name}: {value:?}")).await;
    }
    for value in [json!("now"), json!([1]), json!(1e30)] {
        alter(&world, "auth_time", Some(value.clone()));
        super::is_refused(&world, &format!("auth_time: {value}"), "auth_time is not a time").await;
    }
    // Each on its own.
    for (params, name, cause) in [
        ("max_age=3600", "auth_time", NONE),
        ("acr_values=gold", "acr", ACR),
        ("max_age=0", "auth_time", NONE),
    ] {
        let world = HostileWorld::with(&format!("authorize_params = \"{params}\"\n")).await;
        alter(&world, name, None);
        fails(&world, params, cause).await;
        world.provider.be_honest();
        alter(&world, "acr", Some(json!("gold")));
        is_accepted(&world, params).await;
    }
}
