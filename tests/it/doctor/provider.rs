//! How providers really answer: pages, redirects and codes of each kind, and checks that go on when others fail.

use claimcheck_server::doctor::CheckOutcome::{Mistake, Ok, Skipped, Warning};
use serde_json::json;

use super::{findings, findings_with, healthy, mistakes, of};
use crate::support::hostile::{At, Raw};

#[tokio::test]
async fn dr_08_doctor_reads_what_providers_answer_to_a_sign_in_without_a_person() {
    let world = healthy().await;
    let callback = "http://localhost:1/auth/callback";
    let html = |status, text: &str| Raw::text(status, "text/html", &format!("<html><p>{text}</p></html>"));
    for (answer, outcome, check, words) in [
        (
            Raw::redirect(302, &format!("{callback}?error=login_required&state=x")),
            Ok,
            "client.redirect_uri",
            "accepted (login_required",
        ),
        (
            Raw::redirect(303, &format!("{callback}?error=interaction_required")),
            Ok,
            "client.redirect_uri",
            "accepted",
        ),
        (
            Raw::redirect(302, &format!("{callback}?error=consent_required")),
            Ok,
            "client.redirect_uri",
            "accepted",
        ),
        (Raw::redirect(302, &format!("{callback}?code=x&state=y")), Ok, "client.redirect_uri", "is accepted"),
        (
            Raw::redirect(
                302,
                &format!("{callback}?error=invalid_scope&error_description=no%20such%20scope"),
            ),
            Mistake,
            "client.authorization",
            "\"invalid_scope no such scope\"",
        ),
        (
            Raw::redirect(302, &format!("{callback}?error=unauthorized_client")),
            Mistake,
            "client.authorization",
            "unauthorized_client",
        ),
        (
            Raw::redirect(302, &format!("{callback}?error=temporarily_unavailable")),
            Warning,
            "client.authorization",
            "temporarily",
        ),
        // Auth0, Okta, Entra, Cognito, ZITADEL, a client that is not known, a gateway, and a login page.
        (html(403, "Callback URL mismatch."), Mistake, "client.redirect_uri", "Callback URL mismatch."),
        (
            html(400, "The &#39;redirect_uri&#39; parameter must be a Login redirect URI"),
            Mistake,
            "client.redirect_uri",
            "does not accept",
        ),
        (
            html(200, "AADSTS50011: The reply URL specified in the request does not match"),
            Mistake,
            "client.redirect_uri",
            "AADSTS50011",
        ),
        (
            Raw::redirect(302, "/error?error=redirect_mismatch&client_id=app"),
            Mistake,
            "client.redirect_uri",
            "redirect_mismatch",
        ),
        (
            Raw::json(
                400,
                r#"{"error":"invalid_request","error_description":"The requested redirect_uri is missing in the client configuration"}"#,
            ),
            Mistake,
            "client.redirect_uri",
            "is missing in the client configuration",
        ),
        (html(400, "Client not found."), Mistake, "client.redirect_uri", "does not know the client \"app\""),
        (
            html(200, "AADSTS700016: Application with identifier x was not found"),
            Mistake,
            "client.redirect_uri",
            "does not know the client",
        ),
        (
            html(400, "Something is wrong"),
            Mistake,
            "client.redirect_uri",
            "refuses the request of a sign-in with status 400",
        ),
        (html(403, "Request blocked"), Warning, "client.redirect_uri", "Request blocked"),
        (html(503, "Maintenance"), Warning, "client.redirect_uri", "fails now"),
        (html(200, "Log in"), Warning, "client.redirect_uri", "although prompt=none allows none"),
        (Raw::redirect(302, "/login?client_id=app"), Warning, "client.redirect_uri", "/login"),
        (Raw::hang_up(), Warning, "client.redirect_uri", "does not answer this machine"),
    ] {
        world.provider.script(|script| script.instead.insert(At::Authorization, answer.clone()));
        let found = findings(&world).await;
        let finding = of(&found, check);
        assert_eq!(finding.outcome, outcome, "{answer:?}: {finding:#?}");
        assert!(finding.found.contains(words), "{answer:?}: {finding:#?}");
        if outcome == Mistake && check == "client.redirect_uri" {
            assert!(
                finding.key.as_deref() == Some("public_url") || finding.key.as_deref() == Some("client_id")
            );
        }
    }
    let asked = world.provider.seen(At::Authorization);
    assert!(
        asked.iter().all(|seen| seen.query.contains("prompt=none") && seen.query.contains("code_challenge="))
    );
    assert!(asked.iter().all(|seen| seen.query.matches("prompt=").count() == 1), "{:?}", asked[0].query);
}

