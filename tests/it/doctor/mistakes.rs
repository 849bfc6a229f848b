//! Seeded mistakes at the provider and at APIs. For each, `claimcheck doctor` names what is wrong, the key and the remedy;
//! the same installation without it has no mistakes. Those of settings and boards are in `check/mistakes.rs`.
//!
//! `cargo test --features demo --test it mistakes -- --nocapture` prints all of them as tables.

use claimcheck_base::secret::Secret;
use claimcheck_oidc::ClientAuth;
use claimcheck_server::{
    config::Settings,
    doctor::{CheckFinding, CheckOutcome},
};
use serde_json::json;

use super::{QUIET, documented, findings_with, healthy, mistakes};
use crate::support::hostile::{ApiScript, At, Authority, HostileWorld, Identity, Raw, Script};

/// A mistake, and what is reported.
struct Seeded {
    what: &'static str,
    at: Place,
    check: &'static str,
    outcome: CheckOutcome,
    key: Option<&'static str>,
    /// Parts of what was found and of the remedy.
    says: (&'static str, &'static str),
}

/// Where a mistake is made.
enum Place {
    Provider(fn(&mut Script)),
    Settings(fn(&mut Settings)),
    Api(fn(&mut ApiScript)),
    /// The provider does not listen.
    NoProvider,
    /// The API does not listen.
    NoApi,
    /// The provider has such a certificate, from an authority that is trusted.
    Certificate(fn(&Authority) -> Identity),
}

use CheckOutcome::{Mistake, Warning};

