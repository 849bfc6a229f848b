//! The settings, including boards, as TOML and as variables: any input leads to settings or to named problems; neither
//! they nor any warning reveals a secret; and a program with accepted settings shows its home page.
//!
//! The first line ends a secret; then comes TOML; after a line of dashes, variables.
#![no_main]

use std::{cell::RefCell, collections::HashSet};

use axum::body::Body;
use claimcheck::router;
use claimcheck_base::clock::Clock;
use claimcheck_fuzz::{CANARY, browser};
use claimcheck_server::config::Settings;
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use tokio::runtime::Runtime;

thread_local! {
    static RUNTIME: RefCell<Runtime> =
        RefCell::new(tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());
    /// The number of programs created: each keeps its routes forever, so only some are created.
    static MADE: RefCell<u32> = const { RefCell::new(0) };
}

const RIGHT: [(&str, &str); 7] = [
    ("PUBLIC_URL", "http://localhost:3000"),
    ("ISSUER", "http://127.0.0.1:1"),
    ("CLIENT_ID", "app"),
    ("API_URL", "http://127.0.0.1:2/v1"),
    ("STORE", "memory:"),
    ("SIGN_IN_RATE", "0"),
    ("SESSION_KEYS", "jmnCGb2Qy1XyI0dT8m4gOlLwNLcoVv9tCbRUl1O6zXg="),
];

fuzz_target!(|text: &str| {
    let names_boards = text.to_ascii_lowercase().contains("boards");
    // No file names of this machine; and a secret in the wrong place is not treated as one.
    if text.contains("FILE") || text.contains("ca_file") || names_boards || text.contains(CANARY) {
        return;
    }
    let (end, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (toml, variables) = rest.split_once("\n---\n").unwrap_or((rest, ""));
    let variables: Vec<(String, String)> = variables
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (format!("CLAIMCHECK_{name}"), value.to_owned()))
        .collect();
    let secrets = format!(
        "client_secret = {}\nsession_keys = {}\nstore = {}\n",
        json!(format!("{CANARY}{end}")),
        json!(format!("{CANARY}{end}")),
        json!(format!("postgres://claimcheck:{CANARY}@{end}")),
    );
    load(&format!("{secrets}{toml}"), variables.clone());
    // All settings except the boards are valid, so that no other problem hides those with boards.
    let right = RIGHT.iter().map(|(name, value)| (format!("CLAIMCHECK_{name}"), (*value).to_owned()));
    let secret = ("CLAIMCHECK_CLIENT_SECRET".to_owned(), CANARY.to_owned());
    let all = variables.into_iter().chain(right).chain([secret]);
    let Some(settings) = load(toml, all.collect()) else { return };
    let is_due = MADE.with_borrow_mut(|made| {
        *made += 1;
        *made % 8 == 1
    });
    if is_due {
        show(settings);
    }
});

fn load(toml: &str, variables: Vec<(String, String)>) -> Option<Settings> {
    match Settings::load(Some(toml), None, variables) {
        Ok((settings, warnings)) => {
            for warning in warnings {
                assert!(!warning.to_string().contains(CANARY), "{warning}");
            }
            assert!(!format!("{settings:?}").contains(CANARY), "settings print a secret");
            assert!(settings.scopes.iter().any(|scope| scope == "openid"));
            assert!(
                settings.id_token_algs.as_ref().is_none_or(|algs| !algs.is_empty()) && settings.idle_secs > 0
            );
            assert!(settings.absolute_secs >= settings.idle_secs);
            assert!(!settings.is_production() || (settings.is_https() && settings.session_keys.is_some()));
            let ids: HashSet<_> = settings.boards.iter().map(|board| board.id.as_str()).collect();
            assert_eq!(ids.len(), settings.boards.len(), "two boards of one name");
            for panel in settings.boards.iter().flat_map(|board| &board.panels) {
                assert!(settings.api(&panel.api).is_some(), "a panel of no API");
            }
            Some(settings)
        }
        Err(errors) => {
            assert!(!errors.0.is_empty());
            assert!(!errors.to_string().contains(CANARY), "{errors}");
            assert!(!format!("{errors:?}").contains(CANARY), "{errors:?}");
            for problem in &errors.0 {
                assert!(!problem.message.is_empty(), "{problem:?}");
                assert!(
                    problem.place.is_some() || problem.variable.is_some(),
                    "nobody finds it: {problem:?}"
                );
            }
            None
        }
    }
}

/// The home page, and the redirect to the first board.
fn show(settings: Settings) {
    let board = settings.boards.first().map(|board| format!("/boards/{}", board.id));
    RUNTIME.with_borrow(|runtime| {
        runtime.block_on(async {
            let app = router::router(router::services(settings, Clock::default()).await.unwrap());
            for path in ["/".to_owned()].into_iter().chain(board) {
                let page = browser::send(&app, browser::navigation(&path).body(Body::empty()).unwrap()).await;
                // The provider is unavailable.
                assert!(page.status == 200 || (path != "/" && page.status == 503), "{path}: {page:?}");
                assert!(!page.body.contains(CANARY));
            }
        });
    });
}
