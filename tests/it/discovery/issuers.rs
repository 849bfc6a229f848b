//! The issuer is the configured one, whatever a request says (JD-02), and data from one issuer never goes to another
//! (JD-12).

use axum::http::{Method, StatusCode};

use crate::{
    discovery::accepted,
    support::{
        APP,
        hostile::{At, HostileProvider, HostileWorld, Listener},
    },
};

#[tokio::test]
async fn jd_02_nothing_that_a_request_names_is_asked_or_led_to() {
    let world = HostileWorld::start().await;
    let listener = Listener::bind().await;
    let evil = listener.origin();
    let named: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
    accepted(&world, "at first").await;
    let asked = (world.provider.count(At::Discovery), world.provider.count(At::CodeExchange));
    for parameter in [
        "iss",
        "issuer",
        "op",
        "provider",
        "authority",
        "server",
        "login_hint",
        "authorization_endpoint",
        "target_link_uri",
    ] {
        for path in ["/auth/sign-in", "/auth/callback", "/auth/front-channel-logout", "/boards/orders", "/"] {
            for more in ["", "&sid=sid-0", "&code=a&state=b", "&return_to=/account"] {
                let address = format!("{path}?{parameter}={named}{more}");
                let page = world.browser().get(&address).await;
                let to = page.header("location");
                let is_ours = to.is_empty() || to.starts_with('/') || to.starts_with(world.provider.origin());
                assert!(is_ours, "{address}: {to}");
                assert!(page.sent("redirect_uri").is_none_or(|uri| uri.starts_with(APP)), "{address}");
                if !page.status.is_redirection() {
                    assert!(!page.body.contains(evil), "{address}");
                }
            }
        }
        let form = Some(format!("{parameter}={named}&logout_token=a.b.c"));
        let posted = world.browser().send(Method::POST, "/auth/back-channel-logout", &[], form).await;
        assert_eq!(posted.status, StatusCode::BAD_REQUEST);
    }
    for header in ["x-issuer", "x-forwarded-host", "forwarded", "origin", "referer"] {
        let value = if header == "forwarded" { format!("host={evil}") } else { evil.to_owned() };
        let page = world.browser().send(Method::GET, "/auth/sign-in", &[(header, &value)], None).await;
        let to = page.header("location");
        assert!(to.is_empty() || to.starts_with(world.provider.origin()), "{header}: {to}");
    }
    assert_eq!(listener.hits(), 0);
    assert_eq!((world.provider.count(At::Discovery), world.provider.count(At::CodeExchange)), asked);
    let token = world.provider.logout(None, Some("sid-0")).with("iss", evil).headed("jku", evil);
    let token = token.signed(world.provider.keys());
    let page = crate::logout::post(&world.app, &token).await;
    assert!(crate::logout::is_refused(&page));
    assert_eq!(listener.hits(), 0);
}

#[tokio::test]
async fn jd_02_a_token_of_another_issuer_has_that_one_asked_nothing() {
    let world = HostileWorld::start().await;
    let listener = Listener::bind().await;
    world.provider.script(|script| {
        script.at_sign_in.claims.set("iss", listener.origin());
        script.at_sign_in.header.set("jku", listener.origin());
    });
    let (browser, page) = world.signed_in("/boards/orders").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(!browser.at_app.contains_key("claimcheck"));
    assert_eq!((listener.hits(), world.provider.count(At::UserInfo)), (0, 0));
    world.provider.be_honest();
    accepted(&world, "its own").await;
}

/// A world that was configured for one provider and is now for another, with the same store and keys.
async fn moved(world: &mut HostileWorld) -> HostileProvider {
    let other = HostileProvider::bind(world.clock.clone(), "s:e%c&r+et").await;
    let from = format!("issuer = \"{}\"", world.provider.origin());
    world.restart_with(&from, &format!("issuer = \"{}\"", other.origin())).await;
    other
}

#[tokio::test]
async fn jd_12_a_sign_in_that_began_at_one_issuer_does_not_end_at_another() {
    for promises_iss in [true, false] {
        let mut world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
        let jar = {
            let mut browser = world.browser();
            let page = browser.get("/boards/orders").await;
            let back = browser.get(page.location().as_str()).await;
            (browser.at_app.clone(), back.location())
        };
        let other = moved(&mut world).await;
        other.script(|script| {
            script.metadata.set("authorization_response_iss_parameter_supported", promises_iss)
        });
        let own = other.origin().to_owned();
        for iss in [Some(world.provider.origin().to_owned()), Some(own), None] {
            let mut callback = jar.1.clone();
            let kept: Vec<(String, String)> = callback
                .query_pairs()
                .filter(|(name, _)| name != "iss")
                .map(|(name, value)| (name.into(), value.into()))
                .collect();
            callback
                .query_pairs_mut()
                .clear()
                .extend_pairs(kept)
                .extend_pairs(iss.iter().map(|iss| ("iss", iss)));
            let mut browser = world.browser();
            browser.at_app.clone_from(&jar.0);
            let page = browser.get(callback.as_str()).await;
            // Refused; or, once it is used up, restarted at the current issuer.
            let begins_anew = page.header("location").starts_with(&format!("{}/authorize", other.origin()));
            let is_refused = page.status.is_client_error() || page.status.is_server_error();
            assert!(is_refused || begins_anew, "{iss:?}: {}", page.status);
            assert!(!browser.at_app.contains_key("claimcheck"), "{iss:?}");
        }
        for provider in [&world.provider, &other] {
            assert_eq!(provider.count(At::CodeExchange), 0, "nobody was sent the code");
        }
        let (_, page) = world.signed_in("/account").await;
        assert!(
            page.status.is_success() && other.count(At::CodeExchange) == 1,
            "a sign-in at the other works"
        );
    }
}

#[tokio::test]
async fn jd_12_a_session_of_one_issuer_gives_its_tokens_to_no_other() {
    let mut world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let jar = world.signed_in("/boards/orders").await.0.at_app;
    let other = moved(&mut world).await;
    // All uses of a session: its page, its data when the token is due, its end.
    for after in [0, 121] {
        world.advance(after);
        let mut browser = world.browser();
        browser.at_app.clone_from(&jar);
        let panel = browser.fetch("/api/panel_when_ready?board=orders&panel=orders").await;
        assert_eq!(panel.status, StatusCode::UNAUTHORIZED);
        let page = browser.get("/boards/orders").await;
        assert!(page.location().as_str().starts_with(other.origin()), "a sign-in at the other begins");
    }
    let mut browser = world.browser();
    browser.at_app.clone_from(&jar);
    browser.post("/auth/sign-out", &[]).await;
    world.drained().await;
    let held: Vec<String> = world
        .provider
        .issued()
        .into_iter()
        .flat_map(|issued| [Some(issued.access_token), issued.refresh_token, issued.id_token])
        .flatten()
        .collect();
    assert_eq!(held.len(), 3);
    for seen in other.everything() {
        let all = format!("{} {} {:?}", seen.query, seen.body, seen.headers);
        assert!(!held.iter().any(|token| all.contains(token)), "the other was sent a token: {all}");
    }
    assert_eq!(other.count(At::Refresh) + other.count(At::Revocation), 0);
}
