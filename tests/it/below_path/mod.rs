//! Below a path of an origin that other applications share (R26): the program itself, because a process has one path, behind a
//! proxy that keeps the path and behind one that takes it off.

mod guest;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use claimcheck_model::{functions, paths};
use reqwest::Method;
use url::form_urlencoded;

use self::guest::{Guest, Kind, PATH, addresses};
use crate::support::{
    hostile::At,
    program::{Program, ProgramSettings},
};

/// Links of every kind that settings can have.
const BOARDS: &str = r##"
[[board]]
id = "ways"
title = "Ways"
group = "More"
icon = "box"

[[board.filter]]
title = "Status"
key = "status"
kind = "choices"
choices = ["open", "closed"]

[[board.panel]]
title = "Text"
kind = "text"
text = "[All orders](/boards/orders), and your [account](/account)."

[[board.panel]]
title = "Links"
kind = "links"
links = [{ title = "Orders", to = "/boards/orders" }, { title = "Elsewhere", to = "https://elsewhere.example/boards" }]

[[board.panel]]
title = "Rows"
kind = "table"
get = "/orders?status={status}"
rows = "$.orders[*]"
search = "q"
columns = [{ key = "id", title = "Order" }, { key = "customer", title = "Customer", to = "/boards/ways?status={status}" }]

[[board.panel.action]]
label = "Ship"
post = "/orders/{id}/ship"
fields = [{ key = "note", title = "Note" }]
"##;

fn more() -> String {
    "inspect_role = \"p-ada\"\nrole_claims = \"sub\"\nbrand.accent = \"#2255aa\"\nbrand.name = \"Dash\"\n"
        .to_owned()
}

async fn start() -> (ProgramSettings, Program) {
    let settings = ProgramSettings::below(PATH, &more(), BOARDS).await;
    let server = settings.start().await;
    (settings, server)
}

#[tokio::test]
async fn r26_every_address_of_every_page_is_below_the_path_kept_or_taken_off() {
    let (settings, server) = start().await;
    for strips in [false, true] {
        let mut guest = Guest::of(&server.origin, PATH, strips);
        let home = guest.get("/dash/").await;
        assert_eq!(home.status, StatusCode::OK);
        let signed_in = guest.open("/dash/boards/orders?orders.q=ORD").await;
        assert_eq!(
            (signed_in.status, signed_in.path().as_str()),
            (StatusCode::OK, "/dash/boards/orders?orders.q=ORD")
        );
        let asked = settings.provider.seen(At::Authorization);
        let asked = format!("{:?}", asked.last().unwrap());
        assert!(asked.contains("%2Fdash%2Fauth%2Fcallback"), "{asked}");
        let mut open: Vec<String> = [
            "/dash/",
            "/dash/boards",
            "/dash/boards/ways",
            "/dash/account",
            "/dash/sessions",
            "/dash/nowhere",
        ]
        .map(str::to_owned)
        .to_vec();
        open.push(format!("{PATH}/boards/orders/inspect/orders"));
        let mut seen = BTreeSet::new();
        let mut pages = BTreeSet::new();
        while let Some(address) = open.pop() {
            let kind = address.split('?').next().unwrap().to_owned();
            // One page of each kind: filters and orders make many.
            if !seen.insert(kind.clone()) || seen.len() > 80 {
                continue;
            }
            let page = guest.get(&address).await;
            pages.insert((kind, page.status.as_u16()));
            open.extend(addresses(&page));
        }
        let was_read =
            |path: &str| pages.iter().any(|(found, status)| found.starts_with(path) && *status == 200);
        for path in [
            "/dash/boards/ways",
            "/dash/boards/ways/rows/rows",
            "/dash/boards/ways/csv/rows",
            "/dash/boards/orders/actions/remind",
            "/dash/boards/orders/inspect/orders",
            "/dash/account",
            "/dash/sessions",
            "/dash/brand/",
        ] {
            assert!(was_read(path), "{path} is not among {pages:?}");
        }
        // The site's files are there only after a build of the site.
        let was_linked = |path: &str| pages.iter().any(|(found, _)| found.starts_with(path));
        for path in ["/dash/favicon.svg", "/dash/pkg/"] {
            assert!(was_linked(path), "{path} is not among {pages:?}");
        }
        assert!(pages.contains(&("/dash/nowhere".to_owned(), 404)));
    }
}

