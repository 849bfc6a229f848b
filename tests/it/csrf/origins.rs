//! Who may change something: CS-01 and CS-02 over every changing route, CS-03 content types, CS-06 no exemptions by
//! another spelling of a path.

use axum::http::{Method, StatusCode};
use claimcheck_model::paths;

use crate::{
    csrf::{send, trace},
    routes,
    support::{APP, hostile::HostileWorld},
};

type Headers = &'static [(&'static str, &'static str)];

const FOREIGN: &[Headers] = &[
    &[],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "Same-Origin")],
    &[("sec-fetch-site", "cross-site"), ("origin", APP)],
    &[("sec-fetch-site", "same-site"), ("origin", APP)],
    &[("sec-fetch-site", "none"), ("origin", APP)],
    &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "https://localhost:3000")],
    &[("origin", "http://localhost")],
    &[("origin", "http://localhost:3001")],
    &[("origin", "http://localhost:30000")],
    &[("origin", "http://127.0.0.1:3000")],
    &[("origin", "http://localhost:3000/")],
    &[("origin", "http://LOCALHOST:3000")],
    &[("origin", "http://localhost:3000.evil.example")],
    &[("origin", "https://evil.example")],
    &[("referer", "http://localhost:3000/account")],
    &[("x-requested-with", "XMLHttpRequest")],
    &[("sec-fetch-site", "cross-site"), ("x-http-method-override", "GET")],
];

const OURS: &[Headers] = &[
    &[("sec-fetch-site", "same-origin")],
    &[("sec-fetch-site", "same-origin"), ("origin", APP)],
    &[("sec-fetch-site", "same-origin"), ("origin", "null")],
    &[("origin", APP)],
];

#[tokio::test]
async fn cs_01_every_changing_route_refuses_what_is_not_from_here_before_anything_happens() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let before = trace(&world, &cookie).await;
    let routes = routes::changing();
    assert!(routes.len() >= 3, "{routes:?}");
    for (path, method) in &routes {
        for headers in FOREIGN {
            let page = send(&mut browser, method, path, headers).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{method} {path} {headers:?}");
            assert!(page.headers.get("set-cookie").is_none(), "{method} {path} {headers:?}");
        }
        for headers in OURS {
            // Without a session, so that all of them can be tried one after the other.
            let page = send(&mut world.browser(), method, path, headers).await;
            assert_ne!(page.status, StatusCode::FORBIDDEN, "{method} {path} {headers:?}");
        }
    }
    // The callback's own redirects send no request to anyone.
    assert_eq!(trace(&world, &cookie).await, before, "something happened all the same");
    for (path, method) in &routes {
        let page = send(&mut browser, method, path, OURS[0]).await;
        assert_ne!(page.status, StatusCode::FORBIDDEN, "{method} {path}");
    }
    assert_ne!(trace(&world, &cookie).await, before, "and from here it works");
}

#[tokio::test]
async fn cs_01_no_other_method_slips_through_on_any_path() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let before = trace(&world, &cookie).await;
    let all = routes::reading().into_iter().chain(routes::changing().into_iter().map(|(path, _)| path));
    for path in all {
        // The callback answers 405 to anything but a read, whatever its origin.
        let refused = [StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED];
        for method in ["POST", "PUT", "PATCH", "DELETE", "QUERY"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let page = send(&mut browser, &method, &path, &[("sec-fetch-site", "cross-site")]).await;
            if (path.as_str(), &method) == (paths::SIGN_IN.path(), &Method::POST) {
                // The form with which another site starts a sign-in: it only becomes a GET.
                assert_eq!(page.status, StatusCode::SEE_OTHER);
                continue;
            }
            assert!(refused.contains(&page.status), "{method} {path}: {}", page.status);
        }
    }
    assert_eq!(trace(&world, &cookie).await, before);
}

