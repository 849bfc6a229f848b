//! The required content of the metadata, the effect of missing members, and how long they are cached (JD-01, JD-06,
//! JD-11).

use serde_json::{Value, json};

use crate::{
    discovery::{A_MOMENT, TEN_MINUTES, accepted, honest_again, refused},
    support::{
        Heard,
        hostile::{At, HostileWorld},
    },
};

#[tokio::test]
async fn jd_01_oidcc_client_test_discovery_issuer_mismatch() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    let right = world.provider.origin().to_owned();
    for wrong in [
        format!("{right}INVALID"),
        format!("{right}/INVALID"),
        format!("{right}/"),
        format!("{right}/tenant"),
        right.replace("http:", "HTTP:"),
        right.replace("http:", "https:"),
        right.replace("127.0.0.1", "localhost"),
        format!(" {right}"),
        "https://evil.example".to_owned(),
        String::new(),
    ] {
        world.provider.script(|script| script.metadata.set("issuer", wrong.as_str()));
        let page = refused(&world, &heard, &["misconfigured", "discovery document"], &wrong).await;
        assert!(!page.body.contains("evil"));
        world.advance(A_MOMENT);
    }
    assert_eq!(world.provider.count(At::Authorization), 0, "nobody is sent there");
    assert!(heard.has(&["both must be identical", "INVALID"]));
    honest_again(&world, "the right issuer").await;
}

#[tokio::test]
async fn jd_01_fapi2_security_profile_final_client_test_discovery_issuer_mismatch() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    let other = HostileWorld::start().await;
    // A complete document of another provider, with all endpoints.
    for (name, path) in
        [("issuer", ""), ("authorization_endpoint", "/authorize"), ("token_endpoint", "/token")]
    {
        let value = format!("{}{path}", other.provider.origin());
        world.provider.script(|script| script.metadata.set(name, value));
    }
    refused(&world, &heard, &["misconfigured", "both must be identical"], "another's").await;
    assert_eq!(world.provider.everything().len(), 1, "the document, and nothing after it");
    assert_eq!(other.provider.everything().len(), 0);
    honest_again(&world, "its own").await;
}

#[tokio::test]
async fn jd_01_the_path_and_the_slash_at_the_end_belong_to_the_issuer() {
    let mut world = HostileWorld::start().await;
    let origin = world.provider.origin().to_owned();
    let mut configured = origin.clone();
    for path in ["/tenant", "/tenant/"] {
        let issuer = format!("{origin}{path}");
        world.provider.script(|script| {
            script.metadata.set("issuer", issuer.as_str());
            script.callback.set("iss", issuer.as_str());
            script.at_sign_in.claims.set("iss", issuer.as_str());
        });
        let line = |issuer: &str| format!("issuer = \"{issuer}\"");
        world.restart_with(&line(&configured), &line(&issuer)).await;
        configured = issuer;
        accepted(&world, path).await;
        let asked = world.provider.seen(At::Discovery);
        assert_eq!(asked.last().unwrap().path, "/tenant/.well-known/openid-configuration", "{path}");
    }
}

#[tokio::test]
async fn jd_01_oidcc_client_test_discovery_openid_config() {
    let world = HostileWorld::start().await;
    world.provider.script(|script| {
        script.metadata.set("op_tos_uri", "https://op.example/tos");
        script.metadata.set("a_member_of_tomorrow", json!({ "deep": [1, null] }));
        script
            .metadata
            .set("id_token_signing_alg_values_supported", json!(["none", "XX999", "RS256", "ES256"]));
    });
    accepted(&world, "metadata with more than is known").await;
    let ats: Vec<_> = world.provider.everything().iter().map(|seen| seen.at).collect();
    let whole = [At::Discovery, At::Authorization, At::CodeExchange, At::Keys, At::UserInfo];
    assert_eq!(ats, whole, "metadata first, everything by them");
}

#[tokio::test]
async fn jd_06_oidcc_client_test_discovery_jwks_uri_keys() {
    for _ in 0..2 {
        let world = HostileWorld::start().await;
        let path = format!("/keys/{}", claimcheck_base::random::text::<8>().unwrap());
        let uri = format!("{}{path}", world.provider.origin());
        world.provider.script(|script| script.metadata.set("jwks_uri", uri));
        accepted(&world, &path).await;
        let asked: Vec<_> = world.provider.seen(At::Keys).into_iter().map(|seen| seen.path).collect();
        assert_eq!(asked, [path]);
    }
}

