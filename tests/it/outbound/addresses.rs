//! Addresses that the operator writes: named hosts over plain http (R03), internal addresses of the provider and another
//! place of its discovery document (R04), and IPv6.

use std::sync::Arc;

use axum::http::StatusCode;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use crate::support::{
    Browser, Heard, Page,
    hostile::{At, ForwardProxy, HostileWorld, Keys},
};

/// The members of the discovery document that are addresses.
const ENDPOINTS: [(&str, &str); 6] = [
    ("authorization_endpoint", "/authorize"),
    ("token_endpoint", "/token"),
    ("userinfo_endpoint", "/userinfo"),
    ("jwks_uri", "/keys"),
    ("revocation_endpoint", "/revoke"),
    ("end_session_endpoint", "/end-session"),
];

/// Longer than the last good metadata is used while the current one is refused.
const EXPIRED: i64 = 2 * 86_400;

/// The provider, known to everybody by this issuer, with its endpoints at this origin.
fn known_as(world: &HostileWorld, issuer: &str, origin: &str) {
    world.provider.script(|script| {
        script.metadata.set("issuer", issuer);
        script.callback.set("iss", issuer);
        script.at_sign_in.claims.set("iss", issuer);
        for (name, path) in ENDPOINTS {
            script.metadata.set(name, format!("{origin}{path}"));
        }
    });
}

/// With this issuer and further settings, instead of those that the world started with.
async fn restarted(issuer: &str, more: &str) -> HostileWorld {
    let mut world = HostileWorld::start().await;
    let old = format!("issuer = \"{}\"", world.provider.origin());
    let more = more.replace("PROVIDER", world.provider.origin());
    world.restart_with(&old, &format!("issuer = \"{issuer}\"\n{more}")).await;
    world
}

/// Signs in with a browser that reaches `public` at the provider's own address, as a load balancer does.
async fn sign_in<'a>(world: &'a HostileWorld, public: &str) -> (Browser<'a>, Page) {
    let mut browser = world.browser();
    let begun = browser.get("/auth/sign-in?return_to=%2Fboards%2Forders").await;
    let address = begun.header("location").to_owned();
    assert!(
        address.starts_with(&format!("{public}/authorize?")),
        "browsers get the public address: {address}"
    );
    let callback = browser.get(&address.replace(public, world.provider.origin())).await;
    let page = browser.follow(callback).await;
    (browser, page)
}

fn is_well(page: &Page) -> bool {
    page.status == StatusCode::OK && page.body.contains("Customer of")
}

#[tokio::test]
async fn r04_server_side_requests_go_to_the_internal_address_and_browsers_to_the_public_one() {
    let issuer = "https://id.example";
    let world = restarted(issuer, "provider_base_url = \"PROVIDER\"\n").await;
    known_as(&world, issuer, issuer);
    let (mut browser, page) = sign_in(&world, issuer).await;
    assert!(is_well(&page), "{} {}", page.status, page.body);
    let out = browser.post("/auth/sign-out", &[]).await;
    assert!(out.refresh().unwrap().1.as_str().starts_with("https://id.example/end-session?"));
    world.drained().await;
    for at in [At::Discovery, At::CodeExchange, At::Keys, At::UserInfo, At::Revocation] {
        assert!(world.provider.count(at) > 0, "{at:?}");
    }
    // The issuer is the public one everywhere: in the document, at the callback, in tokens.
    for (wrong, status) in [("document", 502), ("callback", 400), ("token", 502)] {
        let origin = world.provider.origin().to_owned();
        world.provider.script(|script| match wrong {
            "document" => script.metadata.set("issuer", origin),
            "callback" => script.callback.set("iss", origin),
            _ => script.at_sign_in.claims.set("iss", origin),
        });
        world.advance(EXPIRED);
        let mut browser = world.browser();
        let begun = browser.get("/auth/sign-in").await;
        let page = match begun.status.is_redirection() {
            true => {
                let address = begun.header("location").replace(issuer, world.provider.origin());
                let callback = browser.get(&address).await;
                browser.follow(callback).await
            }
            false => begun,
        };
        assert!(page.is_of_app() && !browser.at_app.contains_key("claimcheck"), "{wrong}");
        assert!(page.status.as_u16() >= 400, "{wrong}: {} instead of {status}", page.status);
        known_as(&world, issuer, issuer);
        world.advance(EXPIRED);
    }
    assert!(is_well(&sign_in(&world, issuer).await.1));
}