#[tokio::test]
async fn cs_02_a_sibling_of_the_same_site_may_change_nothing() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (path, method) in routes::changing() {
        let sibling = [("sec-fetch-site", "same-site"), ("origin", "http://blog.localhost:3000")];
        assert_eq!(
            send(&mut browser, &method, &path, &sibling).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(send(&mut browser, &method, &path, &sibling[1..]).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(browser.post("/api/refresh_account", &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn cs_03_functions_take_their_own_content_types_only() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let before = trace(&world, &cookie).await;
    let functions: Vec<_> =
        routes::functions().into_iter().filter(|(_, method)| *method == Method::POST).collect();
    for (path, method) in &functions {
        for kind in [
            "text/plain",
            "text/plain;charset=UTF-8",
            "multipart/form-data; boundary=x",
            "application/octet-stream",
            "application/xml",
            "application/x-www-form-urlencodedx",
            "application/jsonp",
        ] {
            let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind)];
            for body in [routes::CHANGES, "{\"query\":\"a\"}"] {
                let page = browser.send(method.clone(), path, &headers, Some(body.into())).await;
                assert_eq!(page.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {kind}");
            }
        }
        let bare = browser.send(method.clone(), path, &[("sec-fetch-site", "same-origin")], None).await;
        assert_eq!(bare.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path}");
    }
    assert_eq!(trace(&world, &cookie).await, before);
    for (path, method) in functions {
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
        let page = send(&mut browser, &method, &path, &headers).await;
        // The named session does not exist.
        let expected = if path.ends_with("end_session") { StatusCode::NOT_FOUND } else { StatusCode::OK };
        assert_eq!(page.status, expected, "{path}: {}", page.body);
    }
}

#[tokio::test]
async fn cs_06_nothing_is_exempt_by_another_spelling() {
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let before = trace(&world, &cookie).await;
    let spellings = |path: &str| {
        let rest = &path[1..];
        let last = path.rsplit('/').next().unwrap();
        vec![
            path.to_owned(),
            format!("{path}/"),
            format!("/{path}"),
            path.to_uppercase(),
            path.replacen(last, &format!("%{:02x}{}", last.as_bytes()[0], &last[1..]), 1),
            format!("/%2f{rest}"),
            format!("{path}%2f"),
            format!("{path};a=b"),
            format!("{path}%00"),
            format!("{path}?/auth/callback"),
            format!("/auth/callback/..{path}"),
            format!("/x%2f..{path}"),
        ]
    };
    let by_provider = [
        paths::CALLBACK.path(),
        paths::SIGN_IN.path(),
        paths::BACK_CHANNEL_LOGOUT.path(),
        paths::FRONT_CHANNEL_LOGOUT.path(),
    ];
    let known = routes::changing().into_iter().map(|(path, _)| path);
    for path in known.chain(by_provider.map(str::to_owned)) {
        for spelling in spellings(&path) {
            for headers in
                [&[("sec-fetch-site", "cross-site")][..], &[], &[("origin", "https://evil.example")]]
            {
                let page = send(&mut browser, &Method::POST, &format!("{APP}{spelling}"), headers).await;
                let expected = match spelling.split('?').next().unwrap_or_default() {
                    path if paths::CALLBACK.is(path) => StatusCode::METHOD_NOT_ALLOWED,
                    // Accepted from anyone, and turned into a GET.
                    path if paths::SIGN_IN.is(path) => StatusCode::SEE_OTHER,
                    // Accepted from anyone; the body is not a logout token.
                    path if paths::BACK_CHANNEL_LOGOUT.is(path) => StatusCode::BAD_REQUEST,
                    _ => StatusCode::FORBIDDEN,
                };
                // The client resolves `..` before it sends the request, as browsers do.
                assert!(
                    page.status == expected || page.url.path() == paths::CALLBACK.path(),
                    "{spelling} {headers:?}: {}",
                    page.status
                );
            }
        }
    }
    // Nor are other methods of the exempt path.
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        for path in [paths::BACK_CHANNEL_LOGOUT.path(), paths::SIGN_IN.path()] {
            let page = send(&mut browser, &method, path, &[]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{method} {path}");
        }
    }
    let names = format!("iss={}&sid=sid-0", world.provider.origin());
    for spelling in spellings(paths::FRONT_CHANNEL_LOGOUT.path()) {
        if spelling.split('?').next() != Some(paths::FRONT_CHANNEL_LOGOUT.path()) {
            browser.get(&format!("{APP}{spelling}?{names}")).await;
        }
    }
    assert_eq!(trace(&world, &cookie).await, before);
    // The exemption works: the provider's logout has no origin, and ends the session that it names.
    let (other, _) = world.signed_in("/account").await;
    let token = world.provider.logout(None, Some("sid-1")).signed(world.provider.keys());
    let form = Some(format!("logout_token={token}"));
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    let page = world.browser().send(Method::POST, paths::BACK_CHANNEL_LOGOUT.path(), &foreign, form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(trace(&world, &other.at_app["claimcheck"]).await.session, "\"SignedOut\"");
    // The provider's redirect is a GET from another site, and signs in.
    let mut arriving = world.browser();
    let page = arriving.get("/account").await;
    let page = arriving.get(page.location().as_str()).await;
    let back = page.location();
    let page = arriving.send(Method::GET, back.as_str(), &[("sec-fetch-site", "cross-site")], None).await;
    assert_eq!(page.header("location"), "/account");
}
