//! Metadata that is odd where nothing depends on it (R41).

use serde_json::json;

use crate::{
    discovery::{A_MOMENT, TEN_MINUTES, accepted, refused},
    support::{
        Heard,
        hostile::{At, HostileWorld, Raw},
    },
};

#[tokio::test]
async fn r41_members_that_are_not_needed_may_be_of_any_kind() {
    let world = HostileWorld::start().await;
    for value in
        [json!(null), json!(""), json!([]), json!({}), json!(7), json!("not a URL"), json!([null, {}])]
    {
        for field in [
            "userinfo_endpoint",
            "end_session_endpoint",
            "revocation_endpoint",
            "registration_endpoint",
            "introspection_endpoint",
            "op_tos_uri",
            "subject_types_supported",
            "scopes_supported",
            "claims_supported",
            "grant_types_supported",
            "acr_values_supported",
            "ui_locales_supported",
            "userinfo_signing_alg_values_supported",
            "token_endpoint_auth_methods_supported",
            "request_uri_parameter_supported",
            "backchannel_logout_supported",
            "mtls_endpoint_aliases",
        ] {
            world.provider.script(|script| script.metadata.set(field, value.clone()));
        }
        accepted(&world, &format!("{value}")).await;
        world.advance(TEN_MINUTES);
    }
    assert_eq!(world.provider.count(At::UserInfo), 0, "an odd endpoint is none");
}

#[tokio::test]
async fn r41_lists_may_be_missing_or_hold_other_things_and_a_byte_order_mark_may_be_there() {
    let world = HostileWorld::with("id_token_algs = \"\"\n").await;
    for (field, value) in [
        ("response_types_supported", json!(["code", null, 7, "code id_token"])),
        ("response_types_supported", json!("code")),
        ("code_challenge_methods_supported", json!("S256")),
        ("id_token_signing_alg_values_supported", json!([null, "ES256", 7])),
        ("authorization_response_iss_parameter_supported", json!("true")),
    ] {
        world.provider.script(|script| script.metadata.set(field, value.clone()));
        accepted(&world, &format!("{field}: {value}")).await;
        world.provider.be_honest();
        world.advance(TEN_MINUTES);
    }
    let document = reqwest::get(format!("{}/.well-known/openid-configuration", world.provider.origin()));
    let document = document.await.unwrap().text().await.unwrap();
    let marked = Raw::text(200, "text/plain", &format!("\u{feff}{document}"));
    world.provider.script(|script| _ = script.instead.insert(At::Discovery, marked));
    accepted(&world, "a byte order mark and another type").await;
}

#[tokio::test]
async fn r41_what_is_used_is_still_required() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    for field in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for value in [json!(null), json!(""), json!(["https://id.example/x"]), json!("/relative")] {
            world.provider.script(|script| script.metadata.set(field, value.clone()));
            refused(&world, &heard, &["misconfigured", field], &format!("{field}: {value}")).await;
            world.provider.be_honest();
            world.advance(A_MOMENT);
        }
    }
    accepted(&world, "all of them").await;
}
