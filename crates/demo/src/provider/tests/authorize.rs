//! The authorization endpoint: which requests are accepted, and who receives the errors of others.

use axum::http::{StatusCode, header};

use super::{ALL, API, Browser, CALLBACK, Demo, ISSUER, PASSWORD, authorize, claims};

#[tokio::test]
async fn di_02_only_an_exactly_registered_address_is_ever_redirected_to() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    for wrong in [
        "http://localhost:3000/auth/callback/",
        "http://localhost:3000/auth/callback?x=1",
        "http://localhost:3000/auth/Callback",
        "http://localhost:3001/auth/callback",
        "http://LOCALHOST:3000/auth/callback",
        "https://localhost:3000/auth/callback",
        "http://localhost:3000/auth/callback#f",
        "http://evil.example/auth/callback",
        "",
    ] {
        // Even an error that could be sent to a client is shown to the user.
        for more in [("prompt", "none"), ("response_type", "token"), ("client_id", "app")] {
            let reply = browser.get(&authorize(&[("redirect_uri", wrong), more])).await;
            assert_eq!((reply.status, &*reply.location()), (StatusCode::BAD_REQUEST, ""), "{wrong}");
        }
    }
    let unknown = browser.get(&authorize(&[("client_id", "nobody")])).await;
    assert_eq!((unknown.status, &*unknown.location()), (StatusCode::BAD_REQUEST, ""));
    let twice = browser.get(&format!("{}&redirect_uri=http%3A%2F%2Fevil.example", authorize(&[]))).await;
    assert_eq!((twice.status, &*twice.location()), (StatusCode::BAD_REQUEST, ""));
    assert!(browser.get(&authorize(&[])).await.shows("Sign in"));
}

#[tokio::test]
async fn di_03_requests_without_pkce_s256_are_refused() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    for wrong in [
        [("code_challenge", ""), ("code_challenge_method", "S256")],
        [("code_challenge", ""), ("code_challenge_method", "")],
        [("code_challenge_method", "plain"), ("x", "")],
        [("code_challenge_method", ""), ("x", "")],
        [("code_challenge", "short"), ("x", "")],
    ] {
        assert_eq!(browser.get(&authorize(&wrong)).await.error(), "invalid_request", "{wrong:?}");
    }
    assert!(browser.get(&authorize(&[])).await.shows("Sign in"));
}

#[tokio::test]
async fn di_04_every_answer_names_its_issuer_and_echoes_state() {
    let demo = Demo::start().await;
    let metadata = Browser::new(&demo).get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["issuer"], ISSUER);

    let (mut browser, _) = demo.signed_in("ada").await;
    let mut strange = Browser::new(&demo);
    let page = strange.get(&authorize(&[])).await;
    let replies = [
        (browser.get(&authorize(&[])).await, None),
        (strange.get(&authorize(&[("prompt", "none")])).await, Some("login_required")),
        (strange.get(&authorize(&[("response_type", "token")])).await, Some("unsupported_response_type")),
        (strange.get(&authorize(&[("response_type", "")])).await, Some("invalid_request")),
        (strange.get(&authorize(&[("scope", "profile")])).await, Some("invalid_scope")),
        (strange.get(&authorize(&[("prompt", "none login")])).await, Some("invalid_request")),
        (strange.get(&authorize(&[("max_age", "soon")])).await, Some("invalid_request")),
        (strange.get(&authorize(&[("request", "x.y.z")])).await, Some("request_not_supported")),
        (strange.get(&authorize(&[("resource", "https://other.example")])).await, Some("invalid_target")),
        (strange.get(&format!("{}&nonce=again", authorize(&[]))).await, Some("invalid_request")),
        (strange.answer(&page, "/sign-in", "cancel").await, Some("access_denied")),
    ];
    for (reply, error) in replies {
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{error:?}");
        assert_eq!(reply.query("iss").as_deref(), Some(ISSUER));
        assert_eq!(reply.query("state").as_deref(), Some("the state"));
        assert_eq!(reply.query("error").as_deref(), error);
        assert_eq!(reply.query("code").is_some(), error.is_none());
    }
    for right in [("resource", API), ("audience", API)] {
        assert!(browser.get(&authorize(&[right])).await.query("code").is_some());
    }
}

