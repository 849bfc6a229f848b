//! How a sign-out here reaches the provider: by a redirect of the sign-out page, by its form, or not at all (R21, H5, H6,
//! H7, H10, R40).

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::{
    logout::is_signed_in,
    support::{
        APP, Browser, Heard, Page,
        hostile::{At, HostileWorld, Keys, Raw},
    },
};

const SIGNED_OUT: &str = "You’re signed out.";
const SIGNED_OUT_HERE: &str = "You’re signed out here.";

async fn signed_in(settings: &str) -> HostileWorld {
    HostileWorld::with(settings).await
}

/// What every sign-out page has: it is no redirect, and its address and content stay in the browser.
fn is_sign_out_page(page: &Page) {
    assert_eq!(page.status, StatusCode::OK, "a form is never answered by a redirect");
    assert!(page.body.contains("You’re signed out here"), "{}", page.body);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!((page.header("cache-control"), page.header("content-encoding")), ("no-store", ""));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}

/// The parameter of the URL that the page goes on to.
fn sent(page: &Page, name: &str) -> Option<String> {
    let (_, next) = page.refresh()?;
    next.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn r21_h5_h10_a_sign_out_goes_on_by_get_and_its_address_stays_secret() {
    let (world, heard) = (signed_in("").await, Heard::begin());
    let (mut browser, _) = world.signed_in("/account").await;
    let asks = [("sec-fetch-site", "same-origin"), ("accept-encoding", "gzip, br")];
    let page = browser.send(Method::POST, "/auth/sign-out", &asks, Some(String::new())).await;
    is_sign_out_page(&page);
    let (delay, next) = page.refresh().unwrap();
    assert!(delay > 0, "the user has seen that they are signed out here, whatever the provider does");
    let link = page.body.split("<a ").find(|link| link.contains("rel=\"noreferrer\"")).unwrap();
    assert!(link.contains(&next.as_str().replace('&', "&amp;")), "{link}");
    let links_home = page.body.split("<main").nth(1).unwrap().contains("href=\"/\"");
    assert!(links_home && !page.body.contains("<script"), "{}", page.body);
    assert_eq!(page.id_token_hint(), world.provider.issued()[0].id_token);
    let home = browser.follow(page).await;
    assert!(home.is_of_app() && home.body.contains(SIGNED_OUT), "{}", home.body);
    let asked = world.provider.seen(At::EndSession);
    assert_eq!((asked.len(), &asked[0].method, asked[0].body.as_str()), (1, &Method::GET, ""));
    assert!(!is_signed_in(&mut browser).await);
    world.drained().await;
    let hint = world.provider.issued()[0].id_token.clone().unwrap();
    for secret in ["id_token_hint", "end-session?", hint.as_str()] {
        assert!(!heard.has(&[secret]), "the log has {secret}");
    }
}

#[tokio::test]
async fn r21_h10_an_endpoint_that_takes_no_post_or_no_get_works_with_its_setting() {
    for (setting, by) in [("", Method::GET), ("end_session = \"post\"\n", Method::POST)] {
        let world = signed_in(setting).await;
        let (mut browser, _) = world.signed_in("/account").await;
        let page = browser.post("/auth/sign-out", &[]).await;
        is_sign_out_page(&page);
        assert!(page.id_token_hint().is_some(), "{by}");
        let csp = page.header("content-security-policy");
        let home = if by == Method::GET {
            browser.follow(page).await
        } else {
            assert!(page.refresh().is_none() && !csp.contains("form-action"), "{csp}");
            let fields = page.fields();
            let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let back = browser.post(&format!("{}/end-session", world.provider.origin()), &pairs).await;
            browser.follow(back).await
        };
        assert!(home.body.contains(SIGNED_OUT), "{by}: {}", home.body);
        let asked = world.provider.seen(At::EndSession);
        assert_eq!(asked.iter().map(|seen| &seen.method).collect::<Vec<_>>(), [&by]);
        assert!(
            by == Method::GET || asked[0].query.is_empty(),
            "the form keeps the ID token out of the address"
        );
    }
}

#[tokio::test]
async fn r21_no_sign_out_is_answered_by_a_redirect() {
    for setting in ["", "end_session = \"post\"\n", "end_session = \"off\"\n"] {
        let world = signed_in(setting).await;
        for form in [&[][..], &[("reach", "only-here")], &[("reach", "everywhere")]] {
            let (mut browser, _) = world.signed_in("/account").await;
            let cookie = browser.at_app.clone();
            is_sign_out_page(&browser.post("/auth/sign-out", form).await);
            // Again: with the cookie of a session that has ended, and with none.
            browser.at_app = cookie;
            for _ in 0..2 {
                let again = browser.post("/auth/sign-out", form).await;
                is_sign_out_page(&again);
                assert!(again.id_token_hint().is_none() && again.refresh().is_some(), "{setting} {form:?}");
            }
        }
    }
}

#[tokio::test]
async fn r21_off_and_h7_no_endpoint_end_the_session_here_and_home_says_so() {
    for (setting, has_endpoint) in [("end_session = \"off\"\n", true), ("", false)] {
        let world = signed_in(setting).await;
        if !has_endpoint {
            // Absent in one of the ways in which providers leave it out.
            world.provider.script(|script| script.metadata.set("end_session_endpoint", json!("")));
        }
        let (mut browser, _) = world.signed_in("/account").await;
        let page = browser.post("/auth/sign-out", &[]).await;
        is_sign_out_page(&page);
        let (delay, next) = page.refresh().unwrap();
        assert!(delay == 0 && next.as_str().starts_with(&format!("{APP}/?state=")), "{next}");
        let home = browser.follow(page).await;
        assert!(home.body.contains(SIGNED_OUT_HERE) && home.body.contains("may still remember you"));
        assert_eq!((world.provider.count(At::EndSession), world.provider.count(At::Revocation)), (0, 2));
        assert!(!is_signed_in(&mut browser).await);
    }
}

#[tokio::test]
async fn r21_parameters_of_the_settings_are_added_for_providers_that_want_more() {
    // Cognito: `client_id` and `logout_uri`. Auth0: `federated`, without a value.
    let params = format!("end_session_params = \"logout_uri={APP}/&federated\"\n");
    for post in ["", "end_session = \"post\"\n"] {
        let world = signed_in(&format!("{params}{post}")).await;
        world.provider.script(|script| {
            let endpoint = format!("{}/end-session?tenant=a", world.provider.origin());
            script.metadata.set("end_session_endpoint", endpoint);
        });
        let (mut browser, _) = world.signed_in("/account").await;
        let page = browser.post("/auth/sign-out", &[]).await;
        if post.is_empty() {
            assert_eq!(sent(&page, "logout_uri"), Some(format!("{APP}/")));
            assert_eq!(sent(&page, "client_id").as_deref(), Some("app"));
            assert_eq!(sent(&page, "tenant").as_deref(), Some("a"), "the endpoint's own query stays");
            assert!(page.refresh().unwrap().1.query().unwrap().ends_with("&federated"));
        } else {
            let has = |name: &str, value: &str| page.fields().contains(&(name.to_owned(), value.to_owned()));
            assert!(has("logout_uri", &format!("{APP}/")) && has("federated", "") && has("client_id", "app"));
        }
    }
}

#[tokio::test]
async fn r21_an_endpoint_that_the_metadata_does_not_name_can_be_set() {
    let mut world = signed_in("").await;
    let old = format!("issuer = \"{}\"", world.provider.origin());
    let url = format!("{}/end-session", world.provider.origin());
    let new = format!("{old}\nend_session_url = \"{url}\"\nend_session_params = \"returnTo={APP}/\"");
    world.restart_with(&old, &new).await;
    world.provider.script(|script| script.metadata.remove("end_session_endpoint"));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.post("/auth/sign-out", &[]).await;
    is_sign_out_page(&page);
    assert!(page.refresh().unwrap().1.as_str().starts_with(&format!("{url}?")), "{}", page.body);
    assert_eq!(sent(&page, "returnTo"), Some(format!("{APP}/")));
    assert!(browser.follow(page).await.body.contains(SIGNED_OUT));
}

/// Signs in with an ID token that is longer by this much, and signs out.
async fn sign_out_with<'a>(world: &'a HostileWorld, more: usize) -> (Browser<'a>, Page) {
    world.provider.script(|script| script.at_sign_in.claims.set("more", "m".repeat(more)));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.post("/auth/sign-out", &[]).await;
    (browser, page)
}

