//! The page about metrics has exactly the metrics that there are, and dashboard and alerts use no others.
//!
//! `UPDATE_DOCS=1 cargo test --features demo --test it metrics::book` writes the table of the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use saphyr_parser::{Event, Parser};
use serde_json::Value;

use super::{BOARD, scrape, world};

const PAGE: &str = "docs/operating/metrics.md";
const DASHBOARD: &str = "docs/operating/grafana-dashboard.json";
const ALERTS: &str = "docs/operating/alerts.yml";
const BEGIN: &str = "<!-- metrics: UPDATE_DOCS=1 cargo test --features demo --test it metrics::book -->\n";
const END: &str = "<!-- end of metrics -->\n";
/// Labels that Prometheus adds, and that of buckets.
const OF_PROMETHEUS: [&str; 3] = ["job", "instance", "le"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The labels of each metric, by the names that queries use.
async fn labels() -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for (name, family) in families().await {
        let ends: &[&str] = if family.kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
        ends.iter().for_each(|end| drop(all.insert(format!("{name}{end}"), family.labels.clone())));
    }
    all
}

/// The metrics of a process that has done something.
async fn families() -> BTreeMap<String, scrape::Family> {
    let world = world().await;
    world.signed_in(BOARD).await;
    scrape(&world.services).await.families
}

#[tokio::test]
async fn mt_09_the_page_has_every_metric_with_its_labels() {
    let mut table = "| metric | type | labels | what it says |\n| --- | --- | --- | --- |\n".to_owned();
    for (name, family) in families().await {
        let labels: Vec<_> = family.labels.iter().map(|label| format!("`{label}`")).collect();
        let cell = |text: &str| if text.is_empty() { " |".to_owned() } else { format!(" {text} |") };
        let (labels, help) = (cell(&labels.join(", ")), cell(&family.help));
        table.push_str(&format!("| `{name}` | {} |{labels}{help}\n", family.kind));
    }
    let page = read(PAGE);
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path(PAGE), format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(found, table, "update it: UPDATE_DOCS=1 cargo test --features demo --test it metrics::book");
}

/// Each metric that a query names, with the labels that it uses of it. Labels after `by` belong to all of them.
fn used(query: &str) -> Vec<(String, BTreeSet<String>)> {
    let is_part = |byte: char| byte.is_ascii_alphanumeric() || byte == '_';
    let mut by = BTreeSet::new();
    for (at, _) in query.match_indices("by (") {
        let list = query[at + 4..].split(')').next().unwrap();
        by.extend(list.split(',').map(|label| label.trim().to_owned()));
    }
    let mut all = Vec::new();
    let mut rest = query;
    while let Some(at) = rest.find(|byte: char| byte.is_ascii_alphabetic()) {
        let name: String = rest[at..].chars().take_while(|byte| is_part(*byte)).collect();
        rest = &rest[at + name.len()..];
        if !name.starts_with("claimcheck_") && !name.starts_with("process_") {
            continue;
        }
        let mut labels = by.clone();
        if let Some(selector) = rest.strip_prefix('{') {
            let (selector, after) = selector.split_once('}').unwrap();
            rest = after;
            for matcher in selector.split("\",").flat_map(|part| part.split(", ")) {
                let label: String = matcher.trim().chars().take_while(|byte| is_part(*byte)).collect();
                labels.insert(label);
            }
        }
        labels.remove("");
        all.push((name, labels));
    }
    all
}

/// Fails if a query uses what there is not.
fn check(file: &str, query: &str, known: &BTreeMap<String, BTreeSet<String>>) {
    let used = used(query);
    assert!(!used.is_empty(), "{file}: {query} names no metric");
    let mut of_any = BTreeSet::new();
    for (name, _) in &used {
        let labels = known.get(name).unwrap_or_else(|| panic!("{file}: there is no {name}: {query}"));
        of_any.extend(labels.iter().map(String::as_str));
    }
    of_any.extend(OF_PROMETHEUS);
    for (name, labels) in used {
        // Labels of a list after `by` may be of another metric of the query.
        let wrong: Vec<_> = labels.iter().filter(|label| !of_any.contains(label.as_str())).collect();
        assert!(wrong.is_empty(), "{file}: {name} has no {wrong:?}: {query}");
    }
}

#[tokio::test]
async fn mt_10_the_dashboard_uses_metrics_and_labels_that_there_are() {
    let known = labels().await;
    let dashboard: Value = serde_json::from_str(&read(DASHBOARD)).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let (mut queries, mut ids) = (0, BTreeSet::new());
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{panel}");
        assert!(!panel["title"].as_str().unwrap().is_empty());
        for target in panel["targets"].as_array().into_iter().flatten() {
            check(DASHBOARD, target["expr"].as_str().unwrap(), &known);
            queries += 1;
            let legend = target["legendFormat"].as_str().unwrap_or_default();
            for label in legend.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap()) {
                let query = target["expr"].as_str().unwrap();
                assert!(label == "instance" || query.contains(label), "{legend}: {query}");
            }
        }
    }
    assert!(queries > 20, "{queries}");
}

#[tokio::test]
async fn mt_10_the_alerts_use_metrics_and_labels_that_there_are_and_say_what_to_do() {
    let known = labels().await;
    let text = read(ALERTS);
    let (mut before, mut counts) = (String::new(), BTreeMap::<&str, usize>::new());
    for event in Parser::new_from_str(&text) {
        let (event, _) = event.unwrap();
        let Event::Scalar(value, ..) = event else { continue };
        match before.as_str() {
            "expr" => {
                check(ALERTS, &value, &known);
                *counts.entry("expr").or_default() += 1;
            }
            "alert" => *counts.entry("alert").or_default() += 1,
            "severity" => {
                assert!(["critical", "warning"].contains(&&*value), "{value}");
                *counts.entry("severity").or_default() += 1;
            }
            "description" => *counts.entry("description").or_default() += 1,
            _ => {}
        }
        before = value.into_owned();
    }
    let expected = counts["alert"];
    assert!(expected > 10 && counts.values().all(|count| *count == expected), "{counts:?}");
}

#[test]
fn mt_10_a_query_with_an_unknown_metric_or_label_is_noticed() {
    let known = BTreeMap::from([("claimcheck_a_total".to_owned(), BTreeSet::from(["of".to_owned()]))]);
    for query in
        ["sum by (job, of) (rate(claimcheck_a_total{of=~\"x|y\", job=\"z\"}[5m])) > 3", "claimcheck_a_total"]
    {
        check("here", query, &known);
    }
    for query in
        ["claimcheck_b_total", "claimcheck_a_total{to=\"x\"}", "sum by (to) (claimcheck_a_total)", "1 + 1"]
    {
        let noticed = std::panic::catch_unwind(|| check("here", query, &known));
        assert!(noticed.is_err(), "{query}");
    }
}
