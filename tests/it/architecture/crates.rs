//! Which of the project's crates may use which, and which external crates they must not depend on. The dependencies
//! come from `cargo metadata`: what the manifests declare, and what the lock file resolves it to.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::Value;

/// The allowed dependencies of a crate of the project.
pub struct Rule {
    pub name: &'static str,
    /// Crates of the project, outside tests.
    pub uses: &'static [&'static str],
    /// Crates of the project, only as optional dependencies.
    pub uses_optionally: &'static [&'static str],
    /// Crates of the project, only in tests.
    pub tests_use: &'static [&'static str],
    /// Families of crates that it must not depend on outside tests, directly or indirectly. `axum` covers `axum-core`.
    pub never: &'static [&'static str],
    /// Families of crates that its tests must not depend on directly either.
    pub never_in_tests: &'static [&'static str],
}

/// The rules of this project.
pub const RULES: &[Rule] = &[
    Rule {
        name: "claimcheck",
        uses: &[
            "claimcheck-base",
            "claimcheck-model",
            "claimcheck-oidc",
            "claimcheck-server",
            "claimcheck-session",
            "claimcheck-text",
        ],
        uses_optionally: &["claimcheck-demo"],
        tests_use: &["claimcheck-test-stores"],
        never: &[],
        never_in_tests: &[],
    },
    Rule {
        name: "claimcheck-base",
        uses: &[],
        uses_optionally: &[],
        tests_use: &[],
        never: &["axum", "leptos", "sqlx"],
        never_in_tests: &["leptos"],
    },
    Rule {
        name: "claimcheck-model",
        uses: &[],
        uses_optionally: &[],
        tests_use: &[],
        never: &["openidconnect", "reqwest", "sqlx", "tower-sessions"],
        never_in_tests: &[],
    },
    Rule {
        name: "claimcheck-openapi",
        uses: &[],
        uses_optionally: &[],
        tests_use: &[],
        never: &["axum", "leptos", "openidconnect", "reqwest", "sqlx", "tokio"],
        never_in_tests: &["leptos"],
    },
    Rule {
        name: "claimcheck-server",
        uses: &[
            "claimcheck-base",
            "claimcheck-model",
            "claimcheck-oidc",
            "claimcheck-openapi",
            "claimcheck-session",
            "claimcheck-text",
        ],
        uses_optionally: &[],
        tests_use: &["claimcheck-test-stores"],
        never: &["leptos_axum", "leptos_meta", "leptos_router"],
        never_in_tests: &[],
    },
    Rule {
        name: "claimcheck-session",
        uses: &["claimcheck-base"],
        uses_optionally: &[],
        tests_use: &["claimcheck-test-stores"],
        never: &["axum", "leptos", "tower-sessions", "openidconnect"],
        never_in_tests: &["leptos"],
    },
    Rule {
        name: "claimcheck-oidc",
        uses: &["claimcheck-base"],
        uses_optionally: &[],
        tests_use: &[],
        never: &["axum", "leptos", "tower-sessions", "sqlx"],
        never_in_tests: &["leptos"],
    },
    Rule {
        name: "claimcheck-demo",
        uses: &[],
        uses_optionally: &[],
        tests_use: &[],
        never: &[],
        never_in_tests: &[],
    },
    Rule {
        name: "claimcheck-text",
        uses: &[],
        uses_optionally: &[],
        tests_use: &[],
        never: &["axum", "leptos", "openidconnect", "sqlx", "tokio"],
        never_in_tests: &["leptos"],
    },
    Rule {
        name: "claimcheck-test-stores",
        uses: &[],
        uses_optionally: &[],
        tests_use: &[],
        never: &["axum", "leptos"],
        never_in_tests: &["leptos"],
    },
    Rule {
        name: "claimcheck-figures",
        uses: &["claimcheck-base", "claimcheck-session"],
        uses_optionally: &[],
        tests_use: &[],
        never: &[],
        never_in_tests: &[],
    },
];

/// The workspace and its resolved dependencies, with the features and the target of a server.
pub fn metadata(root: &Path) -> Value {
    let target = format!("--filter-platform={}", host());
    let arguments = ["metadata", "--format-version=1", "--locked", "--features=demo", &target];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The target that this machine compiles for. Packages for other targets need not be downloaded.
fn host() -> String {
    let output = Command::new(env!("CARGO")).arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// The violations of the rules.
pub fn violations(metadata: &Value, rules: &[Rule]) -> Vec<String> {
    let members: BTreeSet<_> = list(&metadata["workspace_members"]).map(text).collect();
    let packages = list(&metadata["packages"]).filter(|package| members.contains(text(&package["id"])));
    let mut found = Vec::new();
    for package in packages {
        let name = text(&package["name"]);
        match rules.iter().find(|rule| rule.name == name) {
            Some(rule) => {
                for dependency in list(&package["dependencies"]) {
                    found.extend(judge(rule, rules, dependency).map(|problem| format!("{name} → {problem}")));
                }
                found.extend(reached(metadata, text(&package["id"]), rule.never));
            }
            None => found.push(format!("{name}: add this crate to RULES in tests/it/architecture/crates.rs")),
        }
    }
    found
}

/// Why a dependency that a manifest declares is forbidden.
fn judge(rule: &Rule, rules: &[Rule], dependency: &Value) -> Option<String> {
    let name = text(&dependency["name"]);
    let is_ours = rules.iter().any(|rule| rule.name == name);
    let is_for_tests = dependency["kind"] == "dev";
    let is_optional = dependency["optional"] == true;
    if !is_ours {
        let forbidden = if is_for_tests { rule.never_in_tests } else { rule.never };
        return is_of(name, forbidden).then(|| format!("{name}: forbidden"));
    }
    let may = rule.uses.contains(&name) || rule.uses_optionally.contains(&name);
    match (is_for_tests, may) {
        (true, _) if may || rule.tests_use.contains(&name) => None,
        (false, true) if rule.uses_optionally.contains(&name) && !is_optional => {
            Some(format!("{name}: only as an optional dependency"))
        }
        (false, true) => None,
        (false, false) if rule.tests_use.contains(&name) => Some(format!("{name}: only in tests")),
        _ => Some(format!("{name}: not one of the crates that it may use")),
    }
}

/// The forbidden crates that a crate depends on outside tests and build scripts, each with the path to it.
fn reached(metadata: &Value, start: &str, forbidden: &[&str]) -> Vec<String> {
    let nodes: BTreeMap<_, _> =
        list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    let names: BTreeMap<_, _> =
        list(&metadata["packages"]).map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::from([start]);
    let mut found = Vec::new();
    while let Some(way) = ways.pop() {
        let last = way[way.len() - 1];
        if way.len() > 1 && is_of(names[last], forbidden) {
            found.push(way.iter().map(|id| names[id]).collect::<Vec<_>>().join(" → "));
            continue;
        }
        for dependency in list(&nodes[last]["deps"]) {
            let is_normal = list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
            let id = text(&dependency["pkg"]);
            if is_normal && seen.insert(id) {
                ways.push([way.as_slice(), &[id]].concat());
            }
        }
    }
    found
}

/// Whether `name` is one of these crates or of their families.
fn is_of(name: &str, families: &[&str]) -> bool {
    let rest = families.iter().filter_map(|family| name.strip_prefix(family));
    rest.into_iter().any(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