#[tokio::test]
async fn jd_06_metadata_are_kept_for_ten_minutes_and_what_has_changed_is_picked_up() {
    let world = HostileWorld::start().await;
    accepted(&world, "at first").await;
    let uri = |path: &str| format!("{}{path}", world.provider.origin());
    let (keys, authorize) = (uri("/keys/moved"), uri("/authorize?tenant=moved"));
    world.provider.script(|script| {
        script.metadata.set("jwks_uri", keys);
        script.metadata.set("authorization_endpoint", authorize);
    });
    let last = |at| world.provider.seen(at).pop().unwrap();
    world.advance(TEN_MINUTES - 30);
    accepted(&world, "kept").await;
    assert_eq!((world.provider.count(At::Discovery), last(At::Keys).path.as_str()), (1, "/keys"));
    assert_eq!(last(At::Authorization).param("tenant"), None);
    world.advance(30);
    accepted(&world, "anew").await;
    assert_eq!((world.provider.count(At::Discovery), last(At::Keys).path.as_str()), (2, "/keys/moved"));
    assert_eq!(last(At::Authorization).param("tenant").as_deref(), Some("moved"));
}

#[tokio::test]
async fn jd_06_keys_of_an_address_that_is_no_longer_named_are_not_used() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    world.services.relying_party.metadata().await.unwrap();
    world.advance(TEN_MINUTES / 2);
    accepted(&world, "keys that are younger than the metadata").await;
    let moved = format!("{}/keys/moved", world.provider.origin());
    world.provider.script(|script| {
        script.metadata.set("jwks_uri", moved);
        script.keys = Some(json!({ "keys": [] }));
    });
    world.advance(TEN_MINUTES / 2);
    refused(&world, &heard, &["none of the provider's keys matches"], "the old address had the key").await;
    honest_again(&world, "the old address").await;
}

#[tokio::test]
async fn jd_11_what_is_missing_is_named_and_nobody_is_sent_there() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    for field in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        world.provider.script(|script| script.metadata.remove(field));
        refused(&world, &heard, &["misconfigured", field], field).await;
        // As at the start of the program.
        let known = world.services.relying_party.fetch_until_usable();
        assert!(tokio::time::timeout(std::time::Duration::from_millis(100), known).await.is_err());
        assert!(heard.has(&["provider not usable", field]), "{field}");
        let ready = world.browser().fetch("/health/ready").await;
        assert!(ready.status.is_success() && ready.body.contains("degraded"), "{}", ready.body);
        assert!(ready.body.contains("cannot be used") && !ready.body.contains(field), "{}", ready.body);
        world.provider.be_honest();
        world.advance(A_MOMENT);
    }
    let asked = world.provider.count(At::Authorization);
    assert_eq!(asked, 0);
    for (field, value) in [
        ("response_types_supported", json!(["id_token", "code id_token", "token"])),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("code_challenge_methods_supported", json!([])),
        ("require_pushed_authorization_requests", json!(true)),
        ("token_endpoint", json!("")),
        ("jwks_uri", json!(7)),
        ("authorization_endpoint", Value::Null),
    ] {
        world.provider.script(|script| script.metadata.set(field, value.clone()));
        refused(&world, &heard, &["misconfigured"], &format!("{field}: {value}")).await;
        world.provider.be_honest();
        world.advance(A_MOMENT);
    }
    for algs in [json!(["RS256", "PS256", "none"]), json!([])] {
        world
            .provider
            .script(|script| script.metadata.set("id_token_signing_alg_values_supported", algs.clone()));
        refused(&world, &heard, &["algorithms"], &format!("{algs}")).await;
        let page = world.browser().get("/boards/orders").await;
        assert!(page.body.contains("The setting to check is id_token_algs"), "{}", page.body);
        world.provider.be_honest();
        world.advance(A_MOMENT);
    }
    for named in [
        "response_types_supported do not contain `code`",
        "id_token_signing_alg_values_supported contain none of the configured id_token_algs (ES256)",
        "code_challenge_methods_supported do not contain S256",
        "require_pushed_authorization_requests",
    ] {
        assert!(heard.has(&["sign-in failed", named]), "{named}");
    }
    accepted(&world, "nothing is missing").await;
    assert!(world.browser().fetch("/health/ready").await.body.contains("\"ready\""));
}

#[tokio::test]
async fn jd_11_what_can_be_done_without_is_said_once_and_no_sign_in_fails_for_it() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    let without = [
        ("userinfo_endpoint", "ID token only"),
        ("end_session_endpoint", "here only"),
        ("revocation_endpoint", "not revoked"),
        ("code_challenge_methods_supported", "may ignore PKCE"),
    ];
    world.provider.script(|script| without.iter().for_each(|(field, _)| script.metadata.remove(field)));
    for _ in 0..2 {
        accepted(&world, "without").await;
        world.advance(TEN_MINUTES);
    }
    for (field, hence) in without {
        assert_eq!(heard.lines(&["provider lacks a feature", field, hence]).len(), 1, "{field}");
    }
    world.provider.be_honest();
    accepted(&world, "with all").await;
    world.advance(TEN_MINUTES);
    world.provider.script(|script| script.metadata.remove("revocation_endpoint"));
    accepted(&world, "lost again").await;
    assert_eq!(
        heard.lines(&["provider lacks a feature", "revocation_endpoint"]).len(),
        2,
        "it is news again"
    );
    assert_eq!(heard.lines(&["provider lacks a feature", "userinfo_endpoint"]).len(), 1);
}
