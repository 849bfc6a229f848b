//! Every operation of the program, and every way it can fail while a server repeats the secrets that it was sent.

use axum::http::Method;

use crate::{
    routes::{self, CHANGES, READS},
    support::{
        Browser, Page,
        hostile::{At, HostileWorld, Person, Raw},
    },
};

/// The user who signs in. Stored in clear, because logout tokens name it.
pub const SUB: &str = "p-ada-of-canaries";
/// Longer than the lifetime of an access token, and than any pause after a failure.
const LATER_SECS: i64 = 400;
/// The page with the exchange between a panel and its API.
const INSPECTED: &str = "/boards/orders/inspect/orders";

/// Responses of a server that reveals too much.
fn echoes() -> Vec<Raw> {
    let challenge = "Bearer error=\"invalid_token\", error_description=\"{echo}\", scope=\"{echo}\"";
    vec![
        Raw::json(400, r#"{"error":"invalid_grant","error_description":"{echo}","error_uri":"x:{echo}"}"#),
        Raw::json(400, r#"{"error":"{echo}"}"#),
        Raw::json(400, r#"{"error":["{echo}"],"{echo}":1}"#),
        Raw::json(400, "{echo}"),
        Raw::json(401, r#"{"error":"invalid_client","error_description":"{echo}"}"#)
            .with("www-authenticate", challenge),
        Raw::json(403, r#"{"error":"{echo}"}"#).with(
            "www-authenticate",
            "Bearer error=\"insufficient_scope\", scope=\"{echo}\", error_description=\"{echo}\"",
        ),
        Raw::json(401, "{}").with(
            "www-authenticate",
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"{echo}\", scope=\"{echo}\"",
        ),
        Raw::text(403, "application/problem+json", r#"{"title":"{echo}","detail":"{echo}"}"#),
        Raw::text(500, "text/html", "<h1>{echo}</h1>").with("x-debug", "{echo}"),
        Raw::text(503, "text/plain", "{echo}"),
        Raw::redirect(302, "http://127.0.0.1:9/?{echo}"),
        Raw::text(200, "text/html", "{echo}"),
        Raw::json(200, r#"{"access_token":"{echo}","token_type":"{echo}"}"#),
        Raw::json(200, r#"{"access_token":{"{echo}":1},"token_type":"Bearer","expires_in":"{echo}"}"#),
        Raw::json(200, "{\"{echo}\": 1, \"sub\": \"{echo}\", "),
        Raw::json(200, "\"{echo}\""),
        Raw::broken_off("{\"a\":\"{echo}"),
    ]
}

/// The requests of a page's scripts.
async fn functions(browser: &mut Browser<'_>) {
    let script = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    for (path, method) in routes::functions() {
        let form = (method == Method::POST).then(|| CHANGES.to_owned());
        let page = browser.send(method.clone(), &format!("{path}?{READS}"), &script, form).await;
        assert!(page.is_of_app());
        // Invalid arguments, another origin, another content type.
        let form = (method == Method::POST).then(|| "query=%ff&board[]=1".to_owned());
        browser.send(method.clone(), &format!("{path}?board=%00&panel=x"), &script, form.clone()).await;
        browser.send(method.clone(), &path, &[("sec-fetch-site", "cross-site")], form.clone()).await;
        let plain = [script[0], ("content-type", "text/plain")];
        browser.send(method, &path, &plain, form).await;
    }
}

async fn look_around(browser: &mut Browser<'_>) {
    for path in routes::pages() {
        browser.get(&path).await;
    }
    browser.get("/boards/reports?margin-by-month.q=a&margin-by-month.sort=month").await;
    browser.get("/nothing").await;
    functions(browser).await;
    browser.post("/api/refresh_account", &[]).await;
    browser.get("/account").await;
}

/// Collects every response of the app in `trail`, and the content of the store's files at several times in `dumps`.
pub async fn everything(world: &HostileWorld, trail: &mut Vec<Page>, dumps: &mut Vec<(String, Vec<u8>)>) {
    world.provider.script(|script| {
        let claims = script.person.claims.clone();
        script.person = Person { claims, ..Person::new(SUB, "Ada Okafor") };
    });
    sign_ins(world, trail).await;
    let mut browser = world.browser();
    browser.open("/boards/orders").await;
    look_around(&mut browser).await;
    dumps.push(("after a sign-in".into(), world.stored_bytes()));

    world.advance(LATER_SECS);
    assert!(browser.open("/boards/orders").await.body.contains("<tbody>"), "a refresh");
    look_around(&mut browser).await;
    dumps.push(("after a refresh".into(), world.stored_bytes()));

    refreshes(world, &mut browser).await;
    dumps.push(("after failures".into(), world.stored_bytes()));
    calls(world, &mut browser).await;
    sign_outs(world, trail).await;
    logouts(world, trail).await;
    dumps.push(("at the end".into(), world.stored_bytes()));
    trail.append(&mut browser.trail);
}

/// Valid and invalid callbacks, and sign-ins that fail at each step.
async fn sign_ins(world: &HostileWorld, trail: &mut Vec<Page>) {
    for (at, answers) in [(At::CodeExchange, echoes()), (At::UserInfo, echoes())] {
        for raw in answers {
            world.provider.script(|script| script.instead.insert(at, raw));
            let mut browser = world.browser();
            browser.open("/account").await;
            trail.append(&mut browser.trail);
        }
        world.provider.be_honest();
    }
    for (claim, value) in [("aud", "other"), ("iss", "https://evil.example"), ("nonce", "x"), ("sub", "")] {
        world.provider.script(|script| script.at_sign_in.claims.set(claim, value));
        let mut browser = world.browser();
        assert!(browser.open("/account").await.status.is_server_error(), "{claim}");
        trail.append(&mut browser.trail);
        world.provider.be_honest();
    }
    let mut browser = world.browser();
    let start = browser.get("/account").await;
    let callback = browser.get(start.location().as_str()).await.location();
    let address = callback.as_str();
    for bad in [
        address.replace("state=", "state=x"),
        address.replace("iss=", "iss=x"),
        format!("{address}&code=again"),
        address.replace("code=", "error=access_denied&error_description="),
    ] {
        let mut other = world.browser();
        other.at_app.clone_from(&browser.at_app);
        let page = other.get(&bad).await;
        assert!(page.is_of_app(), "{bad}");
        if !bad.contains("error_description") {
            // The description is the provider's text, and the code in it is not a secret of this test.
            trail.append(&mut other.trail);
        }
    }
    let mut foreign = world.browser();
    foreign.get(address).await;
    browser.send(Method::HEAD, address, &[], None).await;
    browser.post(address, &[]).await;
    browser.fetch(address).await;
    browser.open(address).await;
    browser.get(address).await;
    look_around(&mut browser).await;
    trail.append(&mut foreign.trail);
    trail.append(&mut browser.trail);
}

/// Refreshes that fail in every way, and one that ends the session.
async fn refreshes(world: &HostileWorld, browser: &mut Browser<'_>) {
    for raw in echoes() {
        world.provider.script(|script| script.instead.insert(At::Refresh, raw));
        world.advance(LATER_SECS);
        // Signs in again if the response has ended the session.
        browser.open("/boards/orders").await;
        functions(browser).await;
        browser.post("/api/refresh_account", &[]).await;
        world.provider.be_honest();
        browser.open("/account").await;
    }
    world.provider.script(|script| script.at_refresh.claims.set("sub", "p-eve"));
    world.advance(LATER_SECS);
    browser.open("/boards/orders").await;
    world.provider.be_honest();
    browser.open("/boards/orders").await;
}

/// API calls and UserInfo requests that fail in every way.
async fn calls(world: &HostileWorld, browser: &mut Browser<'_>) {
    for raw in echoes() {
        world.api.script(|script| script.instead = Some(raw.clone()));
        world.provider.script(|script| script.instead.insert(At::UserInfo, raw));
        look_around(browser).await;
        browser.open("/boards/orders").await;
        browser.open(INSPECTED).await;
        browser.post(&format!("{INSPECTED}/send"), &[]).await;
        let page = browser.open(INSPECTED).await;
        assert!(page.body.contains("Access token"), "the exchange is shown: {}", page.body);
        world.api.script(|script| script.instead = None);
        world.provider.be_honest();
    }
    world.advance(LATER_SECS);
    assert!(browser.open("/boards/orders").await.body.contains("<tbody>"));
}

/// Sign-outs, with a provider that revokes the tokens, repeats them, or is down.
async fn sign_outs(world: &HostileWorld, trail: &mut Vec<Page>) {
    for raw in std::iter::once(None).chain(echoes().into_iter().map(Some)) {
        let mut browser = world.browser();
        browser.open("/account").await;
        let is_honest = raw.is_none();
        if let Some(raw) = raw {
            world.provider.script(|script| {
                for at in [At::Revocation, At::Discovery, At::Keys, At::EndSession] {
                    script.instead.insert(at, raw.clone());
                }
            });
            world.advance(700);
        }
        let page = browser.post("/auth/sign-out", &[]).await;
        if is_honest {
            browser.follow(page).await;
        }
        browser.post("/auth/sign-out", &[]).await;
        browser.get("/account").await;
        world.provider.be_honest();
        world.advance(5);
        trail.append(&mut browser.trail);
    }
    let mut browser = world.browser();
    browser.open("/account").await;
    trail.append(&mut browser.trail);
}

/// Logout tokens of every kind, and ID tokens in place of them.
async fn logouts(world: &HostileWorld, trail: &mut Vec<Page>) {
    let mut browser = world.browser();
    browser.open("/account").await;
    let issued = world.provider.issued().last().cloned().unwrap();
    let keys = world.provider.keys();
    let right = world.provider.logout(Some(SUB), None);
    for token in [
        issued.id_token.unwrap(),
        issued.access_token,
        issued.refresh_token.unwrap_or_default(),
        right.clone().with("aud", "other").signed(keys),
        right.clone().headed("kid", "unknown").signed(keys),
        right.signed(keys),
    ] {
        browser.post("/auth/back-channel-logout", &[("logout_token", &token)]).await;
    }
    assert!(browser.get("/account").await.status.is_redirection(), "the logout was heard");
    trail.append(&mut browser.trail);
}

/// Every session id that was in a cookie.
pub fn session_ids(trail: &[Page]) -> Vec<String> {
    let cookies = trail.iter().flat_map(|page| page.headers.get_all("set-cookie"));
    let ids =
        cookies.filter_map(|cookie| cookie.to_str().ok()?.strip_prefix("claimcheck=")?.split(';').next());
    let mut ids: Vec<_> = ids.filter(|id| !id.is_empty()).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    ids
}
