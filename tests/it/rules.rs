//! The rules of the source tree itself: which room may know which, and where features may be gated.

use std::{fs, path::Path};

/// Every Rust file below `src`, by its path from there, with its text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(found.len() > 80, "the sources were found");
    found
}

/// Fails for every file below `room` that names one of these.
fn never(room: &str, forbidden: &[&str]) {
    for (name, text) in sources().iter().filter(|(name, _)| name.starts_with(room)) {
        for word in forbidden {
            assert!(!text.contains(word), "src/{name} names {word}");
        }
    }
}

#[test]
fn features_are_gated_in_the_front_door_only() {
    let gate = ["cfg(", "feature"].concat();
    for (name, text) in sources() {
        assert_eq!(text.contains(&gate) && !name.starts_with("tests/"), name == "lib.rs", "src/{name}");
    }
}

#[test]
fn the_browser_reaches_the_server_through_server_functions_only() {
    never(
        "components/",
        &["claimcheck::server::", "claimcheck::pages", "claimcheck::app", "claimcheck_demo"],
    );
    never("islands/", &["claimcheck::server::", "claimcheck::pages", "claimcheck::app", "claimcheck_demo"]);
    never(
        "model/",
        &["claimcheck::server", "claimcheck::islands", "claimcheck::components", "claimcheck::pages"],
    );
}

#[test]
fn the_demo_names_nothing_of_the_rest_and_nobody_but_main_and_tests_names_it() {
    never(
        "demo/",
        &[
            "claimcheck::server",
            "claimcheck::model",
            "claimcheck::model::error",
            "claimcheck::paths",
            "claimcheck::components",
        ],
    );
    for (name, text) in sources() {
        let may =
            name.starts_with("demo/") || name.starts_with("tests/") || name == "main.rs" || name == "lib.rs";
        assert!(may || !text.contains("claimcheck_demo"), "src/{name} names the demo");
    }
}

#[test]
fn rooms_of_the_server_do_not_know_who_stands_before_them() {
    never(
        "server/oidc/",
        &[
            "claimcheck::app",
            "claimcheck::pages",
            "server::router",
            "server::routes",
            "claimcheck::server_fns",
        ],
    );
    never(
        "server/session/",
        &["claimcheck::app", "claimcheck::pages", "server::oidc", "server::api", "claimcheck::model"],
    );
    never("server/config/", &["server::session", "server::oidc", "claimcheck::pages"]);
    never("server/guard/", &["server::session", "server::oidc", "claimcheck::pages"]);
}

#[test]
fn files_say_what_may_live_in_them() {
    for (name, text) in sources() {
        assert!(text.starts_with("//!"), "src/{name} has no top comment");
        assert!(text.lines().count() <= 400, "src/{name} has outgrown its room");
    }
}