#[tokio::test]
async fn dr_08_doctor_reads_what_providers_answer_to_a_made_up_code() {
    let world = healthy().await;
    let error = |status, code: &str| Raw::json(status, &format!("{{\"error\":\"{code}\"}}"));
    for (answer, outcome, words, key) in [
        (error(400, "invalid_grant"), Ok, "accepted by client_secret_basic", None),
        // Auth0 refuses a code with 403, and a wrong secret with `access_denied`.
        (error(403, "invalid_grant"), Ok, "accepted", None),
        (error(401, "access_denied"), Mistake, "status 401", Some("client_secret")),
        // Keycloak, for a wrong secret.
        (error(401, "unauthorized_client"), Mistake, "status 401", Some("client_secret")),
        (error(400, "invalid_client"), Mistake, "invalid_client", Some("client_secret")),
        (error(400, "unauthorized_client"), Mistake, "may not use the authorization code", Some("client_id")),
        (
            error(400, "unsupported_grant_type"),
            Mistake,
            "may not use the authorization code",
            Some("client_id"),
        ),
        (error(400, "invalid_target"), Mistake, "does not know the API", Some("resource")),
        (error(400, "invalid_request"), Warning, "not with invalid_grant", None),
        (Raw::text(404, "text/html", "<h1>Not found</h1>"), Mistake, "no token endpoint answers", None),
        (Raw::text(403, "text/html", "<h1>Blocked</h1>"), Warning, "status 403", None),
        (error(503, "temporarily_unavailable"), Mistake, "503", None),
        (Raw::text(200, "text/html", "<h1>Hello</h1>"), Mistake, "application/json", None),
        (
            Raw::json(200, r#"{"access_token":"a","token_type":"Bearer"}"#),
            Mistake,
            "issues tokens for a made-up code",
            None,
        ),
    ] {
        world.provider.script(|script| script.instead.insert(At::CodeExchange, answer.clone()));
        let found = findings(&world).await;
        let finding = of(&found, "client.credentials");
        assert_eq!(finding.outcome, outcome, "{answer:?}: {finding:#?}");
        assert!(finding.found.contains(words), "{answer:?}: {finding:#?}");
        assert_eq!(finding.key.as_deref(), key, "{finding:#?}");
        assert_eq!(mistakes(&found).len(), usize::from(outcome == Mistake), "{found:#?}");
    }
}

#[tokio::test]
async fn dr_07_dr_09_doctor_sends_no_secret_to_another_issuer_and_checks_the_rest() {
    let world = healthy().await;
    world.provider.script(|script| {
        script.metadata.set("issuer", "https://other.example");
        script.metadata.set("code_challenge_methods_supported", json!(["plain"]));
        script.keys = Some(json!({ "keys": [] }));
    });
    let found = findings(&world).await;
    assert_eq!(of(&found, "provider.issuer").outcome, Mistake);
    assert_eq!(of(&found, "provider.pkce").outcome, Mistake);
    assert_eq!(of(&found, "provider.keys").outcome, Mistake);
    assert_eq!(of(&found, "client.redirect_uri").outcome, Skipped);
    assert_eq!(of(&found, "client.credentials").outcome, Skipped);
    assert_eq!(of(&found, "api.reachable").outcome, Ok);
    assert_eq!(world.provider.count(At::CodeExchange) + world.provider.count(At::Authorization), 0);
    // With the right issuer, the client is checked although sign-ins are impossible without S256.
    world.provider.script(|script| script.metadata.remove("issuer"));
    let found = findings(&world).await;
    assert_eq!(of(&found, "provider.issuer").outcome, Mistake, "it has none");
    world.provider.script(|script| script.metadata.set("issuer", world.provider.origin()));
    let found = findings(&world).await;
    assert_eq!(of(&found, "client.credentials").outcome, Ok);
    assert_eq!(mistakes(&found).len(), 2, "{found:#?}");
}

#[tokio::test]
async fn dr_08_doctor_compares_the_settings_with_what_the_provider_lists() {
    let world = healthy().await;
    world.provider.script(|script| {
        let metadata = &mut script.metadata;
        metadata
            .set("token_endpoint_auth_methods_supported", json!(["client_secret_post", "private_key_jwt"]));
        metadata.set("scopes_supported", json!(["openid", "profile", "offline_access"]));
        metadata.set("grant_types_supported", json!(["authorization_code"]));
        metadata.set("backchannel_logout_supported", true);
        metadata.set("authorization_endpoint", "http://internal.example/authorize");
    });
    let found = findings_with(&world, |settings| {
        settings.client_auth = Some(claimcheck_oidc::ClientAuth::Basic);
    })
    .await;
    for (check, outcome, words, remedy) in [
        (
            "client.authentication",
            Mistake,
            "client_secret_basic is used",
            "set client_auth = \"client_secret_post\"",
        ),
        ("client.scopes", Warning, "does not list the scope email", "remove it from `scopes`"),
        (
            "client.refresh_tokens",
            Warning,
            "does not list the grant type refresh_token",
            "allow refresh tokens",
        ),
        ("logout.by_provider", Ok, "/auth/back-channel-logout", ""),
        ("provider.endpoints", Mistake, "authorization_endpoint is not https", "insecure_hosts"),
    ] {
        let finding = of(&found, check);
        assert_eq!(finding.outcome, outcome, "{finding:#?}");
        assert!(finding.found.contains(words) && finding.remedy.contains(remedy), "{finding:#?}");
    }
    // The same, as the provider offers it.
    world.provider.script(|script| {
        script.metadata.set("authorization_endpoint", format!("{}/authorize", world.provider.origin()));
        script.client_auth = Some(claimcheck_oidc::ClientAuth::Post);
    });
    let found = findings(&world).await;
    assert!(mistakes(&found).is_empty(), "{found:#?}");
    assert!(of(&found, "client.authentication").found.contains("client_secret_post, as the provider offers"));
}

#[tokio::test]
async fn dr_07_doctor_waits_for_no_provider_longer_than_its_time_limit() {
    let world = healthy().await;
    world.provider.script(|script| {
        script.instead.insert(At::Keys, Raw::drip());
        script.instead.insert(At::Authorization, Raw::endless());
    });
    let begun = std::time::Instant::now();
    let found = findings_with(&world, |settings| {
        settings.outgoing.provider_timeout = std::time::Duration::from_secs(1);
    })
    .await;
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert!(of(&found, "provider.keys").found.contains("timed out"), "{found:#?}");
    assert_eq!(of(&found, "client.redirect_uri").outcome, Warning);
    assert_eq!(of(&found, "client.credentials").outcome, Ok);
}

#[tokio::test]
async fn dr_08_doctor_names_the_fields_of_a_provider_that_it_recognises() {
    let world = healthy().await;
    world.provider.script(|script| script.redirect_uri = Some("https://dashboard.example.com/auth/callback"));
    for (token, keys, words, page) in [
        (
            "/protocol/openid-connect/token",
            "/keys",
            "exactly; at Keycloak: Valid redirect URIs",
            "providers/keycloak.md",
        ),
        (
            "/oauth/token",
            "/.well-known/jwks.json",
            "exactly; at Auth0: Allowed Callback URLs",
            "providers/auth0.md",
        ),
        ("/token", "/keys", "register http://localhost:1/auth/callback, exactly", "providers/other.md"),
    ] {
        let at = |path: &str| format!("{}{path}", world.provider.origin());
        world.provider.script(|script| {
            script.metadata.set("token_endpoint", at(token));
            script.metadata.set("jwks_uri", at(keys));
        });
        let found = findings(&world).await;
        let finding = of(&found, "client.redirect_uri");
        assert!(finding.remedy.ends_with(words), "{finding:#?}");
        assert_eq!(finding.page, Some(page));
    }
}