#[tokio::test]
async fn r04_only_what_the_operator_wrote_leads_inward() {
    let (issuer, heard) = ("https://id.example", Heard::begin());
    let world = restarted(issuer, "provider_base_url = \"PROVIDER\"\n").await;
    let elsewhere = HostileWorld::start().await;
    // Metadata of a public issuer that names another address of this machine, over http or https.
    for (field, value) in [
        ("jwks_uri", format!("{}/keys", elsewhere.provider.origin())),
        ("token_endpoint", "https://127.0.0.1:1/token".to_owned()),
        ("token_endpoint", "https://10.0.0.1/token".to_owned()),
        ("authorization_endpoint", format!("{}/authorize", world.provider.origin())),
    ] {
        known_as(&world, issuer, issuer);
        world.provider.script(|script| script.metadata.set(field, value.as_str()));
        let page = world.browser().get("/auth/sign-in").await;
        assert!(page.status.is_server_error(), "{field} {value}: {}", page.status);
        assert!(heard.has(&["sign-in failed", &format!("its {field} is")]), "{field} {value}");
        world.advance(EXPIRED);
    }
    assert_eq!(elsewhere.provider.everything().len(), 0);
    known_as(&world, issuer, issuer);
    assert!(is_well(&sign_in(&world, issuer).await.1));
}

#[tokio::test]
async fn r04_the_discovery_document_may_be_elsewhere() {
    // As at Azure AD B2C: below a policy, while the issuer is that of the tenant.
    let mut world = HostileWorld::start().await;
    let origin = world.provider.origin().to_owned();
    let issuer = format!("{origin}/0a1b/v2.0/");
    let old = format!("issuer = \"{origin}\"");
    let elsewhere = format!("{origin}/tenant/.well-known/openid-configuration?p=policy");
    world.restart_with(&old, &format!("issuer = \"{issuer}\"\ndiscovery_url = \"{elsewhere}\"")).await;
    known_as(&world, &issuer, &origin);
    let (_, page) = sign_in(&world, &origin).await;
    assert!(is_well(&page), "{} {}", page.status, page.body);
    let asked = world.provider.seen(At::Discovery);
    assert!(asked.iter().all(
        |seen| (&*seen.path, &*seen.query) == (&elsewhere[origin.len()..elsewhere.len() - 9], "p=policy")
    ));
    // The document there must still be that of the issuer.
    known_as(&world, &origin, &origin);
    world.advance(EXPIRED);
    let page = world.browser().get("/auth/sign-in").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{}", page.body);
}

#[tokio::test]
async fn r03_a_named_host_works_over_plain_http_and_metadata_adds_none() {
    // The proxy resolves the names of this network.
    let proxy = ForwardProxy::bind(None).await;
    let issuer = "http://keycloak:8080/tenant";
    let settings = format!(
        "insecure_hosts = \"keycloak:8080, orders\"\nproxy = \"http://{}\"\napi_url = \"http://orders:8000/v1\"\n",
        proxy.address()
    );
    let mut world = HostileWorld::start().await;
    let (origin, api) = (world.provider.origin().to_owned(), world.api.origin().to_owned());
    let old = format!("issuer = \"{origin}\"\nclient_secret = \"s:e%c&r+et\"\napi_url = \"{api}\"\n");
    let new = format!("issuer = \"{issuer}\"\nclient_secret = \"s:e%c&r+et\"\n{settings}");
    world.restart_with(&old, &new).await;
    proxy.lead("keycloak:8080", &origin["http://".len()..]);
    proxy.lead("orders:8000", &api["http://".len()..]);
    known_as(&world, issuer, "http://keycloak:8080");
    let (mut browser, page) = sign_in(&world, "http://keycloak:8080").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let calls = world.api.calls();
    assert!(!calls.is_empty() && calls.iter().all(|call| call.path.starts_with("/v1/")), "{calls:?}");
    let out = browser.post("/auth/sign-out", &[]).await;
    assert!(out.refresh().unwrap().1.as_str().starts_with("http://keycloak:8080/end-session?"));
    // Other hosts and ports, also the one that the operator named for the API.
    let heard = Heard::begin();
    for (field, path) in ENDPOINTS {
        for host in ["keycloak:8081", "orders", "evil-keycloak:8080", "keycloak.evil.example:8080"] {
            world.provider.script(|script| script.metadata.set(field, format!("http://{host}{path}")));
            world.advance(EXPIRED);
            let page = world.browser().get("/auth/sign-in").await;
            assert!(page.status.is_server_error(), "{field} {host}: {}", page.status);
            assert!(
                heard.has(&["sign-in failed", &format!("its {field} is not https"), "insecure_hosts"]),
                "{field}"
            );
            known_as(&world, issuer, "http://keycloak:8080");
        }
    }
    let seen = proxy.seen();
    assert!(
        seen.iter().all(|seen| seen.contains("//keycloak:8080/") || seen.contains("//orders:8000/")),
        "{seen:?}"
    );
}

