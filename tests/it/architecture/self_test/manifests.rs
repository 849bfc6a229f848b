//! Tests of the rules for crates, on made-up output of `cargo metadata`.

use serde_json::{Value, json};

use super::super::crates::{Rule, violations};

const RULES: &[Rule] = &[
    Rule {
        name: "app",
        uses: &["base"],
        uses_optionally: &["demo"],
        tests_use: &["test-stores"],
        never: &[],
        never_in_tests: &[],
    },
    Rule {
        name: "base",
        uses: &[],
        uses_optionally: &[],
        tests_use: &["test-stores"],
        never: &["axum"],
        never_in_tests: &["leptos"],
    },
    Rule { name: "demo", uses: &[], uses_optionally: &[], tests_use: &[], never: &[], never_in_tests: &[] },
    Rule {
        name: "test-stores",
        uses: &[],
        uses_optionally: &[],
        tests_use: &[],
        never: &[],
        never_in_tests: &[],
    },
];

/// A dependency in a manifest: name, kind and whether it is optional.
fn dependency(name: &str, kind: Option<&str>, is_optional: bool) -> Value {
    json!({ "name": name, "kind": kind, "optional": is_optional })
}

/// The violations by a crate `name` with these dependencies. `between` is a crate that brings `axum-core`.
fn found(name: &str, dependencies: &[Value]) -> Vec<String> {
    let node = |dependency: &Value| json!({ "pkg": dependency["name"], "dep_kinds": [{ "kind": dependency["kind"] }] });
    let package = |name: &str| json!({ "id": name, "name": name });
    let deps: Vec<_> = dependencies.iter().map(node).collect();
    let mut packages: Vec<_> =
        ["app", "base", "demo", "test-stores", "axum", "axum-core", "axumite", "leptos", "between"]
            .map(package)
            .to_vec();
    packages
        .iter_mut()
        .filter(|package| package["name"] == name)
        .for_each(|package| package["dependencies"] = json!(dependencies));
    let mut nodes: Vec<_> =
        packages.iter().map(|package| json!({ "id": package["id"], "deps": [] })).collect();
    for node in &mut nodes {
        match node["id"].as_str() {
            Some("between") => {
                node["deps"] = json!([{ "pkg": "axum-core", "dep_kinds": [{ "kind": null }] }])
            }
            Some(id) if id == name => node["deps"] = json!(deps),
            _ => {}
        }
    }
    let members = json!([name]);
    violations(
        &json!({ "workspace_members": members, "packages": packages, "resolve": { "nodes": nodes } }),
        RULES,
    )
}

#[test]
fn crates_of_the_project_use_only_what_their_rule_names() {
    let dependencies = [
        dependency("base", None, false),
        dependency("demo", None, true),
        dependency("demo", Some("dev"), false),
        dependency("test-stores", Some("dev"), false),
    ];
    assert_eq!(found("app", &dependencies), [""; 0]);
    assert_eq!(
        found("app", &[dependency("demo", None, false)]),
        ["app → demo: only as an optional dependency"]
    );
    assert_eq!(found("app", &[dependency("test-stores", None, true)]), ["app → test-stores: only in tests"]);
    for kind in [None, Some("dev"), Some("build")] {
        let upward = found("base", &[dependency("app", kind, true)]);
        assert_eq!(upward, ["base → app: not one of the crates that it may use"], "{kind:?}");
    }
    let unknown = found("axumite", &[]);
    assert!(unknown.len() == 1 && unknown[0].contains("RULES"), "{unknown:?}");
}

#[test]
fn forbidden_crates_are_found_however_far_away() {
    assert_eq!(
        found("base", &[dependency("axumite", None, false), dependency("axum", Some("dev"), false)]),
        [""; 0]
    );
    assert_eq!(found("base", &[dependency("leptos", Some("dev"), false)]), ["base → leptos: forbidden"]);
    assert_eq!(found("base", &[dependency("between", None, false)]), ["base → between → axum-core"]);
    assert_eq!(found("base", &[dependency("between", Some("dev"), false)]), [""; 0]);
    let direct = found("base", &[dependency("axum", None, true)]);
    assert_eq!(direct, ["base → axum: forbidden", "base → axum"], "in the manifest, and in what it comes to");
}