#[tokio::test]
async fn r26_server_functions_files_events_and_forms_are_below_the_path() {
    let (_settings, server) = start().await;
    for strips in [false, true] {
        let mut guest = Guest::of(&server.origin, PATH, strips);
        guest.open("/dash/account").await;
        let page = "/dash/boards/ways/rows/rows/actions/ship?key=ORD-1";
        let asked = |path: &str, pairs: &[(&str, &str)]| paths::with_query(&format!("{PATH}{path}"), pairs);
        for address in [
            asked("/api/panel_when_ready", &[("board", "ways"), ("panel", "rows"), ("query", "status=open")]),
            asked("/api/panel_when_ready", &[("board", "ways"), ("panel", "text")]),
            asked("/api/row", &[("board", "ways"), ("panel", "rows"), ("query", "key=ORD-1")]),
            asked("/api/find", &[]),
            asked("/api/action_form", &[("page", page)]),
            asked("/api/account", &[]),
        ] {
            let answer = guest.fetch(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
            assert!(!answer.body.is_empty(), "{address}");
        }
        // The address of another program of the host is none of ours.
        let foreign = asked("/api/action_form", &[("page", page.trim_start_matches(PATH))]);
        assert_eq!(guest.fetch(&foreign).await.status, StatusCode::NOT_FOUND);
        // With scripts off, each form leads back to a page below the path.
        for (path, form, to) in [
            ("/preferences", &[("scheme", "dark")][..], "/dash/"),
            (functions::END_OTHER_SESSIONS.path.path(), &[][..], "/dash/sessions"),
            (functions::REFRESH_ACCOUNT.path.path(), &[][..], "/dash/account"),
        ] {
            let led = guest.post(&format!("{PATH}{path}"), form).await;
            assert_eq!((led.status, led.header("location")), (StatusCode::SEE_OTHER, to), "{path}");
        }
        let form = guest.get(page).await;
        let mut fields = form.fields();
        fields.push(("field-note".to_owned(), "x".to_owned()));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let led = guest.post(&format!("{PATH}/api/act"), &fields).await;
        assert!(led.status.is_redirection(), "{}: {}", led.status, led.body);
        let page = guest.open(led.header("location")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            guest.cookies.contains_key("claimcheck-session!dash")
                && guest.cookies.contains_key("claimcheck-scheme!dash")
        );
    }
}

#[tokio::test]
async fn r26_nothing_answers_outside_of_the_path() {
    let (_settings, server) = start().await;
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    for path in [
        "/",
        "/boards",
        "/account",
        "/dashboard",
        "/dash%2Fboards",
        "/DASH/",
        "/Dash/boards",
        "/dash;x",
        "//dash/",
        "/x/../boards",
        "/auth/sign-in",
        "/auth/callback?code=a&state=b",
        "/api/account",
        "/favicon.svg",
        "/pkg/x/claimcheck.js",
        "/health",
    ] {
        let answer = client.get(format!("{}{path}", server.origin)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.headers().get("set-cookie").is_none(), "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        let body = answer.text().await.unwrap();
        assert!(body.contains(&format!("{}/dash/", server.origin)), "{path}: {body}");
    }
    for (path, status) in
        [("/health/live", 200), ("/health/ready", 200), ("/dash/health/live", 200), ("/dash/", 200)]
    {
        assert_eq!(
            client.get(format!("{}{path}", server.origin)).send().await.unwrap().status(),
            status,
            "{path}"
        );
    }
    let bare = client.get(format!("{}/dash?a=b", server.origin)).send().await.unwrap();
    assert_eq!((bare.status().as_u16(), bare.headers()["location"].to_str().unwrap()), (308, "/dash/?a=b"));
    assert_eq!(client.post(format!("{}/dash", server.origin)).send().await.unwrap().status(), 404);
    assert!(server.log().contains("outside of the path"), "{}", server.log());
}

#[tokio::test]
async fn r26_a_path_is_taken_off_by_trusted_proxies_only() {
    let more = "trusted_proxies = [\"192.0.2.0/24\"]\n";
    let settings = ProgramSettings::below(PATH, more, "").await;
    let server = settings.start().await;
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let sent = client
        .get(format!("{}/boards", server.origin))
        .header("x-forwarded-for", "192.0.2.1")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 404);
    let log = server.log();
    assert!(log.contains("trusted_proxies = [") && log.contains("127.0.0.1"), "{log}");
    let kept = client
        .get(format!("{}/dash/", server.origin))
        .header("x-forwarded-for", "192.0.2.1")
        .send()
        .await
        .unwrap();
    assert_eq!(kept.status(), 200);
}

#[tokio::test]
async fn r26_return_targets_and_links_from_elsewhere_stay_below_the_path() {
    let (_settings, server) = start().await;
    for (wanted, target) in [
        ("/dash/account", "/dash/account"),
        ("/dash/boards/orders?q=%2Fx", "/dash/boards/orders?q=%2Fx"),
        ("/account", "/dash/boards/orders"),
        ("/dashboard", "/dash/boards/orders"),
        ("/dash/../other", "/dash/boards/orders"),
        ("/dash/auth/sign-out", "/dash/boards/orders"),
        ("//dash/account", "/dash/boards/orders"),
        ("/DASH/account", "/dash/boards/orders"),
    ] {
        let mut guest = Guest::of(&server.origin, PATH, false);
        let page = guest.open(&paths::with_query("/dash/auth/sign-in", &[("return_to", wanted)])).await;
        assert_eq!(page.path(), target, "{wanted}");
    }
    for (wanted, target) in [("/dash/account", "/dash/account"), ("/other", "/dash/boards/orders")] {
        let mut guest = Guest::of(&server.origin, PATH, false);
        let wanted = format!("{}{wanted}", server.origin);
        let page =
            guest.open(&paths::with_query("/dash/auth/sign-in", &[("target_link_uri", &wanted)])).await;
        assert_eq!(page.path(), target, "{wanted}");
    }
}

#[tokio::test]
async fn r26_sign_out_and_logout_by_the_provider_work_below_the_path() {
    let (settings, server) = start().await;
    for (number, strips) in [false, true].into_iter().enumerate() {
        let mut guest = Guest::of(&server.origin, PATH, strips);
        assert_eq!(guest.open("/dash/account").await.status, StatusCode::OK);
        let sid = format!("sid-{}", number * 2);
        let token = settings.provider.logout(Some("p-ada"), Some(&sid)).signed(settings.provider.keys());
        let form =
            form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
        let to = "/dash/auth/back-channel-logout";
        let told = guest.request(Method::POST, to, Kind::Server, Some(form)).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        assert_eq!(guest.fetch("/dash/api/account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(guest.open("/dash/account").await.status, StatusCode::OK);
        let left = guest.post("/dash/auth/sign-out", &[]).await;
        assert_eq!(left.status, StatusCode::OK);
        assert!(!guest.cookies.contains_key("claimcheck-session!dash"), "{:?}", guest.cookies);
        if let Some((_, next)) = left.refresh().filter(|(_, next)| !next.as_str().starts_with(&server.origin))
        {
            let back = next
                .query_pairs()
                .find(|(name, _)| name == "post_logout_redirect_uri")
                .unwrap()
                .1
                .into_owned();
            assert_eq!(back, format!("{}/dash/", server.origin));
        }
        assert_eq!(guest.fetch("/dash/api/account").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn r26_two_installations_on_one_origin_do_not_accept_each_others_cookies() {
    let (_settings, one) = start().await;
    let others = ProgramSettings::below("/other", "", "").await;
    let other = others.start().await;
    let mut guest = Guest::of(&one.origin, PATH, false);
    assert_eq!(guest.open("/dash/account").await.status, StatusCode::OK);
    let mut second = Guest::of(&other.origin, "/other", false);
    assert_eq!(second.open("/other/account").await.status, StatusCode::OK);
    // As if the browser sent all to both, and under the names of the other one, too.
    let swapped = |from: &Guest, to: &str| -> Vec<(String, String)> {
        let end = from.path.replace('/', "!");
        from.cookies.iter().map(|(name, value)| (name.replace(&end, to), value.clone())).collect()
    };
    let (of_one, of_other) = (guest.cookies.clone(), second.cookies.clone());
    let renamed = [swapped(&guest, "!other"), swapped(&second, "!dash")];
    let mut stranger = Guest::of(&other.origin, "/other", false);
    stranger.cookies = of_one.clone();
    assert_eq!(stranger.fetch("/other/api/account").await.status, StatusCode::UNAUTHORIZED);
    stranger.cookies.extend(renamed[0].clone());
    assert_eq!(stranger.fetch("/other/api/account").await.status, StatusCode::UNAUTHORIZED);
    let mut stranger = Guest::of(&one.origin, PATH, false);
    stranger.cookies = of_other.clone();
    assert_eq!(stranger.fetch("/dash/api/account").await.status, StatusCode::UNAUTHORIZED);
    stranger.cookies.extend(renamed[1].clone());
    assert_eq!(stranger.fetch("/dash/api/account").await.status, StatusCode::UNAUTHORIZED);
    // With both, each reads its own.
    guest.cookies.extend(of_other);
    second.cookies.extend(of_one);
    assert_eq!(guest.fetch("/dash/api/account").await.status, StatusCode::OK);
    assert_eq!(second.fetch("/other/api/account").await.status, StatusCode::OK);
}
