//! One issuer for several tenants, as at Entra: which tenants may sign in, and that a token is bound to its tenant.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    id_token::{alter, is_accepted, is_refused},
    logout::{is_signed_in, post},
    support::{
        hostile::{At, HostileWorld},
        load_settings,
    },
};

const ISSUER: &str = "https://login.example.com/{tenantid}/v2.0";
const ISS: &str = "iss is not the issuer";

/// The issuer of a tenant.
fn of(world: &HostileWorld, tenant: &str) -> String {
    format!("{}/{tenant}/v2.0", world.provider.origin())
}

/// Tenants t-1 and t-2 are allowed, and the user comes from this one.
async fn world(tenant: &str) -> HostileWorld {
    let world = HostileWorld::with("issuer = \"PROVIDER/{tenantid}/v2.0\"\ntenants = \"t-1 t-2\"").await;
    world.provider.script(|script| {
        script.metadata.set("issuer", format!("{}/{{tenantid}}/v2.0", world.provider.origin()));
        script.metadata.set("authorization_response_iss_parameter_supported", false);
        script.callback.remove("iss");
    });
    come_from(&world, tenant);
    world
}

fn come_from(world: &HostileWorld, tenant: &str) {
    let iss = of(world, tenant);
    world.provider.script(|script| {
        for claims in [&mut script.at_sign_in.claims, &mut script.at_refresh.claims] {
            claims.set("iss", iss.clone());
            claims.set("tid", tenant);
        }
    });
}

#[test]
fn it_01_an_issuer_for_several_tenants_is_refused_without_their_list() {
    let text = format!("issuer = \"{ISSUER}\"");
    let errors = load_settings(&text, None).unwrap_err().to_string();
    assert!(errors.contains("tenants (CLAIMCHECK_TENANTS): is missing"), "{errors}");
    assert!(load_settings(&text, Some(("CLAIMCHECK_TENANTS", "t-1"))).is_ok());
    let errors = load_settings("", Some(("CLAIMCHECK_TENANTS", "t-1"))).unwrap_err().to_string();
    assert!(errors.contains("has no effect"), "{errors}");
}

#[tokio::test]
async fn it_01_users_of_the_listed_tenants_sign_in_and_no_others() {
    for tenant in ["t-1", "t-2"] {
        is_accepted(&world(tenant).await, tenant).await;
    }
    let world = world("t-3").await;
    is_refused(&world, "another tenant", ISS).await;
    for (what, iss, tid) in [
        ("tid of another one", of(&world, "t-1"), Some(json!("t-2"))),
        ("tid of none", of(&world, "t-1"), Some(json!("t-3"))),
        ("no tid", of(&world, "t-1"), None),
        ("tid as a list", of(&world, "t-1"), Some(json!(["t-1"]))),
        ("the place itself", of(&world, "{tenantid}"), Some(json!("{tenantid}"))),
        ("another host", "https://evil.example/t-1/v2.0".to_owned(), Some(json!("t-1"))),
        ("no tenant", of(&world, ""), Some(json!(""))),
    ] {
        alter(&world, "iss", Some(json!(iss)));
        alter(&world, "tid", tid);
        is_refused(&world, what, ISS).await;
    }
}

#[tokio::test]
async fn it_01_a_refresh_and_a_logout_are_of_the_same_tenant() {
    let world = world("t-1").await;
    let (mut browser, page) = world.signed_in("/boards/orders").await;
    assert!(page.body.contains("<tbody>"), "{}", page.body);
    world.advance(130);
    browser.get("/boards/orders").await;
    assert!(world.provider.count(At::Refresh) == 1 && is_signed_in(&mut browser).await);
    // The same `sub` in another tenant is another user.
    come_from(&world, "t-2");
    world.advance(130);
    browser.get("/boards/orders").await;
    assert!(!is_signed_in(&mut browser).await, "another tenant's tokens");

    come_from(&world, "t-1");
    let (mut browser, _) = world.signed_in("/account").await;
    let sid = format!("sid-{}", world.provider.count(At::CodeExchange) - 1);
    let send = async |iss: String, tid: Option<Value>| {
        let mut token = world.provider.logout(Some("p-ada"), Some(&sid)).with("iss", iss);
        if let Some(tid) = tid {
            token = token.with("tid", tid);
        }
        post(&world.app, &token.signed(world.provider.keys())).await.status
    };
    assert_eq!(send(of(&world, "t-3"), None).await, StatusCode::BAD_REQUEST);
    assert_eq!(send(of(&world, "t-1"), Some(json!("t-2"))).await, StatusCode::BAD_REQUEST);
    assert_eq!(send(of(&world, "t-2"), None).await, StatusCode::OK, "valid, and for nobody here");
    assert!(is_signed_in(&mut browser).await);
    assert_eq!(send(of(&world, "t-1"), Some(json!("t-1"))).await, StatusCode::OK);
    assert!(!is_signed_in(&mut browser).await);
}

/// Publishes the provider's key as that of this issuer.
fn key_of(world: &HostileWorld, issuer: impl Into<Value>) {
    let mut key = world.provider.keys().public();
    key["issuer"] = issuer.into();
    world.provider.script(|script| script.keys = Some(json!({ "keys": [key] })));
}

#[tokio::test]
async fn it_01_a_key_signs_for_the_tenant_that_the_key_set_gives_it() {
    let foreign = "the signature is not valid";
    for (what, path, is_right) in [
        ("the tenant's", "/t-1/v2.0", true),
        ("any tenant's", "/{tenantid}/v2.0", true),
        ("another tenant's", "/t-2/v2.0", false),
        ("any tenant's, of another version", "/{tenantid}/v1.0", false),
        ("no tenant's", "/v2.0", false),
    ] {
        let world = world("t-1").await;
        key_of(&world, format!("{}{path}", world.provider.origin()));
        match is_right {
            true => is_accepted(&world, what).await,
            false => is_refused(&world, what, foreign).await,
        }
    }
    let world = world("t-1").await;
    key_of(&world, "https://evil.example/{tenantid}/v2.0");
    is_refused(&world, "another host's", foreign).await;
}

#[tokio::test]
async fn it_01_a_refresh_that_is_signed_with_the_key_of_another_tenant_ends_the_session() {
    for (tenant, stays) in [("t-1", true), ("t-2", false)] {
        let world = world("t-1").await;
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        key_of(&world, of(&world, tenant));
        // Longer than the keys are cached.
        world.advance(700);
        browser.get("/boards/orders").await;
        assert_eq!(is_signed_in(&mut browser).await, stays, "{tenant}");
    }
}

#[tokio::test]
async fn it_01_one_issuer_needs_no_issuer_of_its_keys() {
    let world = HostileWorld::start().await;
    key_of(&world, "https://login.example.com/t-2/v2.0");
    is_accepted(&world, "the key set is the issuer's own").await;
}

#[tokio::test]
async fn r36_a_portal_names_the_issuer_of_a_tenant() {
    let world = world("t-1").await;
    for (iss, status) in [(of(&world, "t-2"), 303), (of(&world, "t-3"), 400), (of(&world, "{tenantid}"), 400)]
    {
        let link = format!(
            "/auth/sign-in?iss={}",
            url::form_urlencoded::byte_serialize(iss.as_bytes()).collect::<String>()
        );
        assert_eq!(world.browser().get(&link).await.status.as_u16(), status, "{iss}");
    }
}