#[tokio::test]
async fn lo_05_r21_h6_a_long_id_token_is_left_out_of_the_address_and_not_out_of_the_form() {
    let (world, heard) = (signed_in("").await, Heard::begin());
    let length = |page: &Page| page.refresh().unwrap().1.as_str().len();
    let (_, page) = sign_out_with(&world, 0).await;
    let short = length(&page);
    assert!(short < 1700 && page.id_token_hint().is_some(), "{short}");
    // Base64 makes four characters of three bytes.
    let (mut fits, mut last) = ((2000 - short) * 3 / 4 - 8, 0);
    loop {
        let (_, page) = sign_out_with(&world, fits).await;
        let found = length(&page);
        if page.id_token_hint().is_none() {
            break;
        }
        assert!(found > last && found <= 2000, "{found}");
        (last, fits) = (found, fits + 1);
    }
    assert!(last > 1996, "the hint was sent up to the limit, not up to {last}");
    let (mut browser, page) = sign_out_with(&world, 9000).await;
    is_sign_out_page(&page);
    assert!(length(&page) < 1000 && page.id_token_hint().is_none());
    let sid = format!("sid-{}", world.provider.issued().len() - 1);
    assert_eq!(sent(&page, "logout_hint"), Some(sid));
    assert_eq!(sent(&page, "client_id").as_deref(), Some("app"));
    let home = browser.follow(page).await;
    assert!(home.body.contains(SIGNED_OUT), "{}", home.body);
    let address = world.provider.seen(At::EndSession).pop().unwrap().query;
    assert!(!address.contains("people.example") && !address.contains("%40"), "no e-mail address: {address}");
    assert!(heard.has(&["sign-out without ID token", "2,000 characters"]));

    let world = signed_in("end_session = \"post\"\n").await;
    let (browser, page) = sign_out_with(&world, 9000).await;
    assert!(page.id_token_hint().is_some_and(|hint| hint.len() > 12 * 1024));
    assert!(browser.trail.iter().all(|page| page.url.as_str().len() < 4000));
}

#[tokio::test]
async fn r40_a_hint_that_the_provider_can_no_longer_verify_is_left_out() {
    let (world, heard) = (signed_in("").await, Heard::begin());
    let (mut kept, _) = world.signed_in("/account").await;
    // The provider has new keys. Sign-out pages of such providers end in an error if they get an old token.
    world.provider.signs_with(&std::sync::Arc::new(Keys::generate()));
    world.advance(660);
    let page = kept.post("/auth/sign-out", &[]).await;
    is_sign_out_page(&page);
    assert_eq!((page.id_token_hint(), sent(&page, "logout_hint").as_deref()), (None, Some("sid-0")));
    assert!(heard.has(&["sign-out without ID token", "no longer publishes the key"]));
    assert!(kept.follow(page).await.body.contains(SIGNED_OUT));
    // As long as the keys are unknown, the token may be good.
    let (mut browser, _) = world.signed_in("/account").await;
    world.provider.script(|script| _ = script.instead.insert(At::Keys, Raw::text(503, "text/plain", "down")));
    world.advance(660);
    assert!(browser.post("/auth/sign-out", &[]).await.id_token_hint().is_some());
}