/// Ten at the provider, and some more.
const OF_PROVIDER: &[Seeded] = &[
    Seeded {
        what: "the issuer's path is wrong",
        at: Place::Settings(|settings| settings.issuer.push_str("/realms/exampel")),
        check: "provider.discovery",
        outcome: Mistake,
        key: Some("issuer"),
        says: ("/realms/exampel/.well-known/openid-configuration: status 404", "check the path of `issuer`"),
    },
    Seeded {
        what: "the issuer has a slash at its end",
        at: Place::Settings(|settings| settings.issuer.push('/')),
        check: "provider.issuer",
        outcome: Mistake,
        key: Some("issuer"),
        says: ("only the slash at the end differs", "set `issuer` to \"http://127.0.0.1:"),
    },
    Seeded {
        what: "the provider is not reachable",
        at: Place::NoProvider,
        check: "provider.discovery",
        outcome: Mistake,
        key: Some("issuer"),
        says: ("Connection refused", "check that the server runs, and the port"),
    },
    Seeded {
        what: "the provider's certificate has expired",
        at: Place::Certificate(|authority| authority.expired_identity("localhost")),
        check: "provider.discovery",
        outcome: Mistake,
        key: Some("issuer"),
        says: ("expired", "renew the certificate"),
    },
    Seeded {
        what: "the provider's certificate is self-signed",
        at: Place::Certificate(|_| Identity::self_signed("localhost")),
        check: "provider.discovery",
        outcome: Mistake,
        key: Some("issuer"),
        says: ("certificate", "set `ca_file`"),
    },
    Seeded {
        what: "the clocks differ by ten minutes",
        at: Place::Provider(|script| script.clock_ahead_secs = 600),
        check: "provider.clock",
        outcome: Mistake,
        key: None,
        says: ("s ahead of this machine's; 60 s are tolerated", "synchronize the clock"),
    },
    Seeded {
        what: "ID tokens are signed with unsupported algorithms only",
        at: Place::Provider(|script| {
            script.metadata.set("id_token_signing_alg_values_supported", json!(["HS256", "ES512"]));
        }),
        check: "provider.algorithms",
        outcome: Mistake,
        key: Some("id_token_algs"),
        says: ("it lists HS256, ES512", "let the provider sign ID tokens with RS256 or ES256"),
    },
    Seeded {
        what: "the redirect URI is not registered",
        at: Place::Provider(|script| {
            script.redirect_uri = Some("https://dashboard.example.com/auth/callback")
        }),
        check: "client.redirect_uri",
        outcome: Mistake,
        key: Some("public_url"),
        says: (
            "does not accept http://localhost:1/auth/callback: \"We are sorry Invalid parameter: redirect_uri\"",
            "register http://localhost:1/auth/callback, exactly",
        ),
    },
    Seeded {
        what: "the client secret is wrong",
        at: Place::Settings(|settings| settings.client_secret = Secret::new("another-secret")),
        check: "client.credentials",
        outcome: Mistake,
        key: Some("client_secret"),
        says: ("error code invalid_client, status 401", "check `client_id` and CLAIMCHECK_CLIENT_SECRET"),
    },
    Seeded {
        what: "the client authenticates in the wrong way",
        at: Place::Provider(|script| script.client_auth = Some(ClientAuth::Post)),
        check: "client.credentials",
        outcome: Mistake,
        key: Some("client_auth"),
        says: ("with client_secret_post it is accepted", "set client_auth = \"client_secret_post\""),
    },
    Seeded {
        what: "the settings ask for no refresh token",
        at: Place::Settings(|settings| settings.scopes.retain(|scope| scope != "offline_access")),
        check: "client.refresh_tokens",
        outcome: Warning,
        key: Some("scopes"),
        says: ("users must sign in again whenever an access token expires", "add offline_access to `scopes`"),
    },
    Seeded {
        what: "the client may not use refresh tokens",
        at: Place::Provider(|script| script.refresh_refusal = Some("unauthorized_client")),
        check: "client.refresh_grant",
        outcome: Mistake,
        key: None,
        says: ("may not use refresh tokens", "allow the grant refresh_token"),
    },
    Seeded {
        what: "the provider has no end session endpoint",
        at: Place::Provider(|script| script.metadata.remove("end_session_endpoint")),
        check: "logout.end_session",
        outcome: Warning,
        key: Some("end_session_url"),
        says: ("a sign-out ends the session here only", "set `end_session_url`"),
    },
    Seeded {
        what: "the key set is empty",
        at: Place::Provider(|script| script.keys = Some(json!({ "keys": [] }))),
        check: "provider.keys",
        outcome: Mistake,
        key: None,
        says: ("has no keys, so no ID token can be verified", "publish its signing keys"),
    },
    Seeded {
        what: "a web page is where the discovery document should be",
        at: Place::Provider(|script| {
            script.instead.insert(At::Discovery, Raw::text(200, "text/html", "<h1>Welcome</h1>"));
        }),
        check: "provider.discovery",
        outcome: Mistake,
        key: Some("issuer"),
        says: ("not a JSON object, but text/html", "check what is at this address"),
    },
    Seeded {
        what: "pushed authorization requests are required",
        at: Place::Provider(|script| script.metadata.set("require_pushed_authorization_requests", true)),
        check: "provider.pushed_requests",
        outcome: Mistake,
        key: None,
        says: ("RFC 9126", "make them optional"),
    },
    Seeded {
        what: "PKCE with S256 is not supported",
        at: Place::Provider(|script| {
            script.metadata.set("code_challenge_methods_supported", json!(["plain"]))
        }),
        check: "provider.pkce",
        outcome: Mistake,
        key: None,
        says: ("the provider lists plain", "enable PKCE with S256"),
    },
];