#[tokio::test]
async fn di_07_forms_work_only_for_the_browser_and_person_they_were_made_for() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    let page = browser.get(&authorize(&[])).await;

    let mut foreign = Browser::new(&demo);
    assert_eq!(foreign.sign_in(&page, "ada", PASSWORD).await.status, StatusCode::BAD_REQUEST);
    foreign.get(&authorize(&[])).await;
    assert_eq!(foreign.sign_in(&page, "ada", PASSWORD).await.status, StatusCode::BAD_REQUEST);
    let changed = [
        ("request", page.field("request").replace("nonce=the-nonce", "nonce=evil")),
        ("token", page.field("token")),
        ("username", "ada".into()),
        ("password", PASSWORD.into()),
    ];
    let changed: Vec<_> = changed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post("/sign-in", &changed).await.status, StatusCode::BAD_REQUEST);
    assert!(!browser.cookies.contains_key("demo_provider"));

    let wrong = browser.sign_in(&page, "ada", "wrong").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("role=\"alert\"") && wrong.body.contains("aria-invalid=\"true\""));
    assert!(!wrong.body.contains("value=\"wrong\""));

    let right = browser.sign_in(&page, "ada", PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    let cookie = right.header(header::SET_COOKIE);
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");

    // The consent page is a separate form: a token of the sign-in form is not valid for it.
    let consent = browser.get(&right.location()).await;
    assert!(consent.shows("Allow"));
    assert_eq!(browser.answer(&page, "/consent", "allow").await.status, StatusCode::BAD_REQUEST);
    let allowed = browser.answer(&consent, "/consent", "allow").await;
    assert_eq!(allowed.status, StatusCode::SEE_OTHER);
    assert!(allowed.query("code").is_some());
}

#[tokio::test]
async fn di_07_prompt_and_max_age_behave() {
    let demo = Demo::start().await;
    let (mut browser, _) = demo.signed_in("ada").await;
    assert!(browser.get(&authorize(&[])).await.query("code").is_some());
    assert!(browser.get(&authorize(&[("prompt", "none")])).await.query("code").is_some());
    assert!(browser.get(&authorize(&[("prompt", "login")])).await.shows("Confirm it’s you"));
    assert!(browser.get(&authorize(&[("prompt", "select_account")])).await.shows("Choose an account"));
    assert!(browser.get(&authorize(&[("prompt", "consent")])).await.shows("Allow"));
    assert!(browser.get(&authorize(&[("max_age", "0")])).await.shows("Confirm it’s you"));
    assert!(browser.get(&authorize(&[("max_age", "60")])).await.query("code").is_some());

    demo.clock.advance(120);
    assert_eq!(
        browser.get(&authorize(&[("max_age", "60"), ("prompt", "none")])).await.error(),
        "login_required"
    );
    let page = browser.get(&authorize(&[("max_age", "60"), ("prompt", "login consent")])).await;
    assert!(page.shows("Confirm it’s you"));
    // Signing in satisfies `login` and `max_age`; `consent` is still requested.
    let answer = browser.sign_in(&page, "ada", PASSWORD).await;
    let consent = browser.get(&answer.location()).await;
    assert!(consent.shows("Allow"));
    let code = browser.answer(&consent, "/consent", "allow").await.query("code").unwrap();
    let token = claims(&demo.exchange(&code).await.json()["id_token"]);
    assert!(token["auth_time"].as_i64().unwrap() >= demo.clock.now() - 5);
}

#[tokio::test]
async fn di_07_consent_is_remembered_and_can_be_denied() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    let page = browser.get(&authorize(&[("scope", "openid profile")])).await;
    let answer = browser.sign_in(&page, "jonas", PASSWORD).await;
    let none = authorize(&[("scope", "openid profile"), ("prompt", "none")]);
    assert_eq!(browser.get(&none).await.error(), "consent_required");
    let consent = browser.get(&answer.location()).await;
    assert_eq!(browser.answer(&consent, "/consent", "deny").await.error(), "access_denied");
    assert_eq!(browser.get(&none).await.error(), "consent_required");
    assert!(browser.answer(&consent, "/consent", "allow").await.query("code").is_some());
    assert!(browser.get(&none).await.query("code").is_some());
    // More than was allowed before is asked for; so is anything for another client.
    assert_eq!(
        browser.get(&authorize(&[("prompt", "none"), ("scope", ALL)])).await.error(),
        "consent_required"
    );
    let other = authorize(&[("scope", "openid profile"), ("prompt", "none"), ("client_id", "other")]);
    assert_eq!(browser.get(&other).await.error(), "consent_required");
    let switched = browser.answer(&consent, "/consent", "switch").await;
    assert!(browser.get(&switched.location()).await.shows("Choose an account"));
}

#[tokio::test]
async fn di_07_an_id_token_hint_asks_for_that_person() {
    let demo = Demo::start().await;
    let ada = demo.tokens("ada").await;
    let (mut browser, code) = demo.signed_in("jonas").await;
    let jonas = demo.exchange(&code).await.json();
    for (hint, error) in [(&jonas, None), (&ada, Some("login_required".to_owned()))] {
        let hint = hint["id_token"].as_str().unwrap();
        let reply = browser.get(&authorize(&[("prompt", "none"), ("id_token_hint", hint)])).await;
        assert_eq!(reply.query("error"), error);
    }
}

#[tokio::test]
async fn di_07_requests_by_post_go_on_by_get() {
    let demo = Demo::start().await;
    let (mut browser, _) = demo.signed_in("ada").await;
    let query = authorize(&[]);
    let pairs: Vec<_> = url::form_urlencoded::parse(query.split_once('?').unwrap().1.as_bytes()).collect();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    let reply = browser.post("/authorize", &pairs).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&reply.location()).await.location().starts_with(CALLBACK));
}
