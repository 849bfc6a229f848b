//! All routes of this program, discovered rather than listed, so that a new one is tested automatically: pages from the
//! route table, server functions from their registry, plain routes from the sources.

use std::{fs, path::Path};

use axum::http::Method;
use claimcheck::app::App;
use claimcheck_model::paths;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;

/// Every page, with values for its parameters.
pub fn pages() -> Vec<String> {
    let routes = generate_route_list(App);
    let pages: Vec<_> = routes.iter().map(|route| filled(route.path())).collect();
    assert!(pages.len() >= 5 && pages.contains(&paths::ACCOUNT.path().to_owned()), "{pages:?}");
    pages
}

fn filled(path: &str) -> String {
    let part = |part: &str| if part.starts_with(['{', ':']) { "orders".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Every server function and the method it is called with.
pub fn functions() -> Vec<(String, Method)> {
    let mut functions: Vec<_> = server_fn_paths().map(|(path, method)| (path.to_owned(), method)).collect();
    functions.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(functions.len() >= 7, "{functions:?}");
    functions
}

/// Every plain route and its methods, from the `.route(…)` lines of the application and its services.
pub fn plain() -> Vec<(String, Method)> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("crates/server/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "testing.rs") {
                let text = fs::read_to_string(&path).unwrap_or_default();
                found.extend(routes_in(text.split("#[cfg(test)]").next().unwrap_or_default()));
            }
        }
    }
    assert!(
        found.len() >= 4 && found.contains(&(paths::SIGN_OUT.path().to_owned(), Method::POST)),
        "{found:?}"
    );
    found
}

fn routes_in(text: &str) -> Vec<(String, Method)> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for call in text.split(".route(").skip(1) {
        let call = call.trim_start();
        // A route that is built at run time is a file of the embedded site.
        let is_written = |name: &str| name.starts_with('"') || name.starts_with("paths::");
        let Some((name, rest)) = call.split_once(',').filter(|(name, _)| is_written(name)) else {
            continue;
        };
        let path = match name.strip_prefix("paths::") {
            Some(constant) => constant_of(constant),
            None => name.trim_matches('"').to_owned(),
        };
        for (word, method) in [
            ("get", Method::GET),
            ("post", Method::POST),
            ("put", Method::PUT),
            ("patch", Method::PATCH),
            ("delete", Method::DELETE),
        ] {
            let handler = rest.trim_start();
            if handler.starts_with(&format!("{word}(")) {
                found.push((path.clone(), method));
            }
        }
        assert!(found.iter().any(|(known, _)| *known == path), "how is {name} routed? {:.60}", rest);
    }
    found
}

/// The text of a constant of `paths.rs`.
fn constant_of(name: &str) -> String {
    let name = name.trim_end_matches(".path()");
    let text = include_str!("../../crates/model/src/paths.rs");
    let line = text.lines().find(|line| line.starts_with(&format!("pub const {name}:"))).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

/// Everything that changes something when a browser sends it: each route or function that is not a read, except the one
/// that no browser sends (CS-06).
pub fn changing() -> Vec<(String, Method)> {
    let all = functions().into_iter().chain(plain());
    let by_others = [paths::BACK_CHANNEL_LOGOUT.path(), paths::SIGN_IN.path()];
    let all = all.filter(|(path, _)| !by_others.contains(&path.as_str()));
    all.filter(|(_, method)| ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)).collect()
}

/// Everything that is read: pages, read functions and plain routes.
pub fn reading() -> Vec<String> {
    let others = functions().into_iter().chain(plain());
    let others = others.filter(|(_, method)| *method == Method::GET).map(|(path, _)| path);
    pages().into_iter().chain(others).collect()
}

/// Arguments that are valid for every read function; each uses its own.
pub const READS: &str = "board=orders&panel=orders&query=key%3DORD-1&page=/boards/orders/actions/remind";
/// The same for the changing ones; the session does not exist.
pub const CHANGES: &str =
    "query=state%3Dnone%26code%3Dnone&session=AAAAAAAAAAAAAAAAAAAAAA&board=orders&action=remind&once=none.0";

#[test]
fn routes_are_found_in_sources() {
    let text = r#"Router::new().route(paths::SIGN_IN.path(), get(a)).route(
        paths::SIGN_OUT.path(),
        post(b)).route("/x", delete(c)).route(&made, get(d))"#;
    let found = routes_in(text);
    let expected = [
        (paths::SIGN_IN.path(), Method::GET),
        (paths::SIGN_OUT.path(), Method::POST),
        ("/x", Method::DELETE),
    ];
    assert_eq!(found, expected.map(|(path, method)| (path.to_owned(), method)));
}
