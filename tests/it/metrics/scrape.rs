//! A scrape, read as strictly as the specifications of both formats allow.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use claimcheck::{handlers::state::AppState, router};
use tower::ServiceExt;

/// A metric with all its series.
#[derive(Clone, Debug)]
pub struct Family {
    pub help: String,
    pub kind: String,
    /// The names of its labels, without `le`.
    pub labels: BTreeSet<String>,
}

/// What a scrape has: families by name, and values by series, as they are written.
#[derive(Clone, Debug, Default)]
pub struct Scrape {
    pub families: BTreeMap<String, Family>,
    pub values: BTreeMap<String, f64>,
}

/// The answer of a process to a scraper with this `Accept` header: media type and text.
pub async fn asked(services: &AppState, accept: &str) -> (String, String) {
    let request = Request::get("/metrics").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
    let response = router::admin(services.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (kind, String::from_utf8(body.to_vec()).unwrap())
}

/// A scrape in the classic format.
pub async fn scrape(services: &AppState) -> Scrape {
    let (_, text) = asked(services, "").await;
    Scrape::read(&text, false)
}

impl Scrape {
    /// Reads a text, and fails at anything that a strict reader might refuse.
    pub fn read(text: &str, is_open_metrics: bool) -> Self {
        let (mut all, mut help, mut current) = (Self::default(), None, String::new());
        assert!(text.ends_with('\n'), "the last line has no end");
        assert_eq!(text.ends_with("\n# EOF\n"), is_open_metrics);
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, words) = rest.split_once(' ').unwrap();
                assert!(words.len() > 5 && help.is_none(), "{line}");
                help = Some((name.to_owned(), words.to_owned()));
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                let (of, words) = help.take().unwrap();
                assert_eq!(of, name, "HELP and TYPE belong together");
                assert!(["counter", "gauge", "histogram", "info"].contains(&kind), "{line}");
                assert!(is_open_metrics || kind != "info", "{line}");
                let family = Family { help: words, kind: kind.to_owned(), labels: BTreeSet::new() };
                assert!(all.families.insert(name.to_owned(), family).is_none(), "{name} comes twice");
                name.clone_into(&mut current);
            } else if line != "# EOF" {
                all.add(line, &current, is_open_metrics);
            }
        }
        all.check_histograms();
        all
    }

    fn add(&mut self, line: &str, current: &str, is_open_metrics: bool) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
            None => (series, ""),
        };
        let is_name = |name: &str| {
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        };
        assert!(is_name(name), "{line}");
        let family = self.families.get_mut(current).unwrap_or_else(|| panic!("{line} has no TYPE"));
        let suffix = name.strip_prefix(current).unwrap_or_else(|| panic!("{line} is not of {current}"));
        let suffixes: &[&str] = match (family.kind.as_str(), is_open_metrics) {
            ("counter", true) => &["_total"],
            ("histogram", _) => &["_bucket", "_sum", "_count"],
            ("info", _) => &["_info"],
            _ => &[""],
        };
        assert!(suffixes.contains(&suffix), "{line}");
        assert!(family.kind != "counter" || name.ends_with("_total"), "{line}");
        assert!(family.kind == "counter" || !name.ends_with("_total"), "{line}");
        assert!(family.kind == "gauge" || value >= 0.0, "{line}");
        let mut seen = BTreeSet::new();
        for (label, text) in pairs(labels) {
            assert!(is_name(&label) && seen.insert(label.clone()), "{line}");
            assert!(!text.contains(['"', '\n']), "{line}");
            if label != "le" {
                family.labels.insert(label);
            }
        }
        assert!(self.values.insert(series.to_owned(), value).is_none(), "{series} comes twice");
    }

    fn check_histograms(&self) {
        for (name, _) in self.families.iter().filter(|(_, family)| family.kind == "histogram") {
            let mut by_labels: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
            for (series, value) in &self.values {
                let Some(rest) = series.strip_prefix(&format!("{name}_bucket{{")) else { continue };
                let mut labels: Vec<_> = pairs(rest.strip_suffix('}').unwrap());
                let at = labels.iter().position(|(label, _)| label == "le").unwrap();
                let bound = match labels.remove(at).1.as_str() {
                    "+Inf" => f64::INFINITY,
                    bound => bound.parse().unwrap(),
                };
                by_labels.entry(written(&labels)).or_default().push((bound, *value));
            }
            for (labels, mut buckets) in by_labels {
                buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
                assert!(buckets.windows(2).all(|two| two[0].1 <= two[1].1), "{name} {labels}: {buckets:?}");
                let (last, all) = *buckets.last().unwrap();
                assert!(last.is_infinite(), "{name} {labels} has no +Inf");
                assert_eq!(all, self.values[&format!("{name}_count{labels}")], "{name} {labels}");
                assert!(self.values[&format!("{name}_sum{labels}")] >= 0.0);
            }
        }
    }

    /// The series of both formats alike: labels in order, and bounds of buckets as numbers.
    pub fn names(&self) -> BTreeSet<String> {
        let name = |series: &String| {
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let mut labels = pairs(labels.strip_suffix('}').unwrap());
            for (label, value) in &mut labels {
                if let (true, Ok(bound)) = (label == "le", value.parse::<f64>()) {
                    *value = bound.to_string();
                }
            }
            labels.sort();
            format!("{name}{}", written(&labels))
        };
        self.values.keys().map(name).collect()
    }

    /// The value of a series, as it is written; 0 if there is none.
    pub fn value(&self, series: &str) -> f64 {
        self.values.get(series).copied().unwrap_or_default()
    }

    /// What has changed since an earlier scrape, but for times and for what every request changes.
    pub fn since(&self, earlier: &Self) -> BTreeMap<String, f64> {
        let is_loud = |series: &str| {
            let name = series.split('{').next().unwrap();
            name.ends_with("_seconds") && !name.contains("timestamp")
                || ["_sum", "_bucket", "_count"].iter().any(|end| name.ends_with(end))
                || [
                    "process_",
                    "claimcheck_store_",
                    "claimcheck_http_",
                    "claimcheck_limit_used",
                    "claimcheck_tasks_",
                ]
                .iter()
                .any(|begin| name.starts_with(begin))
                || name == "claimcheck_sessions_live"
        };
        let changed = self.values.iter().map(|(series, value)| (series, value - earlier.value(series)));
        changed
            .filter(|(series, change)| *change != 0.0 && !is_loud(series))
            .map(|(series, change)| (series.clone(), change))
            .collect()
    }
}

/// Labels and their values.
fn pairs(mut text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    while !text.is_empty() {
        let (label, rest) = text.split_once("=\"").unwrap();
        let mut end = 0;
        let bytes = rest.as_bytes();
        while bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        all.push((label.to_owned(), rest[..end].to_owned()));
        text = rest[end + 1..].strip_prefix(',').unwrap_or(&rest[end + 1..]);
    }
    all
}

/// Labels as they are written.
fn written(labels: &[(String, String)]) -> String {
    let all: Vec<_> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
    if all.is_empty() { String::new() } else { format!("{{{}}}", all.join(",")) }
}