/// At APIs.
const OF_APIS: &[Seeded] = &[
    Seeded {
        what: "no path of a panel is at the API",
        at: Place::Api(|script| script.instead = Some(Raw::json(404, "{}"))),
        check: "api.reachable",
        outcome: Mistake,
        key: Some("api_url"),
        says: ("/orders does not exist (status 404)", "correct the base URL or the paths"),
    },
    Seeded {
        what: "a web page is where the API should be",
        at: Place::Api(|script| script.instead = Some(Raw::text(200, "text/html", "<h1>Portal</h1>"))),
        check: "api.reachable",
        outcome: Mistake,
        key: Some("api_url"),
        says: ("a web page instead of JSON", "a web site or a login page"),
    },
    Seeded {
        what: "the API leads to a login page",
        at: Place::Api(|script| script.instead = Some(Raw::redirect(302, "https://sso.example.com/login"))),
        check: "api.reachable",
        outcome: Mistake,
        key: Some("api_url"),
        says: ("redirects to https://sso.example.com/login (status 302)", "must refuse with 401"),
    },
    Seeded {
        what: "the API fails",
        at: Place::Api(|script| script.instead = Some(Raw::json(502, "{}"))),
        check: "api.reachable",
        outcome: Mistake,
        key: Some("api_url"),
        says: ("fails with status 502", "the gateway before it"),
    },
    Seeded {
        what: "the API is not reachable",
        at: Place::NoApi,
        check: "api.reachable",
        outcome: Mistake,
        key: Some("api_url"),
        says: ("Connection refused", "check that the server runs, and the port"),
    },
    Seeded {
        what: "the API needs no token",
        at: Place::Api(|script| script.instead = Some(Raw::json(200, "{}"))),
        check: "api.reachable",
        outcome: Warning,
        key: Some("api_url"),
        says: ("answers without a token (status 200)", "let the API require a token"),
    },
];

/// Makes a mistake, and returns what is found.
async fn found(seeded: &Seeded) -> Vec<CheckFinding> {
    if let Place::Certificate(identity) = seeded.at {
        let authority = Authority::generate();
        let more = format!("ca_file = \"FOLDER/ca.pem\"\n{QUIET}");
        let of_api = authority.identity("localhost");
        let world = HostileWorld::over_tls(&authority, identity(&authority), of_api, &more).await;
        return findings_with(&world, |_| {}).await;
    }
    let world = healthy().await;
    match seeded.at {
        Place::Provider(seed) => world.provider.script(seed),
        Place::Api(seed) => world.api.script(seed),
        Place::NoProvider => world.provider.go_down().await,
        Place::NoApi => world.api.go_down().await,
        Place::Settings(_) | Place::Certificate(_) => {}
    }
    findings_with(&world, |settings| {
        if let Place::Settings(seed) = seeded.at {
            seed(settings);
        }
    })
    .await
}

async fn names_what_key_and_remedy(all: &[Seeded]) {
    let mut table = String::from(
        "| mistake | check | outcome | key | found | remedy |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for seeded in all {
        let findings = found(seeded).await;
        documented(&findings);
        // An API may have one finding for each path.
        let finding = findings.iter().find(|finding| finding.check == seeded.check);
        let finding = finding.unwrap_or_else(|| panic!("{}: {findings:#?}", seeded.what));
        assert_eq!(finding.outcome, seeded.outcome, "{}: {findings:#?}", seeded.what);
        assert_eq!(finding.key.as_deref(), seeded.key, "{}: {finding:#?}", seeded.what);
        assert!(finding.found.contains(seeded.says.0), "{}: {finding:#?}", seeded.what);
        assert!(finding.remedy.contains(seeded.says.1), "{}: {finding:#?}", seeded.what);
        // Nothing else is called a mistake.
        let others: Vec<_> =
            mistakes(&findings).into_iter().filter(|finding| finding.check != seeded.check).collect();
        assert!(others.is_empty(), "{}: {others:#?}", seeded.what);
        let key = seeded.key.map(|key| format!("`{key}`")).unwrap_or_default();
        let outcome = format!("{:?}", seeded.outcome).to_lowercase();
        let CheckFinding { check, found, remedy, .. } = finding;
        table
            .push_str(&format!("| {} | `{check}` | {outcome} | {key} | {found} | {remedy} |\n", seeded.what));
    }
    println!("{table}");
}

#[tokio::test]
async fn dr_08_doctor_names_key_and_remedy_of_seeded_mistakes_at_the_provider() {
    assert!(OF_PROVIDER.len() >= 10);
    names_what_key_and_remedy(OF_PROVIDER).await;
}

#[tokio::test]
async fn dr_08_doctor_names_key_and_remedy_of_seeded_mistakes_at_apis() {
    names_what_key_and_remedy(OF_APIS).await;
}
