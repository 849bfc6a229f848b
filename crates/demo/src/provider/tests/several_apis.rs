//! Several APIs (RFC 8707, RFC 8693): which one an access token is for, and which scopes it contains.

use serde_json::{Value, json};

use super::{API, Browser, Demo, PASSWORD, Reply, WAREHOUSE, authorize, claims, exchange};

const EVERYTHING: &str =
    "openid offline_access orders:read orders:ship payouts:write deliveries:read deliveries:receive";
const ELSEWHERE: &str = "https://other.example/";

impl Demo {
    /// A code for Ada and everything, from a request with these parameters as well.
    async fn code(&self, more: &[(&str, &str)]) -> String {
        let mut browser = Browser::new(self);
        let mut query = authorize(&[("scope", EVERYTHING), ("prompt", "consent")]);
        query.extend(more.iter().map(|(name, value)| format!("&{name}={value}")));
        let page = browser.get(&query).await;
        let answer = browser.sign_in(&page, "ada", PASSWORD).await;
        let page = browser.get(&answer.location()).await;
        browser.answer(&page, "/consent", "allow").await.query("code").unwrap()
    }

    async fn exchange_for(&self, code: &str, more: &[(&str, &str)]) -> Reply {
        self.as_client("app", "/token", &[&exchange(code), more].concat()).await
    }

    async fn refresh_for(&self, tokens: &Value, more: &[(&str, &str)]) -> Reply {
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        self.as_client("app", "/token", &[&grant, more].concat()).await
    }
}

/// The audience and the scopes of the access token in a response.
fn target(reply: &Reply) -> (String, String) {
    let body = reply.json();
    let access = claims(&body["access_token"]);
    assert_eq!(access["scope"], body["scope"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&access["aud"]), text(&access["scope"]))
}

fn orders() -> (String, String) {
    (API.into(), "openid offline_access orders:read orders:ship payouts:write".into())
}

fn warehouse() -> (String, String) {
    (WAREHOUSE.into(), "openid offline_access deliveries:read deliveries:receive".into())
}

#[tokio::test]
async fn di_06_each_access_token_is_for_one_api_and_says_the_scopes_of_that_one() {
    let demo = Demo::start().await;
    for parameter in ["resource", "audience"] {
        let code = demo.code(&[]).await;
        let first = demo.exchange_for(&code, &[(parameter, WAREHOUSE)]).await;
        assert_eq!(target(&first), warehouse(), "{parameter}");
        let second = demo.refresh_for(&first.json(), &[(parameter, API)]).await;
        assert_eq!(target(&second), orders(), "{parameter}");
        // A request that names none gets a token for the first.
        let third = demo.refresh_for(&second.json(), &[]).await;
        assert_eq!(target(&third), orders(), "{parameter}");
        let fourth = demo.refresh_for(&third.json(), &[(parameter, WAREHOUSE)]).await;
        assert_eq!(target(&fourth), warehouse(), "{parameter}");
        // The ID token is for the client, whatever the API.
        for reply in [&first, &second, &fourth] {
            let (id, access) = (reply.json()["id_token"].clone(), reply.json()["access_token"].clone());
            assert_eq!((&claims(&id)["aud"], &claims(&id)["sub"]), (&json!("app"), &claims(&access)["sub"]));
        }
    }
    let narrow = demo.exchange(&demo.code(&[]).await).await.json();
    let narrow =
        demo.refresh_for(&narrow, &[("resource", WAREHOUSE), ("scope", "openid deliveries:read")]).await;
    assert_eq!(target(&narrow).1, "openid deliveries:read");
}

#[tokio::test]
async fn di_06_what_is_no_api_is_refused_and_costs_neither_code_nor_refresh_token() {
    let demo = Demo::start().await;
    let mut browser = Browser::new(&demo);
    for parameter in ["resource", "audience"] {
        let wrong = browser.get(&authorize(&[(parameter, ELSEWHERE)])).await;
        assert_eq!(wrong.error(), "invalid_target", "{parameter}");
        assert!(browser.get(&authorize(&[(parameter, WAREHOUSE)])).await.shows("Sign in"), "{parameter}");
    }
    let one_too_many = browser.get(&format!("{}&resource={API}&resource={ELSEWHERE}", authorize(&[]))).await;
    assert_eq!(one_too_many.error(), "invalid_target");

    let wrongs: [&[(&str, &str)]; 4] = [
        &[("resource", ELSEWHERE)],
        &[("audience", ELSEWHERE)],
        &[("resource", API), ("resource", WAREHOUSE)],
        &[("resource", API), ("audience", WAREHOUSE)],
    ];
    let code = demo.code(&[]).await;
    for wrong in wrongs {
        assert_eq!(demo.exchange_for(&code, wrong).await.error(), "invalid_target", "{wrong:?}");
    }
    let tokens = demo.exchange_for(&code, &[("resource", API)]).await.json();
    for wrong in wrongs {
        assert_eq!(demo.refresh_for(&tokens, wrong).await.error(), "invalid_target", "{wrong:?}");
    }
    assert_eq!(target(&demo.refresh_for(&tokens, &[("resource", API)]).await), orders());
}

