//! Tokens with several audiences (R08): ID tokens here, logout tokens and signed UserInfo likewise.

use serde_json::{Value, json};

use crate::{
    id_token::{alter, is_accepted, is_refused},
    logout::{is_signed_in, post},
    support::{
        hostile::{At, HostileWorld, Raw},
        log::OwnLog,
    },
};

const TRUSTED: &str = "trusted_audiences = \"project-1 https://api.example.com\"";
const AUD: &str = "aud is not exactly this client";

async fn world(aud: Value, azp: Option<&str>) -> HostileWorld {
    let world = HostileWorld::with(TRUSTED).await;
    alter(&world, "aud", Some(aud));
    if let Some(azp) = azp {
        alter(&world, "azp", Some(json!(azp)));
    }
    world
}

#[tokio::test]
async fn r08_further_audiences_of_an_id_token_are_accepted_if_they_are_trusted_and_azp_is_this_client() {
    for aud in [
        json!(["app", "project-1"]),
        json!(["project-1", "app"]),
        json!(["https://api.example.com", "project-1", "app"]),
    ] {
        is_accepted(&world(aud.clone(), Some("app")).await, &aud.to_string()).await;
    }
    for (what, aud, azp, cause) in [
        ("not listed", json!(["app", "app-2"]), Some("app"), AUD),
        ("one of them not listed", json!(["app", "project-1", "app-2"]), Some("app"), AUD),
        ("without this client", json!(["project-1"]), Some("app"), AUD),
        ("another one alone", json!("project-1"), Some("app"), AUD),
        ("no azp", json!(["app", "project-1"]), None, "azp is missing"),
        ("another azp", json!(["app", "project-1"]), Some("project-1"), "azp is not this client"),
    ] {
        is_refused(&world(aud, azp).await, what, cause).await;
    }
    // One audience needs no azp, with the setting as without.
    is_accepted(&world(json!("app"), None).await, "this client alone").await;
}

#[tokio::test]
async fn r08_the_log_names_the_audience_and_the_setting() {
    let world = HostileWorld::start().await;
    alter(&world, "aud", Some(json!(["app", "project-9"])));
    alter(&world, "azp", Some(json!("app")));
    is_refused(&world, "the audience", "`project-9`").await;
    is_refused(&world, "the setting", "CLAIMCHECK_TRUSTED_AUDIENCES").await;
}

#[tokio::test]
async fn r08_the_list_decides_for_logout_tokens_and_signed_userinfo() {
    for (aud, is_good) in [
        (json!(["app", "project-1"]), true),
        (json!(["project-1", "app"]), true),
        (json!(["app", "app-2"]), false),
        (json!(["project-1"]), false),
    ] {
        let world = HostileWorld::with(TRUSTED).await;
        let claims = json!({
            "iss": world.provider.origin(), "aud": aud, "sub": "p-ada", "nickname": "planted-by-userinfo",
        });
        let signed = world.provider.keys().sign(&world.provider.keys().header(), &claims);
        world.provider.script(|script| {
            script.instead.insert(At::UserInfo, Raw::text(200, "application/jwt", &signed));
        });
        let (mut browser, page) = world.signed_in("/account").await;
        assert_eq!(page.body.contains("planted-by-userinfo"), is_good, "UserInfo for {aud}");

        let log = OwnLog::begin();
        let token = world.provider.logout(Some("p-ada"), Some("sid-0")).with("aud", aud.clone());
        let answer = post(&world.app, &token.signed(world.provider.keys())).await;
        assert_eq!(answer.status.is_success(), is_good, "logout token for {aud}: {}", answer.body);
        assert_eq!(is_signed_in(&mut browser).await, !is_good, "{aud}");
        assert_eq!(log.text().contains("CLAIMCHECK_TRUSTED_AUDIENCES"), aud == json!(["app", "app-2"]));
        assert!(!answer.body.contains("app-2"), "nothing of the token is repeated to its sender");
    }
}
