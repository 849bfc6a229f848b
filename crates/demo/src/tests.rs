//! Both demo servers on real ports: a sign-in over HTTP, and requests with its token.

use std::{path::PathBuf, time::Duration};

use reqwest::{Client, Response, StatusCode, header, redirect::Policy};
use serde_json::Value;
use url::Url;

use super::{Api, Error, Provider, api, crypto, provider};

const CALLBACK: &str = "http://localhost:3000/auth/callback";
const API: &str = "https://orders.example/";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn options(dir: PathBuf) -> provider::Options {
    provider::Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: dir,
        resources: vec![provider::Resource::new(API, &["orders:read", "reports:read"])],
        clients: vec![provider::Client {
            id: "app".into(),
            secret: "secret".into(),
            redirect_uris: vec![CALLBACK.into()],
            post_logout_redirect_uris: vec![],
            back_channel_logout_uri: None,
            name: "Claimcheck".into(),
        }],
        ..provider::Options::default()
    }
}

/// A minimal browser: tests pass its cookies on by hand.
struct Browser {
    http: Client,
    cookies: Vec<String>,
}

impl Browser {
    fn new() -> Self {
        let http =
            Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10)).build().unwrap();
        Self { http, cookies: Vec::new() }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Response {
        let reply = request.header(header::COOKIE, self.cookies.join("; ")).send().await.unwrap();
        for line in reply.headers().get_all(header::SET_COOKIE) {
            self.cookies.push(line.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
        reply
    }

    async fn get(&mut self, url: &str) -> Response {
        let request = self.http.get(url);
        self.send(request).await
    }

    /// Fills in the first form of a page that posts to `url`.
    async fn submit(&mut self, url: &str, page: Response, more: &[(&str, &str)]) -> Response {
        let page = page.text().await.unwrap();
        let field = |name: &str| {
            let rest = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
            rest.split_once('"').unwrap().0.replace("&amp;", "&")
        };
        let (request, token) = (field("request"), field("token"));
        let mut pairs = vec![("request", &*request), ("token", &*token)];
        pairs.extend(more);
        let request = self.http.post(url).form(&pairs);
        self.send(request).await
    }
}

fn location(reply: &Response) -> String {
    reply.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

/// Signs a user in and returns the tokens.
async fn tokens(issuer: &str, username: &str, scope: &str) -> Value {
    let mut browser = Browser::new();
    let challenge = crypto::sha256_text(VERIFIER);
    let request = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("scope", scope),
        ("state", "s"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let url = Url::parse_with_params(&format!("{issuer}/authorize"), request).unwrap();
    let page = browser.get(url.as_str()).await;
    let person = [("username", username), ("password", provider::PASSWORD)];
    let signed_in = browser.submit(&format!("{issuer}/sign-in"), page, &person).await;
    let page = browser.get(&location(&signed_in)).await;
    let allowed = browser.submit(&format!("{issuer}/consent"), page, &[("action", "allow")]).await;
    let back = Url::parse(&location(&allowed)).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let request = browser.http.post(format!("{issuer}/token")).basic_auth("app", Some("secret")).form(&grant);
    let answer = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&answer).unwrap()
}

#[tokio::test]
async fn a_token_of_the_demo_provider_opens_the_demo_api() {
    let dir = std::env::temp_dir().join(format!("harbour-{}", crypto::random_text::<12>().unwrap()));
    let provider = Provider::bind(options(dir.clone())).await.unwrap();
    let issuer = provider.issuer().to_owned();
    assert_eq!(issuer, format!("http://{}", provider.addr()));
    let api = Api::bind(api::Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        audience: API.into(),
        issuers: vec![issuer.clone()],
        ..api::Options::default()
    })
    .await
    .unwrap();
    let base = format!("http://{}", api.addr());
    let (stop, stopped) = tokio::sync::watch::channel(());
    let until = |mut stopped: tokio::sync::watch::Receiver<()>| async move {
        let _ = stopped.changed().await;
    };
    let provider = tokio::spawn(provider.serve(until(stopped.clone())));
    let api = tokio::spawn(api.serve(until(stopped)));

    let http = Browser::new().http;
    let call = async |path: &str, token: &Value| {
        let request = http.get(format!("{base}{path}")).bearer_auth(token.as_str().unwrap());
        request.send().await.unwrap().status()
    };
    let ada = tokens(&issuer, "ada", "openid profile orders:read reports:read").await;
    assert_eq!(call("/orders", &ada["access_token"]).await, StatusCode::OK);
    assert_eq!(call("/reports/margin", &ada["access_token"]).await, StatusCode::OK);
    // Neither the ID token nor a user without reports and orders is accepted.
    assert_eq!(call("/orders", &ada["id_token"]).await, StatusCode::UNAUTHORIZED);
    let jonas = tokens(&issuer, "jonas", "openid profile orders:read reports:read").await;
    assert_eq!(call("/orders", &jonas["access_token"]).await, StatusCode::OK);
    assert_eq!(call("/reports/margin", &jonas["access_token"]).await, StatusCode::FORBIDDEN);
    let sam = tokens(&issuer, "sam", "openid profile orders:read").await;
    assert_eq!(call("/orders", &sam["access_token"]).await, StatusCode::FORBIDDEN);

    drop(http);
    drop(stop);
    assert!(matches!(provider.await.unwrap(), Ok(())));
    assert!(matches!(api.await.unwrap(), Ok(())));
    let _ = std::fs::remove_dir_all(dir);
}

#[tokio::test]
async fn di_01_a_public_address_or_a_strange_issuer_refuses_to_start() {
    let dir = std::env::temp_dir().join(format!("harbour-{}", crypto::random_text::<12>().unwrap()));
    let public = provider::Options { listen: "0.0.0.0:0".parse().unwrap(), ..options(dir.clone()) };
    assert!(matches!(Provider::bind(public).await, Err(Error::NotLoopback(_))));
    for issuer in ["not a url", "ftp://127.0.0.1", "http://127.0.0.1/?x", "http://127.0.0.1/#x"] {
        let strange = provider::Options { issuer: issuer.into(), ..options(dir.clone()) };
        assert!(matches!(Provider::bind(strange).await, Err(Error::Issuer(_))), "{issuer}");
    }
    let behind_a_proxy =
        provider::Options { issuer: "https://localhost:8443/op".into(), ..options(dir.clone()) };
    assert!(Provider::bind(behind_a_proxy).await.is_ok());
    let _ = std::fs::remove_dir_all(dir);
}