#[tokio::test]
async fn di_06_the_resources_of_the_authorization_request_are_the_bounds() {
    let demo = Demo::start().await;
    let code = demo.code(&[("resource", WAREHOUSE)]).await;
    assert_eq!(demo.exchange_for(&code, &[("resource", API)]).await.error(), "invalid_target");
    let tokens = demo.exchange(&code).await;
    assert_eq!(target(&tokens), warehouse(), "the one that was named is meant");
    assert_eq!(demo.refresh_for(&tokens.json(), &[("resource", API)]).await.error(), "invalid_target");
    assert_eq!(target(&demo.refresh_for(&tokens.json(), &[]).await), warehouse());

    let both = demo.exchange(&demo.code(&[("resource", API), ("resource", WAREHOUSE)]).await).await;
    assert_eq!(target(&both), orders());
    assert_eq!(target(&demo.refresh_for(&both.json(), &[("resource", WAREHOUSE)]).await), warehouse());

    // `audience` selects the API if none is named, and does not restrict others.
    let meant = demo.exchange(&demo.code(&[("audience", WAREHOUSE)]).await).await;
    assert_eq!(target(&meant), warehouse());
    assert_eq!(target(&demo.refresh_for(&meant.json(), &[("audience", API)]).await), orders());
}

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

impl Demo {
    async fn exchange_token(&self, client: &str, subject: &Value, more: &[(&str, &str)]) -> Reply {
        let subject = subject["access_token"].as_str().unwrap();
        let grant =
            [("grant_type", EXCHANGE), ("subject_token", subject), ("subject_token_type", ACCESS_TOKEN)];
        self.as_client(client, "/token", &[&grant, more].concat()).await
    }
}

#[tokio::test]
async fn p3_a_valid_access_token_is_exchanged_for_one_of_another_api() {
    let demo = Demo::start().await;
    let first = demo.exchange_for(&demo.code(&[("resource", API)]).await, &[]).await.json();
    for parameter in ["audience", "resource"] {
        let other = demo.exchange_token("app", &first, &[(parameter, WAREHOUSE)]).await;
        assert_eq!(target(&other), warehouse(), "{parameter}");
        let body = other.json();
        assert_eq!(
            (&body["issued_token_type"], &body["token_type"]),
            (&json!(ACCESS_TOKEN), &json!("Bearer"))
        );
        assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none());
    }
    let narrow = [("audience", WAREHOUSE), ("scope", "deliveries:read")];
    assert_eq!(target(&demo.exchange_token("app", &first, &narrow).await).1, "deliveries:read");

    let to_warehouse = ("audience", WAREHOUSE);
    let saml = "urn:ietf:params:oauth:token-type:saml2";
    for (more, error) in [
        (&[("audience", ELSEWHERE)][..], "invalid_target"),
        (&[to_warehouse, ("resource", API)], "invalid_target"),
        (&[], "invalid_request"),
        (&[to_warehouse, ("scope", "reports:read")], "invalid_scope"),
        (&[to_warehouse, ("requested_token_type", saml)], "invalid_request"),
    ] {
        assert_eq!(demo.exchange_token("app", &first, more).await.error(), error, "{more:?}");
    }
    assert_eq!(demo.exchange_token("other", &first, &[to_warehouse]).await.error(), "invalid_request");
    let forged = json!({ "access_token": "a.b.c" });
    assert_eq!(demo.exchange_token("app", &forged, &[to_warehouse]).await.error(), "invalid_request");
    demo.clock.advance(120);
    assert_eq!(demo.exchange_token("app", &first, &[to_warehouse]).await.error(), "invalid_request");
}
