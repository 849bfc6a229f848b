//! The parameters of an authorization response (CB-04 to CB-07).

use axum::http::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    callback::{BOARD, SESSION, altered, at_callback, back_from, is_data, refused, seen},
    support::{
        Browser, World,
        hostile::{HostileWorld, Listener},
        log::Listening,
    },
};

/// The provider responds with an error instead of a code.
fn errs(world: &HostileWorld, error: &str, description: &str) {
    world.provider.script(|script| {
        script.callback.remove("code");
        script.callback.set("error", error);
        script.callback.set("error_description", description);
        script.callback.set("error_uri", "javascript:alert(1)");
    });
}

async fn back_with_error<'a>(world: &'a HostileWorld, error: &str, words: &str) -> (Browser<'a>, String) {
    errs(world, error, words);
    back_from(world).await
}

#[tokio::test]
async fn cb_07_head_does_not_use_up_the_transaction_and_post_is_refused() {
    let world = World::start().await;
    let (mut browser, callback) = at_callback(&world, "/account").await;
    assert_eq!(browser.send(Method::HEAD, &callback, &[], None).await.status, StatusCode::OK);
    let variant = callback.replace("/auth/callback?", "/auth/callback/?");
    assert_eq!(browser.send(Method::HEAD, &variant, &[], None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.post(&callback, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(world.provider.count("authorization_code"), 0);
    assert_eq!(browser.open(&callback).await.path(), "/account");
}

#[tokio::test]
async fn cb_04_every_error_ends_the_transaction_with_a_page_and_no_token_request() {
    let world = HostileWorld::start().await;
    let nasty = "<img src=x onerror=alert(1)> \r\nSet-Cookie: a=b \u{202e}txt \u{0} &amp; \"quoted\"";
    let long = "e".repeat(500);
    for (error, status) in [
        ("access_denied", 403),
        ("login_required", 403),
        ("interaction_required", 403),
        ("consent_required", 403),
        ("account_selection_required", 403),
        ("unmet_authentication_requirements", 403),
        ("invalid_scope", 403),
        ("invalid_request", 403),
        ("invalid_target", 403),
        ("unauthorized_client", 403),
        ("unsupported_response_type", 403),
        ("server_error", 502),
        ("something_new", 403),
        ("<script>alert(1)</script>", 403),
        (&long, 403),
    ] {
        let back = back_with_error(&world, error, nasty).await;
        let page = refused(&world, back, (&["provider_error"], 0), error).await;
        assert_eq!(page.status.as_u16(), status, "{error}");
        assert!(
            page.body.contains("&lt;img src=x onerror=alert(1)&gt; Set-Cookie: a=b txt"),
            "{}",
            page.body
        );
        for markup in ["<img", "javascript:", "\u{202e}", "\u{0}", "<script>alert", &long[..100]] {
            assert!(!page.body.contains(markup), "{error}: {markup}");
        }
        assert!(!page.header("set-cookie").contains("a=b"));
        assert!(page.body.contains("/auth/sign-in?return_to=%2Fboards%2Forders"), "{error}: the way back");
    }
}

#[tokio::test]
async fn cb_04_a_description_is_cut_and_one_without_end_is_refused() {
    let world = HostileWorld::start().await;
    let back = back_with_error(&world, "access_denied", &"x".repeat(6000)).await;
    let page = refused(&world, back, (&["provider_error"], 0), "6000 characters").await;
    assert!(page.body.contains(&"x".repeat(300)) && !page.body.contains(&"x".repeat(301)));
    let (mut browser, callback) = back_with_error(&world, "access_denied", &"x".repeat(50_000)).await;
    assert_eq!(browser.get(&callback).await.status, StatusCode::URI_TOO_LONG);
    assert_eq!(seen(&world)[0], 1, "of the honest sign-in before");
}

#[tokio::test]
async fn cb_04_an_error_needs_its_state_and_is_not_believed_without() {
    let world = HostileWorld::start().await;
    for (state, reason) in [(None, "malformed"), (Some("forged"), "lost")] {
        let (browser, callback) = back_with_error(&world, "access_denied", "Call 555-1234").await;
        let forged = altered(&callback, "state", state);
        let page = refused(&world, (browser, forged), (&[reason], 0), reason).await;
        assert!(
            !page.body.contains("555-1234") && !page.body.contains("You didn’t sign in"),
            "{}",
            page.body
        );
    }
}

#[tokio::test]
async fn cb_05_code_and_error_together_neither_and_whatever_is_repeated_come_to_nothing() {
    let world = HostileWorld::start().await;
    for extra in [
        "&error=access_denied",
        "&error=",
        "&code=b",
        "&%63ode=b",
        "&code=",
        "&state=b",
        "&iss=b",
        "&error_description=a&error_description=b",
        "&error_uri=a&error_uri=b",
        "&error=a&error=a",
    ] {
        let (browser, callback) = back_from(&world).await;
        let spoilt = (browser, format!("{callback}{extra}"));
        refused(&world, spoilt, (&["malformed"], 0), extra).await;
    }
    for code in [None, Some(""), Some("a\nb"), Some("é")] {
        let (browser, callback) = back_from(&world).await;
        let spoilt = altered(&callback, "code", code);
        refused(&world, (browser, spoilt), (&["malformed"], 0), &format!("{code:?}")).await;
    }
    let (browser, callback) = back_from(&world).await;
    let long = altered(&callback, "code", Some(&"c".repeat(6000)));
    refused(&world, (browser, long), (&["code_refused"], 1), "a long code is the provider's to refuse").await;
    let (mut browser, callback) = back_from(&world).await;
    let more = format!("{callback}&session_state=a.b&scope=openid&scope=x&client_id=evil&unknown=%ff");
    assert!(is_data(&browser.open(&more).await), "what is unknown is ignored");
}

#[tokio::test]
async fn cb_05_a_query_of_a_mebibyte_is_refused_and_the_server_goes_on() {
    let world = HostileWorld::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, app) = (listener.local_addr().unwrap(), world.app.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let answer = async |target: String| {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!("GET {target} HTTP/1.1\r\nhost: localhost:3000\r\nconnection: close\r\n\r\n");
        // The server may close before it has read everything.
        drop(stream.write_all(head.as_bytes()).await);
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).await.map(|_| String::from_utf8_lossy(&begin).into_owned())
    };
    for size in [9_000, 60_000, 1 << 20] {
        let said = answer(format!("/auth/callback?state={}&code=a", "s".repeat(size))).await;
        let is_refused = said.as_ref().is_ok_and(|line| ["414", "431", "400"].contains(&&line[9..]));
        // If more was sent than was read, the response may be lost with the connection.
        assert!(is_refused || (size > 100_000 && said.is_err()), "{size}: {said:?}");
    }
    assert_eq!(answer("/health/live".into()).await.unwrap(), "HTTP/1.1 200");
    assert_eq!(seen(&world), [0; 4]);
}

#[tokio::test]
async fn cb_06_jd_12_iss_is_the_issuer_in_codes_and_errors_and_nobody_is_asked_for_another() {
    let (world, evil) = (HostileWorld::start().await, Listener::bind().await);
    let own = world.provider.origin().to_owned();
    let wrong = [
        None,
        Some(String::new()),
        Some(evil.origin().to_owned()),
        Some(format!("{own}/")),
        Some(format!("{own}/x")),
        Some(own.to_uppercase()),
        Some(own.replace("http", "https")),
        Some(format!(" {own}")),
        Some(own.replace("127.0.0.1", "localhost")),
    ];
    for iss in wrong {
        let (browser, callback) = back_from(&world).await;
        let spoilt = altered(&callback, "iss", iss.as_deref());
        refused(&world, (browser, spoilt), (&["malformed"], 0), &format!("a code with {iss:?}")).await;
        let (browser, callback) = back_with_error(&world, "access_denied", "Call 555-1234").await;
        let spoilt = altered(&callback, "iss", iss.as_deref());
        let what = format!("an error with {iss:?}");
        let page = refused(&world, (browser, spoilt), (&["malformed"], 0), &what).await;
        assert!(!page.body.contains("555-1234"), "{what} is not attributed to the provider");
    }
    assert_eq!(evil.hits(), 0);
}

#[tokio::test]
async fn cb_06_iss_may_be_absent_where_it_is_not_promised_and_is_compared_where_it_comes() {
    for promise in [None, Some(false)] {
        let world = HostileWorld::start().await;
        let name = "authorization_response_iss_parameter_supported";
        world.provider.script(|script| match promise {
            Some(promise) => script.metadata.set(name, promise),
            None => script.metadata.remove(name),
        });
        let (mut browser, callback) = back_from(&world).await;
        assert!(is_data(&browser.open(&altered(&callback, "iss", None)).await), "{promise:?}");
        let (mut browser, callback) = back_from(&world).await;
        assert!(is_data(&browser.open(&callback).await), "{promise:?}");
        let (browser, callback) = back_from(&world).await;
        let spoilt = altered(&callback, "iss", Some("https://evil.example"));
        refused(&world, (browser, spoilt), (&["malformed"], 0), "a wrong one").await;
    }
}

#[tokio::test]
async fn cb_07_tokens_and_jarm_in_a_callback_are_never_processed_or_logged() {
    let world = HostileWorld::start().await;
    let planted = "access_token=canary-at&id_token=canary.id.token&response=canary.jarm.x&token_type=Bearer&\
                   refresh_token=canary-rt&expires_in=3600";
    let (mut browser, callback) = back_from(&world).await;
    let log = Listening::begin();
    let page = browser.get(&format!("{callback}&{planted}")).await;
    assert_eq!(page.header("location"), BOARD);
    assert!(is_data(&browser.follow(page).await), "they are ignored");
    let heard = String::from_utf8(log.text()).unwrap();
    drop(log);
    assert!(heard.contains("signed in") && !heard.contains("canary"));
    for name in ["canary-at", "canary-rt", "canary.id.token"] {
        assert!(
            !world.api.saw(name) && !world.provider.everything().iter().any(|seen| seen.body.contains(name))
        );
    }
    // Without a code they contain nothing.
    let (browser, callback) = back_from(&world).await;
    let only = format!("{}&{planted}", altered(&callback, "code", None));
    refused(&world, (browser, only), (&["malformed"], 0), "tokens alone").await;
}

#[tokio::test]
async fn cb_07_a_form_post_is_refused_and_uses_nothing_up() {
    let world = HostileWorld::start().await;
    let (mut browser, callback) = back_from(&world).await;
    let (address, query) = callback.split_once('?').unwrap();
    for origin in ["same-origin", "cross-site"] {
        let headers = [("sec-fetch-site", origin)];
        let page = browser.send(Method::POST, address, &headers, Some(query.to_owned())).await;
        assert_eq!((page.status, page.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    }
    assert_eq!((seen(&world), browser.at_app.contains_key(SESSION)), ([0; 4], false));
    assert!(is_data(&browser.open(&callback).await));
    assert_eq!(seen(&world)[0], 1);
}