#[tokio::test]
async fn p1_over_plain_http_elsewhere_an_unknown_key_is_not_excused() {
    for is_known in [false, true] {
        let proxy = ForwardProxy::bind(None).await;
        let (issuer, host) = ("http://keycloak:8080", "keycloak:8080");
        let settings = format!("insecure_hosts = \"{host}\"\nproxy = \"http://{}\"\n", proxy.address());
        let mut world = HostileWorld::start().await;
        let origin = world.provider.origin().to_owned();
        let old = format!("issuer = \"{origin}\"\n");
        world.restart_with(&old, &format!("issuer = \"{issuer}\"\n{settings}")).await;
        proxy.lead(host, &origin["http://".len()..]);
        known_as(&world, issuer, issuer);
        let (mut browser, page) = sign_in(&world, issuer).await;
        assert!(is_well(&page), "{}", page.body);
        world.provider.script(|script| {
            script.signer = (!is_known).then(|| Arc::new(Keys::generate()));
            script.at_refresh.claims.set("iss", issuer);
        });
        world.advance(180);
        let page = browser.open("/boards/orders").await;
        let fresh = world.provider.issued()[1].access_token.clone();
        assert_eq!((is_well(&page), world.api.saw(&fresh)), (is_known, is_known), "{}", page.body);
        if !is_known {
            assert!(page.body.contains("/auth/sign-in?return_to="), "a way on: {}", page.body);
            world.provider.script(|script| script.signer = None);
            world.advance(20);
            assert!(is_well(&browser.open("/boards/orders").await), "the rotated refresh token was stored");
        }
        assert_eq!((world.provider.reuses(), world.provider.count(At::CodeExchange)), (0, 1));
    }
}

/// Forwards connections from this machine's IPv6 address.
async fn relay_v6(to: &str) -> String {
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let (origin, to) =
        (format!("http://{}", listener.local_addr().unwrap()), to["http://".len()..].to_owned());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let to = to.clone();
            tokio::spawn(async move {
                let mut upstream = TcpStream::connect(to).await?;
                copy_bidirectional(&mut stream, &mut upstream).await
            });
        }
    });
    origin
}

#[tokio::test]
async fn r03_r04_addresses_may_be_of_ipv6() {
    let mut world = HostileWorld::start().await;
    let origin = world.provider.origin().to_owned();
    let issuer = relay_v6(&origin).await;
    let old_api = world.api.origin().to_owned();
    let api = relay_v6(&old_api).await;
    world.restart_with(&format!("api_url = \"{old_api}\""), &format!("api_url = \"{api}\"")).await;
    world.restart_with(&format!("issuer = \"{origin}\""), &format!("issuer = \"{issuer}\"")).await;
    known_as(&world, &issuer, &issuer);
    assert!(is_well(&sign_in(&world, &issuer).await.1));

    let public = "https://id.example";
    world
        .restart_with(
            &format!("issuer = \"{issuer}\""),
            &format!("issuer = \"{public}\"\nprovider_base_url = \"{issuer}\""),
        )
        .await;
    known_as(&world, public, public);
    assert!(is_well(&sign_in(&world, public).await.1));
}
